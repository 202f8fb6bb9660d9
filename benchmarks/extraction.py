"""How good the texts are and what they cost, beside other extractors.

    python -m benchmarks.extraction [--only NAME…] [--rounds N] [--sample N]
        [--folds N] [--by-dataset] [--worst N] [--calibration]

All pages of the shared corpus, scored by the corpus's own scorer. The contenders
take turns on each page, the first one another each time, so that what else the
machine does falls on all alike; of each, the least CPU time over the rounds counts
for a page. CPU is that of this process alone, garbage collection included.

The folds are parts of the sites: rules that were made by looking at the pages of
one of them are only proved by the others.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks import scoring
from benchmarks.peers.extractors import BASELINE, CONTENDERS, Contender, Extract
from benchmarks.scoring import GoldPage, Row, Scorer

_WARMING: Final = 5  # pages each contender extracts before the clock starts
_EVERY: Final = 100  # pages between two words on progress


@dataclass(slots=True, kw_only=True)
class Answers:
    """What one contender found, page by page, and what it took."""

    contender: Contender
    found: list[Row] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)  # by page
    spent_ms: list[float] = field(default_factory=list)  # the least of each page
    rows: list[Row] = field(default_factory=list)


def ask(
    contenders: Sequence[Contender], pages: Sequence[GoldPage], rounds: int
) -> list[Answers]:
    """Have every contender extract every page in every round, in turn."""
    extracts = [contender.build() for contender in contenders]
    answers = [Answers(contender=contender) for contender in contenders]
    for page in pages[:_WARMING]:
        for extract in extracts:
            _try(extract, page)
    gc.collect()
    gc.freeze()  # what is loaded is not looked through again and again
    for number in range(rounds):
        for place, page in enumerate(pages):
            for turn in range(len(contenders)):
                which = (turn + place + number) % len(contenders)
                spent_ms, found, failure = _try(extracts[which], page)
                one = answers[which]
                if number:
                    one.spent_ms[place] = min(one.spent_ms[place], spent_ms)
                    continue
                one.spent_ms.append(spent_ms)
                one.found.append(found)
                if failure:
                    one.failures[page.meta["id"]] = failure
            if (place + 1) % _EVERY == 0:
                said = f"round {number + 1}: {place + 1} of {len(pages)} pages"
                print(said, file=sys.stderr, flush=True)
    return answers


def _try(extract: Extract, page: GoldPage) -> tuple[float, Row, str]:
    """Extract a page; give the CPU time, what was found, what went wrong."""
    url, captured_at = page.meta["url"], page.captured_at
    found: Row = {}
    failure = ""
    began = time.process_time()
    try:
        found = extract(page.body, url, captured_at)
    except Exception as error:  # noqa: BLE001 - a peer's failure is its result
        failure = f"{type(error).__name__}: {error}"
    return 1000 * (time.process_time() - began), found, failure


# ---------------------------------------------------------------- the report


def report(
    scorer: Scorer, answers: Sequence[Answers], pages: Sequence[GoldPage], options: Any
) -> Iterator[str]:
    """Write all tables that were asked for."""
    yield from _quality(scorer, answers, pages, options)
    yield ""
    times = {one.contender.name: one.spent_ms for one in answers}
    yield from scoring.cpu_lines(times, BASELINE)
    for one in answers:
        if one.failures:
            first = next(iter(one.failures.items()))
            yield f"{one.contender.name} failed on {len(one.failures)}: {first}"
    ours = next((one for one in answers if one.contender.name == "dateline"), None)
    if ours is None:
        return
    for other in answers:
        if other.contender.name.startswith("trafilatura"):
            won, low, high = scoring.gain(ours.rows, other.rows)
            interval = f"{won:+.1f} [{low:+.1f}, {high:+.1f}]"
            yield f"text F1 over {other.contender.name}: {interval}"
    if options.calibration:
        yield ""
        said = [found.get("confidence", 0.0) for found in ours.found]
        yield from scoring.calibration(scorer, zip(said, ours.rows, strict=True))
    if options.worst:
        yield ""
        yield from _worst(scorer, ours, pages, options.worst)


def _quality(
    scorer: Scorer, answers: Sequence[Answers], pages: Sequence[GoldPage], options: Any
) -> Iterator[str]:
    parts: dict[str, list[int]] = {"all": list(range(len(pages)))}
    for number, page in enumerate(pages):
        name = f"fold {page.fold(options.folds) + 1} of {options.folds}"
        parts.setdefault(name, []).append(number)
        if options.by_dataset:
            parts.setdefault(page.meta["dataset"], []).append(number)
    for name, numbers in sorted(parts.items()):
        yield scoring.head(name)
        for one in answers:
            chosen = [one.rows[number] for number in numbers]
            yield scoring.line(scorer, one.contender.name, chosen)
        yield ""


def _worst(
    scorer: Scorer, ours: Answers, pages: Sequence[GoldPage], number: int
) -> Iterator[str]:
    """List the pages with the lowest text F1."""
    texts = [
        (scorer.f1(*row["text"]), found.get("confidence", 0.0), page.meta)
        for page, row, found in zip(pages, ours.rows, ours.found, strict=True)
        if "text" in row
    ]
    for value, confidence, meta in sorted(texts, key=lambda text: text[:2])[:number]:
        yield f"{value:.2f} (confidence {confidence:.2f}) {meta['id']} {meta['url']}"


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="Score and time the extraction.")
    names = [contender.name for contender in CONTENDERS]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=1, help="each Nth page alone")
    parser.add_argument("--folds", type=int, default=2, help="parts of the sites")
    parser.add_argument("--by-dataset", action="store_true")
    parser.add_argument("--worst", type=int, default=0, help="list the N worst pages")
    parser.add_argument("--calibration", action="store_true")
    options = parser.parse_args()
    if reason := scoring.why_not():
        sys.exit(f"nothing to measure: {reason}")
    warnings.simplefilter("ignore")  # of libraries, about pages
    logging.disable(logging.CRITICAL)
    asked = [one for one in CONTENDERS if one.name in options.only]
    contenders = [one for one in asked if one.is_there()]
    missing = [
        c.name for c in CONTENDERS if c.name in options.only and c not in contenders
    ]
    for name in missing:
        print(f"without {name}: not installed")
    scorer = scoring.load_scorer()
    pages = scoring.gold_pages(scorer)[:: options.sample]
    answers = ask(contenders, pages, options.rounds)
    for answer in answers:
        states = answer.contender.states
        answer.rows = [
            scoring.scored(scorer, page, found, states)
            for page, found in zip(pages, answer.found, strict=True)
        ]
    load = os.getloadavg()[0]
    print(f"{len(pages)} pages, {options.rounds} rounds; load {load:.1f}\n")
    for text in report(scorer, answers, pages, options):
        print(text)


if __name__ == "__main__":
    main()
