from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import expansion, sitemaps
from crawler.finds import Found, NestedSitemap, Problem
from crawler.sitemaps import ENTRY_LIMIT, finds_in_sitemap, found_in_sitemap
from tests.support.packing import gzipped

URL = "https://a.example/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">'
)


def urlset(*entries: str) -> bytes:
    return f"{HEAD}{''.join(entries)}</urlset>".encode()


def entry(number: int) -> str:
    return f"<url><loc>https://a.example/{number}</loc></url>"


NEWS = """<url>
  <loc>https://a.example/1</loc><lastmod>2026-11-21</lastmod>
  <image:image><image:loc>https://a.example/i.png</image:loc>
    <image:title>A picture</image:title></image:image>
  <video:video><video:title>A film</video:title></video:video>
  <news:news><news:publication><news:name>A</news:name>
    <news:language>en</news:language></news:publication>
    <news:publication_date>2026-11-22T10:00:00+01:00</news:publication_date>
    <news:title>Harbour &amp;
      <![CDATA[trams & ferries]]></news:title></news:news></url>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://a.example/1.xml.gz</loc><lastmod>2026-11-22</lastmod></sitemap>
<sitemap><loc>/2.xml</loc></sitemap></sitemapindex>"""
RSS = "<rss><channel><item><title>T</title><link>/1</link></item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "finds"),
    [
        pytest.param(
            urlset(NEWS),
            [
                Found(
                    url="https://a.example/1",
                    title="Harbour & trams & ferries",
                    date="2026-11-22T10:00:00+01:00",
                    modified="2026-11-21",
                )
            ],
            id="news",
        ),
        pytest.param(
            urlset(
                "<url><loc> https://a.example/?a=1&amp;b=2\n</loc>"
                "<lastmod> 2026 </lastmod></url>"
            ),
            [Found(url="https://a.example/?a=1&b=2", date="2026", modified="2026")],
            id="lastmod",
        ),
        pytest.param(
            urlset("<url><loc>https://a.example/?a=1&b=2&copy=3</loc></url>"),
            [Found(url="https://a.example/?a=1&b=2&copy=3")],
            id="bare ampersands",
        ),
        pytest.param(
            b"<urlset><news:x/><url><loc>/1</loc></url></urlset>",
            [Found(url="https://a.example/1")],
            id="no namespaces, a relative address",
        ),
        pytest.param(
            INDEX.encode(),
            [
                NestedSitemap(url="https://a.example/1.xml.gz", lastmod="2026-11-22"),
                NestedSitemap(url="https://a.example/2.xml"),
            ],
            id="index",
        ),
        pytest.param(
            INDEX.encode("utf-16"),
            [
                NestedSitemap(url="https://a.example/1.xml.gz", lastmod="2026-11-22"),
                NestedSitemap(url="https://a.example/2.xml"),
            ],
            id="UTF-16",
        ),
        pytest.param(
            b"\xef\xbb\xbfhttps://a.example/1\r\n\r\nhttps://a.example/2",
            [Found(url="https://a.example/1"), Found(url="https://a.example/2")],
            id="text",
        ),
        pytest.param(
            RSS.encode(), [Found(url="https://a.example/1", title="T")], id="RSS"
        ),
        pytest.param(urlset(), [], id="empty, as news sitemaps may be"),
        pytest.param(
            gzipped(urlset(entry(1))),
            [Found(url="https://a.example/1")],
            id="gzip",
        ),
        pytest.param(
            gzipped(gzipped(urlset(entry(1)))),
            [Found(url="https://a.example/1")],
            id="gzip, twice",
        ),
        pytest.param(
            gzipped(urlset(entry(1))[:99])
            + gzipped(urlset(entry(1))[99:])
            + b"\0" * 10,
            [Found(url="https://a.example/1")],
            id="gzip, two members and padding",
        ),
    ],
)
def test_each_form_of_sitemap_is_read_whole_and_byte_by_byte(body, finds):
    harvest = found_in_sitemap(body, url=URL)
    assert [*harvest.found, *harvest.nested] == finds
    assert harvest.problem is None
    single = (body[at : at + 1] for at in range(len(body)))
    assert list(finds_in_sitemap(single, url=URL)) == finds


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "an empty answer"),
        (b" ", "an empty answer"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"<opml></opml>", "the root is opml"),
        (b"<", "the root is missing"),
        (b"<!DOCTYPE urlset [<!ENTITY a 'b'>", "has no end"),
        (b"hello there", "not an address: 'hello there'"),
        (gzipped(b""), "an empty answer"),
        (b"\x1f\x8b\x09nonsense", "broken gzip"),
    ],
)
def test_what_is_no_sitemap_is_told(body, said):
    harvest = found_in_sitemap(body, url=URL)
    assert harvest.found == ()
    assert said in (harvest.problem or "")


MANY = urlset(*(entry(number) for number in range(300)))


@pytest.mark.parametrize(
    ("body", "least", "said"),
    [
        pytest.param(MANY[:-2000], 250, "broken XML", id="cut short"),
        pytest.param(
            MANY.replace(b"/200</loc>", b"/200</lco>"), 199, "broken XML", id="end tag"
        ),
        pytest.param(MANY + b"<p>x</p>", 300, "broken XML", id="more behind it"),
        pytest.param(MANY.replace(b"/200<", b"/\xff<"), 299, None, id="bad octet"),
        pytest.param(
            MANY.replace(b"https://a.example/200", b""), 299, "entry 201", id="no loc"
        ),
        pytest.param(gzipped(MANY)[:-9], 250, "gzip file is cut", id="gzip cut"),
        pytest.param(
            gzipped(MANY)[:-8] + b"\0" * 8, 300, "broken gzip", id="gzip check"
        ),
        pytest.param(
            gzipped(MANY) + b"tail", 300, "broken gzip", id="gzip with a tail"
        ),
    ],
)
def test_a_broken_sitemap_gives_what_can_be_read_and_says_so(body, least, said):
    harvest = found_in_sitemap(body, url=URL)
    urls = [found.url for found in harvest.found]
    assert len(urls) >= least
    assert urls[:199] == [f"https://a.example/{number}" for number in range(199)]
    assert said is None or said in (harvest.problem or "")


def test_a_sitemap_cut_anywhere_gives_no_wrong_address():
    body = urlset(*(entry(number) for number in range(5)))
    whole = [f"https://a.example/{number}" for number in range(5)]
    for end in range(len(body)):
        harvest = found_in_sitemap(body[:end], url=URL)
        urls = [found.url for found in harvest.found]
        assert urls == whole[: len(urls)]
        assert harvest.problem is not None


def test_entities_are_never_expanded():
    laughs = "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)
    )
    body = (
        f"<!DOCTYPE x [<!ENTITY a 'ha'>{laughs}]>{HEAD}"
        "<url><loc>https://a.example/&m;</loc></url></urlset>"
    )
    harvest = found_in_sitemap(body.encode(), url=URL)
    assert [found.url for found in harvest.found] == ["https://a.example/&m;"]


def test_entries_beyond_the_limit_are_counted():
    lines = b"".join(b"https://a.example/%d\n" % n for n in range(ENTRY_LIMIT + 7))
    harvest = found_in_sitemap(lines, url=URL)
    assert len(harvest.found) == ENTRY_LIMIT
    assert harvest.problem == ("7 entries beyond the first 50000 were left out")


@pytest.mark.parametrize("is_gzip", [False, True])
def test_bytes_beyond_the_limit_are_not_read(monkeypatch, is_gzip):
    monkeypatch.setattr(sitemaps, "SIZE_LIMIT", len(MANY) // 2)
    harvest = found_in_sitemap(gzipped(MANY) if is_gzip else MANY, url=URL)
    assert 100 < len(harvest.found) < 200
    assert f"only the first {len(MANY) // 2} bytes were read" in (harvest.problem or "")


def test_memory_does_not_grow_with_the_sitemap():
    def chunks() -> Iterator[bytes]:
        yield HEAD.encode()
        for start in range(0, 40_000, 100):
            yield "".join(entry(n) for n in range(start, start + 100)).encode()
            yield b"<x><y>" + b"noise " * 1000 + b"</y></x>"
        yield b"</urlset>"

    tracemalloc.start()
    try:
        count = sum(1 for _ in finds_in_sitemap(chunks(), url=URL))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 40_000
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset><url><loc>" + b"x" * 3_000_000,
        b"<urlset " + b"x" * 3_000_000,
        b"<urlset><![CDATA[" + b">" * 3_000_000,
    ],
    ids=["a text", "a tag", "a section"],
)
def test_what_has_no_end_is_given_up(body):
    harvest = found_in_sitemap(body, url=URL)
    assert harvest.found == ()
    assert "no tag ends within" in (harvest.problem or "")


def test_a_gzip_bomb_is_bounded(monkeypatch):
    monkeypatch.setattr(sitemaps, "SIZE_LIMIT", 1_000_000)
    bomb = gzipped(b"<urlset>" + b"<url></url>" * 1_000_000)
    harvest = found_in_sitemap(bomb, url=URL)
    assert "only the first 1000000 bytes were read" in (harvest.problem or "")


def test_many_problems_are_told_shortly():
    harvest = found_in_sitemap(urlset(*["<url/>"] * 1000), url=URL)
    assert "; 980 more problems; entry 996 has" in (harvest.problem or "")


@given(st.binary(max_size=300), st.integers(1, 40))
def test_nothing_makes_it_raise(noise, size):
    for body in (noise, b"<urlset><url>" + noise, gzipped(noise)[:-3]):
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
        for find in finds_in_sitemap(chunks, url=URL):
            assert isinstance(find, Found | NestedSitemap | Problem)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (None, urlset("<url><loc>/ü</loc></url>").decode().encode("latin-1")),
        ("text/xml; charset=latin-1", urlset("<url><loc>/ü</loc></url>")),
    ],
)
def test_a_wrong_charset_gives_the_right_address_and_is_told(content_type, body):
    harvest = found_in_sitemap(body, url=URL, content_type=content_type)
    assert [found.url for found in harvest.found] == ["https://a.example/ü"]
    assert "the text is not" in (harvest.problem or "")


def test_an_index_that_names_itself_is_told_and_not_followed():
    body = INDEX.replace("/2.xml", URL).encode()
    harvest = found_in_sitemap(body, url=URL)
    assert [one.url for one in harvest.nested] == ["https://a.example/1.xml.gz"]
    assert harvest.problem == "entry 2 names its own index"


def test_what_is_nested_without_end_is_given_up_with_what_came_before():
    body = urlset(entry(1), "<url>" * 100_000)
    harvest = found_in_sitemap(body, url=URL)
    assert [found.url for found in harvest.found] == ["https://a.example/1"]
    assert "nested more than 64 deep" in (harvest.problem or "")


def test_a_file_of_many_gzip_members_is_read_as_far_as_the_limit(monkeypatch):
    monkeypatch.setattr(expansion, "MEMBER_LIMIT", 3)
    lines = [gzipped(b"https://a.example/%d\n" % n) for n in range(5)]
    harvest = found_in_sitemap(b"".join(lines), url=URL)
    assert len(harvest.found) == 3
    assert harvest.problem == "only the first 3 gzip members were read"


def test_behind_the_end_of_the_document_nothing_is_kept():
    def chunks() -> Iterator[bytes]:
        yield urlset(entry(1))
        for _ in range(300):
            yield b"<y/>" * 10_000

    tracemalloc.start()
    try:
        finds = list(finds_in_sitemap(chunks(), url=URL))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert finds[0] == Found(url="https://a.example/1")
    assert isinstance(finds[1], Problem)
    assert peak < 4 * 1024 * 1024
