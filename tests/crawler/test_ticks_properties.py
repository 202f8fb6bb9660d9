"""What holds for the ticks of any rhythm, at any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.model import Adaptive, Cron, Every, Rhythm
from crawler.ticks import next_tick, ticks_between
from tests.support.tickcounts import oracle

# The second names are of zones whose clocks change at midnight, or at its edge.
ZONES = (
    *("Europe/Berlin", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe", "UTC"),
    *("Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Scoresbysund"),
)
FIELDS = ("0", "30", "5,35", "*/15", "*", "59")
HOURS = ("*", "*/3", "0", "2", "1-3", "0,23", "6,18")
DAYS = ("*", "1-5", "0")

crons = st.builds(
    lambda minute, hour, day, zone: Cron(
        expression=f"{minute} {hour} * * {day}", zone=zone
    ),
    *map(st.sampled_from, (FIELDS, HOURS, DAYS, ZONES)),
)
steps = st.builds(Every, seconds=st.integers(60, 200_000).map(float))
rhythms = st.one_of(crons, steps)
# In the years that zones have rules for, and often near the nights of changes.
moments = st.one_of(
    st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001 (made aware below)
    st.builds(
        lambda night, seconds: night + timedelta(seconds=seconds),
        st.sampled_from(
            [
                datetime(2026, 3, 29, 1),  # noqa: DTZ001
                datetime(2026, 10, 25, 1),  # noqa: DTZ001
                datetime(2026, 3, 8, 7),  # noqa: DTZ001
                datetime(2026, 11, 1, 6),  # noqa: DTZ001
                datetime(2026, 4, 4, 15),  # noqa: DTZ001
                datetime(2026, 10, 3, 15, 30),  # noqa: DTZ001
                datetime(2026, 4, 23, 22),  # noqa: DTZ001
                datetime(2026, 10, 29, 21),  # noqa: DTZ001
            ]
        ),
        st.integers(-100_000, 100_000),
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))
spans_s = st.floats(0, 5 * 86_400)


@given(rhythm=rhythms, after=moments, span_s=spans_s)
def test_the_ticks_are_those_counted_by_hand(
    rhythm: Every | Cron, after: datetime, span_s: float
):
    until = after + timedelta(seconds=span_s)
    wanted = list(oracle(rhythm, "x", after, until))
    found, moment = [], after
    while (moment := next_tick(rhythm, "x", moment)) <= until:
        found.append(moment)
    assert found == wanted
    span = ticks_between(rhythm, "x", after, until)
    if not wanted:
        assert span is None
    else:
        assert span is not None
        assert (span.first, span.last, span.count) == (
            wanted[0],
            wanted[-1],
            len(wanted),
        )


@given(
    rhythm=st.one_of(rhythms, st.just(Adaptive())),
    after=moments,
    share=st.floats(0, 1),
)
def test_where_one_begins_to_count_changes_nothing(
    rhythm: Rhythm, after: datetime, share: float
):
    tick = next_tick(rhythm, "x", after)
    assert tick > after
    assert tick.microsecond == 0
    if not isinstance(rhythm, Adaptive):  # that counts from the tick before
        between = after + (tick - after) * share
        if between < tick:
            assert next_tick(rhythm, "x", between) == tick
