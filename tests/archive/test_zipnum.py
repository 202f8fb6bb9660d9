"""ZipNum files: ours read by us, other people's by us, broken ones told of."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.digests import sha256_label
from archive.indexfile import IndexFile
from archive.sortedlines import DamagedIndex, after
from archive.zipnum import IdxForm, ZipNumFile, write_zipnum

WARC = Path(__file__).resolve().parents[2] / "../shared/warc"
PYWB = WARC / "webrecorder+pywb/sample_archive"
LINES = [
    b'com,a%d)/%d 2026%02d01000000 {"url": "x"}\n' % (host, path, month)
    for host in range(4)
    for path in range(10, 30)
    for month in range(1, 13)
]
RANGES = [
    (b"", None),
    (b"com,a1)/", b"com,a1)0"),
    (b"com,a2)/15 ", b"com,a2)/15!"),
    (LINES[100], LINES[101]),
    (LINES[100][:-10], LINES[300]),
    (LINES[-1], None),
    (b"", LINES[0]),
    (b"z", None),
    (b"com,a3", b"com,a1"),
]


def write(folder, lines, form=IdxForm.JSON, *, block_lines=50, digests=False):
    with (folder / "a.cdx.gz").open("wb") as gz, (folder / "a.idx").open("wb") as idx:
        return write_zipnum(
            lines,
            gz,
            idx,
            filename="a.cdx.gz",
            form=form,
            block_lines=block_lines,
            digests=digests,
        )


@pytest.mark.parametrize("form", IdxForm)
@pytest.mark.parametrize(("low", "high"), RANGES)
def test_plain_and_packed_files_give_the_same_lines(tmp_path, form, low, high):
    written = write(tmp_path, LINES, form)
    assert (written.lines, written.blocks) == (960, 20)
    assert written.length == (tmp_path / "a.cdx.gz").stat().st_size
    (tmp_path / "a.cdxj").write_bytes(b"".join(LINES))
    wanted = [n for n in LINES if n >= low and (high is None or n < high)]
    for file in (ZipNumFile(tmp_path / "a.idx"), IndexFile(tmp_path / "a.cdxj")):
        assert [n for _, n in file.between(low, high)] == wanted
        assert [n for _, n in file.backwards(low, high)] == wanted[::-1]
        assert (file.weight(low, high) > 0) == bool(wanted)
        for part in (0.0, 0.3, 0.99):
            cut = file.part_way(low, high, part)
            assert (cut is None) == (not wanted)


LINE = st.builds(
    lambda key, second: f"{key} 202611220815{second:02d} {{}}\n".encode(),
    st.sampled_from(["a)/", "a)/b", "a,b)/", "b)/"]),
    st.integers(0, 59),
)


@given(st.lists(LINE, max_size=40), st.integers(1, 5), LINE, LINE)
def test_whatever_is_written_is_found(tmp_path_factory, lines, block_lines, low, high):
    folder = tmp_path_factory.mktemp("zipnum")
    lines.sort()
    write(folder, lines, block_lines=block_lines)
    file = ZipNumFile(folder / "a.idx")
    wanted = [line for line in lines if low <= line < high]
    assert [line for _, line in file.between(low, high)] == wanted
    assert [line for _, line in file.backwards(low, high)] == wanted[::-1]


def test_the_second_index_tells_the_digest_of_each_block(tmp_path):
    write(tmp_path, LINES, digests=True)
    content = (tmp_path / "a.cdx.gz").read_bytes()
    entries = (tmp_path / "a.idx").read_text().splitlines()
    assert entries[0].startswith('!meta 0 {"format": "cdxj-gzip-1.0"')
    for entry in entries[1:]:
        place = json.loads(entry[entry.index("{") :])
        block = content[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == sha256_label(block)
        assert zlib.decompress(block, 31).startswith(entry.partition(" {")[0].encode())


def test_lines_that_are_not_sorted_are_refused():
    with pytest.raises(ValueError, match="sorted"):
        write_zipnum([LINES[1], LINES[0]], io.BytesIO(), io.BytesIO(), filename="a")
    with pytest.raises(ValueError, match="sorted"):
        write_zipnum(
            [LINES[1], LINES[0]],
            io.BytesIO(),
            io.BytesIO(),
            filename="a",
            block_lines=1,
        )


# --------------------------------------------------------------- other people's


@pytest.mark.skipif(not PYWB.exists(), reason=f"no third-party files in {PYWB}")
def test_the_sample_of_pywb_is_read(tmp_path):
    file = ZipNumFile(PYWB / "zipcdx/zipnum-sample.idx")
    lines = [line for _, line in file.between(b"", None)]
    assert lines == sorted(lines)
    key = b"org,iana)/_css/2013.1/screen.css "
    one = [line for _, line in file.between(key, after(key))]
    assert one == [line for line in lines if line.startswith(key)]
    assert one


@pytest.mark.skipif(not PYWB.exists(), reason=f"no third-party files in {PYWB}")
def test_blocks_that_are_missing_are_named():
    with pytest.raises(FileNotFoundError, match=r"foo\.gz"):
        ZipNumFile(PYWB / "zipcdx/zipnum-bad.idx")


@pytest.mark.skipif(not PYWB.exists(), reason=f"no third-party files in {PYWB}")
def test_what_cdxj_indexer_writes_is_read(tmp_path):
    warc = (WARC / "webrecorder+pywb/sample_archive/warcs/iana.warc.gz").resolve()
    tool = str(Path(sys.executable).with_name("cdxj-indexer"))
    plain = subprocess.run([tool, "-s", warc], capture_output=True, check=True).stdout
    subprocess.run(
        [tool, "-s", "-l", "10", "-c", "index.cdx.gz", "-o", "index.idx", warc],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    file = ZipNumFile(tmp_path / "index.idx")
    assert b"".join(line for _, line in file.between(b"", None)) == plain
    assert len((tmp_path / "index.idx").read_bytes().splitlines()) > 5


# --------------------------------------------------------------------- damage


def test_a_broken_block_is_damage_with_a_place(tmp_path):
    write(tmp_path, LINES)
    content = bytearray((tmp_path / "a.cdx.gz").read_bytes())
    file = ZipNumFile(tmp_path / "a.idx")
    second = file._blocks[1].offset
    content[second + 12] ^= 0xFF
    (tmp_path / "a.cdx.gz").write_bytes(content)
    file = ZipNumFile(tmp_path / "a.idx")
    assert next(file.between(b"", None))[1] == LINES[0]
    with pytest.raises(DamagedIndex) as told:
        list(file.between(b"", None))
    assert told.value.offset == second
    (tmp_path / "a.cdx.gz").write_bytes(content[: second + 20])
    with pytest.raises(DamagedIndex, match="gzip block"):
        list(ZipNumFile(tmp_path / "a.idx").between(LINES[60], None))


BAD = {
    "no JSON": b"com,a)/ 20260101000000 {\n",
    "no place": b"com,a)/ 20260101000000 {}\n",
    "no number": b'com,a)/ 20260101000000 {"offset": "x", "length": 1}\n',
    "before the file": b'com,a)/ 20260101000000 {"offset": -1, "length": 1}\n',
    "no length": b'com,a)/ 20260101000000 {"offset": 0, "length": 0}\n',
    "no time": b"com,a)/\n",
    "a line of tabs that is short": b"com,a)/ 20260101000000\ta.cdx.gz\t0\n",
    "out of order": b'b)/ 2026 {"offset": 0, "length": 9}\n'
    b'a)/ 2026 {"offset": 9, "length": 9}\n',
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_broken_second_index_is_damage_with_a_place(tmp_path, content):
    (tmp_path / "a.cdx.gz").write_bytes(b"")
    (tmp_path / "a.idx").write_bytes(b"!meta 0 {}\n" + content)
    with pytest.raises(DamagedIndex, match=r"offset \d+ in .*a\.idx"):
        ZipNumFile(tmp_path / "a.idx")


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret.gz", "..", "", "a\x00b"])
def test_only_files_beside_the_second_index_are_read(tmp_path, name):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.gz").write_bytes(b"secret")
    row = f"com,a)/ 20260101000000\t{name}\t0\t6\t1\n"
    (folder / "a.idx").write_text(row)
    (folder / "a.loc").write_text(f"{name}\t{name}\n")
    with pytest.raises((FileNotFoundError, DamagedIndex)):
        ZipNumFile(folder / "a.idx")


def test_files_are_let_go_of(tmp_path):
    write(tmp_path, LINES)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        assert next(ZipNumFile(tmp_path / "a.idx").between(b"", None))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
