"""Today's extractor over what is kept: beside the old texts, resumed, never twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import questions, texts_questions
from archive.collection import Collection
from archive.model import CaptureClass, TextOutcome
from archive.search.model import Query
from archive.search.questions import search
from archive.store import Store
from archive.texts_questions import Chosen, Undone
from pipelines import reextract as module
from pipelines import reextract_reading
from pipelines.rebuild import rebuild
from pipelines.reextract import Reextracted, reextract
from pipelines.reextract_processes import Feeding, in_processes
from pipelines.revisits import identical_payload
from pipelines.texts import outcome_at_once
from tests.support.builders import (
    make_discovery,
    make_exchange,
    make_order,
    make_response,
)

ONE = "tests.support.toy_extractors:build_one"
TWO = "tests.support.toy_extractors:build_two"
LONG = " and so on" * 80
PAGES = (
    ("/1", f"article\nBridges are open{LONG}"),
    ("/2", f"live-blog\nTalks go on{LONG}"),
    ("/3", "listing\nAll news"),
    ("/4", "article\nShort"),
    ("/4", "article\nShort"),  # the same bytes again, too short for a revisit
    ("/5", "crash\n"),
    ("/6", "article\nTrains are late"),
)


def fill(collection: Collection) -> None:
    """Keep the pages in two WARC files, a twin of the first as a revisit."""
    for first in (0, 4):
        store = Store(collection, settings=(), text_outcome=outcome_at_once)
        for path, page in PAGES[first : first + 4]:
            source = "odd" if path == "/6" else "example"
            keep(store, collection, path, page, source)
        if first:
            keep(store, collection, "/twin", PAGES[0][1], "example")
        store.close()


def keep(
    store: Store, collection: Collection, path: str, page: str, source: str
) -> None:
    exchange = make_exchange(f"http://news.example{path}", make_response(page.encode()))
    discovery = make_discovery(exchange.url, claimed_title=None, source_id=source)
    order = make_order(exchange=exchange, discovery=discovery)
    original = collection.catalogue.original(order.answer.payload_digest)
    revisit = original and len(page) > 512 and identical_payload(order.answer, original)
    order = make_order(exchange=exchange, discovery=discovery, revisit=revisit or None)
    store.keep(order).result(20)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("filled") / "c"
    with Collection.create(root) as collection:
        fill(collection)
        once = run(collection, ONE)
        assert once.captures == 8
    return root


@pytest.fixture
def collection(filled: Path, tmp_path: Path) -> Iterator[Collection]:
    root = Path(shutil.copytree(filled, tmp_path / "c"))
    with Collection.open(root) as opened:
        yield opened


def run(collection: Collection, extractor: str, **chosen: object) -> Reextracted:
    return reextract(
        collection,
        chosen=Chosen(**chosen),  # type: ignore[arg-type] # as its fields are
        workers=1,
        extractor=extractor,
    )


def files(collection: Collection, word: str = "") -> dict[str, bytes]:
    return {
        path.relative_to(collection.root).as_posix(): path.read_bytes()
        for path in sorted((collection.root / "text").rglob("*"))
        if path.is_file() and word in str(path)
    }


def inodes(collection: Collection) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in (collection.root / "text").rglob("*.gz")
    }


def shown(collection: Collection) -> dict[str, str]:
    every = questions.articles(collection.catalogue, questions.Limits())
    return {article.provenance.url[19:]: article.text[:12] for article in every}


def everything(collection: Collection) -> list[object]:
    """Give all that the catalogue says of texts."""
    catalogue = collection.catalogue
    held = texts_questions.extractors(catalogue)
    kept = questions.captures(catalogue, questions.Limits())
    said: list[object] = [*held, *kept]
    for one in held:
        said += texts_questions.verdicts_by(catalogue, one.software.key)
    return said


def test_a_new_extractor_is_shown_and_the_texts_of_the_old_one_stay(collection):
    old = files(collection)
    assert shown(collection)["/1"] == "Bridges are "
    done = run(collection, TWO)
    assert shown(collection) == {
        "/1": "BRIDGES ARE ",
        "/2": "TALKS GO ON ",
        "/4": "SHORT",
        "/6": "TRAINS ARE L",
        "/twin": "BRIDGES ARE ",
    }
    assert (done.files, done.captures, done.failed) == (2, 8, 1)
    assert done.counts[TextOutcome.TEXT, CaptureClass.LIVE_BLOG] == 1
    assert done.counts[TextOutcome.CRASHED, None] == 1
    now = files(collection)
    assert {name: now[name] for name in old} == old
    (kept, *_) = questions.captures_of(collection.catalogue, "http://news.example/1")
    texts = {
        key: verdict.article.text[:7]
        for key, verdict in texts_questions.verdicts_on(collection.catalogue, kept)
        if verdict.article
    }
    assert sorted(texts.values()) == ["BRIDGES", "Bridges"]


def test_what_is_no_article_keeps_its_capture_with_class_and_reason(collection):
    (kept,) = questions.captures_of(collection.catalogue, "http://news.example/3")
    assert kept.text_outcome is TextOutcome.OTHER_CLASS
    assert (kept.page_class, kept.text_detail) == (CaptureClass.LISTING, "it says so")
    assert questions.article_of_capture(collection.catalogue, kept) is None
    (kept,) = questions.captures_of(collection.catalogue, "http://news.example/2")
    article = questions.article_of_capture(collection.catalogue, kept)
    assert article is not None
    assert article.page_class is CaptureClass.LIVE_BLOG


def test_many_new_texts_are_left_to_the_next_search(collection, monkeypatch):
    monkeypatch.setattr(module, "AT_AN_END", 1)
    assert run(collection, TWO).unindexed > 0
    assert search(collection, Query(words="trains")).total == 1
    assert run(collection, TWO).unindexed == 0


def test_nothing_is_asked_twice(collection):
    before = inodes(collection)
    again = run(collection, ONE)
    assert (again.files, again.captures, again.resumed) == (0, 0, 0)
    assert inodes(collection) == before


def test_a_page_that_stands_in_a_file_twice_is_extracted_once(collection, tmp_path):
    with Collection.create(tmp_path / "twins") as twins:
        store = Store(twins, settings=(), text_outcome=outcome_at_once)
        for path in ("/a", "/b", "/a"):
            keep(store, twins, path, "article\nShort", "example")
        store.close()
        done = run(twins, ONE)
    assert (done.captures, done.reused) == (3, 1)


def test_files_that_were_done_when_it_was_killed_are_entered_and_not_made_again(
    collection, monkeypatch
):
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "enter", die)
        with pytest.raises(KeyboardInterrupt):
            run(collection, TWO)
    assert shown(collection)["/1"] == "Bridges are "
    before = inodes(collection)
    done = run(collection, TWO)
    assert done.resumed >= 1
    assert shown(collection)["/1"] == "BRIDGES ARE "
    after = inodes(collection)
    assert {name: after[name] for name in before} == before
    assert done.captures == 8 - 4 * done.resumed  # four in each file


def test_a_part_is_done_and_completed_later_with_the_same_result(collection, tmp_path):
    whole = Path(shutil.copytree(collection.root, tmp_path / "whole"))
    with Collection.open(whole) as other:
        run(other, TWO)
        wanted, said = files(other), everything(other)
    part = run(collection, TWO, source_ids=("odd",))
    assert part.captures == 1
    assert shown(collection)["/6"] == "TRAINS ARE L"
    assert shown(collection)["/1"] == "Bridges are "
    rest = run(collection, TWO)
    assert rest.captures == 7
    assert files(collection) == wanted
    assert everything(collection) == said


@pytest.mark.parametrize(
    ("chosen", "number"),
    [
        ({"since": "2026-11-23"}, 0),
        ({"until": "2026-11-23"}, 8),
        ({"since": "2026-11-22", "until": "2026-11-23"}, 8),
        ({"source_ids": ("odd", "other")}, 1),
    ],
)
def test_dates_and_sources_choose_the_captures(collection, chosen, number):
    assert run(collection, TWO, **chosen).captures == number


def test_a_rebuild_keeps_what_only_another_extractor_could_have_made(collection):
    run(collection, TWO)
    said, written = everything(collection), files(collection)
    rebuilt = rebuild(collection, workers=1, extractor=TWO)
    assert rebuilt.findings == ()
    assert everything(collection) == said
    assert files(collection) == written


def test_texts_of_others_that_cannot_be_read_are_told_of_and_left(collection):
    run(collection, TWO)
    damaged = min((collection.root / "text").glob("toy-1-*/**/*.outcomes.gz"))
    damaged.write_bytes(damaged.read_bytes()[:60])
    rebuilt = rebuild(collection, workers=1, extractor=TWO)
    (finding,) = rebuilt.findings
    assert finding.code == "text-unreadable"
    assert damaged.exists()
    assert shown(collection)["/1"] == "BRIDGES ARE "


def test_texts_from_before_there_were_several_extractors_are_adopted(collection):
    folder = collection.root / "text"
    wanted = files(collection, ".jsonl")
    (key,) = [path.name for path in folder.iterdir()]
    for path in sorted((folder / key).rglob("*.outcomes.gz")):
        path.unlink()
    for path in list((folder / key).iterdir()):
        path.rename(folder / path.name)
    (folder / key).rmdir()
    rebuild(collection, workers=1, extractor=TWO)
    assert files(collection, ".jsonl").items() >= wanted.items()
    held = texts_questions.extractors(collection.catalogue)
    assert {one.software.key: one.articles for one in held}[key] == 6


def test_what_fastwarc_refuses_our_own_reader_reads_and_says_so(
    collection, monkeypatch
):
    wanted = everything(collection)

    def refuse(_data: bytes) -> bytes:
        raise OSError("not today")

    monkeypatch.setattr(reextract_reading, "first_answer", refuse)
    done = run(collection, TWO)
    assert {finding.code for finding in done.findings} == {"read-otherwise"}
    assert len(done.findings) == 7  # revisits are our own reader's anyway
    assert done.counts[TextOutcome.TEXT, CaptureClass.ARTICLE] == 5
    assert len(everything(collection)) == len(wanted) + 9


def test_another_payload_than_was_kept_is_never_given_a_text(collection):
    (kept,) = questions.captures_of(collection.catalogue, "http://news.example/6")
    place = kept.capture.locator
    path = collection.find(place.path)
    content = bytearray(path.read_bytes())
    middle = place.offset + place.length // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    done = run(collection, TWO)
    assert done.counts[TextOutcome.FAILED, None] == 1
    (kept,) = questions.captures_of(collection.catalogue, "http://news.example/6")
    assert kept.text_detail.startswith("cannot read: ")


@pytest.mark.slow
def test_in_several_processes_the_files_are_the_same(collection, tmp_path):
    other = Path(shutil.copytree(collection.root, tmp_path / "other"))
    run(collection, TWO)
    with Collection.open(other) as opened:
        key = next(
            held.software.key
            for held in texts_questions.extractors(collection.catalogue)
            if held.software.version == "2"
        )
        todo = texts_questions.undone(opened.catalogue, key)
        assert all(isinstance(file, Undone) for file in todo)
        feeding = Feeding(root=other, extractor=TWO, workers=1)
        done = list(in_processes(feeding, todo, 2))
        assert sorted(file.name for file in done) == [file.path for file in todo]
        assert files(opened) == files(collection)
