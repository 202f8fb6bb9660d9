"""Every phrase of labels.toml does what the file says, and no more."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.body.cleaning import Cleaned, clean
from pipelines.body.labels import ALONE, Kind, entries, labels
from pipelines.body.lines import Line, fold, words

ARTICLE = tuple(
    f"Paragraph {number} tells at some length what the {who} of the harbour town saw "
    "when the ferry came in that night, and what they did about it in the morning."
    for number, who in enumerate(
        (
            "baker",
            "sailor",
            "teacher",
            "mayor",
            "doctor",
            "fisherman",
            "children",
            "postman",
            "pilot",
            "nurse",
            "miller",
            "widow",
        ),
        start=1,
    )
)
MIDDLE = 6
GROUPS: dict[tuple[Kind, str], list[str]] = {}
for _kind, _language, _phrase in entries():
    GROUPS.setdefault((_kind, _language), []).append(_phrase)


def cleaned_with(line: str, place: int) -> Cleaned:
    return clean((*ARTICLE[:place], line, *ARTICLE[place:]))


def alone(kind: Kind, phrase: str) -> tuple[str, int]:
    """Give a line as a page would have it, and where it would stand."""
    if kind in ALONE:
        return phrase, MIDDLE
    if kind in (Kind.POINTER, Kind.CREDIT):
        return f"{phrase} Anna Weber", MIDDLE
    if kind is Kind.CLOSING:
        return f"({phrase})", len(ARTICLE)
    if kind is Kind.BY:
        return f"{phrase} Anna Weber", 0
    return f"{phrase} 12:30, 2024", 0


@pytest.mark.parametrize(("kind", "language"), GROUPS)
def test_each_phrase_alone_is_dropped(kind: Kind, language: str) -> None:
    left = []
    for phrase in GROUPS[kind, language]:
        line, place = alone(kind, phrase)
        if cleaned_with(line, place).lines != ARTICLE:
            left.append(line)
    assert left == []


@pytest.mark.parametrize(("kind", "language"), GROUPS)
def test_each_phrase_within_a_sentence_is_kept(kind: Kind, language: str) -> None:
    lost = []
    for phrase in GROUPS[kind, language]:
        sentence = f"Witnesses say that {phrase} was written on the walls of the town."
        if sentence not in cleaned_with(sentence, MIDDLE).lines:
            lost.append(sentence)
    assert lost == []


@pytest.mark.parametrize(("kind", "language"), GROUPS)
def test_each_phrase_is_known_by_its_own_kind(kind: Kind, language: str) -> None:
    table = labels()
    for phrase in GROUPS[kind, language]:
        line = Line(alone(kind, phrase)[0])
        if kind in ALONE:
            assert table.kind_of(line) is kind
        elif kind is Kind.POINTER:
            assert table.is_pointer(line)
        elif kind is Kind.CREDIT:
            assert table.is_credit(line)
        elif kind is Kind.CLOSING:
            assert table.is_closing(line)
        elif kind is Kind.BY:
            assert table.after_by(line.words) is not None
        else:
            assert table.stamp_share(words(fold(phrase))) == 1.0


def test_no_phrase_stands_twice() -> None:
    def form(kind: Kind, phrase: str) -> tuple[object, ...]:
        if kind in ALONE:  # they share one table
            return (tuple(w for w in words(fold(phrase)) if not w.isdecimal()),)
        return kind, fold(phrase)

    counts = Counter(form(kind, phrase) for kind, _, phrase in entries())
    assert [known for known, count in counts.items() if count > 1] == []


def test_no_beginning_is_begun_by_another() -> None:
    """Such a phrase would have no effect."""
    for kind in (Kind.POINTER, Kind.CREDIT):
        phrases = [fold(phrase) for known, _, phrase in entries() if known is kind]
        plain = [phrase for phrase in phrases if not phrase.endswith(":")]
        shadowed = [
            (phrase, other)
            for other in plain
            for phrase in phrases
            if phrase.startswith(other)
            and phrase != other
            and (other[-1] > "\u0dff" or not phrase[len(other)].isalnum())
        ]
        assert shadowed == []


@pytest.mark.parametrize(
    "language",
    [
        *("en", "es", "fr", "de", "pt", "it", "nl", "ru", "uk", "pl"),
        *("tr", "ar", "fa", "ur", "hi", "zh", "ja", "ko", "id", "el"),
    ],
)
def test_the_twenty_languages_have_phrases_of_every_kind(language: str) -> None:
    missing = [kind for kind in Kind if (kind, language) not in GROUPS]
    assert missing == []


@pytest.mark.parametrize(
    "line",
    [
        "Comments (14)",
        "14 Comments",
        "SHARE ON FACEBOOK",
        "» Back to top",
        "READ MORE »",
        "ΔΙΑΒΆΣΤΕ ΕΠΊΣΗΣ",
        "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ",
        "İLGİLİ HABERLER",
        "ILGILI HABERLER",
        "إقرأ أيضاً",
        "برچسب\u200cها",
        "بيشتر بخوانيد",  # typed on an Arabic keyboard
        "ЧИТАЙТЕ ЕЩЕ: лодка ушла",
    ],
)
def test_case_counts_and_keyboards_make_no_difference(line: str) -> None:
    assert cleaned_with(line, MIDDLE).lines == ARTICLE


@pytest.mark.parametrize(
    "line",
    [
        "- Next-gen colocation in the data centre",
        "- Tag-based lists of those who subscribe",
    ],
)
def test_the_first_part_of_a_compound_is_no_label(line: str) -> None:
    assert line in cleaned_with(line, MIDDLE).lines


@pytest.mark.parametrize(
    "line", ["Print | E-mail | Back to top", "Share · Tweet", "| Yazdır | Paylaş |"]
)
def test_a_bar_of_labels_is_one(line: str) -> None:
    assert cleaned_with(line, MIDDLE).lines == ARTICLE


@pytest.mark.parametrize("line", ["Share · Comments", "Print | E-mail | Read also"])
def test_a_bar_begins_no_list_of_what_follows(line: str) -> None:
    assert cleaned_with(line, MIDDLE).lines == ARTICLE
    assert cleaned_with(line, len(ARTICLE) - 1).lines == ARTICLE


def test_a_bar_that_says_something_else_too_is_kept() -> None:
    line = "Print | Radio | Television"
    assert line in cleaned_with(line, MIDDLE).lines
