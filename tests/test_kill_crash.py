"""A crawl is killed, and the next start makes it good. Long: `benchmarks.kills`."""

from __future__ import annotations

import random

import pytest

from archive.collection import Collection
from archive.recovery import recover
from archive.warc.writer import OPEN_SUFFIX
from benchmarks.kills import PHASES, KillGround
from pipelines.texts import outcome_at_once
from tests.support.killing import Gazette, dateline

pytestmark = pytest.mark.crash

SEED = 20261122


@pytest.mark.slow
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


@pytest.mark.parametrize("step", ["os.fsync", "Path.rename", "sync_folder"])
def test_a_collection_whose_making_was_ended_can_be_made(tmp_path, monkeypatch, step):
    class Killed(BaseException):
        pass

    def kill(*_args: object) -> None:
        raise Killed

    root = tmp_path / "c"
    with monkeypatch.context() as patched:
        # A kill leaves the temporary file behind.
        patched.setattr("archive.warc.writer.Path.unlink", lambda *_, **__: None)
        patched.setattr(f"archive.warc.writer.{step}", kill)
        with pytest.raises(Killed):
            Collection.create(root)
    for path in root.glob(f"*{OPEN_SUFFIX}"):
        path.rename(root / f"collection.toml.{2**22 + 1}{OPEN_SUFFIX}")  # no process
    with Collection.create(root) as collection:
        assert recover(collection, outcome_at_once) == []
    assert list(root.glob(f"*{OPEN_SUFFIX}")) == []


def test_a_catalogue_whose_making_was_ended_is_made(tmp_path):
    root = tmp_path / "c"
    Collection.create(root).close()
    for path in root.glob("catalogue.sqlite3*"):
        path.unlink()
    (root / "catalogue.sqlite3").write_bytes(b"")  # what SQLite begins with
    with Collection.create(root) as collection:
        assert recover(collection, outcome_at_once) == []
