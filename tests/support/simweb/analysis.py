"""How hosts were treated, told from the log. Functions of entries alone.

Hosts are named by their address. Spans are in seconds of the monotonic clock,
or with `sim=True` of the simulated one; from the beginning of a request to the
beginning of the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import pairwise

from tests.support.simweb.log import Entry


def by_host(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Sort the entries by host, and those of a host by their beginning."""
    hosts: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        hosts[entry.host].append(entry)
    for of_host in hosts.values():
        of_host.sort(key=lambda entry: entry.began)
    return dict(hosts)


def neighbours(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Give each two requests that one host got one after the other."""
    for of_host in by_host(entries).values():
        yield from pairwise(of_host)


def fetches(entries: Iterable[Entry], host: str, path: str) -> list[Entry]:
    """Give the requests for a path, whatever their query."""
    return [
        entry
        for entry in by_host(entries).get(host, [])
        if entry.path == path and entry.method
    ]


def shortest_interval(
    entries: Iterable[Entry], host: str, *, sim: bool = False
) -> float | None:
    """Give the shortest span between two requests to a host; None if there is none."""
    of_host = by_host(entries).get(host, [])
    return min(
        (b.begins(sim=sim) - a.begins(sim=sim) for a, b in pairwise(of_host)),
        default=None,
    )


def intervals_shorter_than(
    entries: Iterable[Entry],
    seconds: float,
    *,
    host: str | None = None,
    sim: bool = False,
) -> list[tuple[Entry, Entry]]:
    """Give the neighbouring requests that were closer than so many seconds."""
    return [
        (a, b)
        for a, b in neighbours(entries)
        if host in {None, a.host} and b.begins(sim=sim) - a.begins(sim=sim) < seconds
    ]


def concurrency(entries: Iterable[Entry], host: str) -> int:
    """Give the greatest number of requests to a host that were in flight at once."""
    steps = []
    for entry in entries:
        if entry.host == host:
            steps += [(entry.began, 1), (entry.ended, -1)]
    steps.sort()  # at one instant an end comes before a beginning
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def connections(entries: Iterable[Entry], host: str) -> int:
    """Count the connections that a host got requests by, or cut off itself."""
    return len({entry.connection for entry in entries if entry.host == host})


def after_retry_after(
    entries: Iterable[Entry],
    host: str | None = None,
    *,
    sim: bool = False,
    slack_s: float = 0.0,
) -> list[tuple[Entry, Entry]]:
    """Give (answer, request) where a host asked for patience and was not heard.

    Seconds count from the end of the answer; a date is one of the simulated
    clock (RFC 9110, 10.2.3).
    """
    found = []
    for address, of_host in by_host(entries).items():
        if host not in {None, address}:
            continue
        for number, asking in enumerate(of_host):
            found += [
                (asking, entry)
                for entry in of_host[number + 1 :]
                if _is_too_early(asking, entry, sim=sim, slack_s=slack_s)
            ]
    return found


def _is_too_early(asking: Entry, entry: Entry, *, sim: bool, slack_s: float) -> bool:
    if asking.retry_after is None or entry.began < asking.ended:
        return False
    if asking.retry_after.isdecimal():
        until = asking.ends(sim=sim) + int(asking.retry_after)
        return entry.begins(sim=sim) < until - slack_s
    date = parsedate_to_datetime(asking.retry_after).replace(tzinfo=UTC)
    return entry.sim_began < date.timestamp() - slack_s


def fetched_twice(
    entries: Iterable[Entry], within_s: float, *, sim: bool = False
) -> list[tuple[Entry, Entry]]:
    """Give two complete answers to one target of a host, within so many seconds."""
    last: dict[tuple[str, str], Entry] = {}
    found = []
    for of_host in by_host(entries).values():
        for entry in of_host:
            if not entry.is_complete or entry.status not in {200, 304}:
                continue
            before = last.get((entry.host, entry.target))
            last[entry.host, entry.target] = entry
            if before and entry.begins(sim=sim) - before.ends(sim=sim) < within_s:
                found.append((before, entry))
    return found
