"""What the page of articles is asked for, and addresses that ask for it. Pure.

An address of a search is the same for the same question: its parts stand in one
order, and what is as by default is left out. So it can be kept, sent, and come back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from archive.search.model import Dated, Facet, Order, Query

PAGE: Final = "/articles"
_SIZES: Final = 20
_MOST_PAGES: Final = 500  # what is behind them is found by a narrower question

_Value = Annotated[str, StringConstraints(max_length=300)]
_Values = Annotated[
    list[_Value],
    Field(max_length=30),
    # A form sends its empty fields, too.
    AfterValidator(lambda values: list(dict.fromkeys(v for v in values if v))),
]
_Date = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^([0-9]{4}(-[0-9]{2}){0,2})?$"),
]

# The facets that are lists of alternatives, by the name of the parameter.
LISTED: Final = ("source", "language", "author", "section", "class", "site")


class Asked(BaseModel):
    """The parameters of a search."""

    model_config = ConfigDict(populate_by_name=True)

    q: Annotated[str, Field(max_length=1000, description="As in docs/search.md.")] = ""
    source: _Values = []
    language: _Values = []
    author: _Values = []
    section: _Values = []
    class_: _Values = Field(default=[], alias="class")
    site: _Values = []
    since: _Date = ""
    until: Annotated[_Date, Field(description="Not included.")] = ""
    dated: Dated = Dated.PUBLISHED
    order: Order | None = Field(
        default=None, description="By relevance if words are asked for, else by date."
    )
    versions: Annotated[
        bool, Field(description="Every version that matches, not the newest alone.")
    ] = False
    page: Annotated[int, Field(ge=1, le=_MOST_PAGES)] = 1
    size: Annotated[int, Field(ge=1, le=100)] = _SIZES
    upto: Annotated[
        int | None,
        Field(ge=0, le=2**53, description="Of the first page: what was there then."),
    ] = None

    @property
    def by(self) -> Order:
        """The order that is meant."""
        return self.order or (Order.RELEVANCE if self.q.strip() else Order.DATE)

    def query(self) -> Query:
        """Make it the question that `archive.search` takes."""
        return Query(
            words=self.q,
            source_ids=tuple(self.source),
            languages=tuple(self.language),
            authors=tuple(self.author),
            sections=tuple(self.section),
            classes=tuple(self.class_),
            sites=tuple(self.site),
            since=self.since or None,
            until=self.until or None,
            dated=self.dated,
            order=self.by,
            versions=self.versions,
            limit=self.size,
            offset=(self.page - 1) * self.size,
            upto=self.upto,
        )

    def values(self, name: str) -> list[str]:
        """Give the values that a facet is limited to."""
        chosen: list[str] = getattr(self, "class_" if name == "class" else name)
        return chosen

    def unlimited(self) -> str:
        """Give the address of this search for its words alone."""
        lists: dict[str, object] = dict.fromkeys(LISTED, "")
        return self.link(**lists, since="", until="")

    def link(self, **changes: object) -> str:
        """Give the address of this search with changes; of its first page.

        A changed list is given as a list, and its name as "class", not "class_".
        """
        now: dict[str, object] = {
            "q": self.q,
            **{name: self.values(name) for name in LISTED},
            "since": self.since,
            "until": self.until,
            "dated": "" if self.dated is Dated.PUBLISHED else self.dated.value,
            "order": self.order.value if self.order else "",
            "versions": "true" if self.versions else "",
            "size": "" if self.size == _SIZES else self.size,
            "page": "",
            "upto": "",
            **changes,
        }
        kept = {
            name: value for name, value in now.items() if value not in ("", [], None)
        }
        return f"{PAGE}?{urlencode(kept, doseq=True)}" if kept else PAGE


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, as a link that chooses it, or lets go of it."""

    value: str
    count: int | None  # None: it is chosen, and nothing found has it
    link: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """One facet, as links."""

    name: str
    choices: tuple[Choice, ...]
    others: int


def choices(asked: Asked, facets: tuple[Facet, ...]) -> tuple[Choices, ...]:
    """Make links of facets; what is chosen comes first, and can be let go of."""
    return tuple(
        Choices(facet.name, _choices(asked, facet), facet.others)
        for facet in facets
        if facet.values or _chosen(asked, facet.name)
    )


def chosen_limits(asked: Asked) -> tuple[tuple[str, str, str], ...]:
    """List what a search is limited to: the field, the value, the link without it."""
    lists = [
        (name, value, _toggled(asked, name, value))
        for name in LISTED
        for value in asked.values(name)
    ]
    spans = [
        (name, value, asked.link(**{name: ""}))
        for name, value in (("since", asked.since), ("until", asked.until))
        if value
    ]
    return (*lists, *spans)


def _choices(asked: Asked, facet: Facet) -> tuple[Choice, ...]:
    counts = {one.value: one.count for one in facet.values}
    chosen = _chosen(asked, facet.name)
    values = [*chosen, *(value for value in counts if value not in chosen)]
    return tuple(
        Choice(
            value=value,
            count=counts.get(value),
            link=_toggled(asked, facet.name, value),
            is_chosen=value in chosen,
        )
        for value in values
    )


def _chosen(asked: Asked, name: str) -> list[str]:
    if name in ("year", "month"):
        is_this = len(asked.since) == (4 if name == "year" else 7)
        return [asked.since] if is_this and asked.until == after(asked.since) else []
    return asked.values(name)


def _toggled(asked: Asked, name: str, value: str) -> str:
    if name in ("year", "month"):
        is_chosen = value in _chosen(asked, name)
        span = ("", "") if is_chosen else (value, after(value))
        return asked.link(since=span[0], until=span[1])
    chosen = asked.values(name)
    rest = [one for one in chosen if one != value]
    return asked.link(**{name: rest if value in chosen else [*chosen, value]})


def after(span: str) -> str:
    """Give the year or month after one: "2024-12" is before "2025-01"."""
    year, _, month = span.partition("-")
    if not month:
        return f"{int(year) + 1:04d}"
    following = int(year) * 12 + int(month)  # months since year 0; this one is past
    return f"{following // 12:04d}-{following % 12 + 1:02d}"
