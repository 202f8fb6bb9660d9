"""Front and section pages: the links that look like articles. No I/O here.

What a page says of an address is gathered first (`crawler.pagelinks`). Then
each is weighed by itself (`crawler.likeness`), and once more by the other
addresses of its shape: what most of them are, it probably is too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from archive.markup import rejoined
from crawler.charsets import charset_of_html, decoded
from crawler.finds import Find, Found, Harvest, Problem, gathered
from crawler.likeness import (
    SHAPE_LEAST,
    SHAPE_MOST,
    SHAPE_WEIGHT,
    THRESHOLD,
    likeness_of_address,
    likeness_of_places,
    likeness_of_text,
    shape_of,
)
from crawler.pagelinks import LINK_LIMIT, PageLink, PageLinks
from crawler.xmltext import with_few_marks

SIZE_LIMIT: Final = 8 * 1024 * 1024  # bytes of a page that are read
MARK_LIMIT: Final = 400_000  # tags, attributes, references: see crawler/feeds.py


def found_in_front(
    body: bytes, *, url: str, content_type: str | None = None
) -> Harvest:
    """Read the links of a front or section page that look like articles.

    `body` is without content coding, `url` where it came from, `content_type`
    the field of the answer, for its charset. Each address is given once, in
    the order of the page, as the page wrote it but absolute and without
    fragment; its title is what the page calls it, its date a `time` beside
    it. Only addresses of the page's own site (registrable domain) are given.
    What is no article is no problem, and counted. Never raises: what could
    not be read is the problem. At most 8 MiB, 400,000 tags (and as many
    attributes, and references) and 20,000 links are read.
    """
    text, problems = _text_of(body, content_type)
    root = _tree(text, problems)
    if root is None:
        return gathered([*problems, Problem(sentence="an empty answer, no page")])
    links = PageLinks(root, url)
    if links.beyond:
        sentence = f"{links.beyond} links beyond {LINK_LIMIT} were not looked at"
        problems.append(Problem(sentence=sentence))
    finds: list[Find] = list(problems)
    for link, weight in _weighed(list(links)):
        if weight < THRESHOLD:
            links.left_out["unlike an article"] += 1
            continue
        title = link.heading or link.text or None
        finds.append(Found(url=link.url, title=title, date=link.date))
    return replace(gathered(finds), left_out=tuple(sorted(links.left_out.items())))


def _text_of(body: bytes, content_type: str | None) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    if len(body) > SIZE_LIMIT:
        left_out = len(body) - SIZE_LIMIT
        sentence = f"the last {left_out} bytes of the page were not read"
        problems.append(Problem(sentence=sentence))
        body = body[:SIZE_LIMIT]
    charset = charset_of_html(body, content_type)
    text, misread = decoded(body, content_type, claimed=charset)
    text, excess = with_few_marks(text, MARK_LIMIT)
    problems += filter(None, (misread, excess))
    return text, problems


def _tree(text: str, problems: list[Problem]) -> etree._Element | None:
    # `huge_tree` lifts the bound on nesting from 256 to 2048, which the unclosed
    # tags of real pages come to; all else that it lifts is bounded above.
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # empty, or nothing but comments
        return None
    for entry in parser.error_log:
        if entry.level >= etree.ErrorLevels.FATAL:
            problems.append(Problem(sentence=entry.message, line=entry.line))
            break
    return rejoined(root) if root is not None else None


def _weighed(links: list[PageLink]) -> Iterator[tuple[PageLink, float]]:
    seen = [
        likeness_of_text(link.text) + likeness_of_places(link.places) for link in links
    ]
    shapes = [shape_of(link.host, link.path) for link in links]
    of_shape: dict[str, list[float]] = {}
    for shape, weight in zip(shapes, seen, strict=True):
        of_shape.setdefault(shape, []).append(weight)
    others = {shape: _word_of_others(weights) for shape, weights in of_shape.items()}
    for link, shape, weight in zip(links, shapes, seen, strict=True):
        address = likeness_of_address(link.host, link.path)
        yield link, weight + address + others[shape]


def _word_of_others(weights: list[float]) -> float:
    if len(weights) < SHAPE_LEAST:
        return 0.0
    mean = sum(weights) / len(weights)
    return SHAPE_WEIGHT * max(-SHAPE_MOST, min(SHAPE_MOST, mean))
