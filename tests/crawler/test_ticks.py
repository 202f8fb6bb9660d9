"""When rhythms tick: grids, clocks on the wall, learnt intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from archive.model import Adaptive, Cron, Every, Rhythm
from crawler.ticks import (
    first_interval,
    fraction,
    learn,
    next_tick,
    step_s,
    ticks_between,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def moments(rhythm: Rhythm, after: datetime, number: int) -> list[datetime]:
    found = []
    for _ in range(number):
        after = next_tick(rhythm, "port-verity", after)
        found.append(after)
    return found


def local(zone: str, *numbers: int, fold: int = 0) -> datetime:
    year, month, day, hour, minute = numbers
    wall = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold)
    return wall.astimezone(UTC)


# ---------------------------------------------------------------- equal steps


def test_equal_steps_lie_on_a_grid_that_needs_no_memory():
    ticks = moments(Every(seconds=900), NOON, 5)
    assert {b - a for a, b in pairwise(ticks)} == {timedelta(minutes=15)}
    later = next_tick(Every(seconds=900), "port-verity", NOON + timedelta(minutes=47))
    assert later in ticks


def test_a_tick_is_later_than_the_moment_it_is_asked_for():
    tick = next_tick(Every(seconds=900), "port-verity", NOON)
    just_before = tick - timedelta(microseconds=1)
    assert next_tick(Every(seconds=900), "port-verity", just_before) == tick
    assert next_tick(Every(seconds=900), "port-verity", tick) > tick


def test_five_thousand_sources_are_spread_evenly():
    begin = NOON
    seconds = [0] * 900
    for number in range(5000):
        tick = next_tick(Every(seconds=900), f"source-{number}", begin)
        seconds[int((tick - begin).total_seconds()) % 900] += 1
    assert sum(seconds) == 5000
    assert max(seconds) < 20  # of one second; the mean is 5.6
    minutes = [sum(seconds[n : n + 60]) for n in range(0, 900, 60)]
    assert max(minutes) < 1.3 * min(minutes)


def test_a_source_has_its_place_for_ever():
    assert fraction("port-verity") == pytest.approx(0.4095, abs=0.0001)


# ---------------------------------------------------------------- clocks on the wall


@pytest.mark.parametrize(
    ("expression", "zone", "begin", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            local("Europe/Berlin", 2026, 3, 28, 12, 0),
            [
                local("Europe/Berlin", 2026, 3, 29, 3, 0),  # 2:30 is jumped over
                local("Europe/Berlin", 2026, 3, 30, 2, 30),
            ],
            id="a fixed time in the gap runs right after it",
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            local("Europe/Berlin", 2026, 10, 24, 12, 0),
            [
                local("Europe/Berlin", 2026, 10, 25, 2, 30),  # the first of the two
                local("Europe/Berlin", 2026, 10, 26, 2, 30),
            ],
            id="a fixed time that comes twice runs once",
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            local("Europe/Berlin", 2026, 10, 25, 2, 10, fold=1),
            [local("Europe/Berlin", 2026, 10, 26, 2, 30)],
            id="nor from between the two",
        ),
        pytest.param(
            "10,20 2 * * *",
            "America/New_York",
            local("America/New_York", 2026, 3, 8, 1, 0),
            [
                local("America/New_York", 2026, 3, 8, 3, 0),
                local("America/New_York", 2026, 3, 9, 2, 10),
            ],
            id="two times in one gap are one tick after it",
        ),
        pytest.param(
            "0 * * * *",
            "America/New_York",
            local("America/New_York", 2026, 11, 1, 0, 30),
            [
                local("America/New_York", 2026, 11, 1, 1, 0),
                local("America/New_York", 2026, 11, 1, 1, 0, fold=1),
                local("America/New_York", 2026, 11, 1, 2, 0),
            ],
            id="every hour means every hour that passes",
        ),
        pytest.param(
            "10 */3 * * *",
            "Australia/Lord_Howe",
            local("Australia/Lord_Howe", 2026, 10, 4, 0, 0),
            [
                local("Australia/Lord_Howe", 2026, 10, 4, 0, 10),
                local("Australia/Lord_Howe", 2026, 10, 4, 3, 10),
                local("Australia/Lord_Howe", 2026, 10, 4, 6, 10),
            ],
            id="a change of half an hour drops no tick",
        ),
        pytest.param(
            "0 12 * * *",
            "Asia/Tehran",
            local("Asia/Tehran", 2026, 3, 21, 0, 0),
            [
                local("Asia/Tehran", 2026, 3, 21, 12, 0),
                local("Asia/Tehran", 2026, 3, 22, 12, 0),
            ],
            id="a zone of half hours that keeps its time",
        ),
        pytest.param(
            "0 6 29 2 *",
            "UTC",
            NOON,
            [datetime(2028, 2, 29, 6, tzinfo=UTC)],
            id="a day that comes every four years",
        ),
        pytest.param(
            "0 6 L * *",
            "UTC",
            datetime(2027, 2, 3, tzinfo=UTC),
            [datetime(2027, 2, 28, 6, tzinfo=UTC)],
            id="the last day of a month",
        ),
    ],
)
def test_cron_follows_the_clock_on_the_wall(expression, zone, begin, expected):
    rhythm = Cron(expression=expression, zone=zone)
    assert moments(rhythm, begin, len(expected)) == expected


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tehran"]
)
@pytest.mark.parametrize(
    "expression",
    ["30 2 * * *", "5,35 1-3 * * 1-5", "*/20 * * * *", "10 */3 * * *", "0 0 1 * *"],
)
def test_cronsim_agrees_where_clocks_change_by_whole_hours(expression, zone):
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    end = datetime(2026, 11, 10, tzinfo=UTC)
    wanted = []
    where = UTC if zone == "UTC" else ZoneInfo(zone)
    for wall in CronSim(expression, begin.astimezone(where)):
        if wall > end:
            break
        wanted.append(wall.astimezone(UTC))
    rhythm = Cron(expression=expression, zone=zone)
    found = moments(rhythm, begin, len(wanted))
    assert found == wanted
    span = ticks_between(rhythm, "x", begin, end)
    assert span is not None
    assert (span.first, span.last, span.count) == (wanted[0], wanted[-1], len(wanted))


@pytest.mark.parametrize(
    "rhythm", [Every(seconds=60), Adaptive(), Cron(expression="* * * * *")], ids=repr
)
def test_a_year_of_ticks_is_counted_without_being_listed(rhythm):
    span = ticks_between(rhythm, "x", NOON, NOON + timedelta(days=365), 60)
    assert span is not None
    step = step_s(rhythm, "x", span.first, 60)
    assert span.count == 1 + (span.last - span.first).total_seconds() / step


def test_no_tick_is_no_span():
    tick = next_tick(Every(seconds=900), "x", NOON)
    before = tick - timedelta(seconds=1)
    for rhythm in (Every(seconds=900), Cron(expression="0 6 * * *")):
        assert ticks_between(rhythm, "x", NOON, NOON) is None
    assert ticks_between(Every(seconds=900), "x", NOON, before) is None
    span = ticks_between(Every(seconds=900), "x", before, tick)
    assert span is not None
    assert span.count == 1
    morning = Cron(expression="0 6 * * *")
    assert ticks_between(morning, "x", NOON, NOON + timedelta(hours=9)) is None


# ---------------------------------------------------------------- learning


@pytest.mark.parametrize("per_hour", [0.2, 1, 5, 30])
def test_the_interval_converges_to_where_a_tenth_is_new(per_hour):
    rhythm, listed = Adaptive(), 40
    interval = first_interval(rhythm, "port-verity")
    for _ in range(12):
        share = min(1.0, per_hour * interval / 3600 / listed)
        interval = learn(interval, share, rhythm.floor_s, rhythm.ceiling_s)
    wanted = 0.1 * listed / per_hour * 3600
    bounded = min(max(wanted, rhythm.floor_s), rhythm.ceiling_s)
    assert interval == pytest.approx(bounded, rel=0.02)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1.0, 1800.0),  # never more than halved
        (0.1, 3600.0),
        (0.0, 5400.0),  # nor lengthened by more than half
        (None, 5400.0),  # a look that failed
    ],
)
def test_one_look_changes_the_interval_only_so_far(share, expected):
    assert learn(3600, share, 900, 86400) == expected


def test_a_floor_and_a_ceiling_hold_whatever_is_learnt():
    assert learn(1000, 1.0, 900, 86400) == 900
    assert learn(80000, None, 900, 86400) == 86400
    tick = next_tick(Adaptive(floor_s=900, ceiling_s=1800), "x", NOON, 99999)
    assert tick == NOON + timedelta(seconds=1800)


def test_sources_that_are_new_together_do_not_stay_together():
    intervals = {first_interval(Adaptive(), f"source-{n}") for n in range(100)}
    assert len(intervals) > 80
    assert min(intervals) >= 2700
    assert max(intervals) <= 4500
