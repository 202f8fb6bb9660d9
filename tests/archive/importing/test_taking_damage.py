"""What is held of a damaged file, and after an import that broke off."""

from __future__ import annotations

import errno
import gzip
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collection import Collection
from archive.errors import StorageError
from archive.importing.taking import Fate
from archive.model import Severity
from archive.recovery import recover
from pipelines.texts import outcome_at_once
from tests.support.command import environment
from tests.support.foreign import SITE, answer, crawl, packed, response
from tests.support.importing import Taking

pytestmark = pytest.mark.timeout(60)


WHOLE = {"members": packed(crawl()), "plain": b"".join(crawl())}


@pytest.mark.parametrize("form", WHOLE)
@settings(max_examples=12)
@given(data=st.data())
def test_of_a_file_that_is_cut_the_records_before_the_cut_are_held(form, data):
    content = WHOLE[form]
    cut = data.draw(st.integers(1, len(content) - 1))
    parts = [gzip.compress(r, mtime=0) if form == "members" else r for r in crawl()]
    ends = [sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
    # Of a plain file the last record is whole before its line ends are.
    spare = 0 if form == "members" else 4
    whole = sum(1 for end in ends[1:] if end - spare <= cut)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.warc.gz"
        with Collection.create(Path(folder) / "collection") as collection:
            taking = Taking(collection)
            taken = taking.bytes(path, content[:cut])
            assert taken.fate is (Fate.TAKEN if whole else Fate.REFUSED)
            assert taken.is_whole == (cut in ends)
            kept = b"".join(gzip.decompress(p.read_bytes()) for p in taking.stored())
            assert kept == b"".join(crawl()[:whole])
            assert taking.findings() == []
            runs = taking.runs().values()
    place = ends[whole - 1] if cut < ends[whole] else ends[whole]
    if not whole:
        assert f"(offset {place})" in taken.sentence
    elif not taken.is_whole:
        (counts,) = runs
        assert counts["records"] == whole
        damage = [f for f in taken.findings if f.severity is Severity.ERROR]
        assert [(f.path, f.offset) for f in damage] == [(str(path), place)]


def test_what_is_whole_behind_damage_is_held_too(taking, tmp_path):
    records = crawl()
    content = bytearray(packed(records))
    start = len(packed(records[:3]))
    content[start + 200 : start + 230] = bytes(30)
    taken = taking.bytes(tmp_path / "a.warc.gz", bytes(content))
    assert taken.fate is Fate.TAKEN
    assert not taken.is_whole
    assert [(f.code, f.offset) for f in taken.findings] == [("gzip-damaged", start)]
    (kept,) = taking.stored()
    assert kept.read_bytes() == packed(records[:3] + records[4:])
    assert taken.stored[0].left_out[0].endswith(f"(offset {start})")
    assert len(taking.captures()) == 4
    assert taking.findings() == []


KILLED = """
    import os, sys
    from pathlib import Path
    from archive.collection import Collection
    from archive.importing import folder, taking
    from pipelines.texts import outcome_at_once

    def die(*_args, **_more):
        os._exit(9)

    {patch} = die
    with Collection.create(Path(sys.argv[1])) as collection:
        importer = taking.Importer(collection, text_outcome=outcome_at_once)
        importer.take(Path(sys.argv[2]), source_id="theirs")
"""


@pytest.mark.parametrize(
    ("patch", "is_held"),
    [
        ("taking.write_about", False),
        ("folder.ImportFolder.publish", False),
        ("taking.level_file", True),
        ("taking.Importer._enter", True),
        ("collection.catalogue.mark_published", True),
    ],
)
def test_of_an_import_that_is_killed_all_is_held_or_nothing(tmp_path, patch, is_held):
    root, path = tmp_path / "collection", tmp_path / "a.warc.gz"
    path.write_bytes(packed(crawl()))
    code = textwrap.dedent(KILLED).replace("{patch}", patch)
    if patch.startswith("collection."):
        code = code.replace(f"{patch} = die\n", "").replace(
            "    importer.take", f"    {patch} = die\n    importer.take"
        )
    ran = subprocess.run(
        [sys.executable, "-c", code, root, path], env=environment(), check=False
    )
    assert ran.returncode == 9
    with Collection.create(root) as collection:
        findings = recover(collection, outcome_at_once)
        taking = Taking(collection)
        assert [f.code for f in findings] == ([] if is_held else ["import-dropped"])
        assert len(taking.captures()) == (5 if is_held else 0)
        assert not list(collection.warc.rglob("*.open"))
        (again,) = taking.take(path)
        assert again.fate is (Fate.HELD if is_held else Fate.TAKEN)
        assert len(taking.captures()) == 5
        assert taking.findings() == []


@pytest.mark.parametrize("form", WHOLE)
def test_a_full_disk_is_told_of_and_leaves_nothing(tmp_path, monkeypatch, form):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(WHOLE[form])
    real, left = os.write, [10**6]

    def write(fd: int, data: bytes) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", write)
    with Collection.create(tmp_path / "all") as collection:
        left[0] = 10**6
        assert Taking(collection).take(path)[0].is_whole
        needed = 10**6 - left[0]
    for writes in range(needed):
        left[0] = 10**6
        with Collection.create(tmp_path / f"after-{writes}") as collection:
            taking = Taking(collection)
            left[0] = writes
            with pytest.raises(StorageError, match="the disk is full"):
                taking.take(path)
            left[0] = 10**6
            files = [p for p in collection.warc.rglob("*") if p.is_file()]
            recover(collection, outcome_at_once)
            # With its folder in place a file is held: the start has entered it.
            assert len(taking.captures()) == (5 if files else 0)
            taking.take(path)
            assert len(taking.captures()) == 5
            assert taking.findings() == []
    assert needed >= 3


def test_a_changed_file_is_found_by_verify(taking, tmp_path):
    taking.bytes(tmp_path / "a.warc.gz", packed(crawl()))
    (kept,) = taking.stored()
    kept.write_bytes(
        packed([*crawl()[:2], answer(3, f"{SITE}/bridge", response(b"x"))])
    )
    assert "import-changed" in {finding.code for finding in taking.findings()}
