"""One WARC file of chosen records: exact, whole events, and told from where."""

from __future__ import annotations

import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import NotFound
from archive.export.parts import Part
from archive.export.selection import EVERYTHING, Selection
from archive.export.warc_subset import Moved
from archive.reading import raw_record
from archive.warc.check import check_file
from archive.warc.fields import parse_warc_fields
from archive.warc.reader import read_records
from tests.archive.export.packed import accepted_by_others, subset

SELECTIONS = (
    EVERYTHING,
    Selection(source_ids=("tagblatt",)),
    Selection(since="2026-11-20T08:03", until="2026-11-21"),
    Selection(article="http://news.example/far"),
)


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_it_passes_every_check(held, tmp_path, selection):
    path = subset(held.collection, tmp_path / "some.warc.gz", selection)
    accepted_by_others(path)
    assert list(check_file(path)) == []


def test_everything_is_every_member_of_every_file(held, tmp_path):
    path = subset(held.collection, tmp_path / "all.warc.gz", EVERYTHING)
    files = list(held.collection.published())
    assert path.read_bytes().endswith(b"".join(file.read_bytes() for file in files))


def test_the_records_of_a_capture_stay_together_and_exact(held, tmp_path):
    selection = Selection(article=held.url("far"))
    path = subset(held.collection, tmp_path / "far.warc.gz", selection)
    assert raw_record(held.collection, held.captures["far"]) in path.read_bytes()
    records = [(record.type, record.target_uri) for record in read_records(path)]
    assert records == [
        ("warcinfo", None),
        ("warcinfo", None),  # that of the file the others are from
        *((kind, held.url("far")) for kind in ("request", "response", "metadata")),
    ]


def test_no_record_refers_to_a_warcinfo_that_is_not_there(held, tmp_path):
    selection = Selection(article=held.url("bridge"))
    path = subset(held.collection, tmp_path / "bridge.warc.gz", selection)
    records = list(read_records(path))
    ids = {record.record_id for record in records}
    asked = {record.fields.first("WARC-Warcinfo-ID") for record in records} - {None}
    assert len(asked) == 2
    assert asked <= ids
    pointers = ("WARC-Concurrent-To", "WARC-Refers-To")
    assert {
        one for r in records for name in pointers for one in r.fields.all(name)
    } <= ids


def test_the_first_record_says_what_was_selected_from_where(held, tmp_path):
    selection = Selection(source_ids=("courier", "tagblatt"), since="2026-11-21")
    path = subset(held.collection, tmp_path / "day.warc.gz", selection)
    record = next(iter(read_records(path)))
    assert record.fields.first("WARC-Filename") == "day.warc.gz"
    said = parse_warc_fields(record.read_block())
    assert said.first("isPartOf") == f"urn:uuid:{held.collection.id}"
    assert said.all("dateline-export-source") == ("courier", "tagblatt")
    assert said.all("dateline-export-since") == ("2026-11-21",)
    names = [held.collection.relative(path) for path in held.collection.published()]
    assert list(said.all("dateline-export-from")) == names


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (Selection(source_ids=("example",)), {"miss", "run"}),
        (Selection(source_ids=("tagblatt",)), set()),
        (Selection(until="2026-11-21"), set()),  # they happened on another day
        (Selection(article="http://news.example/far"), set()),
    ],
    ids=["a source", "another source", "a day", "an article"],
)
def test_misses_and_runs_come_with_their_source_and_time(
    held, tmp_path, selection, told
):
    if selection.source_ids == ("example",):
        # no capture of this source is held: nothing is chosen, the misses neither
        with pytest.raises(NotFound, match="there are: courier, tagblatt"):
            subset(held.collection, tmp_path / "none.warc.gz", selection)
        return
    path = subset(held.collection, tmp_path / "some.warc.gz", selection)
    found = re.findall(
        rb"dateline-event: (miss|run)\b", gzip.decompress(path.read_bytes())
    )
    assert {one.decode() for one in found} == told


@given(
    lengths=st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=20
    ),
    at=st.integers(0, 1000),
)
def test_every_byte_of_a_part_lies_where_it_is_said_to(lengths, at):
    ranges, end = [], 0
    for gap, length in lengths:
        ranges.append((end + gap, length))
        end += gap + length
    part = Part(name="warc/a", size=end, ranges=tuple(ranges), is_whole=False)
    whole = [offset + n for offset, length in ranges for n in range(length)]
    moved = Moved(part, at)
    for new, old in enumerate(whole, at):
        assert moved(old) == new
    for left_out in set(range(end + 5)) - set(whole):
        assert moved(left_out) is None
