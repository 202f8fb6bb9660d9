"""Replay over HTTP: which capture answers, as what, and under which policy."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from warcio.archiveiterator import ArchiveIterator

from archive.digests import sha256_label
from archive.model import Capture, Truncation
from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.builders import make_miss
from tests.support.replayed import PNG, Answered, keep

SITE = "http://news.example"
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PAGE = b"<!DOCTYPE html><title>t</title><p>Version %d</p><img src=/a.png alt=A>"


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def digits(hours: float) -> str:
    return at(hours).strftime("%Y%m%d%H%M%S")


def one(path: str, body: bytes = b"", *fields: tuple[str, str], **more) -> Answered:
    more = {"at": NOON, **more}
    return Answered(url=f"{SITE}{path}", body=body, fields=fields, **more)


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"9\r\n<p>chunke\r\n1\r\nd\r\n0\r\n\r\n"
)
CUT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n"
    b"<p>only the beginn"
)
SHEET = b"@charset \"iso-8859-9\"; a{background:url(b.png);content:'\xfe'}"
ANSWERS = [
    one("/story", PAGE % 1),
    one("/story", PAGE % 2, at=at(2)),
    one("/story", PAGE % 2, at=at(4), of=1),
    one("/story", status="304 Not Modified", at=at(6), of=1, not_modified=True),
    one("/a.png", PNG, type="image/png", at=at(1)),
    one("/a.png", b"busy", status="503 Busy", at=at(2)),
    one("/a.css", SHEET, type="text/css"),
    one("/moved", b"", ("Location", "/story"), status="301 Moved"),
    one("/out", b"", ("Location", "//b.example/x#y"), status="302 Found"),
    Answered(
        url="http://tls.example/",
        status="301 Moved",
        fields=(("Location", "https://tls.example/"),),
        at=NOON,
    ),
    Answered(url="https://tls.example/", body=b"<p>secure", at=at(0.0001)),
    Answered(
        url="http://round.example/",
        status="302 Found",
        fields=(("Location", "http://www.round.example/"),),
        at=NOON,
    ),
    one("/gone", b"<p>Gone for good", status="404 Not Found"),
    one("/zipped", gzip.compress(b"<p>zipped"), ("Content-Encoding", "gzip")),
    one("/brotli", brotli.compress(b"<p>brotli"), ("Content-Encoding", "br")),
    one("/odd", b"<p>odd", ("Content-Encoding", "rot13")),
    one("/chunked", response=CHUNKED),
    one("/cut", response=CUT, truncated=Truncation.DISCONNECT),
    one("/latin", b"<p>\xe4", type="text/html; charset=latin1"),
    one("/untold", b"<!doctype html><p>untold", type=None),
    one("/data.json", b'{"a":1}', type="application/json"),
    one("/paper.pdf", b"%PDF-", type="application/pdf"),
    one("/film.mp4", bytes(range(100)), type="video/mp4"),
    one("/wall", b"<p>who", status="407 Who"),
    one("/robots", b"<p>denied", status="999 Request denied"),
    one("/hex", b"<p>read", type="text/html; charset=hex"),
    one("/flood", b"<p>" * 1_000_001),
    one("/q?b=2&a=1", b"<p>asked"),
    one("/%C3%A4/b%20c'd", b"<p>odd path"),
    one('/"><script>x()</script>', b"<p>odd address"),
    one("/\ufffe\uffff", b"<p>no characters"),
]


HELD_AT = {"/a.png": 1}  # hours after noon; all else at noon


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    client: TestClient
    captures: list[Capture] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def page(self, path: str, hours: float = 0, modifier: str = "") -> Response:
        return self.get(f"/replay/{digits(hours)}{modifier}/{SITE}{path}")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    root: Path = tmp_path_factory.mktemp("replayed") / "c"
    misses = [make_miss(f"{SITE}/missed", detail="<b>no route</b>")]
    captures = keep(root, ANSWERS, misses)
    app = create_app(Shelf.open(root))
    with TestClient(
        app,
        base_url="http://127.0.0.1:8017",
        follow_redirects=False,
        headers={"Accept": "text/html"},
    ) as client:
        yield Room(client=client, captures=captures)


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


# ------------------------------------------------------------ as what


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


# ------------------------------------------------------------ records and payloads


def test_a_record_is_a_warc_file_by_itself(room):
    for capture in room.captures:
        uuid = capture.record_id[10:-1]
        answer = room.get(f"/record/{uuid}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/warc"
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="{uuid}.warc.gz"'
        )
        (record,) = ArchiveIterator(BytesIO(answer.content))
        assert record.rec_headers.get_header("WARC-Record-ID") == capture.record_id


def test_a_payload_is_what_its_digest_says(room):
    for capture in room.captures:
        answer = room.get(f"/payload/{capture.record_id[10:-1]}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-security-policy"].startswith("sandbox;")
        assert "content-encoding" not in answer.headers
        if capture.status != 304:
            assert sha256_label(answer.content) == capture.payload_digest
        name = answer.headers["content-disposition"]
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', name)


def test_a_payload_says_how_it_is_coded(room):
    zipped = next(c for c in room.captures if c.url.endswith("/zipped"))
    answer = room.get(f"/payload/{zipped.record_id[10:-1]}")
    assert answer.headers["x-archive-content-encoding"] == "gzip"


@pytest.mark.parametrize("what", ["record", "payload"])
def test_an_unknown_id_is_not_found(room, what):
    unknown = room.get(f"/{what}/00000000-0000-4000-8000-00000000ffff")
    assert unknown.status_code == 404
    assert room.get(f"/{what}/x").status_code == 422


def test_a_file_that_is_gone_is_told(tmp_path):
    root = tmp_path / "c"
    (capture,) = keep(root, [Answered(url=f"{SITE}/a", body=b"<p>a", at=at(0))])
    (path,) = (root / "warc").rglob("*.warc.gz")
    with TestClient(
        create_app(Shelf.open(root)), base_url="http://127.0.0.1"
    ) as client:
        client.headers["accept"] = "text/html"
        path.rename(tmp_path / "elsewhere")
        answer = client.get(f"/replay/{digits(0)}/{SITE}/a")
        assert answer.status_code == 404
        assert path.name in answer.text
        path.write_bytes(b"\x1f\x8b" + b"damaged" * 200)
        answer = client.get(f"/replay/{digits(0)}/{SITE}/a")
        assert answer.status_code == 500
        assert "offset" in answer.text
    assert capture.locator.path.endswith(path.name)
