"""The keys of a file of sources, as one table: docs/sources.md is held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from archive.model import Adaptive, Manners, Seed, Source
from crawler.durations import duration_text
from crawler.rhythms import UTC_ZONE, cron, every, zone
from crawler.source_values import (
    WrongValue,
    address,
    ages,
    count,
    language,
    least_duration,
    limit_of_time,
    patterns,
    reason,
    seconds,
    seed_kind,
    shown,
    source_id,
    text,
    texts,
    yes_or_no,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: where it may stand, how it is read, what it means."""

    name: str
    table: str  # "source", "source.manners" or a seed of "source.seeds"
    read: Callable[[Any], object]
    meaning: str
    default: str | None = None  # as TOML; None: there is none
    is_required: bool = False
    is_for_all: bool = False  # may stand in [defaults] or [defaults.manners] too


def seeds(value: Any) -> tuple[Seed, ...]:
    """Read the seeds of a source: tables of `kind` and `url`, no address twice."""
    form = '{ kind = "feed", url = "https://…" }'
    if not isinstance(value, list) or not value:
        raise WrongValue(f"is to be a list of at least one {form}")
    read: dict[str, Seed] = {}
    for raw in value:
        if not isinstance(raw, dict):
            raise WrongValue(f"holds {shown(raw)}, where {form} is wanted", value=raw)
        seed = Seed(**dict(_fields(raw)))
        if seed.url in read:
            raise WrongValue(f"names {seed.url} twice", key="url", value=seed.url)
        read[seed.url] = seed
    return tuple(read.values())


def _fields(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    keys = keys_of("source.seeds")
    for name, value in raw.items():
        if name not in keys:
            raise WrongValue(
                f"has an unknown key {name!r}; {did_you_mean(name, keys)}",
                key=name,
                value=value,
            )
        try:
            yield name, keys[name].read(value)
        except WrongValue as error:
            raise WrongValue(
                f"has a seed whose `{name}` {error}", key=name, value=value
            ) from error
    for name in keys:
        if name not in raw:
            shown = next(iter(raw.values()), "")
            raise WrongValue(f"has a seed without `{name}`", value=shown)


# ---------------------------------------------------------------- the table

_MANNERS: Final = Manners()
_ADAPTIVE: Final = Adaptive()
_RECHECKS: Final = ", ".join(
    f'"{duration_text(age)}"' for age in Source(id="", name="", seeds=()).rechecks
)

KEYS: Final[tuple[Key, ...]] = (
    Key(
        name="id",
        table="source",
        read=source_id,
        is_required=True,
        meaning="How the archive calls the source. It must never change.",
    ),
    Key(
        name="name",
        table="source",
        read=text,
        is_required=True,
        meaning="How people call it.",
    ),
    Key(
        name="homepage",
        table="source",
        read=address,
        meaning="Its front page. It is recorded, not fetched.",
    ),
    Key(
        name="seeds",
        table="source",
        read=seeds,
        is_required=True,
        meaning="Where new articles are looked for: tables of `kind` and `url`.",
    ),
    Key(
        name="kind",
        table="source.seeds",
        read=seed_kind,
        is_required=True,
        meaning="`feed` (RSS, RDF, Atom, JSON Feed), `sitemap` (also an index of them, "
        "also gzip), `front` (a front or section page, whose links are looked at) or "
        "`list` (one address a line).",
    ),
    Key(
        name="url",
        table="source.seeds",
        read=address,
        is_required=True,
        meaning="The address of the seed.",
    ),
    Key(
        name="every",
        table="source",
        read=every,
        default='"adaptive"',
        is_for_all=True,
        meaning="Time from one look at the seeds to the next, such as `15m`; or "
        "`adaptive`: learnt from how much is new at each look.",
    ),
    Key(
        name="floor",
        table="source",
        read=least_duration,
        default=f'"{duration_text(_ADAPTIVE.floor_s)}"',
        is_for_all=True,
        meaning="The shortest time an adaptive rhythm comes to.",
    ),
    Key(
        name="ceiling",
        table="source",
        read=least_duration,
        default=f'"{duration_text(_ADAPTIVE.ceiling_s)}"',
        is_for_all=True,
        meaning="The longest time an adaptive rhythm comes to.",
    ),
    Key(
        name="cron",
        table="source",
        read=cron,
        is_for_all=True,
        meaning="Instead of `every`: five fields, as in crontab(5), by the clock on "
        "the wall.",
    ),
    Key(
        name="zone",
        table="source",
        read=zone,
        default=f'"{UTC_ZONE}"',
        is_for_all=True,
        meaning="Where that clock hangs: the IANA name of a time zone.",
    ),
    Key(
        name="rechecks",
        table="source",
        read=ages,
        default=f"[{_RECHECKS}]",
        is_for_all=True,
        meaning="Ages at which an article is fetched again, counted from when it was "
        "found. `[]`: never.",
    ),
    Key(
        name="include",
        table="source",
        read=patterns,
        default="[]",
        is_for_all=True,
        meaning="Regular expressions: only addresses that one of them is found in are "
        "fetched. Empty: all.",
    ),
    Key(
        name="exclude",
        table="source",
        read=patterns,
        default="[]",
        is_for_all=True,
        meaning="Regular expressions: addresses that one of them is found in are not "
        "fetched, even if included.",
    ),
    Key(
        name="language",
        table="source",
        read=language,
        is_for_all=True,
        meaning="The language it is mostly written in, a BCP 47 tag; a hint.",
    ),
    Key(
        name="tags",
        table="source",
        read=texts,
        default="[]",
        is_for_all=True,
        meaning="Words of yours to find sources by.",
    ),
    Key(
        name="delay_s",
        table="source.manners",
        read=seconds,
        default=str(_MANNERS.delay_s),
        is_for_all=True,
        meaning="Seconds between two requests to one host, at least. A longer "
        "`Crawl-delay` of its robots.txt counts instead.",
    ),
    Key(
        name="max_delay_s",
        table="source.manners",
        read=seconds,
        default=str(_MANNERS.max_delay_s),
        is_for_all=True,
        meaning="As far as slow answers and errors of a host may stretch its delay; at "
        "least `delay_s`.",
    ),
    Key(
        name="daily_budget",
        table="source.manners",
        read=count,
        default=str(_MANNERS.daily_budget),
        is_for_all=True,
        meaning="Requests to one host in a UTC day, at most.",
    ),
    Key(
        name="concurrency",
        table="source.manners",
        read=count,
        default=str(_MANNERS.concurrency),
        is_for_all=True,
        meaning="Requests to one host at the same time, at most.",
    ),
    Key(
        name="time_limit_s",
        table="source.manners",
        read=limit_of_time,
        default=str(_MANNERS.time_limit_s),
        is_for_all=True,
        meaning="Seconds for one request and its answer, connecting included.",
    ),
    Key(
        name="size_limit",
        table="source.manners",
        read=count,
        default=str(_MANNERS.size_limit),
        is_for_all=True,
        meaning="Bytes of one answer; what is longer is kept cut, and marked so.",
    ),
    Key(
        name="allow_private",
        table="source.manners",
        read=yes_or_no,
        default="false",
        meaning="Connect to private and loopback addresses too.",
    ),
    Key(
        name="verify_tls",
        table="source.manners",
        read=yes_or_no,
        default="true",
        meaning="Refuse hosts whose certificate is not in order.",
    ),
    Key(
        name="ignore_robots",
        table="source.manners",
        read=reason,
        meaning="Why robots.txt is not obeyed, in words. Without it, it is obeyed.",
    ),
)


def keys_of(table: str) -> dict[str, Key]:
    """Give the keys of a table by name, in the order they are documented."""
    return {key.name: key for key in KEYS if key.table == table}


def did_you_mean(name: str, known: Mapping[str, object]) -> str:
    """Say which known name was probably meant, or else name them all."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(sorted(known))}"
