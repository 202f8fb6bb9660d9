"""The keys of a rhythm, read together: `every`, `floor`, `ceiling`, `cron`, `zone`.

Pure, but for the zone database of the system. What cron means is cronsim's:
Debian's cron, with its treatment of the nights when clocks change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from archive.model import Adaptive, Cron, Every, Rhythm
from crawler.durations import duration_text, duration_words
from crawler.source_values import WrongValue, least_duration, text

ADAPTIVE: Final = "adaptive"
RHYTHM_KEYS: Final = ("every", "floor", "ceiling", "cron", "zone")
CRON_LIMIT: Final = 200  # characters
UTC_ZONE: Final = Cron(expression="").zone
_DEFAULT: Final = Adaptive()
_SOME_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)


def every(value: Any) -> str | float:
    """Read the step of a rhythm: a duration, or the word for the adaptive one."""
    return ADAPTIVE if value == ADAPTIVE else least_duration(value)


def cron(value: Any) -> str:
    """Read five fields that fit at least one moment of the next fifty years."""
    written = " ".join(text(value).split())
    form = 'five fields are wanted, such as "30 6 * * 1-5" for 6:30 on working days'
    if len(written) > CRON_LIMIT or written.count(" ") != 4:
        raise WrongValue(f"is {written[:80]!r}: {form}")
    try:
        next(CronSim(written, _SOME_DAY))
    except CronSimError as error:
        raise WrongValue(f"is {written!r}: {str(error).lower()}; {form}") from error
    except StopIteration as error:
        raise WrongValue(f"is {written!r}: there is no such day") from error
    return written


def zone(value: Any) -> str:
    """Read the IANA name of a time zone."""
    written = text(value)
    try:
        ZoneInfo(written)
    except (ValueError, OSError, KeyError) as error:  # no name, a folder, unknown
        close = get_close_matches(written, available_timezones(), n=1, cutoff=0.6)
        hint = f"did you mean {close[0]!r}?" if close else "Europe/Berlin is one"
        raise WrongValue(f"is no time zone: {written!r}; {hint}") from error
    return written


def rhythm_of(values: Mapping[str, Any]) -> Rhythm | None:
    """Make the rhythm that the keys of one table say; None if they say nothing.

    Raises WrongValue, which names the key, where they contradict each other.
    """
    step = values.get("every")
    if "cron" in values:
        _alone(values, "cron", "every")
        for bound in ("floor", "ceiling"):
            _alone(values, bound, "cron")
        return Cron(expression=values["cron"], zone=values.get("zone", UTC_ZONE))
    if "zone" in values:
        raise WrongValue(
            "counts for `cron` alone, which is missing: the others are counted in UTC",
            key="zone",
        )
    if step == ADAPTIVE:
        return _adaptive(values)
    for bound in ("floor", "ceiling"):
        if bound in values:
            raise WrongValue(
                f'counts for the adaptive rhythm alone; write every = "{ADAPTIVE}"',
                key=bound,
            )
    return None if step is None else Every(seconds=step)


def rhythm_keys(rhythm: Rhythm) -> dict[str, str]:
    """Say which keys make a rhythm: the way back from `rhythm_of`.

    Raises ValueError for seconds that are not whole.
    """
    if isinstance(rhythm, Cron):
        return {"cron": rhythm.expression, "zone": rhythm.zone}
    if isinstance(rhythm, Every):
        return {"every": duration_text(rhythm.seconds)}
    return {
        "every": ADAPTIVE,
        "floor": duration_text(rhythm.floor_s),
        "ceiling": duration_text(rhythm.ceiling_s),
    }


def rhythm_words(rhythm: Rhythm) -> str:
    """Say a rhythm in words."""
    if isinstance(rhythm, Cron):
        return f"cron {rhythm.expression} in {rhythm.zone}"
    if isinstance(rhythm, Every):
        return f"every {duration_words(rhythm.seconds)}"
    floor, ceiling = map(duration_words, (rhythm.floor_s, rhythm.ceiling_s))
    return f"adaptive, every {floor} to {ceiling}"


def _adaptive(values: Mapping[str, Any]) -> Adaptive:
    floor = values.get("floor", _DEFAULT.floor_s)
    ceiling = values.get("ceiling", _DEFAULT.ceiling_s)
    if floor > ceiling:
        key, other = ("floor", "ceiling") if "floor" in values else ("ceiling", "floor")
        said = {"floor": duration_text(floor), "ceiling": duration_text(ceiling)}
        where = "above" if key == "floor" else "below"
        by_default = "" if other in values else ", which is the default"
        raise WrongValue(
            f"is {said[key]}, {where} the `{other}` of {said[other]}{by_default}",
            key=key,
        )
    return Adaptive(floor_s=floor, ceiling_s=ceiling)


def _alone(values: Mapping[str, Any], key: str, other: str) -> None:
    if key in values and other in values:
        raise WrongValue(
            f"contradicts the `{other}` beside it: keep one of them", key=key
        )
