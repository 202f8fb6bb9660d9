"""Run `dateline` as a user does: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from archive.errors import DatelineError
from archive.terminal import printable
from dateline import app

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, Any]]:
        """Read the output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment() -> dict[str, str]:
    """Give the environment of a command: no proxy, no settings of the tester's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith("DATELINE")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120"}


def arguments(*words: object) -> list[str]:
    """Give the command line of `dateline` with these words."""
    return [sys.executable, "-m", "dateline", *map(str, words)]


def read(*words: object) -> Ran:
    """Run a verb that only reads, in this process: much faster."""
    ran = CliRunner().invoke(app, [str(word) for word in words])
    code, err = ran.exit_code, ran.stderr
    if isinstance(ran.exception, DatelineError):
        code = ran.exception.exit_code
        err = f"dateline: {printable(str(ran.exception), lines=True)}"  # as main does
    elif ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return Ran(code=code, out=ran.stdout, err=err)


def dateline(*words: object, limit_s: float = 90) -> Ran:
    """Run a command to its end."""
    ran = subprocess.run(
        arguments(*words),
        capture_output=True,
        env=environment(),
        timeout=limit_s,
        check=False,
    )
    return Ran(
        code=ran.returncode,
        out=ran.stdout.decode("utf-8", "replace"),
        err=ran.stderr.decode("utf-8", "replace"),
    )
