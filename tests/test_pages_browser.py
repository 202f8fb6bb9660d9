"""The shell's pages in Chromium: three widths, two modes, keyboard, screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI

from archive import clock
from archive.web.access import Access
from archive.web.app import create_app
from archive.web.passwords import Token
from archive.web.shelf import Shelf
from crawler.serving import ScheduleOf
from tests.support.browser import Visit, visiting
from tests.support.newsdays import build
from tests.support.webserver import serving

TOKEN = "a-token-of-some-length"
WIDTHS = (360, 768, 1280)
PAGES = (
    "/",
    "/day/{yesterday}",
    "/sources",
    "/sources/liman-postasi",
    "/runs",
    "/runs/{run}",
    "/calendar",
    "/calendar/{month}",
    "/login",
    "/nowhere",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("browser") / "c"
    build(folder, clock.now(), days=3)
    return folder


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    app = create_app(Shelf.open(root), schedule=ScheduleOf(root))
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def pages(root: Path) -> list[str]:
    """Name every page; what is in braces is looked up."""
    now = clock.now()
    shelf = Shelf.open(root)
    with shelf.catalogue.reading() as connection:
        run = connection.exec_driver_sql("SELECT min(id) FROM runs").scalar()
    shelf.close()
    days = {"yesterday": f"{now:%Y-%m-%d}", "month": f"{now:%Y/%m}", "run": run}
    return [page.format(**days) for page in PAGES]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.timeout(300)
def test_every_page_fits_and_is_told_to_everybody(chromium, address, pages, mode):
    wrong: list[str] = []
    options: dict[str, Any] = {"color_scheme": mode, "reduced_motion": "reduce"}
    with visiting(chromium, **options) as visit:
        for page in pages:
            visit.page.goto(address + page)
            for width in WIDTHS:
                visit.page.set_viewport_size({"width": width, "height": 800})
                wide = visit.page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    wrong.append(f"{page} is {wide} wide on {width}")
            wrong += [f"{page}: {fault}" for fault in _faults(visit, mode)]
        assert visit.asked_elsewhere(address) == []
        refusals = [said for said in visit.said if "404" not in said]
        assert refusals == []  # the policy refuses nothing of ours
    assert wrong == []


def test_colours_follow_the_reader(chromium, address):
    with visiting(chromium, color_scheme="dark") as visit:
        page = visit.page
        page.goto(address)
        dark = _background(visit)
        page.get_by_role("button", name="light").click()
        page.wait_for_url(f"{address}/")
        light = _background(visit)
        assert dark != light
        page.goto(f"{address}/sources")
        assert _background(visit) == light
        page.get_by_role("button", name="auto").click()
        page.wait_for_url(f"{address}/sources")
        assert _background(visit) == dark


def test_the_keyboard_reaches_everything(chromium, address):
    with visiting(chromium) as visit:
        page = visit.page
        page.goto(f"{address}/runs")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").startswith("Skip")
        assert page.evaluate("document.activeElement.getBoundingClientRect().x") >= 0
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], button, select, "
            "input:not([type=hidden]), summary')].length"
        )
        reached = 1
        while reached < wanted:
            page.keyboard.press("Tab")
            is_shown = page.evaluate(
                "(e => e !== document.body && (e.matches(':focus-visible')"
                " && getComputedStyle(e).outlineStyle !== 'none'))"
                "(document.activeElement)"
            )
            assert is_shown, f"after {reached} of {wanted} the focus can not be seen"
            reached += 1
        page.goto(f"{address}/runs")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_everything_works_without_scripts(chromium, address):
    with visiting(chromium, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(address)
        page.get_by_role("link", name="Runs", exact=True).click()
        page.get_by_label("Outcome").select_option("failed")
        page.get_by_role("button", name="Show").click()
        assert "outcome=failed" in page.url
        outcomes = page.locator("table.cards tbody .tag").all_inner_texts()
        assert set(outcomes) == {"failed"}
        page.get_by_role("link", name="Calendar").click()
        page.locator(".wall a.heat").last.click()
        assert "/day/" in page.url
        assert page.locator(".headlines li").count() > 0


def test_what_goes_on_is_looked_at_again_and_again(chromium, address):
    with visiting(chromium) as visit:
        visit.page.goto(f"{address}/runs")
        with visit.page.expect_response("**/runs/going") as first:
            pass
        assert first.value.status == 200
        with visit.page.expect_response("**/runs/going"):
            pass  # what came is asked for again in its turn
        visit.page.locator("#going li").first.wait_for()
        assert visit.page.locator("#going").count() == 1
        assert visit.asked_elsewhere(address) == []


def test_hostile_words_do_nothing(chromium, address):
    with visiting(chromium) as visit:
        dialogs: list[str] = []
        visit.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for path in ("/", "/runs", "/sources/harbour-courier"):
            visit.page.goto(address + path)
            assert "<script>alert(1)" in visit.page.inner_text("main")
        assert dialogs == []
        assert visit.asked_elsewhere(address) == []


def test_one_logs_in_and_out(chromium, root):
    app: FastAPI = create_app(Shelf.open(root), access=Access([Token(TOKEN)]))
    with serving(app) as address, visiting(chromium) as visit:
        page = visit.page
        page.goto(f"{address}/runs?outcome=done")
        page.get_by_label("Password or token").fill("a wrong one")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        page.get_by_label("Password or token").fill(TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/runs?outcome=done")
        assert page.evaluate("document.cookie") == ""  # scripts see no session
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url(f"{address}/login")
        page.goto(f"{address}/runs")
        assert "/login" in page.url


def _faults(visit: Visit, mode: str) -> list[str]:
    """List what axe-core finds that keeps people out; colours alone differ by mode."""
    options = {"runOnly": ["color-contrast"]} if mode == "dark" else None
    found = Axe().run(visit.page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node.get('failureSummary')}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]


def _background(visit: Visit) -> str:
    return str(visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))
