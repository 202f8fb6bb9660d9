"""The `dateline` command on a terminal that shows colours."""

from __future__ import annotations

import os
import pty
import subprocess

from tests.support.command import arguments, environment


def on_a_terminal(*words: object) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        arguments(*words),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**environment(), "TERM": "xterm-256color", "NO_COLOR": ""},
    )
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # the way in which Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
        process.wait(30)
    return said.decode("utf-8")
