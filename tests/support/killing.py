"""A crawl as a process of its own, to be ended at any instant, and what must hold then.

`python -m tests.support.killing MAX_SIZE VERB …` is the `dateline` command, but that
WARC files are finished at MAX_SIZE bytes: so a short crawl has many rotations.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Self
from unittest import mock

import psutil
from typing_extensions import override

from archive.collection import Collection
from archive.errors import PlacedError
from archive.events import (
    CaptureOrder,
    capture_records,
    miss_record,
    run_record,
    warcinfo_record,
)
from archive.model import Miss, Role, Run, Severity, TextOutcome
from archive.questions import Limits, articles_of_file, captures
from archive.store import Store
from archive.texts_lines import article_line
from archive.texts_places import text_paths
from archive.texts_questions import software_of_file
from archive.verify import verify_collection
from archive.warc.reader import read_record
from archive.warc.records import member, new_record_id
from tests.support.builders import NOON, make_order, make_response

REPOSITORY: Final = Path(__file__).resolve().parents[2]
MAX_SIZE: Final = 24 * 1024  # bytes of a WARC file: about ten captures
_POLL_S: Final = 0.002
_VANISH_LIMIT_S: Final = 10.0  # for workers to end after their crawl was killed
_COMMAND_LIMIT_S: Final = 60.0
_WORDS: Final = (
    "harbour council ferry budget library teacher storm bridge market river school "
    "garden vote repair winter history station museum report engineer"
)


# ---------------------------------------------------------------- the site


class Gazette:
    """A site on loopback with many generated articles.

    Those with an even number are written anew in each `edition`, the others
    stay as they are. `padding` bytes of noise make each as long as a real page.
    """

    def __init__(self, articles: int, padding: int = 0) -> None:
        """Listen on a free port."""
        self.articles = articles
        self.padding = padding
        self.edition = 1
        handler = type("_GazetteHandler", (_Handler,), {"gazette": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def sources_toml(self) -> str:
        """Describe the site as a source."""
        return (
            '[[source]]\nid = "gazette"\nname = "Gazette"\n'
            f'seeds = [{{ kind = "list", url = "{self.base_url}/list.txt" }}]\n'
            "[source.manners]\ndelay_s = 0.0\nconcurrency = 8\nallow_private = true\n"
        )

    def page(self, path: str) -> tuple[str, str] | None:
        """Give media type and body of an address."""
        if path == "/list.txt":
            lines = (f"{self.base_url}/{n}.html\n" for n in range(self.articles))
            return "text/plain", "".join(lines)
        name = path.removeprefix("/").removesuffix(".html")
        if not path.endswith(".html") or not name.isdigit():
            return None
        number = int(name)
        edition = self.edition if number % 2 == 0 else 1
        return "text/html; charset=utf-8", article(number, edition, self.padding)


def article(number: int, edition: int, padding: int = 0) -> str:
    """Write an article: the same for the same numbers."""
    chosen = random.Random(f"{number} {edition}")
    paragraphs = "".join(
        "<p>The "
        + " ".join(chosen.choices(_WORDS.split(), k=40))
        + f" of {number}, it was said on Monday.</p>"
        for _ in range(6)
    )
    noise = base64.b64encode(chosen.randbytes(padding * 3 // 4)).decode("ascii")
    return (
        f"<!DOCTYPE html><html lang=en><head><title>Article {number}</title></head>"
        f"<body><article><h1>Article {number}, edition {edition}</h1>{paragraphs}"
        f"</article><!--{noise}--></body></html>"
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gazette: Gazette

    def do_GET(self) -> None:
        found = self.gazette.page(self.path)
        media_type, text = found or ("text/plain", "nothing here")
        body = text.encode("utf-8")
        head = (
            f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\n"
            f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.wfile.write(head.encode("ascii") + body)

    @override
    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return  # the crawl was killed

    @override
    def log_message(self, format: str, *args: Any) -> None:
        return


# ---------------------------------------------------------------- the processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What a line of `--json` said, at the moment it was said."""

    record_id: str
    url: str
    path: str
    offset: int


class Process:
    """A running command with its lines; kills are sent by process id only.

    As a context: left while the command runs, it is killed.
    """

    def __init__(
        self,
        arguments: list[str],
        output: Path,
        *,
        driver: tuple[str, ...] = ("tests.support.killing", str(MAX_SIZE)),
    ) -> None:
        """Start the command by its driver; it leads a session of its own."""
        self._output = output
        self._errors = output.with_suffix(".err")
        with output.open("wb") as lines, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *driver, *arguments],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=errors,
                start_new_session=True,
            )
        self.began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.has_ended:
            self.kill(whole_group=True)

    def since(self) -> float:
        """Tell for how many seconds it has run, or when it was killed."""
        return time.monotonic() - self.began

    @property
    def has_ended(self) -> bool:
        """Whether the main process is gone."""
        return self._process.poll() is not None

    def errors(self) -> str:
        """Give what it said on stderr."""
        return self._errors.read_text("utf-8", "replace")

    def lines(self) -> int:
        """Count the lines so far."""
        return self._output.read_bytes().count(b"\n")

    def acknowledged(self) -> list[Acknowledged]:
        """Read the captures that were acknowledged, without a torn last line."""
        whole = self._output.read_bytes().rpartition(b"\n")[0]
        rows = [json.loads(line) for line in whole.splitlines()]
        return [
            Acknowledged(
                record_id=f"<{row['record_id']}>",
                url=row["url"],
                path=row["warc_file"],
                offset=row["warc_offset"],
            )
            for row in rows
            if row["event"] == "capture"
        ]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds, or the process has ended."""
        deadline = time.monotonic() + _COMMAND_LIMIT_S
        while not (self.has_ended or condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing came: {self.errors()}")
            time.sleep(_POLL_S)

    def kill(self, *, whole_group: bool) -> bool:
        """Send SIGKILL; gives whether all processes of it vanished in time."""
        if self.has_ended:
            whole_group = False  # its number may be another group's by now
        if whole_group:
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        deadline = time.monotonic() + _VANISH_LIMIT_S
        while any(True for _ in self._survivors()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def finish(self) -> int:
        """Wait for the end; gives the exit code."""
        return self._process.wait(_COMMAND_LIMIT_S)

    def _survivors(self) -> Iterator[int]:
        for process in psutil.process_iter():
            try:
                session = os.getsid(process.pid)
                dead = process.status() == psutil.STATUS_ZOMBIE
            except (ProcessLookupError, PermissionError, psutil.Error):
                continue
            if session == self._process.pid and not dead:
                yield process.pid


def dateline(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "dateline", *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
        text=True,
        timeout=_COMMAND_LIMIT_S,
    )


# ---------------------------------------------------------------- the files


def small_order(number: int) -> CaptureOrder:
    return make_order(f"http://n.example/{number}", make_response(b"<p>%d" % number))


def make_members(what: CaptureOrder | Miss | Run, warcinfo_id: str) -> list[bytes]:
    if isinstance(what, CaptureOrder):
        made = capture_records(what, warcinfo_id)
        return [member(r) for r in (made.request, made.answer, made.metadata)]
    if isinstance(what, Miss):
        return [member(miss_record(what, warcinfo_id))]
    return [member(run_record(what, warcinfo_id))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The bytes of a file, and where its members and its events end."""

    data: bytes
    member_ends: tuple[int, ...]
    event_ends: tuple[int, ...]  # the first is that of the warcinfo record

    def whole_before(self, length: int) -> int:
        """Give the end of the last event that is whole in so many bytes."""
        return max(end for end in (0, *self.event_ends) if end <= length)


def write_events(name: str, *events: CaptureOrder | Miss | Run) -> Written:
    """Make the bytes of a WARC file of that name, event by event."""
    warcinfo_id = new_record_id()
    warcinfo = warcinfo_record(
        warcinfo_id, NOON, Path(name).name, [("software", "test")]
    )
    groups = [[member(warcinfo)], *(make_members(what, warcinfo_id) for what in events)]
    return Written(
        data=b"".join(b"".join(group) for group in groups),
        member_ends=tuple(accumulate(len(part) for g in groups for part in g)),
        event_ends=tuple(accumulate(sum(map(len, group)) for group in groups)),
    )


# ---------------------------------------------------------------- the promises


def broken_promises(root: Path, acknowledged: list[Acknowledged]) -> list[str]:
    """Say what does not hold of a collection after a start; empty if all does."""
    problems = [f"{path} is left over" for path in root.rglob("*.open")]
    with Collection.open(root) as collection:
        for promises in (_lost(collection, acknowledged), _textless(collection)):
            problems += promises
        for finding in verify_collection(collection):
            if finding.severity is not Severity.NOTE:
                problems.append(f"verify: {finding}")
    return problems


def _lost(collection: Collection, acknowledged: list[Acknowledged]) -> Iterator[str]:
    held = Counter(
        kept.capture.record_id for kept in captures(collection.catalogue, Limits())
    )
    said = Counter(one.record_id for one in acknowledged)
    for one in acknowledged:
        if (held[one.record_id], said[one.record_id]) != (1, 1):
            yield f"{one} is catalogued {held[one.record_id]} times"
        try:
            record = read_record(collection.root / one.path, one.offset)
        except (PlacedError, OSError) as error:
            yield f"{one} can't be read: {error}"
        else:
            if (record.record_id, record.target_uri) != (one.record_id, one.url):
                yield f"{one} is not where it was: there is {record.record_id}"


def _textless(collection: Collection) -> Iterator[str]:
    for kept in captures(collection.catalogue, Limits()):
        capture = kept.capture
        is_article = capture.discovery.role is Role.ARTICLE and capture.status == 200
        if is_article and kept.text_outcome not in (
            TextOutcome.TEXT,
            TextOutcome.UNCHANGED,
        ):
            yield f"{capture.url} has no text: {kept.text_outcome} {kept.text_detail}"
    for path in collection.published():
        name = collection.relative(path)
        lines = b"".join(
            map(article_line, articles_of_file(collection.catalogue, name))
        )
        made = software_of_file(collection.catalogue, name)
        paths = [text_paths(collection, software.key, name) for software in made]
        written = b"".join(
            gzip.decompress(p.lines.read_bytes()) for p in paths if p.lines.exists()
        )
        if not all(p.is_there() for p in paths):
            yield f"the outcomes of {name} are not there"
        elif written != lines:
            yield f"text/ does not hold the articles of {name}"


def main(max_size: str, *arguments: str) -> None:
    """Be the `dateline` command, with small WARC files."""
    import dateline as command  # noqa: PLC0415 (Scrapy takes half a second)

    small = partial(Store, max_size=int(max_size))
    with mock.patch("crawler.session.Store", small):
        sys.argv = ["dateline", *arguments]
        command.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
