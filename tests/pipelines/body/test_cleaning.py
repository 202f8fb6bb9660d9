"""What a reader gets: the paragraphs of the article, whole, in order, and no more."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.body.cleaning import CleaningContext, clean

TITLE = "Ferry to the islands runs again after eleven days"
BODY = tuple(
    """\
The ferry between the harbour and the islands sailed again on Tuesday morning, eleven \
days after a storm had torn the landing stage from its piles.
About two hundred people had waited since dawn, some of them with bread and batteries \
for relatives who had been without power since the storm.
“We counted the days by the candles,” said Marta Lund, who keeps the only shop on the \
larger island.
The shipping office promised two crossings a day until the end of the month and said \
that the price of tickets would stay as it was.
Repairs to the second stage are to begin in spring, when the sea is calmer.
""".splitlines()
)
QUESTION = (
    "What would you take along if you had to leave the island tonight, and what would "
    "you leave behind for those who come after you?"
)
KNOWN = CleaningContext(
    title=TITLE,
    kicker="After the storm",
    section="Region",
    site_name="Harbour Courier",
    authors=("Anna Weber", "Paul de Vries"),
    dates=("Tues. 4 March, early edition",),
)


def kept(*lines: str, context: CleaningContext = KNOWN) -> tuple[str, ...]:
    return clean(lines, context).lines


@pytest.mark.parametrize(
    "line",
    [
        TITLE,
        TITLE.upper(),
        f"{TITLE} - Harbour Courier",
        f"After the storm: {TITLE}",
        "Region",
        "After the storm",
        "HARBOUR COURIER",
        "By Anna Weber",
        "Anna Weber, Staff Writer",
        "Anna Weber and Paul de Vries",
        "By Someone Unknown",
        "4 March 2025",
        "March 4, 2025 at 7:12 am",
        "Published: 04.03.2025, 07:12 | Updated: 05.03.2025",
        "Anna Weber | 4 March 2025 07:12",
        "Tues. 4 March, early edition",
        "3 min read",
        "5 hours ago",
        "Home > Region > Islands",
        "Home » Region » Islands » Ferries",
        "https://courier.example/region/ferry",
    ],
)
def test_headings_above_the_text_go(line: str) -> None:
    assert kept(line, *BODY) == BODY


def test_lines_above_the_title_go_with_it() -> None:
    assert kept("Islands", "Shipping and weather", TITLE, *BODY) == BODY


def test_a_sentence_above_the_title_stays() -> None:
    standfirst = "Two crossings a day are promised until the end of the month."
    assert kept(standfirst, TITLE, *BODY) == (standfirst, *BODY)


def test_a_title_is_kept_where_it_is_wanted() -> None:
    context = CleaningContext(title=TITLE, is_title_wanted=True)
    assert kept(TITLE, TITLE, *BODY, context=context) == (TITLE, *BODY)


@pytest.mark.parametrize(
    "line",
    [
        "13950827000687_photoi",
        "IMG_2034.jpg",
        "IMG_2034",
        "DSC01234.JPG",
        "WhatsApp Image 2024-01-02 at 10.22.33",
        "Screenshot 2024-05-06",
        "ferry-at-dawn.webp",
        "photo_2023-01-02_10-11-12.jpeg",
        "3c1a 12.png",
        "aleppo_20161130_112233",
    ],
)
def test_names_of_files_go_wherever_they_stand(line: str) -> None:
    assert kept(*BODY[:2], line, *BODY[2:]) == BODY


@pytest.mark.parametrize(
    "line",
    [
        "COVID-19",
        "1,250",
        "2016",
        "F-16",
        "Boeing 737-800",
        "Group 4",
        "The Courier 2030",
        "192.168.0.1",
        "Results",
        "“Read more,” she said.",
        "Related work has been done in Oslo, where three such ferries are in use.",
        "Share prices fell by a third.",
        "Comments by the minister were met with silence.",
        "From the sea came nothing but fog.",
        "Homeward bound",
        "* * *",
    ],
)
def test_lines_that_only_look_like_it_stay(line: str) -> None:
    assert line in kept(*BODY[:2], line, *BODY[2:])


def test_a_related_heading_takes_its_list_along() -> None:
    related = ("Read also", "- Storm tears landing stage away", "- Candles sold out")
    assert kept(*BODY[:3], *related, *BODY[3:]) == BODY


def test_a_list_without_such_a_heading_stays() -> None:
    items = ("- bread", "- batteries", "- candles")
    assert kept(*BODY[:3], *items, *BODY[3:]) == (*BODY[:3], *items, *BODY[3:])


def test_what_follows_a_heading_of_comments_goes() -> None:
    below = ("Leave a reply", "sailor7", "About time, they did nothing for days!")
    assert kept(*BODY, *below) == BODY


def test_an_early_heading_of_comments_ends_nothing() -> None:
    assert kept(BODY[0], "3 comments", *BODY[1:]) == BODY


@pytest.mark.parametrize(
    "ending",
    [
        "Anna Weber is a reporter for the Courier and lives by the sea.",
        "Paul de Vries has written about ships since 1998.",
        "By Anna Weber",
        "© 2025 Harbour Courier. All rights reserved.",
        "(Reporting by Anna Weber; editing by Paul de Vries)",
        "Sign up for our newsletter and never miss a crossing.",
        "Follow us on Facebook and Telegram",
        "Source: Agencies",
        "Photo: Harbour Courier archive",
        "Updated: 5 March 2025, 09:10",
        "Подписывайтесь на наш телеграм-канал",
        "تابعونا على تلغرام",
        "انتهای پیام",
        "版权所有 未经授权不得转载",
        "무단 전재 및 재배포 금지",
        "___",
    ],
)
def test_notes_below_the_text_go(ending: str) -> None:
    assert kept(*BODY, ending) == BODY
    assert kept(*BODY, "___", ending, "Back to top button") == BODY


@pytest.mark.parametrize(
    "ending",
    [
        "Nobody was hurt.",
        "And the sea went on.",
        "The ferry, the fog,\N{SPACE}the far bell.",
        "Tickets: 4.50",
        "Monday to Friday: 7 and 16, Sunday: 10",
        "Correction: an earlier version gave the wrong number of crossings.",
    ],
)
def test_short_closing_lines_without_a_sign_stay(ending: str) -> None:
    assert kept(*BODY, ending) == (*BODY, ending)


def test_a_text_that_stands_twice_is_given_once() -> None:
    parts = (*BODY[:2], "Repairs", *BODY[2:])
    assert kept(*parts, *parts) == parts


def test_a_body_that_also_stands_in_one_paragraph_is_given_by_paragraphs() -> None:
    assert kept(" ".join(BODY), *BODY) == BODY


def test_a_teaser_that_the_text_goes_on_from_is_dropped() -> None:
    assert kept(BODY[0][:60] + "…", *BODY) == BODY


def test_refrains_questions_and_rows_may_repeat() -> None:
    lines = ("Oh, row me home,", "the tide is high.", QUESTION)
    text = (*BODY[:1], *lines, BODY[1], *lines, BODY[2], *lines, *BODY[3:])
    assert kept(*text) == text


def test_captions_that_are_known_go() -> None:
    caption = "The ferry at the landing stage on Tuesday"
    context = CleaningContext(captions=(caption,))
    assert kept(BODY[0], caption, *BODY[1:], context=context) == BODY


def test_what_was_dropped_is_kept_as_evidence() -> None:
    cleaned = clean((TITLE, *BODY, "Back to top"), KNOWN)
    assert cleaned.dropped == ((TITLE, "title"), ("Back to top", "navigation"))


def test_wording_joiners_and_direction_of_kept_lines_are_untouched() -> None:
    lines = (
        "„Wir zählten“, sagte sie – ‘so’ …",
        "می\u200cخواهیم به خانه برویم و در کنار هم بمانیم.",
        "👩\u200d🚀 flew",
        "\u200fقال الوزير (\u200eABC\u200f) اليوم.",
    )
    assert kept(*lines, context=CleaningContext()) == lines


def test_only_form_and_white_space_change() -> None:
    assert kept(
        "\N{NO-BREAK SPACE}",
        "Cafe\u0301\N{NO-BREAK SPACE}am  See\tist off\u00aden.",
        context=CleaningContext(),
    ) == ("Café am See ist offen.",)


def test_nothing_is_known_and_nothing_is_there() -> None:
    assert clean(()).lines == ()
    assert clean(("", "\n")).dropped == ()


LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [*BODY, TITLE, "Read also", "- one", "Comments", "___", "4:30"]
        ),
    ),
    max_size=20,
)


@given(LINES)
def test_every_line_is_kept_or_dropped_with_a_rule(lines: list[str]) -> None:
    cleaned = clean(lines, KNOWN)
    given_lines = clean(lines, CleaningContext()).lines
    known = {line for line, _ in cleaned.dropped} | set(cleaned.lines)
    assert set(given_lines) <= known
    assert all(rule for _, rule in cleaned.dropped)


@given(LINES)
def test_the_order_of_the_kept_lines_is_that_of_the_text(lines: list[str]) -> None:
    left = iter(clean(lines).lines)
    wanted = next(left, None)
    for line in clean(lines, CleaningContext(is_title_wanted=True)).lines:
        if line == wanted:
            wanted = next(left, None)
    assert wanted is None


@pytest.mark.parametrize(
    "line",
    [
        "a_" * 50_000,
        "1" * 100_000,
        "(" * 100_000,
        "- " * 50_000,
        "> " * 50_000,
        "_" * 100_000,
        "read more " * 20_000,
        "a@" * 50_000,
    ],
)
def test_hostile_lines_cost_little(line: str) -> None:
    began = time.process_time()
    clean((line, *BODY, line, line[:390], line[:99]), KNOWN)
    assert time.process_time() - began < 1


def test_many_lines_cost_little() -> None:
    began = time.process_time()
    clean(["Read also:", "- one…", "By X"] * 5_000, KNOWN)
    clean(
        [f"{number} is a number of a line that is cut off…" for number in range(5_000)]
    )
    assert time.process_time() - began < 5
