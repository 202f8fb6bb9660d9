"""TimeGate and TimeMap of an address (RFC 7089)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from archive.cdxj import CdxLine
from archive.cdxquery import MatchType, search_ranges
from archive.clock import timestamp14
from archive.errors import NotFound, UsageError
from archive.lookups import Entry, Index
from archive.memento import (
    LINK_FORMAT,
    DateError,
    Neighbours,
    TimeMap,
    is_memento,
    json_values,
    link_format,
    link_header,
    memento_uri,
    parse_http_date,
)
from archive.replay.links import parse_replay
from archive.web.addresses import rest_of_path
from archive.web.shelf import ShelfDep

_URL: Final = rest_of_path("url")

router = APIRouter(tags=["memento"])

PAGE_LENGTH: Final = 5000  # captures on one page of a TimeMap
_VARY: Final = {"Vary": "accept-datetime"}
_PAGE: Final = re.compile(r"([1-9][0-9]{0,6})/(?=[a-z]+:/)", re.IGNORECASE)


class TimeMapEntry(BaseModel):
    """One capture: when, and where it is replayed."""

    datetime: str
    uri: str


class TimeMapEntries(BaseModel):
    """The captures, the oldest first."""

    first: TimeMapEntry | None = None
    last: TimeMapEntry | None = None
    list: list[TimeMapEntry]


class TimeMapForms(BaseModel):
    """Where the TimeMap is, in either form."""

    link_format: str
    json_format: str


class TimeMapPage(BaseModel):
    """Another page of the TimeMap."""

    uri: str


class TimeMapPages(BaseModel):
    """The pages before and after this one."""

    prev: TimeMapPage | None = None
    next: TimeMapPage | None = None


class TimeMapJson(BaseModel):
    """A TimeMap in JSON."""

    original_uri: str
    this: str = Field(alias="self")
    timegate_uri: str
    timemap_uri: TimeMapForms
    mementos: TimeMapEntries
    pages: TimeMapPages | None = None


# ------------------------------------------------------------------- TimeGate


@router.head(f"/timegate/{_URL}", include_in_schema=False)
@router.get(
    f"/timegate/{_URL}",
    summary="The capture of an address that is nearest to a time",
    status_code=302,
    response_class=PlainTextResponse,
    responses={
        302: {
            "description": "To the capture nearest to `Accept-Datetime`, or the newest"
        },
        400: {"description": "`Accept-Datetime` is no date"},
        404: {"description": "Nothing is held"},
    },
)
def timegate(request: Request, url: str, shelf: ShelfDep) -> Response:
    """Lead to the capture that `Accept-Datetime` asks for (RFC 7089, 4.1.2)."""
    base = _base(request)
    url = _address(_sent_behind(request, "/timegate/", url))
    about = {**_VARY, "Link": link_header(base=base, url=url, is_timegate=True)}
    wanted = request.headers.get("accept-datetime")
    try:
        date = None if wanted is None else parse_http_date(wanted)
    except DateError as error:
        raise HTTPException(400, f"Accept-Datetime: {error}", about) from error
    chosen = _chosen(shelf.index, url, date)
    if chosen is None:
        raise HTTPException(404, f"nothing is held of {url}", about)
    line, neighbours = chosen
    about["Link"] = link_header(
        base=base, url=url, date=line.date, neighbours=neighbours, is_timegate=True
    )
    about["Location"] = memento_uri(base, line.url or url, line.date)
    return PlainTextResponse(f"{about['Location']}\n", 302, about)


def _chosen(
    index: Index, url: str, date: datetime | None
) -> tuple[CdxLine, Neighbours] | None:
    """Choose the capture of a time, or the newest; with the first and the last."""
    key, ((low, high),) = search_ranges(url, MatchType.EXACT)
    first = next(_mementos(index.between(low, high)), None)
    last = next(_mementos(index.between(low, high, backwards=True)), None)
    if first is None or last is None:
        return None
    chosen = last
    if date is not None:
        near = _mementos(index.nearest(key, timestamp14(date)))
        chosen = next(near, last)
    return chosen, Neighbours(first=first.date, last=last.date)


# -------------------------------------------------------------------- TimeMap


@router.head(f"/timemap/link/{_URL}", include_in_schema=False)
@router.get(
    f"/timemap/link/{_URL}",
    summary="All captures of an address, as link-format",
    response_class=PlainTextResponse,
    responses={
        200: {"description": "RFC 6690", "content": {LINK_FORMAT: {}}},
        404: {"description": "Nothing is held"},
    },
)
def timemap_links(request: Request, url: str, shelf: ShelfDep) -> Response:
    """List the captures of an address (RFC 7089, 5); long lists have pages."""
    sent = _sent_behind(request, "/timemap/link/", url)
    timemap = _timemap(request, shelf.index, sent)
    return Response(link_format(timemap), media_type=LINK_FORMAT)


@router.head(f"/timemap/json/{_URL}", include_in_schema=False)
@router.get(
    f"/timemap/json/{_URL}",
    summary="All captures of an address, as JSON",
    response_model=TimeMapJson,
    response_model_exclude_none=True,
    responses={404: {"description": "Nothing is held"}},
)
def timemap_json(request: Request, url: str, shelf: ShelfDep) -> dict[str, Any]:
    """List the captures of an address; long lists have pages."""
    sent = _sent_behind(request, "/timemap/json/", url)
    return json_values(_timemap(request, shelf.index, sent))


def _timemap(request: Request, index: Index, sent: str) -> TimeMap:
    match = _PAGE.match(sent)
    page = int(match[1]) if match else 1
    url = _address(sent[match.end() :] if match else sent)
    _, ((low, high),) = search_ranges(url, MatchType.EXACT)
    start = (page - 1) * PAGE_LENGTH
    found = _mementos(index.between(low, high))
    lines = tuple(islice(found, start, start + PAGE_LENGTH + 1))
    if not lines:
        more = f" on page {page}" if page > 1 else ""
        raise NotFound(f"nothing is held of {url}{more}")
    return TimeMap(
        base=_base(request),
        url=url,
        mementos=lines[:PAGE_LENGTH],
        page=page,
        is_last=len(lines) <= PAGE_LENGTH,
    )


# -------------------------------------------------------------------- requests


def _mementos(entries: Iterable[Entry]) -> Iterator[CdxLine]:
    return (entry.line for entry in entries if is_memento(entry.line))


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _sent_behind(request: Request, prefix: str, otherwise: str) -> str:
    """Give what stands behind a part of the path as it was sent: escapes and all."""
    raw: bytes = request.scope.get("raw_path") or b""
    _, found, rest = raw.partition(b"?")[0].partition(prefix.encode("ascii"))
    text = rest.decode("utf-8", "replace") if found else otherwise
    query: bytes = request.scope.get("query_string", b"")
    return f"{text}?{query.decode('utf-8', 'replace')}" if query else text


def _address(sent: str) -> str:
    """Read an address at the end of another, as the replay does."""
    asked = parse_replay(sent)
    if asked is None or asked.time is not None:
        raise UsageError(
            "no address to look up: write it behind, as in "
            "/timemap/link/https://example.org/"
        )
    return asked.url
