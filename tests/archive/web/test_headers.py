"""What holds for every answer, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from archive.web.headers import HeadAsGet

PIECES = 10_000


def test_who_asks_for_the_head_does_not_have_the_whole_made():
    made = []

    def pieces() -> Iterator[bytes]:
        for number in range(PIECES):
            made.append(number)
            yield b"a piece"

    package = StreamingResponse(pieces(), media_type="application/wacz")
    answer = TestClient(HeadAsGet(package)).head("/export/wacz")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/wacz"
    assert answer.content == b""
    assert len(made) < PIECES
