"""Records and payloads over HTTP, and files that are gone."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from warcio.archiveiterator import ArchiveIterator

from archive.digests import sha256_label
from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.replayed import Answered, keep
from tests.support.replayroom import SITE, at, digits


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
