"""A frontier in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier


@pytest.fixture
def database(tmp_path: Path) -> Iterator[WatchDatabase]:
    database = WatchDatabase(tmp_path)
    yield database
    database.close()


@pytest.fixture
def frontier(database: WatchDatabase) -> Frontier:
    return Frontier(database)
