"""What all signs of a class look at: the page, and what was found on it. Pure.

Each measure is taken when a sign first asks for it: most pages need few of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from archive.model import Access
from pipelines.classes.addresses import Address, read_address
from pipelines.classes.layout import Layout, laid_out, measure
from pipelines.classes.vocabulary import Notice, read_notice
from pipelines.classes.wording import fold, weight
from pipelines.jsonld import is_article, types
from pipelines.parsed import ParsedPage

_PARTED: Final = re.compile(r"\s[|–—·•»«:/-]\s|\s?[|»«]\s?|[_–—]")
_LONGEST_NAME: Final = 300  # characters
_MOST_NAMES: Final = 24
_MOST_HEADINGS: Final = 3
_LOOKED_AT: Final = 20_000  # characters of a text; more of it decides nothing
_LAID_OUT: Final = 3 * _LOOKED_AT  # with the spaces between elements
_OPENING: Final = 1500
_AFTER: Final = 300  # characters that make a notice, with its heading
_LINE: Final = 120  # characters after a heading, where author and date stand
_SENTENCE, _SENTENCES = 200, 300  # letters; a date beside less may be today's
# "12 March 2004", "12.3.2004", "March 12, 2004", "2004-03-12", "2004. március 12.", in
# the digits of any script.
_DAY: Final = re.compile(
    r"(?<!\d)\d{1,2}[^\d\n©]{1,16}(\d{4})(?!\d)"
    r"|(?<!\d)(\d{4})[^\d\n]{1,16}\d{1,2}(?!\d)"
)
_EARLIEST, _LATEST = 1300, 2100
_SHORT_TEXT: Final = 900  # letters
_SHORT_PAGE: Final = 1200  # characters, navigation and all
_MOST_ARTICLES: Final = 3  # more JSON-LD articles than this are teasers
_DATES: Final = (
    "article:published_time",
    "datepublished",
    "pubdate",
    "parsely-pub-date",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the extraction found on a page."""

    text: str
    title: str | None
    has_date: bool
    has_byline: bool
    access: Access | None


class View:
    """A page as the signs see it."""

    def __init__(self, page: ParsedPage, found: Found) -> None:
        """Look at a page and at what was found on it."""
        self.page = page
        self.found = found

    @cached_property
    def text(self) -> str:
        """The text that was found, as much of it as can decide anything."""
        return self.found.text[:_LOOKED_AT]

    @cached_property
    def weight(self) -> int:
        """The length of the text, the same in all scripts."""
        return weight(self.text)

    @cached_property
    def address(self) -> Address:
        """The signs in the address."""
        return read_address(self.page.url)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The title and the headings of the page, whole and in parts, folded."""
        return tuple(dict.fromkeys(self._names()))[:_MOST_NAMES]

    def _names(self) -> Iterator[str]:
        title, meta = self.page.title, self.page.meta
        headings = [
            " ".join(heading.text_content()[:_LOOKED_AT].split())
            for heading in self.page.top_headings[:_MOST_HEADINGS]
        ]
        for name in (
            title.text if title is not None else None,
            meta.first("og:title"),
            self.found.title,
            *headings,
        ):
            if name := (name or "")[:_LONGEST_NAME].strip():
                yield fold(name)
                for part in _PARTED.split(name):
                    if folded := fold(part).rstrip():
                        yield folded

    @cached_property
    def opening(self) -> str:
        """The beginning of the text, folded."""
        return fold(self.text[:_OPENING])

    @cached_property
    def visible(self) -> str:
        """The beginning of all text of the body, whatever it is."""
        body = self.page.tree.find("body")
        root = self.page.tree if body is None else body
        return " ".join("".join(laid_out(root, _LAID_OUT)).split())[:_LOOKED_AT]

    @cached_property
    def folded(self) -> str:
        """The beginning of all text of the body, folded."""
        return fold(self.visible[: 2 * _OPENING])

    @cached_property
    def headed(self) -> str:
        """The first heading with what the page says right after it."""
        for heading in self.page.headings[:_MOST_HEADINGS]:
            said = " ".join(heading.text_content()[:_LOOKED_AT].split())
            _, found, after = self.visible.partition(said) if said else ("", "", "")
            if found:
                return f"{said}\n{after[:_AFTER]}"
        return ""

    @cached_property
    def is_dated_below(self) -> bool:
        """Whether a day of a year stands after the first heading, as those of news."""
        _, _, after = self.headed.partition("\n")
        return any(
            _EARLIEST <= int(one or other) <= _LATEST
            for one, other in _DAY.findall(after[:_LINE])
        )

    @cached_property
    def is_signed(self) -> bool:
        """Whether news could look like this: it has a claim, an author or a date."""
        return (
            self.is_stated
            or self.is_dated
            or self.found.has_byline
            or self.is_dated_below
            or (
                self.found.has_date
                and min(self.weight, self.layout.run)
                > (_SENTENCE if "article" in self.kind else _SENTENCES)
            )
        )

    @cached_property
    def notice(self) -> Notice | None:
        """What the text is made of that is likest to a notice."""
        texts = [self.headed]
        if self.weight <= _SHORT_TEXT:
            texts.append(self.text)
        if len(self.visible) <= _SHORT_PAGE:
            texts.append(self.visible)
        read = (read_notice(text) for text in dict.fromkeys(texts) if text)
        return max(
            (notice for notice in read if notice),
            key=lambda notice: notice.share,
            default=None,
        )

    @cached_property
    def kind(self) -> str:
        """The og:type of the page, in lower case."""
        return (self.page.meta.first("og:type") or "").lower()

    @cached_property
    def body_classes(self) -> frozenset[str]:
        """The classes of <html> and <body>, where software says what a page is."""
        body = self.page.tree.find("body")
        stated = self.page.tree.get("class") or ""
        if body is not None:
            stated += f" {body.get('class') or ''} {body.get('id') or ''}"
        return frozenset(stated.lower()[:4000].split())

    @cached_property
    def is_stated(self) -> bool:
        """Whether JSON-LD calls the page an article: one with a headline, not many."""
        article = self.page.data.article
        if article is None or not ("headline" in article or "articleBody" in article):
            return False
        return sum(map(is_article, self.page.data.nodes)) <= _MOST_ARTICLES

    @cached_property
    def node_types(self) -> frozenset[str]:
        """The types of the nodes of JSON-LD, in lower case."""
        return frozenset(
            name.lower() for node in self.page.data.nodes for name in types(node)
        )

    @cached_property
    def is_dated(self) -> bool:
        """Whether the page states in <meta> when its article was published."""
        return any(self.page.meta.first(name) for name in _DATES)

    @cached_property
    def is_claimed(self) -> bool:
        """Whether the page calls itself an article by any means."""
        return self.is_stated or self.is_dated or "article" in self.kind

    @cached_property
    def layout(self) -> Layout:
        """How texts and links lie on the page."""
        return measure(self.page.tree)
