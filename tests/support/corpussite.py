"""Some corpus pages on loopback that change, or not, when they are asked for again.

The first of each three has an ETag and answers 304, the second gives the same bytes
once more, the third is edited between `edition` 1 and 2: all that a crawl can meet.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from typing_extensions import override

from benchmarks import corpus
from benchmarks.corpus import CorpusPage

HOSTS: Final = ("127.0.0.1", "127.0.0.2")  # a source each
ADDED: Final = "This sentence came with the second edition."
_HEADLINE: Final = re.compile(rb"<h1\b[^>]*>[^<]{15,}</h1>", re.IGNORECASE)
_LONGEST: Final = 120_000  # bytes


def chosen(number: int) -> list[CorpusPage]:
    """Choose pages by what they are made of: in UTF-8, short, with one headline.

    No two are of one site, so that as many ways of making a page are among them.
    """
    pages, sites = [], set[str]()
    for page in corpus.pages():
        site = page.url.split("/")[2]
        if site not in sites and len(page.body) <= _LONGEST and _is_plain(page.body):
            sites.add(site)
            pages.append(page)
    return pages[:: max(1, len(pages) // number)][:number]


def _is_plain(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    is_whole = body.count(b"</body>") == 1
    return is_whole and len(_HEADLINE.findall(body)) == 1


class CorpusSite:
    """Serves pages on two addresses, for as long as the context lasts."""

    def __init__(self, pages: list[CorpusPage]) -> None:
        self.edition = 1
        self._pages = dict(enumerate(pages))
        self._servers: list[ThreadingHTTPServer] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> CorpusSite:
        for host in HOSTS:
            server = ThreadingHTTPServer((host, 0), self._handler())
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            self._servers.append(server)
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()

    def sources_toml(self) -> str:
        """Write the file of sources that names both addresses."""
        return "".join(
            f"""[[source]]
id = "corpus-{number}"
name = "Corpus {number}"
seeds = [{{ kind = "feed", url = {json.dumps(self._url(host, "/feed.xml"))} }}]
[source.manners]
delay_s = 0
concurrency = 4
allow_private = true
"""
            for number, host in enumerate(HOSTS, start=1)
        )

    def _url(self, host: str, path: str) -> str:
        port = self._servers[HOSTS.index(host)].server_address[1]
        return f"http://{host}:{port}{path}"

    def _items(self, host: str) -> Iterator[str]:
        for number in self._pages:
            if HOSTS[number % len(HOSTS)] == host:
                url = self._url(host, f"/news/{number}.html")
                yield f"<item><title>Page {number}</title><link>{url}</link></item>"

    def _answer(self, host: str, path: str, tag: str) -> tuple[int, str, str, bytes]:
        """Give status, media type, ETag and body."""
        if path == "/feed.xml":
            feed = (
                '<?xml version="1.0"?><rss version="2.0"><channel><title>c</title>'
                f"<link>http://{host}/</link><description>d</description>"
                f"{''.join(self._items(host))}</channel></rss>"
            )
            return 200, "application/rss+xml", "", feed.encode()
        match = re.fullmatch(r"/news/(\d+)\.html", path)
        if match is None:
            return 404, "text/plain", "", b"There is nothing here."
        number = int(match[1])
        body = self._pages[number].body
        if number % 3 == 0:
            own = f'"{number}"'
            status = 304 if tag == own else 200
            return status, "text/html", own, body if status == 200 else b""
        if number % 3 == 2 and self.edition == 2:
            body = body.replace(b"</body>", b"<p>%b</p></body>" % ADDED.encode())
        return 200, "text/html", "", body

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = self.connection.getsockname()[0]
                tag = self.headers.get("If-None-Match", "")
                status, kind, own, body = site._answer(host, self.path, tag)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                if own:
                    self.send_header("ETag", own)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")  # no client cuts it off then
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
