"""The port of the example newsroom: taken, and given back."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from archive.errors import UsageError

HOST = "127.0.0.1"
_BACKLOG = 128


def listen(port: int) -> socket.socket:
    """Take a port of loopback; 0 is any that is free. Raises UsageError if taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.ExitStack() as undo:
        undo.callback(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            raise UsageError(
                f"port {port} of {HOST} can not be used: {error.strerror}; "
                "try another, or 0 for any that is free"
            ) from error
        undo.pop_all()
    return listener


async def stop_listening(server: asyncio.Server) -> None:
    """Close a server; who is being accepted becomes a connection, or is refused.

    Closed at once, the transport of a connection whose accepting has begun is
    never attached, and its socket is closed by nobody
    (https://github.com/python/cpython/issues/109564).
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    try:
        await asyncio.sleep(0)  # the turn in which accepting attaches its transport
    finally:
        server.close()
