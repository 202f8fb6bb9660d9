"""Numbers for Prometheus, and a health page, on a local port [I/O]."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, Self, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    make_wsgi_app,
)
from typing_extensions import override

from archive import clock
from archive.errors import UsageError
from archive.model import Capture, Miss, Run
from archive.watch.ledgerrows import Ending
from archive.watch.model import Tick

STALE_S: Final = 90.0  # without a tick so long, the schedule is not well


class Metrics:
    """What a schedule counts."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.registry = CollectorRegistry()
        made: Any = {"registry": self.registry, "namespace": "dateline"}
        self._ticks = Counter("runs", "Runs that ended", ["outcome"], **made)
        self._lateness = Histogram(
            "tick_lateness_seconds",
            "From when a run was planned to when it began",
            buckets=(1, 5, 15, 60, 300, 900, 3600, 86400),
            **made,
        )
        self._captures = Counter(
            "captures", "Captures on disk", ["role", "revisit"], **made
        )
        self._misses = Counter(
            "misses", "Addresses without a capture", ["outcome"], **made
        )
        self._counted = Counter("run_counts", "Sums of run reports", ["name"], **made)
        self.sources = Gauge("sources", "Sources that are watched", **made)
        self.running = Gauge("runs_in_progress", "Runs that go on", **made)
        self.flags = Gauge("flags", "Flags that stand", **made)
        self.last_tick = Gauge(
            "last_tick_timestamp_seconds", "When the schedule last looked", **made
        )

    def ended(self, tick: Tick, ending: Ending) -> None:
        """Count a run that has its outcome."""
        self._ticks.labels(ending.outcome.value).inc(tick.count)
        if tick.began_at is not None:
            late = (tick.began_at - tick.planned_for).total_seconds()
            self._lateness.observe(max(0.0, late))

    def capture(self, capture: Capture) -> None:
        """Count a capture."""
        revisit = "yes" if capture.revisit is not None else "no"
        self._captures.labels(capture.discovery.role.value, revisit).inc()

    def miss(self, miss: Miss) -> None:
        """Count an address that gave no capture."""
        self._misses.labels(miss.outcome.value).inc()

    def run(self, run: Run) -> None:
        """Add up the report of a run."""
        for name, count in run.counts:
            self._counted.labels(name).inc(count)


class MetricsServer:
    """Answers `/metrics` and `/health` from a thread of its own."""

    def __init__(
        self, metrics: Metrics, health: Callable[[], dict[str, object]], address: str
    ) -> None:
        """Listen at `address`, "host:port". Raises UsageError if that can't be."""
        host, _, port = address.rpartition(":")
        exposition = make_wsgi_app(metrics.registry)

        def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if path == "/metrics":
                return cast("Iterable[bytes]", exposition(environ, start))
            if path == "/health":
                state = health()
                status = "200 OK" if state["well"] else "503 Service Unavailable"
                body = json.dumps(state).encode("utf-8")
                kind = "application/json"
            else:
                status, kind = "404 Not Found", "text/plain"
                body = b"there are /metrics and /health\n"
            start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
            return [body]

        try:
            self._server: WSGIServer = make_server(
                host or "127.0.0.1", int(port), answer, handler_class=_Quiet
            )
        except (OSError, ValueError, OverflowError) as error:
            raise UsageError(
                f"cannot listen at {address!r}: {error}; name another host:port with "
                "--metrics, or --metrics off"
            ) from error
        self.port: int = self._server.server_port
        self.address = f"{host or '127.0.0.1'}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="metrics", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def health_of(last_tick: datetime | None, failure: str | None) -> dict[str, object]:
    """Say whether a schedule is well: it looks at its sources, and can write."""
    age = (clock.now() - last_tick).total_seconds() if last_tick else None
    well = failure is None and age is not None and age < STALE_S
    return {"well": well, "seconds_since_tick": age, "failure": failure}


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
