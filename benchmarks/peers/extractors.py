"""Dateline and other extractors of articles, called as their documentation says.

Each takes the bytes of a page, its address and the time of its capture, and gives
what it found. Peers are no dependencies: who is not installed is named and left out.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pipelines.article_text import page_of, the_extractor
from pipelines.extraction import attempt
from pipelines.textvalues import accident, row

Extract = Callable[[bytes, str, datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """An extractor, and how it is called here."""

    name: str
    module: str  # what has to be installed
    build: Callable[[], Extract]  # imports what it needs
    states: tuple[str, ...]  # the fields it is scored by

    def is_there(self) -> bool:
        """Whether it is installed."""
        return importlib.util.find_spec(self.module) is not None


def dateline() -> Extract:
    """Give the extractor of this archive."""
    extractor = the_extractor()
    extractor.warm_up()

    def extract(body: bytes, url: str, captured_at: datetime) -> dict[str, Any]:
        page = page_of(body, url, captured_at=captured_at)
        extraction = attempt(extractor, page)
        if told := accident(extraction):
            raise RuntimeError(told)  # is listed, as that of any other
        return row(extraction)

    return extract


def trafilatura(**switches: Any) -> Extract:
    """Give trafilatura with some switches; metadata are always asked for."""
    from trafilatura import bare_extraction  # noqa: PLC0415
    from trafilatura.settings import Document  # noqa: PLC0415

    def extract(body: bytes, url: str, _: datetime) -> dict[str, Any]:
        document = bare_extraction(body, url=url, with_metadata=True, **switches)
        if not isinstance(document, Document):
            return {}
        return {
            "text": document.text,
            "title": document.title,
            "authors": (document.author or "").split("; "),
            "date": document.date,
        }

    return extract


def bare_trafilatura() -> Extract:
    """Give trafilatura as it stands, given nothing but bytes: the measure of CPU."""
    from trafilatura import bare_extraction  # noqa: PLC0415

    def extract(body: bytes, _url: str, _: datetime) -> dict[str, Any]:
        document: Any = bare_extraction(body, with_metadata=True)
        return {"text": document.text} if document else {}

    return extract


def resiliparse() -> Extract:
    """Give Resiliparse's main content; it has no fields."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415
    from resiliparse.parse.encoding import (  # noqa: PLC0415
        bytes_to_str,
        detect_encoding,
    )
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415

    def extract(body: bytes, _url: str, _: datetime) -> dict[str, Any]:
        tree = HTMLTree.parse(bytes_to_str(body, detect_encoding(body) or "utf-8"))
        return {"text": extract_plain_text(tree, main_content=True, alt_texts=False)}

    return extract


def newspaper4k() -> Extract:
    """Give newspaper4k, with the page passed in, so that nothing is fetched."""
    newspaper: Any = importlib.import_module("newspaper")

    def extract(body: bytes, url: str, _: datetime) -> dict[str, Any]:
        article = newspaper.Article(url, fetch_images=False)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        date = article.publish_date
        return {
            "text": article.text,
            "title": article.title,
            "authors": list(article.authors),
            "date": f"{date:%Y-%m-%d}" if isinstance(date, datetime) else None,
            "language": article.meta_lang or None,
        }

    return extract


def readability() -> Extract:
    """Give readability-lxml, with the text of its summary's blocks, a line each."""
    from lxml import html  # noqa: PLC0415

    document_of: Any = importlib.import_module("readability").Document

    def extract(body: bytes, url: str, _: datetime) -> dict[str, Any]:
        document = document_of(body, url=url)
        summary = html.fromstring(document.summary(html_partial=True))
        for block in summary.iter("p", "li", "h1", "h2", "h3", "h4", "tr", "br"):
            block.tail = "\n" + (block.tail or "")
        return {"text": summary.text_content(), "title": document.short_title()}

    return extract


_ALL: Final = ("text", "title", "authors", "date")
BASELINE: Final = "trafilatura as is"
CONTENDERS: Final = tuple(
    Contender(name=name, module=module, build=build, states=states)
    for name, module, build, states in (
        ("dateline", "pipelines", dateline, (*_ALL, "language")),
        (BASELINE, "trafilatura", bare_trafilatura, ("text",)),
        (
            "trafilatura",
            "trafilatura",
            lambda: trafilatura(include_comments=False),
            _ALL,
        ),
        (
            "trafilatura fast",
            "trafilatura",
            lambda: trafilatura(include_comments=False, fast=True),
            _ALL,
        ),
        (
            "trafilatura precise",
            "trafilatura",
            lambda: trafilatura(include_comments=False, favor_precision=True),
            _ALL,
        ),
        ("resiliparse", "resiliparse", resiliparse, ("text",)),
        ("newspaper4k", "newspaper", newspaper4k, (*_ALL, "language")),
        ("readability-lxml", "readability", readability, ("text", "title")),
    )
)
