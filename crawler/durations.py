"""Spans of time as people write them: `90s`, `15m`, `1h30m`, `7d`. Pure."""

from __future__ import annotations

import re
from typing import Final

# Each unit once, the largest first; a unit left out is none of it.
DURATION: Final = (
    "(?=[0-9])(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?"
)
_DURATION = re.compile(DURATION)
_UNITS: Final = (
    ("d", "day", 86_400),
    ("h", "hour", 3600),
    ("m", "minute", 60),
    ("s", "second", 1),
)


def duration_s(written: str) -> int:
    """Read a duration in seconds. Raises ValueError if it is none."""
    match = _DURATION.fullmatch(written)
    if match is None:
        raise ValueError(f"no duration: {written!r}")
    counts = (int(part or 0) for part in match.groups())
    return sum(count * unit[2] for count, unit in zip(counts, _UNITS, strict=True))


def duration_text(seconds: float) -> str:
    """Write whole seconds so that `duration_s` reads them back: `1h30m`.

    Raises ValueError for what is below 0 or not whole.
    """
    return "".join(f"{count}{unit[0]}" for count, unit in _parts(seconds)) or "0s"


def duration_words(seconds: float) -> str:
    """Say a duration in words: `15 minutes`, `1 hour 30 minutes`."""
    parts = _parts(round(seconds))
    words = (f"{n} {unit[1]}{'' if n == 1 else 's'}" for n, unit in parts)
    return " ".join(words) or "no time"


def _parts(seconds: float) -> list[tuple[int, tuple[str, str, int]]]:
    rest = int(seconds)
    if rest != seconds or rest < 0:
        raise ValueError(f"{seconds} are no whole seconds")
    parts = []
    for unit in _UNITS:
        count, rest = divmod(rest, unit[2])
        if count:
            parts.append((count, unit))
    return parts
