from __future__ import annotations

import pytest

from pipelines.classes.fences import Fence, read_fence
from tests.pipelines.classes.labelled import parse

URL = "https://news.example/2025/03/harbour-wall/"
BEGINNING = (
    "The bill for rebuilding the harbour wall has risen to four million pounds, papers "
    "that were published on Thursday show."
)


def fence_of(after, beginning=BEGINNING):
    page = (
        "<html><body><header><a class='premium' href='/subscribe'>Subscribe, £1</a>"
        f"</header><main><h1>Harbour wall</h1><p>{beginning}</p>{after}</main>"
        "<nav><ul><li><a href='/a'>Offers from £1</a></li></ul></nav></body></html>"
    )
    return read_fence(parse(page, URL).tree)


@pytest.mark.parametrize(
    ("sign", "after"),
    [
        ("has_price", "<div>Desde 2,99 € al mes</div>"),
        ("has_price", "<div>9,90 zł</div>"),
        ("has_price", "<div>月額980円</div>"),
        ("is_counted", "<p>80 % are still to come</p>"),
        ("is_counted", "<p>残り 1,204文字</p>"),
        ("acts", "<div><button>Go on</button></div>"),
        ("acts", "<div><a href='/x'>Go on</a></div>"),
        ("is_named", "<div class='story-paywall'><p>More below</p></div>"),
        ("is_named", "<div id='gate'><p>More below</p></div>"),
    ],
)
def test_what_follows_the_prose_has_signs_in_any_language(sign, after):
    assert getattr(fence_of(after), sign)
    assert not getattr(fence_of(""), sign)


def test_prose_that_ends_within_a_sentence_breaks_off():
    assert fence_of("", beginning=BEGINNING.removesuffix("show.")).does_break
    assert fence_of("", beginning=f"{BEGINNING[:-1]}…").does_break
    assert not fence_of("").does_break


def test_an_offer_after_the_prose_is_known_by_its_words():
    fence = fence_of("<p>Become a member and read the full story without limits.</p>")
    assert fence.terms >= 2


@pytest.mark.parametrize(
    "after",
    [
        "<div class='newsletter-premium'><button>Join, £0</button></div>",
        "<div><p>Our newsletter, for £0 a month</p><button>Go</button></div>",
        "<div class='related-offers'><a href='/x'>From £1</a></div>",
    ],
)
def test_letters_and_related_articles_are_no_fences(after):
    assert fence_of(after) == Fence()


def test_a_page_without_a_heading_or_prose_has_no_fence():
    page = "<html><head></head><body><p>Subscribe for £1</p></body></html>"
    assert read_fence(parse(page, URL).tree) == Fence()
    assert fence_of("<div>£1</div>", beginning="Soon.") == Fence()
