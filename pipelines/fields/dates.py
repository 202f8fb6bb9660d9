"""When an article was published, and when it was last changed. Pure.

All that the page says of it is gathered as claims (dateclaims, datevisible); what is
believed is chosen from them (datechoice). Nothing depends on the day it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Final
from urllib.parse import urlsplit

from archive.model import Claim, Moment
from pipelines.fields.dateago import told_ago
from pipelines.fields.datechoice import Choice, choose
from pipelines.fields.dateclaims import Said, of_markup
from pipelines.fields.dateplaces import MODIFIED, PUBLISHED
from pipelines.fields.datestamps import EASTERNMOST, Habits
from pipelines.fields.datevisible import (
    AFTER,
    anywhere,
    headline_of,
    of_sight,
    text_after,
)
from pipelines.fields.reading import Reading, mark
from pipelines.parsed import ParsedPage

# Where 3/4/2024 is a day of March: regions, or none beside English, of sites that
# are not at home where English has it the other way round.
_MONTH_FIRST: Final = frozenset({"us", "ph", "fm", "mh", "pw", "gu", "pr", "as", "vi"})
_DAY_FIRST_DOMAINS: Final = frozenset(
    {
        *("ae", "au", "bd", "bh", "bw", "cy", "eg", "eu", "fj", "gh", "gm", "hk", "ie"),
        *("il", "in", "jm", "jo", "ke", "kw", "lb", "lk", "ls", "mt", "mu", "mw", "my"),
        *("na", "ng", "nz", "om", "pg", "pk", "qa", "sa", "sg", "sl", "ss", "sz", "tt"),
        *("tz", "ug", "uk", "vu", "za", "zm", "zw"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When an article appeared, and when it was last changed; None if not stated."""

    published: Moment | None
    modified: Moment | None


def read_dates(page: ParsedPage) -> Reading[Dates]:
    """Read the dates of a page, none of which lies after its capture."""
    habits = habits_of(page)
    claims = list(of_markup(page, habits))
    headline = headline_of(page.top_headings, page.meta.first("og:title"))
    claims += of_sight(headline, page.tree, habits)
    if not any(said.is_day for said in claims):
        claims += anywhere(page.tree, habits)
    if headline is not None and not any(said.is_day for said in claims):
        told = told_ago(text_after(headline), AFTER, page.captured_at)
        claims += [told] if told else []
    published = choose(said for said in claims if said.claim.field == PUBLISHED)
    appeared = published.moment(page.captured_at) if published else None
    modified = choose(
        said
        for said in claims
        if said.claim.field == MODIFIED and not _is_before(said, published)
    )
    changed = modified.moment(page.captured_at) if modified else None
    chosen: list[Claim] = []
    for choice, moment in ((published, appeared), (modified, changed)):
        if choice and moment:
            chosen += choice.claims
    return Reading(
        value=Dates(published=appeared, modified=changed),
        claims=mark((said.claim for said in claims), *chosen),
    )


def habits_of(page: ParsedPage) -> Habits:
    """Tell the language of a page, and how it writes dates in digits."""
    stated = page.tree.get("lang") or page.meta.first("og:locale") or ""
    tag, _, region = stated.strip().lower().replace("_", "-").partition("-")
    language = tag[:2] if len(tag) in (2, 3) else ""
    domain = (_host(page.url)).rpartition(".")[2]
    is_english = language in ("en", "")
    is_month_first = (
        region in _MONTH_FIRST
        if region
        else is_english and not (len(domain) == 2 and domain in _DAY_FIRST_DOMAINS)
    )
    latest = (page.captured_at.astimezone(UTC) + EASTERNMOST).date()
    return Habits(
        language=language,
        is_month_first=is_english and is_month_first,
        latest=latest,
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_before(said: Said, published: Choice | None) -> bool:
    """Whether a change would have been made before the publication."""
    return bool(published and said.stamp and said.stamp.day < published.stamp.day)
