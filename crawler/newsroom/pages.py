"""What the example newsroom holds, as values; reads its folder once, at the start.

A page keeps the text that was written and the payload that is sent, so that an
edit changes both.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

from archive.digests import sha256_label
from archive.errors import UsageError
from crawler.newsroom.routes import NOT_FOUND, ROUTES, UNLISTED, Route

BASE = "{{BASE}}"

# When the edition was printed. Fixed, so that two starts serve the same bytes.
PRINTED_AT = datetime(2024, 3, 19, 6, 45, tzinfo=UTC)

TEXT_TYPES = {
    ".html": "text/html",
    ".xml": "application/xml",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
BINARY_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
FEED_TYPES = {
    "feed.xml": "application/rss+xml",
    "atom.xml": "application/atom+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address: what was written, and what is sent."""

    route: Route
    written: bytes  # of the file, {{BASE}} filled in
    media_type: str
    payload: bytes  # in its charset, and compressed where the route says so
    etag: bytes
    modified_at: datetime

    @property
    def last_modified(self) -> str:
        """The date as an HTTP-date (RFC 9110, 5.6.7)."""
        return format_datetime(self.modified_at.astimezone(UTC), usegmt=True)


def make_page(
    route: Route, written: bytes, base_url: str, modified_at: datetime
) -> Page:
    """Fill in the address of the site, then encode and compress.

    Raises UsageError if the text holds a character that the charset lacks.
    """
    suffix = "." + route.file.rpartition(".")[2]
    text_type = FEED_TYPES.get(route.file) or TEXT_TYPES.get(suffix)
    media_type = BINARY_TYPES.get(suffix, "application/octet-stream")
    payload = written
    if text_type is not None:
        text = written.decode("utf-8").replace(BASE, base_url)
        written = text.encode("utf-8")
        media_type = f"{text_type}; charset={route.charset}"
        try:
            payload = text.encode(route.charset)
        except UnicodeEncodeError as error:
            raise UsageError(f"{route.file} can not be sent: {error}") from error
    if route.gzip_file:
        media_type = "application/gzip"
    if route.gzip_file or route.gzip_coding:
        payload = gzip.compress(payload, mtime=0)  # the same bytes at each start
    label = sha256_label(payload)
    return Page(
        route=replace(route, location=_filled(route.location, base_url)),
        written=written,
        media_type=media_type,
        payload=payload,
        etag=f'"{label[7:23]}"'.encode("ascii"),
        modified_at=modified_at,
    )


def edit_page(page: Page, old: str, new: str, modified_at: datetime) -> Page:
    """Replace a text wherever it stands on the page; raises UsageError if nowhere."""
    was = old.encode("utf-8")
    if was not in page.written:
        raise UsageError(f"{page.route.file} does not hold the text {old!r}")
    written = page.written.replace(was, new.encode("utf-8"))
    return make_page(page.route, written, "", modified_at)


def load_pages(base_url: str) -> dict[str, Page]:
    """Read the folder: a page for each target, and the one for all others as ""."""
    folder = files("crawler.newsroom") / "site"
    routes = {"": NOT_FOUND, **_own_paths(folder, ""), **ROUTES}
    return {
        target: make_page(
            route, (folder / route.file).read_bytes(), base_url, PRINTED_AT
        )
        for target, route in routes.items()
    }


def find_page(pages: dict[str, Page], target: str) -> Page:
    """Look up a target: with its query, then without, then the page not found.

    So a tracking parameter leads to the article, as on most sites.
    """
    return pages.get(target) or pages.get(target.partition("?")[0]) or pages[""]


def sources_toml(base_url: str) -> str:
    """Write the newsroom as an entry of sources.toml."""
    template = files("crawler.newsroom") / "sources.toml"
    return template.read_text("utf-8").replace(BASE, base_url)


def _own_paths(folder: Traversable, under: str) -> dict[str, Route]:
    found: dict[str, Route] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = under + entry.name
        if entry.is_dir():
            found |= _own_paths(entry, name + "/")
        elif name not in UNLISTED:
            found["/" + name.removesuffix("index.html")] = Route(file=name)
    return found


def _filled(location: str | None, base_url: str) -> str | None:
    return location and location.replace(BASE, base_url)
