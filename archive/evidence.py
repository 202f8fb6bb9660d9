"""Why does an article say what it says: each field, and the claims about it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from archive.clock import warc_date
from archive.model import Article, Claim, Moment, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One field of an article: its value, what it was made of, what lost."""

    field: str
    value: str | None  # normalised; None: nothing was made of the claims
    chosen: tuple[Claim, ...]
    others: tuple[Claim, ...]


def evidence_of(article: Article) -> tuple[Evidence, ...]:
    """Lay out every field that has a value or a claim, in the order of the work.

    Claims about what is no field of the work follow, in their own order.
    """
    about: dict[str, list[Claim]] = {}
    for claim in article.claims:
        about.setdefault(_SAME.get(claim.field, claim.field), []).append(claim)
    values = {name: shown(article.work) for name, shown in _VALUES.items()}
    names = [name for name in values if values[name] or name in about]
    names += [name for name in about if name not in values]
    return tuple(
        Evidence(
            field=name,
            value=values.get(name),
            chosen=tuple(c for c in about.get(name, ()) if c.is_chosen),
            others=tuple(c for c in about.get(name, ()) if not c.is_chosen),
        )
        for name in names
    )


def evidence_values(evidence: Evidence) -> dict[str, Any]:
    """Make what JSON says of the evidence of one field."""
    return {
        "field": evidence.field,
        "value": evidence.value,
        "chosen": [_claim_values(claim) for claim in evidence.chosen],
        "others": [_claim_values(claim) for claim in evidence.others],
    }


def _claim_values(claim: Claim) -> dict[str, str]:
    return {"value": claim.value, "origin": claim.origin}


def _bylines(work: Work) -> str | None:
    return ", ".join(f"{b.name} ({b.kind})" for b in work.bylines) or None


def _moment(moment: Moment | None) -> str | None:
    if moment is None:
        return None
    between = f"{warc_date(moment.earliest)} and {warc_date(moment.latest)}"
    return f"{moment.text} (to the {moment.precision}, between {between})"


def _number(things: tuple[Any, ...], what: str) -> str | None:
    return f"{len(things)} {what}{'s' * (len(things) != 1)}" if things else None


# How each field of a work is shown, in the order in which it is.
_VALUES: Final[dict[str, Callable[[Work], str | None]]] = {
    "title": lambda work: work.title,
    "kicker": lambda work: work.kicker,
    "section": lambda work: work.section,
    "standfirst": lambda work: work.standfirst,
    "author": _bylines,
    "published": lambda work: _moment(work.published),
    "modified": lambda work: _moment(work.modified),
    "dateline": lambda work: work.dateline.text if work.dateline else None,
    "site_name": lambda work: work.site_name,
    "description": lambda work: work.description,
    "language": lambda work: work.language,
    "canonical_url": lambda work: work.canonical_url,
    "licence": lambda work: work.licence,
    "access": lambda work: work.access,
    "image": lambda work: _number(work.images, "image"),
    "link": lambda work: _number(work.links, "link"),
    "quoted_source": lambda work: ", ".join(work.quoted_sources) or None,
}

# Other names under which extractors speak of these fields.
_SAME: Final = {
    "authors": "author",
    "byline": "author",
    "bylines": "author",
    "date": "published",
    "images": "image",
    "links": "link",
    "quoted_sources": "quoted_source",
    "url": "canonical_url",
}
