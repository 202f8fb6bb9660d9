"""A collection of articles as they were edited, made without a crawl."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from archive.collection import Collection
from archive.model import (
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Claim,
    Revisit,
    RevisitProfile,
    TextOutcome,
    Work,
)
from archive.store import Store
from archive.texts import Software, Verdict
from tests.support.builders import (
    NOON,
    make_article,
    make_exchange,
    make_moment,
    make_order,
    make_response,
    make_software,
)

BRIDGE = "http://news.example/bridge"
SOFTWARE = make_software("1", "ours")
OLDER = make_software("0", "older")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a page showed when it was captured."""

    text: str | None = None  # None: the capture had no text
    url: str = BRIDGE
    title: str = "The bridge is open"
    language: str = "en"
    canonical_url: str | None = None
    hours: float | None = None  # after noon; else an hour after the one before
    of: int | None = None  # the edition that the server said is the same still
    older_text: str | None = None  # what another extractor made of it
    status: str = "200 OK"
    work: Work = field(default_factory=Work)
    claims: tuple[Claim, ...] = (
        Claim(field="title", value="The bridge is open", origin="h1", is_chosen=True),
        Claim(field="title", value="The bridge | News", origin="meta:og:title"),
    )


def keep_editions(root: Path, editions: Iterable[Edition]) -> list[Capture]:
    """Make a collection of editions, an hour between two; gives the captures."""
    kept: list[Capture] = []
    verdicts: list[Verdict] = []
    older: list[Verdict] = []
    with Collection.create(root) as collection:
        store = Store(
            collection,
            settings=[("software", "test")],
            text_outcome=lambda capture: (
                TextOutcome.UNCHANGED if capture.revisit else None
            ),
        )
        for number, edition in enumerate(editions):
            hours = number if edition.hours is None else edition.hours
            at = NOON + timedelta(hours=hours)
            kept.append(_keep(store, edition, at, kept))
            if edition.of is not None:
                continue
            verdicts.append(_verdict(kept[-1], edition, edition.text, SOFTWARE))
            if edition.older_text is not None:
                older.append(_verdict(kept[-1], edition, edition.older_text, OLDER))
        store.close()
        if older:
            collection.catalogue.add_texts(OLDER, older, is_current=False)
        collection.catalogue.add_texts(SOFTWARE, verdicts, is_current=True)
    return kept


def _keep(store: Store, edition: Edition, at: datetime, kept: list[Capture]) -> Capture:
    body = f"<html><title>{edition.title}</title><p>{edition.text}</p></html>"
    response = make_response(
        body.encode("utf-8", "replace"), status=edition.status.encode("ascii")
    )
    revisit = None
    if edition.of is not None:
        original = kept[edition.of]
        revisit = Revisit(
            profile=RevisitProfile.NOT_MODIFIED,
            record_id=original.record_id,
            url=original.url,
            date=original.date,
        )
        response = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    exchange = make_exchange(edition.url, response, began_at=at)
    return store.keep(make_order(exchange=exchange, revisit=revisit)).result(20)


def _verdict(
    capture: Capture, edition: Edition, text: str | None, software: Software
) -> Verdict:
    work = replace(
        edition.work,
        title=edition.title,
        language=edition.language,
        canonical_url=edition.canonical_url,
        bylines=edition.work.bylines
        or (Byline(name="Ada Lovelace", kind=BylineKind.PERSON),),
        published=edition.work.published or make_moment(),
    )
    article = None
    if text is not None:
        article = make_article(
            capture, software, text=text, work=work, claims=edition.claims
        )
    return Verdict(
        record_id=capture.record_id,
        url=capture.url,
        outcome=TextOutcome.TEXT if article else TextOutcome.OTHER_CLASS,
        detail="" if article else "a form to log in, and nothing else",
        page_class=CaptureClass.ARTICLE if article else CaptureClass.LOGIN,
        confidence=0.9,
        article=article,
    )
