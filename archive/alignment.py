"""The runs that two sequences share, in a time that is bounded. Pure.

Where little repeats itself, difflib finds them: its long runs read best. Its time
grows with the square of what repeats, though, and a hostile page may repeat a line
ten thousand times. So what costs too much is first cut at what stands once in both
("patience" order, as in `git diff --patience`), and what even then costs too much is
shared by nobody.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_MOST_AT_ONCE: Final = (
    2_000_000  # steps of one call of difflib: about a fifth of a second
)
_MOST_IN_ALL: Final = 20_000_000
_MOST_CUTS: Final = 8  # one within the other


@dataclass(frozen=True, slots=True)
class Run:
    """So many things stand in both, from a place in the first and one in the second."""

    before: int
    after: int
    length: int


class Allowance:
    """The steps that a whole comparison may take."""

    def __init__(self, steps: int = _MOST_IN_ALL) -> None:
        """Begin with so many."""
        self._left = steps

    def take(self, steps: int) -> bool:
        """Take steps, if there are so many left."""
        if steps > self._left:
            return False
        self._left -= steps
        return True


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of both sequences that has still to be looked at."""

    first: int
    last: int
    after_first: int
    after_last: int
    cuts: int


def shared_runs(
    before: Sequence[str], after: Sequence[str], allowance: Allowance
) -> list[Run]:
    """Find the runs that stand in both in the same order, none touching the next."""
    runs: list[Run] = []
    parts = [_Part(0, len(before), 0, len(after), 0)]
    while parts:
        part = _trimmed(before, after, parts.pop(), runs)
        first, second = (
            before[part.first : part.last],
            after[part.after_first : part.after_last],
        )
        if not first or not second:
            continue
        steps = _steps(first, second)
        if steps <= _MOST_AT_ONCE and allowance.take(steps):
            matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
            runs += (
                Run(part.first + block.a, part.after_first + block.b, block.size)
                for block in matcher.get_matching_blocks()
                if block.size
            )
        elif part.cuts < _MOST_CUTS and allowance.take(len(first) + len(second)):
            parts += _between(_anchors(first, second), part)
    return list(_joined(sorted(runs, key=lambda run: run.before)))


def _trimmed(
    before: Sequence[str], after: Sequence[str], part: _Part, runs: list[Run]
) -> _Part:
    """Take what both begin and end with as runs; give what is left."""
    first, second = part.first, part.after_first
    last, after_last = part.last, part.after_last
    while first < last and second < after_last and before[first] == after[second]:
        first += 1
        second += 1
    while first < last and second < after_last:
        if before[last - 1] != after[after_last - 1]:
            break
        last -= 1
        after_last -= 1
    if first > part.first:
        runs.append(Run(part.first, part.after_first, first - part.first))
    if last < part.last:
        runs.append(Run(last, after_last, part.last - last))
    return _Part(first, last, second, after_last, part.cuts)


def _steps(before: Sequence[str], after: Sequence[str]) -> int:
    """Say how many steps difflib takes at most: pairs and things, for each run."""
    first, second = Counter(before), Counter(after)
    both = first.keys() & second.keys()
    pairs = sum(first[one] * second[one] for one in both)
    runs = min(sum(first[one] for one in both), sum(second[one] for one in both))
    return len(before) + len(after) + (pairs + len(before)) * runs


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Find what stands once in both, as much of it as keeps its order."""
    first, second = Counter(before), Counter(after)
    place = {one: j for j, one in enumerate(after) if second[one] == 1}
    found = [
        (i, place[one])
        for i, one in enumerate(before)
        if first[one] == 1 and one in place
    ]
    # The longest rising sequence: piles of cards, each with a link to the pile before.
    tops: list[int] = []
    top_of: list[int] = []
    below: list[int | None] = []
    for index, (_, j) in enumerate(found):
        pile = bisect_left(tops, j)
        below.append(top_of[pile - 1] if pile else None)
        tops[pile : pile + 1] = [j]
        top_of[pile : pile + 1] = [index]
    rising: list[tuple[int, int]] = []
    at = top_of[-1] if top_of else None
    while at is not None:
        rising.append(found[at])
        at = below[at]
    return rising[::-1]


def _between(anchors: list[tuple[int, int]], part: _Part) -> Iterator[_Part]:
    """Give the parts that anchors cut a part into; each begins with its anchor."""
    if not anchors:
        return
    first, second = part.first, part.after_first
    for i, j in anchors:
        yield _Part(first, part.first + i, second, part.after_first + j, part.cuts + 1)
        first, second = part.first + i, part.after_first + j
    yield _Part(first, part.last, second, part.after_last, part.cuts + 1)


def _joined(runs: list[Run]) -> Iterator[Run]:
    held: Run | None = None
    for run in runs:
        if held is None:
            held = run
        elif (held.before + held.length, held.after + held.length) == (
            run.before,
            run.after,
        ):
            held = Run(held.before, held.after, held.length + run.length)
        else:
            yield held
            held = run
    if held is not None:
        yield held
