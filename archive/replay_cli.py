"""The verbs of interactive replay: replay install, replay interactive [I/O]."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from archive.errors import UsageError
from archive.options import DEFAULT_COLLECTION, CollectionOption
from archive.replay import interactive_files

PORT: Final = 8018
_HOST: Final = "127.0.0.1"  # its service worker runs nowhere else without TLS


def mount(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(no_args_is_help=True, help="Pages with their scripts.")
    group.command("install")(install)
    group.command("interactive")(interactive)
    app.add_typer(group, name="replay")


def install(
    package: Annotated[
        Path, typer.Argument(help="The npm tarball, or the folder it was unpacked to.")
    ],
) -> None:
    """Take ReplayWeb.page out of its npm package, for interactive replay.

    `npm pack replaywebpage` fetches the package. It is under the AGPL and no part of
    Dateline; two files of it are copied, for this user.

    Example: dateline replay install replaywebpage-2.5.3.tgz
    """
    place = interactive_files.folder()
    version = interactive_files.install(package, place)
    typer.echo(f"{place}: ReplayWeb.page {version}")


def interactive(
    collection: CollectionOption = DEFAULT_COLLECTION,
    port: Annotated[
        int, typer.Option(help="0 takes any that is free.", min=0, max=65535)
    ] = PORT,
    open_: Annotated[
        bool, typer.Option("--open", help="Open it in the browser.")
    ] = False,
) -> None:
    """Show captured pages with their scripts, by ReplayWeb.page.

    On this machine alone, and on a port of its own: what runs in an archived page can
    not reach what `dateline serve` shows. Ctrl-C ends it.

    Example: dateline replay interactive --collection my-archive --open
    """
    files = interactive_files.folder()
    if not interactive_files.are_there(files):
        raise UsageError(
            "ReplayWeb.page is not installed: `npm pack replaywebpage`, then "
            "`dateline replay install replaywebpage-VERSION.tgz`"
        )
    # Half a second of imports, for this verb alone.
    from archive.web import server  # noqa: PLC0415
    from archive.web.interactive import create_interactive_app  # noqa: PLC0415

    shelf, door = server.open_shelf(collection, _HOST, port)
    app = create_interactive_app(shelf, files)
    address = f"http://{_HOST}:{door.getsockname()[1]}/"
    said = f"{collection} is open at {address}, with scripts - Ctrl-C ends it"
    server.run(app, door, address, said=said, opens=open_)
