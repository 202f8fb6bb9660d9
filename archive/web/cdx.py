"""`/cdx`: the index, as pywb and the Wayback Machine serve it."""

from __future__ import annotations

from itertools import chain, islice
from typing import Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from archive.cdxparameters import PARAMETERS, from_pairs
from archive.cdxquery import read_query
from archive.cdxserver import MEDIA_TYPES, answer, is_short
from archive.pieces import joined
from archive.web.shelf import ShelfDep

router = APIRouter(tags=["index"])

_CHUNK: Final = 64 * 1024  # bytes, sent at a time


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
    openapi_extra={
        "parameters": [
            {
                "name": parameter.name,
                "in": "query",
                "description": parameter.meaning,
                "schema": (
                    {"type": "array", "items": {"type": "string"}}
                    if parameter.is_repeatable
                    else {"type": "string"}
                ),
            }
            for parameter in PARAMETERS
        ]
    },
)
async def cdx(request: Request, shelf: ShelfDep) -> Response:
    """Look up captures; the lines of CDXJ, or their fields as JSON or text."""
    query = read_query(from_pairs(request.query_params.multi_items()))
    media_type = MEDIA_TYPES[query.output]
    if query.show_num_pages:
        media_type = "application/json"
    chunks = joined(answer(shelf.index, query), _CHUNK)
    # The first are found now, while an error can still be told as one; most answers
    # end with it, and need not be streamed.
    if is_short(shelf.index, query):
        # A thread would take longer than the look-up, and keep nobody from waiting:
        # mapped bytes are read under Python's lock.
        begun = list(islice(chunks, 2))
    else:
        begun = await run_in_threadpool(lambda: list(islice(chunks, 2)))
    if len(begun) < 2:
        return Response(b"".join(begun), media_type=media_type)
    return StreamingResponse(chain(begun, chunks), media_type=media_type)
