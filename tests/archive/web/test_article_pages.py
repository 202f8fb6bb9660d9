"""The pages of articles, as a browser without scripts gets them, and their API."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from lxml import html as lxml_html

from archive.model import Byline, BylineKind, Capture, Claim, Work
from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.editions import BRIDGE, Edition, keep_editions

HOSTILE = (
    '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7*7 }} '
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe \x1b[31m\x00 </title></textarea>"
)
HOSTILE_URL = "http://news.example/%22%3E/x?a=%22><svg/onload=alert(3)>&b='"
FAR = "http://news.example/far"
EDITIONS = (
    Edition(text="The bridge opened.\nTen came.", older_text="The bridge. Menu"),
    Edition(of=0),
    Edition(text="The bridge opened.\nTwelve came."),
    Edition(text=None, url="http://news.example/login"),
    Edition(
        text="شهرداری گفت آب آمد.\nدوم.",
        title="آب‌انبار پر شد",
        language="fa",
        url="http://news.example/fa",
        work=Work(kicker="شهر", standfirst="پس از هفتاد سال"),
    ),
    Edition(
        text="港口新码头今日启用。",
        title="港口",
        language="zh",
        url="http://news.example/zh",
    ),
    Edition(
        text=HOSTILE,
        title=HOSTILE,
        url=HOSTILE_URL,
        canonical_url="javascript:alert(4)",
        work=Work(
            kicker=HOSTILE,
            standfirst=HOSTILE,
            section=HOSTILE,
            bylines=(Byline(name=HOSTILE, kind=BylineKind.PERSON),),
        ),
        claims=(Claim(field="title", value=HOSTILE, origin=HOSTILE),),
    ),
    Edition(
        text=f"{HOSTILE} more",
        title=HOSTILE,
        url=HOSTILE_URL,
        canonical_url="javascript:alert(4)",
    ),
)


@dataclass(frozen=True, slots=True)
class Site:
    client: TestClient
    kept: list[Capture]

    def uuid(self, number: int) -> str:
        return self.kept[number].record_id.strip("<>").removeprefix("urn:uuid:")

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text

    def shown(self, path: str, status: int = 200) -> str:
        """Give the words of a page, spaces made one."""
        document = lxml_html.document_fromstring(self.page(path, status))
        return " ".join(document.find("body").text_content().split())

    def json(self, path: str, status: int = 200):
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("pages") / "c"
    kept = keep_editions(root, EDITIONS)
    app = create_app(Shelf.open(root))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield Site(client, kept)


# ---------------------------------------------------------------- articles


@pytest.mark.parametrize(
    ("words", "title"),
    [("twelve", "The bridge is open"), ("آب انبار", "آب‌انبار پر شد"), ("码头", "港口")],
)
def test_articles_are_found_in_three_scripts(site, words, title):
    found = site.shown(f"/articles?q={words}")
    assert "1 article for" in found
    assert title in found
    hits = site.json(f"/api/search?q={words}")["hits"]
    assert ["".join(part["text"] for part in hit["title"]) for hit in hits] == [title]


def test_a_search_marks_what_it_found_and_narrows_by_links(site):
    page = site.page("/articles?q=twelve")
    assert "<mark>Twelve</mark>" in page
    document = lxml_html.document_fromstring(page)
    link = document.xpath('//aside//a[.//bdi[text()="en"]]/@href')[0]
    assert link == "/articles?q=twelve&language=en"
    narrowed = site.page(link)
    assert "remove all" in narrowed
    assert "<mark>Twelve</mark>" in narrowed


def test_pages_of_results_follow_each_other_and_end(site):
    first = lxml_html.document_fromstring(site.page("/articles?size=2"))
    (following,) = first.xpath('//a[@rel="next"]/@href')
    second = lxml_html.document_fromstring(site.page(following))
    titles = [
        doc.xpath("//ol[contains(@class,'hits')]//h2//a/@href")
        for doc in (first, second)
    ]
    assert not set(titles[0]) & set(titles[1])
    assert second.xpath('//a[@rel="prev"]/@href') == ["/articles?size=2"]


def test_what_can_not_be_understood_is_told_with_the_words_kept(site):
    page = site.page('/articles?q="open', 400)
    assert 'value="&#34;open"' in page
    assert 'role="alert"' in page


def test_nothing_found_says_what_to_try(site):
    shown = site.shown("/articles?q=zeppelin&source=example")
    assert "Nothing was found" in shown
    assert "Look without limits" in shown


def test_an_empty_archive_says_how_to_begin(tmp_path):
    keep_editions(tmp_path / "c", [])
    with TestClient(
        create_app(Shelf.open(tmp_path / "c")), base_url="http://127.0.0.1"
    ) as client:
        page = client.get("/articles", headers={"Accept": "text/html"}).text
    assert "There are no articles yet" in page
    assert "dateline archive" in page


# ---------------------------------------------------------------- one article


def test_an_article_shows_text_evidence_versions_and_provenance(site):
    shown = site.shown(f"/article/{site.uuid(2)}")
    for words in (
        *(
            "The bridge is open",
            "Ada Lovelace",
            "Published",
            "6 May 2024",
            "Twelve came.",
        ),
        *("Version 2 of 2", "3 captures", "chosen", "meta:og:title"),
        *(
            site.kept[2].payload_digest,
            site.kept[2].locator.path,
            "192.0.2.1",
            "ours 1",
        ),
    ):
        assert words in shown


def test_an_article_and_its_capture_are_one_page(site):
    article = site.json(f"/api/article/{site.uuid(2)}")["article"]["id"]
    by_article = site.page(f"/article/{article.removeprefix('urn:uuid:')}")
    assert by_article.count("Twelve came.") == site.page(
        f"/article/{site.uuid(2)}"
    ).count("Twelve came.")
    answer = site.client.get("/article", params={"url": BRIDGE}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/article/{article.removeprefix('urn:uuid:')}"


def test_a_revisit_shows_the_text_it_stands_for(site):
    shown = site.shown(f"/article/{site.uuid(1)}")
    assert "Ten came." in shown
    assert "There is a newer version" in shown
    assert "the server sent the same again" in shown


def test_a_capture_without_a_text_says_why(site):
    shown = site.shown(f"/article/{site.uuid(3)}")
    assert "This capture has no text" in shown
    assert "other-class: a form to log in, and nothing else (login)" in shown
    assert site.json(f"/api/article/{site.uuid(3)}")["article"] is None


def test_a_text_stands_in_its_language_and_direction(site):
    document = lxml_html.document_fromstring(site.page(f"/article/{site.uuid(4)}"))
    for name in ("headline", "text"):
        (element,) = document.find_class(name)
        assert (element.get("lang"), element.get("dir")) == ("fa", "rtl")


def test_other_extractors_stand_beside(site):
    read = site.json(f"/api/article/{site.uuid(0)}")
    (beside,) = read["texts_beside"]
    assert beside["extractor"].startswith("older-0-")
    shown = site.shown(f"/article/{site.uuid(0)}")
    assert "The bridge. Menu" in shown
    own = site.json(f"/api/article/{beside['article'].removeprefix('urn:uuid:')}")
    assert own["article"]["text"] == "The bridge. Menu"


def test_every_link_of_an_article_leads_somewhere(site):
    for number in range(len(EDITIONS)):
        document = lxml_html.document_fromstring(
            site.page(f"/article/{site.uuid(number)}")
        )
        # Sources and runs are pages of others: there are none in this collection.
        links = {
            link
            for link in document.xpath(
                "//main//a/@href | //main//iframe/@src | //form/@action"
            )
            if link.startswith("/")
            and not link.startswith(("/sources/", "/runs/", "/theme"))
        }
        assert len(links) >= 5
        for link in links:
            answer = site.client.get(link)
            assert answer.status_code == 200, link


# ---------------------------------------------------------------- what changed


@pytest.mark.parametrize("view", ["inline", "sides"])
def test_what_changed_is_marked(site, view):
    page = site.page(f"/article/{site.uuid(2)}/diff?view={view}")
    assert "<del>Ten</del>" in page
    assert "<ins>Twelve</ins>" in page
    assert "1 word removed, 1 added" in site.shown(
        f"/article/{site.uuid(2)}/diff?view={view}"
    )


def test_versions_are_chosen_by_number_word_or_time(site):
    path = f"/api/article/{site.uuid(0)}/diff"
    by_number = site.json(f"{path}?before=1&after=2")
    assert by_number == site.json(path)
    assert by_number == site.json(f"{path}?before=first&after=latest")
    assert [p["kind"] for p in by_number["paragraphs"]] == ["same", "changed"]
    assert (by_number["words_removed"], by_number["words_added"]) == (1, 1)
    assert "names no version" in site.json(f"{path}?before=9", 400)["detail"]
    assert "captured first" in site.json(f"{path}?before=2001", 404)["detail"]


def test_one_version_is_no_change(site):
    assert "There is one version" in site.shown(f"/article/{site.uuid(4)}/diff")


def test_the_versions_and_their_captures_are_listed(site):
    told = site.json(f"/api/article/{site.uuid(0)}/versions")
    assert [(one["number"], one["captures"]) for one in told["versions"]] == [
        (1, 2),
        (2, 1),
    ]
    assert [one["version"] for one in told["captures"]] == [1, 1, 2]


# ---------------------------------------------------------------- downloads


def test_downloads_are_files_with_names_of_ours(site):
    uuid = site.uuid(2)
    text = site.client.get(f"/article/{uuid}/text")
    line = site.client.get(f"/article/{uuid}/json")
    values = line.json()
    digest = hashlib.sha256(text.content).hexdigest()
    assert values["provenance"]["text_digest"] == f"sha256:{digest}"
    assert values == site.json(f"/api/article/{uuid}")["article"]
    for answer, ending in ((text, "txt"), (line, "json")):
        name = answer.headers["content-disposition"]
        assert re.fullmatch(
            rf'attachment; filename="dateline-[0-9a-f-]{{36}}\.{ending}"', name
        )
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("style", "beginning"),
    [("plain", "Ada Lovelace."), ("bibtex", "@online{"), ("csl", "[")],
)
def test_citations_are_downloads_too(site, style, beginning):
    answer = site.client.get(f"/article/{site.uuid(2)}/citation?style={style}")
    assert answer.text.startswith(beginning)
    if style == "csl":
        assert json.loads(answer.text)[0]["URL"] == BRIDGE


# ---------------------------------------------------------------- hostile words


PATHS = ("/article/{}", "/article/{}/diff", "/article/{}/diff?view=sides")


@pytest.mark.parametrize(
    "path",
    [*PATHS, "/articles", "/articles?q=alert", "/articles?q=<script>alert(1)</script>"],
)
def test_nothing_that_others_wrote_is_markup(site, path):
    page = site.page(path.format(site.uuid(6)))
    assert "\x1b" not in page
    assert "\x00" not in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert "49 " not in site.shown(path.format(site.uuid(6)))
    document = lxml_html.document_fromstring(page)
    scripts = document.xpath("//script/@src")
    assert all(src.startswith("/static/") for src in scripts)
    assert len(document.xpath("//script")) == len(scripts)
    assert not document.xpath("//main//img")
    assert not document.xpath('//svg[not(contains(@class, "timeline"))]')
    for element in document.iter():
        for name, value in element.items():
            assert not name.lower().startswith("on"), name
            if name in ("href", "src", "action"):
                assert re.match(r"(?:/|#|https?://)", value), value


def test_a_canonical_address_that_is_a_script_is_text(site):
    page = site.page(f"/article/{site.uuid(6)}")
    assert "javascript:alert(4)" in page
    assert 'href="javascript' not in page.lower()


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/article/00000000-0000-4000-8000-000000000001", 404),
        ("/article/x", 422),
        ("/article?url=http://nowhere.example/", 404),
        ("/article", 422),
        ("/articles?page=0", 422),
        ("/article/{}/diff?before=nonsense", 400),
        ("/article/{}/diff?view=up", 422),
        ("/archive", 403),
        ("/jobs/00000000-0000-4000-8000-000000000001", 403),
    ],
)
def test_errors_are_pages_with_a_sentence_and_the_same_in_json(site, path, status):
    path = path.format(site.uuid(2))
    page = site.page(path, status)
    assert "<h1" in page
    detail = site.client.get(path, headers={"Accept": "application/json"}).json()[
        "detail"
    ]
    assert len(detail) > 10


def test_a_record_that_is_gone_does_not_hide_the_article(tmp_path):
    kept = keep_editions(tmp_path / "c", [Edition(text="The bridge opened.")])
    (tmp_path / "c" / kept[0].locator.path).unlink()
    with TestClient(
        create_app(Shelf.open(tmp_path / "c")), base_url="http://127.0.0.1"
    ) as client:
        uuid = kept[0].record_id.strip("<>").removeprefix("urn:uuid:")
        page = client.get(f"/article/{uuid}", headers={"Accept": "text/html"}).text
    assert "The bridge opened." in page
    assert "can not be read" in page
