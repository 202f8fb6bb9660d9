"""The passage that is shown, and the marks in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.matching import Phrase, marks
from archive.search.query import parse
from archive.search.snippets import ELLIPSIS, Marker
from tests.support.searching import bracketed, plain

FILLER = "Lorem ipsum dolor sit amet consectetur. " * 20


def marker(question: str) -> Marker:
    return Marker([mark.phrase for mark in marks(parse(question))])


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("bridge", "A bridge. Bridges.", "A [bridge]. Bridges."),
        ("bridge*", "A bridge. Bridges.", "A [bridge]. [Bridges]."),
        ('"the bridge"', "The bridge, the  bridge", "[The bridge], [the  bridge]"),
        ('"the brid"*', "the bridge", "[the bridge]"),
        ("the bridge", "the bridge", "[the] [bridge]"),
        ('"a a" a', "a a a b a", "[a a a] b [a]"),
        ("e-mail", "email, e-mail, or e mail", "[email], [e-mail], or [e mail]"),
        ("mail", "an e-mail", "an e-[mail]"),
        ("foo.bar", "foo.bar foo bar bar", "[foo.bar] [foo bar] bar"),
        ("京", "東京都と京都", "東[京]都と[京]都"),
        ("東京都", "東京都庁、東京", "[東京都]庁、東京"),
        ("nothing", "something", "something"),
    ],
)
def test_marks(question, text, marked):
    assert bracketed(marker(question).marked(text)) == marked


def test_the_passage_with_most_of_the_question_is_shown():
    text = f"{FILLER}A ferry. {FILLER[:400]}The ferry and the bridge are open. {FILLER}"
    shown = bracketed(marker("ferry bridge open").passage(text))
    assert "[ferry] and the [bridge] are [open]." in shown
    assert shown.startswith(ELLIPSIS)
    assert shown.endswith(ELLIPSIS)
    assert len(shown) < 300


def test_what_stands_far_behind_is_shown_too():
    text = FILLER * 20 + "The bridge."
    assert bracketed(marker("bridge").passage(text)).endswith("The [bridge].")


def test_a_passage_begins_and_ends_between_words():
    shown = plain(marker("bridge").passage(f"{FILLER}bridge {FILLER}"))
    words = shown.strip(ELLIPSIS).split()
    assert set(words) <= {*FILLER.split(), "bridge"}


def test_without_a_question_it_is_the_beginning():
    shown = plain(Marker(()).passage(f"First words.\n{FILLER}"))
    assert shown.startswith("First words. Lorem")
    assert shown.endswith(ELLIPSIS)
    assert plain(Marker(()).passage(" short \n")) == "short"
    assert Marker(()).passage("") == ()


TEXTS = st.text(st.sampled_from("ab 京都가ก็e\u0301-’\n…"), max_size=400) | st.text()


@given(text=TEXTS, word=TEXTS, is_prefix=st.booleans())
def test_no_letter_is_lost_or_changed(text, word, is_prefix):
    node = parse(f'"{word.replace(chr(34), "")}"') if word.isalnum() else None
    found = Marker(
        [Phrase(m.phrase.tokens, is_prefix or m.phrase.is_prefix) for m in marks(node)]
    )
    assert plain(found.marked(text)) == text
    line = text.replace("\n", " ").strip()
    assert plain(found.passage(text)).strip(ELLIPSIS) in line
