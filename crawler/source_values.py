"""How the values in a file of sources are read.

Each reader takes the value that TOML gave and returns that of the model. It
raises `WrongValue` with the rest of a sentence that begins with the key.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final
from urllib.parse import urlsplit

from archive.model import SeedKind
from crawler.durations import duration_s, duration_text

ID: Final = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
# Language, script, region, variants (RFC 5646, 2.1), without its rarer forms.
LANGUAGE: Final = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"
SHORTEST_S: Final = 60  # of a rhythm or an age: no source is news by the second
LONGEST_S: Final = 3650 * 86_400  # what adds up to a date that there is


class WrongValue(ValueError):
    """A value that can not be; `key` and `value` name the part that is wrong."""

    def __init__(self, sentence: str, *, key: str = "", value: object = None) -> None:
        """Say what is wrong, and with which part."""
        super().__init__(sentence)
        self.key = key
        self.value = value


def text(value: Any) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str):
        raise WrongValue(f"is to be a text in quotation marks, not {shown(value)}")
    if not value.strip():
        raise WrongValue("is empty")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Read a list of texts."""
    if not isinstance(value, list):
        raise WrongValue(f"is to be a list of texts, not {shown(value)}")
    return tuple(text(one) for one in value)


def patterns(value: Any) -> tuple[str, ...]:
    """Read a list of regular expressions."""
    expressions = texts(value)
    for pattern in expressions:
        try:
            re.compile(pattern)
        except re.error as error:
            raise WrongValue(
                f"holds no regular expression: {pattern!r}, {error}",
                value=pattern,
            ) from error
    return expressions


def source_id(value: Any) -> str:
    """Read the id of a source."""
    written = text(value)
    if not re.fullmatch(ID, written):
        raise WrongValue(
            f"is {written!r}: a-z, 0-9 and - are wanted, - not at the ends, at most 64"
        )
    return written


def language(value: Any) -> str:
    """Read a BCP 47 tag."""
    written = text(value)
    if not re.fullmatch(LANGUAGE, written):
        raise WrongValue(
            f'is {written!r}: a BCP 47 tag is wanted, such as "en" or "pt-BR"'
        )
    return written


def address(value: Any) -> str:
    """Read an http or https address without user information."""
    written = text(value)
    try:
        parts = urlsplit(written)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise WrongValue(f"is no address: {written!r}, {error}") from error
    if (
        parts.scheme not in {"http", "https"}
        or not has_host
        or re.search(r"\s", written)
    ):
        raise WrongValue(f"is no http or https address: {written!r}")
    if "@" in parts.netloc:
        raise WrongValue("holds user information, which an archive must not record")
    return written


def seconds(value: Any) -> float:
    """Read a number of seconds from 0 on."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValue(f"is to be a number of seconds, not {shown(value)}")
    if not math.isfinite(value) or value < 0:
        raise WrongValue(f"is {value}: seconds from 0 on are wanted")
    return float(value)


def limit_of_time(value: Any) -> float:
    """Read a number of seconds above 0."""
    limit = seconds(value)
    if limit == 0:
        raise WrongValue("is 0: nothing can be fetched in no time")
    return limit


def least_duration(value: Any) -> float:
    """Read a duration from one minute to ten years."""
    form = 'a duration is wanted, such as "15m", "1h30m" or "7d"'
    if not isinstance(value, str):
        raise WrongValue(f"is {shown(value)}: {form}")
    try:
        span = duration_s(value)
    except ValueError as error:
        raise WrongValue(f"is {value[:80]!r}: {form}", value=value) from error
    if not SHORTEST_S <= span <= LONGEST_S:
        bounds = f"{duration_text(SHORTEST_S)} to {duration_text(LONGEST_S)}"
        raise WrongValue(f"is {value!r}: {bounds} are possible", value=value)
    return float(span)


def ages(value: Any) -> tuple[float, ...]:
    """Read a list of durations, each longer than the one before."""
    if not isinstance(value, list):
        raise WrongValue(f'is to be a list such as ["1h", "7d"], not {shown(value)}')
    read: list[float] = []
    for one in value:
        try:
            read.append(least_duration(one))
        except WrongValue as error:
            raise WrongValue(f"holds what {error}", value=one) from error
        if len(read) > 1 and read[-1] <= read[-2]:
            raise WrongValue(
                f"holds {one!r} after what is as long or longer; "
                "each age is to be above the one before",
                value=one,
            )
    return tuple(read)


def count(value: Any) -> int:
    """Read a whole number from 1 on."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValue(f"is to be a whole number, not {shown(value)}")
    if value < 1:
        raise WrongValue(f"is {value}: a number from 1 on is wanted")
    return value


def yes_or_no(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise WrongValue(f"is to be true or false, not {shown(value)}")
    return value


def reason(value: Any) -> str:
    """Read a reason in words."""
    if not isinstance(value, str) or not value.strip():
        raise WrongValue(
            'is to be the reason in words, such as "agreed with the publisher": '
            "it is recorded in the archive"
        )
    return value


def seed_kind(value: Any) -> SeedKind:
    """Read the kind of a seed."""
    kinds = [kind.value for kind in SeedKind]
    if value not in kinds:
        raise WrongValue(f"is {shown(value)}: one of {', '.join(kinds)} is wanted")
    return SeedKind(value)


def shown(value: Any) -> str:
    """Show a wrong value in a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str | int | float) else "something else"
