from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model import Every, Manners, Seed, SeedKind, Source
from crawler.source_keys import KEYS, Key
from crawler.sources import load_sources, parse_sources

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sources.md"

FULL = """\
[defaults]
language = "de"
tags = ["all"]
exclude = ['/tag/']
every = "2h"
rechecks = ["1h"]

[defaults.manners]
delay_s = 3
concurrency = 2
daily_budget = 900

[[source]]
id = "harbour-times"
name = "The Harbour Times"
homepage = "https://harbour.example/"
seeds = [
  { kind = "feed", url = "https://harbour.example/feed.xml" },
  { kind = "list", url = "http://harbour.example:8080/urls.txt" },
  { kind = "front", url = "https://harbour.example/council/" },
]
every = "1h30m"
rechecks = []
include = ['/20\\d\\d/']
exclude = []
language = "en-GB"
tags = ["local", "daily"]

[source.manners]
delay_s = 0.5
allow_private = true
verify_tls = false
ignore_robots = "agreed with the publisher"
time_limit_s = 30
size_limit = 1000000
max_delay_s = 20
daily_budget = 70

[[source]]
id = "tram-post"
name = "Tram Post"
seeds = [{ kind = "sitemap", url = "https://tram.example/sitemap.xml.gz" }]
"""

SMALL = """\
[[source]]
id = "a"
name = "A"
seeds = [{ kind = "feed", url = "https://a.example/feed" }]
"""


def test_every_key_reaches_the_source_and_defaults_fill_the_rest():
    first, second = parse_sources(FULL, "sources.toml")
    assert first == Source(
        id="harbour-times",
        name="The Harbour Times",
        homepage="https://harbour.example/",
        seeds=(
            Seed(url="https://harbour.example/feed.xml", kind=SeedKind.FEED),
            Seed(url="http://harbour.example:8080/urls.txt", kind=SeedKind.LIST),
            Seed(url="https://harbour.example/council/", kind=SeedKind.FRONT),
        ),
        rhythm=Every(seconds=5400.0),
        rechecks=(),
        include=(r"/20\d\d/",),
        exclude=(),
        language="en-GB",
        tags=("local", "daily"),
        manners=Manners(
            delay_s=0.5,
            concurrency=2,
            allow_private=True,
            verify_tls=False,
            ignore_robots="agreed with the publisher",
            time_limit_s=30.0,
            size_limit=1_000_000,
            max_delay_s=20.0,
            daily_budget=70,
        ),
    )
    assert second == Source(
        id="tram-post",
        name="Tram Post",
        seeds=(Seed(url="https://tram.example/sitemap.xml.gz", kind=SeedKind.SITEMAP),),
        exclude=("/tag/",),
        language="de",
        tags=("all",),
        rhythm=Every(seconds=7200.0),
        rechecks=(3600.0,),
        manners=Manners(delay_s=3.0, concurrency=2, daily_budget=900),
    )


def test_without_defaults_the_manners_are_those_of_the_model():
    (source,) = parse_sources(SMALL, "s.toml")
    assert source.manners == Manners()


# what is wrong, the line it stands on, what the message says
WRONG = [
    pytest.param(SMALL + "includ = []\n", 5, "did you mean 'include'?", id="typo"),
    pytest.param(SMALL + "zzzz = 1\n", 5, "known are ", id="far from any key"),
    pytest.param("defautls = 1\n" + SMALL, 1, "did you mean 'defaults'?", id="top"),
    pytest.param(
        SMALL + "[source.manners]\ndelay = 1\n", 6, "'delay_s'", id="manners typo"
    ),
    pytest.param(
        SMALL + "[source.maners]\ndelay_s = 1\n", 5, "'manners'", id="table typo"
    ),
    pytest.param(
        SMALL + "[source.manners]\ndelay_s = -1\n", 6, "seconds from 0", id="negative"
    ),
    pytest.param(
        SMALL + "[source.manners]\ndelay_s = nan\n", 6, "seconds from 0", id="nan"
    ),
    pytest.param(
        SMALL + '[source.manners]\ndelay_s = "1"\n', 6, "number of seconds", id="text"
    ),
    pytest.param(
        SMALL + "[source.manners]\ntime_limit_s = 0\n", 6, "no time", id="no time"
    ),
    pytest.param(
        SMALL + "[source.manners]\nconcurrency = 0\n", 6, "from 1 on", id="none at once"
    ),
    pytest.param(
        SMALL + "[source.manners]\nsize_limit = 1.5\n", 6, "whole number", id="half"
    ),
    pytest.param(
        SMALL + "[source.manners]\nverify_tls = 0\n", 6, "true or false", id="0 for no"
    ),
    pytest.param(
        SMALL + "[source.manners]\nignore_robots = true\n",
        6,
        "the reason in words",
        id="robots without a reason",
    ),
    pytest.param(
        "[defaults.manners]\nignore_robots = 'x'\n" + SMALL,
        2,
        "a setting of one source",
        id="an exception for all",
    ),
    pytest.param(
        "[defaults]\nid = 'x'\n" + SMALL, 2, "a setting of one source", id="id for all"
    ),
    pytest.param("[defaults]\ntag = []\n" + SMALL, 2, "'tags'", id="default typo"),
    pytest.param(
        "[defaults.manners]\nconcurency = 2\n" + SMALL,
        2,
        "'concurrency'",
        id="default manners typo",
    ),
    pytest.param(SMALL + SMALL, 6, "used twice", id="id twice"),
    pytest.param(
        SMALL + SMALL.replace('"a"', '"b"').replace("feed?", ""), None, "", id="two ids"
    ),
    pytest.param(SMALL.replace('"a"', '"A b"'), 2, "a-z, 0-9 and -", id="id"),
    pytest.param(SMALL.replace('"a"', "7"), 2, "quotation marks", id="id no text"),
    pytest.param(SMALL.replace('name = "A"\n', ""), 1, "no `name`", id="no name"),
    pytest.param(SMALL.replace('"A"', '" "'), 3, "is empty", id="empty name"),
    pytest.param(
        SMALL.replace("https://a", "ftp://a"), 4, "no http or https address", id="ftp"
    ),
    pytest.param(
        SMALL.replace("https://a", "https://me:pw@a"), 4, "user information", id="user"
    ),
    pytest.param(
        SMALL.replace("a.example/", "[::1/"), 4, "is no address", id="bad address"
    ),
    pytest.param(
        SMALL.replace('"feed"', '"rss"'),
        4,
        "one of feed, sitemap, front, list",
        id="kind",
    ),
    pytest.param(SMALL.replace("kind", "type"), 4, "unknown key 'type'", id="seed key"),
    pytest.param(
        SMALL.replace(', url = "https://a.example/feed"', ""),
        4,
        "without `url`",
        id="seed without url",
    ),
    pytest.param(
        SMALL.split("seeds", maxsplit=1)[0] + "seeds = []\n",
        4,
        "at least one",
        id="no seeds",
    ),
    pytest.param(
        SMALL.split("seeds", maxsplit=1)[0] + "seeds = ['http://a.example']\n",
        4,
        "is wanted",
        id="seed as text",
    ),
    pytest.param(
        SMALL.split("seeds", maxsplit=1)[0]
        + 'seeds = [\n  { kind = "feed", url = "http://a.example/1" },\n'
        + '  { kind = "feed", url = "http://a.example/ 2" },\n]\n',
        6,
        "http://a.example/ 2",
        id="the second of two seeds",
    ),
    pytest.param(
        SMALL + "exclude = ['ok', '[']\n", 5, "no regular expression", id="regex"
    ),
    pytest.param(
        SMALL + "include = [\n  'ok',\n  '(',\n]\n", 7, "regular", id="regex, line"
    ),
    pytest.param(SMALL + "tags = 'one'\n", 5, "a list of texts", id="no list"),
    pytest.param(SMALL + "language = 'english!'\n", 5, "BCP 47", id="language"),
    pytest.param(SMALL + "homepage = '/x'\n", 5, "address", id="homepage"),
    pytest.param(SMALL + "manners = 3\n", 5, "[source.manners]", id="manners"),
    pytest.param("defaults = 3\n" + SMALL, 1, "[defaults]", id="defaults"),
    pytest.param("source = 3\n", 1, "[[source]]", id="source"),
    pytest.param("[source]\nid = 'a'\n", 1, "[[source]]", id="one bracket"),
    pytest.param("", 1, "[[source]]", id="nothing"),
    pytest.param(SMALL + "x = \n", 5, "no TOML", id="no TOML"),
    pytest.param(SMALL + 'x = """', 5, "no TOML", id="no TOML, at the end"),
]


@pytest.mark.parametrize(("text", "line", "said"), WRONG)
def test_what_is_wrong_is_said_with_file_line_and_hint(text, line, said):
    if line is None:  # the counterpart: two sources with ids of their own
        assert len(parse_sources(text, "s.toml")) == 2
        return
    with pytest.raises(UsageError) as caught:
        parse_sources(text, "s.toml")
    assert str(caught.value).startswith(f"s.toml, line {line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_mistake_is_found_in_the_source_it_belongs_to():
    text = FULL + "tagz = []\n"
    with pytest.raises(UsageError, match=rf"line {FULL.count(chr(10)) + 1}: .*tram"):
        parse_sources(text, "s.toml")


def test_a_line_is_counted_as_editors_do():
    text = SMALL.replace('"A"', '"A \u2028 line"') + "tagz = []\n"
    with pytest.raises(UsageError, match="line 5: "):
        parse_sources(text.replace("\n", "\r\n"), "s.toml")


def test_a_mistake_in_the_last_of_thousands_is_found_at_once():
    one = SMALL + "[source.manners]\ndelay_s = 2\n"
    many = [one.replace('"a"', f'"a{number}"') for number in range(2000)]
    began = time.process_time()
    with pytest.raises(UsageError, match=f"line {2000 * 6 + 1}: .*'tagz'"):
        parse_sources("".join(many) + "tagz = []\n", "s.toml")
    assert time.process_time() - began < 5  # 0.3 s; a search for each took minutes


def test_a_file_is_read_with_its_bom(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert [source.id for source in load_sources(path)] == ["a"]


@pytest.mark.parametrize(
    ("content", "said"), [(None, "can not be read"), (b"\xff", "not UTF-8, byte 0")]
)
def test_a_file_that_can_not_be_read_is_a_usage_error(tmp_path, content, said):
    path = tmp_path / "sources.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=said) as caught:
        load_sources(path)
    assert str(path) in str(caught.value)


def _row(key: Key) -> str:
    default = f"`{key.default}`" if key.default else "none"
    default = "required" if key.is_required else default
    for_all = "yes" if key.is_for_all else "no"
    return f"| `{key.name}` | {default} | {for_all} | {key.meaning} |"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.table}.{key.name}")
def test_every_key_is_documented_as_the_code_has_it(key):
    assert _row(key) in DOCS.read_text("utf-8").splitlines()


def test_no_other_key_is_documented():
    rows = [line for line in DOCS.read_text("utf-8").splitlines() if line[:3] == "| `"]
    assert len(rows) == len(KEYS)


def test_the_documented_example_can_be_read():
    example = DOCS.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    ids = [source.id for source in parse_sources(example, "docs")]
    assert ids == ["harbour-times", "hafenamt", "tram-post"]


def test_the_defaults_in_the_table_are_those_of_the_model():
    for key in KEYS:
        if key.table == "source.manners":
            default = tomllib.loads(f"x = {key.default}")["x"] if key.default else None
            assert default == getattr(Manners(), key.name)
