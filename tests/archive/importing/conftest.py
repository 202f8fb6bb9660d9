"""A collection that files are taken into, without extraction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.collection import Collection
from tests.support.importing import Taking


@pytest.fixture
def taking(tmp_path: Path) -> Iterator[Taking]:
    with Collection.create(tmp_path / "collection") as collection:
        yield Taking(collection)
