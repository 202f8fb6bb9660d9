"""Sources from a TOML file.

An unknown key is an error: a typing mistake in a delay or an exclusion must
not go unnoticed. Only `read_text` and `load_sources` do I/O. The keys stand in
`crawler.source_keys`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.model import Manners, Source
from crawler.rhythms import RHYTHM_KEYS, rhythm_of
from crawler.source_keys import KEYS, Key, did_you_mean, keys_of
from crawler.source_values import WrongValue
from crawler.toml_lines import Place, TomlLines

_MANNERS = Manners()
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def load_sources(path: Path) -> tuple[Source, ...]:
    """Read a file of sources. Raises UsageError if that can not be done."""
    return parse_sources(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Read a file of sources as text. Raises UsageError if that can not be done."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path}: can not be read, {error.strerror}; "
            "name another file with --sources"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8, byte {error.start}") from error


def parse_sources(text: str, name: str) -> tuple[Source, ...]:
    """Read sources from TOML; `name` is what errors call the text.

    Raises UsageError, with name, line and a hint, for anything that is not in
    order: no TOML, an unknown or missing key, a wrong value, an id used twice.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = (place and place[1]) or text.count("\n") + 1
        sentence = _TOML_PLACE.sub("", str(error))
        raise UsageError(f"{name}, line {line}: no TOML: {sentence}") from error
    return _Reader(lines=TomlLines(text), name=name).sources(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Knows the text, to be able to say where something is wrong."""

    lines: TomlLines
    name: str

    def sources(self, document: Mapping[str, Any]) -> tuple[Source, ...]:
        top = {"source": None, "defaults": None}
        for key in document:
            if key not in top:
                line = self.lines.place_of(key).line_of(key)
                raise self._error(line, f"unknown key {key!r}", did_you_mean(key, top))
        tables = document.get("source", [])
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            line = self.lines.place_of("source").line_of("source")
            raise self._error(line, "`source` is no list", "write [[source]]")
        if not tables:
            raise self._error(1, "there is no source", "begin one with [[source]]")
        fields, manners = self._defaults(document.get("defaults", {}))
        sources: dict[str, Source] = {}
        for number, table in enumerate(tables):
            place = self.lines.place_of("source", number)
            source = self._source(table, place, fields, manners)
            if source.id in sources:
                line = place.line_of("id", source.id)
                raise self._error(
                    line, f"the id {source.id!r} is used twice", "give each its own"
                )
            sources[source.id] = source
        return tuple(sources.values())

    def _defaults(self, table: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        place = self.lines.place_of("defaults")
        if not isinstance(table, dict):
            raise self._error(
                place.line_of("defaults"), "`defaults` is no table", "write [defaults]"
            )
        for wanted in (key for key in KEYS if not key.is_for_all):
            holder = table if wanted.table == "source" else table.get("manners", {})
            if isinstance(holder, dict) and wanted.name in holder:
                raise self._error(
                    place.line_of(wanted.name),
                    f"`{wanted.name}` can not stand in [defaults]",
                    "it is a setting of one source",
                )
        fields, manners = self._tables(table, place, "[defaults]")
        self._checked(manners, {}, place, "[defaults]")
        return fields, manners

    def _source(
        self,
        table: dict[str, Any],
        place: Place,
        defaults: dict[str, Any],
        default_manners: dict[str, Any],
    ) -> Source:
        title = f"source {table['id']!r}" if "id" in table else "[[source]]"
        fields, manners = self._tables(table, place, title)
        for key in keys_of("source").values():
            if key.is_required and key.name not in table:
                raise self._error(
                    place.first + 1, f"{title} has no `{key.name}`", key.meaning
                )
        together = self._checked(manners, default_manners, place, title)
        return Source(**{**defaults, **fields}, manners=Manners(**together))

    def _checked(
        self, own: dict[str, Any], defaults: dict[str, Any], place: Place, title: str
    ) -> dict[str, Any]:
        """Put manners together: a longer delay lifts a limit said elsewhere."""
        manners = {**defaults, **own}
        delay = manners.get("delay_s", _MANNERS.delay_s)
        if manners.get("max_delay_s", _MANNERS.max_delay_s) < delay:
            if "max_delay_s" in own:
                raise self._error(
                    place.line_of("max_delay_s"),
                    f"`max_delay_s` of the manners of {title} is {own['max_delay_s']}, "
                    f"below the `delay_s` of {delay}",
                    "raise it, or leave it out",
                )
            manners["max_delay_s"] = delay
        return manners

    def _tables(
        self, table: dict[str, Any], place: Place, title: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read a table and the manners in it; the keys of a rhythm become one."""
        manners = table.get("manners", {})
        if not isinstance(manners, dict):
            line = place.line_of("manners")
            raise self._error(line, "`manners` is no table", "write [source.manners]")
        own = {name: value for name, value in table.items() if name != "manners"}
        known: dict[str, Any] = {**keys_of("source"), "manners": None}
        fields = self._read(own, known, place, title)
        steps: dict[str, Any] = {
            name: fields.pop(name) for name in RHYTHM_KEYS if name in fields
        }
        try:
            rhythm = rhythm_of(steps)
        except WrongValue as error:
            line = place.line_of(error.key)
            raise self._error(line, f"`{error.key}` of {title} {error}") from error
        if rhythm is not None:
            fields["rhythm"] = rhythm
        of_manners = f"the manners of {title}"
        return fields, self._read(manners, keys_of("source.manners"), place, of_manners)

    def _read(
        self,
        table: dict[str, Any],
        keys: Mapping[str, Key],
        place: Place,
        title: str,
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in table.items():
            if name not in keys:
                raise self._error(
                    place.line_of(name),
                    f"unknown key {name!r} in {title}",
                    did_you_mean(name, keys),
                )
            try:
                values[name] = keys[name].read(value)
            except WrongValue as error:
                part = value if error.value is None else error.value
                line = place.line_of(error.key or name, part)
                raise self._error(line, f"`{name}` of {title} {error}") from error
        return values

    def _error(self, line: int, sentence: str, hint: str = "") -> UsageError:
        tail = f"; {hint}" if hint else ""
        return UsageError(f"{self.name}, line {line}: {sentence}{tail}")
