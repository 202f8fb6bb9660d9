"""Replay over HTTP: which capture answers, under what banner, and what is not held."""

from __future__ import annotations

import pytest

from tests.support.replayed import PNG
from tests.support.replayroom import SITE, digits

# ------------------------------------------------------------ which capture


@pytest.mark.parametrize(
    ("time", "hours"),
    [
        (digits(-99), 0),
        (digits(0.9), 0),
        (digits(1.1), 2),
        (digits(3), 2),  # of two that are as near, the earlier
        (digits(99), 6),
        ("2026", 0),
        ("202603", 0),
        ("20260301", 0),
        ("", 6),
    ],
)
def test_the_nearest_capture_is_led_to(room, time, hours):
    answer = room.get(f"/replay/{time}{'/' if time else ''}{SITE}/story")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/replay/{digits(hours)}/{SITE}/story"


@pytest.mark.parametrize(("hours", "version"), [(0, 1), (2, 2), (4, 2), (6, 2)])
def test_each_version_and_each_revisit_is_shown(room, hours, version):
    answer = room.page("/story", hours)
    assert answer.status_code == 200
    assert f"<p>Version {version}</p>" in answer.text


@pytest.mark.parametrize("time", ["20261301", "00000000000000", "20260230", "202"])
def test_what_is_no_date_is_said(room, time):
    answer = room.get(f"/replay/{time}/{SITE}/story")
    assert answer.status_code in (400, 404)
    assert "date" in answer.text or "holds nothing" in answer.text


def test_an_image_that_was_once_not_to_be_had_is_that_of_another_hour(room):
    answer = room.page("/a.png", 2, "im_")
    assert answer.status_code == 200
    assert answer.content == PNG
    assert answer.headers["memento-datetime"] == "Sun, 01 Mar 2026 13:00:00 GMT"
    assert room.page("/a.png", 2).status_code == 503  # the page of it says what was


def test_redirects_stay_in_the_archive(room):
    moved = room.page("/moved")
    assert moved.status_code == 301
    assert moved.headers["location"] == f"/replay/{digits(0)}/{SITE}/story"
    out = room.page("/out", modifier="if_")
    assert out.headers["location"] == f"/replay/{digits(0)}if_/http://b.example/x#y"


def test_a_redirect_to_the_same_key_is_passed_over(room):
    answer = room.get(f"/replay/{digits(0)}/http://tls.example/")
    assert answer.status_code == 200
    assert "secure" in answer.text
    assert room.get(f"/replay/{digits(0)}/http://round.example/").status_code == 404


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/zipped", "zipped"),
        ("/brotli", "brotli"),
        ("/chunked", "chunked"),
        ("/cut", "only the beginn"),
        ("/latin", "\u00e4"),
        ("/untold", "untold"),
        ("/q?b=2&a=1", "asked"),
        ("/q?a=1&b=2", "asked"),
        ("/%C3%A4/b%20c'd", "odd path"),
        ("/%C3%A4/b%20c%27d", "odd path"),
        ("/%22%3E%3Cscript%3Ex()%3C/script%3E", "odd address"),
        ("/%EF%BF%BE%EF%BF%BF", "no characters"),
    ],
)
def test_pages_of_all_kinds_are_shown(room, path, text):
    answer = room.page(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<p>{text}</p>" in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/gone", 404), ("/wall", 200), ("/robots", 200), ("/story", 200), ("/hex", 200)],
)
def test_the_status_is_that_of_the_capture(room, path, status):
    assert room.page(path).status_code == status


def test_an_error_shows_its_own_body_and_says_so(room):
    answer = room.page("/gone")
    assert "Gone for good" in answer.text
    assert "answered with status 404" in answer.text


# ------------------------------------------------------------ the banner


def test_the_banner_says_when_whence_and_what_is_around(room):
    answer = room.page("/story", 2)
    banner = answer.text.partition("<p>")[0]
    for said in (
        "1 March 2026, 14:00:00 UTC",
        f"from {SITE}/story at 192.0.2.1",
        "capture 2 of 4",
        f'href="/replay/{digits(0)}/{SITE}/story"',
        f'href="/replay/{digits(4)}/{SITE}/story"',
        'role="region"',
        'dir="ltr"',
        f'href="/record/{room.captures[1].record_id[10:-1]}"',
    ):
        assert said in banner, said
    assert "role=" not in room.page("/story", 2, "if_").text


def test_the_banner_counts_what_is_missing(room):
    assert "not archived" not in room.page("/story").text
    missing = room.get(f"/replay/{digits(0)}/https://tls.example/")
    assert "the only capture" not in missing.text  # http and https have one key


def test_an_address_is_inert_in_the_banner(room):
    answer = room.page("/%22%3E%3Cscript%3Ex()%3C/script%3E")
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text


# ------------------------------------------------------------ what is not held


def test_what_is_not_held_says_what_to_do(room):
    answer = room.page("/story/2")
    assert answer.status_code == 404
    assert f"{SITE}/story/2" in answer.text
    assert f"/replay/{digits(4)}/{SITE}/story" in answer.text or "/story" in answer.text
    assert "sandbox" not in answer.headers["content-security-policy"]
    elsewhere = room.get("/replay/2026/http://unknown.example/")
    assert elsewhere.status_code == 404
    assert "Nothing is held of its site" in elsewhere.text


def test_what_was_missed_says_why(room):
    answer = room.page("/missed")
    assert answer.status_code == 404
    assert "unreachable" in answer.text
    assert "&lt;b&gt;no route" in answer.text


@pytest.mark.parametrize("modifier", ["im_", "cs_", "id_"])
def test_of_a_requisite_that_is_not_held_nothing_is_sent(room, modifier):
    answer = room.page("/nothing.png", modifier=modifier)
    assert answer.status_code == 404
    assert answer.content == b""


@pytest.mark.parametrize(
    "path",
    ["/replay/", "/replay/2026xx_/http://n.example/", "/replay/2026/", "/replay/%00"],
)
def test_what_is_no_replay_address_is_told_so(room, path):
    assert room.get(path).status_code in (400, 404)


def test_hostile_addresses_are_text(room):
    answer = room.get("/replay/2026/http://n.example/%3Cscript%3E%E2%80%AE\u202e<b>")
    assert answer.status_code == 404
    assert "<script>" not in answer.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert "%E2%80%AE" in main
    assert "\u202e" not in main
