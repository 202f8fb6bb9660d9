"""What every page reads from: one open collection [I/O]."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Request

from archive.catalogue import Catalogue
from archive.collection import Collection
from archive.errors import NotFound
from archive.lookups import Index
from archive.model import Capture
from archive.questions import captures_of
from archive.recordids import record_id_of
from archive.watch.database import NAME, WatchDatabase


class Shelf:
    """An open collection, shared by the threads that answer requests.

    Attributes:
        collection: the collection.
        index: its index; any thread may ask it.
    """

    def __init__(self, collection: Collection) -> None:
        """Read from an open collection, which `close` closes."""
        self.collection = collection
        self.index = Index(collection.index)
        self._watch: WatchDatabase | None = None
        self._lock = threading.Lock()

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open a collection. Raises CollectionError or StorageError."""
        return cls(Collection.open(root))

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue; any thread may ask it."""
        return self.collection.catalogue

    @property
    def watch(self) -> WatchDatabase | None:
        """What is remembered of watching; None while nothing was ever watched.

        Raises StorageError or CollectionError.
        """
        with self._lock:
            if self._watch is None and (self.collection.root / NAME).is_file():
                self._watch = WatchDatabase(self.collection.root)
            return self._watch

    def capture(self, uuid: UUID) -> Capture:
        """Give the capture with this id. Raises NotFound."""
        found = captures_of(self.catalogue, record_id_of(uuid))
        if not found:
            raise NotFound(f"no capture has the id {uuid}")
        return found[0].capture

    def close(self) -> None:
        """Let go of the collection."""
        if self._watch is not None:
            self._watch.close()
        self.collection.close()


async def _shelf(request: Request) -> Shelf:  # else a thread would be asked for it
    shelf = request.app.state.shelf
    assert isinstance(shelf, Shelf)
    return shelf


ShelfDep = Annotated[Shelf, Depends(_shelf)]
