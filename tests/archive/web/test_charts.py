"""Pictures of numbers: bars stand on the ground, within the picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.tallies import Count
from archive.web.charts import HEIGHT, WIDTH, heat, hours_chart, nice_top, sparkline

_counts = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=30)


@given(_counts)
def test_bars_stay_within_the_picture_and_stand_on_each_other(numbers):
    begin = datetime(2026, 11, 22, tzinfo=UTC)
    chart = hours_chart(
        [
            (begin + timedelta(hours=n), Count(new=new, changed=changed))
            for n, (new, changed) in enumerate(numbers)
        ]
    )
    assert len(chart.bars) == len(numbers)
    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert bar.lower_y + bar.lower_height == pytest.approx(chart.ground, abs=0.11)
        assert bar.upper_y + bar.upper_height == pytest.approx(bar.lower_y, abs=0.11)
        assert 0 <= bar.upper_y <= HEIGHT
    heights = [mark.at for mark in chart.heights]
    assert heights == sorted(heights, reverse=True)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_a_sparkline_says_in_words_what_it_shows(values):
    drawn = sparkline(values)
    assert len(drawn.bars) == len(values)
    assert all(0 <= y <= y + height <= drawn.height for _, y, _, height in drawn.bars)
    assert f"{sum(values)} articles in {len(values)} days" in drawn.sentence


@pytest.mark.parametrize(
    ("value", "most", "colour"),
    [(0, 0, 0), (0, 9, 0), (1, 1, 4), (1, 100, 1), (25, 100, 1), (26, 100, 2),
     (50, 100, 2), (75, 100, 3), (76, 100, 4), (100, 100, 4)],
)  # fmt: skip
def test_a_day_has_one_of_five_colours(value, most, colour):
    assert heat(value, most) == colour


@given(st.integers(0, 10**9))
def test_the_top_of_an_axis_is_round_and_not_far(most):
    top = nice_top(most)
    assert top >= most
    assert top <= max(2 * most, 1) + most // 2
    assert str(top).rstrip("0") in ("1", "2", "4", "5")
