from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from archive.model import TextOutcome
from pipelines.pool import ExtractionPool
from tests.pipelines.test_pool import BAD, ROOT, a_page

pytestmark = pytest.mark.crash
MEMORY = 128 * 2**20
TIME_S = 1.5


@pytest.fixture(scope="module")
def pool():
    with ExtractionPool(
        1, extractor=BAD, time_limit_s=TIME_S, memory_limit=MEMORY
    ) as pool:
        yield pool


DEEDS = [
    ("hang", TextOutcome.TIMEOUT, "not done after 1.5 s"),
    ("backtrack", TextOutcome.TIMEOUT, "not done after 1.5 s"),
    ("stop", TextOutcome.TIMEOUT, "not done after 1.5 s"),
    ("crash", TextOutcome.CRASHED, "the worker was killed by SIGSEGV"),
    ("leave", TextOutcome.CRASHED, "the worker ended with exit code 7"),
    ("scribble", TextOutcome.CRASHED, "the worker's answer makes no sense"),
    ("eat", TextOutcome.MEMORY, "MemoryError was raised"),
    ("eat_in_c", TextOutcome.MEMORY, "the worker was killed by SIGABRT"),
    ("exit_politely", TextOutcome.FAILED, "SystemExit: no more"),
    ("blunder", TextOutcome.FAILED, "ValueError: two lines"),
    ("recurse", TextOutcome.FAILED, "RecursionError: maximum recursion"),
    ("give_a_number", TextOutcome.FAILED, "the extractor returned a int"),
    ("give_wrong_fields", TextOutcome.FAILED, "the extractor returned what is no ex"),
]


@pytest.mark.parametrize(("deed", "outcome", "detail"), DEEDS)
def test_a_page_costs_its_own_text_and_nothing_else(pool, deed, outcome, detail):
    before, page, after = (
        pool.submit(a_page(payload)) for payload in ("before", deed, "after")
    )
    assert before.result().text == "before"
    began = time.monotonic()
    extraction = page.result()
    assert time.monotonic() - began < TIME_S + 5
    assert (extraction.outcome, extraction.text) == (outcome, "")
    assert extraction.detail.startswith(detail)
    assert after.result().text == "after"


def test_no_page_pays_for_a_worker_that_was_killed_while_it_was_idle(pool):
    for _ in range(3):
        worker = int(pool.submit(a_page("process")).result().text)
        os.kill(worker, signal.SIGKILL)
        assert pool.submit(a_page("next")).result().text == "next"


def test_a_killed_nursery_is_replaced(pool):
    worker = psutil.Process(int(pool.submit(a_page("process")).result().text))
    nursery = worker.parent()
    assert nursery is not None
    nursery.kill()
    assert pool.submit(a_page("next")).result().text == "next"
    assert pool.submit(a_page("crash")).result().outcome is TextOutcome.CRASHED
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running()


PARENT = """
    import time
    from pipelines.pool import ExtractionPool
    from tests.pipelines.test_pool import BAD, a_page

    pool = ExtractionPool(2, extractor=BAD, time_limit_s=600)
    print(pool.submit(a_page("process")).result().text, flush=True)
    for deed in ("backtrack", "hang"):
        pool.submit(a_page(deed))
    time.sleep(600)
"""


@pytest.fixture
def parent():
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def _family(parent: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait for the nursery and two busy workers."""
    assert parent.stdout is not None
    assert parent.stdout.readline()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        family = psutil.Process(parent.pid).children(recursive=True)
        if len(family) == 3:
            time.sleep(0.3)  # for the pages to be taken
            return family
        time.sleep(0.05)
    raise AssertionError("the workers were not started")


@pytest.mark.parametrize("doomed", ["parent", "parent and nursery"])
def test_a_killed_parent_leaves_no_orphans(parent, doomed):
    family = _family(parent)
    if doomed == "parent and nursery":
        # Stopped, it can neither see the end of the pool nor kill anybody.
        family[0].suspend()
    parent.kill()
    if doomed == "parent and nursery":
        family[0].kill()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_an_interrupt_of_the_group_does_not_reach_the_workers(parent):
    family = _family(parent)
    for process in family:
        process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert all(process.is_running() for process in family)
    assert all(process.status() != psutil.STATUS_ZOMBIE for process in family)


def test_no_process_and_no_descriptor_is_left_behind(pool):
    def count() -> tuple[int, int]:
        this = psutil.Process()
        return this.num_fds(), len(this.children(recursive=True))

    pool.submit(a_page("first")).result()
    before = count()
    for deed in ("crash", "leave", "eat", "scribble", "text") * 3:
        pool.submit(a_page(deed)).result()
    deadline = time.monotonic() + 20
    while count() != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert count() == before
