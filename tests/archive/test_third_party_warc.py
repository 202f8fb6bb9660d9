"""Files that other people made to try readers: good, odd, and broken on purpose."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from archive.errors import DamagedRecord, UnsupportedFormat
from archive.model import Finding, Severity
from archive.warc.check import CODES, check_file
from archive.warc.reader import read_record, read_records

FOLDER = Path(__file__).resolve().parents[2] / "../shared/warc"
EXPECTED = FOLDER / "EXPECTED.tsv"

pytestmark = pytest.mark.timeout(10)


def files(*classes: str) -> list[object]:
    """List the files of these classes, as parameters of a test."""
    if not EXPECTED.exists():
        reason = "the folder of third-party WARC files is not beside the repository"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason))]
    with EXPECTED.open(newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    return [
        pytest.param(row, id=row["file"].replace("/", "-"))
        for row in rows
        if row["class"] in classes
    ]


def read(row: dict[str, str]) -> tuple[int, list[Finding]]:
    """Count the records, and collect the findings."""
    findings: list[Finding] = []
    count = 0
    for record in read_records(FOLDER / row["file"], on_finding=findings.append):
        count += 1
        record.read_block()
    return count, findings


def expected_count(row: dict[str, str]) -> int:
    """Tell what warcio and FastWARC agree on; where they do not, who got through."""
    warcio, _, warcio_end = row["warcio_records"].partition(" ")
    fastwarc, _, _ = row["fastwarc_records"].partition(" ")
    return int(warcio if warcio_end == "ok" else fastwarc)


@pytest.mark.parametrize("row", files("A-strict", "B-readable"))
def test_files_that_others_read_have_as_many_records_here(row):
    count, findings = read(row)
    assert count == expected_count(row)
    if row["class"] == "A-strict":
        assert findings == []


@pytest.mark.parametrize("row", files("A-strict"))
def test_records_of_good_files_are_found_again_by_their_places(row):
    path = FOLDER / row["file"]
    for record in read_records(path):
        block = record.read_block()
        again = read_record(path, record.offset, record.length)
        assert again.block == block
        assert again.fields == record.fields


@pytest.mark.parametrize("row", files("B-readable"))
def test_what_a_strict_checker_objects_to_is_named(row):
    if row["jwarc_validate_rc"] == "0" and row["warcio_check_rc"] == "0":
        return
    assert list(check_file(FOLDER / row["file"]))


@pytest.mark.parametrize("row", files("C-tools-disagree"))
def test_where_tools_disagree_the_leniency_is_reported(row):
    count, findings = read(row)
    assert count == max(
        int(row[tool].partition(" ")[0])
        for tool in ("warcio_records", "fastwarc_records")
    )
    assert findings


@pytest.mark.parametrize("row", files("D-invalid"))
def test_broken_files_are_reported_with_file_and_offset(row):
    path = FOLDER / row["file"]
    findings = list(check_file(path, name="some/name.warc"))
    assert findings
    for finding in findings:
        assert finding.path == "some/name.warc"
        assert finding.offset is not None
        assert 0 <= finding.offset <= path.stat().st_size
        assert finding.code in CODES


@pytest.mark.parametrize("row", files("D-invalid"))
def test_broken_files_raise_where_nobody_takes_findings(row):
    path = FOLDER / row["file"]
    _, findings = read(row)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        assert sum(1 for _ in read_records(path))
        return
    with pytest.raises((DamagedRecord, UnsupportedFormat), match=r"offset \d+ in "):
        list(read_records(path))


@pytest.mark.parametrize("row", files("ARC"))
def test_arc_is_refused_in_plain_words(row):
    path = FOLDER / row["file"]
    with pytest.raises(UnsupportedFormat, match="ARC, which is not read"):
        list(read_records(path))
    assert [finding.code for finding in check_file(path)] == ["arc"]
