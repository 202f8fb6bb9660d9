"""Run one spider in this process and report: progress, summary, exit code [I/O]."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from scrapy import Spider

from archive.clock import warc_date
from archive.collection import Collection
from archive.model import Capture, Miss, Run
from archive.questions import Limits, articles
from crawler.process import Told, crawl

PLAIN_EVERY_S = 5.0  # between two plain progress lines

# What a host, not we, brought about: listed, and exit code 1.
_TROUBLE = ("misses", "error-answers", "no-text", "truncated")


class Command:
    """One crawl, from the first request to the summary."""

    def __init__(self, root: Path, *, as_json: bool, debug: bool = False) -> None:
        """Crawl into the collection in `root`, made if it is not there."""
        self.root = root
        self.as_json = as_json
        self.debug = debug
        self._words = Console(stderr=True)
        self._progress: Progress | None = None
        self._plain_at = time.monotonic()
        self._captures = self._misses = 0
        self._runs: list[Run] = []

    def run(self, spider: type[Spider], *, warm: bool = True, **arguments: Any) -> int:
        """Crawl; gives the exit code: 0 all good, 1 some failed.

        Raises StorageError where the disk refused, CollectionError.
        """
        told = Told(
            on_capture=self._captured,
            on_miss=self._missed,
            on_run=self._runs.append,
            on_repair=lambda one: self._say(f"repaired {one.path}: {one.sentence}"),
        )
        with self._progress_bar():
            crawl(self.root, spider, told, warm=warm, debug=self.debug, **arguments)
        return self._report(tuple(self._runs))

    def suggest(self) -> None:
        """Name the next three commands to try."""
        where = f"--collection {shlex.quote(str(self.root))}"
        with Collection.open(self.root) as collection:
            newest = next(articles(collection.catalogue, Limits(limit=1)), None)
        url = newest.provenance.url if newest else "URL"
        # As it was called: it may not be on the PATH.
        called = "dateline" if shutil.which("dateline") else sys.argv[0]
        print("\nNow try:", file=sys.stderr)
        for words in ("list", f"show {shlex.quote(url)}", "verify"):
            print(f"  {called} {words} {where}", file=sys.stderr)

    # ------------------------------------------------------------ while it runs

    def _captured(self, capture: Capture) -> None:
        self._captures += 1
        if self.as_json:
            self._line(
                event="capture",
                record_id=capture.record_id.strip("<>"),
                url=capture.url,
                date=warc_date(capture.date),
                status=capture.status,
                role=capture.discovery.role,
                revisit=capture.revisit is not None,
                warc_file=capture.locator.path,
                warc_offset=capture.locator.offset,
            )
        else:
            self._tick(capture.url)

    def _missed(self, miss: Miss) -> None:
        self._misses += 1
        if self.as_json:
            self._line(
                event="miss", url=miss.url, outcome=miss.outcome, detail=miss.detail
            )
        else:
            self._tick(miss.url)

    def _line(self, **values: object) -> None:
        print(json.dumps(values, ensure_ascii=False), flush=True)

    def _tick(self, url: str) -> None:
        sentence = f"{self._captures} captured, {self._misses} missed"
        if self._progress is not None:
            self._progress.update(
                self._progress.task_ids[0], description=f"{sentence}  {url[:60]}"
            )
        elif time.monotonic() - self._plain_at >= PLAIN_EVERY_S:
            self._plain_at = time.monotonic()
            self._say(sentence)

    def _progress_bar(self) -> Any:
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self._words,
            transient=True,
            disable=self.as_json or not self._words.is_terminal,
        )
        progress.add_task("starting")
        if self._words.is_terminal and not self.as_json:
            self._progress = progress
        return progress

    def _say(self, sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    # ------------------------------------------------------------ when it has ended

    def _report(self, runs: tuple[Run, ...]) -> int:
        trouble = any(dict(run.counts).get(name) for run in runs for name in _TROUBLE)
        if self.as_json:
            for run in runs:
                self._line(
                    event="run",
                    run=run.id,
                    source=run.source_id,
                    counts=dict(run.counts),
                )
        else:
            self._words.print(summary(runs))
        return 1 if trouble or not runs else 0


def summary(runs: tuple[Run, ...]) -> Table:
    """Draw what each run did."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("source")
    columns = {
        "captures": "captures",
        "unchanged": "revisits",
        "texts": "texts",
        "no text": "no-text",
        "errors": "error-answers",
        "left out": "left-out",
        "missed": "misses",
    }
    for name in (*columns, "MB"):
        table.add_column(name, justify="right")
    for run in runs:
        counts = dict(run.counts)
        cells = [str(counts.get(key, 0)) for key in columns.values()]
        table.add_row(run.source_id, *cells, f"{counts.get('bytes', 0) / 1e6:.1f}")
    return table
