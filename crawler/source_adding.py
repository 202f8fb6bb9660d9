"""A source added to a file of sources, behind all that stands in it [I/O].

Nothing in the file is changed: comments, order and spelling are its owner's. What
comes out is read as a whole before it replaces the file, so that a `dateline run`
which watches the file never meets half of it.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from archive.errors import UsageError
from archive.model import Seed, Source
from archive.warc.writer import write_whole
from crawler.plaintext import collapsed
from crawler.source_names import FreeIds
from crawler.source_text import source_toml
from crawler.sources import parse_sources, read_text

_ENTRY = "the entry"


def append_source(path: Path, toml: str, *, allow_private: bool = False) -> Source:
    """Add one source, as TOML, to a file that is made if it is not there.

    Raises UsageError: for what is no source or more than one, an id that is taken, a
    seed that is watched already, private addresses where they are not allowed, what
    would change another source, a file that is not in order itself. Raises
    StorageError.
    """
    source = _sole(parse_sources(toml, _ENTRY))
    if source.manners.allow_private and not allow_private:
        raise UsageError(
            f"{_ENTRY} allows private addresses: that can be written into {path} by "
            "hand, not asked for here"
        )
    path = path.resolve()  # a link stays a link
    before = read_text(path) if path.exists() else ""
    held = parse_sources(before, str(path)) if before.strip() else ()
    _insist_new(source, held)
    between = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    after = f"{before}{between}{toml.strip()}\n"
    *others, added = parse_sources(after, str(path))  # with the defaults of the file
    if tuple(others) != tuple(held):
        raise UsageError(
            f"{_ENTRY} says what counts for other sources, too: leave out [defaults]"
        )
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    write_whole(path, after.encode("utf-8"))
    if mode is not None:
        path.chmod(mode)
    return added


def chosen_toml(
    suggested: str, name: str, seeds: Sequence[Seed], *, path: Path | None
) -> str:
    """Write a suggested source with a name and seeds that somebody has chosen.

    The id gets a number behind it where the file has it already. Raises UsageError.
    """
    source = _sole(parse_sources(suggested, _ENTRY))
    if not seeds:
        raise UsageError("choose at least one address to look at")
    if not name.strip():
        raise UsageError("give the source a name")
    ids = FreeIds()
    if path is not None and path.exists() and read_text(path).strip():
        for held in parse_sources(read_text(path), str(path)):
            ids.take(held.id)
    return source_toml(
        replace(
            source, id=ids.take(source.id), name=collapsed(name), seeds=tuple(seeds)
        )
    )


def _sole(sources: tuple[Source, ...]) -> Source:
    if len(sources) != 1:
        raise UsageError(f"{_ENTRY} holds {len(sources)} sources: add them one by one")
    return sources[0]


def _insist_new(source: Source, held: Sequence[Source]) -> None:
    wanted = {seed.url for seed in source.seeds}
    for other in held:
        if other.id == source.id:
            raise UsageError(f"the id {source.id!r} is taken: give it another")
        if both := wanted.intersection(seed.url for seed in other.seeds):
            raise UsageError(
                f"{min(both)} is watched already, by the source {other.id!r}"
            )
