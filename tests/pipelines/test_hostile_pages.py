"""Pages that mean harm cost their own text at most, and never more time than allowed.

Through the pool every page has an outcome, and the next page is none the worse. What
is neither big nor deep has to be survived without the pool's help.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from archive.model import TextOutcome
from pipelines.article_text import extract, page_of
from pipelines.extraction import Page
from pipelines.pool import ExtractionPool
from tests.support.hostilemarkup import PROSE, page
from tests.support.hostilepages import HEAVY, QUICK, Hostile

LIMIT_S = 2.0
SOON_S = 4.0  # CPU of a page of at most some megabytes, on a busy machine
READ = (TextOutcome.TEXT, TextOutcome.EMPTY, TextOutcome.OTHER_CLASS)
KILLED = (TextOutcome.TIMEOUT, TextOutcome.MEMORY, TextOutcome.CRASHED)
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
URL = "https://verity.example/2024/03/11/lighthouse-stays.html"


def a_page(hostile: Hostile) -> Page:
    return page_of(
        hostile.make(), URL, captured_at=WHEN, content_type=hostile.content_type
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[ExtractionPool]:
    with ExtractionPool(1, time_limit_s=LIMIT_S, memory_limit=768 << 20) as pool:
        pool.info  # noqa: B018 - loads the extractor
        yield pool


def named(hostile: Hostile) -> str:
    return hostile.name


@pytest.mark.parametrize("hostile", QUICK, ids=named)
def test_a_strange_page_is_read(hostile):
    body = hostile.make()
    began = time.process_time()
    extraction = extract(body, URL, content_type=hostile.content_type, captured_at=WHEN)
    assert time.process_time() - began < SOON_S
    assert extraction.outcome in READ, extraction.detail
    assert 0 <= extraction.confidence <= 1


@pytest.mark.parametrize(
    "hostile", [one for one in QUICK if one.name.startswith("run of ")], ids=named
)
def test_a_run_of_one_thing_does_not_cost_the_article(hostile):
    text = extract(hostile.make(), URL, captured_at=WHEN).text
    assert PROSE[0] in text
    assert PROSE[-1] in text


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HEAVY, ids=named)
def test_a_heavy_page_has_an_outcome_within_the_limits(pool, hostile):
    began = time.monotonic()
    extraction = pool.submit(a_page(hostile)).result()
    assert time.monotonic() - began < 2 * LIMIT_S + 5  # a death is tried once more
    assert extraction.outcome in (*READ, *KILLED), extraction.detail
    assert (extraction.outcome in KILLED) <= bool(extraction.detail)


def test_hostile_pages_leave_a_pool_that_works():
    good = page_of(page(""), URL, captured_at=WHEN)
    with ExtractionPool(2) as pool:
        expected = pool.submit(good).result()
        strange = [pool.submit(a_page(hostile)) for hostile in QUICK[::5]]
        again = [pool.submit(good) for _ in range(4)]
        assert all(one.result().outcome in READ for one in strange)
        assert [one.result() for one in again] == [expected] * 4
    assert PROSE[0] in expected.text
