"""ReplayWeb.page on a site of its own, with packages beside it, as a reader has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from archive.replay.interactive_files import NAMES
from tests.support.peers import replaywebpage
from tests.support.webserver import serving

# Its worker answers /replay/ with this page. The frame may ask before the worker is
# active, though, and then asks the server: without the page it stays "Not Found".
_INDEX = """<!DOCTYPE html><meta charset="utf-8"><title>Replay</title>
<script src="ui.js"></script><replay-app-main></replay-app-main>"""
_VIEW = """<!DOCTYPE html><meta charset="utf-8"><title>view</title>
<script src="/replay/ui.js"></script>
<replay-web-page source="{source}" {at} replayBase="/replay/" embed="{embed}"
 style="height: 700px; display: block"></replay-web-page>"""


def view(source: str, at: str = "", embed: str = "replayonly") -> str:
    """Make the page that shows a package; `at` is what its attributes say of where."""
    return _VIEW.format(source=source, at=at, embed=embed)


@contextmanager
def showing(folder: Path) -> Iterator[str]:
    """Serve a folder, and ReplayWeb.page in it; gives the address. Skips without it."""
    (folder / "replay").mkdir()
    for name in NAMES:
        shutil.copy(replaywebpage() / name, folder / "replay" / name)
    (folder / "replay" / "index.html").write_text(_INDEX)
    files = StaticFiles(directory=folder, html=True)
    with serving(Starlette(routes=[Mount("/", files)])) as address:
        yield address
