"""Extractors in two versions, whose word on a page is the page's own.

A payload is a class, a line feed, and the text: "article\nA bridge is open."
"""

from __future__ import annotations

import os

from archive.model import CaptureClass, Claim, TextOutcome, Work
from pipelines.extraction import Extraction, ExtractorInfo, Page, describe

KEPT = (CaptureClass.ARTICLE, CaptureClass.LIVE_BLOG)


class Toy:
    """Gives the text behind the first line; the second version in capitals."""

    def __init__(self, version: str) -> None:
        self._version = version

    @property
    def info(self) -> ExtractorInfo:
        return describe("toy", self._version, {"capitals": str(self._version == "2")})

    def warm_up(self) -> None:
        return

    def extract(self, page: Page) -> Extraction:
        word, _, text = page.payload.decode().partition("\n")
        if word == "crash":
            os.abort()
        page_class = CaptureClass(word)
        if self._version == "2":
            text = text.upper()
        title = page.hints.title or text.partition(" ")[0]
        return Extraction(
            outcome=TextOutcome.TEXT if page_class in KEPT else TextOutcome.OTHER_CLASS,
            detail="" if page_class in KEPT else "it says so",
            page_class=page_class,
            text=text,
            confidence=0.75,
            work=Work(title=title, language="en"),
            claims=(Claim(field="title", value=title, origin="text", is_chosen=True),),
        )


def build_one() -> Toy:
    return Toy("1")


def build_two() -> Toy:
    return Toy("2")
