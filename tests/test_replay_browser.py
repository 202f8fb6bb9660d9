"""A hostile page in Chromium: it runs nothing, reads nothing, and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.browser import Visit, visiting
from tests.support.replayed import PNG, Answered, keep
from tests.support.webserver import Canary, serving

SITE = "http://news.example"
AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TIME = "20260301120000"

DATA = Path(__file__).parent / "data" / "replay"
# CANARY stands for a server of the attacker's; the page does all it can to reach it,
# and the application that shows the page.
HOSTILE = (DATA / "hostile.html").read_text("utf-8")
HOSTILE_CSS = (DATA / "hostile.css").read_text("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    address: str
    canary: Canary

    def page(self, path: str = "/hostile", modifier: str = "") -> str:
        return f"{self.address}/replay/{TIME}{modifier}/{SITE}{path}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    root = tmp_path_factory.mktemp("hostile") / "c"
    with Canary() as canary:

        def aimed(text: str) -> bytes:
            for name, value in (
                ("CANARYHOST", canary.url.removeprefix("http://")),
                ("CANARY", canary.url),
                ("SITE", SITE),
                ("TIME", TIME),
            ):
                text = text.replace(name, value)
            return text.encode("utf-8")

        script = b"document.title='ran'"
        headers = (
            ("Link", f"<{canary.url}/header.css>; rel=stylesheet"),
            ("Refresh", f"0; url={canary.url}/refresh-header"),
            ("Set-Cookie", "dateline_session=stolen; Path=/"),
            ("Service-Worker-Allowed", "/"),
            ("Content-Security-Policy", "script-src *"),
            ("Speculation-Rules", f'"{canary.url}/rules.json"'),
        )
        keep(
            root,
            [
                Answered(
                    url=f"{SITE}/hostile", body=aimed(HOSTILE), fields=headers, at=AT
                ),
                Answered(
                    url=f"{SITE}/hostile.css",
                    body=aimed(HOSTILE_CSS),
                    type="text/css",
                    at=AT,
                ),
                Answered(url=f"{SITE}/red.png", body=PNG, type="image/png", at=AT),
                Answered(
                    url=f"{SITE}/evil.js", body=script, type="text/javascript", at=AT
                ),
                Answered(
                    url=f"{SITE}/sw.js", body=script, type="text/javascript", at=AT
                ),
                Answered(
                    url=f"{SITE}/svg",
                    body=aimed(
                        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert()'>"
                        "<script>fetch('CANARY/svg')</script>"
                        "<image href='CANARY/svg.png' width='9' height='9'/></svg>"
                    ),
                    type="image/svg+xml",
                    at=AT,
                ),
                Answered(url=f"{SITE}/next", body=b"<title>next</title><p>Next", at=AT),
            ],
        )
        with serving(create_app(Shelf.open(root))) as address:
            yield Stage(address=address, canary=canary)
        assert canary.asked == []


def opened(visit: Visit, address: str) -> None:
    visit.page.goto(address)
    visit.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("modifier", ["", "if_", "mp_"])
def test_a_hostile_page_runs_nothing_and_asks_nobody(chromium, stage, modifier):
    with visiting(chromium) as visit:
        opened(visit, stage.page(modifier=modifier))
        page = visit.page
        assert page.title() == "quiet"
        assert page.locator("#title").inner_text() == "A quiet page"
        assert page.url == stage.page(modifier=modifier)
        assert len(page.frames) == 1
        assert visit.asked_elsewhere(stage.address) == []
        prefix = f"{stage.address}/replay/"
        assert [url for url in visit.requests if not url.startswith(prefix)] == []
        assert page.context.cookies() == []
        assert page.context.service_workers == []
    assert stage.canary.asked == []


def test_its_own_style_and_images_come_from_the_archive(chromium, stage):
    with visiting(chromium) as visit:
        opened(visit, stage.page())
        style = "element => getComputedStyle(element)"
        title = visit.page.locator("#title")
        assert title.evaluate(f"{style}.color") == "rgb(1, 2, 3)"
        asked = [url.removeprefix(stage.address) for url in visit.requests]
        assert f"/replay/{TIME}im_/{SITE}/red.png" in asked


def test_nothing_that_can_be_clicked_leads_out(chromium, stage):
    with visiting(chromium) as visit:
        opened(visit, stage.page())
        before = len(visit.requests)
        for name in ("script", "split", "data", "svglink", "send", "elsewhere"):
            visit.page.locator(f"#{name}").dispatch_event("click")
            visit.page.locator("input[name=theme]").press("Enter")
            visit.page.wait_for_timeout(100)
            assert visit.page.title() == "quiet", name
            assert visit.page.url == stage.page(), name
        assert visit.requests[before:] == []
        assert len(visit.page.context.pages) == 1
    assert stage.canary.asked == []


@pytest.mark.parametrize(
    ("name", "title"), [("next", "next"), ("live", "Not archived – Dateline")]
)
def test_links_lead_into_the_archive(chromium, stage, name, title):
    with visiting(chromium) as visit:
        opened(visit, stage.page())
        visit.page.locator(f"#{name}").click()
        visit.page.wait_for_load_state("networkidle")
        assert visit.page.title() == title
        assert visit.page.url.startswith(f"{stage.address}/replay/{TIME}/http://")
        assert visit.asked_elsewhere(stage.address) == []
    assert stage.canary.asked == []


def test_no_link_climbs_out_of_replay(chromium, stage):
    with visiting(chromium) as visit:
        opened(visit, stage.page())
        addresses = visit.page.locator("a").evaluate_all("all => all.map(a => a.href)")
    allowed = ("/replay/", "/record/", "/article/")
    told = [a for a in addresses if isinstance(a, str) and a]
    assert told
    assert [
        a for a in told if not a.removeprefix(stage.address).startswith(allowed)
    ] == []


def test_the_banner_can_not_be_hidden_by_the_page(chromium, stage):
    with visiting(chromium) as visit:
        opened(visit, stage.page())
        banner = visit.page.get_by_role("region", name="Archived page")
        assert banner.is_visible()
        assert "1 March 2026, 12:00:00 UTC" in banner.inner_text()
        assert banner.get_by_role("link", name="WARC record").is_visible()
    with visiting(chromium) as visit:
        opened(visit, stage.page(modifier="if_"))
        assert visit.page.get_by_role("region", name="Archived page").count() == 0


def test_a_drawing_that_is_opened_by_itself_runs_nothing(chromium, stage):
    with visiting(chromium) as visit:
        opened(visit, stage.page("/svg"))
        assert visit.asked_elsewhere(stage.address) == []
        assert visit.requests == [stage.page("/svg"), stage.page("/svg", "im_")]
    assert stage.canary.asked == []


@pytest.mark.parametrize("path", ["/hostile", "/svg", "/evil.js"])
def test_raw_bytes_are_saved_not_opened(chromium, stage, path):
    with visiting(chromium) as visit:
        page = visit.page
        page.goto(stage.page("/next"))
        with page.expect_download() as download:
            page.evaluate(
                "address => location.assign(address)", stage.page(path, "id_")
            )
        assert "/" not in download.value.suggested_filename
        assert visit.asked_elsewhere(stage.address) == []
    assert stage.canary.asked == []
