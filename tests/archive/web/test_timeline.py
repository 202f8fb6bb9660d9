"""The captures of an article on a line of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from archive.collection import Collection
from archive.model import Capture, Locator
from archive.questions import Kept
from archive.versions import History, Seen, tell
from archive.versions_questions import history
from archive.web.timeline import WIDTH, timeline
from tests.support.builders import NOON, make_discovery
from tests.support.editions import BRIDGE, Edition, keep_editions


def test_no_capture_no_picture():
    assert timeline(tell("http://news.example/", [], {})) is None


def test_dots_stand_where_their_time_is_and_bands_from_version_to_version(tmp_path):
    editions = [
        Edition(text="One.", hours=0),
        Edition(text="One.", hours=10),
        Edition(text="Two.", hours=50),
        Edition(text=None, hours=100),
    ]
    keep_editions(tmp_path / "c", editions)
    with Collection.open(tmp_path / "c") as collection:
        line = timeline(history(collection.catalogue, BRIDGE))
    assert line is not None
    first, second, third, fourth = (dot.x for dot in line.dots)
    assert round((third - first) / (fourth - first), 2) == 0.5
    assert round((second - first) / (fourth - first), 2) == 0.1
    assert [(band.number, band.x) for band in line.bands] == [(1, first), (2, third)]
    assert line.bands[0].width == third - first


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=300))
def test_dots_never_cover_each_other_and_stay_in_the_picture(seconds):

    capture = Capture(
        record_id="<urn:uuid:00000000-0000-4000-8000-000000000001>",
        url=BRIDGE,
        date=NOON,
        status=200,
        media_type="text/html",
        block_digest="sha256:0",
        payload_digest="sha256:0",
        payload_length=1,
        transfer_coded=False,
        locator=Locator(path="warc/a.warc.gz", offset=0, length=1),
        discovery=make_discovery(),
    )
    kept = [
        Kept(
            capture=replace(capture, date=NOON + timedelta(seconds=s)),
            text_outcome=None,
            text_detail="",
            page_class=None,
            extractor=None,
        )
        for s in sorted(seconds)
    ]
    line = timeline(
        History(
            url=BRIDGE,
            versions=(),
            captures=tuple(Seen(kept=k, version=None) for k in kept),
        )
    )
    assert line is not None
    places = [dot.x for dot in line.dots]
    assert all(b - a > 8.9 for a, b in pairwise(places))
    assert min(places) >= 0
    assert max(places) <= line.width
    assert line.width >= WIDTH
