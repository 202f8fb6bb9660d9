"""The text of a page before it is cleaned: proposals, votes, repairs.

Trafilatura's fast mode, on the part of the page that resiliparse points at, is the
text where both agree, as they do on five pages in six. Elsewhere more is asked.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pipelines.body.followers import is_mostly_elsewhere, own_article
from pipelines.body.fusion import (
    is_prose,
    most_agreed,
    with_lead,
    with_lost_part,
    with_stated_body,
    without_tail,
)
from pipelines.body.joiners import sheltered
from pipelines.body.layout import without_layout_tables
from pipelines.body.proposals import (
    Way,
    by_readability,
    by_resiliparse,
    by_trafilatura,
)
from pipelines.body.region import cleared, cut_out, find_region
from pipelines.body.shingles import agreement, count_words, coverage
from pipelines.body.stated import is_whole, live_updates, stated_body
from pipelines.body.statedata import body_from_state
from pipelines.parsed import ParsedPage, Tree

_SURE: Final = 0.92  # agreement of two from which on no third is asked
_AGREED: Final = 0.75  # of the fast two
_AGREED_STRICT: Final = 0.9  # of trafilatura and readability
_PART_OF: Final = 4  # times as long, of which two may well agree on a part
_BASES: Final = ("precise", "balanced", "narrow", "wide", "strict")
_LITTLE: Final = 250  # characters, that two may agree on by chance
_UNANIMOUS: Final = 0.95
_CRUMB: Final = 0.05  # of what two others agree on
_SHORT: Final = 1500  # characters; below it the scripts' data are looked through
_FEWEST_WORDS: Final = 100  # of an article that others follow
_FOLLOWED: Final = 1.5  # times as long as the article, with what follows
_DESCRIBING: Final = ("og:description", "description", "twitter:description")
_DESCRIPTION: Final = 400  # characters of one
_LIVE_SHARE: Final = 0.6  # of the updates of a live blog, that a text has to hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text as proposed and repaired."""

    text: str  # a line for each paragraph
    agreement: float  # of trafilatura and resiliparse, 0 to 1
    origin: str  # what the text comes from; the rules that took part in it


def read_body(page: ParsedPage) -> Body:
    """Find the text of a page. Raises MemoryError, and the libraries' bugs."""
    wide = by_resiliparse(page)
    region = find_region(page.tree, wide)
    narrow = by_trafilatura(_part(page, region), page.url, Way.FAST)
    agreed = agreement(narrow, wide)
    is_sure = agreed >= _SURE and len(narrow) >= _LITTLE
    strict = None if is_sure else by_readability(_part(page, region))
    proposals = {"narrow": narrow, "wide": wide}
    origin = "trafilatura"
    if strict is not None:
        proposals["strict"] = strict
        if _is_doubtful(narrow, strict, wide, agreed):
            origin = "votes"
            proposals["precise"] = by_trafilatura(
                _part(page, None), page.url, Way.PRECISE
            )
            whole = without_layout_tables(sheltered(copy.deepcopy(page.tree)))
            proposals["balanced"] = by_trafilatura(whole, page.url, Way.BALANCED)
    text, origin = _decided(page, proposals, origin)
    text, origin = _without_followers(page, text, origin)
    text, repaired = _from_data(page, text)
    return Body(text=text, agreement=agreed, origin=repaired or origin)


def _is_doubtful(narrow: str, strict: str, wide: str, agreed: float) -> bool:
    if len(narrow) < _LITTLE:
        return True
    if agreed >= _AGREED:
        return False
    is_part = len(wide) > _PART_OF * len(narrow)
    return is_part or agreement(narrow, strict) < _AGREED_STRICT


def _decided(
    page: ParsedPage, proposals: dict[str, str], origin: str
) -> tuple[str, str]:
    """Choose and repair: the text, and what took part in it."""
    is_voted = "precise" in proposals
    texts = tuple(proposals.values())
    stated = stated_body(page.data)
    believed = stated if is_whole(stated, texts, page) else None
    text, is_confirmed = proposals["narrow"], not is_voted
    if is_voted:
        voting = _voting(proposals)
        if voting:
            text = most_agreed(voting, next(iter(voting)), believed)
    if believed is not None:
        text, is_confirmed = with_stated_body(text, believed, texts)
        origin = f"{origin}, json-ld"
    if not is_confirmed:
        others = [one for name, one in proposals.items() if name != "wide"]
        text = with_lost_part(text, proposals["wide"], others)
    if not (is_voted and _is_unanimous(text, proposals)):
        text = without_tail(text, proposals.get("strict", ""))
    return with_lead(text, proposals["wide"], _descriptions(page)), origin


def _is_unanimous(text: str, proposals: Mapping[str, str]) -> bool:
    """Whether trafilatura's modes found the same on the whole page."""
    modes = (proposals["precise"], proposals["balanced"])
    return all(agreement(text, one) >= _UNANIMOUS for one in modes)


def _voting(proposals: Mapping[str, str]) -> dict[str, str]:
    """Give the proposals that have a vote: not those that found next to nothing."""
    found = {name: one for name in _BASES if (one := proposals[name])}
    longest = sorted(found.values(), key=len)[-3:]
    if _is_alone(longest):
        return {name: one for name, one in found.items() if one == longest[-1]}
    agreed = max(
        (
            min(len(one), len(other))
            for one, other in combinations(longest, 2)
            if agreement(one, other) >= _SURE and is_prose(one)
        ),
        default=0,
    )
    return {name: one for name, one in found.items() if len(one) >= _CRUMB * agreed}


def _is_alone(texts: Sequence[str]) -> bool:
    """Whether the last of some texts is a story, and the others are next to nothing."""
    if not texts or any(len(one) >= _LITTLE for one in texts[:-1]):
        return False
    return len(texts[-1]) >= _SHORT and is_prose(texts[-1])


def _descriptions(page: ParsedPage) -> tuple[str, ...]:
    stated = (page.meta.first(name) for name in _DESCRIBING)
    return tuple(dict.fromkeys(said[:_DESCRIPTION] for said in stated if said))


def _part(page: ParsedPage, region: Tree | None) -> Tree:
    """Copy the region, or the whole page if there is none, without what is no text."""
    if region is None:
        return sheltered(cleared(copy.deepcopy(page.tree)))
    return sheltered(cut_out(region))


def _without_followers(page: ParsedPage, text: str, origin: str) -> tuple[str, str]:
    """Keep to the article of the headline, where most of a text is of others."""
    article = own_article(page)
    if article is not None and is_mostly_elsewhere(text, article):
        own = by_trafilatura(_part(page, article), page.url, Way.FAST)
        if _FEWEST_WORDS <= count_words(own) < count_words(text) / _FOLLOWED:
            return own, "trafilatura, article of the headline"
    return text, origin


def _from_data(page: ParsedPage, text: str) -> tuple[str, str]:
    """Take the text from the page's data where the document lacks it."""
    updates = live_updates(page.data)
    if updates and coverage(updates, text) < _LIVE_SHARE:
        return updates, "json-ld updates"
    if len(text) < _SHORT and (held := body_from_state(page.scripts, text)):
        return held, "script data"
    return text, ""
