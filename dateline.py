"""The `dateline` command: mounts the verbs of each floor, nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import archive.cli
import archive.serve_cli
import crawler.cli
import pipelines.cli
import pipelines.text_cli
from archive.errors import DatelineError
from archive.terminal import printable
from crawler.onepage import fetch_page

if TYPE_CHECKING:
    from archive.web.actions import Actions
    from archive.web.schedule import Schedule


def _for_pages(
    root: Path, sources: Path, allow_private: bool
) -> tuple[Actions, Schedule]:
    """Give the pages what they can have done (only `serve` loads it)."""
    from crawler.serving import ScheduleOf  # noqa: PLC0415
    from crawler.web_actions import WebActions  # noqa: PLC0415

    actions = WebActions(root, sources=sources, allow_private=allow_private)
    return actions, ScheduleOf(root)


app = typer.Typer(
    name="dateline",
    help="A news archive that can prove what it holds.\n\n"
    "Exit codes: 0 good, 1 some failed, 2 usage, 3 archive damaged.",
    epilog="Begin with: dateline archive https://example.org/ --collection my-archive",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
archive.cli.mount(app)
crawler.cli.mount(app)
pipelines.cli.mount(app)
pipelines.text_cli.mount(app, fetch_page)  # the floor below can not fetch
archive.serve_cli.mount(app, _for_pages)  # nor can this one


def main() -> None:
    """Run the command; an error of ours is one line, and an exit code."""
    try:
        app()
    except DatelineError as error:
        if "--debug" in sys.argv:
            raise
        print(f"dateline: {printable(str(error), lines=True)}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
