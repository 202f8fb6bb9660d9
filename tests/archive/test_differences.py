"""What changed between two versions: words in any script, paragraphs, fields."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.differences import (
    Kind,
    Piece,
    compare_articles,
    compare_lines,
    compare_texts,
    words,
)
from archive.model import Byline, BylineKind
from tests.support.builders import make_article, make_moment, make_work
from tests.support.editions import Edition, keep_editions


def marked(pieces: tuple[Piece, ...]) -> str:
    """Write pieces as the command does."""
    forms = {Kind.SAME: "%s", Kind.REMOVED: "[-%s-]", Kind.ADDED: "{+%s+}"}
    return "".join(forms[piece.kind] % piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "for the third time",
            "for the fourth time",
            "for the [-third-]{+fourth+} time",
        ),
        ("It is open.", "It is not open.", "It is {+not +}open."),
        ("It is not open.", "It is open.", "It is [-not -]open."),
        (
            "It cost 3,000 euros",
            "It cost 4,000 euros",
            "It cost [-3,000-]{+4,000+} euros",
        ),
        ("at 12:30 on", "at 12:45 on", "at [-12:30-]{+12:45+} on"),
        ("They don't vote", "They won't vote", "They [-don't-]{+won't+} vote"),
        # A comma that stayed between two words that did not is no news.
        ("red, green", "blue, brown", "[-red, green-]{+blue, brown+}"),
        ("一二三四五", "一二六四五", "一二[-三-]{+六+}四五"),
        (
            "三度目のニュース",
            "四度目のテレビ",
            "[-三-]{+四+}度目の[-ニュース-]{+テレビ+}",
        ),
        ("ผู้ว่าราชการ", "ผู้ว่าการ", "ผู้ว่า[-ราช-]การ"),
        # A vowel sign belongs to its letter, a joiner to its word.
        ("हिन्दी में", "हिन्दू में", "[-हिन्दी-]{+हिन्दू+} में"),
        ("او می‌رود", "او می‌آید", "او [-می‌رود-]{+می‌آید+}"),
        ("مجلس المدينة", "مجلس القرية", "مجلس [-المدينة-]{+القرية+}"),
        ("cafe\u0301 noir", "cafe noir", "[-cafe\u0301-]{+cafe+} noir"),
        ("👨‍👩‍👧 came", "👨‍👩‍👦 came", "[-👨‍👩‍👧-]{+👨‍👩‍👦+} came"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("", "", ""),
    ],
)
def test_words_are_marked_in_any_script(before, after, shown):
    assert marked(compare_lines(before, after)) == shown


letters = st.text(alphabet="ab c,.دب۱三ニ目न\u0901\u200c\u0301é'", max_size=40)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(letters, letters)
def test_the_pieces_make_up_both_versions(before, after):
    pieces = compare_lines(before, after)
    kept = "".join(p.text for p in pieces if p.kind is not Kind.ADDED)
    made = "".join(p.text for p in pieces if p.kind is not Kind.REMOVED)
    assert squeezed(kept) == squeezed(before)
    assert squeezed(made) == squeezed(after)
    assert all(piece.text for piece in pieces)


@given(letters)
def test_words_hold_all_but_the_spaces(text):
    assert "".join(words(text)) == squeezed(text)


paragraphs = st.lists(
    st.sampled_from(
        ["The mayor spoke.", "The mayor spoke twice.", "It rained.", "Nobody came.", ""]
    ),
    max_size=12,
).map("\n".join)


@given(paragraphs, paragraphs)
def test_every_paragraph_of_both_is_there_once_and_in_order(before, after):
    passages = compare_texts(before, after)
    firsts = [p.before for p in passages if p.before is not None]
    seconds = [p.after for p in passages if p.after is not None]
    assert firsts == [line for line in before.split("\n") if line]
    assert seconds == [line for line in after.split("\n") if line]


@given(paragraphs)
def test_what_is_the_same_has_no_change(text):
    assert all(p.kind is Kind.SAME for p in compare_texts(text, text))


def test_an_edited_paragraph_stands_beside_what_it_was():
    before = "One.\nThe council voted for ten benches on Monday.\nThree."
    after = (
        "One.\nA storm is expected tonight.\n"
        "The council voted for twelve benches on Monday.\nThree."
    )
    kinds = [passage.kind for passage in compare_texts(before, after)]
    assert kinds == [Kind.SAME, Kind.ADDED, Kind.CHANGED, Kind.SAME]


def test_a_paragraph_that_was_replaced_is_no_edit():
    passages = compare_texts("Rain fell all night.", "The mayor resigned today!")
    assert [passage.kind for passage in passages] == [Kind.REMOVED, Kind.ADDED]


@pytest.mark.timeout(30)  # without a bound, each of them takes hours
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n" * 30_000 + "b", "b\n" + "a\n" * 29_000),
        (
            "\n".join(f"x\nu{i}" for i in range(9000)),
            "\n".join(f"x\nv{i}" for i in range(9000)),
        ),
        (
            " ".join(f"x u{i}" for i in range(20_000)),
            " ".join(f"x v{i}" for i in range(20_000)),
        ),
        (
            "\n".join(f"the mayor {i}" for i in range(4000)),
            "\n".join(f"mayor the {i}" for i in range(4000)),
        ),
        ("一二三" * 40_000, "三一" * 50_000),
    ],
    ids=["one line", "every other line", "one paragraph", "all alike", "no spaces"],
)
def test_hostile_texts_take_no_longer_than_a_long_one(before, after):
    passages = compare_texts(before, after)
    assert "\n".join(p.before for p in passages if p.before) == before.strip()
    assert "\n".join(p.after for p in passages if p.after) == after.strip()


def test_fields_are_compared_too(tmp_path):
    (capture,) = keep_editions(tmp_path / "c", [Edition(text="x")])
    work = make_work()
    changed = replace(
        work,
        title="The bridge is closed",
        kicker=None,
        bylines=(Byline(name="Grace Hopper", kind=BylineKind.PERSON),),
        modified=make_moment("2024-05-09", 9),
    )
    difference = compare_articles(
        make_article(capture, work=work), make_article(capture, work=changed)
    )
    said = {one.field: (one.before, one.after) for one in difference.fields}
    assert said == {
        "headline": ("The bridge is open", "The bridge is closed"),
        "kicker": ("Traffic", None),
        "byline": ("Ada Lovelace, dpa", "Grace Hopper"),
        "modified": ("2024-05-07", "2024-05-09"),
    }
    assert (difference.removed, difference.added) == (0, 0)  # words of the text
    assert not difference.is_empty


def test_words_are_counted_signs_are_not(tmp_path):
    (capture,) = keep_editions(tmp_path / "c", [Edition(text="x")])
    difference = compare_articles(
        make_article(capture, text="Ten came, and left."),
        make_article(capture, text="Ten came; they sang and left!"),
    )
    assert (difference.removed, difference.added) == (0, 2)
