"""Replay: a page as it was captured, and what it needs, out of the archive [I/O]."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from archive import questions
from archive.clock import timestamp14
from archive.errors import ArchiveError, UsageError
from archive.memento import Neighbours, memento_headers
from archive.message import MessageError, content_encodings, media_type
from archive.model import Capture, TextOutcome
from archive.questions import Kept
from archive.recordids import bare_uuid
from archive.replay import answer, choice, content
from archive.replay.banner import Told, banner
from archive.replay.css import css_with_links
from archive.replay.html import Lacks, Page, is_too_long, media_page
from archive.replay.links import (
    PREFIX,
    Asked,
    Links,
    Modifier,
    absolute,
    parse_replay,
    replay_path,
)
from archive.replay.reading import Loaded, load
from archive.urlkey import urlkey
from archive.web.addresses import rest_of_path
from archive.web.headers import POLICY
from archive.web.pages import render
from archive.web.shelf import Shelf, ShelfDep

router = APIRouter(tags=["replay"])

_PAGES: Final = (Modifier.PAGE, Modifier.FRAME)
_REQUISITES: Final = (Modifier.IMAGE, Modifier.STYLE)
_SENT_CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})
_CACHED: Final = "private, max-age=3600"  # what is nearest may change
_IN_A_FRAME: Final = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


@router.get(
    f"/replay/{rest_of_path('address')}",
    response_class=HTMLResponse,
    summary="A page as captured",
    responses={
        302: {"description": "To the time of the nearest capture, or a redirect"},
        400: {"description": "This is no replay address"},
        404: {"description": "Nothing is held, or the server said 404"},
    },
)
def replay(request: Request, address: str, shelf: ShelfDep) -> Response:
    """Give the capture of an address that is nearest to a time.

    `/replay/20261122081500/https://example.org/` is a page, with a banner; behind
    the time `if_` leaves the banner out, `im_` and `cs_` are for images and style
    sheets, `id_` gives the payload as captured. A page that was captured at
    another time is redirected to.
    """
    asked = parse_replay(_as_asked(request, address))
    if asked is None:
        raise UsageError(
            "this is no replay address: write "
            "/replay/20261122081500/https://example.org/"
        )
    found = _find(shelf, asked)
    if found is None:
        return _not_held(request, shelf, asked)
    return _Replay(request, shelf, asked, *found).answer()


class _Replay:
    """One answer in the making."""

    def __init__(
        self, request: Request, shelf: Shelf, asked: Asked, kept: Kept, loaded: Loaded
    ) -> None:
        self._shelf, self._asked, self._kept = shelf, asked, kept
        self._capture, self._loaded = kept.capture, loaded
        self._request = request
        self._root = str(request.scope.get("root_path", ""))
        self._host = request.headers.get("host", "")
        self._base = f"{request.url.scheme}://{self._host}{self._root}"
        self._links = Links(
            time=timestamp14(kept.capture.date),
            page=asked.modifier if asked.modifier in _PAGES else Modifier.PAGE,
            prefix=f"{self._root}{PREFIX}",
        )
        self._type = media_type(loaded.head)
        self._said_type = loaded.head.text(b"content-type")

    def answer(self) -> Response:
        """Choose what the capture is shown as."""
        modifier = self._asked.modifier
        if modifier is Modifier.RAW:
            return self._raw()
        if modifier in _PAGES and self._asked.time != self._links.time:
            return RedirectResponse(self._address(self._capture.url), 302)
        target = _target(self._capture, self._loaded)
        if target is not None:
            there = self._links.to(target, self._asked.modifier)
            return RedirectResponse(there, self._loaded.status, self._memento())
        return self._shown()

    def _shown(self) -> Response:
        modifier = self._asked.modifier
        try:
            body = content.decoded(self._loaded.head, self._loaded.payload)
        except MessageError as error:
            raise self._unshown(str(error)) from error
        if modifier is Modifier.STYLE:
            return self._style(body)
        page = self._as_page(body) if modifier in _PAGES else None
        return self._file(body) if page is None else self._page(page)

    # ------------------------------------------------------------ kinds

    def _as_page(self, body: bytes) -> Page | None:
        """Read what is shown as a page: HTML, and images that are opened alone."""
        url, links = self._capture.url, self._links
        if self._type is not None and answer.is_media(self._type):
            return media_page(url, self._type, links)
        if not answer.is_html(self._type, body):
            return None
        text, encoding = content.text_of(body, self._said_type)
        if is_too_long(text):
            raise self._unshown("it has more than a million tags")
        page = Page(text, url=url, links=links, encoding=encoding)
        page.fill(choice.held(self._shelf.catalogue, page.requisites))
        return page

    def _page(self, page: Page) -> Response:
        place = choice.place_of(self._shelf.catalogue, self._capture)
        above = None
        if self._asked.modifier is Modifier.PAGE:
            above = banner(self._told(place, page.lacks))
        return Response(
            page.written(above),
            answer.shown_status(self._loaded.status),
            {**self._headers(), **self._memento(place), "Cache-Control": "no-cache"},
            "text/html; charset=utf-8",
        )

    def _style(self, body: bytes) -> Response:
        text = ""
        if not answer.is_html(self._type, body):  # an error that says 200
            text = content.css_of(body, self._said_type)
        written = css_with_links(text, url=self._capture.url, links=self._links)
        return Response(
            written.encode("utf-8", "replace"),
            200,
            {**self._headers(), **self._memento(), "Cache-Control": _CACHED},
            "text/css; charset=utf-8",
        )

    def _file(self, body: bytes) -> Response:
        is_page = self._asked.modifier in _PAGES
        shown = answer.shown_type(self._type)
        headers = {**self._headers(), **self._memento(), "Accept-Ranges": "bytes"}
        headers["Cache-Control"] = "no-cache" if is_page else _CACHED
        if shown is None:
            headers |= answer.raw_headers(answer.inert_name(self._capture.url))
        elif shown == "text/plain":
            body = content.text_of(body, self._said_type)[0].encode("utf-8", "replace")
        status = answer.shown_status(self._loaded.status) if is_page else 200
        part = answer.part_of(self._request.headers.get("range"), len(body))
        if part is not None and status == 200:
            headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{len(body)}"
            status, body = 206, body[slice(*part)]
        return Response(body, status, headers, shown or "application/octet-stream")

    def _raw(self) -> Response:
        if self._request.headers.get("sec-fetch-dest") in answer.RUN:
            raise UsageError("what was captured is given to be kept, not to be run")
        headers = answer.raw_headers(answer.inert_name(self._capture.url))
        codings = content_encodings(self._loaded.head)
        if codings and _SENT_CODINGS.issuperset(codings):
            headers["Content-Encoding"] = ", ".join(codings)
        said = self._said_type or ""
        is_said = said.isascii() and said.isprintable() and self._type is not None
        # As it was sent, with its charset: Starlette would add another.
        headers["Content-Type"] = said if is_said else "application/octet-stream"
        return Response(
            self._loaded.payload,
            answer.shown_status(self._loaded.status),
            {**headers, **self._memento()},
        )

    # ------------------------------------------------------------ parts

    def _address(self, url: str, modifier: Modifier | None = None) -> str:
        modifier = self._asked.modifier if modifier is None else modifier
        return replay_path(url, self._links.time, modifier, self._links.prefix)

    def _unshown(self, reason: str) -> ArchiveError:
        url = self._capture.url
        return ArchiveError(
            f"{url} can't be shown: {reason}. Its bytes as captured: "
            f"{self._address(url, Modifier.RAW)}"
        )

    def _headers(self) -> dict[str, str]:
        return answer.shown_headers(self._host, self._links.prefix)

    def _memento(self, place: choice.Place | None = None) -> dict[str, str]:
        capture = self._capture
        around = Neighbours()
        if place is not None:
            around = Neighbours(
                first=place.first,
                prev=place.previous,
                next=place.next,
                last=place.last,
            )
        return memento_headers(
            base=self._base, url=capture.url, date=capture.date, neighbours=around
        )

    def _told(self, place: choice.Place, lacks: Lacks) -> Told:
        capture = self._capture
        uuid = bare_uuid(capture.record_id)
        has_text = self._kept.text_outcome in (TextOutcome.TEXT, TextOutcome.UNCHANGED)
        return Told(
            url=capture.url,
            date=capture.date,
            status=self._loaded.status,
            peer_address=self._loaded.peer_address,
            place=place,
            lacks=lacks,
            article=f"{self._root}/article/{uuid}" if has_text else None,
            record=f"{self._root}/record/{uuid}",
            prefix=self._links.prefix,
        )


def _find(shelf: Shelf, asked: Asked) -> tuple[Kept, Loaded] | None:
    """Find the nearest capture that does not lead back to its own address."""
    wanted = choice.wanted_time(asked.time)
    good = asked.modifier in _REQUISITES
    for kept in choice.nearest(shelf.catalogue, asked.url, wanted, good=good):
        try:
            loaded = load(shelf.collection, kept.capture)
        except ArchiveError:
            if good:  # better one of another hour than none
                continue
            raise
        target = _target(kept.capture, loaded)
        leads_back = target is not None and urlkey(target) == urlkey(kept.capture.url)
        if not leads_back or asked.modifier is Modifier.RAW:
            return kept, loaded
    return None


def _target(capture: Capture, loaded: Loaded) -> str | None:
    """Tell where a redirect leads; None: it is none, or leads out of the web."""
    location = loaded.head.text(b"location")
    if not choice.is_redirect(loaded.status) or location is None:
        return None
    return absolute(capture.url, location)


def _not_held(request: Request, shelf: Shelf, asked: Asked) -> Response:
    """Say that nothing is held; of a requisite without a word."""
    if asked.modifier not in _PAGES:
        headers = answer.raw_headers("nothing")
        return Response(b"", 404, headers, "application/octet-stream")
    misses = questions.misses_of(shelf.catalogue, asked.url)
    near = choice.held_near(shelf.catalogue, asked.url)
    root = str(request.scope.get("root_path", ""))
    return render(
        request,
        "replay_missing.html",
        status=404,
        headers={"Content-Security-Policy": _IN_A_FRAME},
        url=asked.url,
        can_be_archived=asked.url[:8].lower().startswith(("http://", "https://")),
        miss=misses[0] if misses else None,
        near=[
            (
                one.url,
                one.time,
                replay_path(one.url, one.time, prefix=f"{root}{PREFIX}"),
            )
            for one in near
        ],
    )


def _as_asked(request: Request, address: str) -> str:
    """Give what stands behind `/replay/`, as it was sent: escapes and all."""
    sent = request.scope.get("raw_path") or b""
    _, found, rest = sent.partition(b"?")[0].partition(PREFIX.encode("ascii"))
    text = rest.decode("utf-8", "replace") if found else address
    query: bytes = request.scope.get("query_string", b"")
    return f"{text}?{query.decode('utf-8', 'replace')}" if query else text
