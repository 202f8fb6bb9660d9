"""WARC and WACZ files as other tools write them, made of bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from uuid import UUID

from tests.support.warcs import record

PAGE = (
    b"<!doctype html><html lang=en><head><title>The bridge is open</title></head><body>"
    b"<article><h1>The bridge is open</h1>"
    + b"".join(
        b"<p>The old bridge over the river was opened again on Tuesday, after nine "
        b"years of work, and %d people walked across it in the first hour alone.</p>"
        % number
        for number in range(1200, 1208)
    )
    + b"</article></body></html>"
)
STYLE = b"body { color: black }"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
SITE = "http://news.example"


def urn(number: int) -> str:
    # As wget writes them: in upper case.
    return f"<urn:uuid:{str(UUID(int=number)).upper()}>"


def response(body: bytes, fields: bytes = HTML, status: bytes = b"200 OK") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 " + status + b"\r\n" + fields + length + b"\r\n" + body


def answer(
    number: int,
    url: str,
    block: bytes,
    *,
    date: str = "2024-03-12T08:00:00Z",
    kind: str = "response",
    brackets: bool = False,
    more: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Write a record of WARC/1.0 as wget does, with `brackets` around the address."""
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", urn(number)),
        ("WARC-Target-URI", f"<{url}>" if brackets else url),
        ("WARC-Date", date),
        *more,
        (
            "Content-Type",
            f"application/http; msgtype={kind.replace('revisit', 'response')}",
        ),
    ]
    return record(fields, block, version=b"WARC/1.0")


def warcinfo() -> bytes:
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", urn(1)),
        ("WARC-Date", "2024-03-12T08:00:00Z"),
        ("Content-Type", "application/warc-fields"),
    ]
    return record(fields, b"software: Wget/1.21.3\r\n", version=b"WARC/1.0")


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:], b"")
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def crawl() -> list[bytes]:
    """Write a small crawl: page, its request, gzip and chunks, style, 404, revisit."""
    coded = (
        b"HTTP/1.1 200 OK\r\n" + HTML + b"Content-Encoding: gzip\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + chunked(gzip.compress(PAGE, mtime=0))
    )
    digest = hashlib.sha1(PAGE).digest()
    label = "sha1:" + base64.b32encode(digest).decode()
    stated = (("WARC-Payload-Digest", label),)
    head = response(b"")
    return [
        warcinfo(),
        answer(2, f"{SITE}/bridge", b"GET /bridge HTTP/1.1\r\n\r\n", kind="request"),
        answer(3, f"{SITE}/bridge", response(PAGE), brackets=True, more=stated),
        answer(4, f"{SITE}/packed", coded, date="2024-03-12T08:00:01Z"),
        answer(5, f"{SITE}/a.css", response(STYLE, b"Content-Type: text/css\r\n")),
        answer(6, f"{SITE}/gone", response(b"no", status=b"404 Not Found")),
        answer(
            7,
            f"{SITE}/bridge",
            head,
            kind="revisit",
            date="2024-03-13T08:00:00Z",
            more=(
                *stated,
                (
                    "WARC-Profile",
                    "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
                ),
            ),
        ),
    ]


def packed(records: list[bytes]) -> bytes:
    """Compress each record by itself, as nearly every tool does."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def wacz(
    warcs: dict[str, bytes],
    *,
    pages: tuple[Mapping[str, object], ...] = (),
    digests: dict[str, str] | None = None,
    leave_out: tuple[str, ...] = (),
) -> bytes:
    """Write a WACZ 1.1.1; `digests` are put in place of the right ones."""
    lines = [{"format": "json-pages-1.0", "id": "pages", "title": "All"}, *pages]
    files = {f"archive/{name}": content for name, content in warcs.items()}
    files["pages/pages.jsonl"] = b"\n".join(json.dumps(li).encode() for li in lines)
    files["indexes/index.cdxj"] = b""
    resources = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": (digests or {}).get(name)
            or "sha256:" + hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
        }
        for name, content in files.items()
    ]
    files["datapackage.json"] = json.dumps(
        {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    ).encode()
    files["datapackage-digest.json"] = json.dumps(
        {
            "path": "datapackage.json",
            "hash": "sha256:" + hashlib.sha256(files["datapackage.json"]).hexdigest(),
        }
    ).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            if name not in leave_out:
                archive.writestr(name, content)
    return target.getvalue()
