"""What a question finds: fields, operators, dates, facets, versions, pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import CaptureClass
from archive.search import questions
from archive.search.lexing import QueryError
from archive.search.model import Dated, Order, Query
from archive.search.questions import found_ids
from tests.archive.search.test_query import PIECES
from tests.support.searching import (
    Paper,
    bracketed,
    counts,
    day,
    only,
    plain,
    whole_year,
)

BRIDGE = "The bridge is open again"
STORM = "Storm closes the harbour"
VOTE = "Council votes on the bridge"
BRUECKE = "Die Brücke ist offen"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with Paper(tmp_path_factory.mktemp("search") / "c") as paper:
        paper.print(
            BRIDGE,
            "After nine years the old bridge can be crossed. The mayor was there.",
            source="gazette",
            language="en",
            authors=("Ada Lovelace", "dpa"),
            section="Town",
            published=day(2024, 5, 6),
            url="https://www.gazette.co.uk/bridge",
        )
        paper.print(
            STORM,
            "Ferries stay in port. Nobody was hurt, the mayor said.",
            source="gazette",
            language="en",
            authors=("Grace Hopper",),
            section="Harbour",
            published=day(2024, 11, 30),
            page_class=CaptureClass.LIVE_BLOG,
            url="https://live.gazette.co.uk/storm",
        )
        paper.print(
            VOTE,
            "The vote on the tunnel was close.",
            source="courier-2",
            language="en-GB",
            authors=("Ada King",),
            section="Town",
            published=whole_year(2023),
            standfirst="A narrow majority for the plan.",
            kicker="Politics",
        )
        paper.print(
            BRUECKE,
            "Nach neun Jahren ist die Brücke wieder offen.",
            source="bote",
            language="de",
        )
        yield paper


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("bridge", [BRIDGE, VOTE]),
        ("BRIDGE mayor", [BRIDGE]),
        ('"old bridge"', [BRIDGE]),
        ('"bridge old"', []),
        ('"again After"', []),  # headline and text are no neighbours
        ("brid*", [BRIDGE, VOTE]),
        ('"the may"*', [BRIDGE, STORM]),
        ("bridge OR harbour", [BRIDGE, STORM, VOTE]),
        ("mayor -bridge", [STORM]),
        ("mayor NOT (bridge OR tunnel)", [STORM]),
        ("-mayor", [VOTE, BRUECKE]),
        ("-mayor -tunnel", [BRUECKE]),
        ("tunnel OR -the", [VOTE, BRUECKE]),
        ("(tunnel OR ferries) mayor", [STORM]),
        ("title:bridge", [BRIDGE, VOTE]),
        ("text:bridge", [BRIDGE]),
        ("text:(tunnel OR ferries)", [STORM, VOTE]),
        ("majority", [VOTE]),  # the standfirst is text too
        ("politics", [VOTE]),  # so is the line above the headline
        ("lovelace", []),  # authors are no text
        ("author:ada", [BRIDGE, VOTE]),
        ('author:"ada lovelace"', [BRIDGE]),
        ('author:"lovelace dpa"', []),  # these are two
        ("section:town", [BRIDGE, VOTE]),
        ("source:gazette", [BRIDGE, STORM]),
        ("source:courier-2", [VOTE]),
        ("source:courier", []),
        ("source:cour*", [VOTE]),
        ("-source:gazette", [VOTE, BRUECKE]),
        ("language:en", [BRIDGE, STORM, VOTE]),
        ("language:EN-gb", [VOTE]),
        ("class:live-blog", [STORM]),
        ("site:gazette.co.uk", [BRIDGE, STORM]),
        ("site:live.gazette.co.uk", [STORM]),
        ("site:zette.co.uk", []),
        ("bridge (author:king OR author:lovelace) -section:harbour", [BRIDGE, VOTE]),
        ("nowhere", []),
        ("", [BRIDGE, STORM, VOTE, BRUECKE]),
    ],
)
def test_a_question_finds(paper, words, titles):
    found = paper.search(words)
    assert {plain(hit.title) for hit in found.hits} == set(titles)
    assert found.total == len(titles)
    assert found.is_exact


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"source_ids": ("gazette",)}, [BRIDGE, STORM]),
        ({"source_ids": ("bote", "courier-2")}, [VOTE, BRUECKE]),
        ({"languages": ("en",), "sections": ("Town",)}, [BRIDGE, VOTE]),
        ({"authors": ("Ada Lovelace",)}, [BRIDGE]),
        ({"authors": ("hopper", "king")}, [STORM, VOTE]),
        ({"classes": ("live-blog",)}, [STORM]),
        ({"sites": ("https://www.gazette.co.uk/",)}, [BRIDGE]),
        ({"since": "2024-05-06", "until": "2024-05-07"}, [BRIDGE]),
        ({"since": "2024-05-07", "until": "2025"}, [STORM]),
        ({"until": "2024"}, [VOTE]),
        ({"since": "2023-07", "until": "2023-08"}, [VOTE]),  # it may be of then
        ({"since": "2026-11-22"}, [BRUECKE]),  # no date is known but the capture's
        ({"since": "2025", "dated": Dated.CAPTURED}, [BRIDGE, STORM, VOTE, BRUECKE]),
        ({"until": "2025", "dated": Dated.CAPTURED}, []),
    ],
)
def test_filters_find(paper, filters, titles):
    assert set(paper.titles(**filters)) == set(titles)


def test_the_headline_counts_more_than_the_text(paper):
    assert paper.titles("bridge") == [BRIDGE, VOTE]
    assert paper.titles("tunnel OR harbour")[0] == STORM
    scores = [hit.score for hit in paper.search("bridge").hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_the_newest_come_first_by_date_and_where_nothing_is_weighed(paper):
    by_date = [BRUECKE, STORM, BRIDGE, VOTE]
    assert paper.titles() == by_date
    assert paper.titles("the OR die", order=Order.DATE) == by_date
    by_capture = [BRUECKE, VOTE, STORM, BRIDGE]
    assert paper.titles(dated=Dated.CAPTURED) == by_capture


def test_facets_count_what_was_found(paper):
    found = paper.search()
    assert counts(found, "source") == {"gazette": 2, "courier-2": 1, "bote": 1}
    assert counts(found, "language") == {"en": 2, "de": 1, "en-GB": 1}
    assert list(counts(found, "year").items()) == [
        ("2026", 1),
        ("2024", 2),
        ("2023", 1),
    ]
    # Of the vote no month is known.
    assert counts(found, "month") == {"2026-11": 1, "2024-11": 1, "2024-05": 1}
    assert counts(found, "author")["Ada Lovelace"] == 1
    assert counts(found, "section") == {"Town": 2, "Harbour": 1}
    assert counts(found, "class") == {"article": 3, "live-blog": 1}
    assert counts(paper.search("mayor"), "section") == {"Town": 1, "Harbour": 1}


def test_a_value_of_a_facet_finds_as_many_as_it_says(paper):
    filters = {
        "source": "source_ids",
        "language": "languages",
        "author": "authors",
        "section": "sections",
        "class": "classes",
    }
    for facet in paper.search("the").facets:
        for value in facet.values:
            if name := filters.get(facet.name):
                found = paper.search("the", **{name: (value.value,)})
                # A language is found with its kinds.
                assert found.total >= value.count
                assert counts(found, facet.name)[value.value] == value.count


def test_a_hit_says_what_it_is(paper):
    hit = only(paper.search("crossed"))
    assert bracketed(hit.title) == BRIDGE
    assert "can be [crossed]." in bracketed(hit.snippet)
    assert hit.canonical_url == hit.url == "https://www.gazette.co.uk/bridge"
    assert (hit.source_id, hit.language, hit.section) == ("gazette", "en", "Town")
    assert hit.authors == ("Ada Lovelace", "dpa")
    assert hit.published == "2024-05-06"
    assert hit.page_class is CaptureClass.ARTICLE
    assert (hit.versions, hit.matched, hit.is_latest) == (1, 1, True)
    assert hit.article_id.startswith("<urn:uuid:")


def test_what_is_excluded_or_asked_of_the_other_field_is_not_marked(paper):
    hit = only(paper.search("title:bridge mayor -tunnel"))
    assert bracketed(hit.title) == "The [bridge] is open again"
    assert "the old bridge can" in bracketed(hit.snippet)
    assert "[mayor]" in bracketed(hit.snippet)


def test_an_article_without_a_headline_is_found(tmp_path):
    with Paper(tmp_path / "c") as paper:
        paper.print(None, "Nothing but a text.")
        assert only(paper.search("nothing")).title == ()


@pytest.mark.parametrize("name", ["since", "until"])
def test_a_date_that_is_none_is_refused(paper, name):
    with pytest.raises(UsageError, match=f"{name} 'yesterday' is no date: write 2026"):
        paper.search("bridge", **{name: "yesterday"})


@settings(max_examples=80)
@given(words=st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_no_question_is_an_error_of_the_database(paper, words):
    try:
        found = paper.search(words)
    except QueryError:
        return
    assert found.total >= len(found.hits)


@settings(max_examples=20)
@given(value=st.text(min_size=1))
def test_any_value_of_a_filter_can_be_asked_for(paper, value):
    for name in ("source_ids", "languages", "classes", "sites"):
        assert paper.search(**{name: (value,)}).total in range(5)


# ---------------------------------------------------------------- versions


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with Paper(tmp_path_factory.mktemp("edited") / "c") as paper:
        url = "https://example.org/1"
        paper.print("Three hurt in fire", "The cause is unknown.", url=url)
        paper.print("Four hurt in fire", "The cause is unknown.", url=url)
        paper.print("Four hurt in fire", "The cause is unknown.", url=url)
        paper.print("Four hurt in blaze", "It was a cable.", url=url)
        paper.print("Fire drill", "For all schools.", url="https://example.org/2")
        yield paper


def test_an_article_is_found_once_as_its_newest_version_that_matches(edited):
    found = edited.search("hurt fire")
    hit = only(found)
    assert plain(hit.title) == "Four hurt in fire"
    assert (hit.versions, hit.matched, hit.is_latest) == (3, 3, False)
    assert found.total == 1
    newest = only(edited.search("hurt"))
    assert plain(newest.title) == "Four hurt in blaze"
    assert newest.is_latest
    assert only(edited.search("three")).matched == 1


def test_every_version_can_be_asked_for(edited):
    found = edited.search("hurt fire", versions=True, order=Order.DATE)
    titles = [plain(hit.title) for hit in found.hits]
    assert titles == ["Four hurt in fire", "Four hurt in fire", "Three hurt in fire"]
    assert found.total == 3
    assert counts(found, "source") == {"example": 3}


# ---------------------------------------------------------------- pages


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with Paper(tmp_path_factory.mktemp("many") / "c") as paper:
        for number in range(45):
            paper.print(f"Report {number}", "the same text", authors=(f"A{number}",))
        yield paper


@pytest.mark.parametrize("order", Order)
def test_pages_join_without_gaps_and_repeats(many, order):
    pages = [
        many.titles("report", order=order, limit=20, offset=offset)
        for offset in (0, 20, 40, 60)
    ]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    joined = [title for page in pages for title in page]
    assert joined == many.titles("report", order=order, limit=100)
    assert len(set(joined)) == 45


def test_what_comes_in_meanwhile_does_not_move_the_next_page(tmp_path):
    with Paper(tmp_path / "c") as paper:
        for number in range(4):
            paper.print(f"Report {number}", "text")
        first = paper.search("report", limit=2, order=Order.DATE)
        paper.print("Report 4", "text")
        second = paper.titles(
            "report", limit=2, offset=2, order=Order.DATE, upto=first.upto
        )
        assert [plain(hit.title) for hit in first.hits] == ["Report 3", "Report 2"]
        assert second == ["Report 1", "Report 0"]
        assert paper.search("report").total == 5


def test_beyond_a_number_of_matches_it_says_more_than(many, monkeypatch):
    monkeypatch.setattr(questions, "MOST_COUNTED", 30)
    for order, which in ((Order.RELEVANCE, "came in last"), (Order.DATE, "newest")):
        found = many.search("report", order=order)
        assert (found.total, found.is_exact) == (30, False)
        assert any(which in note for note in found.notes)
        assert "Report 44" in [plain(hit.title) for hit in found.hits]
    assert len(found_ids(many.collection, Query(words="report"))) == 45


def test_of_a_facet_with_many_values_the_first_are_listed(many):
    (facet,) = (f for f in many.search("report").facets if f.name == "author")
    assert len(facet.values) == 30
    assert facet.others == 15


def test_the_ids_of_all_hits_are_in_their_order(many):
    query = Query(words="report", order=Order.DATE, limit=3)
    hits = many.search("report", order=Order.DATE, limit=45).hits
    assert found_ids(many.collection, query) == [hit.article_id for hit in hits]
