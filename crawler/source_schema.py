"""The table of keys as a JSON Schema, for editors that know TOML. Pure.

JSON Schema, draft 2020-12. It is no stricter than the reader: what the reader
takes, the schema takes. The reader knows more, such as whether a regular
expression is one, or an id used twice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

from archive.model import SeedKind
from crawler import rhythms, source_keys, source_values
from crawler.durations import DURATION
from crawler.source_keys import KEYS, Key, keys_of

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_Schema = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string", "pattern": r"\S"}
_DURATION: Final[_Schema] = {
    "type": "string",
    "pattern": f"^{DURATION}$",
    "examples": ["15m", "1h30m", "7d"],
}
_FORMS: Final[Mapping[Callable[[Any], object], _Schema]] = {
    source_values.text: _TEXT,
    source_values.reason: _TEXT,
    source_values.texts: {"type": "array", "items": _TEXT},
    source_values.patterns: {
        "type": "array",
        "items": {**_TEXT, "format": "regex"},
    },
    source_values.source_id: {
        "type": "string",
        "pattern": f"^{source_values.ID}$",
    },
    source_values.language: {
        "type": "string",
        "pattern": f"^{source_values.LANGUAGE}$",
        "examples": ["en", "pt-BR"],
    },
    source_values.address: {
        "type": "string",
        "pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@]+([/?#]\S*)?$",
    },
    source_values.seconds: {"type": "number", "minimum": 0},
    source_values.limit_of_time: {"type": "number", "exclusiveMinimum": 0},
    source_values.count: {"type": "integer", "minimum": 1},
    source_values.yes_or_no: {"type": "boolean"},
    source_values.seed_kind: {"enum": [kind.value for kind in SeedKind]},
    source_values.least_duration: _DURATION,
    source_values.ages: {"type": "array", "items": _DURATION, "uniqueItems": True},
    rhythms.every: {"anyOf": [{"const": rhythms.ADAPTIVE}, _DURATION]},
    rhythms.cron: {
        **_TEXT,
        "maxLength": rhythms.CRON_LIMIT,
        "examples": ["30 6 * * 1-5"],
    },
    rhythms.zone: {**_TEXT, "examples": ["Europe/Berlin"]},
}
_IS_ADAPTIVE: Final[_Schema] = {
    "required": ["every"],
    "properties": {"every": {"const": rhythms.ADAPTIVE}},
}
# What `crawler.rhythms.rhythm_of` says of keys that stand together.
_RHYTHM: Final[_Schema] = {
    "not": {"required": ["every", "cron"]},
    "dependentRequired": {"zone": ["cron"]},
    "dependentSchemas": {"floor": _IS_ADAPTIVE, "ceiling": _IS_ADAPTIVE},
}


def source_schema() -> _Schema:
    """Make the schema of a whole file of sources."""
    return {
        "$schema": DIALECT,
        "title": "Sources that Dateline watches",
        "type": "object",
        "additionalProperties": False,
        "required": ["source"],
        "properties": {
            "defaults": {
                "description": "What counts for each source that says nothing else.",
                **_table("source", only_for_all=True),
            },
            "source": {
                "type": "array",
                "minItems": 1,
                "items": _table("source", only_for_all=False),
            },
        },
    }


def _table(name: str, *, only_for_all: bool) -> _Schema:
    """Describe a table, with the manners in it."""
    schema = _object(name, only_for_all=only_for_all)
    schema["properties"]["manners"] = _object(
        f"{name}.manners", only_for_all=only_for_all
    )
    return {**schema, **_RHYTHM}


def _object(table: str, *, only_for_all: bool) -> _Schema:
    keys = [k for k in KEYS if k.table == table and (k.is_for_all or not only_for_all)]
    required = [key.name for key in keys if key.is_required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key(key) for key in keys},
        **({"required": required} if required else {}),
    }


def _key(key: Key) -> _Schema:
    schema = {"description": key.meaning, **_form(key)}
    if key.default is not None:
        schema["default"] = tomllib.loads(f"x = {key.default}")["x"]
    return schema


def _form(key: Key) -> _Schema:
    if key.read is source_keys.seeds:
        seed = _object("source.seeds", only_for_all=False)
        assert set(seed["required"]) == set(keys_of("source.seeds"))
        return {"type": "array", "minItems": 1, "items": seed}
    return _FORMS[key.read]
