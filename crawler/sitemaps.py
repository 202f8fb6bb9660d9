"""Sitemaps, read as a stream in constant memory. Nothing here does I/O.

Sources: sitemaps.org protocol 0.9, Google News sitemap 0.9. Accepted besides
XML, as the protocol has them: gzip, text with one URL a line, RSS and Atom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from crawler.charsets import Texts, charset_of
from crawler.expansion import Expansion, chunks_of
from crawler.feeds import FEED_ROOTS, found_in_feed
from crawler.finds import (
    Find,
    Found,
    Harvest,
    NestedSitemap,
    Problem,
    absolute,
    dates,
    each,
    gathered,
)
from crawler.lists import found_in_lines
from crawler.plaintext import collapsed
from crawler.xmltext import (
    PROLOGUE_LIMIT,
    breakage,
    root_name,
    with_sound_references,
    without_doctype,
)

ENTRY_LIMIT = 50_000  # sitemaps.org, "Using Sitemap index files"
COUNT_LIMIT = 4 * ENTRY_LIMIT  # so many are looked at, to say how many were left out
SIZE_LIMIT = 50 * 1024 * 1024  # bytes after expansion, the same paragraph
CARRY_LIMIT = 1024 * 1024  # characters without the end of a tag: not a sitemap

DEPTH_LIMIT = 64  # elements within one another; extensions come to five

_FIELD_LIMIT = 8192  # characters of one loc, date or title, and of a line
_WANTED = frozenset({"loc", "lastmod", "title", "publication_date"})
# loc and lastmod also occur in image: and video: extensions, title in the latter.
_PARENTS = {
    "loc": ("url", "sitemap"),
    "lastmod": ("url", "sitemap"),
    "title": ("news",),
    "publication_date": ("news",),
}
_LINE_END = re.compile(r"\r\n|\n|\r")


def found_in_sitemap(
    body: bytes, *, url: str, content_type: str | None = None
) -> Harvest:
    """Read a whole sitemap: its addresses, and the sitemaps it names.

    Never raises: of a broken sitemap it gives what came before the break and
    what could be made out after it, with the problem. At most 50,000 entries
    and 50 MB are read; the problem says what was left out.
    """
    return gathered(
        finds_in_sitemap(chunks_of(body), url=url, content_type=content_type)
    )


def finds_in_sitemap(
    chunks: Iterable[bytes], *, url: str, content_type: str | None = None
) -> Iterator[Find]:
    """Read a sitemap as it comes in, with the promises of `found_in_sitemap`.

    Memory does not grow with the sitemap; an address named twice is given
    twice. Only a sitemap that is really a feed is gathered first.
    """
    expansion = Expansion(chunks, limit=SIZE_LIMIT)
    head, rest = _head(iter(expansion))
    yield from _bounded(_by_form(head, rest, url, content_type))
    for sentence in expansion.problems:
        yield Problem(sentence=sentence)


def _head(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Gather enough to tell the form by."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= PROLOGUE_LIMIT:
            break
    return head, pieces


def _by_form(
    head: bytes, rest: Iterator[bytes], url: str, content_type: str | None
) -> Iterator[Find]:
    texts = Texts(head, rest, charset_of(head, content_type))
    beginning = texts.beginning
    stripped = beginning.lstrip()
    if not stripped:
        yield Problem(sentence="an empty answer, no sitemap")
    elif stripped[0] != "<":
        yield from found_in_lines(_lines(iter(texts)), comments=False)
    elif (root := root_name(beginning)) in FEED_ROOTS or root == "html":
        # A page is no feed either, and `found_in_feed` says so.
        yield from each(
            found_in_feed(b"".join([head, *rest]), url=url, content_type=content_type)
        )
    else:
        yield from _in_xml(iter(texts), url)
    if texts.problem:
        yield texts.problem


def _lines(texts: Iterator[str]) -> Iterator[str]:
    carry = ""
    for text in texts:
        *whole, carry = _LINE_END.split(carry + text)
        # What is longer is no address: reported, and not kept.
        carry = carry[:_FIELD_LIMIT]
        yield from whole
    yield carry


def _bounded(finds: Iterator[Find]) -> Iterator[Find]:
    entries = 0
    for number, find in enumerate(finds):
        if number >= COUNT_LIMIT:
            yield Problem(sentence=f"given up after {COUNT_LIMIT} entries")
            break
        if not isinstance(find, Problem):
            entries += 1
            if entries > ENTRY_LIMIT:
                continue
        yield find
    if entries > ENTRY_LIMIT:
        left_out = entries - ENTRY_LIMIT
        yield Problem(
            sentence=f"{left_out} entries beyond the first {ENTRY_LIMIT} were left out"
        )


# ---------------------------------------------------------------- XML


def _in_xml(texts: Iterator[str], url: str) -> Iterator[Find]:
    entries = _Entries(url)
    parser = etree.XMLParser(
        target=entries,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        for piece in _whole_tags(texts):
            parser.feed(piece.encode("utf-8", "replace"))
            yield from entries.taken()
            # Behind the end of the document, and where it can't go on, the
            # parser would only keep what it is given.
            if entries.silent_for(len(piece)) > CARRY_LIMIT:
                break
        parser.close()
    # Of the document type, of a tag without end, of nesting without end.
    except ValueError as error:
        yield Problem(sentence=f"no sitemap: {error}")
    except etree.XMLSyntaxError as error:
        yield Problem(sentence=f"broken XML: {error.msg}", line=error.lineno)
    else:
        if problem := breakage(parser.feed_error_log):
            yield problem
    yield from entries.taken()
    if entries.root not in {"urlset", "sitemapindex"}:
        yield Problem(sentence=f"no sitemap: the root is {entries.root or 'missing'}")


def _whole_tags(texts: Iterator[str]) -> Iterator[str]:
    """Cut a document where a tag ends, outside CDATA, and mend each piece.

    Raises ValueError if a tag or a CDATA section goes on and on.
    """
    first = True
    carry = ""
    for text in texts:
        carry += text
        end = carry.rfind(">") + 1
        section = carry.rfind("<![CDATA[", 0, end)
        if section >= 0 and carry.find("]]>", section, end) < 0:
            end = section
        if end:
            piece, carry = carry[:end], carry[end:]
            yield with_sound_references(without_doctype(piece) if first else piece)
            first = False
        if len(carry) > CARRY_LIMIT:
            raise ValueError(f"no tag ends within {CARRY_LIMIT} characters")
    if carry.strip():
        yield with_sound_references(carry)


class _Entries:
    """The parser's target: takes the wanted fields, builds no tree."""

    def __init__(self, url: str) -> None:
        self.root: str | None = None
        self._url = url
        self._path: list[str] = []
        self._fields: dict[str, str] = {}
        self._parts: list[str] | None = None  # of the field that is open
        self._length = 0
        self._taken: list[Find] = []
        self._number = 0
        self._silence = 0

    def start(self, tag: str | bytes, _attributes: object) -> None:
        self._silence = -1
        name = str(tag).rpartition("}")[2]
        if self.root is None:
            self.root = name
        parent = self._path[-1] if self._path else ""
        if len(self._path) >= DEPTH_LIMIT:
            raise ValueError(f"elements are nested more than {DEPTH_LIMIT} deep")
        self._path.append(name)
        if name in _WANTED and parent in _PARENTS[name]:
            self._parts = []
            self._length = 0
        elif name in {"url", "sitemap"}:
            self._fields = {}

    def data(self, text: str | bytes) -> None:
        if self._parts is not None and self._length < _FIELD_LIMIT:
            self._parts.append(str(text))
            self._length += len(text)

    def end(self, tag: str | bytes) -> None:
        name = str(tag).rpartition("}")[2]
        self._path.pop()
        if self._parts is not None and name in _WANTED:
            self._fields.setdefault(name, "".join(self._parts).strip())
            self._parts = None
        elif name in {"url", "sitemap"}:
            self._number += 1
            self._taken.append(self._entry(is_nested=name == "sitemap"))
            self._fields = {}

    def comment(self, text: str | bytes) -> None:
        """Comments say nothing about addresses."""
        self._silence = -1

    def silent_for(self, length: int) -> int:
        """Tell how many characters were fed, now these, since something came out."""
        self._silence = 0 if self._silence < 0 else self._silence + length
        return self._silence

    def close(self) -> None:
        """Nothing is left to give: `taken` gives it."""

    def taken(self) -> list[Find]:
        """Give what was completed since the last call."""
        taken, self._taken = self._taken, []
        return taken

    def _entry(self, *, is_nested: bool) -> Find:
        fields = self._fields
        try:
            address = absolute(fields.get("loc", ""), self._url)
        except ValueError as error:
            return Problem(sentence=f"entry {self._number} has no address: {error}")
        lastmod = fields.get("lastmod") or None
        if is_nested and address == self._url:
            return Problem(sentence=f"entry {self._number} names its own index")
        if is_nested:
            return NestedSitemap(url=address, lastmod=lastmod)
        date, modified = dates(fields.get("publication_date") or None, lastmod)
        return Found(
            url=address,
            title=collapsed(fields.get("title", "")) or None,
            date=date,
            modified=modified,
        )
