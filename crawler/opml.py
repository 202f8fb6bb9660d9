"""Lists of feeds as feed readers exchange them, read as sources: OPML. Pure.

Source: OPML 2.0 (opml.org/spec2.opml). Older dialects are read too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from archive.model import Seed, SeedKind, Source
from crawler.charsets import decoded
from crawler.finds import Problem
from crawler.opml_text import OUR_ID
from crawler.plaintext import collapsed
from crawler.source_names import FreeIds, host_name, suggested_id
from crawler.source_values import WrongValue, address, language, source_id
from crawler.xmltext import (
    breakage,
    root_name,
    with_few_marks,
    with_sound_references,
    without_doctype,
    without_junk,
)

SIZE_LIMIT: Final = 16 * 1024 * 1024  # bytes: a hundred thousand feeds
TAG_LIMIT: Final = 200_000  # each takes memory

_ROOTS: Final = frozenset({"opml"})
_FEED_SCHEME: Final = re.compile(r"^feed:(?://)?(https?://)?", re.IGNORECASE)


class NoOpml(ValueError):
    """Bytes that are no list of feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """What a list of feeds held."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]  # what was left out, put together or guessed


def read_opml(body: bytes) -> Subscriptions:
    """Read a list of feeds as sources; the outlines around a feed become tags.

    A feed that is there twice becomes one source with the tags of both, and a
    problem says so; so does one for each outline that could not be read. No
    entity is expanded. Raises NoOpml if it is too long, or no OPML.
    """
    if len(body) > SIZE_LIMIT:
        raise NoOpml(f"longer than {SIZE_LIMIT} bytes")
    text, problems = _text(body)
    root = _tree(text, problems)
    reader = _Reader(problems)
    for outline in _outlines(root):
        reader.take(outline)
    return Subscriptions(sources=reader.sources(), problems=tuple(problems))


# ---------------------------------------------------------------- reading


def _text(body: bytes) -> tuple[str, list[Problem]]:
    text, undecoded = decoded(body, None)
    text, junk = without_junk(text, _ROOTS)
    try:
        text = without_doctype(text)
    except ValueError as error:
        raise NoOpml(str(error)) from error
    root = root_name(text)
    if root not in _ROOTS:
        raise NoOpml(f"the root element is {root or 'missing'}, not opml")
    text, excess = with_few_marks(text, TAG_LIMIT)
    return text, list(filter(None, (undecoded, junk, excess)))


def _tree(text: str, problems: list[Problem]) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    sound = with_sound_references(text).encode("utf-8", "replace")
    try:
        root = etree.fromstring(sound, parser)
    except etree.XMLSyntaxError as error:
        raise NoOpml(f"broken XML: {error.msg}") from error
    if root is None:
        raise NoOpml("broken XML: no element")
    if broken := breakage(parser.error_log):
        problems.append(broken)
    return root


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """An outline with the address of a feed."""

    said: dict[str, str]  # attributes by their names, in lower case
    line: int | None
    folders: tuple[str, ...]  # the outlines around it

    @property
    def label(self) -> str:
        return _label(self.said)

    def url(self) -> str:
        """Give the address of the feed. Raises WrongValue, without the password."""
        # "feed:" is a scheme that feed readers once registered for: it says HTTP.
        url = _FEED_SCHEME.sub(lambda match: match[1] or "http://", _feed_of(self.said))
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise WrongValue("holds user information, which an archive must not record")
        return address(url)


def _outlines(root: etree._Element) -> Iterator[_Outline]:
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, tags = waiting.pop()
        said = {str(n).lower(): str(v).strip() for n, v in element.attrib.items()}
        if _feed_of(said):
            line = element.sourceline
            yield _Outline(
                said=said, line=line if isinstance(line, int) else None, folders=tags
            )
        elif said and str(element.tag).lower() == "outline":
            label = _label(said)
            tags = (*tags, label) if label and label not in tags else tags
        if len(element):
            children = [(child, tags) for child in element.iterchildren("*")]
            waiting.extend(reversed(children))


def _feed_of(said: dict[str, str]) -> str:
    url = said.get("xmlurl", "")
    if not url and said.get("type", "").lower() in {"rss", "atom"}:
        url = said.get("url", "")  # of OPML 1.0's many dialects
    return url


def _label(said: dict[str, str]) -> str:
    return collapsed(said.get("title") or said.get("text") or "")


@dataclass(slots=True)
class _Draft:
    """A source that outlines are still added to."""

    source: Source
    seeds: list[Seed]
    tags: dict[str, None]

    def done(self) -> Source:
        return replace(self.source, seeds=tuple(self.seeds), tags=tuple(self.tags))


class _Reader:
    """Puts outlines together to sources."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._drafts: dict[str, _Draft] = {}  # by address of each feed
        self._ours: dict[str, _Draft] = {}  # by the id that is written
        self._ids = FreeIds()

    def sources(self) -> tuple[Source, ...]:
        drafts = {id(draft): draft for draft in self._drafts.values()}
        return tuple(draft.done() for draft in drafts.values())

    def take(self, outline: _Outline) -> None:
        try:
            url = outline.url()
        except WrongValue as error:
            self._tell(outline, f"left out: its address {error}")
            return
        written = outline.said.get(OUR_ID, "")
        draft = self._drafts.get(url)
        if draft is not None:
            owner = draft.source.id
            self._tell(outline, f"{url} is there twice: one source, {owner!r}")
        else:
            draft = self._ours.get(written) or self._draft(outline, url, written)
            draft.seeds.append(Seed(url=url, kind=SeedKind.FEED))
            self._drafts[url] = draft
            if written:
                self._ours[written] = draft
        draft.tags.update(dict.fromkeys((*outline.folders, *_categories(outline))))

    def _draft(self, outline: _Outline, url: str, written: str) -> _Draft:
        name = outline.label or host_name(url)
        is_id = bool(written) and _is(source_id, written)
        homepage = outline.said.get("htmlurl", "")
        if homepage and not _is(address, homepage):
            self._tell(outline, "its htmlUrl is no address, and was left out")
            homepage = ""
        tongue = outline.said.get("language", "")
        source = Source(
            id=self._ids.take(written if is_id else suggested_id(name, url)),
            name=name,
            homepage=homepage or None,
            language=tongue if tongue and _is(language, tongue) else None,
            seeds=(),
        )
        return _Draft(source=source, seeds=[], tags={})

    def _tell(self, outline: _Outline, sentence: str) -> None:
        told = f"{outline.label}: {sentence}" if outline.label else sentence
        self._problems.append(Problem(sentence=told, line=outline.line))


def _categories(outline: _Outline) -> Iterator[str]:
    """Read `category`: tags with commas between, each perhaps a path of slashes."""
    for category in outline.said.get("category", "").split(","):
        yield from filter(None, (collapsed(part) for part in category.split("/")))


def _is(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except WrongValue:
        return False
    return True
