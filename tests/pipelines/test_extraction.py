from __future__ import annotations

import gzip
import random
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura
from typing_extensions import override

from archive.model import (
    BylineKind,
    CaptureClass,
    TextOutcome,
)
from pipelines.errors import ExtractorUnavailable
from pipelines.extraction import Page, attempt, describe, load_extractor
from pipelines.extractor import ArticleExtractor, build

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)

HEAD = """<!DOCTYPE html><html lang="en_gb"><head><title>The bridge | News</title>
<meta name="author" content="Ada Lovelace; Grace Hopper">
<meta property="og:title" content="The bridge is open">
<meta property="og:site_name" content="The Example">
<meta name="description" content="It took  nine years.">
<meta property="article:published_time" content="2024-05-05T21:30:00+02:00">
<link rel="canonical" href="https://news.example/bridge">
"""
PROSE = [
    f"Paragraph {number}: the new bridge across the river was opened to the public "
    "on Sunday, nine years after the first stone was laid, the council said."
    for number in range(1, 7)
]
BODY = "</head><body><article><h1>The bridge is open</h1>{}</article></body></html>"
ARTICLE = HEAD + BODY.format("".join(f"<p>{paragraph}</p>" for paragraph in PROSE))


def a_page(
    payload: bytes | str = ARTICLE,
    *,
    url: str = "https://news.example/bridge?from=feed",
    coding: str | None = None,
    content_type: str | None = "text/html",
    at: datetime = NOON,
) -> Page:
    return Page(
        url=url,
        payload=payload.encode() if isinstance(payload, str) else payload,
        content_encoding=coding,
        content_type=content_type,
        captured_at=at,
    )


def dated(expression: str) -> str:
    """Make an article whose only date is the expression."""
    said = f'<meta property="article:published_time" content="{expression}">'
    return said.join(["<html><head>", BODY.format("<p>" + "</p><p>".join(PROSE))])


@pytest.fixture(scope="module")
def extractor():
    return build()


def test_an_article_is_told_with_its_claims(extractor):
    extraction = extractor.extract(a_page())
    work = extraction.work
    assert extraction.text == "\n".join(PROSE)
    assert extraction.outcome is TextOutcome.TEXT
    assert extraction.page_class is CaptureClass.ARTICLE
    assert 0 < extraction.confidence <= 1
    assert work.title == "The bridge is open"
    assert [(byline.name, byline.kind) for byline in work.bylines] == [
        ("Ada Lovelace", BylineKind.PERSON),
        ("Grace Hopper", BylineKind.PERSON),
    ]
    assert work.published is not None
    assert work.published.text[:16] == "2024-05-05T21:30"
    assert work.site_name == "The Example"
    assert work.description == "It took nine years."
    assert work.language == "en"
    assert work.canonical_url == "https://news.example/bridge"
    chosen = {claim.field for claim in extraction.claims if claim.is_chosen}
    assert {"title", "author", "published", "language", "class", "text"} <= chosen


def test_the_address_of_the_page_is_not_taken_for_a_statement_of_it(extractor):
    silent = ARTICLE.replace('rel="canonical"', 'rel="icon"')
    assert extractor.extract(a_page(silent)).work.canonical_url is None
    url = "https://news.example/bridge"
    assert extractor.extract(a_page(url=url)).work.canonical_url == url


@pytest.mark.parametrize(
    ("payload", "detail"),
    [
        ("", "no HTML"),
        (" \n", "no HTML"),
        ("just words, no markup", "no HTML"),
        ('{"json": true}', "no HTML"),
        ("\x00\x01", "no HTML"),
        ("<html><body></body></html>", "no text found"),
        ("<html><body><script>let a = 1</script></body></html>", "no text found"),
    ],
)
def test_a_page_without_text_is_empty(extractor, payload, detail):
    extraction = extractor.extract(a_page(payload))
    assert extraction.outcome is TextOutcome.EMPTY
    assert detail in extraction.detail
    assert extraction.text == ""


def test_a_page_without_text_keeps_its_title(extractor):
    extraction = extractor.extract(a_page(HEAD + "</head><body></body></html>"))
    assert extraction.outcome is TextOutcome.EMPTY
    assert extraction.work.title == "The bridge is open"


CODINGS = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    ("identity", bytes),
]


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
def test_a_content_coding_does_not_change_the_extraction(extractor, coding, encode):
    coded = a_page(encode(ARTICLE.encode()), coding=coding)
    assert extractor.extract(coded) == extractor.extract(a_page())


@pytest.mark.parametrize(
    ("payload", "coding"),
    [
        (ARTICLE.encode(), "br"),
        (ARTICLE.encode(), "gzip"),
        (gzip.compress(bytes(80_000_000)), "gzip"),
        (gzip.compress(gzip.compress(bytes(80_000_000))), "gzip, gzip"),
    ],
)
def test_a_coding_that_can_not_be_undone_is_an_outcome(extractor, payload, coding):
    extraction = extractor.extract(a_page(payload, coding=coding))
    assert extraction.outcome is TextOutcome.UNDECODABLE
    assert extraction.detail


def test_a_coding_that_is_cut_short_gives_what_there_is(extractor):
    noise = random.Random(1).randbytes(40_000).hex()
    whole = gzip.compress(f"{ARTICLE}<!-- {noise} -->".encode())
    extraction = extractor.extract(a_page(whole[:-2000], coding="gzip"))
    assert extraction.outcome is TextOutcome.TEXT
    assert extraction.detail == "the content coding is cut short"
    assert PROSE[-1] in extraction.text


def test_drawings_and_styles_are_not_read(extractor):
    svg = "<svg><title>Monogram</title><text>CM</text></svg><style>a{b:c}</style>"
    drawn = ARTICLE.replace("<h1>", svg + "<h1>")
    assert extractor.extract(a_page(drawn)) == extractor.extract(a_page())


@pytest.mark.parametrize(
    "beginning",
    [
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3">',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN"\n "http://www.w3.org/x.dtd">',
        "\n <!doctype html />",
        "<!-- a comment --><!DOCTYPE html>",
        "",
    ],
)
def test_what_stands_before_the_root_does_not_matter(extractor, beginning):
    page = a_page(beginning + ARTICLE.removeprefix("<!DOCTYPE html>"))
    assert extractor.extract(page) == extractor.extract(a_page())


def test_a_root_that_closes_itself_is_opened(extractor):
    closed = ARTICLE.replace('lang="en_gb">', 'lang="en_gb"/>')
    assert extractor.extract(a_page(closed)) == extractor.extract(a_page())


def test_deep_nesting_is_survived(extractor):
    deep = HEAD + BODY.format("<div>" * 30_000 + PROSE[0])
    assert attempt(extractor, a_page(deep)).outcome in TextOutcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (MemoryError(), TextOutcome.MEMORY),
        (ValueError("x"), TextOutcome.FAILED),
        (SystemExit(1), TextOutcome.FAILED),
        (RecursionError(), TextOutcome.FAILED),
    ],
)
def test_what_an_extractor_raises_is_an_outcome(error, outcome):
    class Raising(ArticleExtractor):
        @override
        def extract(self, page):
            raise error

    assert attempt(Raising(), a_page()).outcome is outcome


# So short that trafilatura looks at it with every means it has.
SHORT = "<html><body><p>A sentence that stands alone.</p></body></html>"


def test_memory_that_runs_out_inside_trafilatura_is_not_swallowed(
    extractor, monkeypatch
):
    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr(trafilatura.external, "ReadabilityDocument", fail)
    assert attempt(extractor, a_page(SHORT)).outcome is TextOutcome.MEMORY


def test_what_trafilatura_swallows_is_told(extractor, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("by a page")

    monkeypatch.setattr(trafilatura.external, "ReadabilityDocument", fail)
    detail = extractor.extract(a_page(SHORT)).detail
    assert "readability_lxml failed: by a page" in detail


def test_options_have_one_digest_whatever_their_order():
    one = describe("x", "1", {"a": "ä", "b": "2"})
    assert one == describe("x", "1", {"b": "2", "a": "ä"})
    assert one.options_digest != describe("x", "1", {"a": "ä", "b": "3"}).options_digest
    # echo -n '{"a":"ä","b":"2"}' | sha256sum
    assert one.options_digest == (
        "sha256:01087cb5c36d779e4dd04301cc8e7fed834553b5284299212ac556fa3b1fb273"
    )


def test_the_extractor_tells_all_its_result_depends_on(extractor):
    info = extractor.info
    assert info.name == "dateline"
    told = dict(info.options)
    assert told["include_comments"] == told["deduplicate"] == "false"
    assert told["trafilatura"] == trafilatura.__version__
    assert {"hijridate", "justext", "lxml", "libxml2", "pycld2", "rules"} <= told.keys()


def test_an_extractor_that_is_not_there_is_unavailable():
    with pytest.raises(ExtractorUnavailable, match="ModuleNotFoundError"):
        load_extractor("no.such:build")
