"""Articles in Chromium: searched, read, compared, archived, watched from a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from archive.questions import captures_of
from archive.web.app import create_app
from archive.web.shelf import Shelf
from crawler.newsroom.server import Newsroom
from crawler.sources import load_sources
from crawler.web_actions import WebActions
from tests.support.axe import serious_faults
from tests.support.browser import Visit, visiting
from tests.support.editions import BRIDGE, Edition, keep_editions
from tests.support.webserver import serving

pytestmark = pytest.mark.timeout(180)  # a crawl asks a host once in a second

ARTICLE = "/2024/03/14/council-benches.html"
WAIT_MS = (
    45_000  # a crawl begins within seconds, on a machine that has nothing else to do
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    address: str
    newsroom: Newsroom
    sources: Path
    shelf: Shelf

    def article(self, url: str = BRIDGE) -> str:
        kept = captures_of(self.shelf.catalogue, url)[0]
        uuid = kept.capture.record_id.strip("<>").removeprefix("urn:uuid:")
        return f"{self.address}/article/{uuid}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("articles")
    root, sources = folder / "c", folder / "sources.toml"
    keep_editions(
        root,
        [
            Edition(
                text="The bridge opened.\nTen came.", older_text="Menu. The bridge"
            ),
            Edition(text="The bridge opened.\nTwelve came.", hours=30),
            Edition(
                text="شهرداری گفت آب آمد.",
                title="آب‌انبار پر شد",
                language="fa",
                url="http://news.example/fa",
            ),
            Edition(
                text="港口新码头今日启用。",
                title="港口新码头",
                language="zh",
                url="http://news.example/zh",
            ),
        ],
    )
    shelf = Shelf.open(root)
    actions = WebActions(root, sources=sources, allow_private=True)
    with Newsroom() as newsroom, serving(create_app(shelf, actions=actions)) as address:
        yield Stage(address=address, newsroom=newsroom, sources=sources, shelf=shelf)


@pytest.fixture
def visit(chromium, stage: Stage) -> Iterator[Visit]:
    """Open a page; whatever it does, it asks nobody else and breaks no policy."""
    with visiting(chromium, accept_downloads=True) as opened:
        yield opened
        assert opened.asked_elsewhere(stage.address) == []
        assert not [line for line in opened.said if "Content Security Policy" in line]


def is_clean(page: Page) -> None:
    assert serious_faults(page) == []


@pytest.mark.parametrize(
    ("words", "title"),
    [("twelve", "The bridge is open"), ("آب", "آب‌انبار پر شد"), ("码头", "港口新码头")],
)
def test_articles_are_searched_in_three_scripts(stage, visit, words, title):
    page = visit.page
    page.goto(f"{stage.address}/articles")
    page.get_by_label("Words").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".hit h2")).to_have_text(title)
    expect(page.locator(".hit mark").first).to_be_visible()
    assert "q=" in page.url  # it can be sent to others, and come back to
    page.reload()
    expect(page.locator(".hit h2")).to_have_text(title)
    page.locator(".hit h2 a").click()
    expect(page.locator("h1")).to_have_text(title)


def test_an_article_is_read_compared_and_taken_away(stage, visit):
    page = visit.page
    page.goto(stage.article())
    expect(page.locator(".text").first).to_contain_text("Twelve came.")
    page.locator("summary", has_text="why?").first.click()
    expect(page.locator(".claims").first).to_be_visible()
    page.get_by_label("Compare").first.select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("del")).to_have_text("Ten")
    expect(page.locator("ins").last).to_have_text("Twelve")
    page.get_by_label("shown").select_option("sides")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".sides del")).to_have_text("Ten")
    is_clean(page)
    page.goto(stage.article())
    for name, ending in (
        ("Text", ".txt"),
        ("JSON, with evidence", ".json"),
        ("WARC record", ".warc.gz"),
        ("WACZ of this article", ".wacz"),
    ):
        with page.expect_download() as waited:
            page.get_by_role("link", name=name, exact=True).click()
        assert waited.value.suggested_filename.endswith(ending)
        assert Path(waited.value.path()).stat().st_size > 0


def test_the_page_as_captured_is_shown_in_the_article(stage, visit):
    page = visit.page
    page.goto(stage.article())
    page.locator("summary", has_text="Show it here").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("p").last).to_contain_text("Twelve came.")
    assert page.locator("iframe").get_attribute("sandbox") == "allow-same-origin"


def test_an_address_is_archived_while_one_watches(stage, visit):
    page = visit.page
    page.goto(f"{stage.address}/archive")
    is_clean(page)
    page.get_by_label("Address").fill("ftp://nowhere.example/")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("alert")).to_contain_text("begin it with http://")
    page.get_by_label("Address").fill(stage.newsroom.base_url + ARTICLE)
    page.get_by_role("button", name="Archive").click()
    expect(page).to_have_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    # Nobody reloads: the page looks again by itself.
    expect(page.locator(".state")).to_contain_text("answers captured", timeout=WAIT_MS)
    expect(page.locator(".events")).to_contain_text("page: captured")
    is_clean(page)
    page.get_by_role("link", name="See what was archived").click()
    expect(page.locator("h1")).to_contain_text("Council puts off its vote")
    expect(page.locator(".text").first).to_contain_text("forty benches")


def test_a_source_is_found_chosen_and_added_without_scripts(stage, chromium):
    with visiting(chromium, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{stage.address}/add-source?url={stage.newsroom.base_url}/")
        page.get_by_role("button", name="Look").click()
        expect(page).to_have_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
        page.get_by_role("button", name="Add this source").wait_for(timeout=WAIT_MS)
        expect(page.locator("fieldset")).to_contain_text("feed, 15 addresses")
        expect(page.locator("fieldset")).to_contain_text(
            "links that look like articles"
        )
        page.locator('input[value$="/sitemap.xml"]').uncheck()
        page.get_by_label("Name").fill("The Courier")
        page.get_by_role("button", name="Add this source").click()
        expect(page.get_by_role("status").first).to_contain_text(
            "It is watched from now on"
        )
        assert visit.asked_elsewhere(stage.address) == []
    (source,) = load_sources(stage.sources)
    assert source.name == "The Courier"
    assert [seed.url.rpartition("/")[2] for seed in source.seeds] == [
        "feed.xml",
        "atom.xml",
    ]


def paths(stage: Stage) -> list[str]:
    fa = stage.article("http://news.example/fa")
    return [
        *(stage.article(), f"{stage.article()}/diff", fa, f"{fa}/diff"),
        f"{stage.article()}/diff?view=sides",
        f"{stage.address}/articles",
        f"{stage.address}/articles?q=opened&language=en",
        f"{stage.address}/articles?q=zeppelin",
        f"{stage.address}/add-source",
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_has_a_serious_fault(stage, chromium, width, scheme):
    size = {"width": width, "height": 900}
    with visiting(chromium, viewport=size, color_scheme=scheme) as visit:
        for path in paths(stage):
            visit.page.goto(path)
            assert serious_faults(visit.page) == [], path


def test_no_page_is_wider_than_its_window(stage, visit):
    for width in (1280, 820, 390, 320):
        visit.page.set_viewport_size({"width": width, "height": 900})
        for path in paths(stage):
            visit.page.goto(path)
            over = "document.documentElement.scrollWidth - innerWidth"
            assert visit.page.evaluate(over) <= 0, (path, width)
