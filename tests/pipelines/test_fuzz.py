"""Spoilt pages: each has an outcome, and the same one each time.

`benchmarks/fuzz.py` is the long form, with real pages.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

import crawler.newsroom
from archive.model import TextOutcome
from pipelines.article_text import page_of
from pipelines.extraction import Page
from pipelines.pool import ExtractionPool
from tests.support.hostilemarkup import bad_dates, odd_json_ld, page
from tests.support.mutations import MUTATIONS, mutated

SITE = Path(crawler.newsroom.__file__).parent / "site"
PAGES = (
    *(path.read_bytes() for path in sorted(SITE.rglob("*.html"))),
    page(""),
    odd_json_ld(),
    bad_dates(),
)
WHEN = datetime(2024, 5, 6, tzinfo=UTC)
NUMBER = 200
WRONG = (
    TextOutcome.CRASHED,
    TextOutcome.FAILED,
    TextOutcome.MEMORY,
    TextOutcome.TIMEOUT,
)


def spoilt(number: int) -> Page:
    body = mutated(f"test:{number}", PAGES)
    return page_of(body, f"https://verity.example/{number}", captured_at=WHEN)


def test_spoilt_pages_are_read_and_give_the_same_again():
    with ExtractionPool(2) as pool:
        futures = [pool.submit(spoilt(number)) for number in range(NUMBER)]
        found = [future.result() for future in futures]
        sample = range(0, NUMBER, 10)
        again = [pool.submit(spoilt(number)) for number in reversed(sample)]
        assert [one.result() for one in again][::-1] == [found[n] for n in sample]
    wrong = {n: one for n, one in enumerate(found) if one.outcome in WRONG}
    assert not wrong


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_a_mutation_is_made_by_its_seed_alone_and_takes_any_page(mutation):
    for body in (b"", b"<", PAGES[0]):
        once, twice = (mutation(Random(7), body, PAGES) for _ in range(2))
        assert once == twice


def test_mutations_spoil_pages():
    spoilt_pages = {mutated(f"differ:{number}", PAGES) for number in range(100)}
    assert len(spoilt_pages - set(PAGES)) > 95
