"""Articles as JSON Lines: the shape of the files in `text/`, a line each. [I/O]."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from typing import IO

from archive.model import Article
from archive.terminal import printable
from archive.texts_lines import article_line

MEDIA_TYPE = "application/jsonl"
_GATHERED = 64 * 1024


def json_lines(articles: Iterable[Article]) -> Iterator[bytes]:
    r"""Give the lines of articles.

    Characters that a terminal might obey stand as `\u` escapes: the values are the
    same.
    """
    for article in articles:
        line = article_line(article).decode("utf-8")
        yield printable(line, lines=True).encode("utf-8")


def write_json_lines(
    articles: Iterable[Article], target: IO[bytes], *, is_gzip: bool = False
) -> Iterator[int]:
    """Write the lines of articles, one at each step, and count each."""
    if is_gzip:
        with gzip.GzipFile("", "wb", 6, target, mtime=0) as packed:
            for line in json_lines(articles):
                packed.write(line)
                yield 1
        return
    for line in json_lines(articles):
        target.write(line)
        yield 1
