"""The headline and what surrounds it: kicker, section, site, standfirst. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from archive.model import Claim
from pipelines.fields.kickers import read_kicker
from pipelines.fields.reading import Reading, mark
from pipelines.fields.sections import read_section, section_names
from pipelines.fields.sites import read_site_name, site_names
from pipelines.fields.standfirsts import read_description, read_standfirst
from pipelines.fields.title_choice import Candidate, Pool
from pipelines.fields.title_headings import called_headings, headings
from pipelines.fields.title_labels import LABELS
from pipelines.fields.title_sources import stated_titles
from pipelines.fields.title_words import key
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage

_JOINTS: Final = re.compile(r"[-_.+\s]+")
_LONGEST_ADDRESS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The headline of an article and what stands around it, each apart."""

    title: str | None  # without site name, section and kicker
    kicker: str | None  # the line above the headline
    section: str | None
    site_name: str | None
    standfirst: str | None  # the summary below the headline
    description: str | None  # the page's, written for search engines and networks


def read_titles(page: ParsedPage) -> Reading[Titles]:
    """Read the headline of a page, and apart from it what surrounds it."""
    names = site_names(page)
    sections = section_names(page)
    chosen, claims = _choose(page, pool=Pool(names, LABELS | sections, _slug(page.url)))
    title = line(chosen.text) if chosen else None
    folded = key(title or "")
    section = read_section(
        page, lambda said: names.has(said) or key(said) in {folded, ""}
    )
    own = key(section.value or "")
    kicker = read_kicker(
        chosen, lambda said: names.has(said) or key(said) in {own, folded} | sections
    )
    site = read_site_name(page)
    description = read_description(page, title)
    standfirst = read_standfirst(page, chosen.heading if chosen else None, title)
    return Reading(
        value=Titles(
            title=title,
            kicker=kicker.value,
            section=section.value,
            site_name=site.value,
            standfirst=standfirst.value,
            description=description.value,
        ),
        claims=(
            *claims,
            *kicker.claims,
            *section.claims,
            *site.claims,
            *standfirst.claims,
            *description.claims,
        ),
    )


def _choose(page: ParsedPage, pool: Pool) -> tuple[Candidate | None, tuple[Claim, ...]]:
    """Choose the headline; of two as good as each other the one stated first."""
    heads = headings(page)
    if not any(head.origin == "h1" for head in heads):
        heads += called_headings(page.tree)
    stated = list(stated_titles(page))
    pool.state(stated)
    pool.head(heads)
    chosen = max(pool.weighed(), key=lambda candidate: candidate.score, default=None)
    if chosen is None:
        return None, tuple(dict.fromkeys(stated))
    # Of headings only the one that was chosen is evidence; the rest is page.
    stated += [claim for claim in chosen.claims if claim not in stated]
    return chosen, mark(stated, *chosen.claims[:1])


def _slug(url: str) -> str:
    """Give the words of an address: of its longest segment, with spaces."""
    try:
        path = unquote(urlsplit(url[:_LONGEST_ADDRESS]).path)
    except ValueError:
        return ""
    return _JOINTS.sub(" ", max(path.split("/"), key=len))
