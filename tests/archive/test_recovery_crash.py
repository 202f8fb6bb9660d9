"""Recovery: what a kill or a power cut leaves of a file, at every byte.

The files are made as the store makes them, then clipped, flipped and filled with
zeros behind the last fsync, as disks do it.
"""

from __future__ import annotations

import fcntl
import gzip
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalogue import Catalogue
from archive.collection import Collection
from archive.eventlog import read_events, whole_until
from archive.model import Capture, Finding, Miss, Run, Severity, TextOutcome
from archive.questions import Limits, captures, misses, runs
from archive.recovery import recover
from archive.store import Store
from archive.verify import verify_collection
from archive.warc.check import check_file
from archive.warc.writer import OPEN_SUFFIX
from tests.support.builders import make_miss, make_order, make_run
from tests.support.killing import Written, small_order, write_events

pytestmark = pytest.mark.crash

NAME = "warc/2026/11/22/one.warc.gz"
SEED = 20261122
LOCK_HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def no_text(_capture: Capture) -> TextOutcome | None:
    return TextOutcome.NOT_ARTICLE


def some_events() -> Written:
    return write_events(NAME, make_run(), small_order(1), make_miss(), small_order(2))


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection.create(tmp_path / "c") as made:
        yield made


def lay(collection: Collection, data: bytes, level: int = 0) -> Path:
    """Put down an `.open` file that nobody writes any more."""
    path = collection.root / (NAME + OPEN_SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if level:
        enter_level(collection.catalogue, path, level)
    return path


def enter_level(catalogue: Catalogue, path: Path, level: int) -> None:
    """Enter what is before `level`, as the store did when it acknowledged it."""
    what = [e.what for e in whole_until(path, NAME)[0] if e.end <= level]
    catalogue.add_events(
        NAME,
        level,
        captures=[(c, None) for c in what if isinstance(c, Capture)],
        misses=[m for m in what if isinstance(m, Miss)],
        runs=[r for r in what if isinstance(r, Run)],
    )


def clear(collection: Collection) -> None:
    collection.catalogue.clear()
    for folder in ("warc", "index", "damaged"):
        for path in (collection.root / folder).rglob("*.*"):
            path.unlink()


def ids_in(catalogue: Catalogue) -> set[str]:
    limits = Limits()
    return {
        *(kept.capture.record_id for kept in captures(catalogue, limits)),
        *(miss.record_id for miss in misses(catalogue, limits)),
        *(run.id for run in runs(catalogue, limits)),
    }


def ids_before(written: Written, length: int, folder: Path) -> set[str]:
    """Say what the undamaged file holds up to `length`."""
    path = folder / "undamaged.warc.gz"
    path.write_bytes(written.data)
    what = [event.what for event in read_events(path, NAME) if event.end <= length]
    return {one.id if isinstance(one, Run) else one.record_id for one in what if one}


def assert_mended(
    collection: Collection, written: Written, torn: bytes, end: int
) -> list[Finding]:
    """Recover, and see that everything before `end` is there, the rest aside."""
    findings = recover(collection, no_text)
    assert list(collection.unfinished()) == []
    expected = ids_before(written, end, collection.root.parent)
    assert ids_in(collection.catalogue) == expected
    published = list(collection.published())
    if expected:
        assert [path.read_bytes() for path in published] == [written.data[:end]]
        assert list(check_file(published[0])) == []
    else:
        assert published == []  # a warcinfo record alone is nothing to keep
    aside = [path.read_bytes() for path in (collection.root / "damaged").glob("*")]
    if end < len(torn):
        assert aside == [torn[end:]]
        assert [(f.code, f.path, f.offset) for f in findings] == [
            ("torn-tail-cut", NAME, end)
        ]
    else:
        assert aside == []
        assert findings == []
    bad = [f for f in verify_collection(collection) if f.severity is not Severity.NOTE]
    assert bad == []
    assert recover(collection, no_text) == []
    return findings


def test_the_last_event_is_torn_wherever_it_is_clipped(tmp_path):
    # The decision alone, at every byte; what is done about it is below.
    written = some_events()
    path = tmp_path / "clipped.warc.gz"
    path.write_bytes(written.data)
    before, whole = written.event_ends[-2:]
    assert whole_until(path, NAME)[0][-1].end == whole == len(written.data)
    with path.open("r+b") as file:
        for length in range(whole - 1, before - 1, -1):
            file.truncate(length)
            events, damage = whole_until(path, NAME)
            assert events[-1].end == before
            assert bool(damage) == (length > before)


def test_a_clipped_file_is_mended_up_to_its_last_whole_event(collection):
    written = some_events()
    edges = {end + step for end in written.member_ends for step in (-1, 0, 1)}
    sampled = range(0, len(written.data) + 1, 211)
    for length in sorted(n for n in {*edges, *sampled} if n <= len(written.data)):
        torn = written.data[:length]
        lay(collection, torn)
        assert_mended(collection, written, torn, written.whole_before(length))
        clear(collection)


def test_a_tail_behind_what_was_acknowledged_costs_nothing_of_it(collection):
    # The usual kill: the catalogue is level with the last fsync.
    written = some_events()
    for level in written.event_ends[1:]:
        torn = written.data[: min(level + 100, len(written.data))]
        lay(collection, torn, level)
        assert_mended(collection, written, torn, written.whole_before(len(torn)))
        clear(collection)


@pytest.mark.parametrize(
    "level_index", [0, 2], ids=["catalogue-lost", "catalogue-level"]
)
@pytest.mark.parametrize("zeros", [1, 2, 3, 9, 4096, 70_000])
def test_zeros_behind_the_last_event_are_cut_and_the_event_kept(
    collection, zeros, level_index
):
    # Some file systems give a file its new length before its new bytes. What is
    # before the zeros was acknowledged, even if the power cut took the catalogue.
    written = some_events()
    torn = written.data + bytes(zeros)
    lay(collection, torn, written.event_ends[level_index] if level_index else 0)
    (finding,) = assert_mended(collection, written, torn, len(written.data))
    assert f"{zeros} bytes" in finding.sentence


@pytest.mark.parametrize("event", [1, 2, 3, 4])
def test_an_event_of_zeros_is_cut_with_all_that_follows(collection, event):
    written = some_events()
    begin, end = written.event_ends[event - 1 : event + 1]
    torn = written.data[:begin] + bytes(end - begin) + written.data[end:]
    lay(collection, torn)
    assert_mended(collection, written, torn, begin)


def test_a_flipped_bit_in_the_tail_never_changes_what_is_kept(collection):
    written = some_events()
    undamaged = collection.root.parent / "undamaged.warc.gz"
    undamaged.write_bytes(written.data)
    expected = [event.what for event in read_events(undamaged, NAME)]
    before = written.event_ends[-2]
    print(f"seed {SEED}")  # noqa: T201 (to repeat a failure)
    chosen = random.Random(SEED)
    path = lay(collection, written.data)
    cut = 0
    for _ in range(400):
        place = chosen.randrange(before, len(written.data))
        torn = bytearray(written.data)
        torn[place] ^= 1 << chosen.randrange(8)
        path.write_bytes(torn)
        events, damage = whole_until(path, NAME)
        # Time, name and system in a gzip head are not covered by its checksum.
        what = [event.what for event in events]
        assert what in (expected, expected[:-1])
        assert bool(damage) == (what != expected)
        cut += what != expected
    assert cut > 300


def test_an_event_is_not_whole_before_its_checksum_was_seen(collection):
    # A bit flipped in the codes may leave all of the record, and go on behind it.
    written = some_events()
    last = written.data[written.member_ends[-2] :]
    torn = written.data[: written.member_ends[-2]] + gzip.compress(
        gzip.decompress(last) + b"no record"
    )
    lay(collection, torn)
    assert_mended(collection, written, torn, written.event_ends[-2])


def test_a_file_with_a_flipped_bit_is_mended(collection):
    written = some_events()
    first, before = written.event_ends[1], written.event_ends[-2]
    for place in (before + 40, before + 700, len(written.data) - 6):
        torn = bytearray(written.data)
        torn[place] ^= 0x10
        lay(collection, bytes(torn), first)
        assert_mended(collection, written, bytes(torn), before)
        clear(collection)


@pytest.mark.parametrize("tail", [b"", b"\x1f\x8b\x08", bytes(512)])
def test_a_file_with_nothing_but_its_warcinfo_is_removed(collection, tail):
    written = write_events(NAME)
    torn = written.data + tail
    lay(collection, torn)
    assert_mended(collection, written, torn, len(written.data))


def test_an_empty_file_is_removed(collection):
    lay(collection, b"")
    assert_mended(collection, write_events(NAME), b"", 0)


def test_what_was_acknowledged_and_is_missing_is_an_error_that_is_told(collection):
    # No kill does that; a disk that lied or a copy that broke off does.
    written = some_events()
    before = written.event_ends[-2]
    path = lay(collection, written.data, len(written.data))
    path.write_bytes(written.data[:-7])
    findings = recover(collection, no_text)
    assert [(f.code, f.severity) for f in findings] == [
        ("acknowledged-missing", Severity.ERROR),
        ("torn-tail-cut", Severity.WARNING),
    ]
    (published,) = collection.published()
    assert published.read_bytes() == written.data[:before]
    assert list(check_file(published)) == []
    assert "catalogue-differs" in {f.code for f in verify_collection(collection)}


def test_damage_before_the_level_is_published_for_verify_to_tell(collection):
    written = some_events()
    torn = bytearray(written.data)
    torn[written.event_ends[1] + 200] ^= 1
    path = lay(collection, written.data, len(written.data))
    path.write_bytes(torn)
    assert recover(collection, no_text) == []
    (published,) = collection.published()
    assert "gzip-damaged" in {finding.code for finding in check_file(published)}
    assert recover(collection, no_text) == []


def test_a_published_file_is_catalogued_around_its_damage(collection):
    written = some_events()
    torn = bytearray(written.data)
    torn[written.member_ends[2] + 200] ^= 1  # in the first response
    path = lay(collection, bytes(torn))
    path.rename(path.with_name(Path(NAME).name))
    (finding,) = recover(collection, no_text)
    assert (finding.code, finding.severity) == ("damaged-place", Severity.ERROR)
    everything = ids_before(written, len(written.data), collection.root.parent)
    held = ids_in(collection.catalogue)
    assert held < everything
    assert len(held) == len(everything) - 1
    assert len(collection.index_of(NAME).read_text("utf-8").splitlines()) == 1
    assert recover(collection, no_text) == []  # told once; verify tells it always


def test_a_torn_answer_is_never_joined_with_another_ones_metadata(collection):
    written = write_events(NAME, small_order(1), small_order(2))
    ends = written.member_ends  # warcinfo, then request, answer, metadata twice
    torn = bytearray(written.data)
    for begin in ends[2:5]:  # metadata of the first; request and answer of the second
        torn[begin + 30] ^= 0xFF
    path = lay(collection, bytes(torn))
    path.rename(path.with_name(Path(NAME).name))
    assert [finding.code for finding in recover(collection, no_text)] == [
        "damaged-place"
    ]
    assert ids_in(collection.catalogue) == set()


def test_a_file_that_a_living_process_holds_is_left_alone(collection):
    written = some_events()
    torn = written.data[:-50]
    path = lay(collection, torn)
    holder = subprocess.Popen(
        [sys.executable, "-c", LOCK_HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert recover(collection, no_text) == []
        assert path.read_bytes() == torn
        holder.kill()
    # Its lock goes with it.
    assert_mended(collection, written, torn, written.event_ends[-2])


def test_recovery_beside_a_living_store_takes_the_dead_file_only(collection):
    store = Store(collection, settings=[("software", "test")], text_outcome=no_text)
    kept = store.keep(make_order()).result(10)
    written = some_events()
    lay(collection, written.data[:-50])
    (finding,) = recover(collection, no_text)
    assert finding.code == "torn-tail-cut"
    assert collection.find(kept.locator.path).name.endswith(OPEN_SUFFIX)
    second = store.keep(make_order("http://n.example/later")).result(10)
    store.close()
    assert second.locator.path == kept.locator.path
    assert {kept.record_id, second.record_id} <= ids_in(collection.catalogue)
    assert list(check_file(collection.root / kept.locator.path)) == []


def test_a_file_published_while_recovery_looked_at_it_is_left_alone(
    collection, monkeypatch
):
    written = some_events()
    path = lay(collection, written.data)
    lock = fcntl.flock

    def publish_then_lock(fd: int, operation: int) -> None:
        if operation & fcntl.LOCK_NB and path.exists():
            path.rename(path.with_name(Path(NAME).name))
        lock(fd, operation)

    monkeypatch.setattr("archive.recovery.fcntl.flock", publish_then_lock)
    assert recover(collection, no_text) == []
    (published,) = collection.published()
    assert published.read_bytes() == written.data


@pytest.mark.parametrize("step", ["_keep_aside", "enter", "sync_folder", "reindex"])
def test_a_recovery_that_is_ended_in_the_middle_is_done_by_the_next(
    collection, monkeypatch, step
):
    class Killed(BaseException):
        pass

    def kill(*_args: object) -> None:
        raise Killed

    written = some_events()
    torn = written.data[:-50]
    lay(collection, torn)
    with monkeypatch.context() as patched:
        patched.setattr(f"archive.recovery.{step}", kill)
        with pytest.raises(Killed):
            recover(collection, no_text)
    findings = recover(collection, no_text)
    assert [finding.code for finding in findings] == (
        ["torn-tail-cut"] if step == "_keep_aside" else []
    )
    (published,) = collection.published()
    end = written.event_ends[-2]
    assert published.read_bytes() == written.data[:end]
    assert ids_in(collection.catalogue) == ids_before(
        written, end, collection.root.parent
    )
    assert list(verify_collection(collection)) == []
    (aside,) = (collection.root / "damaged").iterdir()
    assert aside.read_bytes() == torn[end:]
