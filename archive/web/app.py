"""The application: its routers, and what holds for every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from archive.web import (
    archiving,
    article,
    articles,
    calendar,
    cdx,
    errors,
    exports,
    going,
    login,
    memento,
    records,
    replay,
    runs,
    sources,
    today,
)
from archive.web.access import Access, Gate
from archive.web.actions import Actions
from archive.web.bodies import ShortBodies
from archive.web.headers import HeadAsGet, SecurityHeaders
from archive.web.pages import HERE
from archive.web.schedule import Schedule
from archive.web.shelf import Shelf

_ROUTERS: Final[tuple[APIRouter, ...]] = (
    # First what programs ask for many times a second: each is tried in this order.
    cdx.router,
    memento.router,
    login.router,
    today.router,
    sources.router,
    going.router,  # before runs: "going" is no run
    runs.router,
    calendar.router,
    articles.router,
    article.router,
    archiving.router,
    replay.router,
    records.router,
    exports.router,
)


def create_app(
    shelf: Shelf,
    *,
    actions: Actions | None = None,
    schedule: Schedule | None = None,
    access: Access | None = None,
) -> FastAPI:
    """Make the application over a shelf; shelf and actions are closed with it.

    Without `actions` it can only be read, without `schedule` it does not say what is
    planned. `access` says who may read it; without it anybody who can reach it, under
    an address that no other site can take.
    """
    access = access or Access()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if actions is not None:
            actions.close()
        shelf.close()

    app = FastAPI(
        title="Dateline",
        description="A news archive that can prove what it holds.",
        lifespan=lifespan,
        responses=errors.RESPONSES,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Gate, access=access),
            Middleware(ShortBodies),
            Middleware(HeadAsGet),
        ],
        # The usual pages about an API load their scripts from other people's sites.
        docs_url=None,
        redoc_url=None,
    )
    app.state.shelf = shelf
    app.state.actions = actions
    app.state.schedule = schedule
    app.state.access = access
    app.state.is_private = access.is_private
    errors.install(app)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in _ROUTERS:
        app.include_router(router)
    return app
