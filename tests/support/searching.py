"""A collection whose texts are entered in the catalogue without being fetched."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from archive.collection import Collection
from archive.model import (
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Locator,
    Moment,
    Precision,
    TextOutcome,
    Work,
)
from archive.search.model import Hit, Query, Results, Segment
from archive.search.questions import search
from archive.texts import Software, Verdict
from tests.support.builders import make_article, make_discovery, make_software

FILE = "warc/2026/11/22/made.warc.gz"
FIRST = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Paper:
    """Prints articles into a collection, a minute after each other."""

    def __init__(self, folder: Path) -> None:
        self.collection = Collection.create(folder)
        self.printed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.collection.close()

    def capture(self, url: str, source_id: str = "example") -> Capture:
        """Enter a capture that nobody has looked at yet."""
        self.printed += 1
        capture = Capture(
            record_id=f"<{uuid.uuid4().urn}>",
            url=url,
            date=FIRST + timedelta(minutes=self.printed),
            status=200,
            media_type="text/html",
            block_digest="sha256:00",
            payload_digest="sha256:00",
            payload_length=1,
            transfer_coded=False,
            locator=Locator(path=FILE, offset=self.printed, length=1),
            discovery=make_discovery(url, source_id=source_id),
        )
        self.collection.catalogue.add_events(
            FILE, self.printed, captures=[(capture, None)]
        )
        return capture

    def print(
        self,
        title: str | None,
        text: str = "",
        *,
        url: str | None = None,
        source: str = "example",
        language: str | None = None,
        authors: tuple[str, ...] = (),
        section: str | None = None,
        published: Moment | None = None,
        page_class: CaptureClass = CaptureClass.ARTICLE,
        standfirst: str | None = None,
        kicker: str | None = None,
        capture: Capture | None = None,
        software: Software | None = None,
        is_current: bool = True,
    ) -> Capture:
        """Enter an article."""
        url = url or f"https://{source}.example/{self.printed}"
        capture = capture or self.capture(url, source)
        work = Work(
            title=title,
            language=language,
            bylines=tuple(Byline(name=n, kind=BylineKind.PERSON) for n in authors),
            section=section,
            published=published,
            standfirst=standfirst,
            kicker=kicker,
        )
        software = software or make_software()
        article = make_article(capture, software, text=text, work=work, claims=())
        article = replace(article, page_class=page_class)
        verdict = Verdict(
            record_id=capture.record_id,
            url=capture.url,
            outcome=TextOutcome.TEXT,
            page_class=page_class,
            article=article,
        )
        self.collection.catalogue.add_texts(software, [verdict], is_current=is_current)
        return capture

    def withdraw(self, capture: Capture, software: Software) -> None:
        """Let an extractor say that a capture is no article."""
        verdict = Verdict(
            record_id=capture.record_id,
            url=capture.url,
            outcome=TextOutcome.OTHER_CLASS,
            page_class=CaptureClass.CONSENT,
        )
        self.collection.catalogue.add_texts(software, [verdict], is_current=True)

    def search(self, words: str = "", **values: Any) -> Results:
        """Search it."""
        return search(self.collection, Query(words=words, **values))

    def titles(self, words: str = "", **values: Any) -> list[str]:
        """Search it, and give the headlines in their order."""
        return [plain(hit.title) for hit in self.search(words, **values).hits]


def plain(segments: tuple[Segment, ...]) -> str:
    """Give the letters of segments."""
    return "".join(segment.text for segment in segments)


def bracketed(segments: tuple[Segment, ...]) -> str:
    """Give the letters of segments, what is marked in brackets."""
    return "".join(f"[{s.text}]" if s.is_marked else s.text for s in segments)


def counts(results: Results, name: str) -> dict[str, int]:
    """Give the counts of a facet."""
    (facet,) = (facet for facet in results.facets if facet.name == name)
    return {value.value: value.count for value in facet.values}


def only(results: Results) -> Hit:
    """Give the one hit there should be."""
    (hit,) = results.hits
    return hit


def day(year: int, month: int = 1, of_month: int = 1) -> Moment:
    """Make a date to the day."""
    begin = datetime(year, month, of_month, tzinfo=UTC)
    return Moment(
        text=begin.date().isoformat(),
        precision=Precision.DAY,
        earliest=begin,
        latest=begin + timedelta(days=1, microseconds=-1),
    )


def whole_year(year: int) -> Moment:
    """Make a date of which the year is all that is known."""
    return Moment(
        text=str(year),
        precision=Precision.YEAR,
        earliest=datetime(year, 1, 1, tzinfo=UTC),
        latest=datetime(year + 1, 1, 1, tzinfo=UTC) - timedelta(microseconds=1),
    )
