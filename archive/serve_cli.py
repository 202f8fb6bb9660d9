"""The verbs of the page: serve, password [I/O]."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from archive.errors import UsageError
from archive.options import DEFAULT_COLLECTION, CollectionOption
from archive.warc.writer import write_whole

if TYPE_CHECKING:
    from archive.web.actions import Actions
    from archive.web.passwords import Secret
    from archive.web.schedule import Schedule

PORT: Final = 8017
_SHORTEST: Final = 8  # characters of a password

# What can be done in a collection, and what is planned: given its folder, the file
# that sources are added to, and whether private addresses may be fetched.
HandedIn = Callable[[Path, Path, bool], "tuple[Actions | None, Schedule | None]"]


def mount(app: typer.Typer, handed_in: HandedIn | None = None) -> None:
    """Add the verbs; `handed_in` is what the floors above can do for a page."""

    def serve(
        *,
        collection: CollectionOption = DEFAULT_COLLECTION,
        host: Annotated[
            str, typer.Option(help="Where to listen; this machine alone at first.")
        ] = "127.0.0.1",
        port: Annotated[
            int, typer.Option(help="0 takes any that is free.", min=0, max=65535)
        ] = PORT,
        open_: Annotated[
            bool, typer.Option("--open", help="Open it in the browser.")
        ] = False,
        token: Annotated[
            str | None,
            typer.Option(
                envvar="DATELINE_TOKEN",
                help="Let in who knows it, people and programs.",
                show_default=False,
            ),
        ] = None,
        password_file: Annotated[
            Path | None,
            typer.Option(
                help="Let in who knows the password in this file "
                "(`dateline password` makes one)."
            ),
        ] = None,
        name: Annotated[
            list[str] | None,
            typer.Option(help="A host name it is reached by; can be repeated."),
        ] = None,
        sources: Annotated[
            Path, typer.Option(help="The file that sources are added to.")
        ] = Path("sources.toml"),
        allow_private: Annotated[
            bool,
            typer.Option(
                "--allow-private",
                help="Archive private and loopback addresses, too, when asked to.",
            ),
        ] = False,
    ) -> None:
        """Show the archive in a browser: pages, search, replay, and an API.

        Only this machine can see it, unless --host says else; then it has to have
        a token or a password. Ctrl-C ends it.

        Example: dateline serve --collection my-archive --open
        """
        _serve(
            collection,
            listening=(host, port),
            secrets=_secrets(token, password_file),
            names=name or [],
            opens=open_,
            handed_in=lambda root: (
                handed_in(root, sources, allow_private) if handed_in else (None, None)
            ),
        )

    app.command("serve")(serve)
    app.command("password")(password)


def password(
    file: Annotated[Path, typer.Argument(help="Where its hash is written.")],
) -> None:
    """Write a password file for `dateline serve`: asks for the password twice.

    Only a hash (scrypt) is written. Where the input is no terminal, the first line of
    it is the password.

    Example: dateline password my-archive.password
    """
    from archive.web.passwords import Password  # noqa: PLC0415 (hashes are loaded late)

    if sys.stdin.isatty():
        text = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\r\n")
    if len(text) < _SHORTEST:
        raise UsageError(f"a password has at least {_SHORTEST} characters")
    write_whole(file, f"{Password.of(text).line()}\n".encode("ascii"))
    file.chmod(0o600)
    typer.echo(f"{file}: dateline serve --password-file {file}")


# ---------------------------------------------------------------- serving


def _serve(
    root: Path,
    *,
    listening: tuple[str, int],
    secrets: list[Secret],
    names: list[str],
    opens: bool,
    handed_in: Callable[[Path], tuple[Actions | None, Schedule | None]],
) -> None:
    # Half a second of imports, for this verb alone.
    from archive.run_questions import prepare  # noqa: PLC0415
    from archive.web import server  # noqa: PLC0415
    from archive.web.access import Access  # noqa: PLC0415
    from archive.web.app import create_app  # noqa: PLC0415

    host, port = listening
    if not secrets and not is_loopback(host):
        raise UsageError(
            f"other machines could read the archive at {host}: give a --token or a "
            "--password-file, or leave out --host"
        )
    shelf, door = server.open_shelf(root, host, port)
    prepare(shelf.catalogue)
    actions, schedule = handed_in(root)
    access = Access(secrets, names=[host, *names])
    app = create_app(shelf, actions=actions, schedule=schedule, access=access)
    address = _address(host, door.getsockname()[1])
    said = f"{root} is open at {address} - Ctrl-C ends it"
    server.run(app, door, address, said=said, opens=opens)


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _address(host: str, port: int) -> str:
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        host = socket.gethostname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _secrets(token: str | None, password_file: Path | None) -> list[Secret]:
    from archive.web.passwords import Token, read_password  # noqa: PLC0415

    secrets: list[Secret] = []
    if token is not None:
        secrets.append(Token(token))
    if password_file is not None:
        secrets.append(read_password(password_file))
    return secrets
