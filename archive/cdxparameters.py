"""The parameters of a CDX request, before they are understood. Pure.

One table serves the server, its OpenAPI and its documentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxParameters:
    """The parameters of a request as they came: text, or None where there is none."""

    url: str | None = None
    match_type: str | None = None
    from_time: str | None = None
    to_time: str | None = None
    limit: str | None = None
    sort: str | None = None
    closest: str | None = None
    filters: Sequence[str] = ()
    fields: str | None = None
    collapse: Sequence[str] = ()
    output: str | None = None
    page: str | None = None
    page_size: str | None = None
    show_num_pages: str | None = None
    show_paged_index: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name in an address, the attribute it goes to, what it is."""

    name: str
    attribute: str
    meaning: str
    is_repeatable: bool = False


PARAMETERS: Final = (
    Parameter(
        "url",
        "url",
        "the address; `example.org/news/*` for a prefix, `*.example.org` for a domain",
    ),
    Parameter(
        "matchType",
        "match_type",
        "`exact`, `prefix`, `host` or `domain`: which addresses are meant",
    ),
    Parameter("from", "from_time", "the first time, 1 to 14 digits from the year on"),
    Parameter("to", "to_time", "the last time; all that begins so is included"),
    Parameter("limit", "limit", "so many; negative: so many of the last"),
    Parameter(
        "sort", "sort", "`default` (by key and time), `reverse`, or `closest` in time"
    ),
    Parameter("closest", "closest", "a time; the captures nearest to it come first"),
    Parameter(
        "filter",
        "filters",
        "`field:part`, `=field:value` or `~field:expression`, with `!` for not",
        is_repeatable=True,
    ),
    Parameter("fl", "fields", "the fields that are given, with commas between"),
    Parameter(
        "collapse",
        "collapse",
        "`field` or `field:length`: of neighbours that are alike in it, the first",
        is_repeatable=True,
    ),
    Parameter("output", "output", "`cdxj`, `json` (a line each) or `text` (columns)"),
    Parameter("page", "page", "a page of the answer, from 0"),
    Parameter("pageSize", "page_size", "its length in blocks of about 3000 lines; 10"),
    Parameter(
        "showNumPages", "show_num_pages", "`true`: only how many pages there are"
    ),
    Parameter("showPagedIndex", "show_paged_index", "`true`: where each page begins"),
)
_NAMED: Final = {
    **{parameter.name: parameter for parameter in PARAMETERS},
    "fields": next(one for one in PARAMETERS if one.name == "fl"),  # as pywb has it
}


def from_pairs(pairs: Iterable[tuple[str, str]]) -> CdxParameters:
    """Take the parameters out of a query; of one that is repeated the first counts.

    What is not in the table is left out: other servers have parameters of their own.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        parameter = _NAMED.get(name)
        if parameter is None:
            continue
        if parameter.is_repeatable:
            found.setdefault(parameter.attribute, []).append(value)
        else:
            found.setdefault(parameter.attribute, value)
    return CdxParameters(**found)
