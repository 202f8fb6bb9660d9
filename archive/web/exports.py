"""Downloads: packages out of the archive, made while they are sent [I/O].

The same selection as `dateline export` has, as a query. What can be wrong with it is
found out before the first byte, so that it is an answer and not half a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from archive.clock import now, timestamp14
from archive.export import atom, jsonlines, wacz, warc_subset
from archive.export.closure import completed
from archive.export.output import Pieces
from archive.export.selection import Selection, choose, chosen_articles
from archive.web.shelf import ShelfDep

router = APIRouter(tags=["export"])

_GATHERED: Final = 64 * 1024  # bytes that are worth sending


def _selection(
    source: Annotated[
        list[str] | None, Query(description="Of these sources only.")
    ] = None,
    since: Annotated[
        str | None, Query(description="Captured from this UTC date on.")
    ] = None,
    until: Annotated[
        str | None, Query(description="Captured before this UTC date.")
    ] = None,
    search: Annotated[str | None, Query(description="What a search finds.")] = None,
    article: Annotated[
        str | None,
        Query(description="One article: an address, a record id or an article id."),
    ] = None,
) -> Selection:
    return Selection(
        source_ids=tuple(one for one in source or () if one),
        # An empty field of a form is one that nothing was said in.
        since=since or None,
        until=until or None,
        search=search or None,
        article=article or None,
    )


_SelectionDep = Annotated[Selection, Depends(_selection)]


def _says(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    """Describe the answers of a download (OpenAPI)."""
    return {
        200: {
            "description": what,
            "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
        },
        400: {"description": "The selection can't be understood"},
        404: {"description": "Nothing is held of it"},
    }


@router.get(
    "/export/wacz",
    summary="A WACZ file",
    response_class=StreamingResponse,
    responses=_says(wacz.MEDIA_TYPE, "WACZ 1.1.1"),
)
def export_wacz(shelf: ShelfDep, selection: _SelectionDep) -> Response:
    """Give captures as a web archive for ReplayWeb.page and its like."""
    held, pieces, moment = shelf.collection, Pieces(), now()
    choice = completed(held, choose(held, selection))
    steps = wacz.write_wacz(held, choice, pieces, now=moment)
    return _download(
        _sent(steps, pieces), wacz.MEDIA_TYPE, f"dateline-{timestamp14(moment)}.wacz"
    )


@router.get(
    "/export/warc",
    summary="A WARC file",
    response_class=StreamingResponse,
    responses=_says(warc_subset.MEDIA_TYPE, "WARC/1.1, gzip"),
)
def export_warc(shelf: ShelfDep, selection: _SelectionDep) -> Response:
    """Give captures as one WARC file, each record byte for byte."""
    held, pieces, moment = shelf.collection, Pieces(), now()
    choice = completed(held, choose(held, selection))
    name = f"dateline-{timestamp14(moment)}.warc.gz"
    steps = warc_subset.write_warc(held, choice, pieces, name=name, now=moment)
    return _download(_sent(steps, pieces), warc_subset.MEDIA_TYPE, name)


@router.get(
    "/export/jsonl",
    summary="Articles as JSON Lines",
    response_class=StreamingResponse,
    responses=_says(jsonlines.MEDIA_TYPE, "A line for each article"),
)
def export_jsonl(
    shelf: ShelfDep,
    selection: _SelectionDep,
    versions: Annotated[
        bool, Query(description="Every text of an article, not the newest alone.")
    ] = False,
) -> Response:
    """Give articles with their provenance."""
    held, pieces = shelf.collection, Pieces()
    choice = choose(held, selection)
    articles = chosen_articles(held.catalogue, choice, versions=versions)
    steps = jsonlines.write_json_lines(articles, pieces)
    name = f"dateline-{timestamp14(now())}.jsonl"
    return _download(_sent(steps, pieces), jsonlines.MEDIA_TYPE, name)


@router.get(
    "/feed.atom",
    summary="New and changed articles",
    response_class=Response,
    responses=_says(atom.MEDIA_TYPE, "Atom, RFC 4287"),
)
def feed(
    request: Request,
    shelf: ShelfDep,
    selection: _SelectionDep,
    limit: Annotated[int, Query(ge=1, le=1000, description="So many entries.")] = 100,
) -> Response:
    """Give a feed of articles that are new or have changed, the newest first."""
    held = shelf.collection
    choice = choose(held, selection)
    content = atom.feed(
        held,
        choice,
        atom.news(held.catalogue, choice, limit),
        now=now(),
        self_url=str(request.url),
        article_url=f"{request.base_url}article/",
    )
    return Response(content, media_type=atom.MEDIA_TYPE)


def _sent(steps: Iterator[int], pieces: Pieces) -> Iterator[bytes]:
    """Give what the steps write, in pieces worth sending; the first step is made now.

    Raises what that raises.
    """
    begun = chain([next(steps, 0)], steps)

    def parts() -> Iterator[bytes]:
        for _ in begun:
            if pieces.waiting >= _GATHERED:
                yield pieces.take()
        yield pieces.take()

    return parts()


def _download(parts: Iterator[bytes], media_type: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type=media_type, headers=headers)
