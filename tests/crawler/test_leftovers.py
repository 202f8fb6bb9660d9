"""What a killed run had in work: settled by what was kept, or due again at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.events import CaptureOrder, read_answer
from archive.model import Discovery, FetchOutcome, Miss, Role
from archive.store import Store
from archive.warc.records import new_record_id
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import Address, AddressState
from crawler.leftovers import settle_leftovers, settle_run
from pipelines.texts import outcome_at_once
from tests.support.builders import NOON, make_exchange, make_response

RUN = "00000000-0000-4000-8000-00000000000a"
LADDER = (3600.0, 86_400.0)
LADDERS = {"example": LADDER}
MINUTE = timedelta(minutes=1)
LATER = NOON + 5 * MINUTE
PAGE = make_response(fields=b'Content-Type: text/html\r\nETag: "v1"\r\n')


class Ground:
    """A collection with a frontier, and a run that takes and keeps."""

    def __init__(self, root: Path) -> None:
        self.collection = Collection.create(root)
        self.watch = WatchDatabase(root)
        self.frontier = Frontier(self.watch)
        self.store = Store(
            self.collection,
            settings=[("software", "test")],
            text_outcome=outcome_at_once,
        )

    def close(self) -> None:
        self.store.close()
        self.watch.close()
        self.collection.close()

    def enter(self, *names: str, source_id: str = "example") -> None:
        self.frontier.enter(
            [discovery(url(name), source_id=source_id) for name in names], now=NOON
        )

    def take(self, run_id: str = RUN, source_id: str = "example") -> list[Address]:
        return list(self.frontier.take(source_id, run_id, now=LATER, limit=99))

    def keep(
        self,
        found_as: str,
        response: bytes = PAGE,
        *,
        seconds: int = 60,
        role: Role = Role.ARTICLE,
        hop_url: str | None = None,
    ) -> str:
        """Keep an answer, acknowledged; gives its record id."""
        exchange = make_exchange(
            hop_url or url(found_as),
            response,
            began_at=NOON + timedelta(seconds=seconds),
        )
        order = CaptureOrder(
            exchange=exchange,
            answer=read_answer(response),
            discovery=discovery(url(found_as), role=role, run_id=RUN),
        )
        return self.store.keep(order).result(30).record_id

    def miss(self, name: str, outcome: FetchOutcome, *, seconds: int = 60) -> str:
        record_id = new_record_id()
        self.store.note(
            Miss(
                record_id=record_id,
                date=NOON + timedelta(seconds=seconds),
                outcome=outcome,
                detail="why",
                url=url(name),
                discovery=discovery(url(name), run_id=RUN),
            )
        ).result(30)
        return record_id

    def settle(self) -> dict[str, int]:
        return settle_leftovers(self.collection, self.frontier, LADDERS, LATER)

    def get(self, name: str) -> Address:
        known = self.frontier.get(url(name))
        assert known is not None
        return known


def url(name: str) -> str:
    return f"http://news.example/2026/{name}"


def discovery(
    found: str,
    *,
    source_id: str = "example",
    role: Role = Role.ARTICLE,
    run_id: str = "run-0",
) -> Discovery:
    return Discovery(
        url=found, role=role, source_id=source_id, run_id=run_id, found_at=NOON
    )


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path / "c")
    yield ground
    ground.close()


def test_what_was_kept_is_settled_and_the_rest_is_due_at_once(ground):
    ground.enter("kept", "refused", "lost")
    ground.take()
    record_id = ground.keep("kept")
    missed = ground.miss("refused", FetchOutcome.REFUSED_ROBOTS)
    assert ground.settle() == {RUN: 3}
    kept = ground.get("kept")
    assert kept.state is AddressState.DUE
    assert kept.due_at == NOON + timedelta(hours=1)
    assert (kept.record_id, kept.status, kept.etag) == (record_id, 200, b'"v1"')
    assert kept.step == 1
    refused = ground.get("refused")
    assert (refused.state, refused.record_id) == (AddressState.REFUSED, missed)
    lost = ground.get("lost")
    assert (lost.state, lost.due_at) == (AddressState.DUE, LATER)
    assert [a.url for a in ground.take("run-2")] == [url("lost")]


def test_runs_that_are_alive_are_left_alone(ground):
    ground.enter("mine", source_id="example")
    ground.take()
    ground.enter("other", source_id="other")
    ground.take("dead", "other")
    settled = settle_leftovers(
        ground.collection,
        ground.frontier,
        LADDERS,
        LATER,
        is_alive=lambda run_id: run_id == RUN,
    )
    assert settled == {"dead": 1}
    assert ground.frontier.in_work() == {RUN: 1}
    assert settle_run(ground.collection, ground.frontier, "no run", {}, LATER) == 0


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"308 Moved"])
def test_a_chain_of_redirects_that_was_cut_is_begun_again(ground, status):
    ground.enter("moved")
    ground.take()
    ground.keep("moved", make_response(b"", status=status))
    ground.settle()
    assert ground.get("moved").due_at == LATER
    assert ground.get("moved").step == 0


def test_the_end_of_a_chain_counts_wherever_it_lies(ground):
    ground.enter("moved")
    ground.take()
    ground.keep("moved", make_response(b"", status=b"301 Moved"))
    end = ground.keep("moved", seconds=61, hop_url="http://elsewhere.example/b")
    ground.settle()
    assert ground.get("moved").record_id == end
    assert ground.get("moved").step == 1


def test_what_came_last_counts(ground):
    ground.enter("a", "b")
    ground.take()
    ground.miss("a", FetchOutcome.TIMEOUT, seconds=60)
    ground.keep("a", seconds=61)
    ground.keep("b", make_response(b"", status=b"301 Moved"), seconds=60)
    ground.miss("b", FetchOutcome.TOO_MANY_REDIRECTS, seconds=61)
    ground.settle()
    assert ground.get("a").state is AddressState.DUE
    assert ground.get("b").state is AddressState.FAILED


def test_what_the_run_kept_the_time_before_does_not_count_again(ground):
    ground.enter("a")
    (taken,) = ground.take()
    ground.keep("a", seconds=60)
    again = replace(
        taken,
        state=AddressState.DUE,
        due_at=NOON,
        step=1,
        last_at=NOON + timedelta(seconds=60),
    )
    assert ground.frontier.settle(again)
    assert len(ground.take()) == 1
    ground.settle()
    assert ground.get("a").due_at == LATER
    assert ground.get("a").step == 1


def test_the_robots_txt_and_the_seed_of_a_run_are_not_its_articles(ground):
    ground.enter("a")
    ground.take()
    ground.keep("a", role=Role.SEED)
    ground.keep("a", role=Role.ROBOTS)
    ground.settle()
    assert ground.get("a").due_at == LATER


def test_a_source_that_is_no_longer_described_has_no_ladder(ground):
    ground.enter("a")
    ground.take()
    ground.keep("a")
    settle_leftovers(ground.collection, ground.frontier, {}, LATER)
    assert ground.get("a").state is AddressState.FETCHED


def test_a_record_that_can_not_be_read_costs_its_validators_only(ground):
    ground.enter("a")
    ground.take()
    ground.keep("a")
    for path in ground.collection.unfinished():
        path.write_bytes(b"\0" * path.stat().st_size)
    ground.settle()
    known = ground.get("a")
    assert (known.step, known.status, known.etag) == (1, 200, None)
