"""Revisits in files of others, and the originals that they are of."""

from __future__ import annotations

import pytest

from archive.model import Role, Severity
from archive.reading import load_answer
from tests.support.foreign import PAGE, SITE, answer, packed, response, urn

pytestmark = pytest.mark.timeout(60)


def revisit(number: int, url: str, *more: tuple[str, str], block: bytes = b"") -> bytes:
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    fields = (("WARC-Profile", profile), *more)
    date = "2024-03-14T08:00:00Z"
    return answer(number, url, block, kind="revisit", date=date, more=fields)


STATED = {
    "record": (("WARC-Refers-To", urn(3)),),
    "address-and-date": (
        ("WARC-Refers-To-Target-URI", f"{SITE}/bridge"),
        ("WARC-Refers-To-Date", "2024-03-12T08:00:00Z"),
    ),
    "digest": (
        ("WARC-Payload-Digest", "sha1:" + "A" * 32),
        ("WARC-Refers-To-Target-URI", f"{SITE}/bridge"),
    ),
}


@pytest.mark.parametrize("stated", STATED.values(), ids=STATED)
@pytest.mark.parametrize("first", [True, False])
def test_a_revisit_finds_its_original_whichever_comes_first(
    taking, tmp_path, stated, first
):
    digest = (("WARC-Payload-Digest", "sha1:" + "A" * 32),)
    original = packed([answer(3, f"{SITE}/bridge", response(PAGE), more=digest)])
    again = packed([revisit(8, f"{SITE}/again", *stated)])
    files = {"original.warc.gz": original, "revisit.warc.gz": again}
    for name in sorted(files, reverse=not first):
        taking.bytes(tmp_path / name, files[name])
    held, found = taking.captures()
    assert found.revisit.record_id == held.record_id
    assert found.revisit.url == f"{SITE}/bridge"
    assert found.revisit.date == held.date
    assert found.payload_digest == held.payload_digest
    assert found.status == 200
    assert found.media_type == "text/html"
    assert found.discovery.role is Role.ARTICLE
    assert load_answer(taking.collection, found).payload == PAGE
    assert taking.findings() == []


def test_a_revisit_without_an_original_is_held_and_told_of(taking, tmp_path):
    digest = ("WARC-Payload-Digest", "sha1:" + "A" * 32)
    taking.bytes(tmp_path / "a.warc.gz", packed([revisit(8, f"{SITE}/again", digest)]))
    (capture,) = taking.captures()
    assert capture.payload_digest == "sha1:" + "A" * 32
    assert capture.status == 0
    (finding,) = taking.findings()
    assert finding.code == "original-elsewhere"
    assert finding.severity is Severity.WARNING


def test_a_304_is_of_the_last_page_before_it(taking, tmp_path):
    profile = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    records = [
        answer(n, f"{SITE}/bridge", response(PAGE), date=f"2024-03-{n:02}T08:00:00Z")
        for n in (10, 12, 20)
    ]
    records.append(
        answer(
            30,
            f"{SITE}/bridge",
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
            kind="revisit",
            date="2024-03-14T08:00:00Z",
            more=(("WARC-Profile", profile),),
        )
    )
    taking.bytes(tmp_path / "a.warc.gz", packed(records))
    (found,) = [capture for capture in taking.captures() if capture.revisit]
    assert found.revisit.record_id == urn(12).lower()
    assert found.status == 304
