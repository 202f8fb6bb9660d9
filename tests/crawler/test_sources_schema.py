"""The JSON Schema of a file of sources, held against examples and the reader."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from archive.errors import UsageError
from crawler.source_keys import KEYS
from crawler.source_schema import DIALECT, source_schema
from crawler.sources import parse_sources
from tests.crawler.test_sources import FULL, SMALL
from tests.crawler.test_sources_rhythm import HEAD

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
SCHEMA = Draft202012Validator(source_schema())


def is_valid(text: str) -> bool:
    return SCHEMA.is_valid(tomllib.loads(text))


def test_the_schema_is_one_of_its_dialect():
    schema = source_schema()
    assert schema["$schema"] == DIALECT
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SMALL, id="small"),
        pytest.param(FULL, id="full"),
        pytest.param(
            DOCS.read_text("utf-8").split("```toml\n")[1].split("```")[0], id="docs"
        ),
        pytest.param(HEAD + "rechecks = []", id="no rechecks"),
        pytest.param(HEAD + 'cron = "0 6 * * *"\nzone = "UTC"', id="cron"),
        pytest.param(HEAD + 'every = "adaptive"\nfloor = "1h30m"', id="adaptive"),
    ],
)
def test_what_the_reader_takes_the_schema_takes(text):
    assert parse_sources(text, "s.toml")
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("source = []", id="no source"),
        pytest.param(SMALL + "tagz = []", id="unknown key"),
        pytest.param("defautls = 1\n" + SMALL, id="unknown table"),
        pytest.param(SMALL.replace('name = "A"', ""), id="no name"),
        pytest.param(SMALL.replace('"A"', '" "'), id="empty name"),
        pytest.param(SMALL.replace('"a"', '"A b"'), id="id"),
        pytest.param(SMALL.replace("https", "ftp"), id="no http"),
        pytest.param(SMALL.replace("https://a", "https://me:pw@a"), id="user"),
        pytest.param(SMALL.replace('"feed"', '"rss"'), id="kind"),
        pytest.param(SMALL.replace("kind", "type"), id="key of a seed"),
        pytest.param(HEAD.replace('{ kind = "feed",', "{"), id="seed without kind"),
        pytest.param(SMALL.split("seeds", maxsplit=1)[0] + "seeds = []", id="no seeds"),
        pytest.param(SMALL + "language = 'english!'", id="language"),
        pytest.param(SMALL + "tags = 'one'", id="no list"),
        pytest.param(SMALL + 'every = "hourly"', id="duration"),
        pytest.param(SMALL + 'every = "15 m"', id="duration with a blank"),
        pytest.param(SMALL + "every = 15", id="number"),
        pytest.param(SMALL + 'every = "1h"\ncron = "0 6 * * *"', id="both"),
        pytest.param(SMALL + 'zone = "UTC"', id="zone alone"),
        pytest.param(SMALL + 'floor = "5m"', id="floor alone"),
        pytest.param(SMALL + 'every = "1h"\nceiling = "5m"', id="ceiling of a step"),
        pytest.param(SMALL + 'rechecks = ["soon"]', id="recheck"),
        pytest.param(SMALL + "[source.manners]\ndelay_s = -1", id="negative"),
        pytest.param(SMALL + "[source.manners]\ntime_limit_s = 0", id="no time"),
        pytest.param(SMALL + "[source.manners]\nconcurrency = 1.5", id="half"),
        pytest.param(SMALL + "[source.manners]\ndaily_budget = 0", id="no budget"),
        pytest.param(SMALL + "[source.manners]\nverify_tls = 0", id="0 for no"),
        pytest.param(SMALL + "[source.manners]\nignore_robots = true", id="no reason"),
        pytest.param(SMALL + "[source.manners]\ndelay = 1", id="manners"),
        pytest.param("[defaults]\nid = 'x'\n" + SMALL, id="id for all"),
        pytest.param(
            "[defaults.manners]\nignore_robots = 'x'\n" + SMALL, id="exception for all"
        ),
        pytest.param("[defaults]\nzone = 'UTC'\n" + SMALL, id="default zone alone"),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(text):
    assert not is_valid(text)
    with pytest.raises(UsageError):
        parse_sources(text, "s.toml")


def test_every_key_stands_in_the_schema_with_its_meaning():
    source = source_schema()["properties"]["source"]["items"]["properties"]
    tables = {
        "source": source,
        "source.manners": source["manners"]["properties"],
        "source.seeds": source["seeds"]["items"]["properties"],
    }
    for key in KEYS:
        assert tables[key.table][key.name]["description"] == key.meaning
    described = sum(len(table) for table in tables.values())
    assert described == len(KEYS) + 1  # and `manners` itself


def test_a_default_fits_the_schema_of_its_key():
    source = source_schema()["properties"]["source"]["items"]["properties"]
    with_default = [
        schema
        for table in (source, source["manners"]["properties"])
        for schema in table.values()
        if "default" in schema
    ]
    assert len(with_default) > 10
    for schema in with_default:
        Draft202012Validator(schema).validate(schema["default"])


def test_patterns_are_of_the_dialect_that_editors_know():
    """ECMA-262 has no `(?P<`, no `\\A` and no possessive quantifiers."""
    patterns = re.findall(r"'pattern': '([^']*)'", str(source_schema()))
    assert patterns
    for pattern in patterns:
        assert not re.search(r"\(\?P|\\A|\\Z|[+*?]\+|\(\?>", pattern)
