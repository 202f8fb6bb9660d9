from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import textwrap
import time
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from archive.errors import UsageError
from archive.model import CaptureClass, Claim, TextOutcome, Work
from pipelines.errors import ExtractorUnavailable, PoolClosed
from pipelines.extraction import Extraction, Hints, Page
from pipelines.frames import (
    FrameError,
    extraction_frame,
    page_frame,
    read_extraction,
    read_page,
)
from pipelines.pool import ExtractionPool, Pending
from tests.support.builders import make_work

MOMENT = {
    "text": "2024-05",
    "precision": "month",
    "earliest": "2024-05-01T00:00:00Z",
    "latest": "2024-05-31T23:59:59Z",
}
BAD = "tests.support.bad_extractors:build"
ROOT = Path(__file__).resolve().parents[2]


def a_page(payload: bytes | str = b"") -> Page:
    return Page(
        url="https://news.example/a",
        payload=payload.encode() if isinstance(payload, str) else payload,
        content_encoding=None,
        content_type="text/html; charset=utf-8",
        captured_at=datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def pool():
    with ExtractionPool(2, extractor=BAD) as pool:
        yield pool


def test_pages_come_back_as_their_own_extractions(pool):
    pages = [f"text {number} é\n" * number for number in range(40)]
    futures = [pool.submit(a_page(page)) for page in pages]
    assert [future.result().text for future in futures] == pages


def test_a_page_larger_than_any_buffer_goes_through(pool):
    large = "x" * (9 * 1024 * 1024)
    assert pool.submit(a_page(large)).result().text == large


def test_pages_and_extractions_survive_their_frames():
    hints = Hints(title="T", date="5 May", origin="feed")
    page = dataclasses.replace(a_page(b"\x00\xff"), hints=hints)
    assert read_page(*page_frame(page)) == page
    extraction = Extraction(
        outcome=TextOutcome.TEXT,
        detail="d",
        text="Grüße\n…",
        page_class=CaptureClass.LIVE_BLOG,
        confidence=0.25,
        work=make_work(),
        claims=(
            Claim(field="date", value="5/24", origin="meta"),
            Claim(field="title", value="t", origin="h1", is_chosen=True),
        ),
    )
    assert read_extraction(*extraction_frame(extraction)) == extraction


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"outcome": "wonderful"},
        {"outcome": "text", "claims": [1]},
        {"outcome": "text", "page_class": "masterpiece"},
        {"outcome": "text", "confidence": 2.0},
        {"outcome": "text", "confidence": "high"},
        {"outcome": "text", "work": {"title": 3}},
        {"outcome": "text", "work": {"bylines": [{"name": "A"}]}},
        {"outcome": "text", "work": {"published": MOMENT | {"latest": "2024-05-31"}}},
        {"outcome": "text", "work": {"published": MOMENT | {"precision": "about"}}},
        {
            "outcome": "text",
            "work": {"published": MOMENT | {"earliest": "0001-01-01T00:00:00Z"}},
        },
        {
            "outcome": "text",
            "work": {"modified": MOMENT | {"earliest": "2024-05-01T00:00:00"}},
        },
    ],
)
def test_a_header_that_is_no_extraction_is_refused(said):
    with pytest.raises(FrameError):
        read_extraction({"extraction": said}, b"")
    with pytest.raises(FrameError):
        read_extraction(said, b"")


def test_half_a_character_costs_a_question_mark_and_not_the_page():
    broken = Extraction(
        outcome=TextOutcome.TEXT,
        text="a\ud83db",
        work=Work(title="\ud83d!", quoted_sources=("\ude00",)),
        claims=(Claim(field="title", value="\ud83d!", origin="json-ld"),),
    )
    read = read_extraction(*extraction_frame(broken))
    assert (read.text, read.work.title) == ("a?b", "?!")
    assert (read.work.quoted_sources, read.claims[0].value) == (("?",), "?!")


def test_the_pool_says_which_extractor_it_has(pool):
    info = pool.info
    assert (info.name, info.options) == ("misbehaving", (("manners", "none"),))
    assert info.options_digest.startswith("sha256:")


def test_processes_are_started_only_when_they_are_needed():
    children = psutil.Process().children()
    with ExtractionPool(2, extractor=BAD) as pool:
        assert psutil.Process().children() == children
        first, second = (pool.submit(a_page("process")).result().text for _ in range(2))
        assert first == second  # a second worker was not needed
    assert psutil.Process().children() == children
    assert not psutil.pid_exists(int(first))


def test_workers_run_in_surroundings_of_their_own(pool):
    said = {pool.submit(a_page("surroundings")).result().text for _ in range(3)}
    zone, seeded, *handler = said.pop().split(maxsplit=2)
    assert not said
    assert zone == "UTC"
    with ExtractionPool(1, extractor=BAD) as other:
        assert other.submit(a_page("surroundings")).result().text.split()[1] == seeded
    assert "SIG_IGN" in handler[0]  # the parent decides what an interrupt means


def test_submitting_does_not_wait_and_says_what_is_pending():
    with ExtractionPool(1, extractor=BAD, time_limit_s=1) as pool:
        pool.info  # noqa: B018 - loads the extractor
        began = time.monotonic()
        futures = [pool.submit(a_page(text)) for text in ("hang", "four", "six…")]
        assert time.monotonic() - began < 0.5
        assert pool.pending == Pending(pages=3, length=4 + 4 + 6)
        wait(futures)
        assert futures[1].result().text == "four"
        assert pool.pending == Pending(pages=0, length=0)


def test_an_event_loop_goes_on_while_pages_are_extracted(pool):
    async def count() -> tuple[int, Extraction]:
        future = asyncio.wrap_future(pool.submit(a_page("x" * 4_000_000)))
        turns = 0
        while not future.done():
            await asyncio.sleep(0)
            turns += 1
        return turns, await future

    turns, extraction = asyncio.run(count())
    assert extraction.outcome is TextOutcome.TEXT
    assert turns > 1


def test_a_worker_is_replaced_after_its_pages():
    with ExtractionPool(1, extractor=BAD, recycle_after=3) as pool:
        workers = [pool.submit(a_page("process")).result().text for _ in range(7)]
    assert [workers.index(worker) for worker in workers] == [0, 0, 0, 3, 3, 3, 6]


def test_a_worker_that_keeps_memory_is_replaced():
    with ExtractionPool(1, extractor=BAD, growth_limit=80 * 2**20) as pool:
        workers = [pool.submit(a_page("hoard")).result().text for _ in range(4)]
    assert [workers.index(worker) for worker in workers] == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("extractor", "said"),
    [
        ("tests.support.bad_extractors:build_nothing", "no model file"),
        ("tests.support.bad_extractors:build_a_crash", "its process ended"),
        ("tests.support.bad_extractors:absent", "AttributeError"),
        ("tests.no_such_module:build", "ModuleNotFoundError"),
    ],
)
def test_an_extractor_that_can_not_be_had_is_no_fault_of_a_page(extractor, said):
    with ExtractionPool(1, extractor=extractor) as pool:
        with pytest.raises(ExtractorUnavailable, match=said):
            pool.submit(a_page()).result()
        with pytest.raises(ExtractorUnavailable, match=said):
            pool.info  # noqa: B018 - it raises


@pytest.mark.parametrize("limits", [{"workers": 0}, {"time_limit_s": -1}])
def test_limits_that_can_not_be_are_refused(limits):
    with pytest.raises(UsageError):
        ExtractionPool(**limits)


def test_closing_finishes_what_was_submitted():
    pool = ExtractionPool(1, extractor=BAD)
    futures = [pool.submit(a_page(f"{number}")) for number in range(20)]
    pool.close()
    assert [future.result().text for future in futures] == [f"{n}" for n in range(20)]
    with pytest.raises(PoolClosed):
        pool.submit(a_page())
    pool.close()


def test_closing_with_cancel_waits_for_nobody():
    pool = ExtractionPool(1, extractor=BAD, time_limit_s=60)
    assert pool.submit(a_page("a")).result().text == "a"
    running, queued = pool.submit(a_page("hang")), pool.submit(a_page("b"))
    while not running.running():
        time.sleep(0.01)
    time.sleep(0.2)  # for the page to be sent
    began = time.monotonic()
    pool.close(cancel=True)
    assert time.monotonic() - began < 5
    assert isinstance(running.exception(), PoolClosed)
    assert queued.cancelled()


def test_an_error_in_the_with_block_cancels():
    future: Future[Extraction] | None = None
    pool = ExtractionPool(1, extractor=BAD, time_limit_s=60)
    with contextlib.suppress(KeyError), pool:
        future = pool.submit(a_page("hang"))
        pool.info  # noqa: B018 - loads the extractor
        raise KeyError
    assert future is not None
    assert future.done()


SCRIPT = """
    import threading
    from pipelines.pool import ExtractionPool
    from tests.pipelines.test_pool import BAD, a_page

    open({log!r}, "a").write("imported\\n")
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    with ExtractionPool(1, extractor=BAD) as pool:
        print(pool.submit(a_page("of a script")).result().text)
"""


def test_a_script_without_a_main_guard_runs_once(tmp_path):
    log = tmp_path / "log"
    script = tmp_path / "script"  # as an installed console script: no suffix
    script.write_text(textwrap.dedent(SCRIPT.format(log=str(log))))
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("of a script\n", "")
    assert log.read_text() == "imported\n"


REACTOR = """
    from twisted.internet import reactor, threads
    from pipelines.pool import ExtractionPool
    from tests.pipelines.test_pool import BAD, a_page
    import json

    pool = ExtractionPool(2, extractor=BAD, time_limit_s=1)
    said = []

    def keep(future):
        reactor.callFromThread(said.append, future.result().outcome)
        reactor.callFromThread(lambda: len(said) == 3 and reactor.stop())

    def begin():
        for payload in ("text", "hang", "crash"):
            pool.submit(a_page(payload)).add_done_callback(keep)

    reactor.callWhenRunning(begin)
    reactor.run()
    pool.close()
    print(json.dumps(sorted(said)))
"""


def test_it_works_under_twisted_with_its_own_handling_of_children(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(REACTOR)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert json.loads(done.stdout) == ["crashed", "text", "timeout"]
