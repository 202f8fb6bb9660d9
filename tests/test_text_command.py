"""`dateline text`: a file, an address, a list; and the function behind it."""

from __future__ import annotations

import gzip
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model import (
    Byline,
    BylineKind,
    CaptureClass,
    Moment,
    Precision,
    TextOutcome,
    Work,
)
from crawler.newsroom.server import Newsroom
from pipelines.article_text import UNKNOWN_ADDRESS, extract, page_of
from pipelines.extraction import Extraction
from pipelines.pool import ExtractionPool
from pipelines.textfiles import (
    batch,
    json_line,
    listed_pages,
    moment_of,
    read_payload,
)
from pipelines.textvalues import row
from tests.support.command import arguments, dateline, environment, read
from tests.support.hostilemarkup import PROSE, page

ROOT = Path(__file__).resolve().parents[1]
URL = "https://verity.example/2024/03/11/lighthouse-stays.html"
WHEN = datetime(2024, 5, 6, tzinfo=UTC)
BAD = "tests.support.bad_extractors:build"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(page("<p>Größe 東京</p>"))
    return path


def a_list(folder: Path, *lines: object) -> Path:
    path = folder / "list.jsonl"
    written = (one if isinstance(one, str) else json.dumps(one) for one in lines)
    path.write_text("\n".join(written), "utf-8")
    return path


# ---------------------------------------------------------------- one page


def test_the_text_of_a_file_is_printed_alone(file):
    ran = read("text", file)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert all(sentence in lines for sentence in PROSE)
    assert "Größe 東京" in lines


def test_gzip_is_seen_by_its_bytes_not_by_the_name(file):
    plain = read("text", file, "--date", "2024-05-06").out
    file.write_bytes(gzip.compress(file.read_bytes()))
    assert read("text", file, "--date", "2024-05-06").out == plain


def test_json_tells_all_fields_and_by_whom(file):
    ran = read("text", file, "--url", URL, "--date", "2024-05-06", "--json")
    (said,) = ran.rows()
    assert said["url"] == URL
    assert said["captured_at"] == "2024-05-06T23:59:59.000000Z"
    assert said["title"] == "Lighthouse stays"
    assert said["date"] == "2024-03-11"
    assert said["published_at"].startswith("2024-03-11")
    assert said["outcome"] == "text"
    assert said["extractor"]["options_digest"].startswith("sha256:")
    assert set(Work.__dataclass_fields__) <= said.keys()
    assert {"class", "confidence", "text", "claims", "authors"} <= said.keys()
    assert all({"field", "value", "origin"} <= claim.keys() for claim in said["claims"])


def test_the_same_page_of_the_same_date_says_the_same_wherever_it_lies(file, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    other = tmp_path / "elsewhere" / "copy"
    other.write_bytes(file.read_bytes())
    words = ("--date", "2024-05-06T12:00:00", "--json")
    assert read("text", file, *words).out == read("text", other, *words).out


def test_no_date_after_the_one_given_is_believed(file):
    (said,) = read("text", file, "--date", "2024-01-01", "--json").rows()
    assert said["date"] is None or said["date"] <= "2024-01-01"


def test_a_charset_that_is_known_is_obeyed(file):
    file.write_bytes(page("<p>Größe</p>").decode().encode("utf-16-le"))
    assert "Größe" in read("text", file, "--charset", "utf-16-le").out


def test_standard_input_is_read_and_utf_8_is_written_in_any_locale(file):
    ran = subprocess.run(
        arguments("text", "-"),
        input=file.read_bytes(),
        capture_output=True,
        env={**environment(), "PYTHONIOENCODING": "latin-1"},
        timeout=60,
        check=True,
    )
    assert "東京" in ran.stdout.decode("utf-8")


def test_a_page_without_text_is_a_failure_with_a_sentence(file):
    file.write_bytes(b"<html><body></body></html>")
    ran = read("text", file)
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.startswith("dateline: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a file"),
        (("no-such-file",), "no-such-file: No such file"),
        ((".",), "Is a directory"),
        (("x", "--charset", "nonsense"), "no charset"),
        (("x", "--batch", "y"), "--batch takes"),
        (("--batch", "no-such-list"), "no-such-list: No such file"),
        (("https://verity.example/", "--url", "x"), "are for files"),
    ],
)
def test_what_can_not_be_is_told_in_a_sentence(words, said):
    ran = read("text", *words)
    assert ran.code == 2
    assert said in ran.err


def test_a_file_that_is_no_page_by_its_length_is_refused(file, monkeypatch):
    monkeypatch.setattr("pipelines.textfiles.DECODED_LIMIT", 100)
    with file.open("rb") as opened, pytest.raises(UsageError, match="longer than"):
        read_payload(opened, "page.html")


# ---------------------------------------------------------------- an address


def test_an_address_is_fetched_as_the_archive_fetches_and_nothing_is_kept(tmp_path):
    story = "/2024/03/11/tram-depot-becomes-workshop.html"
    with Newsroom() as newsroom:
        url = newsroom.base_url
        ran = dateline("text", url + story, "--allow-private", "--json")
        refused = dateline("text", url + story)
        private = dateline(
            "text", f"{url}/private/draft-budget.html", "--allow-private"
        )
        missing = dateline("text", f"{url}/nothing-here.html", "--allow-private")
    (said,) = ran.rows()
    assert said["url"] == url + story
    assert said["text"]
    for other, reason in (
        (refused, "refused-address"),
        (private, "refused-robots"),
        (missing, "answered 404"),
    ):
        assert (other.code, other.out) == (1, "")
        assert reason in other.err


# ---------------------------------------------------------------- lists


def test_a_list_gives_a_line_for_each_in_its_order_whatever_is_wrong(file):
    folder = file.parent
    (folder / "more").mkdir()
    (folder / "more" / "page.html.gz").write_bytes(gzip.compress(file.read_bytes()))
    listed = a_list(
        folder,
        {"id": "one", "path": "page.html", "url": URL},
        "this is no JSON",
        {"id": "two", "path": "no-such-page.html", "url": URL},
        "",
        {"id": 3, "path": "more/page.html.gz", "url": URL},
        {"id": "four", "path": "more"},
        {"path": "page.html"},
        {"id": "five"},
        {"id": "six", "path": "a\0b"},
        {"id": "seven", "path": "page.html", "captured_at": "soon"},
        '"no object"',
        "[" * 100_000,
        {"id": "last", "path": str(file.resolve())},
    )
    ran = dateline("text", "--batch", listed, "--workers", 1, "--date", "2024-05-06")
    rows = ran.rows()
    assert ran.code == 1
    assert [one["id"] for one in rows] == [
        "one", None, "two", 3, "four", None, "five", "six", "seven", None, None, "last",
    ]  # fmt: skip
    good = [one for one in rows if "error" not in one]
    assert [one["id"] for one in good] == ["one", 3, "last"]
    for one in good:
        assert PROSE[0] in one["text"]
        assert one["title"] == "Lighthouse stays"
        assert one["date"] == "2024-03-11"
    assert {"authors", "published_at", "language", "class", "confidence"} <= set(
        good[0]
    )
    assert [one["line"] for one in rows if "error" in one] == [
        2, 3, 6, 7, 8, 9, 10, 11, 12,
    ]  # fmt: skip
    assert "No such file" in rows[2]["error"]


def test_a_list_of_good_pages_is_a_success_even_if_a_page_has_no_text(file):
    (file.parent / "empty.html").write_bytes(b"")
    listed = a_list(
        file.parent, {"id": 1, "path": "page.html"}, {"id": 2, "path": "empty.html"}
    )
    ran = dateline("text", "--batch", listed, "--workers", 1)
    assert ran.code == 0
    assert [one["outcome"] for one in ran.rows()] == ["text", "empty"]


def test_what_kills_a_worker_costs_one_line(tmp_path):
    deeds = ("fine", "crash", "blunder", "fine too")
    for deed in deeds:
        (tmp_path / deed).write_text(deed)
    lines = [json.dumps({"id": deed, "path": deed}).encode() for deed in deeds]
    with ExtractionPool(1, extractor=BAD) as pool:
        rows = list(batch(listed_pages(lines, tmp_path, WHEN), pool))
    assert [one["id"] for one in rows] == list(deeds)
    assert [one.get("error", "").partition(":")[0] for one in rows] == [
        "", "crashed", "failed", "",
    ]  # fmt: skip
    assert rows[1]["text"] == ""


def test_text_is_given_whatever_the_class_is():
    extraction = Extraction(
        outcome=TextOutcome.OTHER_CLASS,
        page_class=CaptureClass.CONSENT,
        text="We value your privacy.",
    )
    assert row(extraction)["text"] == "We value your privacy."
    assert json.loads(json_line(row(extraction)))["class"] == "consent-wall"


@pytest.mark.parametrize(
    ("text", "precision", "day"),
    [
        ("2024-03-11", Precision.DAY, "2024-03-11"),
        ("2024-03-11T23:30:00-05:00", Precision.SECOND, "2024-03-11"),
        ("2024-03", Precision.MONTH, None),
        ("2024", Precision.YEAR, None),
    ],
)
def test_the_day_is_the_publishers_and_known_to_the_day_or_not_told(
    text, precision, day
):
    moment = Moment(text=text, precision=precision, earliest=WHEN, latest=WHEN)
    names = (Byline(name="Amara Oyelaran", kind=BylineKind.PERSON),)
    work = Work(published=moment, bylines=names)
    values = row(Extraction(outcome=TextOutcome.TEXT, work=work))
    assert (values["date"], values["published_at"]) == (day, text)
    assert values["authors"] == ["Amara Oyelaran"]


def test_half_a_character_is_written_as_an_escape():
    assert json.loads(json_line({"id": "a\ud800é"})) == {"id": "a\ud800é"}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-06", datetime(2024, 5, 6, 23, 59, 59, tzinfo=UTC)),
        ("2024-05-06T01:02:03", datetime(2024, 5, 6, 1, 2, 3, tzinfo=UTC)),
        ("2024-05-06T01:00:00+02:00", datetime(2024, 5, 5, 23, tzinfo=UTC)),
    ],
)
def test_a_day_stands_for_its_end(text, moment):
    assert moment_of(text) == moment


# ---------------------------------------------------------------- the function


def test_the_function_gives_what_the_command_prints(file):
    extraction = extract(file.read_bytes(), URL, captured_at=WHEN)
    assert extraction.text == read("text", file, "--url", URL).out.rstrip("\n")
    assert extraction.work.title == "Lighthouse stays"


def test_gzip_is_noted_unless_another_coding_is_stated():
    packed = gzip.compress(b"<p>x")
    assert page_of(packed, URL, captured_at=WHEN).content_encoding == "gzip"
    stated = page_of(packed, URL, captured_at=WHEN, content_encoding="identity")
    assert stated.content_encoding == "identity"
    assert page_of(b"<p>x", UNKNOWN_ADDRESS, captured_at=WHEN).content_encoding is None


def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    text = (ROOT / "docs" / "text.md").read_text("utf-8")
    (example,) = (part.partition("```")[0] for part in text.split("```python\n")[1:])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_bytes(page(""))
    found: dict[str, object] = {}
    exec(compile(example, "docs/text.md", "exec"), found)  # our own page
    extraction = found["extraction"]
    assert isinstance(extraction, Extraction)
    assert extraction.work.title == "Lighthouse stays"
