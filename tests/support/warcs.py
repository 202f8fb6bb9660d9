"""Small WARC files made of bytes, with nothing of ours between them and the disk."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable
from uuid import UUID

INFO, REQUEST, RESPONSE, REVISIT, RESOURCE, METADATA = range(6)

PAGE = b"<!doctype html><title>News</title><p>The council met on Tuesday.</p>" * 5
URL = "https://example.org/news/1"
DATE = "2026-11-22T20:10:00.000000Z"


def record_id(number: int) -> str:
    return f"<{UUID(int=number).urn}>"


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def record(
    fields: Iterable[tuple[str, str]],
    block: bytes,
    *,
    version: bytes = b"WARC/1.1",
    end: bytes = b"\r\n\r\n",
) -> bytes:
    """Write a record as it is said; the length of its block is added."""
    said = [*fields, ("Content-Length", str(len(block)))]
    head = "".join(f"{name}: {value}\r\n" for name, value in said).encode()
    return version + b"\r\n" + head + b"\r\n" + block + end


def plain_record(number: int = 1, block: bytes = b"Good evening.") -> bytes:
    """Write a resource record that is right in every way."""
    fields = [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", record_id(number)),
        ("WARC-Date", DATE),
        ("WARC-Target-URI", f"urn:news:{number}"),
        ("Content-Type", "text/plain"),
        ("WARC-Block-Digest", sha256(block)),
    ]
    return record(fields, block)


def members(records: Iterable[bytes]) -> bytes:
    """Compress each record as a gzip member."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def offsets(records: Iterable[bytes]) -> list[int]:
    """Tell where the members of these records begin, and where the last one ends."""
    found = [0]
    for each in records:
        found.append(found[-1] + len(gzip.compress(each, mtime=0)))
    return found


def chunked(payload: bytes) -> bytes:
    half = len(payload) // 2
    parts = (payload[:half], payload[half:], b"")
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


HTTP_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
PAYLOAD = gzip.compress(PAGE, mtime=0)
HTTP_BLOCK = HTTP_HEAD + chunked(PAYLOAD)
LENGTH = b"Content-Length: %d" % len(HTTP_BLOCK)


def good_records() -> list[bytes]:
    """Write one record of each kind, all of them right, in the order of the names."""
    common = [("WARC-Date", DATE), ("WARC-Target-URI", URL)]
    address = ("WARC-IP-Address", "2001:db8::1")
    request = b"GET /news/1 HTTP/1.1\r\nHost: example.org\r\n\r\n"
    revisit = HTTP_HEAD
    resource = b"body { color: black }"
    metadata = b"via: https://example.org/feed.xml\r\n"
    info = b"software: Somebody else's/1.0\r\nformat: WARC File Format 1.1\r\n"
    return [
        record(
            [
                ("WARC-Type", "warcinfo"),
                ("WARC-Record-ID", record_id(1)),
                ("WARC-Date", DATE),
                ("WARC-Filename", "good.warc.gz"),
                ("Content-Type", "application/warc-fields"),
                ("WARC-Block-Digest", sha256(info)),
            ],
            info,
        ),
        record(
            [
                ("WARC-Type", "request"),
                ("WARC-Record-ID", record_id(2)),
                *common,
                address,
                ("WARC-Concurrent-To", record_id(3)),
                ("Content-Type", "application/http; msgtype=request"),
                ("WARC-Block-Digest", sha256(request)),
            ],
            request,
        ),
        record(
            [
                ("WARC-Type", "response"),
                ("WARC-Record-ID", record_id(3)),
                *common,
                address,
                ("Content-Type", "application/http; msgtype=response"),
                ("WARC-Block-Digest", sha256(HTTP_BLOCK)),
                ("WARC-Payload-Digest", sha256(PAYLOAD)),
            ],
            HTTP_BLOCK,
        ),
        record(
            [
                ("WARC-Type", "revisit"),
                ("WARC-Record-ID", record_id(4)),
                *common,
                address,
                (
                    "WARC-Profile",
                    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
                ),
                ("WARC-Refers-To", record_id(3)),
                ("WARC-Refers-To-Target-URI", URL),
                ("WARC-Refers-To-Date", DATE),
                ("WARC-Truncated", "length"),
                ("Content-Type", "application/http; msgtype=response"),
                ("WARC-Block-Digest", sha256(revisit)),
                ("WARC-Payload-Digest", sha256(PAYLOAD)),
            ],
            revisit,
        ),
        record(
            [
                ("WARC-Type", "resource"),
                ("WARC-Record-ID", record_id(5)),
                *common,
                ("Content-Type", "text/css"),
                ("WARC-Block-Digest", sha256(resource)),
                ("WARC-Payload-Digest", sha256(resource)),
            ],
            resource,
        ),
        record(
            [
                ("WARC-Type", "metadata"),
                ("WARC-Record-ID", record_id(6)),
                *common,
                ("WARC-Concurrent-To", record_id(3)),
                ("Content-Type", "application/warc-fields"),
                ("WARC-Block-Digest", sha256(metadata)),
            ],
            metadata,
        ),
    ]


Change = Callable[[list[bytes]], list[bytes]]


def change(index: int, old: bytes, new: bytes) -> Change:
    """Make a change of one record, in its head or its block."""

    def apply(records: list[bytes]) -> list[bytes]:
        assert records[index].count(old) == 1, old
        records[index] = records[index].replace(old, new)
        return records

    return apply


def without(index: int, name: bytes) -> Change:
    """Make a change that drops a field."""

    def apply(records: list[bytes]) -> list[bytes]:
        before, _, rest = records[index].partition(name + b": ")
        records[index] = before + rest.partition(b"\r\n")[2]
        return records

    return apply


def with_response(
    body: bytes, *, head: bytes = HTTP_HEAD, payload: bytes | None = None
) -> Change:
    """Make another response, with digests that fit."""

    def apply(records: list[bytes]) -> list[bytes]:
        block = head + body
        old = records[RESPONSE]
        new = old.replace(HTTP_BLOCK, block)
        new = new.replace(LENGTH, b"Content-Length: %d" % len(block))
        new = new.replace(sha256(HTTP_BLOCK).encode(), sha256(block).encode())
        digest = sha256(body if payload is None else payload)
        records[RESPONSE] = new.replace(sha256(PAYLOAD).encode(), digest.encode())
        return records

    return apply


def both(*changes: Change) -> Change:
    def apply(records: list[bytes]) -> list[bytes]:
        for each in changes:
            records = each(records)
        return records

    return apply
