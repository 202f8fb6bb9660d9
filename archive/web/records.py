"""Raw records and payloads by their id, for who checks and for other tools [I/O]."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from archive.message import content_encodings
from archive.reading import raw_record
from archive.replay.answer import inert_name, raw_headers
from archive.replay.reading import load
from archive.web.shelf import ShelfDep

router = APIRouter(tags=["records"])


@router.get(
    "/record/{uuid}",
    response_class=Response,
    summary="A WARC record",
    responses={
        200: {"content": {"application/warc": {}}, "description": "A gzip member"},
        404: {"description": "No capture has this id"},
    },
)
def record(uuid: UUID, shelf: ShelfDep) -> Response:
    """Give the record of a capture as it is stored: one gzip member of its WARC file.

    It is a WARC file of one record by itself.
    """
    capture = shelf.capture(uuid)
    return Response(
        raw_record(shelf.collection, capture),
        headers=raw_headers(f"{uuid}.warc.gz"),
        media_type="application/warc",
    )


@router.get(
    "/payload/{uuid}",
    response_class=Response,
    summary="The payload of a capture",
    responses={
        200: {
            "content": {"application/octet-stream": {}},
            "description": "The entity body, its content coding kept",
        },
        404: {"description": "No capture has this id"},
    },
)
def payload(uuid: UUID, shelf: ShelfDep) -> Response:
    """Give the body that a capture stands for: transfer coding removed, no more.

    Its SHA-256 is the payload digest of the capture. Of a revisit it is the
    payload of the original. `X-Archive-Content-Encoding` says how it is coded.
    """
    capture = shelf.capture(uuid)
    loaded = load(shelf.collection, capture)
    headers = raw_headers(inert_name(capture.url, str(uuid)))
    headers["X-Archive-Payload-Digest"] = capture.payload_digest
    codings = ", ".join(content_encodings(loaded.head))
    if codings.isascii() and codings.isprintable() and codings:
        headers["X-Archive-Content-Encoding"] = codings
    return Response(loaded.payload, 200, headers, "application/octet-stream")
