"""A web server of this machine: where it listens, and how it runs and ends [I/O]."""

from __future__ import annotations

import errno
import os
import socket
import webbrowser
from pathlib import Path
from typing import Any, Final

import typer
import uvicorn

from archive.errors import UsageError
from archive.web.shelf import Shelf

_STOP_S: Final = 5  # for answers that are under way


def open_shelf(root: Path, host: str, port: int) -> tuple[Shelf, socket.socket]:
    """Open a collection, and listen for those who read it.

    Raises UsageError, which says what to try, and what opening a collection does.
    """
    shelf = Shelf.open(root)
    try:
        return shelf, listen(host, port)
    except Exception:
        shelf.close()
        raise


def listen(host: str, port: int) -> socket.socket:
    """Listen at an address. Raises UsageError, which says what to try."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        door = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"--host {host!r} is no address of this machine: {error}"
        ) from error
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(128)
    except OSError as error:
        door.close()
        raise UsageError(_why_not(host, port, error)) from error
    return door


def run(app: Any, door: socket.socket, address: str, *, said: str, opens: bool) -> None:
    """Answer until the user ends it; `said` is told first, and `address` opened."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_S,
    )
    typer.echo(said)
    if opens:
        webbrowser.open(address)  # it listens already, and answers in a moment
    try:
        uvicorn.Server(config).run(sockets=[door])
    except KeyboardInterrupt:
        typer.echo("ended", err=True)
    finally:
        door.close()


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken: end what listens there, or take another "
            "with --port (0 takes any that is free)"
        )
    if error.errno == errno.EACCES:
        return f"port {port} is for the administrator: take one above 1023 with --port"
    return f"cannot listen at {host}, port {port}: {os.strerror(error.errno or 0)}"
