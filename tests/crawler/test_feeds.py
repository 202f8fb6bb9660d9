from __future__ import annotations

import json

import pytest

from crawler.feeds import found_in_feed
from crawler.finds import Found

URL = "https://a.example/feeds/all.xml"


def rss(*items: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<rss version="2.0">'
        f"<channel><title>A</title><link>/</link>{''.join(items)}</channel></rss>"
    ).encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>A</title>'
        f'<link href="/"/>{"".join(entries)}</feed>'
    ).encode()


def only(body: bytes, content_type: str | None = None) -> Found:
    harvest = found_in_feed(body, url=URL, content_type=content_type)
    assert len(harvest.found) == 1, harvest
    return harvest.found[0]


_IANA = "http://www.iana.org/assignments/relation/"
LINK = "<link>https://a.example/1</link>"
RSS_090 = b"""\
<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>A</title><link>https://a.example/</link></channel>
<item><title>One</title><link>https://a.example/1</link></item>
</rdf:RDF>"""
RSS_091 = b"""\
<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>A</title>
<item><title>One</title><link>https://a.example/1</link></item>
</channel></rss>"""
RSS_10 = b"""\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.example/"><title>A</title><items><rdf:Seq>
<rdf:li rdf:resource="https://a.example/1"/></rdf:Seq></items></channel>
<item rdf:about="https://a.example/1"><title>One</title>
<link>https://a.example/1</link><dc:date>2026-11-22</dc:date></item>
</rdf:RDF>"""
ATOM_03 = b"""\
<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>One</title>
<link rel="alternate" type="text/html" href="https://a.example/1"/>
<issued>2026-11-22T10:00:00Z</issued></entry></feed>"""


@pytest.mark.parametrize(
    ("body", "date", "modified"),
    [
        pytest.param(RSS_090, None, None, id="RSS 0.90"),
        pytest.param(RSS_091, None, None, id="RSS 0.91"),
        pytest.param(RSS_10, "2026-11-22", None, id="RSS 1.0"),
        pytest.param(
            rss(f"<item><title>One</title>{LINK}<pubDate> soon </pubDate></item>"),
            "soon",
            None,
            id="RSS 2.0",
        ),
        pytest.param(ATOM_03, "2026-11-22T10:00:00Z", None, id="Atom 0.3"),
        pytest.param(
            atom(
                '<entry><title>One</title><link href="https://a.example/1"/>'
                "<updated>u</updated><published>p</published></entry>"
            ),
            "p",
            "u",
            id="Atom 1.0",
        ),
        pytest.param(
            atom(
                '<entry><title>One</title><link href="https://a.example/1"/>'
                "<updated>u</updated></entry>"
            ),
            "u",
            "u",
            id="Atom 1.0, a change alone",
        ),
        pytest.param(
            atom(
                '<entry><title>One</title><link href="https://a.example/1"/>'
                "<updated>p</updated><published>p</published></entry>"
            ),
            "p",
            None,
            id="Atom 1.0, never changed",
        ),
        pytest.param(
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "items": [
                        {
                            "id": "1",
                            "url": "https://a.example/1",
                            "title": "One",
                            "date_published": "d",
                            "date_modified": "m",
                        }
                    ],
                }
            ).encode(),
            "d",
            "m",
            id="JSON Feed",
        ),
    ],
)
def test_each_form_of_feed_gives_address_title_and_dates(body, date, modified):
    harvest = found_in_feed(body, url=URL)
    assert harvest.found == (
        Found(url="https://a.example/1", title="One", date=date, modified=modified),
    )
    assert harvest.problem is None


@pytest.mark.parametrize(
    ("item", "url"),
    [
        (LINK, "https://a.example/1"),
        ("<link>\n  https://a.example/1\n</link>", "https://a.example/1"),
        ("<link><![CDATA[https://a.example/?a=1&b=2]]></link>", "?a=1&b=2"),
        ("<link>https://a.example/?a=1&amp;b=2</link>", "?a=1&b=2"),
        ("<link>https://a.example/?a=1&b=2</link>", "?a=1&b=2"),  # no XML at all
        ("<link>https://a.example/?a=1&copy=2</link>", "?a=1&copy=2"),
        ("<link>/1</link>", "https://a.example/1"),
        ("<link>2</link>", "https://a.example/feeds/2"),
        ("<link>//b.example/1</link>", "https://b.example/1"),
        ("<link>https://a.example/a/../b?</link>", "https://a.example/a/../b?"),
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ('<guid isPermaLink="true">https://a.example/1</guid>', "https://a.example/1"),
        (
            '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="/s"/>'
            + LINK,
            "https://a.example/1",
        ),
        (
            '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="/1"/>',
            "https://a.example/1",
        ),
        ("<link/><guid>https://a.example/1</guid>", "https://a.example/1"),
        ('<link xml:base="https://b.example/x/">1</link>', "https://b.example/x/1"),
        (  # what a service that counts clicks has put another address before
            '<link>https://b.example/x</link><o:origLink xmlns:o="o">{}</o:origLink>',
            "https://a.example/1",
        ),
        (f'{LINK}<o:origLink xmlns:o="o">1</o:origLink>', "https://a.example/1"),
    ],
)
def test_an_item_gives_its_address_absolute_and_else_as_written(item, url):
    expected = url if url.startswith("http") else f"https://a.example/{url}"
    item = item.replace("{}", "https://a.example/1")
    assert only(rss(f"<item><title>t</title>{item}</item>")).url == expected


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ('<link rel="self" href="/s"/><link rel="alternate" href="/1"/>', "/1"),
        ('<link rel="enclosure" href="/e.mp3"/><link href="/1"/>', "/1"),
        ('<link type="application/json" href="/j"/><link href="/1"/>', "/1"),
        ('<link type="application/pdf" href="/1"/>', "/1"),
        ('<content type="text/html" src="/1"/>', "/1"),
        ("<id>https://a.example/1</id>", "/1"),
        ("<link>https://a.example/1</link>", "/1"),
        (f'<link rel="{_IANA}alternate" href="/1"/>', "/1"),
        (f'<link rel="{_IANA}self" href="/s"/><link href="/1"/>', "/1"),
        ('<link href="../1"/>', "/x/1"),
        ('<link xml:base="z/" href="1"/>', "/x/y/z/1"),
    ],
)
def test_an_entry_gives_its_alternate_link_resolved_by_xml_base(entry, url):
    body = atom(f"<entry>{entry}</entry>", attributes='xml:base="/x/y/"')
    assert only(body).url == f"https://a.example{url}"


@pytest.mark.parametrize(
    "item",
    [
        "<item><title>t</title></item>",
        '<item><title>t</title><guid isPermaLink="false">https://a.example/1</guid></item>',
        "<item><title>t</title><guid>tag:1</guid></item>",
        "<item><title>t</title><link>http://[::1/</link></item>",
    ],
)
def test_an_item_without_an_address_is_told_and_the_others_are_given(item):
    harvest = found_in_feed(rss(item, f"<item>{LINK}</item>"), url=URL)
    assert [found.url for found in harvest.found] == ["https://a.example/1"]
    assert harvest.problem is not None
    assert "entry 1" in harvest.problem


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Plain", "Plain"),
        ("  two\n words ", "two words"),
        ("AT&amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("caf&eacute; &nbsp; au lait &mdash; 1", "café au lait — 1"),
        ("it&#8217;s", "it\u2019s"),
        ("it&amp;#8217;s", "it\u2019s"),
        ("it&amp;rsquo;s", "it\u2019s"),
        ("<![CDATA[it&rsquo;s <em>so</em>]]>", "it\u2019s so"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("5 &lt; 6", "5 < 6"),
        ("if a&lt;b and c&gt;d", "if a<b and c>d"),
        ("&unknown; &lt;", "&unknown; <"),
        ("control \x02 character", "control character"),
        ("", None),
    ],
)
def test_a_title_is_given_as_plain_text(title, plain):
    assert only(rss(f"<item><title>{title}</title>{LINK}</item>")).title == plain


XHTML_TITLE = (
    '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></div>'
    "</title>"
)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("<title>a &amp;lt; b</title>", "a &lt; b"),  # type="text" is no HTML
        ('<title type="html">&lt;i&gt;a&lt;/i&gt; &amp;amp; b</title>', "a & b"),
        (
            XHTML_TITLE,
            "a b",
        ),
    ],
)
def test_an_atom_title_is_read_by_its_type(title, plain):
    assert only(atom(f'<entry>{title}<link href="/1"/></entry>')).title == plain


def test_the_title_of_a_picture_is_not_that_of_the_item():
    item = (
        '<item xmlns:media="http://search.yahoo.com/mrss/"><media:title>P</media:title>'
        f"<title>T</title>{LINK}</item>"
    )
    assert only(rss(item)).title == "T"


_UMLAUT = "<rss><channel><item><title>Küste</title>" + LINK + "</item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "content_type", "is_told"),
    [
        (_UMLAUT.encode(), None, False),
        (b"\xef\xbb\xbf" + _UMLAUT.encode(), "text/xml; charset=latin-1", False),
        (_UMLAUT.encode("latin-1"), 'text/xml; charset="ISO-8859-1"', False),
        (_UMLAUT.encode("utf-16"), "application/xml", False),
        (
            b'<?xml version="1.0" encoding="iso-8859-1"?>' + _UMLAUT.encode("latin-1"),
            "text/xml",
            False,
        ),
        (  # HTTP overrules the declaration (RFC 7303, 3.2)
            b'<?xml version="1.0" encoding="iso-8859-1"?>' + _UMLAUT.encode(),
            "text/xml; charset=utf-8",
            False,
        ),
        (_UMLAUT.encode("latin-1"), "text/xml; charset=utf-8", True),
        # Nothing in UTF-8 is wrong in windows-1252, but it makes no sense.
        (_UMLAUT.encode(), "text/xml; charset=iso-8859-1", True),
        (
            b'<?xml version="1.0" encoding="utf-16"?>' + _UMLAUT.encode(),
            None,
            False,
        ),
        (_UMLAUT.encode(), "text/xml; charset=x-none", False),
    ],
)
def test_the_charset_is_found_and_a_wrong_one_told(body, content_type, is_told):
    harvest = found_in_feed(body, url=URL, content_type=content_type)
    assert [found.title for found in harvest.found] == ["Küste"]
    assert (harvest.problem is not None) is is_told
