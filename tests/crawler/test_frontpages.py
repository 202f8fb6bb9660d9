from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import frontpages, pagelinks
from crawler.finds import Found
from crawler.frontpages import found_in_front
from crawler.likeness import THRESHOLD, likeness_of_address, likeness_of_text

URL = "https://www.a.example/news/"
BRIDGE = "/2026/11/22/bridge"
HEADLINE = "Old bridge closed until spring"


def found(html: str, *, url: str = URL) -> list[Found]:
    return list(found_in_front(html.encode(), url=url).found)


def only(html: str) -> Found:
    finds = found(html)
    assert len(finds) == 1, finds
    return finds[0]


def link(href: str, text: str = HEADLINE, attributes: str = "") -> str:
    return f'<a href="{href}" {attributes}>{text}</a>'


@pytest.mark.parametrize(
    ("html", "title"),
    [
        (f"{link(BRIDGE, '<img src=i>')}<h2>{link(BRIDGE)}</h2>{link(BRIDGE, 'More')}",
         HEADLINE),
        (link(BRIDGE, '<img src=i alt="The bridge at night">'), "The bridge at night"),
        (link(BRIDGE, "<img src=i>", f'title="{HEADLINE}"'), HEADLINE),
        (link(BRIDGE, "More", f'aria-label="{HEADLINE}"'), HEADLINE),
        # The card as a whole is the link: its heading is what it is called.
        (link(BRIDGE, f"<p>Harbour</p><h3>{HEADLINE}</h3><p>Engineers found cracks in"
              " the pillars of the bridge in August.</p>"), HEADLINE),
        (link(BRIDGE, "Old <b>bri</b>dge\n closed  until spring"), HEADLINE),
        (link(BRIDGE, f"<style>a{{}}</style>{HEADLINE}<script>x()</script>"), HEADLINE),
        (link(BRIDGE, "<div>Old bridge</div><div>closed until spring</div>"), HEADLINE),
        (link(BRIDGE, "Br&uuml;cke &amp; Fluss bleiben gesperrt"),
         "Brücke & Fluss bleiben gesperrt"),
    ],
)  # fmt: skip
def test_all_links_to_an_address_are_one_and_the_best_text_is_its_title(html, title):
    assert only(html) == Found(url=f"https://www.a.example{BRIDGE}", title=title)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/2026/11/22/bridge", "https://www.a.example/2026/11/22/bridge"),
        ("2026/11/22/bridge", "https://www.a.example/news/2026/11/22/bridge"),
        ("../2026/11/22/bridge", "https://www.a.example/2026/11/22/bridge"),
        ("//b.a.example/2026/11/22/bridge", "https://b.a.example/2026/11/22/bridge"),
        (" /2026/11/22/bri\ndge ", "https://www.a.example/2026/11/22/bridge"),
        ("/2026/11/22/bridge#top", "https://www.a.example/2026/11/22/bridge"),
        ("/2026/11/22/br%C3%BCcke?a=1&amp;b=2",
         "https://www.a.example/2026/11/22/br%C3%BCcke?a=1&b=2"),
        ("/2026/11/22/brücke", "https://www.a.example/2026/11/22/brücke"),
        ("HTTPS://WWW.A.EXAMPLE/2026/11/22/Bridge",
         "HTTPS://WWW.A.EXAMPLE/2026/11/22/Bridge"),
        ("https://www.a.example:8443/2026/11/22/bridge",
         "https://www.a.example:8443/2026/11/22/bridge"),
    ],
)  # fmt: skip
def test_an_address_is_given_absolute_and_else_as_the_page_wrote_it(href, url):
    assert only(link(href)).url == url


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://www.a.example/x/", "https://www.a.example/x/2026/11/22/bridge"),
        ("/y/", "https://www.a.example/y/2026/11/22/bridge"),
        ("http://[::1", "https://www.a.example/news/2026/11/22/bridge"),
        ("javascript:x", "https://www.a.example/news/2026/11/22/bridge"),
    ],
)
def test_the_base_of_a_page_counts_if_it_is_one(base, url):
    assert only(f'<base href="{base}">{link("2026/11/22/bridge")}').url == url


@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("https://b.example/2026/11/22/bridge", "on another site"),
        ("https://a.co.uk/2026/11/22/bridge", "on another site"),
        ("/2026/11/22/bridge.jpg", "a file"),
        ("/2026/11/22/bridge.pdf?download=1", "a file"),
        ("/2026/11/22/" + "bridge" * 500, "too long"),
        ("/", "unlike an article"),
        ("/sport/", "unlike an article"),
        ("/tag/bridges-of-the-harbour-and-their-history/", "unlike an article"),
        ("/author/ruth-adeyemi-and-jana-petersen", "unlike an article"),
        ("/news/page/2/", "unlike an article"),
        ("/news/?page=2", "unlike an article"),
        ("/login?next=/2026/11/22/bridge", "unlike an article"),
        ("/2026/11/22/", "unlike an article"),
        ("/privacy-policy-and-cookies", "unlike an article"),
        ("https://shop.a.example/bridge-mug-12345", "unlike an article"),
    ],
)
def test_what_is_left_out_is_counted_and_no_problem(href, reason):
    harvest = found_in_front(link(href).encode(), url=URL)
    assert harvest.found == ()
    assert harvest.problem is None
    assert harvest.left_out == ((reason, 1),)


@pytest.mark.parametrize(
    "href", ["#top", "", "javascript:x()", "mailto:a@a.example", "tel:1", URL, "./",
             "http://[::1", "ftp://a.example/x"]
)  # fmt: skip
def test_what_leads_nowhere_or_back_is_passed_over(href):
    harvest = found_in_front(link(href).encode(), url=URL)
    assert harvest.found == ()
    assert harvest.left_out == ()


@pytest.mark.parametrize(
    ("host", "other", "is_same"),
    [
        ("www.a.co.uk", "news.a.co.uk", True),
        ("www.a.co.uk", "www.b.co.uk", False),
        ("a.blogspot.com", "b.blogspot.com", False),
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("127.0.0.1", "127.0.1.1", False),
        ("localhost", "localhost", True),
    ],
)
def test_the_site_is_the_registrable_domain(host, other, is_same):
    finds = found(link(f"http://{other}{BRIDGE}"), url=f"http://{host}/")
    assert bool(finds) is is_same


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ("<div>{link}<time datetime=' 2026-11-22 '>today</time></div>", "2026-11-22"),
        ("<article><header><h2>{link}</h2></header><p><time datetime=d></p></article>",
         "d"),
        (link(BRIDGE, f"<h3>{HEADLINE}</h3><time datetime=d>x</time>"), "d"),
        ("<div>{link}<time>today</time></div>", None),
        # Of a list with one time it is not said whose it is.
        ("<div><p>{link}</p><p>" + link("/2026/11/21/kiln") + "</p>"
         "<time datetime=d></time></div>", None),
    ],
)  # fmt: skip
def test_a_time_beside_a_link_alone_is_its_date(html, date):
    finds = found(html.replace("{link}", link(BRIDGE)))
    assert finds[0].date == date


ARTICLES = [
    ("/2026/11/22/bridge", HEADLINE),
    ("/news/2026/nov/22/bridge", HEADLINE),
    ("/20261122/bridge-1731602766.html", HEADLINE),
    ("/news/551203", "Старый мост закрывают на ремонт до весны"),
    ("/articles/88120/", "港の古い橋の架け替え工事が始まる"),
    ("/a/2026/1122/c1001-40281733.html", "老港大桥开工建设 工期预计三年"),
    ("/gundem/kopru-bahara-kadar-kapandi-4212345", "Köprü bahara kadar kapandı"),
    ("/?p=4711", HEADLINE),
    ("/read.php?id=77120", "ปิดสะพานท่าเรือเก่าเพื่อซ่อมแซมจนถึงฤดูใบไม้ผลิ"),
    (f"/news/{quote('بدء-العمل-في-جسر-الميناء')}", "بدء العمل في جسر الميناء القديم"),
    ("/stadt/bruecke-bis-zum-fruehjahr-gesperrt-a-1284997.html",
     "Brücke bis zum Frühjahr gesperrt"),
    ("/story/2000107863698/bruecke", "Hafenbrücke bis Frühjahr gesperrt"),
    ("/news/d41586-019-02461-3", HEADLINE),
    ("/old-bridge-closed-until-spring/", HEADLINE),
    ("/plus/bridge-a-00000000-0002-0001-0000-000165695586", HEADLINE),
]  # fmt: skip
OTHERS = [
    ("/", "The Harbour Gazette"),
    ("/sport", "Sport"),
    ("/sport/football", "Football"),
    ("/world/middle-east", "Middle East"),
    ("/kategori/saglik", "Sağlık"),
    ("/thema/hafenbruecke/", "Alles zur Sperrung der Hafenbrücke"),
    ("/news/page/12/", "Older stories from all over the town"),
    ("/2026/11/", "All that happened in November"),
    ("/about-us", "All about us and our long history"),
    ("/terms-of-use.html", "The terms under which we work"),
    ("/search?q=bridge", "Everything we know about bridges"),
    ("/?cat=3", "All news from around the harbour"),
]


@pytest.mark.parametrize(
    ("path", "text", "is_article"),
    [(*one, True) for one in ARTICLES] + [(*one, False) for one in OTHERS],
)
def test_address_and_text_alone_tell_articles_in_any_language(path, text, is_article):
    weight = likeness_of_address("www.a.example", path) + likeness_of_text(text)
    assert (weight >= THRESHOLD) is is_article


@pytest.mark.parametrize(
    "wrap",
    [
        "<nav>{}</nav>",
        "<footer><ul><li>{}</ul></footer>",
        "<div class='main-menu'><ul><li>{}</ul></div>",
        "<div id='pageFooter'>{}</div>",
        "<div class='ad'>{}</div>",
        "<div role='navigation'>{}</div>",
    ],
)
def test_a_doubtful_link_is_taken_in_a_heading_and_not_in_a_menu(wrap):
    doubtful = link("/harbour/new-bridge", "The new harbour bridge")
    assert found(f"<main><article><h2>{doubtful}</h2></article></main>")
    assert not found(wrap.format(doubtful))


def test_a_link_is_believed_to_be_what_the_others_of_its_shape_are():
    doubtful = link("/news/4711", "Fares go up")
    others = "".join(
        f"<h2>{link(f'/news/{n}', 'A headline of some five words')}</h2>"
        for n in range(4712, 4720)
    )
    assert not found(doubtful)
    assert "https://www.a.example/news/4711" in [
        f.url for f in found(others + doubtful)
    ]


def test_a_link_that_says_what_it_is_is_believed():
    for rel in ("tag", "author", "nofollow sponsored"):
        assert not found(link("/old-bridge-closed", HEADLINE, f'rel="{rel}"'))
    assert found(link("/old-bridge-closed-again", HEADLINE, 'rel="bookmark"'))


@pytest.mark.parametrize(
    ("body", "content_type", "is_told"),
    [
        (b"<meta charset=shift_jis>{}", None, False),
        (b"{}", "text/html; charset=Shift_JIS", False),
        (b"<meta charset=utf-8>{}", "text/html; charset=Shift_JIS", False),
        (b"<meta charset=utf-8>{}", None, True),
    ],
)
def test_the_charset_is_that_of_http_then_of_the_page(body, content_type, is_told):
    page = body.replace(
        b"{}", link(BRIDGE, "港の古い橋の工事が始まる").encode("shift_jis")
    )
    harvest = found_in_front(page, url=URL, content_type=content_type)
    titles = [one.title for one in harvest.found]
    assert (titles == ["港の古い橋の工事が始まる"]) is not is_told
    assert (harvest.problem is not None) is is_told


def test_utf_8_that_is_said_to_be_latin_1_is_read_as_utf_8_and_told():
    page = link(BRIDGE, "Brücke bis zum Frühjahr gesperrt").encode()
    harvest = found_in_front(page, url=URL, content_type="text/html; charset=latin1")
    assert harvest.found[0].title == "Brücke bis zum Frühjahr gesperrt"
    assert harvest.problem == "the text is not cp1252: read as utf-8"


@pytest.mark.parametrize("body", [b"", b"  \n", b"<!-- x -->", b"\0\0"])
def test_an_empty_page_is_a_problem(body):
    harvest = found_in_front(body, url=URL)
    assert harvest.found == ()
    assert body.startswith(b"\0") or "no page" in (harvest.problem or "")


@pytest.mark.parametrize(
    ("name", "limit", "said"),
    [
        ("SIZE_LIMIT", 1000, "bytes of the page were not read"),
        ("MARK_LIMIT", 30, "more than 30 tags, attributes or references"),
    ],
)
def test_of_a_page_that_is_too_long_the_beginning_is_read(
    monkeypatch, name, limit, said
):
    monkeypatch.setattr(frontpages, name, limit)
    page = "".join(link(f"/2026/11/22/{n}") for n in range(100))
    harvest = found_in_front(page.encode(), url=URL)
    assert 5 < len(harvest.found) < 40
    assert said in (harvest.problem or "")


def test_links_beyond_the_limit_are_counted(monkeypatch):
    monkeypatch.setattr(pagelinks, "LINK_LIMIT", 3)
    page = "".join(link(f"/2026/11/22/{n}") for n in range(5))
    harvest = found_in_front(page.encode(), url=URL)
    assert len(harvest.found) == 3
    assert "2 links beyond" in (harvest.problem or "")


def test_a_page_cut_anywhere_gives_no_more_than_the_whole_one():
    page = f"<h2>{link(BRIDGE)}</h2><p>{link('/2026/11/21/kiln')}</p>".encode()
    whole = {one.url for one in found_in_front(page, url=URL).found}
    assert len(whole) == 2
    for end in range(len(page)):
        urls = {one.url for one in found_in_front(page[:end], url=URL).found}
        # Only an address without its closing quote may be cut.
        assert all(any(url in one for one in whole) for url in urls)


def test_unclosed_tags_of_real_pages_do_not_end_the_reading():
    page = "<font><b>" * 500 + link(BRIDGE)
    assert found(page)


def test_what_is_nested_too_deep_is_a_problem():
    page = "<div>" * 5000 + link(BRIDGE)
    harvest = found_in_front(page.encode(), url=URL)
    assert "Excessive depth" in (harvest.problem or "")


@given(st.binary(max_size=300), st.booleans())
def test_nothing_makes_it_raise(noise, is_inside):
    body = b"<a href='" + noise + b"'>" + noise if is_inside else noise
    found_in_front(body, url=URL)


@given(st.text(max_size=60))
def test_no_address_makes_it_raise(reference):
    page = link(reference.replace('"', "&quot;"))
    for one in found(page):
        assert one.url.lower().startswith(("http://", "https://"))
        assert "#" not in one.url
