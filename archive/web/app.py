"""The application: its routers, and what holds for every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI

from archive.web.shelf import Shelf

_ROUTERS: Final[tuple[APIRouter, ...]] = ()


def create_app(shelf: Shelf) -> FastAPI:
    """Make the application over a shelf, which is closed with it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        shelf.close()

    app = FastAPI(title="Dateline", lifespan=lifespan)
    app.state.shelf = shelf
    for router in _ROUTERS:
        app.include_router(router)
    return app
