"""Packages out of the archive, for other people's tools.

selection.py    what is exported
closure.py      what it needs besides: originals of revisits, redirects, requisites
requisites.py   the addresses that a page or a style sheet names
parts.py        which bytes of which WARC files that is
warc_subset.py  one WARC file of them, and where they come to lie in it
lines.py        the index of them
wacz.py         a WACZ file, with page lists
pages.py        the page lists
jsonlines.py    articles as JSON Lines
parquet.py      articles as Parquet
atom.py         articles as a feed
pywb.py         a configuration for pywb
output.py       where it is written: a file, whole or not at all, or a stream

What is exported is made in pieces, so that memory stays flat and a download can begin
at once. Nothing in a package is called by what a page or a publisher says.
"""
