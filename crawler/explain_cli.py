"""The verb that tells the story of an address: explain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from archive import clock
from archive.clock import warc_date
from archive.collection import Collection
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.watch.database import NAME, WatchDatabase
from archive.watch.model import Address
from crawler.explain import Event, Story
from crawler.explain import explain as tell


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("explain")(explain)


def explain(
    url: Annotated[str, typer.Argument(help="The address, in any of its forms.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    sources: Annotated[
        Path | None,
        typer.Option(help="A file of sources: which would take the address today?"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the story of an address: how it was found, what decided, each attempt.

    Exit code 1 if nothing is known of it.

    Example: dateline explain https://example.org/news/1 --sources sources.toml
    """
    from crawler.sources import load_sources  # noqa: PLC0415 (only with --sources)

    watched = load_sources(sources) if sources is not None else ()
    with Collection.open(collection) as opened:
        path = collection / NAME  # not made by asking
        watch = closing(WatchDatabase(collection)) if path.exists() else nullcontext()
        with watch as database:
            story = tell(
                url, opened.catalogue, database, now=clock.now(), sources=watched
            )
    if as_json:
        typer.echo(printable(json.dumps(story_values(story), ensure_ascii=False)))
    else:
        for line in story_lines(story):
            typer.echo(printable(line))
        if not story.is_known and sources is None:
            typer.echo("--sources FILE says which source would take it", err=True)
    if not story.is_known:
        raise typer.Exit(1)


def printable(text: str) -> str:
    r"""Write what a terminal might obey, or hide, as `\u` escapes.

    Titles and addresses are other people's words. JSON stays the JSON it is.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)
    )


# ---------------------------------------------------------------- words


def story_lines(story: Story) -> Iterator[str]:
    """Tell a story in lines: how the address stands, then what happened."""
    yield story.url
    yield _line("identity", story.key)
    if story.address is not None:
        yield from _standing(story.address)
    for alias in story.aliases:
        yield _line("also", alias.url)
    if story.left_alone:
        yield _line("left alone", story.left_alone)
    for verdict in story.verdicts:
        said = verdict.reason or "would take it"
        yield _line("today", f"{verdict.source_id}: {said}")
    if not story.is_known:
        yield _line("known", "no: no seed has named it, and nobody has asked for it")
    for event in story.events:
        yield ""
        yield from _event_lines(event)


def _standing(address: Address) -> Iterator[str]:
    yield _line("source", address.source_id)
    yield _line("state", f"{address.state}: {address.reason}")
    if address.due_at is not None:
        yield _line("next", warc_date(address.due_at))
    elif address.run_id is not None and address.state == "fetching":
        yield _line("next", f"in work, run {address.run_id}")
    else:
        yield _line("next", "never")
    looks = f"{address.step} answered, {address.attempts} in a row that were not"
    yield _line("looks", looks)


def _event_lines(event: Event) -> Iterator[str]:
    yield f"{warc_date(event.date)}  {event.kind:<8} {event.sentence}"
    if event.record_id is not None:
        yield _line("record", event.record_id.strip("<>"), 4)
    for name, value in event.facts:
        yield _line(name, value, 4)


def _line(name: str, value: str, indent: int = 0) -> str:
    return f"{'':<{indent}}{name:<14}{value}"


# ---------------------------------------------------------------- JSON


def story_values(story: Story) -> dict[str, Any]:
    """Make what the line of JSON says of a story."""
    return {
        "url": story.url,
        "identity": story.key,
        "known": story.is_known,
        **_address_values(story.address),
        "aliases": [
            {"identity": a.key, "url": a.url, "evidence": a.evidence.strip("<>")}
            for a in story.aliases
        ],
        "left_alone": story.left_alone,
        "verdicts": [
            {"source": v.source_id, "takes": v.reason is None, "reason": v.reason}
            for v in story.verdicts
        ],
        "events": [
            {
                "date": warc_date(event.date),
                "kind": event.kind,
                "sentence": event.sentence,
                "record_id": event.record_id.strip("<>") if event.record_id else None,
                **{name.replace(" ", "_"): value for name, value in event.facts},
            }
            for event in story.events
        ],
    }


def _address_values(address: Address | None) -> dict[str, Any]:
    if address is None:
        return {"source": None, "state": None, "reason": None, "due_at": None}
    return {
        "source": address.source_id,
        "state": address.state,
        "reason": address.reason,
        "due_at": warc_date(address.due_at) if address.due_at else None,
        "found_at": warc_date(address.found_at),
        "found_url": address.url,
        "answered": address.step,
        "attempts": address.attempts,
        "run": address.run_id,
        "last_at": warc_date(address.last_at) if address.last_at else None,
        "record_id": address.record_id.strip("<>") if address.record_id else None,
        "status": address.status,
        "payload_digest": address.payload_digest,
    }
