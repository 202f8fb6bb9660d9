"""What a run had in work when it was cut off, and what the archive holds of it [I/O].

Between an answer that is on disk and its address settled lies a moment in which a
process may be killed. What was kept counts, so that nothing is fetched twice; the
rest is due again at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from archive import questions
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.message import Head, MessageError
from archive.model import Capture, Miss, Role
from archive.questions import Limits
from archive.reading import load_answer
from archive.watch.frontier import Frontier
from archive.watch.model import Address
from crawler.outlook import after_capture, after_miss, is_hop

_Event = TypeVar("_Event", Capture, Miss)


def settle_leftovers(
    collection: Collection,
    frontier: Frontier,
    ladders: Mapping[str, Sequence[float]],
    now: datetime,
    *,
    is_alive: Callable[[str], bool] = lambda _run_id: False,
) -> dict[str, int]:
    """Settle or give back what runs have in work that `is_alive` says are dead.

    The catalogue has to be level with the WARC files. Gives how many addresses of
    each run. Raises StorageError.
    """
    dead = [run_id for run_id in frontier.in_work() if not is_alive(run_id)]
    return {
        run_id: settle_run(collection, frontier, run_id, ladders, now)
        for run_id in dead
    }


def settle_run(
    collection: Collection,
    frontier: Frontier,
    run_id: str,
    ladders: Mapping[str, Sequence[float]],
    now: datetime,
) -> int:
    """Settle or give back what one run has in work; `ladders` are by source id."""
    taken = frontier.taken_by(run_id)
    if not taken:
        return 0
    limits = Limits(run_id=run_id)
    kept = (one.capture for one in questions.captures(collection.catalogue, limits))
    captures = _latest(kept)
    misses = _latest(questions.misses(collection.catalogue, limits))
    settled = []
    for address in taken:
        capture = _of_this_time(captures.get(address.url), address)
        miss = _of_this_time(misses.get(address.url), address)
        ladder = ladders.get(address.source_id, ())
        if miss is not None and (capture is None or miss.date >= capture.date):
            settled.append(
                after_miss(
                    address, miss.outcome, miss.detail, miss.record_id, ladder, now
                )
            )
        elif capture is not None and not is_hop(capture):
            head = _head(collection, capture)
            settled.append(after_capture(address, capture, head, ladder, now))
    if settled:
        frontier.settle_many(settled)
    return len(settled) + frontier.release(run_id, now=now)


def _latest(events: Iterable[_Event]) -> dict[str, _Event]:
    """Give the last event of each address that was asked for, as it was found."""
    latest: dict[str, _Event] = {}
    for event in events:
        discovery = event.discovery
        if discovery.role is Role.ARTICLE:
            before = latest.get(discovery.url)
            if before is None or before.date < event.date:
                latest[discovery.url] = event
    return latest


def _of_this_time(event: _Event | None, address: Address) -> _Event | None:
    """Leave out what came of an earlier time that the run took the address."""
    if event is None or address.last_at is None or event.date > address.last_at:
        return event
    return None


def _head(collection: Collection, capture: Capture) -> Head | None:
    with suppress(ArchiveError, MessageError, OSError):
        return load_answer(collection, capture).head
    return None  # asked for unconditionally then, the next time
