"""The corpus's own scorer, and tables of what it gives."""

from __future__ import annotations

import importlib.util
import random
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from archive.digests import sha256_label
from benchmarks import corpus

SCORER: Final = Path(corpus.FOLDER).parent / "tools" / "score_extraction.py"
# Pages whose source does not say when it fetched them: the day the corpus was made.
_CAPTURED_AT: Final = datetime(2026, 11, 22, tzinfo=UTC)
_DRAWS: Final = 1000  # of the bootstrap
_GOOD: Final = 0.9  # page F1
_BAD: Final = 0.8

Row = dict[str, Any]
Scorer = Any  # the module below, which is not ours


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPage:
    """A page of the corpus with its gold."""

    body: bytes
    meta: dict[str, Any]  # of the corpus, see its README

    @property
    def captured_at(self) -> datetime:
        """Tell when the page was fetched, as far as its source says so."""
        if stated := self.meta.get("crawl_date"):
            moment = datetime.fromisoformat(stated)
            return moment.replace(tzinfo=moment.tzinfo or UTC)
        return _CAPTURED_AT

    def fold(self, folds: int) -> int:
        """Tell in which fold its site is: all pages of a site are in one."""
        return int(sha256_label(f"fold {self.meta['site']}".encode())[-8:], 16) % folds


def why_not() -> str | None:
    """Say what is missing to score anything; None if nothing is."""
    if not corpus.is_there():
        return f"no corpus in {corpus.FOLDER} (set DATELINE_CORPUS)"
    return None if SCORER.is_file() else f"no scorer at {SCORER}"


def load_scorer() -> Scorer:
    """Load the scorer that lies beside the corpus."""
    spec = importlib.util.spec_from_file_location("score_extraction", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold_pages(scorer: Scorer) -> list[GoldPage]:
    """Read the whole corpus, in the order of its index."""
    metas = {meta["id"]: meta for meta in scorer.pages(corpus.FOLDER)}
    return [GoldPage(body=p.body, meta=metas[p.id]) for p in corpus.pages()]


def scored(scorer: Scorer, page: GoldPage, found: Row, states: Sequence[str]) -> Row:
    """Score what was found on a page, by the fields that the contender states."""
    row: Row = scorer.score(page.meta, found)
    for field in ("title", "authors", "date"):
        if field not in states:
            row.pop(field, None)
    if "language" in states and page.meta["gold"].get("text"):
        said = (found.get("language") or "").replace("_", "-").partition("-")[0]
        row["language"] = said.lower() == (page.meta.get("language") or "")
    return row


# ---------------------------------------------------------------- tables


def head(name: str) -> str:
    """Write the head of the table of quality."""
    return (
        f"{name:<22}{'pages':>6}{'P':>7}{'R':>7}{'F1':>7}{'page F1':>9}{'< 0.8':>7}"
        f"{'snippets':>10}{'title':>7}{'authors':>9}{'day':>7}{'lang.':>7}"
    )


def line(scorer: Scorer, name: str, rows: Sequence[Row]) -> str:
    """Write one line of the table of quality; all figures are percentages."""
    texts = [row["text"] for row in rows if "text" in row]
    precision, recall, both = _rates(texts)
    pages = [scorer.f1(*counts) for counts in texts]
    snippets = [row["snippets"] for row in rows if "snippets" in row]
    summed = [sum(column) for column in zip(*snippets, strict=True)]
    cells = [
        (precision, 7),
        (recall, 7),
        (both, 7),
        (_mean(pages), 9),
        (_mean([value < _BAD for value in pages]), 7),
        (scorer.f1(*summed) if summed else None, 10),
        *(
            (_mean([row[field] for row in rows if field in row]), width)
            for field, width in zip(
                ("title", "authors", "date", "language"), (7, 9, 7, 7), strict=True
            )
        ),
    ]
    return f"{name:<22}{len(texts):>6}" + "".join(
        f"{100 * value:>{width}.1f}" if value is not None else f"{'-':>{width}}"
        for value, width in cells
    )


def gain(ours: Sequence[Row], theirs: Sequence[Row]) -> tuple[float, float, float]:
    """Give the gain in text F1, and its 95 % interval: pages drawn in pairs."""
    pairs = [
        (one["text"], other["text"])
        for one, other in zip(ours, theirs, strict=True)
        if "text" in one and "text" in other
    ]
    dice = random.Random(602)

    def difference(drawn: Sequence[tuple[Any, Any]]) -> float:
        mine, yours = zip(*drawn, strict=True)
        return 100 * ((_rates(mine)[2] or 0.0) - (_rates(yours)[2] or 0.0))

    drawn = sorted(difference(dice.choices(pairs, k=len(pairs))) for _ in range(_DRAWS))
    return difference(pairs), drawn[_DRAWS // 40], drawn[-_DRAWS // 40]


def calibration(
    scorer: Scorer, answers: Iterable[tuple[float, Row]], bands: int = 10
) -> Iterator[str]:
    """Say how good the texts of each band of confidence are."""
    yield f"{'confidence':<14}{'pages':>6}{'mean F1':>9}{'good':>7}{'< 0.8':>7}"
    held: list[list[tuple[float, float]]] = [[] for _ in range(bands)]
    for confidence, row in answers:
        if "text" in row:
            place = min(bands - 1, int(confidence * bands))
            held[place].append((confidence, scorer.f1(*row["text"])))
    gap, pages = 0.0, sum(map(len, held))
    for number, band in enumerate(held):
        if not band:
            continue
        values = [value for _, value in band]
        good = statistics.mean(value >= _GOOD for value in values)
        gap += abs(good - statistics.mean(said for said, _ in band)) * len(band)
        span = f"{number / bands:.1f} to {(number + 1) / bands:.1f}"
        bad = statistics.mean(value < _BAD for value in values)
        yield (
            f"{span:<14}{len(band):>6}{100 * statistics.mean(values):>9.1f}"
            f"{100 * good:>7.1f}{100 * bad:>7.1f}"
        )
    if pages:
        yield f"expected calibration error {gap / pages:.3f} (good: F1 of {_GOOD})"


def cpu_lines(times: Mapping[str, Sequence[float]], baseline: str) -> Iterator[str]:
    """Write the table of CPU: milliseconds a page, and the share of the baseline."""
    yield (
        f"{'CPU, ms a page':<22}{'median':>9}{'mean':>9}{'95th':>9}{'worst':>9}"
        f"   of {baseline}: {'median':>7}{'mean':>7}{'95th':>7}{'page by page':>14}"
    )
    base = times.get(baseline)
    for name, spent in times.items():
        figures = _figures(spent)
        cells = f"{name:<22}" + "".join(f"{f:>9.1f}" for f in (*figures, max(spent)))
        if base:
            ratios = [a / b for a, b in zip(figures, _figures(base), strict=True)]
            ratios.append(
                statistics.median(a / b for a, b in zip(spent, base, strict=True))
            )
            cells += " " * (6 + len(baseline)) + "".join(f"{r:>8.2f}" for r in ratios)
        yield cells


def _figures(spent: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(spent)
    worst = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return statistics.median(ordered), statistics.mean(ordered), worst


def _rates(
    texts: Sequence[tuple[int, int, int]],
) -> tuple[float | None, float | None, float | None]:
    """Give precision, recall and F1 of a set, as the corpus's README defines them."""
    precision = _mean([tp / (tp + fp) for tp, fp, _ in texts if tp + fp])
    recall = _mean([tp / (tp + fn) for tp, _, fn in texts if tp + fn])
    if not precision or not recall:
        return precision, recall, None
    return precision, recall, 2 * precision * recall / (precision + recall)


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
