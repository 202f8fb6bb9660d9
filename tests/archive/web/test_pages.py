"""The shell's pages: what they show, as HTML and as JSON, and what they never do."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from typing_extensions import override

from archive.collection import Collection
from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.newspapers import PAPERS

PAGES = (
    "/",
    "/day/2026-11-20",
    "/day/2026-11-22?source=harbour-courier",
    "/sources",
    "/sources/al-marsa",
    "/runs",
    "/runs?outcome=failed&source=liman-postasi",
    "/runs/going",
    "/calendar",
    "/calendar/2026?by=changed",
    "/calendar/2026/11?source=ab-anbar",
    "/login",
    "/nothing-here",
)


class Tags(HTMLParser):
    """Collects what could run, or be asked for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.images: list[str | None] = []
        self.headings: list[str] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script":
            self.scripts.append(values.get("src"))
        if tag in ("img", "iframe", "object"):
            self.images.append(values.get("src"))
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        self.inline += [name for name in values if name.startswith("on")]
        self.inline += ["style"] * (tag == "style" or "style" in values)
        self.links += [values[name] or "" for name in ("href", "src") if name in values]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_inert(client, path):
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/nothing-here" else 200)
    tags = Tags(answer.text)
    assert all(src and src.startswith("/static/") for src in tags.scripts)
    assert tags.inline == []
    assert tags.images == []
    assert [link for link in tags.links if not link.startswith(("/", "#"))] == []
    if path != "/runs/going":
        assert tags.headings.count("h1") == 1
        assert 'class="skip"' in answer.text


@pytest.mark.parametrize("path", ["/", "/api/today", "/static/site.css", "/nowhere"])
def test_every_answer_has_the_security_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/api/sources", "/static/site.css"])
def test_head_answers_like_get_without_content(client, path):
    whole, head = client.get(path), client.head(path)
    assert head.status_code == whole.status_code == 200
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.content == b""


def test_hostile_words_are_words(client):
    for path in ("/", "/runs", "/day/2026-11-22", "/sources/harbour-courier"):
        text = client.get(path).text
        assert "&lt;script&gt;alert(1)" in text
        assert "\\u202egnp.exe" in text
        assert "\\u0000" in text
        assert "{{ 7 * 7 }}" in text
        assert not re.search("[\x00\x1b\u202e]", text)


def test_headlines_of_any_script_say_their_language_and_find_their_direction(client):
    text = client.get("/day/2026-11-20?source=al-marsa").text
    assert re.search(r'<li dir="auto">\s*<h3><a [^>]*lang="ar"', text)


# ---------------------------------------------------------------- what is shown


def test_today_tells_what_came_in_changed_and_failed(client):
    today = client.get("/api/today").json()
    news = today["news"]
    assert news["new"] == sum(hour["new"] for hour in news["hours"]) > 20
    assert news["changed"] == sum(hour["changed"] for hour in news["hours"]) > 3
    assert news["failed"] == sum(one["count"] for one in news["failures"]) > 0
    assert {one["kind"] for one in news["arrivals"]} == {"new"}
    assert {one["kind"] for one in news["changes"]} == {"changed"}
    assert [flag["code"] for flag in today["flags"]] == ["silent", "errors"]
    page = client.get("/").text
    assert f"<b>{news['new']}</b>" in page
    for one in news["arrivals"][1:5]:
        assert one["title"] in page
        assert f"/article/{one['record_id'].removeprefix('<urn:uuid:')[:-1]}" in page
    for one in news["failures"]:
        assert one["sentence"] in page


def test_a_day_counts_what_the_calendar_counts(client):
    year = client.get("/api/calendar/2026").json()
    assert year["captures"] == sum(day["captures"] for day in year["days"])
    assert {day["changed"] for day in year["days"]} == {None}  # texts are not read
    month = client.get("/api/calendar/2026/11").json()
    assert month["captures"] == year["captures"]
    for day in month["days"]:
        news = client.get(f"/api/day/{day['day']}").json()
        assert (news["new"], news["changed"]) == (day["new"], day["changed"])
        assert f'href="/day/{day["day"]}"' in client.get("/calendar/2026/11").text


def test_a_source_or_an_address_has_a_calendar_of_its_own(client):
    whole = client.get("/api/calendar/2026").json()["captures"]
    parts = [
        client.get(f"/api/calendar/2026?source={paper.id}").json()["captures"]
        for paper in PAPERS
    ]
    assert sum(parts) == whole
    one = client.get("/api/today").json()["news"]["changes"][0]
    days = client.get("/api/calendar/2026", params={"url": one["url"]}).json()["days"]
    assert sum(day["captures"] for day in days) >= 2
    last = days[-1]["day"]
    day = client.get(f"/day/{last}", params={"url": one["url"]}).text
    assert f"/{one['url']}" in day  # as captured


def test_sources_that_need_a_look_come_first(client):
    listed = client.get("/api/sources").json()
    rows = {row["id"]: row for row in listed["sources"]}
    assert rows.keys() == {paper.id for paper in PAPERS}
    assert [row["health"] for row in listed["sources"][:2]] == ["failing", "silent"]
    assert listed["sources"][0]["id"] == "liman-postasi"
    assert listed["sources"][1]["id"] == "severny-mayak"
    assert listed["is_running"] is False
    page = client.get("/sources").text
    assert page.index("severny-mayak") < page.index("al-marsa")
    assert "nothing new for 6 days" in page
    for row in rows.values():
        assert len(row["days"]) == 30
        if row["id"] != "old-gazette":
            assert row["next_at"] is not None
            assert row["rhythm"] in page
    assert listed["sources"][-1]["id"] == "old-gazette"
    assert listed["sources"][-1]["health"] == "not watched"
    assert client.get("/sources/old-gazette").status_code == 200


def test_a_sources_page_shows_its_own_alone(client):
    whole = client.get("/api/sources/ab-anbar").json()
    assert {run["source_id"] for run in whole["runs"]} == {"ab-anbar"}
    assert {one["source_id"] for one in whole["arrivals"]} == {"ab-anbar"}
    assert client.get("/sources/nobody").status_code == 404
    assert "there is no source" in client.get("/sources/nobody").text


def test_the_ledger_is_read_page_by_page(client):
    seen: list[tuple[str, str]] = []
    before = None
    while True:
        params = {"limit": 40, **({"before": before} if before else {})}
        page = client.get("/api/runs", params=params).json()
        seen += [(run["at"], run["source_id"]) for run in page["runs"]]
        before = page["next_before"]
        if before is None:
            break
    whole = client.get("/api/runs?limit=500").json()
    assert whole["next_before"] is None
    assert seen == [(run["at"], run["source_id"]) for run in whole["runs"]]
    assert len(set(seen)) == len(seen) > 100


@pytest.mark.parametrize(
    "outcome",
    ["done", "late", "failed", "missed", "skipped", "overlapped", "going-on"],
)
def test_the_ledger_is_filtered(client, outcome):
    runs = client.get(f"/api/runs?outcome={outcome}&limit=500").json()["runs"]
    assert {run["outcome"] for run in runs} == {outcome}
    assert client.get(f"/runs?outcome={outcome}").status_code == 200


def test_a_run_shows_what_it_did(client):
    (going,) = client.get("/api/runs/going").json()
    assert (going["captures"], going["articles"], going["misses"]) == (1, 1, 1)
    whole = client.get(f"/api/runs/{going['run_id']}").json()
    assert whole["run"]["outcome"] == "going-on"
    assert len(whole["captures"]) == len(whole["misses"]) == 1
    assert whole["settings"]["verify-tls"] == "yes"
    page = client.get(f"/runs/{going['run_id']}").text
    assert whole["misses"][0]["sentence"] in page
    assert client.get("/runs/no-such-run").status_code == 404


# ---------------------------------------------------------------- empty, and wrong


@pytest.fixture
def nothing(tmp_path):
    Collection.create(tmp_path / "c").close()
    app = create_app(Shelf.open(tmp_path / "c"))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.headers["Accept"] = "text/html"
        yield client


@pytest.mark.parametrize(
    ("path", "next_step"),
    [
        ("/", "dateline archive https://example.org/"),
        ("/sources", "dateline sources discover"),
        ("/runs", "dateline run --sources sources.toml"),
        ("/calendar", "Nothing was captured"),
        ("/calendar/2026/2", "Nothing was captured"),
        ("/day/2026-11-22", "No new article came in"),
    ],
)
def test_an_empty_collection_says_what_to_do_next(nothing, path, next_step):
    answer = nothing.get(path)
    assert answer.status_code == 200
    assert next_step in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/day/2026-02-30",
        "/day/0001-01-01",
        "/calendar/99999999999999999999",
        "/calendar/2026/13",
        "/runs?before=yesterday",
        "/sources/" + "x" * 300,
    ],
)
def test_what_can_not_be_meant_is_refused_in_words(nothing, path):
    answer = nothing.get(path)
    assert answer.status_code == 422
    assert "<h1>" in answer.text
    as_json = nothing.get(path, headers={"Accept": "application/json"}).json()
    assert as_json["detail"]


def test_a_fault_of_ours_is_told_without_its_details(nothing, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("/secret/place")

    monkeypatch.setattr("archive.web.today.today", fail)
    quiet = TestClient(nothing.app, "http://127.0.0.1", raise_server_exceptions=False)
    answer = quiet.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "The archive is unharmed" in answer.text
    assert "secret" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_page_for_odd_addresses_is_no_error_of_the_server(nothing):
    for path in ("/day/2026-11-22", "/calendar/2026"):
        for url in ("\x00", "http://[", "urn:uuid:x", "a" * 4000, "http://a:99999/"):
            assert nothing.get(path, params={"url": url}).status_code == 200
