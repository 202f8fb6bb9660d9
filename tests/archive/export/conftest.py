"""A small collection in which everything is that an export has to mind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.model import (
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Revisit,
    RevisitProfile,
    Role,
    TextOutcome,
    Work,
)
from archive.store import Store
from archive.texts import Verdict
from tests.support.builders import (
    make_article,
    make_discovery,
    make_exchange,
    make_miss,
    make_order,
    make_response,
    make_run,
    make_software,
)

SITE = "http://news.example"
HOSTILE = (
    "=HYPERLINK(1) </title><script>alert(1)</script> & \N{RIGHT-TO-LEFT OVERRIDE}gnp "
    "\x1b[31m\x07 ../../etc/passwd \x7f"
)
SHEET = b"@import 'more.css'; body { background: url(/bg.png) } " + b"/* */" * 120
MORE = b".a { background: url('deep.png') } " + b"/* */" * 120
PAGE = (
    b"<!doctype html><html><head><title>Bridge</title>"
    b'<link rel="stylesheet" href="/css/site.css"></head><body>'
    b'<img src="small.png" srcset="small.png 1x, big.png 2x">'
    b'<a href="/other">other</a><p>' + b"The bridge is open again. " * 40
)
FIRST_DAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
SECOND_DAY = datetime(2026, 11, 21, 8, tzinfo=UTC)


@dataclass
class Held:
    """The collection, and its captures by what they are."""

    collection: Collection
    captures: dict[str, Capture] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.collection.root

    def url(self, name: str) -> str:
        return self.captures[name].url

    def id(self, name: str) -> str:
        return self.captures[name].record_id


class Maker:
    """Keeps captures, one a minute."""

    def __init__(self, held: Held, begin: datetime) -> None:
        self.held = held
        self.store = Store(
            held.collection,
            settings=[("software", "test")],
            text_outcome=lambda _: None,
        )
        self.at = begin

    def keep(
        self,
        name: str,
        path: str,
        body: bytes,
        *,
        source: str = "courier",
        role: Role = Role.ARTICLE,
        kind: bytes = b"text/html; charset=utf-8",
        status: bytes = b"200 OK",
        more: bytes = b"",
        revisit: Capture | None = None,
        redirect_from: Capture | None = None,
    ) -> Capture:
        url = SITE + path
        self.at += timedelta(minutes=1)
        fields = b"Content-Type: " + kind + b"\r\n" + more
        exchange = make_exchange(
            url, make_response(body, status=status, fields=fields), began_at=self.at
        )
        order = make_order(
            url,
            exchange=exchange,
            discovery=make_discovery(
                redirect_from.url if redirect_from else url, role, source_id=source
            ),
            revisit=_revisit_of(revisit) if revisit else None,
        )
        if redirect_from:
            order = replace(order, redirect_from=redirect_from.record_id)
        capture = self.store.keep(order).result(10)
        self.held.captures[name] = capture
        return capture

    def text(self, name: str, title: str, text: str, **work: object) -> None:
        capture = self.held.captures[name]
        software = make_software()
        said = Work(title=title, language="en", **work)  # type: ignore[arg-type]
        verdict = Verdict(
            record_id=capture.record_id,
            url=capture.url,
            outcome=TextOutcome.TEXT,
            page_class=CaptureClass.ARTICLE,
            confidence=0.9,
            article=make_article(capture, software, text=text, work=said, claims=()),
        )
        self.held.collection.catalogue.add_texts(software, [verdict], is_current=True)


def _revisit_of(original: Capture) -> Revisit:
    return Revisit(
        profile=RevisitProfile.IDENTICAL_PAYLOAD,
        record_id=original.record_id,
        url=original.url,
        date=original.date,
    )


@pytest.fixture(scope="package")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """Two days of two sources, in two WARC files."""
    with Collection.create(tmp_path_factory.mktemp("export") / "c") as collection:
        held = Held(collection)
        _first_day(Maker(held, FIRST_DAY))
        _second_day(Maker(held, SECOND_DAY))
        yield held


def _first_day(maker: Maker) -> None:
    maker.store.log(make_run())
    image = {"role": Role.REQUISITE, "kind": b"image/png"}
    sheet = {"role": Role.REQUISITE, "kind": b"text/css"}
    maker.keep("bridge", "/bridge", PAGE)
    maker.keep("sheet", "/css/site.css", SHEET, **sheet)  # type: ignore[arg-type]
    maker.keep("more", "/css/more.css", MORE, **sheet)  # type: ignore[arg-type]
    for name in ("bg.png", "css/deep.png", "small.png", "big.png", "stray.png"):
        body = name.encode() * 100
        maker.keep(name, f"/{name}", body, **image)  # type: ignore[arg-type]
    maker.keep("other", "/other", b"<p>" + b"Another. " * 100)
    maker.keep("far", "/far", b"<p>" + b"Far away. " * 100, source="tagblatt")
    maker.store.note(make_miss())
    maker.store.close()
    maker.text("bridge", "The bridge is open", "Nobody was hurt.\nIt took nine years.")
    maker.text("other", "Another", "Another text.")
    maker.text("far", "Far away", "A text from far away.")


def _second_day(maker: Maker) -> None:
    bridge, held = maker.held.captures["bridge"], maker.held
    maker.keep("again", "/bridge", PAGE, revisit=bridge)
    maker.keep(
        "hop",
        "/old-bridge",
        b"moved",
        status=b"301 Moved Permanently",
        more=b"Location: /bridge\r\n",
    )
    maker.keep(
        "edited", "/bridge", PAGE + b"<p>Or so.", redirect_from=held.captures["hop"]
    )
    maker.keep("front", "/", b"<h1>News</h1>" + b"<p>x</p>" * 200)
    maker.keep("hostile", "/hostile", b"<p>" + b"Hostile. " * 100, source="tagblatt")
    maker.store.close()
    maker.text("edited", "The bridge is open", "One was hurt.\nIt took nine years.")
    maker.text(
        "hostile",
        HOSTILE,
        f"{HOSTILE}\n{HOSTILE}",
        section=HOSTILE,
        bylines=(Byline(name=HOSTILE, kind=BylineKind.PERSON),),
    )
