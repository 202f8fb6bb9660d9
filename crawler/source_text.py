"""A source as TOML, which `crawler.sources` reads back to the same. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final

from archive.model import Adaptive, Manners, Source
from crawler.durations import duration_text
from crawler.plaintext import collapsed
from crawler.rhythms import rhythm_keys

_MODEL: Final = Source(id="", name="", seeds=())
_MANNERS: Final = Manners()
# TOML 1.0, "String": a literal one holds neither a quotation mark nor controls.
_NO_LITERAL: Final = re.compile(r"['\x00-\x1f\x7f]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def source_toml(
    source: Source,
    *,
    remarks: Mapping[str, str] | None = None,
    spare: tuple[tuple[str, str], ...] = (),
) -> str:
    """Write a source as a `[[source]]`; what is as by default is left out.

    `remarks` are comments on seeds, by address; `spare` are lines and comments
    that stand commented out behind the seeds, for a person to take in. Raises
    ValueError for durations that are not whole seconds.
    """
    return "\n".join(_lines(source, remarks or {}, spare)) + "\n"


def seed_toml(kind: str, url: str) -> str:
    """Write a seed as it stands in the list of seeds."""
    return f"{{ kind = {quoted(kind)}, url = {quoted(url)} }}"


def quoted(text: str) -> str:
    """Write a text as a TOML string, literal where backslashes would double."""
    if "\\" in text and not _NO_LITERAL.search(text):
        return f"'{text}'"
    # JSON's strings are TOML's, but for DEL, which TOML has escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def comment(text: str) -> str:
    """Write a text of others as one comment line: nothing in it ends the line."""
    return f"# {collapsed(_CONTROLS.sub(' ', text))}"


def _lines(
    source: Source, remarks: Mapping[str, str], spare: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    yield "[[source]]"
    yield f"id = {quoted(source.id)}"
    yield f"name = {quoted(source.name)}"
    for name in ("homepage", "language"):
        if value := getattr(source, name):
            yield f"{name} = {quoted(value)}"
    yield from _lists(source, "tags")
    if source.rhythm != _MODEL.rhythm:
        for name, written in _rhythm(source).items():
            yield f"{name} = {quoted(written)}"
    if source.rechecks != _MODEL.rechecks:
        yield f"rechecks = {_list(tuple(map(duration_text, source.rechecks)))}"
    yield "seeds = ["
    for seed in source.seeds:
        if remark := remarks.get(seed.url):
            yield f"  {comment(remark)}"
        yield f"  {seed_toml(seed.kind, seed.url)},"
    for line, remark in spare:
        yield f"  {comment(remark)}"
        yield f"  {comment(line + ',')}"
    yield "]"
    yield from _lists(source, "include", "exclude")
    yield from _manners(source.manners)


def _lists(source: Source, *names: str) -> Iterator[str]:
    for name in names:
        if texts := getattr(source, name):
            yield f"{name} = {_list(texts)}"


def _rhythm(source: Source) -> dict[str, str]:
    keys = rhythm_keys(source.rhythm)
    if isinstance(source.rhythm, Adaptive):
        by_default = rhythm_keys(_MODEL.rhythm)
        return {n: v for n, v in keys.items() if n == "every" or v != by_default[n]}
    return keys


def _manners(manners: Manners) -> Iterator[str]:
    values = {field.name: getattr(manners, field.name) for field in fields(manners)}
    changed = {n: v for n, v in values.items() if v != getattr(_MANNERS, n)}
    if changed.get("max_delay_s") == manners.delay_s > _MANNERS.max_delay_s:
        del changed["max_delay_s"]  # the reader lifts it so far by itself
    if not changed:
        return
    yield ""
    yield "[source.manners]"
    for name, value in changed.items():
        is_text = isinstance(value, str)
        yield f"{name} = {quoted(value) if is_text else json.dumps(value)}"


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"
