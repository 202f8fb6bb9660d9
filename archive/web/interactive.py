"""ReplayWeb.page over a collection, as an application of its own [I/O].

Scripts of archived pages run in it. So it answers on a port of its own, which is an
origin of its own: nothing of the reading application is on it, and it can neither
list nor search what is held. It reads captures that it is given the id of.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from typing import Final
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from sqlalchemy import false
from starlette.middleware import Middleware

from archive.clock import now, timestamp14
from archive.errors import NotFound, UsageError
from archive.export.closure import completed
from archive.export.selection import Choice, Selection
from archive.export.warc_subset import MEDIA_TYPE, write_warc
from archive.model import Capture
from archive.questions import captures_of
from archive.recordids import bare_uuid
from archive.replay.interactive_files import NAMES
from archive.web import errors
from archive.web.access import Access, Gate
from archive.web.shelf import Shelf

_MOST_PACKAGES: Final = 16  # that are kept; each is made when it is first asked for
_POLICY: Final = (
    "default-src 'self' blob: data:; "
    "script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_PAGE: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><script src="/replay/ui.js"></script>
<style>html,body,replay-web-page{{height:100%;margin:0;display:block}}
main{{padding:2rem;font:1rem/1.5 system-ui,sans-serif}}</style></head>
<body>{body}</body></html>
"""


class _Packages:
    """WARC files of single captures with what they need, made when first asked for."""

    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self._shelf, self._folder = shelf, folder
        self._lock = threading.Lock()

    def of(self, capture: Capture) -> Path:
        """Give the package of a capture. Raises what reading the archive raises."""
        uuid = bare_uuid(capture.record_id)
        path = self._folder / f"{UUID(uuid)}.warc.gz"
        with self._lock:
            if path.is_file():
                return path
            held = self._shelf.collection
            choice = Choice(
                selection=Selection(article=capture.record_id),
                clause=false(),
                record_ids=frozenset({capture.record_id}),
            )
            part = path.with_suffix(".part")
            with part.open("wb") as target:
                steps = write_warc(
                    held, completed(held, choice), target, name=path.name, now=now()
                )
                for _ in steps:
                    pass
            part.rename(path)
            kept = sorted(
                self._folder.glob("*.warc.gz"), key=lambda p: p.stat().st_mtime
            )
            for old in kept[:-_MOST_PACKAGES]:
                old.unlink()
        return path


def create_interactive_app(
    shelf: Shelf, files: Path, *, access: Access | None = None
) -> FastAPI:
    """Make the application; `files` is the folder with ui.js and sw.js.

    It is to answer on another port than the reading application. The shelf is
    closed with it.
    """
    folder = tempfile.TemporaryDirectory(prefix="dateline-replay-")
    packages = _Packages(shelf, Path(folder.name))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        folder.cleanup()
        shelf.close()

    app = FastAPI(
        title="Dateline, interactive replay",
        lifespan=lifespan,
        middleware=[Middleware(Gate, access=access or Access())],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.is_private = False
    errors.install(app)

    @app.get("/")
    def first(request: Request, name: str = "") -> Response:
        """Go to the newest capture of an address, or to one by its id."""
        if name:
            return RedirectResponse(f"/view/{_uuid_of(request, shelf, name)}", 303)
        body = (
            "<main><h1>Interactive replay</h1><form><label>Address or record id "
            '<input name="name" size="60"></label> <button>Open</button></form></main>'
        )
        return HTMLResponse(
            _PAGE.format(title="Interactive replay", body=body), 200, _HEADERS
        )

    @app.get("/view/{uuid}")
    def view(uuid: UUID) -> Response:
        """Show a capture with its scripts."""
        capture = shelf.capture(uuid)
        body = (
            f'<replay-web-page source="/warc/{uuid}.warc.gz" '
            f'url="{escape(capture.url)}" '
            f'ts="{timestamp14(capture.date)}" replayBase="/replay/" '
            'embed="replay-with-info"></replay-web-page>'
        )
        page = _PAGE.format(title=escape(capture.url), body=body)
        return HTMLResponse(page, 200, _HEADERS)

    @app.get("/warc/{uuid}.warc.gz")
    def package(uuid: UUID) -> Response:
        """Give a capture and what it needs; parts of it can be asked for."""
        path = packages.of(shelf.capture(uuid))
        return FileResponse(
            path, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-cache"}
        )

    @app.get("/replay/")
    def base() -> Response:
        """Give the page that the worker answers from."""
        body = "<replay-app-main></replay-app-main>"
        return HTMLResponse(_PAGE.format(title="Replay", body=body), 200, _HEADERS)

    @app.get("/replay/{name}")
    def file(name: str, _: Request) -> Response:
        """Give one of the two files."""
        if name not in NAMES or not (files / name).is_file():
            raise NotFound(f"there is no {name}")
        return FileResponse(
            files / name,
            media_type="text/javascript",
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"},
        )

    return app


def _uuid_of(request: Request, shelf: Shelf, name: str) -> str:
    """Look up a capture, only for a page that is opened, as a reader does.

    A script of an archived page is not told what else is held (Fetch Metadata, 2.1).
    """
    if request.headers.get("sec-fetch-dest", "document") != "document":
        raise UsageError("an address can be opened, and not be asked for otherwise")
    found = captures_of(shelf.catalogue, name)
    if not found:
        raise NotFound(f"nothing is held of {name}")
    return bare_uuid(found[0].capture.record_id)
