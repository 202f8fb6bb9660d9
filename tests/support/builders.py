"""Builders with dull defaults, so that a test says only what it is about."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import count

from archive.events import CaptureOrder, read_answer
from archive.model import (
    Access,
    Article,
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Claim,
    Discovery,
    Exchange,
    FetchOutcome,
    Image,
    Link,
    Miss,
    Moment,
    Precision,
    Provenance,
    ReportDateline,
    Revisit,
    Role,
    Run,
    TlsSession,
    Truncation,
    Work,
)
from archive.texts import Software
from archive.warc.records import new_record_id

RUN_ID = "00000000-0000-4000-8000-000000000001"
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
_seconds = count()


def make_response(
    body: bytes = b"<html><body>" + b"<p>news</p>" * 100 + b"</body></html>",
    *,
    status: bytes = b"200 OK",
    fields: bytes = b"Content-Type: text/html; charset=utf-8\r\n",
) -> bytes:
    """Make the bytes of a response with a Content-Length."""
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 " + status + b"\r\n" + fields + length + b"\r\n" + body


def make_discovery(
    url: str = "http://news.example/1",
    role: Role = Role.ARTICLE,
    *,
    seed_url: str | None = None,
    claimed_title: str | None = None,
    claimed_date: str | None = None,
    source_id: str = "example",
) -> Discovery:
    """Make a discovery."""
    return Discovery(
        url=url,
        role=role,
        source_id=source_id,
        run_id=RUN_ID,
        found_at=NOON,
        seed_url=seed_url,
        claimed_title=claimed_title,
        claimed_date=claimed_date,
    )


def make_exchange(
    url: str = "http://news.example/1",
    response: bytes | None = None,
    *,
    began_at: datetime | None = None,
    tls: TlsSession | None = None,
    truncated: Truncation | None = None,
    request: bytes | None = None,
    interim: bytes = b"",
    peer_address: str | None = "192.0.2.1",
) -> Exchange:
    """Make an exchange; each begins a second after the one before."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    return Exchange(
        url=url,
        request=request
        or f"GET {path} HTTP/1.1\r\nHost: news.example\r\n\r\n".encode("ascii"),
        response=response if response is not None else make_response(),
        interim=interim,
        began_at=began_at or NOON + timedelta(seconds=next(_seconds)),
        duration_s=0.05,
        peer_address=peer_address,
        tls=tls,
        truncated=truncated,
    )


def make_order(
    url: str = "http://news.example/1",
    response: bytes | None = None,
    *,
    exchange: Exchange | None = None,
    discovery: Discovery | None = None,
    revisit: Revisit | None = None,
) -> CaptureOrder:
    """Make an order to keep an exchange."""
    exchange = exchange or make_exchange(url, response)
    return CaptureOrder(
        exchange=exchange,
        answer=read_answer(exchange.response),
        discovery=discovery or make_discovery(exchange.url),
        revisit=revisit,
    )


def make_miss(url: str = "http://news.example/gone", detail: str = "no route") -> Miss:
    """Make a miss."""
    return Miss(
        record_id=new_record_id(),
        date=NOON,
        outcome=FetchOutcome.UNREACHABLE,
        detail=detail,
        url=url,
        discovery=make_discovery(url),
    )


def make_run(*, ended: bool = False) -> Run:
    """Make a run, going on or ended."""
    return Run(
        id=RUN_ID,
        source_id="example",
        command="crawl",
        began_at=NOON,
        settings_digest="sha256:00",
        settings=(("delay-s", "1.0"),),
        ended_at=NOON + timedelta(minutes=1) if ended else None,
        counts=(("captures", 3),) if ended else (),
    )


def make_moment(text: str = "2024-05-06", day: int = 6) -> Moment:
    """Make a date to the day, in May 2024."""
    return Moment(
        text=text,
        precision=Precision.DAY,
        earliest=datetime(2024, 5, day, tzinfo=UTC),
        latest=datetime(2024, 5, day, 23, 59, 59, 999_999, tzinfo=UTC),
    )


def make_work(title: str = "The bridge is open") -> Work:
    """Make a work of which everything is known."""
    return Work(
        title=title,
        kicker="Traffic",
        section="Town",
        standfirst="It took nine years.",
        bylines=(
            Byline(name="Ada Lovelace", kind=BylineKind.PERSON),
            Byline(name="dpa", kind=BylineKind.AGENCY),
        ),
        published=make_moment(),
        modified=make_moment("2024-05-07", 7),
        dateline=ReportDateline(
            text="ALEPPO, May 6 (dpa)", place="ALEPPO", day="2024-05-06", agency="dpa"
        ),
        site_name="The Example",
        description="A bridge.",
        language="en",
        canonical_url="http://news.example/bridge",
        licence="CC BY 4.0",
        access=Access.FREE,
        images=(
            Image(url="http://news.example/1.jpg", caption="C", alt=None, credit="AFP"),
        ),
        links=(Link(url="http://news.example/2", text="another"),),
        quoted_sources=("Reuters",),
    )


def make_software(version: str = "1", name: str = "test") -> Software:
    """Make the description of an extractor."""
    return Software(
        name=name,
        version=version,
        options_digest="sha256:00",
        options=(("tables", "yes"),),
    )


def make_article(
    capture: Capture,
    software: Software | None = None,
    *,
    text: str = "Nobody was hurt.\nThe bridge is open.",
    work: Work | None = None,
    confidence: float = 0.875,
    claims: tuple[Claim, ...] | None = None,
) -> Article:
    """Make the article that an extractor made of a capture."""
    software = software or make_software()
    work = work or make_work()
    name = f"{capture.record_id} {software.key}"
    return Article(
        id=f"<{uuid.uuid5(uuid.NAMESPACE_URL, name).urn}>",
        canonical_url=work.canonical_url or capture.url,
        work=work,
        text=text,
        page_class=CaptureClass.ARTICLE,
        confidence=confidence,
        claims=claims
        if claims is not None
        else (
            Claim(field="title", value="The bridge", origin="h1", is_chosen=True),
            Claim(field="title", value="The bridge | News", origin="title"),
        ),
        provenance=Provenance(
            record_id=capture.record_id,
            payload_digest=capture.payload_digest,
            locator=capture.locator,
            captured_at=capture.date,
            url=capture.url,
            found_url=capture.discovery.url,
            extractor=software.name,
            extractor_version=software.version,
            options_digest=software.options_digest,
            run_id=capture.discovery.run_id,
            source_id=capture.discovery.source_id,
        ),
    )
