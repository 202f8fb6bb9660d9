"""One SQLite file: who reads it keeps nobody else from it."""

from __future__ import annotations

from contextlib import ExitStack

from archive.catalogue import Catalogue


def test_many_read_at_once_and_none_waits(tmp_path):
    catalogue = Catalogue(tmp_path / "catalogue.sqlite3")
    with ExitStack() as readers:
        for _ in range(50):
            connection = readers.enter_context(catalogue.reading())
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        with catalogue.writing() as connection:
            connection.exec_driver_sql("DELETE FROM files")
    catalogue.close()
