"""A WACZ file in ReplayWeb.page, in Chromium, with nothing else to ask."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as Late
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from archive.clock import now, timestamp14
from archive.export.closure import completed
from archive.export.output import Pieces
from archive.export.selection import EVERYTHING, Selection, choose
from archive.export.wacz import write_wacz
from tests.archive.export.conftest import Held
from tests.archive.export.packed import pack
from tests.support.browser import visiting
from tests.support.peers import replaywebpage
from tests.support.webserver import serving

_LOADS = 5
_PATIENCE_MS = 20_000
_VIEW = """<!DOCTYPE html><meta charset="utf-8"><title>view</title>
<script src="/replay/ui.js"></script>
<replay-web-page source="/{name}.wacz" {url} replayBase="/replay/" embed="{embed}"
 style="height: 700px; display: block"></replay-web-page>"""


@pytest.fixture(scope="module")
def site(
    held: Held, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Serve ReplayWeb.page and packages, as a file server would."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "replay").mkdir()
    for name in ("ui.js", "sw.js"):
        shutil.copy(replaywebpage() / name, folder / "replay" / name)
    pack(held.collection, folder / "everything.wacz", EVERYTHING)
    bridge = Selection(article=held.url("bridge"))
    pack(held.collection, folder / "article.wacz", bridge)
    _stream(held, folder / "streamed.wacz", bridge)
    with ExitStack() as stack:
        app = Starlette(routes=[Mount("/", StaticFiles(directory=folder))])
        yield stack.enter_context(serving(app)), folder


def _stream(held: Held, path: Path, selection: Selection) -> None:
    choice, pieces = choose(held.collection, selection), Pieces()
    choice = completed(held.collection, choice)
    with path.open("wb") as file:
        for _ in write_wacz(held.collection, choice, pieces, now=now()):
            file.write(pieces.take())
        file.write(pieces.take())


@pytest.mark.timeout(180)  # machines are shared
@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("everything", "bridge", "open again"),
        ("article", "edited", "Or so."),
        ("streamed", "bridge", "open again"),
    ],
)
def test_a_version_is_shown(chromium, site, held, name, version, expected):
    address, folder = site
    capture = held.captures[version]
    url = f'url="{capture.url}" ts="{timestamp14(capture.date)}"'
    view = _VIEW.format(name=name, url=url, embed="replayonly")
    (folder / f"{name}.html").write_text(view)
    with visiting(chromium) as visit:
        frame = visit.page.frame_locator("replay-web-page iframe")
        text = frame.frame_locator("iframe").locator("body")
        _open(visit.page, f"{address}/{name}.html", text.filter(has_text=expected))
        assert ("Or so." in text.inner_text()) is (version == "edited")
        assert visit.asked_elsewhere(address) == []


@pytest.mark.timeout(180)
def test_the_articles_are_listed_with_their_headlines(chromium, site):
    address, folder = site
    view = _VIEW.format(name="everything", url="", embed="default")
    (folder / "list.html").write_text(view)
    with visiting(chromium) as visit:
        frame = visit.page.frame_locator("replay-web-page iframe")
        # Its own element draws the words; the attribute says them.
        titles = ("Far away", "The bridge is open", "Another")
        found = [frame.get_by_title(title).first for title in titles]
        _open(visit.page, f"{address}/list.html", found[0], state="attached")
        for one in (*found[1:], frame.get_by_title("<script>alert(1)</script>").first):
            one.wait_for(state="attached", timeout=_PATIENCE_MS)
        assert visit.asked_elsewhere(address) == []


def _open(
    page: Page,
    url: str,
    wanted: Locator,
    state: Literal["attached", "visible"] = "visible",
) -> None:
    """Open a view until it shows something: its worker misses a load now and then."""
    for attempt in range(_LOADS):
        page.goto(url)
        try:
            wanted.wait_for(state=state, timeout=_PATIENCE_MS)
        except Late:
            if attempt == _LOADS - 1:
                raise
        else:
            return
