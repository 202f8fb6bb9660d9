"""`dateline run` on a terminal: a line for each run that has something to tell."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from archive import clock
from archive.clock import warc_date
from archive.errors import UsageError
from archive.model import Run
from crawler.metrics import Metrics, MetricsServer, health_of
from crawler.notices import Mail, Webhook
from crawler.process import Told, crawl
from crawler.sources import load_sources
from crawler.spiders.watch import WatchSpider
from crawler.watching import Plan, Watching, Way

# What is worth a line; a look that found everything as it was is not.
_TELLING: Final = {
    "new": "new",
    "texts": "texts",
    "no-text": "without text",
    "error-answers": "error answers",
    "misses": "missed",
}


class WatchCommand:
    """Watches the sources of a file, and says what comes in."""

    def __init__(self, root: Path, *, as_json: bool, debug: bool = False) -> None:
        """Watch into the collection in `root`, made if it is not there."""
        self.root = root
        self.as_json = as_json
        self.debug = debug

    def watch(self, plan: Plan, metrics_at: str | None) -> None:
        """Watch until told to stop; numbers are at `metrics_at`, "host:port".

        Raises StorageError where the disk refused, CollectionError where another
        process watches already, UsageError.
        """
        sources = load_sources(plan.sources)  # its faults are told before all else
        metrics = Metrics()
        begun: list[Watching] = []

        def health() -> dict[str, object]:
            return begun[0].health() if begun else health_of(None, None)

        def ran(run: Run) -> None:
            metrics.run(run)
            self._ran(run)

        with ExitStack() as beside:
            where = ""
            if metrics_at is not None:
                server = MetricsServer(metrics, health, metrics_at)
                beside.enter_context(server)
                where = f"; numbers at http://{server.address}/metrics"
            self._say(f"watching {len(sources)} sources{where}")
            crawl(
                self.root,
                WatchSpider,
                Told(
                    on_capture=metrics.capture,
                    on_miss=metrics.miss,
                    on_run=ran,
                    on_repair=lambda one: self._say(f"repaired {one.path}"),
                ),
                handles_signals=False,
                debug=self.debug,
                plan=plan,
                metrics=metrics,
                begun=begun.append,
            )
        self._say("stopped; nothing that was acknowledged is lost")

    def _ran(self, run: Run) -> None:
        counts = dict(run.counts)
        if self.as_json:
            line = {
                "event": "run",
                "run": run.id,
                "source": run.source_id,
                "ended": warc_date(run.ended_at or clock.now()),
                "counts": counts,
            }
            print(json.dumps(line, ensure_ascii=False), flush=True)
            return
        words = [f"{counts[n]} {word}" for n, word in _TELLING.items() if counts.get(n)]
        if words:
            self._say(f"{clock.now():%H:%M:%S}  {run.source_id}: {', '.join(words)}")

    def _say(self, sentence: str) -> None:
        if not self.as_json:
            print(sentence, file=sys.stderr, flush=True)


def ways_of(
    webhook: str | None, mail_to: str | None, mail_from: str | None
) -> tuple[Way, ...]:
    """Read by which ways notices go out; secrets come from the environment.

    DATELINE_WEBHOOK_SECRET signs the webhook, DATELINE_SMTP names the server of
    letters. Raises UsageError.
    """
    ways: list[Way] = []
    if webhook is not None:
        secret = os.environ.get("DATELINE_WEBHOOK_SECRET", "")
        ways.append(Webhook.of(webhook, secret).send)
    if mail_to is not None:
        server = os.environ.get("DATELINE_SMTP", "smtp://localhost")
        if not server.startswith(("smtp://", "smtps://")):
            raise UsageError("DATELINE_SMTP is to be smtp://… or smtps://…")
        sender = mail_from or mail_to
        ways.append(Mail(server=server, sender=sender, receiver=mail_to).send)
    return tuple(ways)
