"""`dateline run` is killed, and goes on. The long form: `benchmarks.watchkills`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.watchkills import WatchGround, make_ground_web
from benchmarks.watchpromises import RECHECK, RHYTHM
from tests.support.simweb.clock import SimClock
from tests.support.simweb.server import LOOPBACK, WebProcess
from tests.support.simweb.webs import START

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(LOOPBACK)]

SEED = 20261123
PHASES = ("start", "work", "start", "late")


@pytest.mark.slow
@pytest.mark.timeout(300)  # half a minute on an idle machine
def test_a_killed_watcher_loses_no_address_and_fetches_none_twice(tmp_path: Path):
    print(f"seed {SEED}")  # noqa: T201 (to repeat a failure)
    chosen = random.Random(SEED)
    sim = SimClock(START, speed=1.0, path=tmp_path / "clock")
    with WebProcess(make_ground_web(), sim, tmp_path / "log") as served:
        ground = WatchGround(folder=tmp_path, served=served, chosen=chosen)
        for number, phase in enumerate(PHASES):
            ground.watch_and_kill(phase, whole_group=number % 2 == 0)
        ground.watch_to_the_end()
        problems = ground.check()
        assert not problems, "\n".join([*map(str, ground.kills), *problems])
        assert len(served.web.addresses(ground.until)) > 100
        assert sim.now() - START > RECHECK + 10 * RHYTHM
