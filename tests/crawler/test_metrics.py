"""Numbers and health, where Prometheus and people look for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest

from archive.errors import UsageError
from archive.events import capture_records
from archive.watch.ledgerrows import Ending
from archive.watch.model import Tick, TickKind, TickOutcome
from crawler.metrics import Metrics, MetricsServer, health_of
from tests.support.builders import make_miss, make_order, make_run

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TICK = Tick(
    id=1,
    source_id="paper",
    kind=TickKind.POLL,
    planned_for=NOW,
    planned_until=NOW,
    count=1,
    outcome=None,
    reason="",
    began_at=NOW + timedelta(seconds=3),
)
ENDING = Ending(outcome=TickOutcome.DONE, reason="", ended_at=NOW)


@contextmanager
def served(metrics: Metrics, state: dict[str, object]) -> Iterator[int]:
    with MetricsServer(metrics, lambda: state, "127.0.0.1:0") as server:
        yield server.port


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_what_happened_is_counted():
    metrics = Metrics()
    metrics.ended(TICK, ENDING)
    metrics.ended(TICK, replace(ENDING, outcome=TickOutcome.FAILED))
    metrics.capture(capture_records(make_order(), "<urn:uuid:0>").capture)
    metrics.miss(make_miss())
    metrics.run(replace(make_run(ended=True), counts=(("bytes", 300), ("new", 2))))
    metrics.flags.set(2)
    with served(metrics, {"well": True}) as port:
        status, body = get(port, "/metrics")
    assert status == 200
    lines = body.splitlines()
    for line in (
        'dateline_runs_total{outcome="done"} 1.0',
        'dateline_runs_total{outcome="failed"} 1.0',
        'dateline_tick_lateness_seconds_bucket{le="5.0"} 2.0',
        'dateline_captures_total{revisit="no",role="article"} 1.0',
        'dateline_misses_total{outcome="unreachable"} 1.0',
        'dateline_run_counts_total{name="bytes"} 300.0',
        "dateline_flags 2.0",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("age_s", "failure", "status"),
    [(5, None, 200), (None, None, 503), (300, None, 503), (5, "disk full", 503)],
)
def test_health_is_an_answer_a_watchdog_understands(
    age_s, failure, status, monkeypatch
):
    monkeypatch.setattr("archive.clock.now", lambda: NOW)
    last = None if age_s is None else NOW - timedelta(seconds=age_s)
    with served(Metrics(), health_of(last, failure)) as port:
        got, body = get(port, "/health")
    assert got == status
    assert json.loads(body)["well"] is (status == 200)
    assert json.loads(body)["failure"] == failure


def test_other_paths_are_not_there():
    with served(Metrics(), {"well": True}) as port:
        assert get(port, "/")[0] == 404


def test_a_taken_port_is_an_error_that_says_what_to_do():
    with (
        served(Metrics(), {"well": True}) as port,
        pytest.raises(UsageError, match="--metrics off"),
    ):
        MetricsServer(Metrics(), dict, f"127.0.0.1:{port}")
