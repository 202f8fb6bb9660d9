"""A source added to a file: nothing in it is lost, nothing half-made gets in."""

from __future__ import annotations

import pytest

from archive.errors import UsageError
from archive.model import Seed, SeedKind
from crawler.source_adding import append_source, chosen_toml
from crawler.sources import load_sources, parse_sources

HELD = """\
# My sources, in the order in which I found them.
[defaults]
tags = ["local"]   # all of them

[[source]]
id = "courier"
name = 'The "Courier"'
seeds = [ { kind = "feed", url = "https://courier.example/feed.xml" } ]
"""
ENTRY = """
[[source]]
id = "post"
name = "The Post"
seeds = [ { kind = "feed", url = "https://post.example/rss" } ] # new
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text(HELD, "utf-8")
    return path


@pytest.mark.parametrize("held", [HELD, HELD.rstrip("\n"), HELD + "\n\n# the end"])
def test_an_entry_comes_behind_all_that_is_there(file, held):
    file.write_text(held, "utf-8")
    added = append_source(file, ENTRY)
    assert file.read_text("utf-8").startswith(held)
    assert [source.id for source in load_sources(file)] == ["courier", "post"]
    assert added == load_sources(file)[1]
    assert added.tags == ("local",)  # the file's defaults hold for it too


def test_a_file_that_is_not_there_is_made(tmp_path):
    append_source(tmp_path / "new" / "sources.toml", ENTRY)
    (source,) = load_sources(tmp_path / "new" / "sources.toml")
    assert source.id == "post"


def test_a_link_stays_a_link_and_a_mode_a_mode(file, tmp_path):
    file.chmod(0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    append_source(link, ENTRY)
    assert link.is_symlink()
    assert len(load_sources(file)) == 2
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("", "there is no source"),
        ("id = ", "no TOML"),
        (ENTRY + ENTRY.replace("post", "other"), "holds 2 sources"),
        (ENTRY.replace('"post"', '"courier"'), "the id 'courier' is taken"),
        (
            ENTRY.replace(
                "https://post.example/rss", "https://courier.example/feed.xml"
            ),
            "is watched already, by the source 'courier'",
        ),
        (ENTRY + "[source.manners]\nallow_private = true", "allows private addresses"),
        (ENTRY + "dealy_s = 3", "unknown key"),
        (ENTRY.replace("https:", "javascript:"), "javascript"),
    ],
)
def test_what_is_not_in_order_changes_nothing(file, entry, sentence):
    with pytest.raises(UsageError, match=sentence):
        append_source(file, entry)
    assert file.read_text("utf-8") == HELD
    assert [path.name for path in file.parent.iterdir()] == ["sources.toml"]


def test_a_file_that_is_broken_itself_is_left_alone(file):
    file.write_text(HELD + "[[sauce]]\n", "utf-8")
    with pytest.raises(UsageError, match=r"sources.toml, line 9: unknown key 'sauce'"):
        append_source(file, ENTRY)
    assert file.read_text("utf-8") == HELD + "[[sauce]]\n"


def test_an_entry_does_not_speak_for_others(file):
    held = HELD.partition("\n\n")[2]  # without defaults of its own
    file.write_text(held, "utf-8")
    with pytest.raises(UsageError, match=r"leave out \[defaults\]"):
        append_source(file, f"{ENTRY}[defaults.manners]\ndelay_s = 0\n")
    assert file.read_text("utf-8") == held


def test_private_addresses_may_be_allowed(file):
    private = ENTRY + "[source.manners]\nallow_private = true"
    assert append_source(file, private, allow_private=True).manners.allow_private


SEEDS = [
    Seed(url="https://post.example/rss", kind=SeedKind.FEED),
    Seed(url="https://post.example/", kind=SeedKind.FRONT),
]


def test_a_source_is_written_with_the_seeds_that_were_chosen(file):
    toml = chosen_toml(ENTRY, ' The\n"Post" ', SEEDS, path=file)
    (source,) = parse_sources(toml, "chosen")
    assert (source.id, source.name, source.seeds) == (
        "post",
        'The "Post"',
        tuple(SEEDS),
    )


def test_an_id_that_is_taken_gets_a_number(file):
    append_source(file, ENTRY)
    toml = chosen_toml(ENTRY, "The Post", SEEDS[1:], path=file)
    assert append_source(file, toml).id == "post-2"


@pytest.mark.parametrize(("name", "seeds"), [("The Post", []), (" \n", SEEDS)])
def test_neither_name_nor_seeds_may_be_missing(file, name, seeds):
    with pytest.raises(UsageError, match=r"choose at least one|give the source a name"):
        chosen_toml(ENTRY, name, seeds, path=file)
