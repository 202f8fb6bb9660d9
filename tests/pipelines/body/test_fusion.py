"""What several proposals come to."""

from __future__ import annotations

from pipelines.body.fusion import (
    most_agreed,
    with_lead,
    with_lost_part,
    with_stated_body,
    without_tail,
)

PROSE = [
    f"Paragraph {n}: the council of harbour town number {n} has agreed to spend "
    f"{n} million on the quay, its chair said on the {n}th day of the talks."
    for n in range(1, 13)
]
TEXT = "\n".join(PROSE)
OTHERS = "\n".join(
    f"Elsewhere {n}: a ferry to island {n} was late by {n} hours, passengers told us."
    for n in range(30)
)


def test_the_proposal_the_others_agree_with_is_taken():
    proposals = {"base": OTHERS, "one": TEXT, "two": TEXT + "\nShare", "three": TEXT}
    assert most_agreed(proposals, "base") == TEXT


def test_the_base_stays_where_none_is_clearly_better():
    base = TEXT + "\nA closing remark that only the base has, for what it is worth."
    assert most_agreed({"base": base, "one": TEXT}, "base") == base


def test_a_stated_body_counts_among_the_others():
    proposals = {"base": OTHERS, "one": OTHERS, "two": TEXT}
    assert most_agreed(proposals, "base", TEXT) == TEXT


def test_what_stands_around_the_stated_body_is_cut():
    text, is_confirmed = with_stated_body(f"Menu\n{TEXT}\n{OTHERS}", TEXT, ())
    assert (text, is_confirmed) == (TEXT, True)


def test_a_text_that_lacks_most_of_the_stated_body_gives_way():
    half = "\n".join(PROSE[:3])
    assert with_stated_body(half, TEXT, (OTHERS, TEXT + "\nX")) == (TEXT, True)
    assert with_stated_body(half, TEXT, (OTHERS,)) == (TEXT, True)


def test_a_lost_second_part_comes_back_if_others_have_it():
    wide = f"Home\nNews\n{TEXT}\nBack to top"
    assert with_lost_part("\n".join(PROSE[:6]), wide, [TEXT]) == TEXT


def test_what_nobody_confirms_stays_out():
    half = "\n".join(PROSE[:6])
    assert with_lost_part(half, f"{half}\n{OTHERS}", [half]) == half


def test_labels_are_no_lost_part():
    half = "\n".join(PROSE[:3])
    labels = "\n".join(f"Label {n}" for n in range(200))
    assert with_lost_part(half, f"{half}\n{labels}", [labels]) == half


LEAD = (
    "GREY HARBOUR - The old lighthouse is to be lit again after ninety years, the "
    "keeper of the museum announced on Tuesday evening."
)
TOLD = "The old lighthouse is to be lit again after ninety years, the keeper of the…"


def test_a_lost_first_paragraph_comes_back_if_the_page_is_described_by_it():
    wide = f"Home\n{LEAD}\nShare this\n{TEXT}\nBack to top"
    assert with_lead(TEXT, wide, ("About us", TOLD)) == f"{LEAD}\n{TEXT}"
    titled = f"Grey Harbour\n{TEXT}"
    assert with_lead(titled, wide, (TOLD,)) == f"Grey Harbour\n{LEAD}\n{TEXT}"


def test_a_lost_first_paragraph_stands_where_it_stood():
    wide = f"{LEAD}\nThe background\n{TEXT}"
    assert with_lead(f"The background\n{TEXT}", wide, (TOLD,)) == wide


def test_no_first_paragraph_is_made_up():
    wide = f"{LEAD}\n{TEXT}"
    assert with_lead(TEXT, wide, ()) == TEXT
    assert with_lead(TEXT, wide, ("News of Grey Harbour, every day.",)) == TEXT
    assert with_lead(wide, wide, (TOLD,)) == wide  # it is there already
    far = f"{LEAD}\n{OTHERS}\n{TEXT}"
    assert with_lead(TEXT, far, (TOLD,)) == TEXT
    assert with_lead("Short", wide, (TOLD,)) == "Short"
    assert with_lead(TEXT, OTHERS, (TOLD,)) == TEXT
    assert with_lead("", "", ("", TOLD)) == ""


def test_a_tail_that_the_strict_extractor_does_not_have_is_cut():
    assert without_tail(f"{TEXT}\n{OTHERS[:900]}", TEXT) == TEXT


def test_a_short_tail_and_a_strict_extractor_that_lost_much_are_let_be():
    assert without_tail(f"{TEXT}\nThe end.", TEXT) == f"{TEXT}\nThe end."
    assert without_tail(TEXT, "\n".join(PROSE[4:8])) == TEXT
    assert without_tail(TEXT, "") == TEXT
