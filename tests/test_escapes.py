"""Hostile words, archived as any others are, and every way in which they come out.

They are words wherever they are shown: nothing is made of them, nothing obeys them, and
nothing is lost of what they say.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import feedparser
import pyarrow.parquet
import pytest
import yaml
from fastapi.testclient import TestClient

from archive.collection import Collection
from archive.export.pywb import pywb_config
from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.browser import visiting
from tests.support.command import read
from tests.support.hostile_articles import ATTRIBUTE, ELEMENT, SGR, TRAPS
from tests.support.hostile_collection import Paper, asked_for, crawled, verbs
from tests.support.obedience import (
    ADDRESS,
    DIRECTION,
    FILE_NAME,
    check_file_name,
    check_inert,
    links,
    obeyed,
)
from tests.support.terminals import on_a_terminal
from tests.support.webserver import serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]  # the first test crawls


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    return crawled(tmp_path_factory.mktemp("escapes"))


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_nothing_is_lost_of_what_is_said(paper, trap):
    url = paper.url(trap.name)
    article = read("show", url, "--json", "-c", paper.root).rows()[0]["article"]
    shown = re.sub(r"\s+", " ", article["text"])
    assert trap.stays in article["title"]
    assert trap.stays in shown or trap.stays.replace("\\", "") in shown
    is_cut = trap.name == "long"
    assert is_cut or f"{trap.name.capitalize()} in the harbour" in article["title"]
    assert not obeyed(article["title"], allowed="") - DIRECTION - {"\ufeff"}


# ------------------------------------------------------------ the terminal


def ran(*words: object) -> str:
    """Run a verb in this process; gives all that it said."""
    result = read(*words)
    return result.out + result.err


def test_nothing_that_is_printed_is_obeyed(paper):
    for words in verbs(paper):
        said = ran(*words)
        # Nothing was planned, and nothing is wrong: these have nothing to say.
        assert said or words[0] in ("runs", "due", "verify"), words
        assert not obeyed(said), words
    for crawl in paper.crawls:
        assert not obeyed(crawl.out + crawl.err, allowed="\n\t\r")


def test_markup_of_the_terminal_library_is_text(paper):
    for verb in ("show", "explain", "diff"):
        assert "[bold red]" in ran(verb, paper.url("rich"), "-c", paper.root), verb
    found = ran("search", "title:rich", "-c", paper.root)
    assert "[bold red]red[/bold red]" in found


def test_a_real_terminal_gets_no_escape_but_ours(paper):
    """Where colours are shown, none is of the pages' making."""
    for words in (
        ("list", "articles"),
        ("show", paper.url("colour"), "--evidence"),
        ("diff", paper.url("colour")),
        ("search", "harbour"),
    ):
        said = on_a_terminal(*words, "-c", paper.root)
        assert "harbour" in said
        assert SGR not in said
        ours = re.sub(r"\x1b\[[0-9;]*m", "", said)
        assert not obeyed(ours, allowed="\n\t\r"), words


# ------------------------------------------------------------ JSON


def test_json_is_one_value_a_line_and_inert(paper):
    here = ("--json", "-c", paper.root)
    url = paper.url("colour")
    for words in (
        *(("list", what) for what in ("articles", "captures", "misses", "runs")),
        ("search", "harbour"),
        *(("show", paper.url(trap.name), "--evidence") for trap in TRAPS),
        ("diff", url),
        ("explain", url),
        ("runs",),
        ("status",),
        ("verify",),
        ("export", "jsonl", "--output", "-"),
    ):
        more = here if words[0] != "export" else here[1:]
        out = read(*words, *more).out
        if words[0] != "export":
            assert not obeyed(out), words
        for line in out.splitlines() if words[0] != "export" else out.split("\n")[:-1]:
            assert isinstance(json.loads(line), dict), words
    for line in paper.crawls[1].out.splitlines():
        assert json.loads(line)["event"]


# ------------------------------------------------------------ packages and files


@pytest.fixture(scope="module")
def exported(paper: Paper) -> dict[str, Path]:
    """Export everything, each kind into a file."""
    files = {
        kind: paper.root.parent / f"all.{ending}"
        for kind, ending in (
            ("wacz", "wacz"),
            ("warc", "warc.gz"),
            ("jsonl", "jsonl"),
            ("parquet", "parquet"),
            ("atom", "atom"),
        )
    }
    for kind, path in files.items():
        assert read("export", kind, "-c", paper.root, "-o", path).code == 0
    return files


def test_parquet_and_json_lines_hold_the_words_as_they_are(paper, exported):
    table = pyarrow.parquet.read_table(exported["parquet"]).to_pylist()
    lines = [
        json.loads(line)
        for line in exported["jsonl"].read_text("utf-8").split("\n")[:-1]
    ]
    for rows in (table, lines):
        assert {row["url"]: row["title"] for row in rows} == {
            row["url"]: row["title"] for row in paper.articles.values()
        }
    assert any(row["title"].startswith("=HYPERLINK(") for row in table)
    assert any(row["title"].startswith("+cmd|") for row in table)


def test_the_manual_says_what_to_do_about_formulas():
    manual = Path(__file__).parents[1] / "docs" / "export.md"
    assert "spreadsheet" in manual.read_text("utf-8")


def test_the_feed_is_well_formed_and_says_the_same(paper, exported):
    content = exported["atom"].read_bytes()
    ElementTree.fromstring(content)  # raises where it is no XML 1.0
    parsed = feedparser.parse(content)
    assert not parsed.bozo
    told = {entry.title for entry in parsed.entries}
    for trap in TRAPS:
        title = paper.articles[trap.name]["title"]
        assert any(_folded(title) == _folded(one) for one in told), trap.name
    for entry in parsed.entries:
        for link in entry.links:
            assert urlsplit(link.href).scheme in ("http", "https"), link


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_file_names_are_ours(paper, exported):
    names = [path.relative_to(paper.root) for path in paper.root.rglob("*")]
    with zipfile.ZipFile(exported["wacz"]) as package:
        names += [Path(name) for name in package.namelist()]
    for name in names:
        assert all(FILE_NAME.fullmatch(part.lstrip(".")) for part in name.parts), name
    assert not (paper.root.parent / "etc").exists()


@pytest.mark.parametrize(
    "name",
    ["a: b", "#c", '"d', "'e'", "{f}", "- g", "h\x1b[31m", "é\u202e", "%i", "j\nk: l"],
)
def test_the_configuration_of_pywb_is_what_it_should_be(tmp_path, name):
    root = tmp_path / name
    Collection.create(root).close()
    ran = read("export", "pywb-config", "-c", root, "-o", tmp_path / "config.yaml")
    assert not obeyed(ran.out + ran.err)
    values = yaml.safe_load((tmp_path / "config.yaml").read_text("utf-8"))
    assert values["collections_root"] == str(tmp_path)
    assert set(values) <= {
        *("collections_root", "enable_memento", "index_paths", "archive_paths")
    }
    folder = root / "index" / "imported"  # of another depth: folders are named
    values = yaml.safe_load(pywb_config(root, [folder]))
    assert set(values) == {"enable_memento", "collections"}
    (served,) = values["collections"].items()
    assert served[0] == name
    assert served[1]["archive_paths"] == f"{root / 'warc'}/"
    assert [*served[1]["index_group"].values()] == [str(folder)]


# ------------------------------------------------------------ the page


@pytest.fixture(scope="module")
def client(paper: Paper) -> Iterator[TestClient]:
    app = create_app(Shelf.open(paper.root))
    headers = {"Accept": "text/html"}
    with TestClient(app, base_url=ADDRESS, headers=headers) as client:
        yield client


def test_no_page_holds_what_the_words_would_make(paper, client):
    """From every address that we know, every link of ours is followed once."""
    waiting, seen = [*asked_for(paper)], set[str]()
    kinds: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        # Of pages that differ by a query alone, or by an article, some are enough.
        kind = re.sub(r"[0-9a-f-]{36}|\d+", "-", urlsplit(path).path)
        kinds[kind] = kinds.get(kind, 0) + 1
        if path in seen or kinds[kind] > len(TRAPS) + 10:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        for name, value in answer.headers.items():
            assert not obeyed(value, allowed=""), (path, name)
        check_file_name(answer.headers.get("Content-Disposition"))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            waiting += links(path, check_inert(path, answer.text))
    assert len([path for path in seen if path.startswith("/article/")]) > len(TRAPS)
    assert any(path.startswith("/replay/") for path in seen)
    assert any("/diff" in path for path in seen)
    assert any("/citation" in path for path in seen)


def test_downloads_have_names_of_ours(paper, client):
    uuid = paper.uuid("path")
    paths = [f"/article/{uuid}/{what}" for what in ("text", "json", "citation")]
    paths += [f"/record/{uuid}", f"/payload/{uuid}"]
    query = urlencode({"article": paper.url("path")})
    paths += [f"/export/{kind}?{query}" for kind in ("wacz", "warc", "jsonl")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        check_file_name(answer.headers.get("Content-Disposition"))
        if path.startswith(("/payload", "/record", "/export")):
            assert "html" not in answer.headers["Content-Type"]


def test_the_words_of_programs_are_kept_apart(paper, client):
    """A time map, an index line and a citation are one line of what they are."""
    for trap in TRAPS:
        url = paper.url(trap.name)
        links = client.get(f"/timemap/link/{url}").text
        assert not obeyed(links)
        assert len(re.findall(r'rel="[^"]*memento', links)) == 2, trap.name
        cdx = client.get("/cdx", params={"url": url, "output": "json"}).text
        assert [json.loads(line)["url"] for line in cdx.splitlines()] == [url, url]
        for style in ("plain", "bibtex", "csl"):
            path = f"/article/{paper.uuid(trap.name)}/citation"
            said = client.get(path, params={"style": style}).text
            assert not obeyed(said), (trap.name, style)
            assert style != "csl" or len(json.loads(said)) == 1
            assert style != "bibtex" or len(re.findall(r"(?m)^@", said)) == 1


def test_in_a_browser_nothing_happens(chromium, paper):
    app = create_app(Shelf.open(paper.root))
    with serving(app) as address, visiting(chromium) as visit:
        dialogs: list[str] = []
        visit.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        paths = ["/", "/articles?q=harbour", "/sources", "/sources/evil", "/runs"]
        paths += [f"/article?{urlencode({'url': paper.url(t.name)})}" for t in TRAPS]
        for path in paths:
            visit.page.goto(address + path)
            made = f"{ELEMENT}, [{ATTRIBUTE}], [onload], [onerror], [onclick]"
            assert visit.page.locator(made).count() == 0, path
        assert dialogs == []
        assert visit.asked_elsewhere(address) == []
        assert visit.said == []
        for name in ("script", "rich", "family", "formula"):
            visit.page.goto(f"{address}/article?{urlencode({'url': paper.url(name)})}")
            shown = visit.page.locator("h1").first.inner_text()
            assert _folded(shown) == _folded(paper.articles[name]["title"])
