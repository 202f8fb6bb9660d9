"""Other people's WARC and WACZ files, taken into a collection.

    given file ──► storing ──► folder in warc/ ──► catalogue, index
                   (as it is, or record by record)   (entering, revisits)

What is taken in becomes evidence of its own kind: a folder below `warc/` with the
files, and in front of them one WARC file of ours, `about`, that says what they were
called, which digests they had, and who brought them when. From that folder alone
everything else is made again (docs/decisions/0021-imports.md).
"""
