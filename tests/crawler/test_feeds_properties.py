from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler import feeds
from crawler.feeds import found_in_feed
from crawler.feedxml import entries_in_xml
from crawler.finds import Found

URL = "https://a.example/feeds/all.xml"

_words = st.text(
    alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")),
    min_size=1,
    max_size=20,
)
# No ";": feedparser takes "&0;" for a reference even behind "&amp;".
_paths = st.text(alphabet="abcxyz0189/-._~?=&%+,:@", min_size=1, max_size=20)


@given(st.lists(st.tuples(_words, _paths), min_size=1, max_size=5))
def test_feedparser_reads_sound_feeds_alike(entries):
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    body = (
        '<rss version="2.0"><channel>'
        + "".join(
            f"<item><title>{escaped(escaped(title))}</title>"
            f"<link>https://a.example/{escaped(path)}</link>"
            f"<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>"
            for title, path in entries
        )
        + "</channel></rss>"
    ).encode()
    lean = entries_in_xml(body.decode(), URL)[0]
    assert [(f.url, f.date) for f in lean if isinstance(f, Found)] == [
        (f.url, f.date)
        for f in feeds._with_feedparser(body.decode(), URL)
        if isinstance(f, Found)
    ]
    assert [f.title for f in lean if isinstance(f, Found)] == [
        " ".join(title.split()) or None for title, _ in entries
    ]


@given(st.binary(max_size=300), st.booleans())
def test_nothing_makes_it_raise(noise, is_inside):
    body = b"<rss><item>" + noise + b"</item></rss>" if is_inside else noise
    found_in_feed(body, url=URL)
