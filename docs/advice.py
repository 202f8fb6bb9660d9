"""What to do about each finding, for docs/verify.md; every code has its sentence."""

from __future__ import annotations

from typing import Final

_BACKUP: Final = "Take the file from a copy, then `dateline rebuild`."
_FOREIGN: Final = "Nothing: the record was read all the same."
_READABLE: Final = "Nothing, if the file is not ours; the record was read."
_REBUILD: Final = "`dateline rebuild`."

ADVICE: Final[dict[str, str]] = {
    # the file
    "empty-file": "Take the file from a copy, or remove it.",
    "arc": "Convert it to WARC with another tool.",
    "not-warc": "See what it is; unpack it if it is compressed otherwise.",
    "gzip-cut": f"Copied too early, or cut: {_BACKUP[0].lower()}{_BACKUP[1:]}",
    "gzip-damaged": _BACKUP,
    "garbage": _BACKUP,
    "torn-tail": _BACKUP,
    "empty-member": "Nothing.",
    "shared-member": "Compress it again, record by record, if others shall replay it.",
    "warcinfo-first": "Nothing.",
    # the frame of a record
    "version": "See what wrote it. It was read like the last known version.",
    "version-line": _FOREIGN,
    "head-cut": _BACKUP,
    "content-length": _BACKUP,
    "block-short": _BACKUP,
    "block-long": _BACKUP,
    "record-end": _FOREIGN,
    # its fields
    "line-ends": _FOREIGN,
    "folded-field": _FOREIGN,
    "line-without-colon": "Nothing: the line was left out.",
    "field-name": _FOREIGN,
    "field-encoding": _FOREIGN,
    "field-missing": _READABLE,
    "field-forbidden": _READABLE,
    "field-repeated": "Nothing: where one value is asked for, the first counts.",
    "field-value": _READABLE,
    "uri-brackets": "Nothing.",
    "address-form": "Nothing.",
    "digest-form": "Nothing: it was checked all the same.",
    "content-type-missing": "Nothing.",
    "truncated-missing": "Nothing.",
    "unknown-type": "Nothing.",
    # what it holds
    "block-digest": _BACKUP,
    "payload-digest": "If the block digest is right, its maker computed this one "
    "over something else; if there is none, take the file from a copy.",
    "payload-digest-framed": "Nothing: many tools do so.",
    "payload-digest-unread": "Nothing: the block digest covers it.",
    "digest-unknown": "Check it with a tool that knows the algorithm.",
    "digest-missing": "Nothing can be done later.",
    "http-head": _READABLE,
    "http-length": "Nothing: the server said so, or a limit of its maker cut it.",
    "http-chunks": "Nothing: the server sent it so, or its maker has cut it.",
    "decoded-framing": "Nothing: its maker did not keep the bytes of the wire.",
    "decoded-content": "Nothing: its maker did not keep the bytes of the wire, or "
    "the server has lied.",
    "content-coding": "Nothing: the bytes are as the server sent them.",
    # records among each other
    "duplicate-id": "Nothing, if the same record was copied in twice.",
    "dangling-concurrent": "Nothing, if the file is an extract of another.",
    "refers-outside": "Keep the file with the original together with this one.",
    "revisit-of-revisit": "Nothing: follow the chain to where the payload is.",
    # an index
    "not-indexed": "Nothing: the record itself is kept.",
    # a collection
    "unfinished-file": "Wait, if a process is writing it. Else start the next crawl.",
    "no-index": _REBUILD,
    "index-differs": _REBUILD,
    "merged-index-differs": "`dateline index merge`.",
    "catalogue-differs": _REBUILD,
    "not-catalogued": "The next start enters it, or `dateline rebuild`.",
    "file-missing": "Bring the file back; or `dateline rebuild`, to forget it.",
    "revisit-chain": "`dateline show --html` can't serve it: tell the makers.",
    "dangling-revisit": "Bring the WARC file with the original back into `warc/`.",
    "record-id-twice": "Find out which of the two files is a copy, and move it away.",
    "import-changed": "Import the original again, and look after the disk.",
    "import-unknown": "Bring the whole folder of the import back from a copy.",
    "import-remarks": "Nothing; `dateline verify FILE` lists what it is.",
    "imported-twice": "Nothing: one of them is shown.",
    "original-elsewhere": "Import the file with the original, if you can have it.",
    "text-pending": "Nothing: the next crawl extracts it; or `dateline rebuild`.",
    # texts
    "text-unreadable": "Take the file from a copy, then `dateline rebuild`.",
    "read-otherwise": "Nothing: the page was read. See `dateline verify FILE`.",
    # at a start
    "torn-tail-cut": "Nothing. Look into `damaged/` if you want to know what it was.",
    "acknowledged-missing": "Take the file from a copy, and look after the disk.",
    "index-not-merged": _REBUILD,
    "import-dropped": "Import the file again.",
    # when a file is imported
    "no-place": "Nothing: the record itself is kept.",
    "not-http": "Nothing: the record itself is kept.",
    "wacz-digest": "Ask where the WACZ came from: something in it was changed.",
    "wacz-member": "Take the WACZ from another copy.",
    "wacz-missing": "Take the WACZ from another copy.",
    "wacz-unlisted": "Nothing: it was taken.",
    "wacz-list": "Nothing: the WARC files were taken as they are.",
    "damaged-place": f"See `dateline verify FILE`. {_BACKUP}",
}
