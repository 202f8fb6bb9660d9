"""How well pages are told apart: labelled pages and the corpus, by class.

The whole extractor runs, as it does on captures. Every page of the corpus is said to
be an article by its source: what is refused there is listed with the reason, to be
looked at. CPU time is that of the classification alone.

    python -m benchmarks.classes [--labelled]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from archive.model import CaptureClass, Precision
from benchmarks import corpus
from pipelines.classes.classification import classify
from pipelines.classes.view import Found
from pipelines.extraction import Extraction, Extractor, Page
from pipelines.extractor import build
from tests.pipelines.classes.labelled import labelled_pages, parse

AT = datetime(2026, 1, 1, tzinfo=UTC)
ARTICLE = CaptureClass.ARTICLE
Verdict = tuple[CaptureClass, CaptureClass]  # what the page is, and is called


def main() -> None:
    """Print tables of what was taken for what, and the cost."""
    extractor = build()
    extractor.warm_up()
    by_split: dict[str, list[Verdict]] = {}
    for labelled in labelled_pages():
        extraction = extractor.extract(_page(labelled.url, labelled.body))
        called = _called(extraction)
        by_split.setdefault(labelled.split, []).append((labelled.page_class, called))
        if called is not labelled.page_class:
            print(f"  {labelled.name} is called {called}: {_reason(extraction)}")
    for split, pairs in by_split.items():
        report(f"labelled pages, {split}", pairs)
    if "--labelled" in sys.argv:
        return
    if corpus.is_there():
        over_corpus(extractor)
    else:
        print(f"corpus: skipped, there is none at {corpus.FOLDER}")


def over_corpus(extractor: Extractor) -> None:
    """Print what the pages of the corpus are called, and what that costs."""
    pairs: list[Verdict] = []
    spent: list[float] = []
    for page in corpus.pages():
        extraction = extractor.extract(_page(page.url, page.body))
        called = _called(extraction)
        pairs.append((ARTICLE, called))
        if called is not ARTICLE:
            print(f"  {page.id} {page.url}\n    {called}: {_reason(extraction)}")
        parsed, found = parse(page.body, page.url), _found(extraction)
        began = time.process_time()
        classify(parsed, found)
        spent.append((time.process_time() - began) * 1000)
    report("corpus", pairs)
    spent.sort()
    print(
        f"CPU of the classification: median {statistics.median(spent):.2f} ms, "
        f"mean {statistics.mean(spent):.2f}, "
        f"95th percentile {spent[len(spent) * 95 // 100]:.2f}, worst {spent[-1]:.1f}"
    )


def report(name: str, pairs: Iterable[Verdict]) -> None:
    """Print which class was called what, and the figures of "article"."""
    counts = Counter(pairs)
    print(f"\n{name}: {counts.total()} pages")
    for page_class in CaptureClass:
        called = {
            other: counts[page_class, other]
            for other in CaptureClass
            if counts[page_class, other]
        }
        if called:
            told = ", ".join(f"{other} {count}" for other, count in called.items())
            print(f"  {page_class:14} {sum(called.values()):4}: {told}")
    right = counts[ARTICLE, ARTICLE]
    said = sum(count for (_, called), count in counts.items() if called is ARTICLE)
    real = sum(count for (wanted, _), count in counts.items() if wanted is ARTICLE)
    print(f"  article: precision {right}/{said}, recall {right}/{real}")


def _page(url: str, body: bytes) -> Page:
    return Page(
        url=url,
        payload=body,
        content_encoding=None,
        content_type="text/html",
        captured_at=AT,
    )


def _found(extraction: Extraction) -> Found:
    work = extraction.work
    return Found(
        text=extraction.text,
        title=work.title,
        has_date=work.published is not None
        and work.published.precision not in (Precision.YEAR, Precision.MONTH),
        has_byline=bool(work.bylines),
        access=work.access,
    )


def _reason(extraction: Extraction) -> str:
    own = [claim.origin for claim in extraction.claims if claim.field == "class"]
    return extraction.detail or "; ".join(own)


def _called(extraction: Extraction) -> CaptureClass:
    assert extraction.page_class is not None
    return extraction.page_class


if __name__ == "__main__":
    main()
