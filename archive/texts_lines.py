"""An article as a value of JSON, and read back from it. Pure.

What is written here is an interface: names are added, never changed. Lines that
were written before a name was added are read all the same.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from archive.clock import parse_warc_date, warc_date
from archive.digests import sha256_label
from archive.model import (
    Access,
    Article,
    Byline,
    BylineKind,
    CaptureClass,
    Claim,
    Image,
    Link,
    Locator,
    Moment,
    Precision,
    Provenance,
    ReportDateline,
    Work,
)


def article_values(article: Article) -> dict[str, Any]:
    """Make what one line of JSON says of an article."""
    source, work = article.provenance, article.work
    return {
        "id": article.id.strip("<>"),
        "url": source.url,
        "canonical_url": article.canonical_url,
        "class": article.page_class,
        "confidence": article.confidence,
        "title": work.title,
        "kicker": work.kicker,
        "section": work.section,
        "standfirst": work.standfirst,
        "bylines": [{"name": b.name, "kind": b.kind} for b in work.bylines],
        "authors": list(work.authors),
        **_moment_values("published", work.published),
        **_moment_values("modified", work.modified),
        "dateline": msgspec.to_builtins(work.dateline),
        "site_name": work.site_name,
        "description": work.description,
        "language": work.language,
        "stated_url": work.canonical_url,
        "licence": work.licence,
        "access": work.access,
        "images": msgspec.to_builtins(work.images),
        "links": msgspec.to_builtins(work.links),
        "quoted_sources": list(work.quoted_sources),
        "text": article.text,
        "claims": [
            {
                "field": claim.field,
                "value": claim.value,
                "origin": claim.origin,
                "chosen": claim.is_chosen,
            }
            for claim in article.claims
        ],
        "provenance": {
            "record_id": source.record_id.strip("<>"),
            "payload_digest": source.payload_digest,
            "warc_file": source.locator.path,
            "warc_offset": source.locator.offset,
            "warc_length": source.locator.length,
            "captured_at": warc_date(source.captured_at),
            "found_url": source.found_url,
            "source": source.source_id,
            "run": source.run_id,
            "extractor": source.extractor,
            "extractor_version": source.extractor_version,
            "options_digest": source.options_digest,
            "text_digest": sha256_label(article.text.encode("utf-8")),
        },
    }


def article_line(article: Article) -> bytes:
    """Write one line of JSON Lines."""
    return msgspec.json.encode(article_values(article)) + b"\n"


def article_from(values: Mapping[str, Any]) -> Article:
    """Read what `article_values` made. Raises KeyError, TypeError or ValueError."""
    source = values["provenance"]
    return Article(
        id=f"<{values['id']}>",
        canonical_url=values["canonical_url"],
        work=_work_from(values),
        text=values["text"],
        page_class=CaptureClass(values.get("class", CaptureClass.ARTICLE)),
        confidence=float(values.get("confidence", 0.0)),
        claims=tuple(
            Claim(
                field=claim["field"],
                value=claim["value"],
                origin=claim["origin"],
                is_chosen=claim.get("chosen", False),
            )
            for claim in values["claims"]
        ),
        provenance=Provenance(
            record_id=f"<{source['record_id']}>",
            payload_digest=source["payload_digest"],
            locator=Locator(
                path=source["warc_file"],
                offset=source["warc_offset"],
                length=source["warc_length"],
            ),
            captured_at=parse_warc_date(source["captured_at"]),
            url=values["url"],
            found_url=source["found_url"],
            extractor=source["extractor"],
            extractor_version=source["extractor_version"],
            options_digest=source["options_digest"],
            run_id=source["run"],
            source_id=source["source"],
        ),
    )


def _work_from(values: Mapping[str, Any]) -> Work:
    # Before there were bylines, there were names.
    bylines = values.get("bylines") or [
        {"name": name, "kind": BylineKind.PERSON} for name in values["authors"]
    ]
    return Work(
        title=values["title"],
        kicker=values.get("kicker"),
        section=values.get("section"),
        standfirst=values.get("standfirst"),
        bylines=msgspec.convert(bylines, tuple[Byline, ...]),
        published=_moment_from("published", values),
        modified=_moment_from("modified", values),
        dateline=msgspec.convert(values.get("dateline"), ReportDateline | None),
        site_name=values["site_name"],
        description=values["description"],
        language=values["language"],
        canonical_url=values.get("stated_url"),
        licence=values.get("licence"),
        access=Access(values["access"]) if values.get("access") else None,
        images=msgspec.convert(values.get("images", ()), tuple[Image, ...]),
        links=msgspec.convert(values.get("links", ()), tuple[Link, ...]),
        quoted_sources=tuple(values.get("quoted_sources", ())),
    )


def _moment_values(name: str, moment: Moment | None) -> dict[str, Any]:
    between = moment and [warc_date(moment.earliest), warc_date(moment.latest)]
    return {
        name: moment and moment.text,
        f"{name}_precision": moment and moment.precision,
        f"{name}_between": between,
    }


def _moment_from(name: str, values: Mapping[str, Any]) -> Moment | None:
    text, between = values.get(name), values.get(f"{name}_between")
    if text is None:
        return None
    if between is None:  # it is older than this name
        return whole_moment(text)
    earliest, latest = map(parse_warc_date, between)
    return Moment(
        text=text,
        precision=Precision(values[f"{name}_precision"]),
        earliest=earliest,
        latest=latest,
    )


def whole_moment(text: str) -> Moment:
    """Read "2024", "2024-05" or "2024-05-31" as the time it spans in UTC.

    Raises ValueError.
    """
    year, month, day = (*map(int, text[:10].split("-")), 0, 0)[:3]
    earliest = datetime(year, month or 1, day or 1, tzinfo=UTC)
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return Moment(
        text=text[:10],
        precision=(
            Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        ),
        earliest=earliest,
        latest=datetime(year, last_month, last_day, 23, 59, 59, 999_999, UTC),
    )
