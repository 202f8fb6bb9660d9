"""A WACZ file in ReplayWeb.page, in Chromium, with nothing else to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.clock import now, timestamp14
from archive.export.closure import completed
from archive.export.output import Pieces
from archive.export.selection import EVERYTHING, Selection, choose
from archive.export.wacz import write_wacz
from tests.archive.export.conftest import Held
from tests.archive.export.packed import pack
from tests.support.browser import visiting
from tests.support.replayweb import showing, view

_PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def site(
    held: Held, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Serve ReplayWeb.page and packages, as a file server would."""
    folder = tmp_path_factory.mktemp("site")
    pack(held.collection, folder / "everything.wacz", EVERYTHING)
    bridge = Selection(article=held.url("bridge"))
    pack(held.collection, folder / "article.wacz", bridge)
    _stream(held, folder / "streamed.wacz", bridge)
    with showing(folder) as address:
        yield address, folder


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
    at = f'url="{capture.url}" ts="{timestamp14(capture.date)}"'
    (folder / f"{name}.html").write_text(view(f"/{name}.wacz", at))
    with visiting(chromium) as visit:
        frame = visit.page.frame_locator("replay-web-page iframe")
        text = frame.frame_locator("iframe").locator("body")
        visit.page.goto(f"{address}/{name}.html")
        text.filter(has_text=expected).wait_for(timeout=_PATIENCE_MS)
        assert ("Or so." in text.inner_text()) is (version == "edited")
        assert visit.asked_elsewhere(address) == []


@pytest.mark.timeout(180)
def test_the_articles_are_listed_with_their_headlines(chromium, site):
    address, folder = site
    (folder / "list.html").write_text(view("/everything.wacz", embed="default"))
    with visiting(chromium) as visit:
        frame = visit.page.frame_locator("replay-web-page iframe")
        # Its own element draws the words; the attribute says them.
        titles = ("Far away", "The bridge is open", "Another")
        visit.page.goto(f"{address}/list.html")
        for title in (*titles, "<script>alert(1)</script>"):
            found = frame.get_by_title(title).first
            found.wait_for(state="attached", timeout=_PATIENCE_MS)
        assert visit.asked_elsewhere(address) == []
