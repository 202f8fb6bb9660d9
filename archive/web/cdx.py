"""`/cdx`: the index, as pywb and the Wayback Machine serve it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from archive.cdxquery import CdxParameters, read_query
from archive.cdxserver import MEDIA_TYPES, answer
from archive.web.shelf import ShelfDep

router = APIRouter(tags=["index"])

_CHUNK: Final = 64 * 1024  # bytes, sent at a time


class CdxAsked(BaseModel):
    """The parameters of a request. What they may be, `read_query` says in words."""

    url: str | None = Field(
        None, description="`example.org/a`, `example.org/*` or `*.example.org`"
    )
    match_type: str | None = Field(
        None, alias="matchType", description="exact, prefix, host or domain"
    )
    from_time: str | None = Field(
        None, alias="from", description="1 to 14 digits, from the year on"
    )
    to_time: str | None = Field(None, alias="to", description="the same; included")
    limit: str | None = Field(
        None, description="so many; negative: so many of the last"
    )
    sort: str | None = Field(None, description="default, reverse or closest")
    closest: str | None = Field(
        None, description="a time; the nearest captures come first"
    )
    filters: list[str] = Field(
        [], alias="filter", description="`[!][=|~]field:value`, repeatable"
    )
    fields: str | None = Field(
        None, alias="fl", description="names of fields, with commas between"
    )
    collapse: list[str] = Field([], description="`field` or `field:length`, repeatable")
    output: str | None = Field(None, description="cdxj, json or text")
    page: str | None = Field(None, description="a page, from 0")
    page_size: str | None = Field(
        None, alias="pageSize", description="in blocks of about 3000 lines"
    )
    show_num_pages: str | None = Field(
        None, alias="showNumPages", description="true: how many pages there are"
    )
    show_paged_index: str | None = Field(
        None, alias="showPagedIndex", description="true: where each page begins"
    )


@router.head("/cdx", include_in_schema=False)
@router.get(
    "/cdx",
    summary="Captures of an address, a host or a domain",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "One capture a line.",
            "content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()},
        },
        400: {"description": "A parameter can not be: which, and why."},
    },
)
def cdx(shelf: ShelfDep, asked: Annotated[CdxAsked, Query()]) -> StreamingResponse:
    """Look up captures; the lines of CDXJ, or their fields as JSON or text."""
    query = read_query(CdxParameters(**asked.model_dump()))
    media_type = "application/json" if query.show_num_pages else None
    return StreamingResponse(
        _begun(_chunks(answer(shelf.index, query))),
        media_type=media_type or MEDIA_TYPES[query.output],
    )


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Find the first chunk now, while an error can still be told as one."""
    first = next(chunks, b"")
    return chain((first,), chunks)


def _chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines; who has gone away is noticed at the empty ones, too."""
    chunk: list[bytes] = []
    length = 0
    for line in lines:
        chunk.append(line)
        length += len(line)
        if length >= _CHUNK or not line:
            yield b"".join(chunk)
            chunk, length = [], 0
    if chunk:
        yield b"".join(chunk)
