"""What `dateline sources check` remarks on."""

from __future__ import annotations

import pytest

from archive.model import Manners, Seed, SeedKind, Severity, Source
from crawler.source_checks import contents, remarks

FEED = "https://harbour.example/feed.xml"


def make_source(name: str, *urls: str, **manners: object) -> Source:
    return Source(
        id=name,
        name=name.title(),
        seeds=tuple(Seed(url=url, kind=SeedKind.FEED) for url in urls),
        manners=Manners(**manners),  # type: ignore[arg-type]  # each test's own
    )


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        pytest.param(
            (make_source("a", FEED), make_source("b", FEED)),
            [(1, f"the seed {FEED}: source 'a' has it already")],
            id="the same seed",
        ),
        pytest.param(
            (make_source("a", FEED), make_source("b", FEED.replace("s:", ":"))),
            [(1, "source 'a' has it already")],
            id="http and https",
        ),
        pytest.param(
            (make_source("a", FEED, f"{FEED}#top"),),
            [(0, "it has it already")],
            id="twice in one",
        ),
        pytest.param(
            (make_source("a", FEED), make_source("b", "https://tram.example/feed")),
            [],
            id="nothing",
        ),
    ],
)
def test_a_seed_that_is_there_twice_is_most_likely_a_mistake(sources, said):
    warnings = [r for r in remarks(sources) if r.severity is Severity.WARNING]
    assert [remark.number for remark in warnings] == [number for number, _ in said]
    for remark, (_, sentence) in zip(warnings, said, strict=True):
        assert sentence in remark.sentence


@pytest.mark.parametrize(
    ("manners", "key", "said"),
    [
        ({"allow_private": True}, "allow_private", "private addresses"),
        ({"verify_tls": False}, "verify_tls", "any certificate"),
        ({"ignore_robots": "agreed"}, "ignore_robots", "robots.txt (agreed)"),
    ],
)
def test_an_exception_is_noted(manners, key, said):
    (remark,) = remarks((make_source("a", FEED, **manners),))
    assert (remark.severity, remark.key) == (Severity.NOTE, key)
    assert said in remark.sentence


def test_a_host_that_sources_share_is_noted_once_for_each_later_source():
    seeds = ("https://harbour.example/a", "https://harbour.example/b")
    sources = (
        make_source("a", FEED),
        make_source("b", *seeds),
        make_source("c", "https://tram.example/feed"),
    )
    (remark,) = remarks(sources)
    assert (remark.severity, remark.source_id) == (Severity.NOTE, "b")
    assert "harbour.example with source 'a'" in remark.sentence


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((make_source("a", FEED),), "1 source: 1 feed, on 1 host"),
        (
            (
                make_source("a", FEED, "https://harbour.example/b"),
                Source(
                    id="t",
                    name="T",
                    seeds=(Seed(url="https://t.example/", kind=SeedKind.FRONT),),
                ),
            ),
            "2 sources: 2 feeds, 1 front page, on 2 hosts",
        ),
    ],
)
def test_what_is_in_a_file_is_said_in_one_sentence(sources, said):
    assert contents(sources) == said
