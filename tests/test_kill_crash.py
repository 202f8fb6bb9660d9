"""A crawl is killed, and the next start makes it good. Long: `benchmarks.kills`."""

from __future__ import annotations

import random

import pytest

from benchmarks.kills import PHASES, KillGround
from tests.support.killing import Gazette, dateline

pytestmark = [pytest.mark.crash, pytest.mark.slow]

SEED = 20261122


@pytest.mark.timeout(180)  # three starts of the command; machines may be busy
@pytest.mark.parametrize("phase", PHASES)
def test_nothing_acknowledged_is_lost_whenever_a_crawl_is_killed(phase, tmp_path):
    print(f"seed {SEED} {phase}")  # noqa: T201 (to repeat a failure)
    chosen = random.Random(f"{SEED} {phase}")
    with Gazette(40) as gazette:
        ground = KillGround(folder=tmp_path, gazette=gazette, chosen=chosen)
        # The second crawl begins with the recovery of the first.
        kills = [
            ground.crawl_and_kill(phase, whole_group=True),
            ground.crawl_and_kill(phase, whole_group=False),
        ]
        ground.start_again()
        assert ground.check() == [], "\n".join(map(str, kills))
    verified = dateline("verify", "--collection", ground.root, "--json")
    assert verified.returncode == 0, verified.stdout
    for severity in ("error", "warning"):
        assert f'"severity": "{severity}"' not in verified.stdout
