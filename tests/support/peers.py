"""Other people's tools, each in an environment of its own (`.ci/peers`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command import ROOT


def peer(name: str, tool: str) -> Path:
    """Give a tool of the environment `name`; skip the test where it is missing.

    The environment is the folder that DATELINE_NAME says, else `.peers/name`. Under
    CI a missing tool is a failure: its environment is part of the installation there.
    """
    folder = os.environ.get(f"DATELINE_{name.upper()}", str(ROOT / ".peers" / name))
    path = Path(folder) / "bin" / tool
    if not path.exists():
        reason = f"{tool} is not in {folder}: `make peers` installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def replaywebpage() -> Path:
    """Give the folder of ReplayWeb.page's two files; skip the test without them."""
    said = os.environ.get("DATELINE_REPLAYWEBPAGE")
    folder = Path(said) if said else ROOT / ".peers" / "replaywebpage" / "package"
    if not all((folder / name).is_file() for name in ("ui.js", "sw.js")):
        reason = f"ReplayWeb.page is not in {folder}: `make peers` fetches it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
