"""Brings the tables of watching to their present shape [I/O]."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER: Final = Path(__file__).parent


def config(connection: Connection | None = None) -> Config:
    """Make Alembic's settings, without a file."""
    settings = Config()
    # A "%" would begin an interpolation.
    folder = str(FOLDER).replace("%", "%%")
    settings.set_main_option("script_location", folder)
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    settings.attributes["connection"] = connection
    return settings


def knows(revision: str) -> bool:
    """Whether a migration with this number is there."""
    scripts = ScriptDirectory.from_config(config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply what is missing, in the transaction of `connection`."""
    command.upgrade(config(connection), revision)
