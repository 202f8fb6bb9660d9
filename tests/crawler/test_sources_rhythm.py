"""Rhythm, rechecks and delays in a file of sources: what they mean, what can not be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Adaptive, Cron, Every, Manners, Source
from crawler.durations import duration_s, duration_text, duration_words
from crawler.rhythms import rhythm_of, rhythm_words
from crawler.sources import parse_sources

HEAD = """\
[[source]]
id = "a"
name = "A"
seeds = [{ kind = "feed", url = "https://a.example/feed" }]
"""


def source(lines: str, defaults: str = "") -> Source:
    (read,) = parse_sources(f"{defaults}\n{HEAD}{lines}\n", "s.toml")
    return read


# ---------------------------------------------------------------- durations


@pytest.mark.parametrize(
    ("written", "seconds", "words"),
    [
        ("90s", 90, "1 minute 30 seconds"),
        ("15m", 900, "15 minutes"),
        ("2h", 7200, "2 hours"),
        ("1d", 86_400, "1 day"),
        ("1h30m", 5400, "1 hour 30 minutes"),
        ("7d12h", 648_000, "7 days 12 hours"),
        ("0s", 0, "no time"),
    ],
)
def test_a_duration_is_read_and_said(written, seconds, words):
    assert duration_s(written) == seconds
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    "written",
    ["", "15", "m", "15 m", "1.5h", "-1h", "30m1h", "1h1h", "1w", "٣m", "15M", "1h\n"],
)
def test_what_is_no_duration_is_refused(written):
    with pytest.raises(ValueError, match="no duration"):
        duration_s(written)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_duration_that_was_written_is_read_back(seconds):
    assert duration_s(duration_text(seconds)) == seconds


@pytest.mark.parametrize("seconds", [0.5, -1, -60.0])
def test_a_duration_that_can_not_be_written_is_an_error(seconds):
    with pytest.raises(ValueError, match="no whole seconds"):
        duration_text(seconds)


# ---------------------------------------------------------------- rhythms


@pytest.mark.parametrize(
    ("lines", "rhythm", "words"),
    [
        ("", Adaptive(), "adaptive, every 15 minutes to 1 day"),
        ('every = "adaptive"', Adaptive(), "adaptive, every 15 minutes to 1 day"),
        ('every = "15m"', Every(seconds=900.0), "every 15 minutes"),
        (
            'every = "adaptive"\nfloor = "5m"\nceiling = "6h"',
            Adaptive(floor_s=300.0, ceiling_s=21_600.0),
            "adaptive, every 5 minutes to 6 hours",
        ),
        (
            'every = "adaptive"\nfloor = "1h"',
            Adaptive(floor_s=3600.0),
            "adaptive, every 1 hour to 1 day",
        ),
        (
            'cron = "30 6 * * 1-5"\nzone = "Europe/Berlin"',
            Cron(expression="30 6 * * 1-5", zone="Europe/Berlin"),
            "cron 30 6 * * 1-5 in Europe/Berlin",
        ),
        (
            'cron = " 0  7-22/3 * *  mon-sat "',
            Cron(expression="0 7-22/3 * * mon-sat", zone="UTC"),
            "cron 0 7-22/3 * * mon-sat in UTC",
        ),
    ],
)
def test_a_rhythm_is_read_and_said(lines, rhythm, words):
    assert source(lines).rhythm == rhythm
    assert rhythm_words(rhythm) == words


DEFAULTS = {
    "every": '[defaults]\nevery = "2h"\n',
    "adaptive": '[defaults]\nevery = "adaptive"\nfloor = "5m"\n',
    "cron": '[defaults]\ncron = "0 6 * * *"\nzone = "Asia/Tokyo"\n',
}


@pytest.mark.parametrize(
    ("defaults", "lines", "rhythm"),
    [
        ("every", "", Every(seconds=7200.0)),
        ("adaptive", "", Adaptive(floor_s=300.0)),
        ("cron", "", Cron(expression="0 6 * * *", zone="Asia/Tokyo")),
        ("every", 'cron = "1 2 * * *"', Cron(expression="1 2 * * *")),
        ("cron", 'cron = "1 2 * * *"', Cron(expression="1 2 * * *", zone="UTC")),
        ("cron", 'every = "1h"', Every(seconds=3600.0)),
        ("cron", 'every = "adaptive"', Adaptive()),
        ("adaptive", 'every = "adaptive"\nceiling = "2h"', Adaptive(ceiling_s=7200.0)),
    ],
)
def test_a_rhythm_replaces_the_default_one_wholly(defaults, lines, rhythm):
    assert source(lines, DEFAULTS[defaults]).rhythm == rhythm


# the lines, the one that is wrong (from 1), what is said of it
WRONG = [
    ('every = "1h"\ncron = "0 6 * * *"', 2, "contradicts the `every` beside it"),
    ('cron = "0 6 * * *"\nfloor = "5m"', 2, "contradicts the `cron` beside it"),
    ('zone = "UTC"', 1, "counts for `cron` alone"),
    ('every = "1h"\nzone = "UTC"', 2, "counts for `cron` alone"),
    ('floor = "5m"', 1, 'write every = "adaptive"'),
    ('every = "1h"\nceiling = "2h"', 2, 'write every = "adaptive"'),
    ('every = "adaptive"\nfloor = "2h"\nceiling = "1h"', 2, "the `ceiling` of 1h"),
    (
        'every = "adaptive"\nfloor = "2d"',
        2,
        "the `ceiling` of 1d, which is the default",
    ),
    (
        'every = "adaptive"\nceiling = "5m"',
        2,
        "the `floor` of 15m, which is the default",
    ),
    ('every = "59s"', 1, "1m to 3650d are possible"),
    ('every = "3651d"', 1, "1m to 3650d are possible"),
    ("every = 15", 1, 'such as "15m"'),
    ('every = "hourly"', 1, 'such as "15m"'),
    ('cron = "@daily"', 1, "five fields are wanted"),
    ('cron = "0 0 6 * * *"', 1, "five fields are wanted"),
    ('cron = "60 6 * * *"', 1, "bad minute"),
    ('cron = "0 6 * * * "\nzone = "Europe/Brlin"', 2, "did you mean 'Europe/Berlin'?"),
    ('cron = "0 6 * * *"\nzone = "Europe"', 2, "no time zone"),
    ('cron = "0 6 * * *"\nzone = "../../etc/passwd"', 2, "no time zone"),
    ('cron = "0 6 31 2 *"', 1, "bad day-of-month"),
    (f'cron = "0 6 * * {"1," * 200}1"', 1, "five fields are wanted"),
    ('cron = ""', 1, "is empty"),
    ('rechecks = ["1h", "1h"]', 1, "to be above the one before"),
    ('rechecks = [\n  "6h",\n  "1h",\n]', 3, "holds '1h' after"),
    ('rechecks = ["soon"]', 1, "holds what is 'soon'"),
    ('rechecks = ["30s"]', 1, "1m to 3650d"),
    ("rechecks = [3600]", 1, "such as"),
    ('rechecks = "1h"', 1, "a list"),
    ("[source.manners]\nmax_delay_s = 0.5", 2, "below the `delay_s` of 1.0"),
    (
        "[source.manners]\ndelay_s = 9\nmax_delay_s = 8",
        3,
        "is 8.0, below the `delay_s` of 9.0; raise it, or leave it out",
    ),
    ("[source.manners]\ndaily_budget = 0", 2, "from 1 on"),
    ("[source.manners]\ndaily_budget = 2.5", 2, "whole number"),
]


@pytest.mark.parametrize(("lines", "line", "said"), WRONG)
def test_what_can_not_be_or_contradicts_itself_is_an_error(lines, line, said):
    with pytest.raises(UsageError) as caught:
        source(lines)
    offset = 1 + HEAD.count("\n")
    assert str(caught.value).startswith(f"s.toml, line {offset + line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("defaults", "line", "said"),
    [
        (
            '[defaults]\nevery = "1h"\ncron = "0 6 * * *"\n',
            3,
            "of [defaults] contradicts",
        ),
        ('[defaults]\nzone = "UTC"\n', 2, "counts for `cron` alone"),
        ("[defaults.manners]\nmax_delay_s = 0.1\n", 2, "the manners of [defaults]"),
    ],
)
def test_defaults_are_held_to_the_same(defaults, line, said):
    with pytest.raises(UsageError, match=rf"line {line}: .*{re.escape(said)}"):
        source("", defaults)


def test_a_floor_of_a_source_does_not_lean_on_an_adaptive_default():
    with pytest.raises(UsageError, match="`floor` of source 'a' counts for"):
        source('floor = "10m"', DEFAULTS["adaptive"])


@pytest.mark.parametrize(
    ("defaults", "lines", "manners"),
    [
        ("", "delay_s = 120", Manners(delay_s=120.0, max_delay_s=120.0)),
        ("delay_s = 120", "", Manners(delay_s=120.0, max_delay_s=120.0)),
        ("delay_s = 120", "delay_s = 2", Manners(delay_s=2.0, max_delay_s=60.0)),
        ("max_delay_s = 30", "delay_s = 45", Manners(delay_s=45.0, max_delay_s=45.0)),
        ("max_delay_s = 30", "delay_s = 5", Manners(delay_s=5.0, max_delay_s=30.0)),
    ],
)
def test_a_longer_delay_lifts_a_limit_that_was_said_elsewhere(defaults, lines, manners):
    read = source(f"[source.manners]\n{lines}", f"[defaults.manners]\n{defaults}")
    assert read.manners == manners


def test_a_limit_below_the_delay_of_the_defaults_is_an_error():
    with pytest.raises(UsageError, match="below the `delay_s` of 9"):
        source("[source.manners]\nmax_delay_s = 3", "[defaults.manners]\ndelay_s = 9\n")


def test_no_keys_say_no_rhythm():
    assert rhythm_of({}) is None


@pytest.mark.parametrize(
    ("expression", "after", "ticks"),
    [
        # Clocks go forward at 2: the hour that is left out comes at its end.
        ("30 2 * * *", "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        # They go back at 3: the hour that comes twice counts once.
        ("30 2 * * *", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        # Day of month or day of week, where both are said.
        ("0 0 13 * 5", "2026-11-01T00:00", ["2026-11-05T23:00", "2026-11-12T23:00"]),
    ],
)
def test_cron_means_what_the_documentation_says(expression, after, ticks):
    """The library's promise, which docs/sources.md repeats."""
    read = source(f'cron = "{expression}"\nzone = "Europe/Berlin"').rhythm
    assert isinstance(read, Cron)
    start = datetime.fromisoformat(f"{after}+00:00").astimezone(ZoneInfo(read.zone))
    coming = CronSim(read.expression, start)
    found = [next(coming).astimezone(UTC) for _ in ticks]
    assert [f"{tick:%Y-%m-%dT%H:%M}" for tick in found] == ticks
