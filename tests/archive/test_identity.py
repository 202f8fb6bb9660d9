"""Identities: which addresses are one article, and which are not."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.identity import identity
from archive.tracking import TRACKING, is_tracking

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus/index.jsonl"

HEX = "1234567890abcdef1234567890abcdef"

# An identity, and addresses of the article it stands for.
SAME = {
    # scheme, host, port
    "com,example)/": [
        "http://example.com",
        "HTTPS://WWW.Example.COM:443/",
        "http://www2.example.com.:80//",
        "https://reader:secret@example.com/?#top",
        "https://m.example.com/index.html",
        "https://www.m.example.com/?utm_source=rss",
    ],
    "com,example:8443)/a": [
        "https://example.com:8443/a",
        "https://www.example.com:08443/a",
    ],
    "com,example:443)/a": ["http://example.com:443/a"],
    "example,xn--mnchen-3ya)/a": [
        "https://münchen.example/a",
        "https://MÜNCHEN.example/a",
        "https://m%C3%BCnchen.example/a",
        "https://xn--mnchen-3ya.example/a",
    ],
    "example,xn--strae-oqa)/": [
        "https://straße.example/"
    ],  # not "strasse.exampleexample,xn--n3h)/": ["https://☃.example/"],
    "1,2,0,192)/a": ["http://192.0.2.1/a"],
    "[2001:db8::1])/a": ["http://[2001:DB8:0::1]/a", "https://[2001:db8::1]:443/a"],
    # path
    "com,example)/a/c": [
        "https://example.com/a/c/",
        "https://example.com/a/./b/../c",
        "https://example.com//a///c",
        "https://example.com/../a/c",
    ],
    "com,example)/%C3%A9t%C3%A9~(2)": [
        "https://example.com/été~(2)",
        "https://example.com/%c3%a9t%C3%a9%7e%282%29/",
    ],
    "com,example)/a%20b%7Cc": [
        "https://example.com/a b|c",
        "https://example.com/a%20b%7cc",
        " https://example.com/a b|c \n",
        "https://example.com/a\t b|c",
    ],
    "com,example)/100%25": ["https://example.com/100%", "https://example.com/100%25"],
    "com,example)/a%2Fb": ["https://example.com/a%2fb"],
    "com,example)/news": [
        "https://example.com/news/index.php",
        "https://example.com/news/Index.shtml",
        "https://example.com/news/Default.aspx?utm_id=1",
    ],
    # WordPress
    "com,example)/2024/03/14/the-slug": [
        "https://example.com/2024/03/14/the-slug/",
        "http://www.example.com/2024/03/14/the-slug/amp/",
        "https://example.com/2024/03/14/the-slug/?amp",
        "https://example.com/2024/03/14/the-slug/?amp=1",
        "https://example.com/2024/03/14/the-slug/print/",
        "https://example.com/2024/03/14/the-slug/?print=1",
        "https://example.com/2024/03/14/the-slug/?share=twitter",
        "https://example.com/2024/03/14/the-slug/?replytocom=77#respond",
        "https://example.com/2024/03/14/the-slug/?like_comment=7&_wpnonce=0aff",
        "https://example.com/2024/03/14/the-slug/?utm_medium=rss&utm_source=a",
        "https://example.com/2024/03/14/the-slug/#more-123",
        "https://example.com/2024/03/14/the-slug/?utm_source=feedburner&amp;utm_medium=f",
        "https://example.com/2024/03/14/the-slug/?ref=aggregator.example",
    ],
    "com,example)/?p=123": [
        "https://example.com/?p=123",
        "https://example.com/index.php?p=123",
        "https://example.com/?utm_source=rss&p=123",
        "https://example.com/?p=123&p=123",
        "https://example.com/?amp=1&p=123",
    ],
    # a tv: numbers behind sections, AMP in the middle or as a suffix
    "uk,co,tv)/news/uk-68123456": [
        "https://www.tv.co.uk/news/uk-68123456",
        "https://tv.co.uk/news/uk-68123456.amp",
        "https://www.tv.co.uk/news/amp/uk-68123456",
        "https://m.tv.co.uk/news/uk-68123456?ocid=socialflow_twitter",
        "https://www.tv.co.uk/news/uk-68123456?at_medium=RSS&at_campaign=KARANGA",
        "https://www.tv.co.uk/news/uk-68123456?ns_mchannel=social&ns_source=twitter&ns_campaign=x&ns_linkname=news",
        "https://www.tv.co.uk/news/uk-68123456?xtor=AL-72-%5Bp%5D",
    ],
    # dailies
    "com,daily)/world/2024/may/3/so-it-goes": [
        "https://www.daily.com/world/2024/may/3/so-it-goes",
        "https://amp.daily.com/world/2024/may/3/so-it-goes",
        "https://www.daily.com/world/2024/may/3/so-it-goes?CMP=share_btn_tw",
        "https://www.daily.com/world/2024/may/3/so-it-goes?INTCMP=x&CMP=y",
        "https://amp-daily-com.cdn.ampproject.org/v/s/amp.daily.com/world/2024/may/3/so-it-goes?amp_js_v=a6&amp_gsa=1&usqp=mq331AQIKAGwASA%3D",
        "https://www.google.com/amp/s/amp.daily.com/world/2024/may/3/so-it-goes%3fCMP=x%26amp=1",
        "https://www.google.co.uk/amp/s/amp.daily.com/world/2024/may/3/so-it-goes",
    ],
    "com,times)/2024/05/03/us/court.html": [
        "https://www.times.com/2024/05/03/us/court.html",
        "https://www.times.com/2024/05/03/us/court.amp.html",
        "https://mobile.times.com/2024/05/03/us/court.html",
        "https://www.times.com/2024/05/03/us/court.html?smid=tw-share",
        "https://www.times.com/2024/05/03/us/court.html?_r=0&pagewanted=all&partner=rss&emc=rss",
        "https://www.times.com/2024/05/03/us/court.html?unlocked_article_code=1.pU0.aB",
        "https://www.times.com/2024/05/03/us/court.html?__twitter_impression=true&ref=home_page",
    ],
    "com,wire)/article/court-151f82b59473d29a448ef1cea9": [
        "https://wire.com/article/court-151f82b59473d29a448ef1cea9",
        "https://wire.com/article/court-151f82b59473d29a448ef1cea9?utm_source=copy&utm_medium=share",
    ],
    "com,finance)/articles/is-it-a-crime-11574121884": [
        "https://www.finance.com/articles/is-it-a-crime-11574121884?mod=hp_lead_pos1",
        "https://www.finance.com/amp/articles/is-it-a-crime-11574121884",
        "https://www.finance.com/articles/is-it-a-crime-11574121884?mod=djemalertNEWS",
    ],
    "de,magazin)/politik/der-fall-a-0815-4711.html": [
        "https://www.magazin.de/politik/der-fall-a-0815-4711.html#ref=rss",
        "https://www.magazin.de/politik/der-fall-a-0815-4711.html?wt_mc=rss.red.ho",
        "https://www.magazin.de/politik/der-fall-a-0815-4711.html?sara_ref=re-so-tw-sh",
        "https://www.magazin.de/politik/der-fall-a-0815-4711.print.html",
        "https://mobil.magazin.de/politik/der-fall-a-0815-4711.html?outputType=amp",
        "https://www.magazin.de/politik/der-fall-a-0815-4711.html?view=print",
    ],
    "fr,journal)/art/2023/08/30/titre_6187099_8.html": [
        "https://www.journal.fr/art/2023/08/30/titre_6187099_8.html?xtor=RSS-3208",
        "https://www.journal.fr/art/2023/08/30/titre_6187099_8.html?lmd_medium=email&lmd_campaign=x",
        "https://www.journal.fr/amp/art/2023/08/30/titre_6187099_8.html",
    ],
    "at,zeitung)/story/3000000218734/der-titel": [
        "https://www.zeitung.at/story/3000000218734/der-titel?ref=rss",
        "https://www.zeitung.at/jetzt/../story/3000000218734/der-titel",
    ],
    "com,dw-like)/de/titel/a-65464327": [
        "https://www.dw-like.com/de/titel/a-65464327?maca=de-rss-de-all-1119-xml-mrss",
        "https://amp.dw-like.com/de/titel/a-65464327",
    ],
    "ca,public)/news/world/gaza-1.7287711": [
        "https://www.public.ca/news/world/gaza-1.7287711?cmp=rss",
        "https://www.public.ca/amp/news/world/gaza-1.7287711",
    ],
    "cn,portal)/sa/2005-08-26/detail-ikknscsi2623250.d.html": [
        "https://portal.cn/sa/2005-08-26/detail-ikknscsi2623250.d.html?from=wap",
        "https://wap.portal.cn/sa/2005-08-26/detail-ikknscsi2623250.d.html",
    ],
    # other systems
    "org,example)/article.php?id=5": [
        "https://example.org/article.php?id=5",
        "https://example.org/article.php?id=5&",
        f"https://example.org/article.php?PHPSESSID={HEX}&id=5",
        f"https://example.org/article.php?id=5&sid={HEX}",
        f"https://example.org/article.php;jsessionid={HEX}.node1?id=5",
        "https://example.org/article.php?id=5&WT.mc_id=tmgliveapp&fbclid=IwAR0",
        "https://example.org/article.php?id=5&utm%5Fsource=x",
        "https://example.org/article.php?&amp;id=5&amp;amp;utm_medium=x",
        "https://example.org/article.php?id=5&printable=true&mobile=1",
        "https://example.org/article.php?mc_cid=1&mc_eid=2&gclid=3&id=5",
    ],
    "org,example)/a.aspx?b=1&c=2": [
        "https://example.org/(S(4hqa0555fwsecu455xqckv45))/a.aspx?c=2&b=1",
        "https://example.org/a.aspx?b=1&c=2&ASPSESSIONIDABCDEFGH=KJHGFDSAQWERTYUIOPLKJHGF",
    ],
    "org,example)/story?tags%5B%5D=a&tags%5B%5D=b": [
        "https://example.org/story?tags[]=b&tags[]=a",
        "https://example.org/story?tags%5b%5d=a&tags%5b%5d=b",
    ],
    "com,blog,name)/2024/05/my-post.html": [
        "https://name.blog.com/2024/05/my-post.html?m=1",
        "https://name.blog.com/2024/05/my-post.html?m=0&spref=tw",
    ],
    # "#!" was once how a page without a reload was told
    "com,example)/#!/story/5": ["https://example.com/#!/story/5"],
}

# Of each line, no two addresses are one article.
DIFFERENT = [
    # content in the query
    ("https://a.com/?p=1", "https://a.com/?p=2", "https://a.com/"),
    ("https://a.com/s?id=5", "https://a.com/s?id=6", "https://a.com/s"),
    ("https://a.com/s-1", "https://a.com/s-1?page=2", "https://a.com/s-1?page=3"),
    ("https://a.com/s?pagewanted=2", "https://a.com/s?pagewanted=3"),
    ("https://a.com/v?story=ab", "https://a.com/v?story=cd"),
    ("https://a.com/?storyid=1", "https://a.com/?storyId=1", "https://a.com/?sid=1"),
    ("https://a.com/?sid=20240314123456789", "https://a.com/?sid=20240314123456780"),
    ("https://a.com/?ref=5", "https://a.com/?ref=6", "https://a.com/"),
    ("https://a.com/?ref=page.html", "https://a.com/?ref=page2.html"),
    ("https://a.com/?cid=12", "https://a.com/?cid=13"),
    ("https://a.com/?source=1&id=2", "https://a.com/?source=2&id=1"),
    ("https://a.com/?mod=news&act=view", "https://a.com/?mod=sport&act=view"),
    ("https://a.com/?tid=4", "https://a.com/?tid=5"),
    ("https://a.com/?m=202405", "https://a.com/?m=202406"),
    ("https://a.com/?type=video", "https://a.com/?type=text"),
    ("https://a.com/?view=article", "https://a.com/?view=gallery"),
    ("https://a.com/?from=2024-01-01", "https://a.com/?from=2024-01-02"),
    ("https://a.com/?q=a%26b", "https://a.com/?q=a&b"),
    ("https://a.com/?feed=rss2", "https://a.com/"),
    ("https://a.com/?2024", "https://a.com/?2023"),
    ("https://a.com/?a=b=c", "https://a.com/?a=b"),
    # words in the path
    ("https://a.com/Abc", "https://a.com/abc"),
    ("https://a.com/a/b", "https://a.com/a%2Fb", "https://a.com/ab"),
    ("https://a.com/a.html", "https://a.com/a.htm", "https://a.com/a"),
    ("https://a.com/a-1", "https://a.com/a-1/2", "https://a.com/a-1/gallery"),
    ("https://a.com/glossary/amp", "https://a.com/glossary", "https://a.com/amp"),
    ("https://a.com/print", "https://a.com/", "https://a.com/amp/"),
    ("https://a.com/print/2024-1", "https://a.com/2024-1"),  # a print edition
    ("https://a.com/guitar-amp.html", "https://a.com/guitar.html"),
    ("https://a.com/index-of-fear.html", "https://a.com/"),
    ("https://a.com/.amp", "https://a.com/"),
    ("https://a.com/%D0%B0", "https://a.com/%D0%B1"),
    # sites
    ("https://a.com/x", "https://a.org/x", "https://news.a.com/x"),
    ("https://en.a.com/x", "https://de.a.com/x", "https://a.com/x"),
    ("https://m.co.uk/x", "https://amp.co.uk/x", "https://co.uk/x"),
    ("https://mobile.de/x", "https://touch.de/x", "https://www.de/x", "https://de/x"),
    ("https://wwwa.com/x", "https://a.com/x", "https://ma.com/x"),
    ("https://a.com:8080/x", "https://a.com:8081/x", "https://a.com/x"),
    ("https://straße.example/", "https://strasse.example/"),
    ("https://a-b.cdn.ampproject.org/c/s/a.b/x", "https://a-b.cdn.ampproject.org/x"),
    ("https://www.google.com/search?q=1", "https://www.google.com/search?q=2"),
    ("https://a.com/#!/1", "https://a.com/#!/2", "https://a.com/#1"),
    # no addresses of the web
    ("ftp://a.com/x", "https://a.com/x", "//a.com/x", "a.com/x", "mailto:x@a.com"),
]


@pytest.mark.parametrize(
    ("url", "key"), [(url, key) for key, urls in SAME.items() for url in urls]
)
def test_addresses_of_one_article_share_an_identity(url, key):
    assert identity(url) == key


@pytest.mark.parametrize("urls", DIFFERENT, ids=lambda urls: urls[0])
def test_addresses_of_different_articles_do_not(urls):
    for one, other in combinations(urls, 2):
        assert identity(one) != identity(other), (one, other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "example.com/a",
        "http://",
        "http:///a",
        "http:a",
        "https://:80/",
        "https://a.com:x/",
        "https://a.com:99999/",
        "https://a..com/",
        "https://a b.com/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://%FF.com/",
        "https://" + "ü" * 2000 + ".com/",
        "javascript:void(0)",
        "com,example)/a",
    ],
)
def test_what_is_no_address_is_its_own_identity(url):
    assert identity(url) == url


def test_an_identity_can_be_written_to_any_database():
    for url in ("http://a.com/\ud800", "http://\ud800.com/", "\udfff", "x:\ud800"):
        identity(url).encode()
    assert identity("http://a.com/\ud800?\udfff") == "com,a)/%ED%A0%80?%ED%BF%BF"


def test_a_cache_within_a_cache_ends():
    url = (
        "https://cdn.ampproject.org" + "/c/s/cdn.ampproject.org" * 400 + "/c/s/a.com/b"
    )
    assert identity(url).startswith("org,ampproject,cdn)/c/s/")


def test_sites_sort_together():
    urls = [
        "https://news.example.com/a",
        "https://example.org/a",
        "https://www.example.com/z",
        "https://example.com/a",
        "https://m.example.com/b",
    ]
    keys = [key.partition(")")[0] for key in sorted(map(identity, urls))]
    assert keys == ["com,example"] * 3 + ["com,example,news", "org,example"]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.com" + "/amp" * 100_000 + "/x-1",
        "https://a.com" + "/../." * 100_000,
        "https://a.com/" + "%41" * 100_000 + ";sid=" * 50_000,
        "https://a.com/?" + "a=1&" * 100_000 + "amp;" * 100_000,
        "https://a.com/(" + "S(a)" * 100_000,
        "https://" + "m." * 500 + "a.com/",
        "https://a.com/?ref=" + "a." * 100_000,
        "https://a.com/?scm=" + "1." * 100_000 + "!",
    ],
    ids=lambda url: url[:24],
)
@pytest.mark.timeout(10)
def test_no_address_takes_long(url):
    assert identity(url)


# ------------------------------------------------------------------------- the table


def test_each_entry_of_the_table_has_a_reason_and_a_form():
    for mark in TRACKING:
        assert mark.reason
        assert mark.name == mark.name.lower()
        assert mark.name.strip("*")
        assert "*" not in mark.name[:-1]
        if mark.values is None and not mark.name.endswith("*"):
            assert is_tracking(mark.name, "anything")
            assert is_tracking(mark.name.upper(), "")
    whole = [mark.name for mark in TRACKING if mark.values is None]
    assert len(whole) == len(set(whole))


CONTENT = """
    id p page story storyid article articleid newsid news_id nid aid docid uuid guid
    slug title date year month day section cat category tag lang edition video v q s
    query no idx idxno pk_no num seq key code item show post post_id topic
"""


@pytest.mark.parametrize("name", CONTENT.split())
def test_what_may_name_an_article_is_kept_whatever_its_value(name):
    for value in ("", "5", "rss", "amp", "1", HEX, "example.com", "some-words"):
        assert not is_tracking(name, value), value


def test_the_corpus_keeps_its_articles_apart():
    if not CORPUS.exists():
        pytest.skip(f"no corpus at {CORPUS}")
    urls = [json.loads(line)["url"] for line in CORPUS.read_text("utf-8").splitlines()]
    keys = {identity(url) for url in urls}
    assert len(keys) == len(set(urls))
    for url in urls:
        behind = "&" if "?" in url else "?"
        address, _, _ = url.strip().partition("#")
        assert identity(address + behind + "utm_source=rss#top") == identity(url)
        assert identity(quote(address, safe="%/:?&=#+,;@!~*'()$")) == identity(url)
