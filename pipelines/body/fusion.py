"""Several proposals become one text. Pure.

The rules and what each is worth: docs/decisions/0016-text-by-votes.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

from pipelines.body.shingles import Shingles, agreement, count_words, coverage, shingles

_MARGIN: Final = 0.05  # mean agreement by which another proposal has to be better
_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟।۔”\"»’')\]]\s*$")
_SENTENCE: Final = 60  # characters of a line that is more than a label
_PROSE: Final = 0.7  # of the words
_COVERED: Final = 0.85
_SHORTLY: Final = 3  # lines before a text, in which its first can stand
_TOLD: Final = 0.4  # of a description, that is in the first paragraph
_WORD: Final = re.compile(r"\w+")


def most_agreed(
    proposals: Mapping[str, str], base: str, stated: str | None = None
) -> str:
    """Give the proposal that agrees best with the others, the base if none is better.

    A body that the page states in its data counts twice among the others.
    """
    weighted = [(text, 1) for text in proposals.values()]
    if stated:
        weighted.append((stated, 2))

    def agreed(number: int) -> float:
        text = weighted[number][0]
        others = weighted[:number] + weighted[number + 1 :]
        weight = sum(weight for _, weight in others)
        return sum(w * agreement(text, other) for other, w in others) / max(1, weight)

    held = list(proposals).index(base)
    best = max(range(len(weighted)), key=agreed)
    return weighted[best if agreed(best) > agreed(held) + _MARGIN else held][0]


def with_stated_body(
    text: str, stated: str, proposals: Sequence[str]
) -> tuple[str, bool]:
    """Hold a text against the body that the page's own data state.

    Gives the text, and whether it is confirmed. If the text lacks much of the body,
    a proposal that has it is taken, or the body. What stands before the first line
    of the body and after the last is cut.
    """
    if coverage(stated, text) < 0.6:
        having = (other for other in proposals if coverage(stated, other) >= _COVERED)
        found = next(having, None)
        if found is None:
            return stated, True
        text = found
    body, lines = shingles(stated), text.split("\n")
    inside = [_stands_in(line, stated, body) for line in lines]
    held = sum(len(line) for line, is_in in zip(lines, inside, strict=True) if is_in)
    if held >= 0.7 * len(stated) and any(inside):
        first = inside.index(True)
        last = len(inside) - inside[::-1].index(True)
        text = "\n".join(lines[first:last])
    return text, coverage(stated, text) > _COVERED


def with_lost_part(text: str, wider: str, others: Sequence[str]) -> str:
    """Take back a part that was lost: lines of a wider text that others confirm.

    The wider text has to hold the narrow one, and what it has more has to be mostly
    sentences, confirmed by others.
    """
    length = count_words(text)
    if not length or count_words(wider) < 1.3 * length:
        return text
    narrow = shingles(text)
    if coverage(text, wider) < _COVERED:
        return text
    lines = [line for line in wider.split("\n") if line.strip()]
    more = [line for line in lines if coverage(line, narrow) < 0.5]
    confirming = _union(others)
    confirmed = [line for line in more if coverage(line, confirming) >= 0.5]
    if not _are_prose(more) or _words_of(confirmed) < 0.8 * _words_of(more):
        return text
    wanted = set(confirmed)
    return "\n".join(
        line for line in lines if line in wanted or coverage(line, narrow) >= 0.5
    )


def with_lead(text: str, wider: str, descriptions: Sequence[str]) -> str:
    """Take back first paragraphs that were lost: sentences that a wider text has.

    They stand shortly before the text, and what the page says of itself is in them:
    many newsrooms describe a page by the beginning of its article.
    """
    lines = text.split("\n")
    place = next((n for n, line in enumerate(lines) if len(line) >= _SENTENCE), None)
    if place is None or not descriptions:
        return text
    others = [line.strip() for line in wider.split("\n") if line.strip()]
    start = lines[place].strip()[:_SENTENCE]
    after = next((n for n, line in enumerate(others) if start in line), 0)
    known = shingles(text)
    lead = [
        number
        for number in range(max(0, after - _SHORTLY), after)
        if _is_sentence(line := others[number])
        and coverage(line, known) < 0.3
        and any(coverage(said, line) >= _TOLD for said in descriptions)
    ]
    # Before a heading that stands behind it on the page.
    behind = others[lead[-1] + 1 : after] if lead else []
    while place and lines[place - 1].strip() in behind:
        place -= 1
    found = (others[number] for number in lead)
    return "\n".join((*lines[:place], *found, *lines[place:]))


def is_prose(text: str) -> bool:
    """Whether a text is mostly sentences."""
    return _are_prose(text.split("\n"))


def without_tail(text: str, strict: str) -> str:
    """Cut what follows the last line that a strict extractor has too.

    Only if that has nearly all of the rest, and the tail is worth a paragraph or two.
    """
    known = _letters(strict)
    if len(known) < 400:
        return text
    lines = [line for line in text.split("\n") if line.strip()]
    letters = [_letters(line) for line in lines]
    tested = [len(one) >= 16 for one in letters]
    inside = [
        test and one[:80] in known for one, test in zip(letters, tested, strict=True)
    ]
    if not any(inside):
        return text
    last = len(lines) - inside[::-1].index(True)
    head = sum(
        len(one) for one, test in zip(letters[:last], tested, strict=False) if test
    )
    held = sum(
        len(one) for one, is_in in zip(letters[:last], inside, strict=False) if is_in
    )
    tail = sum(map(len, lines[last:]))
    if held >= 0.9 * head and 400 <= tail <= 1.5 * head:
        return "\n".join(lines[:last])
    return text


def _stands_in(line: str, text: str, body: Shingles) -> bool:
    if count_words(line) >= 4:
        return coverage(line, body) >= 0.5
    return bool(line.strip()) and line.strip() in text


def _are_prose(lines: Sequence[str]) -> bool:
    total = _words_of(lines)
    sentences = _words_of([line for line in lines if _is_sentence(line)])
    return total > 0 and sentences >= _PROSE * total


def _is_sentence(line: str) -> bool:
    return len(line) >= _SENTENCE and _SENTENCE_END.search(line) is not None


def _union(texts: Sequence[str]) -> Shingles:
    return reduce(or_, map(shingles, texts), shingles(""))


def _words_of(lines: Sequence[str]) -> int:
    return sum(map(count_words, lines))


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text))
