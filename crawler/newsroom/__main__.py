"""`python -m crawler.newsroom`: serves the example by hand until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from archive.errors import DatelineError
from crawler.newsroom.server import Newsroom


def main(arguments: list[str] | None = None) -> int:
    """Serve in the foreground; tell the address, and what was asked for at the end."""
    parser = argparse.ArgumentParser(
        prog="python -m crawler.newsroom",
        description="Serve the example newsroom on loopback until Ctrl-C.",
    )
    parser.add_argument("--port", type=int, default=8765, help="0 is any that is free")
    parser.add_argument(
        "--sources", type=Path, metavar="FILE", help="write its sources.toml here"
    )
    chosen = parser.parse_args(arguments)
    # A shell starts what runs in the background with SIGINT ignored; and a
    # termination should end as cleanly as Ctrl-C.
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Newsroom(chosen.port) as newsroom:
            if chosen.sources is not None:
                chosen.sources.write_text(newsroom.sources_toml(), "utf-8")
            sys.stdout.write(f"Port Verity Courier: {newsroom.base_url}/\n")
            sys.stdout.flush()
            stop.wait()
            sys.stdout.write(f"\n{len(newsroom.requests)} requests answered\n")
    except (DatelineError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code if isinstance(error, DatelineError) else 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
