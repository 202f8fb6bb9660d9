"""Replay over HTTP: as what a capture is sent, and under which policy."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.support.replayroom import SITE, digits

HELD_AT = {"/a.png": 1}  # hours after noon; all else at noon


@pytest.mark.parametrize(
    ("path", "modifier", "media_type", "is_saved"),
    [
        ("/story", "", "text/html; charset=utf-8", False),
        ("/story", "if_", "text/html; charset=utf-8", False),
        ("/a.png", "", "text/html; charset=utf-8", False),
        ("/a.png", "im_", "image/png", False),
        ("/a.css", "cs_", "text/css; charset=utf-8", False),
        ("/a.css", "", "text/plain; charset=utf-8", False),
        ("/data.json", "", "text/plain; charset=utf-8", False),
        ("/story", "js_", "text/plain; charset=utf-8", False),
        ("/paper.pdf", "", "application/octet-stream", True),
        ("/film.mp4", "im_", "video/mp4", False),
        ("/film.mp4", "", "text/html; charset=utf-8", False),
        ("/story", "id_", "text/html; charset=utf-8", True),
        ("/latin", "id_", "text/html; charset=latin1", True),
        ("/paper.pdf", "id_", "application/pdf", True),
    ],
)
def test_each_kind_is_shown_as_what_it_is(room, path, modifier, media_type, is_saved):
    answer = room.page(path, HELD_AT.get(path, 0), modifier)
    assert answer.headers["content-type"] == media_type
    disposition = answer.headers.get("content-disposition", "")
    assert disposition.startswith("attachment") is is_saved


def test_style_sheets_are_rewritten(room):
    answer = room.page("/a.css", modifier="cs_")
    assert f'url("/replay/{digits(0)}im_/{SITE}/b.png")' in answer.text
    assert "\u015f" in answer.text
    assert room.page("/story", modifier="cs_").text == ""  # an error that says 200


def test_of_a_film_a_part_can_be_asked_for(room):
    path = f"/replay/{digits(0)}im_/{SITE}/film.mp4"
    part = room.get(path, range="bytes=10-19")
    assert part.status_code == 206
    assert part.headers["content-range"] == "bytes 10-19/100"
    assert part.content == bytes(range(10, 20))
    assert room.get(path, range="bytes=-5").content == bytes(range(95, 100))
    assert room.get(path, range="bytes=98-").content == bytes((98, 99))
    for odd in ("bytes=200-", "bytes=5-1", "lines=1-2", "bytes=1-2,4-5", "bytes=-"):
        assert room.get(path, range=odd).status_code == 200


def test_the_raw_payload_is_what_was_sent(room):
    plain = room.page("/latin", modifier="id_")
    assert plain.content == b"<p>\xe4"
    with room.client.stream("GET", f"/replay/{digits(0)}id_/{SITE}/zipped") as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == b"<p>zipped"
    odd = room.page("/odd", modifier="id_")
    assert odd.content == b"<p>odd"
    assert "content-encoding" not in odd.headers


@pytest.mark.parametrize(
    ("use", "status"),
    [("script", 400), ("serviceworker", 400), ("empty", 200), ("document", 200)],
)
def test_what_is_raw_is_not_run(room, use, status):
    path = f"/replay/{digits(0)}id_/{SITE}/story"
    assert room.get(path, **{"Sec-Fetch-Dest": use}).status_code == status


def test_what_can_not_be_decoded_is_said(room):
    answer = room.page("/odd")
    assert answer.status_code == 500
    assert "rot13" in answer.text
    assert "id_" in answer.text


def test_what_would_take_all_memory_is_said(room):
    answer = room.page("/flood")
    assert answer.status_code == 500
    assert "a million tags" in answer.text
    assert room.page("/flood", modifier="id_").content == b"<p>" * 1_000_001


# ------------------------------------------------------------ its headers


@pytest.mark.parametrize(
    ("path", "modifier"),
    [
        *(("/story", m) for m in ("", "if_", "im_", "cs_", "id_")),
        *(("/a.png", m) for m in ("", "im_", "id_")),
        *(("/data.json", ""), ("/paper.pdf", ""), ("/gone", "")),
    ],
)
def test_every_answer_is_shut_in(room, path, modifier):
    headers = room.page(path, HELD_AT.get(path, 0), modifier).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy
    assert not re.search(
        r"allow-(scripts|forms|popups|top)|script-src|\*|https?:", policy
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert "refresh" not in headers


def test_images_and_styles_may_come_from_replay_alone(room):
    policy = room.page("/story").headers["content-security-policy"]
    assert "img-src 127.0.0.1:8017/replay/ data:;" in policy
    assert "style-src 127.0.0.1:8017/replay/ 'unsafe-inline';" in policy


def test_a_name_that_a_policy_can_not_hold_is_not_in_it(room):
    answer = room.get(f"/replay/{digits(0)}/{SITE}/story", host="[::1]:8017")
    assert "img-src 'self' data:" in answer.headers["content-security-policy"]


def test_a_page_is_a_memento(room):
    headers = room.page("/story", 4).headers
    assert headers["memento-datetime"] == "Sun, 01 Mar 2026 16:00:00 GMT"
    link = headers["link"]
    base = "http://127.0.0.1:8017"
    assert f'<{SITE}/story>; rel="original"' in link
    assert f'<{base}/timegate/{SITE}/story>; rel="timegate"' in link
    assert f'<{base}/timemap/link/{SITE}/story>; rel="timemap"' in link
    for hours, relation in ((0, "first"), (2, "prev"), (6, "next last")):
        there = (
            f'<{base}/replay/{digits(hours)}/{SITE}/story>; rel="{relation} memento"'
        )
        assert there in link
