"""What a text says twice: phone and desktop copies, teasers, bodies doubled. Pure.

Refrains, table rows, questions of a questionnaire and "Makes 8 servings" repeat too:
what goes is a long sentence said twice, and what stands beside it both times.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipelines.body.lines import Line, standing

RULE: Final = "repeat"
WHOLE_RULE: Final = "repeat:whole"
TEASER_RULE: Final = "repeat:teaser"
_LONG: Final = 80  # characters; a sentence of that length does not recur by chance
_LONG_UNSPACED: Final = 40  # in scripts that say more with a character
_LEAST_NEXT: Final = 24  # characters of a line that follows itself
_CUT: Final = ("…", "...", "[…]", "[...]")
_LEAST_CUT: Final = 30  # characters before the dots


def drop_repeats(lines: Sequence[Line]) -> None:
    """Mark the lines that only say again what another line says."""
    _drop_whole(standing(lines))
    _drop_copies(standing(lines))
    _drop_teasers(standing(lines))


def _drop_copies(left: Sequence[Line]) -> None:
    times = Counter(line.text for line in left)
    if len(times) == len(left):
        return
    first: dict[str, int] = {}
    origin: list[int | None] = []  # of a repeated line, its first place
    for place, line in enumerate(left):
        known = first.setdefault(line.text, place)
        origin.append(known if known != place else None)
        if known == place:
            continue
        follows = known == place - 1 and len(line.text) >= _LEAST_NEXT
        if follows or (times[line.text] == 2 and _is_long(line)):
            line.rule = RULE
    for places, step in (
        (range(1, len(left)), -1),
        (range(len(left) - 2, -1, -1), 1),
    ):
        for place in places:
            here, beside = origin[place], origin[place + step]
            if (
                left[place + step].rule == RULE
                and here is not None
                and beside is not None
                and beside - here == step
            ):
                left[place].rule = RULE


def _drop_whole(lines: Sequence[Line]) -> None:
    """Drop a line that holds all the others: the body as one paragraph."""
    if len(lines) < 3:
        return
    whole = max(lines, key=lambda line: len(line.text))
    others = [line.text for line in lines if line is not whole and _is_long(line)]
    if sum(map(len, others)) * 10 > len(whole.text) * 8 and all(
        text in whole.text for text in others
    ):
        whole.rule = WHOLE_RULE


def _drop_teasers(lines: Sequence[Line]) -> None:
    """Drop lines that are cut off with dots where another line goes on."""
    cut = [line for line in lines if line.text.endswith(_CUT)]
    if not cut:
        return
    texts = sorted({line.text for line in lines})
    for line in cut:
        begun = line.text.rstrip(".… []")
        # All that begin so follow one another; the line itself is one of them.
        place = bisect_left(texts, begun)
        beginning_so = [
            text for text in texts[place : place + 2] if text.startswith(begun)
        ]
        if len(begun) >= _LEAST_CUT and beginning_so != [line.text]:
            line.rule = TEASER_RULE


def _is_long(line: Line) -> bool:
    least = _LONG if " " in line.text or line.text.isascii() else _LONG_UNSPACED
    return len(line.text) >= least and line.is_sentence and line.text[-1] not in "?？؟"
