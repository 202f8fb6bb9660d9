"""The verb `text`: what a page says, without an archive [I/O]."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from archive import clock
from archive.errors import UsageError
from archive.model import CaptureClass
from archive.options import JsonOption
from pipelines.article_text import UNKNOWN_ADDRESS, page_of, the_extractor
from pipelines.extraction import Extraction, Page, attempt
from pipelines.pool import ExtractionPool
from pipelines.textfiles import batch, json_line, listed_pages, read_payload, sentence
from pipelines.textvalues import accident, whole

Fetch = Callable[[str, bool], Page]
"""Fetches an address, a private one if that is allowed; the crawler brings it."""

_STDIN: Final = "-"
_WARM_FROM: Final = 64 * 1024  # bytes of a list; a short one is done before warming is


def mount(app: typer.Typer, fetch: Fetch) -> None:
    """Add the verb, with the way in which an address is fetched."""

    @app.command("text")
    def text(  # noqa: PLR0917 - Typer calls it with names
        page: Annotated[
            str | None,
            typer.Argument(help="A file, an address, or - for standard input."),
        ] = None,
        url: Annotated[
            str | None, typer.Option(help="The address that the file was fetched from.")
        ] = None,
        charset: Annotated[
            str | None, typer.Option(help="The charset that the server stated.")
        ] = None,
        date: Annotated[
            datetime | None,
            typer.Option(
                help="When the page was captured (UTC), now by default: no date after "
                "it is believed. A day stands for its end."
            ),
        ] = None,
        listed: Annotated[
            str | None,
            typer.Option(
                "--batch",
                help="A list of files in JSON Lines, with id, path and url; a line "
                "for each is printed.",
            ),
        ] = None,
        workers: Annotated[
            int | None,
            typer.Option(help="Processes for a list; all cores by default.", min=1),
        ] = None,
        allow_private: Annotated[
            bool, typer.Option("--allow-private", help="Connect to private addresses.")
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Print the text of a page: a file (gzip or not), an address, a whole list.

        An address is fetched once, as `archive` would, and nothing is kept of it.

        Example: dateline text page.html --url https://example.org/news/1 --json
        """
        captured_at = _captured_at(date)
        if listed is not None:
            if page is not None or url is not None or charset is not None:
                raise UsageError(
                    "--batch takes page, address and charset from its list"
                )
            raise typer.Exit(_print_batch(listed, workers, captured_at))
        if page is None:
            raise UsageError("name a file, an address, or - for standard input")
        if page.startswith(("http://", "https://")):
            if url is not None or charset is not None or date is not None:
                raise UsageError("--url, --charset and --date are for files")
            taken = fetch(page, allow_private)
        else:
            taken = _from_file(page, url, charset, captured_at)
        raise typer.Exit(_print_page(taken, as_json=as_json))


def _captured_at(date: datetime | None) -> datetime:
    if date is None:
        return clock.now()
    if date.time() == time():
        date += timedelta(days=1, seconds=-1)
    return date.replace(tzinfo=UTC)


def _from_file(
    name: str, url: str | None, charset: str | None, captured_at: datetime
) -> Page:
    if charset is not None:
        try:
            codecs.lookup(charset)
        except LookupError as error:
            raise UsageError(f"{charset!r} is no charset") from error
    try:
        with _opened(name) as file:
            payload = read_payload(file, name)
    except (OSError, ValueError) as error:
        raise UsageError(f"can not be read: {sentence(error)}") from error
    return page_of(
        payload,
        url or UNKNOWN_ADDRESS,
        captured_at=captured_at,
        content_type=f"text/html; charset={charset}" if charset else None,
    )


def _opened(name: str) -> nullcontext[BinaryIO] | BinaryIO:
    """Open a file, or standard input, which is not closed after it."""
    return nullcontext(sys.stdin.buffer) if name == _STDIN else Path(name).open("rb")


def _print_page(page: Page, *, as_json: bool) -> int:
    extractor = the_extractor()
    extraction = attempt(extractor, page)
    if as_json:
        _write(json_line(whole(page, extraction, extractor.info)))
    elif extraction.text:
        _write(extraction.text.encode("utf-8", "replace") + b"\n")
    for remark in _remarks(extraction):
        typer.echo(f"dateline: {remark}", err=True)
    return 0 if extraction.text else 1


def _remarks(extraction: Extraction) -> list[str]:
    """Say what the text alone does not tell."""
    told = accident(extraction)
    if told is not None:
        return [told]
    remarks = []
    found = extraction.page_class
    if found not in (None, CaptureClass.ARTICLE):
        remarks.append(f"this is no article, but: {found}")
    if not extraction.text:
        remarks.append(extraction.detail or "no text found")
    return remarks


def _print_batch(name: str, workers: int | None, captured_at: datetime) -> int:
    try:
        with _opened(name) as file:
            lines = file.readlines()
    except OSError as error:
        raise UsageError(f"can not be read: {sentence(error)}") from error
    folder = Path() if name == _STDIN else Path(name).parent
    warm = sum(map(len, lines)) > _WARM_FROM
    code = 0
    with ExtractionPool(workers, warm=warm) as pool:
        for values in batch(listed_pages(lines, folder, captured_at), pool):
            _write(json_line(values))
            code = 1 if "error" in values else code
    return code


def _write(line: bytes) -> None:
    """Write to standard output in UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
