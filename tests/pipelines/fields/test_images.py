from __future__ import annotations

import pytest

from archive.model import Image
from pipelines.fields.image_addresses import identity, is_crop, is_picture
from pipelines.fields.image_captions import CREDIT_WORDS, split_credit
from pipelines.fields.images import read_images
from tests.pipelines.fields.pages import json_ld, meta, parsed

FIRST = "The bridge was closed for three weeks after the storm had damaged it."
LAST = "Nobody was hurt, said the mayor of the town beside the river on Monday."
TEXT = f"{FIRST}\n\n{LAST}"
HOST = "https://www.example-herald.com"


def images_of(body: str = "", head: str = "") -> tuple[Image, ...]:
    article = f"<article><p>{FIRST}</p>{body}<p>{LAST}</p></article>"
    return read_images(parsed(article, head), TEXT)


def test_a_figure_has_caption_alt_and_credit_apart():
    body = (
        "<figure><img src=/photo/bridge-storm.jpg alt='A bridge'>"
        "<figcaption>The bridge on Monday. <span class=credit>Photo: A. Name/AP</span>"
        "</figcaption></figure>"
    )
    assert images_of(body) == (
        Image(
            url=f"{HOST}/photo/bridge-storm.jpg",
            caption="The bridge on Monday.",
            alt="A bridge",
            credit="A. Name/AP",
        ),
    )


def test_a_picture_in_many_sizes_is_given_once_with_all_that_is_said():
    head = json_ld(
        image=[
            {"@type": "ImageObject", "url": f"{HOST}/p/bridge-storm-1200x675.jpg"},
            f"{HOST}/p/bridge-storm-1200x1200.jpg?w=1200",
        ]
    ) + meta(og__image=f"{HOST}/p/bridge-storm.jpg")
    body = (
        "<figure><img data-src='/p/bridge-storm-640x360.jpg' src='data:image/gif,R'"
        " alt='A bridge'><figcaption>The bridge.</figcaption></figure>"
    )
    assert images_of(body, head) == (
        Image(
            url=f"{HOST}/p/bridge-storm-1200x675.jpg",
            caption="The bridge.",
            alt="A bridge",
        ),
    )


@pytest.mark.parametrize(
    ("element", "wanted"),
    [
        ("<img src=/p/harbour.jpg>", "/p/harbour.jpg"),
        ("<img data-src=/p/harbour.jpg src=/blank.gif>", "/p/harbour.jpg"),
        ("<img data-lazy-src=/p/harbour.jpg>", "/p/harbour.jpg"),
        (
            "<img srcset='/p/harbour-1.jpg 640w, /p/harbour-2.jpg 1280w' src=/p/x.jpg>",
            "/p/harbour-2.jpg",
        ),
        ("<img srcset='/p/harbour.jpg, /p/harbour2.jpg 2x'>", "/p/harbour2.jpg"),
        ("<img src='/p/the harbour.jpg'>", "/p/the%20harbour.jpg"),
        ("<a href=/p/big.jpg><img src=/p/harbour.jpg></a>", "/p/harbour.jpg"),
    ],
)
def test_the_best_address_of_an_image_is_taken(element, wanted):
    assert [image.url for image in images_of(element)] == [f"{HOST}{wanted}"]


@pytest.mark.parametrize(
    "element",
    [
        "<img src=/i/logo.png>",
        "<img src=/i/avatar-small.jpg>",
        "<img src=/i/pixel.gif>",
        "<img src=/i/drawing.svg>",
        "<img src='data:image/png;base64,AAAA'>",
        "<img src=https://sb.scorecardresearch.com/p.jpg>",
        "<img src=/p/harbour.jpg width=1 height=1>",
        "<img src=/p/harbour.jpg width=64>",
        "<a href=/other-story><img src=/p/harbour.jpg></a>",
        "<aside><img src=/p/harbour.jpg></aside>",
        "<div class=related-stories><img src=/p/harbour.jpg></div>",
        "<div class=author-bio><img src=/p/harbour.jpg></div>",
        "<img>",
    ],
)
def test_what_is_no_picture_of_the_article_is_left_out(element):
    assert images_of(element) == ()


def test_pictures_outside_the_article_are_left_out():
    body = f"<img src=/p/other.jpg><article><p>{FIRST}</p><p>{LAST}</p></article>"
    assert read_images(parsed(f"<div>{body}</div>"), TEXT) == ()
    assert read_images(parsed(body), "") == ()


@pytest.mark.parametrize("word", CREDIT_WORDS)
def test_every_word_of_a_credit_is_known(word):
    caption = f"The bridge. {word}: A. Name"
    assert split_credit(caption) == ("The bridge.", "A. Name")


@pytest.mark.parametrize(
    ("said", "caption", "credit"),
    [
        ("The bridge. © Agency", "The bridge.", "Agency"),
        ("The bridge (Photo by A. Name/Agency)", "The bridge", "A. Name/Agency"),
        ("Courtesy of A. Name", None, "A. Name"),
        ("The bridge.Credit...A. Name", "The bridge.", "A. Name"),
        ("A photo of the bridge", "A photo of the bridge", None),
        ("桥梁。图源：新华社", "桥梁。", "新华社"),
        ("", None, None),
    ],
)
def test_a_credit_at_the_end_of_a_caption_is_split_off(said, caption, credit):
    assert split_credit(said) == (caption, credit)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/p/storm-bridge-1024x683.jpg", "/p/storm-bridge.jpg?w=640", True),
        ("/p/storm-bridge@2x.webp", "/q/storm-bridge_640w.jpg", True),
        ("/p/storm-bridge-e1702955517497.jpg", "/p/storm-bridge-scaled.jpg", True),
        ("/p/7xe2LTnY3AL2p-1200-80.jpg", "/p/7xe2LTnY3AL2p.jpg", True),
        ("/resize?img=%2Fp%2Fstorm-bridge.jpg&w=9", "/p/storm-bridge.jpg", True),
        ("/p/storm-bridge-1.jpg", "/p/storm-bridge-2.jpg", False),
        ("/2024/1/image.jpg", "/2024/2/image.jpg", False),
    ],
)
def test_pictures_are_told_apart_by_their_names(one, other, same):
    assert (identity(HOST + one) == identity(HOST + other)) is same


def test_crops_differ_in_a_word_and_pictures_of_a_series_in_a_number():
    assert is_crop("49056_storm_16x9_bridge_reopens", "49056_storm_1x1_bridge_reopens")
    assert not is_crop("storm-bridge-reopens-1", "storm-bridge-reopens-2")
    assert not is_crop("storm-bridge-reopens", "harbour-closed-again")


def test_a_site_without_a_path_has_no_picture():
    assert not is_picture(f"{HOST}/")
