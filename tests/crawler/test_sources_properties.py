"""Sources that are written come back: as TOML the same, as OPML all it can hold."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from archive.model import Adaptive, Cron, Every, Manners, Seed, SeedKind, Source
from crawler.opml import read_opml
from crawler.opml_text import without_place, write_opml
from crawler.plaintext import collapsed
from crawler.source_schema import source_schema
from crawler.source_text import comment, quoted, source_toml
from crawler.sources import parse_sources

SCHEMA = Draft202012Validator(source_schema())

_minutes = st.integers(min_value=60, max_value=3650 * 86_400).map(float)
_texts = st.text(min_size=1).filter(str.strip)
_words = st.text("abc ÄßИ中/,;\"'\\&<>[]{}=#", min_size=1).filter(str.strip)
_urls = st.builds(
    "{}://{}.example{}".format,
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    st.text("abc/?=&%'\"\\#é中[]{},", max_size=12).map("/{}".format),
)
_seeds = st.lists(
    st.builds(Seed, url=_urls, kind=st.sampled_from(SeedKind)),
    min_size=1,
    max_size=4,
    unique_by=lambda seed: seed.url,
).map(tuple)
_rhythms = st.one_of(
    st.builds(Every, seconds=_minutes),
    st.lists(_minutes, min_size=2, max_size=2).map(
        lambda two: Adaptive(floor_s=min(two), ceiling_s=max(two))
    ),
    st.builds(
        Cron,
        expression=st.sampled_from(["30 6 * * 1-5", "*/15 * * * *", "0 0 L * SUN#1"]),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]),
    ),
)
_manners = st.builds(
    Manners,
    delay_s=st.floats(min_value=0, max_value=1e5),
    concurrency=st.integers(min_value=1, max_value=2**40),
    allow_private=st.booleans(),
    verify_tls=st.booleans(),
    ignore_robots=st.none() | _texts,
    time_limit_s=st.floats(min_value=1e-6, max_value=1e5),
    size_limit=st.integers(min_value=1, max_value=2**40),
    max_delay_s=st.floats(min_value=0, max_value=1e5),
    daily_budget=st.integers(min_value=1, max_value=2**40),
).map(lambda m: replace(m, max_delay_s=max(m.max_delay_s, m.delay_s)))


def sources(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        id=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True),
        name=texts,
        seeds=_seeds,
        homepage=st.none() | _urls,
        manners=_manners,
        include=st.just(()) | st.just((r"/20\d\d/", "it's")),
        exclude=st.just(()) | st.just((r"\?page=\d+$", "\\\\", 'a"b')),
        language=st.none() | st.sampled_from(["en", "pt-BR"]),
        tags=st.lists(texts, max_size=3, unique_by=collapsed).map(tuple),
        rhythm=_rhythms,
        rechecks=st.lists(_minutes, max_size=4, unique=True).map(
            lambda ages: tuple(sorted(ages))
        ),
    )


@given(sources(_texts))
def test_a_source_written_as_toml_is_read_back_the_same(source):
    (read,) = parse_sources(source_toml(source), "written")
    assert read == source


@given(sources(_texts))
def test_the_schema_takes_every_source_that_can_be_written(source):
    SCHEMA.validate(tomllib.loads(source_toml(source)))


@given(_texts)
def test_a_text_is_quoted_so_that_toml_gives_it_back(text):
    assert tomllib.loads(f"x = {quoted(text)}")["x"] == text


@given(st.text(), sources(_words))
def test_a_remark_can_not_break_out_of_its_comment(remark, source):
    written = source_toml(
        source,
        remarks={seed.url: remark for seed in source.seeds},
        spare=(("{ kind = 'feed' }", remark),),
    )
    assert parse_sources(written, "written") == (source,)
    assert tomllib.loads(comment(remark)) == {}


@given(st.lists(sources(_words), max_size=4, unique_by=lambda source: source.id))
def test_feeds_written_as_opml_are_read_back_with_all_opml_can_hold(many):
    """Each address in one source alone: OPML has no word for a shared feed."""
    unique = tuple(
        replace(
            source,
            seeds=tuple(
                Seed(url=f"http://{number}.example/{n}", kind=seed.kind)
                for n, seed in enumerate(source.seeds)
            ),
        )
        for number, source in enumerate(many)
    )
    read = read_opml(write_opml(unique, title="mine"))
    assert not read.problems
    assert {one.id: _held(one) for one in read.sources} == {
        one.id: _held(one) for one in unique if _held(one)[1]
    }
    lost = {url for _, url in without_place(unique)}
    written = {seed.url for source in unique for seed in source.seeds}
    assert lost == written - {s.url for one in read.sources for s in one.seeds}


def _held(source: Source) -> tuple[object, ...]:
    feeds = tuple(s.url for s in source.seeds if s.kind is SeedKind.FEED)
    tags = {collapsed(tag) for tag in source.tags}
    return collapsed(source.name), feeds, source.homepage, source.language, tags


def test_what_is_as_by_default_is_not_written():
    source = Source(
        id="a", name="A", seeds=(Seed(url="http://a/", kind=SeedKind.LIST),)
    )
    assert source_toml(source) == (
        '[[source]]\nid = "a"\nname = "A"\nseeds = [\n'
        '  { kind = "list", url = "http://a/" },\n]\n'
    )


def test_what_is_no_whole_second_can_not_be_written():
    source = Source(id="a", name="A", seeds=(), rhythm=Every(seconds=61.5))
    with pytest.raises(ValueError, match="no whole seconds"):
        source_toml(source)
