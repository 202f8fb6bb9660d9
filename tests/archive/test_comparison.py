"""What changed between the texts of two extractors."""

from __future__ import annotations

from typing import Any

import pytest

from archive.comparison import (
    Aspect,
    change_values,
    compare,
    compare_all,
    comparison_values,
    diff_lines,
)
from archive.events import capture_records
from archive.model import Byline, BylineKind, CaptureClass, TextOutcome, Work
from archive.texts import Verdict
from tests.support.builders import make_article, make_moment, make_order

TEXT = "One.\nTwo words.\nThree."


def verdict(
    number: int = 0,
    text: str | None = TEXT,
    page_class: CaptureClass | None = CaptureClass.ARTICLE,
    **work: Any,
) -> Verdict:
    capture = capture_records(make_order(), "<urn:uuid:0>").capture
    article = make_article(capture, text=text or "", work=Work(**work))
    return Verdict(
        record_id=f"<urn:uuid:{number}>",
        url=f"http://news.example/{number}",
        outcome=TextOutcome.TEXT if text is not None else TextOutcome.OTHER_CLASS,
        page_class=page_class,
        article=article if text is not None else None,
    )


ADA = Byline(name="Ada", kind=BylineKind.PERSON)


@pytest.mark.parametrize(
    ("after", "aspects"),
    [
        (verdict(title="T"), ()),
        (verdict(title="T | Site"), (Aspect.TITLE,)),
        (verdict(title="T", bylines=(ADA,)), (Aspect.AUTHORS,)),
        (verdict(title="T", published=make_moment()), (Aspect.DATE,)),
        (verdict(title="T", text="One."), (Aspect.TEXT,)),
        (verdict(title="T", page_class=CaptureClass.LIVE_BLOG), (Aspect.CLASS,)),
        (
            verdict(text=None, page_class=CaptureClass.LISTING),
            (Aspect.OUTCOME, Aspect.TEXT, Aspect.CLASS),
        ),
    ],
)
def test_a_change_says_in_what(after, aspects):
    change = compare(verdict(title="T"), after)
    assert (change.aspects if change else ()) == aspects


def test_that_one_knows_the_minute_too_is_no_change():
    first = verdict(published=make_moment("2024-05-06"))
    second = verdict(published=make_moment("2024-05-06T10:00+02:00"))
    assert compare(first, second) is None


def test_words_are_counted_and_lines_shown():
    change = compare(verdict(), verdict(text="One.\nTwo other words.\nThree."))
    assert change is not None
    assert (change.removed, change.added) == (0, 1)
    assert diff_lines(change) == ["-Two words.", "+Two other words."]


def test_scripts_without_spaces_are_counted_by_characters():
    change = compare(verdict(text="橋は開いた"), verdict(text="橋は閉じた"))
    assert change is not None
    assert (change.removed, change.added) == (2, 2)


def test_a_long_diff_is_cut_and_says_so():
    long = "\n".join(f"{number} " + "x" * 500 for number in range(50))
    change = compare(verdict(text=""), verdict(text=long))
    assert change is not None
    lines = diff_lines(change)
    assert len(lines) == 13
    assert lines[-1] == "… and 39 lines more"
    assert max(map(len, lines)) < 200


def test_all_are_counted_and_the_largest_are_kept_in_order():
    before = [verdict(n) for n in (0, 1, 2, 3, 5)]
    after = [
        verdict(0),
        verdict(1, text="One."),
        verdict(2, text=None),
        verdict(4),
        verdict(5, text="One."),
    ]
    comparison = compare_all(before, after, limit=2)
    assert comparison_values(comparison) == {
        "both": 4,
        "same": 1,
        "text_changed": 3,
        "title_changed": 0,
        "authors_changed": 0,
        "date_changed": 0,
        "class_changed": 0,
        "outcome_changed": 1,
        "only_before": 1,
        "only_after": 1,
    }
    urls = [change_values(change)["url"] for change in comparison.largest]
    assert urls == ["http://news.example/2", "http://news.example/1"]
