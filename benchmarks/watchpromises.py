"""What a watched web is promised, held against its ground truth and its servers' log.

Each function names what is not so, in a sentence. The rhythm and the recheck are those
of the sources that `benchmarks.watchkills` watches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from archive.identity import identity
from archive.model import Capture, Role
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState, Tick, TickKind, TickOutcome
from tests.support.simweb.log import Entry
from tests.support.simweb.webs import Web

RHYTHM: Final = timedelta(minutes=10)
RECHECK: Final = timedelta(hours=1)
# From the answer's last byte to the fsync: a busy machine takes its time.
IN_FLIGHT_S: Final = 5.0
RESOLUTION: Final = timedelta.resolution


def lost(
    web: Web, until: datetime, frontier: Frontier, held: Iterable[Capture]
) -> Iterator[str]:
    """Name the addresses of the ground truth of which no page was kept."""
    kept = {identity(one.discovery.url) for one in held if _is_page(one)}
    for url in sorted(web.addresses(until)):
        address = frontier.get(url)
        if address is None:
            yield f"{url} was never found"
        elif not {identity(url), address.key} & kept:
            yield f"{url} was not fetched: {address.state}, {address.reason}"


def stuck(frontier: Frontier) -> Iterator[str]:
    """Name the addresses that a run seems to have in work, when none goes on."""
    for address in frontier.addresses(state=AddressState.FETCHING):
        yield f"{address.url} is in work for ever, by run {address.run_id}"


def kept_twice(frontier: Frontier, held: Iterable[Capture]) -> Iterator[str]:
    """Name the addresses with two pages before the recheck, or two after it."""
    pages: dict[str, list[Capture]] = defaultdict(list)
    for one in held:
        if _is_page(one):
            pages[one.discovery.url].append(one)
    for url, of_one in pages.items():
        address = frontier.get(url)
        assert address is not None
        due_at = min(one.discovery.found_at for one in of_one) + RECHECK
        early = sorted(one.date for one in of_one if one.date < due_at)
        if len(early) > 1 or len(of_one) - len(early) > 1:
            dates = ", ".join(f"{one.date:%d %H:%M:%S}" for one in reversed(of_one))
            yield f"{url} was kept at {dates}; its recheck was due {due_at:%d %H:%M:%S}"


def asked_for_nothing(
    entries: Iterable[Entry], held: Iterable[Capture], kills: Sequence[float]
) -> Iterator[str]:
    """Name the answers of which nothing was kept, though no kill came in between.

    The kills are instants of the monotonic clock, in seconds, as the entries' are.
    """
    asked: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.status:
            asked[f"{entry.host}{entry.target}"].append(entry)
    kept = Counter(
        one.url.partition("://")[2].replace(_port(one.url), "", 1) for one in held
    )
    for target, of_one in asked.items():
        missing = len(of_one) - kept[target]
        cut = sum(
            any(one.began <= at < one.ended + IN_FLIGHT_S for at in kills)
            for one in of_one
        )
        if missing > cut:
            ends = ", ".join(f"{one.ended:.2f}" for one in of_one)
            yield f"{target}: answers at {ends}, {kept[target]} kept, kills {kills}"
        elif missing < 0:
            yield f"{target}: {kept[target]} captures of {len(of_one)} answers"


def ledger_problems(ticks: Iterable[Tick], kills: int, now: datetime) -> Iterator[str]:
    """Name ticks without exactly one outcome: gaps, doubles, and open ones."""
    by_source: dict[str, list[Tick]] = defaultdict(list)
    for tick in ticks:
        if tick.outcome is None:
            yield f"{tick.source_id} {tick.planned_for}: no outcome"
        if tick.kind is TickKind.POLL:
            by_source[tick.source_id].append(tick)
    for source_id, rows in by_source.items():
        rows.sort(key=lambda tick: tick.planned_for)
        cut = sum(tick.outcome is TickOutcome.FAILED for tick in rows)
        again = sum(bool(tick.planned_for.microsecond) for tick in rows)
        if again > min(cut, kills):
            yield f"{source_id}: {again} tried again, {cut} failed, {kills} kills"
        # The first tick is at the start; from the next on they lie on a grid. One
        # with microseconds is that of a run that was cut off, once more.
        for before, after in pairwise(rows[1:]):
            first, is_again = after.planned_for, after.planned_for.microsecond != 0
            # A second try alone ends a microsecond late, too.
            last = before.planned_until.replace(microsecond=0)
            gap = first.replace(microsecond=0) - last
            if gap != (timedelta() if is_again else RHYTHM):
                yield f"{source_id} {first}: {gap} after the tick before"
            if after.count != 1 + (after.planned_until - first + RESOLUTION) // RHYTHM:
                yield f"{source_id} {first}: {after.count} to {after.planned_until}"
        if now - rows[-1].planned_until > RHYTHM:
            yield f"{source_id}: nothing after {rows[-1].planned_until}, it is {now}"


def _is_page(capture: Capture) -> bool:
    """Whether it is an article, as it was found or unchanged, and whole."""
    is_answer = capture.status in (200, 304) and capture.truncated is None
    return is_answer and capture.discovery.role is Role.ARTICLE


def _port(url: str) -> str:
    return ":" + url.partition("://")[2].partition("/")[0].partition(":")[2]
