"""URL keys: what they say, and that other tools compute the same."""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urlkey import urlkey

SHARED = Path(__file__).resolve().parents[2] / "../shared"
CORPUS = SHARED / "corpus/index.jsonl"
WARC = SHARED / "warc"

HEX = "1234567890abcdef1234567890abcdef"
ASPX = "4hqa0555fwsecu455xqckv45"

KEYS = {
    # host
    "https://example.org/": "org,example)/",
    "HTTPS://Example.ORG": "org,example)/",
    "http://www.example.org/": "org,example)/",
    "http://www12.example.org/": "org,example)/",
    "http://wwwexample.org/": "org,wwwexample)/",
    "http://news.example.co.uk/a": "uk,co,example,news)/a",
    "http://user:secret@example.org/": "org,example)/",
    "http://example.org:80/": "org,example)/",
    "https://example.org:443/": "org,example)/",
    "http://example.org:443/": "org,example:443)/",
    "http://example.org:8080/a": "org,example:8080)/a",
    "http://example.org./": "org,example)/",
    "http://münchen.example/": "example,xn--mnchen-3ya)/",
    "http://xn--mnchen-3ya.example/": "example,xn--mnchen-3ya)/",
    "http://m%C3%BCnchen.example/": "example,xn--mnchen-3ya)/",
    "http://192.0.2.1/": "1,2,0,192)/",
    "http://3221225985/": "1,2,0,192)/",
    "http://0300.0.2.01/": "1,2,0,192)/",
    "http://[2001:DB8::1]:80/": "2001:db8::1)/",
    "http://[2001:db8::1]:8080/": "2001:db8::1:8080)/",
    # path
    "http://example.org/News/Today/": "org,example)/news/today",
    "http://example.org//a///b//": "org,example)/a/b",
    "http://example.org/a/./b/../c": "org,example)/a/c",
    "http://example.org/%41%7e%C3%A9": "org,example)/a~%c3%a9",
    "http://example.org/é": "org,example)/%c3%a9",
    "http://example.org/a b": "org,example)/a%20b",
    "http://example.org/%252541": "org,example)/a",
    "http://example.org/100%": "org,example)/100%25",
    f"http://example.org/(S({ASPX}))/a.aspx": "org,example)/a.aspx",
    f"http://example.org/({ASPX})/a.aspx": "org,example)/a.aspx",
    # query and fragment
    "http://example.org/a#top": "org,example)/a",
    "http://example.org/a?": "org,example)/a",
    "http://example.org/a/?b=1": "org,example)/a?b=1",
    "http://example.org?b=2&A=1": "org,example)/?a=1&b=2",
    "http://example.org/?a-b=2&a=1": "org,example)/?a=1&a-b=2",
    f"http://example.org/?PHPSESSID={HEX}&a=1": "org,example)/?a=1",
    f"http://example.org/?jsessionid={HEX}": "org,example)/",
    f"http://example.org/?sid={HEX}&a=1": "org,example)/?a=1",
    "http://example.org/?sid=short&a=1": "org,example)/?a=1&sid=short",
    "http://example.org/?cfid=1&cftoken=2&a=1": "org,example)/?a=1",
    # other schemes, and no scheme
    "dns:www.Example.org": "dns:www.example.org",
    "urn:uuid:1234": "urn:uuid:1234",
    "metadata://gnu.org/x/": "org,gnu)/x",
    "example.org/a": "org,example)/a",
    "//example.org/a": "org,example)/a",
    "": "-",
    # no URLs: themselves
    "http://example.org:abc/": "http://example.org:abc/",
    "http://example.org:70000/A": "http://example.org:70000/A",
}


@pytest.mark.parametrize(("url", "key"), KEYS.items())
def test_a_key_is_the_canonical_url_with_the_host_backwards(url, key):
    assert urlkey(url) == key


def test_the_key_of_no_url_breaks_no_index_line():
    assert urlkey("http://a b:x /\n\ud800é") == ("http://a%20b:x%20/%0a%ed%a0%80%c3%a9")


@given(st.text() | st.text("/:?#[]@%&=.;()25aé\\ \ud800\n", max_size=40))
def test_every_text_has_a_key_that_stands_in_an_index_line(text):
    for url in (text, "http://" + text, "http://example.org/" + text):
        key = urlkey(url)
        assert key.isascii()
        assert key.isprintable()
        assert key
        assert " " not in key


SEGMENTS = st.lists(
    st.text("abcxyzABC0123456789-_.~!'()*+,;=:@é", min_size=1, max_size=12)
    .filter(lambda segment: segment not in (".", ".."))
    .map(lambda segment: quote(segment, safe="!'()*+,;=:@")),
    max_size=6,
)
PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from(["id", "page", "q", "utm_source", "fbclid", "a-b", "A", "sid"]),
        st.text("abcXYZ0189 _-/é%&=+", max_size=10).map(quote),
    ),
    max_size=4,
)
HOSTS = """
    example.org www.example.org www2.example.org news.example.co.uk Example.COM
    a-b.example xn--mnchen-3ya.example 192.0.2.7 bücher.example
"""


@st.composite
def news_urls(draw):
    scheme = draw(st.sampled_from(["http", "https"]))
    host = draw(st.sampled_from(HOSTS.split()))
    port = draw(st.sampled_from(["", "", ":80", ":443", ":8080"]))
    path = "/".join(["", *draw(SEGMENTS)]) + draw(st.sampled_from(["", "/", "//"]))
    query = "&".join("=".join(pair) for pair in draw(PARAMETERS))
    fragment = draw(st.sampled_from(["", "#", "#top", "#!/a?b"]))
    return f"{scheme}://{host}{port}{path}{'?' * bool(query)}{query}{fragment}"


@given(news_urls(), st.sampled_from(["#x", "\n", " "]))
def test_what_no_server_sees_does_not_change_the_key(url, tail):
    assert urlkey(url + tail) == urlkey(url)
    assert urlkey(" " + url.replace("://", "://me:pw@", 1)) == urlkey(url)


@given(st.lists(st.sampled_from(["a", "b=1", "b=2", "c-d=3", "c"]), max_size=5))
def test_the_order_of_parameters_does_not_change_the_key(parameters):
    forwards = urlkey("http://example.org/?" + "&".join(parameters))
    backwards = urlkey("http://example.org/?" + "&".join(reversed(parameters)))
    assert forwards == backwards


def test_keys_of_one_site_stand_together():
    urls = [
        "http://example.com/z",
        "http://example.net/",
        "https://www.example.org/a",
        "http://example.org/b",
        "http://news.example.org/a",
        "http://sport.example.org/",
    ]
    assert sorted(urls, key=urlkey) == urls


HOSTILE = {
    "percent signs in each other": "/" + "%3" * 30_000 + "5",
    "percent signs encoded often": "/%" + "25" * 30_000,
    "parents": "/.." * 20_000,
    "slashes": "/" * 60_000,
    "sessions": "/?" + f"sid={HEX}&" * 1_600,
    "cold fusion": "/?" + "cfid=" * 12_000 + "&cftoken=",
    "ASP": "/" + f"({ASPX})/" * 2_000 + ".aspx",
    "parameters": "/?" + "&a" * 30_000,
    "a host": "." + "é." * 30_000,
    "a number": "." + "9" * 60_000,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("rest", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_url_costs_little(rest):
    assert urlkey("http://example.org" + rest)


# ------------------------------------------------------- the same as other tools


@pytest.fixture(scope="module")
def theirs() -> Callable[[str], str]:
    """The key function of cdxj-indexer, as a black box."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of modules that are not ours
        main = pytest.importorskip(
            "cdxj_indexer.main", reason="cdxj-indexer is missing"
        )
    indexer = main.CDXJIndexer(None, [])

    def key(url: str) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(indexer.get_url_key(url))

    return key


HOSTS_AND_PORTS = """
    http://www.com http://www2.com/ http://www.co.uk/ http://ww2.example.com/ http://www
    http://www. http://www1 http://www.localhost/ http://localhost:3000/a
    http://www.www.example.com/ http://www..example.com/ http://.example.com/
    http://w%77w.example.com/ http://ex%61mple.com/ http://exa_mple.com/
    http://-example.com/ http://*.example.com/ http://example.com../ http://./
    http://user@example.com:8080/x http://user:p@ss@example.com/ http://@example.com/
    http://example.com:80@foo.com/ http://example.com: http://example.com:0/
    http://example.com:0080/ http://example.com:00443/ https://example.com:0443/
    http://example.com:65535/ http://example.com:65536/ http://example.com:-1/
    http://example.com:8_0/ http://example.com:+80/ http://foo.com:80:90/
    http://example.com:8080?a ftp://www.example.com:21/a ws://example.com/a
    http://example%2Ecom/ http://example.com%3A80/ http://example.com%2Fa
    http://ex%25ample.com/ http://ex%zzample.com/ http://ex%E9mple.com/ http://a,b.com/
    http://a)b.com/ http://a;b.com/ http://a{b}|c.com/ http://example.com\\a\\b
    http://example.com/a\\b http://\\example.com/
"""
OTHER_SCRIPTS = """
    http://straße.de/ http://ΣΣ.gr/ http://κόσμος.gr/a http://☃.net/ http://💩.la/
    http://İstanbul.com/ http://日本語.jp/記事 http://www１.example.com/
    http://ＷＷＷ.example.com/ http://example。com/ http://ﬁ.com/ http://é..com/
    http://é.com./ http://é_a.com/ http://א1.com/ http://1א.com/ http://XN--A.de/
    http://xn--/ http://xn--zzzzzz.com/
"""
ADDRESSES = """
    http://0/ http://00/ http://017/ http://08/ http://4294967295/ http://4294967296/
    http://99999999999999999999/ http://1.2/ http://1.2.3/ http://1.256/
    http://1.65536.1/ http://1.2.65535/ http://1.2.65536/ http://1.16777216/
    http://1.2.3.256/ http://1.2.3.08/ http://1.2.3.0377/ http://1.2.3.0400/
    http://0x7f.1/ http://0x01020304/ http://256.1.1.1/ http://1.2.3.4.5/
    http://1.2.3.4./ http://www.01.2.3.4/ http://1.2.3.４/ http://[::1 http://[::1]a/
    http://a[::1]/ http://[]/ http://[v1.a]/ http://[fe80::1%25eth0]/
    http://[::ffff:1.2.3.4]/ http://[::1]:abc/
"""
PATHS = """
    http://example.com/../a http://example.com/a/../../b http://example.com/.
    http://example.com/../../a http://example.com/a/../../../b/../c
    http://example.com/../a/.. http://example.com/a//../b http://example.com/a/...
    http://example.com/a/%2e%2e/b http://example.com/..a/b http://example.com/a/..?x
    http://example.com//// http://example.com/a%2F%2fb http://example.com/%252F
    http://example.com/%25%32%35 http://example.com/%%32%35 http://example.com/%2%35
    http://example.com/%u00e9 http://example.com/%25zz%41 http://example.com/%%%
    http://example.com/%E9é http://example.com/%C3%89 http://example.com/É
    http://example.com/a%3Fb=2&a http://example.com/a%23b http://example.com/a%00b
    http://example.com/a%7F%80%FF http://example.com/a,b(c)'d"e<f>|^`{}!$*@:[]
    http://example.com/http://foo.com/ http://example.com/a;jsessionid=12
"""
OTHER_SCHEMES = """
    http: http:// http://? http:?a http:example.com/a http:/example.com/a
    http:////example.com/a https:example.com/a http://?a=b http://http://example.com/
    https://http://example.com:443/ http://https://example.com:443/
    http://HTTP://example.com/ http//example.com/a hxxp://example.com/a file:///a/b/
    file:///a/../b file://localhost/a file:a/b foo: foo:/ foo:// foo:/// foo:a//
    foo:/A//b/ foo:?a foo:a? foo:a%41 FOO://Example.com/A Foo:Bar FOO:///a
    dns:EXAMPLE.com DNS:www.EXAMPLE.com. dns://8.8.8.8/example.com mailto:Joe@a.COM
    urn:uuid:1234 urn:text:https://example.com/?b=2&a=1 urn:a%2520b%zz magnet:?xt=b&a
    screenshot:http://www.example.com/ view-source:http://example.com/?b&a
    metadata://www.gnu.org/a/?b#c metadata:///a warcinfo:foo.warc warcinfo:/a/B//c
    filedesc://IAH-2008.arc filedesc:foo.arc.gz filedesc://a?b&a about:BLANK#x
    data:text/html,Hello javascript:void(0) a+b://c.d/e a_b://c.d/e 1a://c.d/e
    example.com www.example.com/A/ example.com:80/A?b&a user@example.com/a 1.2.3.4/a
    [::1]/a A/B?C#d ://example.com/a :/a ./a ../a . ? ?a=b # (com,example,)/a
"""
ODD = [
    *HOSTS_AND_PORTS.split(),
    "http://ex ample.com/", "http://exa\tmple.com/\na\r", "http://example.com /",
    *OTHER_SCRIPTS.split(),
    f"http://{'é' * 64}.com/", f"http://é.{'a' * 64}.com/", f"http://{'a' * 64}.com/",
    "http://a\u00ad\u200bb.com/",
    *ADDRESSES.split(),
    *PATHS.split(),
    "http://example.com/\x85", "http://example.com/a\u2028", "http://example.com/\x01",
    "http://example.com/a\xa0b", "http://example.com/%20", "http://example.com/a%20 ",
    *(
        f"http://example.com/{path}"
        for path in (
            f"a;jsessionid={HEX}", f"a;JSESSIONID={HEX}?x", f"(S({ASPX}))/a",
            f"x/(a({ASPX})F({ASPX}))/b/c.ASPX?d", f"({ASPX})/.aspx",
            f"({ASPX})/({ASPX})/b.aspx", f"({ASPX})/(s({ASPX}))/b.aspx",
            f"(s({ASPX}))/({ASPX})/b.aspx", f"(ab({ASPX}))/b.aspx",
            f"({ASPX})/b%3Fx=c.aspx", f"({ASPX})/b?x=c.aspx", f"({ASPX})/b.aspxfoo/c",
        )
    ),
    # query
    *(
        f"http://example.com/a?{query}"
        for query in (
            "", "?", "&", "&&", "=", "/", "a/", "?a", "b&a", "b=2&a=1&", "&b=2&&a=1",
            "a=1&a1=2&a-b=3&a=", "a=b=c&a", "a=1=2&a=1&a=10", "a&a=&=a&=&", "B=1&a=2",
            "%62=1&a=2", "%C3=1&%c2=2", "z=%26a&b=1", "é=1&z=2&a=3", "~=1&%7f=2&a=3",
            "q=a b", "q=a+b", "q=%3D", "a=b//c/../d", "b;a&c",
            "url=http://foo.com/x?y=z",
            f"x=1&jsessionid={HEX}", f"x&sid={HEX}&y&sid={HEX}&z", f"sid={HEX}0&x",
            f"jsessionid={HEX}&phpsessid={HEX}&x", f"phpsessid={HEX}&phpsessid={HEX}",
            f"mysid={HEX}&x=2", f"b=1;jsessionid={HEX}&c=2", f"jsessionid%3D{HEX}",
            f"jsessionid={HEX}%26x", f"jsessionid={HEX}.node1&x", f"sessionid={HEX}",
            "cfid=1&cftoken=2", "x=1&cfid=a-1&cftoken=b_2", "cfid=&cftoken=&x",
            "cfid=1", "cfid=1&y&cftoken=2", "cfid=1&cftoken=2&cfid=1&cftoken=2&x",
            "mycfid=1&cftoken=2",
            "cfid=cfid=1&cftoken=2&x", "CFID=1&CFTOKEN=2&dt=19_08_39_28",
            "aspsessionidabcdefgh=abcdefghijklmnopqrstuvwx&x",
            "ASPSESSIONIDABCDEFGH=ABCDEFGHIJKLMNOPQRSTUVWX",
            "aspsessionidabcdefg1=abcdefghijklmnopqrstuvwx&x", "utm_source=x&a=1",
        )
    ),
    "http://example.com?a=b", "http://example.com?#a", "http://example.com#a/b",
    "http://example.com/a#b#c", "http://example.com/a?x#y?z", "http://example.com/#!a",
    *OTHER_SCHEMES.split(),
    "", " http://example.com/ ", "\x00http://example.com/", "a b", "dns:a b",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD, ids=ascii)
def test_odd_urls_have_the_key_of_cdxj_indexer(url, theirs):
    assert urlkey(url) == theirs(url)


@given(url=news_urls())
def test_news_urls_have_the_key_of_cdxj_indexer(theirs, url):
    assert urlkey(url) == theirs(url)


# url: (our key, why it is not theirs)
DIFFERENT = {
    "http://example.com:80 /": (
        "http://example.com:80%20/",
        "no URL; a space in the key would break the index line",
    ),
    "http://example.com:é/": (
        "http://example.com:%c3%a9/",
        "no URL; keys are ASCII, so that text and bytes sort alike",
    ),
    "http://example.com/\ud800": (
        "http://example.com/%ed%a0%80",
        "a lone surrogate can't be written as UTF-8 at all",
    ),
    " ": ("-", "no URL, like the empty one; a space would break the index line"),
    "filedesc://A /x": (
        "filedesc://A%20/x",
        "the name of an ARC file; a space in the key would break the index line",
    ),
    "https:/example.com:443/": (
        "com,example)/",
        "browsers go to port 443 of example.com, whatever the slashes",
    ),
    "http:example.com:80/a": ("com,example)/a", "as above"),
    "HTTP:example.com": ("com,example)/", "the case of a scheme says nothing"),
    "http://user@/a": ("http:/a", "no host; theirs takes the path for one"),
    "http://:8080/a": ("http:/a", "as above"),
    "http:///": ("http:", "no host and no path; theirs keeps a slash"),
    ":a": ("a)/", "without a scheme; theirs takes `a` for a port"),
    "http:http://example.com/": (
        "http)/example.com",
        "no URL; theirs keeps the colon of the empty port in the host",
    ),
    f"http://{'é.' * 600}com/": (
        "com," + "%c3%a9," * 599 + "%c3%a9)/",
        "no name is that long, and IDNA is slow: left as it is",
    ),
    "http://example.com/" + "%3" * 20 + "5": (
        "com,example)/" + "%253" * 12 + "5",
        "nobody but an attacker encodes so often; we stop after eight rounds",
    ),
}


@pytest.mark.parametrize("url", DIFFERENT, ids=lambda url: ascii(url[:40]))
def test_where_keys_differ_from_cdxj_indexer_it_is_on_purpose(url, theirs):
    key, reason = DIFFERENT[url]
    assert urlkey(url) == key, reason
    assert theirs(url) != key, "no difference any more: move it to ODD"


@pytest.mark.corpus
def test_the_urls_of_the_corpus_have_the_key_of_cdxj_indexer(theirs):
    if not CORPUS.exists():
        pytest.skip(f"no corpus of pages in {CORPUS.parent}")
    urls = [json.loads(line)["url"] for line in CORPUS.read_text("utf-8").splitlines()]
    assert len(urls) > 600
    assert {u: urlkey(u) for u in urls} == {u: theirs(u) for u in urls}


def _index_files() -> list[Path]:
    return sorted(path for path in WARC.rglob("*.cdx*") if path.is_file())


def _indexed_urls(path: Path) -> set[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        lines = [str(line).split(" ", 2) for line in file]
    rests = [parts[2] for parts in lines if len(parts) == 3 and parts[0]]
    return {
        json.loads(rest).get("url", "") if rest.startswith("{") else rest.split(" ")[0]
        for rest in rests
    }


@pytest.mark.skipif(not WARC.exists(), reason=f"no third-party files in {WARC}")
@pytest.mark.parametrize("path", _index_files(), ids=lambda path: path.name)
def test_the_urls_of_other_indexes_have_the_key_of_cdxj_indexer(path, theirs):
    urls = _indexed_urls(path)
    assert urls
    assert {u: urlkey(u) for u in urls} == {u: theirs(u) for u in urls}
