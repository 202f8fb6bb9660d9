"""A spider as one would write it in an afternoon: Scrapy, trafilatura, warcio.

    python -m benchmarks.peers.plain_scrapy URLS FOLDER [--concurrency N]

It asks for the addresses in the file URLS, writes each answer as a gzipped
response record (decoded, with the head as Scrapy gives it: what it has), has
the text extracted in the callback, and writes that as a line of JSON. One
process, nothing synced to disk, no catalogue. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from trafilatura.settings import Document
from typing_extensions import override
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


class PlainSpider(Spider):
    """Fetches, writes, extracts; one page after the other."""

    name = "plain"

    def __init__(self, urls: list[str], writer: Any, lines: Any, **rest: Any) -> None:
        """Write records to `writer`, and texts to the file `lines`."""
        super().__init__(**rest)
        self.urls = urls
        self.writer = writer
        self.lines = lines
        self.pages = self.texts = 0

    @override
    async def start(self) -> AsyncIterator[Request]:
        """Ask for every address."""
        for url in self.urls:
            yield Request(url, callback=self.take)

    def take(self, response: Response) -> None:
        """Keep a page, and its text."""
        self.pages += 1
        self._keep(response)
        document = trafilatura.bare_extraction(
            response.body, url=response.url, with_metadata=True
        )
        if isinstance(document, Document):
            self.texts += 1
            line = {"url": response.url, **document.as_dict()}
            for name in ("body", "commentsbody"):  # trees
                line.pop(name, None)
            self.lines.write(json.dumps(line, default=str).encode() + b"\n")

    def _keep(self, response: Response) -> None:
        fields = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        head = StatusAndHeaders(f"{response.status} OK", fields, protocol="HTTP/1.1")
        self.writer.write_record(
            self.writer.create_warc_record(
                response.url,
                "response",
                payload=io.BytesIO(response.body),
                http_headers=head,
            )
        )


def main() -> None:
    """Crawl once, and say how long it took."""
    parser = argparse.ArgumentParser(description="Time a plain Scrapy spider.")
    parser.add_argument("urls", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--concurrency", type=int, default=8)
    arguments = parser.parse_args()
    urls = arguments.urls.read_text("ascii").split()
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": arguments.concurrency,
            "COOKIES_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "WARNING",
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    with (
        (arguments.folder / "plain.warc.gz").open("wb") as file,
        gzip.open(arguments.folder / "plain.jsonl.gz", "wb", 6) as lines,
    ):
        crawler = process.create_crawler(PlainSpider)
        process.crawl(
            crawler, urls=urls, writer=WARCWriter(file, gzip=True), lines=lines
        )
        began = time.perf_counter()
        process.start()
        seconds = time.perf_counter() - began
    spider = crawler.spider
    assert isinstance(spider, PlainSpider)
    report = {"pages": spider.pages, "texts": spider.texts, "seconds": seconds}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
