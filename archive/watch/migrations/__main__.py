"""Writes the migration from the last one to the present schema [I/O]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from archive.watch.migrations.upgrade import config, upgrade


def write(message: str) -> Path:
    """Compare an upgraded empty file with the schema; gives the new migration."""
    count = len(list(ScriptDirectory.from_config(config()).walk_revisions()))
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/watch.sqlite3")
        with engine.begin() as connection:
            if count:
                upgrade(connection)
            script = command.revision(
                config(connection),
                message,
                autogenerate=True,
                rev_id=f"{count + 1:04}",
            )
        engine.dispose()
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


if __name__ == "__main__":
    sys.stdout.write(f"{write(' '.join(sys.argv[1:]))}\n")
