"""Files of another shape: brought level with what they hold, or refused."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, inspect

from archive.errors import CollectionError
from archive.model import Discovery, Role
from archive.watch import database as database_module
from archive.watch import schema
from archive.watch.database import NAME, WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.migrations import HEAD, upgrade

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("addresses") as table:
        table.add_column(sa.Column("mood", sa.String(), server_default="calm"))
        table.create_index("addresses_by_mood", ["mood"])
"""


def shape(path: Path) -> dict[str, str]:
    """Give what makes each table and index, as SQLite keeps it."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
    connection.close()
    return {
        name: " ".join(
            re.sub(r'[,"]', " ", sql or "")
            .replace("(", " ( ")
            .replace(")", " ) ")
            .split()
        )
        for name, sql in rows
    }


def entered(root: Path) -> Discovery:
    """Make a file with an address in it."""
    found = Discovery(
        url="https://news.example/2026/story",
        role=Role.ARTICLE,
        source_id="example",
        run_id="run-0",
        found_at=NOON,
    )
    database = WatchDatabase(root)
    Frontier(database).enter([found], now=NOON)
    database.close()
    return found


def execute(root: Path, statement: str, *values: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(root / NAME)
    rows = connection.execute(statement, values).fetchall()
    connection.commit()
    connection.close()
    return rows


@pytest.fixture
def with_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Add a migration, as a later Dateline would bring it."""
    folder = tmp_path / "migrations"
    shutil.copytree(upgrade.FOLDER, folder)
    (folder / "versions" / "next.py").write_text(SECOND.format(head=HEAD))
    monkeypatch.setattr(upgrade, "FOLDER", folder)
    monkeypatch.setattr(database_module, "HEAD", "next")
    return folder


def test_the_number_of_the_last_migration_is_written_down():
    scripts = ScriptDirectory.from_config(upgrade.config())
    assert scripts.get_heads() == [HEAD]
    assert upgrade.knows(HEAD)
    assert not upgrade.knows("next")


def test_a_new_file_is_what_all_migrations_make(tmp_path):
    (tmp_path / "new").mkdir()
    WatchDatabase(tmp_path / "new").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    with engine.begin() as connection:
        upgrade.upgrade(connection)
    engine.dispose()
    fresh, migrated = (
        shape(tmp_path / "new" / NAME),
        shape(tmp_path / "migrated.sqlite3"),
    )
    assert fresh.keys() == migrated.keys()
    for name, sql in fresh.items():
        assert migrated[name] == sql, name
    assert set(schema.metadata.tables) < set(fresh)


def test_nothing_of_the_schema_is_without_a_migration(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    with engine.begin() as connection:
        upgrade.upgrade(connection)
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.metadata) == [], (
            "run `python -m archive.watch.migrations MESSAGE`"
        )
        # it would notice
        assert compare_metadata(context, MetaData()) != []
    engine.dispose()


def test_a_file_of_before_is_brought_level_with_what_it_holds(tmp_path, request):
    found = entered(tmp_path)
    before = execute(tmp_path, "SELECT * FROM addresses")
    request.getfixturevalue("with_next")
    database = WatchDatabase(tmp_path)
    with database.reading() as connection:
        assert inspect(connection).has_table("addresses")
    known = Frontier(database).get(found.url)
    database.close()
    assert known is not None
    assert known.url == found.url
    after = execute(tmp_path, "SELECT * FROM addresses")
    assert after == [(*before[0], "calm")]
    assert execute(tmp_path, "SELECT version_num FROM alembic_version") == [("next",)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path, with_next):
    script = with_next / "versions" / "next.py"
    found = entered_before(tmp_path)
    script.write_text(f"{script.read_text()}    raise ConnectionError\n")
    before = shape(tmp_path / NAME)
    with pytest.raises(ConnectionError):
        WatchDatabase(tmp_path)
    assert shape(tmp_path / NAME) == before
    assert execute(tmp_path, "SELECT url FROM addresses") == [(found.url,)]


def entered_before(root: Path) -> Discovery:
    """Make a file with an address in it, as the Dateline before made it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_module, "HEAD", HEAD)
        return entered(root)


@pytest.mark.parametrize("revision", ["0099", "next"])
def test_a_file_of_a_later_dateline_is_refused_and_left_alone(tmp_path, revision):
    entered(tmp_path)
    execute(tmp_path, "UPDATE alembic_version SET version_num = ?", revision)
    before = shape(tmp_path / NAME)
    with pytest.raises(CollectionError, match=f"tables {revision}.*up to {HEAD}.*use"):
        WatchDatabase(tmp_path)
    assert shape(tmp_path / NAME) == before


def test_tables_without_a_number_are_refused(tmp_path):
    entered(tmp_path)
    execute(tmp_path, "DROP TABLE alembic_version")
    with pytest.raises(CollectionError, match="without a number"):
        WatchDatabase(tmp_path)


OPENER = """
import sys
from pathlib import Path
from archive.watch import database
if len(sys.argv) > 2:
    from archive.watch.migrations import upgrade
    upgrade.FOLDER, database.HEAD = Path(sys.argv[2]), "next"
sys.stdin.readline()
database.WatchDatabase(Path(sys.argv[1])).close()
print("alembic" in sys.modules)
"""


def opened_at_once(*arguments: Path) -> list[str]:
    """Open a file in four processes in one moment."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=50)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    return said


def test_processes_that_open_a_new_file_at_once_all_get_it(tmp_path):
    said = opened_at_once(tmp_path)
    assert said == ["False"] * 4  # a new file needs no Alembic
    assert execute(tmp_path, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_processes_that_open_a_file_of_before_at_once_migrate_it_once(
    tmp_path, with_next
):
    found = entered_before(tmp_path)
    said = opened_at_once(tmp_path, with_next)
    assert "True" in said
    assert execute(tmp_path, "SELECT url, mood FROM addresses") == [(found.url, "calm")]


def test_a_file_that_can_only_be_read_is_read(tmp_path):
    found = entered(tmp_path)
    (tmp_path / NAME).chmod(0o444)
    database = WatchDatabase(tmp_path)
    assert Frontier(database).get(found.url) is not None
    database.close()
