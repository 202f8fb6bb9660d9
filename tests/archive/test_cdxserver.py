"""The CDX server: its answers, held against a look at every line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import cdxserver
from archive.cdxj import CdxLine, format_line, moment, parse_line
from archive.cdxparameters import PARAMETERS, CdxParameters, from_pairs
from archive.cdxquery import QueryError, read_query
from archive.cdxserver import answer
from archive.index import build_index
from archive.indexmerge import merge_all
from archive.lookups import Index
from archive.urlkey import urlkey
from tests.support.cdxlines import line, write_lines

ADDRESSES = (
    "https://example.org/",
    "https://example.org/news",
    "https://example.org/news/a?x=1",
    "https://example.org/newspaper",
    "http://example.org:8080/news/b",
    "https://shop.example.org/news",
    "https://shop.example.org:81/",
    "https://example.organic/",
    "https://example.com/news",
)
TIMES = ("20240229120000", "20250101000000", "20260101000000", "20260101000001")
LINES = sorted(
    (
        line(
            url,
            time,
            status=("200", "404", None)[(number + turn) % 3],
            mime=("text/html", "image/png", "warc/revisit")[number % 3],
        )
        for number, url in enumerate(ADDRESSES)
        for turn, time in enumerate(TIMES)
    ),
    key=format_line,
)


@pytest.fixture(scope="module", params=["small", "merged", "zipnum"])
def index(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "index"
    write_lines(folder, LINES)
    if request.param != "small":
        merge_all(folder, zipnum=request.param == "zipnum")
    return Index(folder)


def pairs_of(query: str) -> list[tuple[str, str]]:
    parts = (pair.partition("=") for pair in query.split("&"))
    return [(name, value) for name, _, value in parts]


def asked(index: Index, query: str) -> list[CdxLine]:
    found = b"".join(answer(index, read_query(from_pairs(pairs_of(query)))))
    return [parse_line(each) for each in found.splitlines()]


def of(*urls: str) -> list[CdxLine]:
    return [one for one in LINES if one.url in urls]


EXAMPLE_ORG = [url for url in ADDRESSES if "example.org/" in url or "org:8" in url]
MATCHES = {
    "url=example.org/news": ["https://example.org/news"],
    "url=HTTP://WWW.EXAMPLE.ORG/news/": ["https://example.org/news"],
    "url=example.org/news&matchType=exact": ["https://example.org/news"],
    "url=example.org/news*": [
        "https://example.org/news",
        "https://example.org/news/a?x=1",
        "https://example.org/newspaper",
    ],
    "url=example.org/news/*": ["https://example.org/news/a?x=1"],
    "url=example.org/news/a?*": ["https://example.org/news/a?x=1"],
    "url=example.org/news/&matchType=prefix": ["https://example.org/news/a?x=1"],
    "url=https://example.org/*": [
        "https://example.org/",
        "https://example.org/news",
        "https://example.org/news/a?x=1",
        "https://example.org/newspaper",
    ],
    "url=example.org/news&matchType=host": [
        "https://example.org/",
        "https://example.org/news",
        "https://example.org/news/a?x=1",
        "https://example.org/newspaper",
    ],
    "url=example.org:8080&matchType=host": ["http://example.org:8080/news/b"],
    "url=example.org&matchType=domain": [u for u in ADDRESSES if "ple.org" in u][:7],
    "url=*.example.org": [u for u in ADDRESSES if "ple.org" in u][:7],
    "url=*.shop.example.org": [u for u in ADDRESSES if "shop" in u],
    "url=*.org": [u for u in ADDRESSES if "example.org" in u][:7],
    "url=*": list(ADDRESSES),
    "url=example.net": [],
    "url=*.example.net": [],
}


@pytest.mark.parametrize("query", MATCHES)
def test_an_address_can_mean_others_too(index, query):
    assert asked(index, query) == of(*MATCHES[query])


# ------------------------------------------------ everything, against a look at all

FILTERS = {
    "mime:html": lambda one: "html" in one.mime,
    "!mime:html": lambda one: "html" not in one.mime,
    "=status:200": lambda one: one.first("status") == "200",
    "=statuscode:200": lambda one: one.first("status") == "200",
    "!=status:200": lambda one: one.first("status") != "200",
    "~mimetype:image/.*": lambda one: one.mime.startswith("image/"),
    "!~urlkey:org,example\\)": lambda one: not one.urlkey.startswith("org,example)"),
    "~timestamp:2026": lambda one: one.timestamp.startswith("2026"),
    "=status:": lambda one: one.first("status") is None,
    "nothing:a": lambda _one: False,
    "shop": lambda one: "shop" in format_line(one).decode(),
    "~org,": lambda one: one.urlkey.startswith("org,"),
}
COLLAPSES = {
    "urlkey": lambda one: one.urlkey,
    "urlkey:6": lambda one: one.urlkey[:6],
    "timestamp:4": lambda one: one.timestamp[:4],
    "statuscode": lambda one: one.first("status") or "",
}
SOME = st.none() | st.sampled_from(["2", "2024", "20250101", "20260101000000", "2027"])


@st.composite
def queries(draw, *, in_pages=False):
    """Make a query, and the lines that a look at all of them gives for it."""
    query = draw(st.sampled_from(sorted(MATCHES)))
    wanted = of(*MATCHES[query])
    for name, keeps in (
        ("from", lambda time, limit: time >= limit),
        ("to", lambda time, limit: time[: len(limit)] <= limit),
    ):
        limit = draw(SOME)
        if limit is not None:
            query += f"&{name}={limit}"
            wanted = [one for one in wanted if keeps(one.timestamp, limit)]
    for text in draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=2)):
        query += f"&filter={text}"
        wanted = [one for one in wanted if FILTERS[text](one)]
    collapses = st.lists(st.sampled_from(sorted(COLLAPSES)), max_size=2)
    for text in [] if in_pages else draw(collapses):
        query += f"&collapse={text}"
        values = [COLLAPSES[text](one) for one in wanted]
        before = [None, *values]
        wanted = [
            one for one, v, b in zip(wanted, values, before, strict=False) if v != b
        ]
    is_exact = (
        not in_pages
        and "*" not in query
        and ("matchType" not in query or "exact" in query)
    )
    order = draw(st.sampled_from(["", "reverse", *(["closest"] if is_exact else [])]))
    limit = None if in_pages else draw(st.none() | st.integers(1, 9))
    if order == "reverse":
        query += "&sort=reverse"
        wanted = wanted[::-1]
    elif order == "closest":
        query += "&closest=20250701"
        near = moment("20250701000000")
        wanted = sorted(wanted, key=lambda one: abs(one.date - near))
    elif limit and draw(st.booleans()):
        return f"{query}&limit=-{limit}", wanted[-limit:]
    if limit:
        query += f"&limit={limit}"
    return query, wanted[:limit]


@given(queries())
def test_an_answer_is_that_of_a_look_at_every_line(index, query_and_wanted):
    query, wanted = query_and_wanted
    assert asked(index, query) == wanted, query


@settings(max_examples=20)
@given(queries(in_pages=True), st.integers(1, 3), st.integers(200, 5000))
def test_the_pages_of_an_answer_are_all_of_it(index, query_and_wanted, size, block):
    query, wanted = query_and_wanted
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cdxserver, "_BLOCK", block)  # there are few lines
        told = json.loads(raw(index, f"{query}&showNumPages=1&pageSize={size}"))
        numbers = range(told["pages"])
        found = [asked(index, f"{query}&pageSize={size}&page={n}") for n in numbers]
        if "reverse" in query:
            found.reverse()
        assert [one for page in found for one in page] == wanted
        begins = asked(index, f"{query}&pageSize={size}&showPagedIndex=true")
        pages = [int(one.first("page") or 0) for one in begins]
        assert pages == sorted(pages)
        assert set(pages) <= set(numbers)
        with pytest.raises(QueryError, match="page="):
            asked(index, f"{query}&pageSize={size}&page={len(numbers) + 1}")


# ---------------------------------------------------------------------- forms


def raw(index, query):
    return b"".join(answer(index, read_query(from_pairs(pairs_of(query))))).decode()


def test_the_lines_are_those_of_the_index(index):
    wanted = b"".join(map(format_line, of("https://example.org/news"))).decode()
    assert raw(index, "url=example.org/news") == wanted
    text = raw(index, "url=example.org/news&output=text&limit=1")
    assert text == (
        "org,example)/news 20240229120000 https://example.org/news image/png 404 "
        "sha256:20240229120000 100\n"
    )


def test_fields_can_be_chosen_in_every_form(index):
    query = "url=example.org/news&limit=1&fl=timestamp,statuscode,nothing"
    assert raw(index, f"{query}&output=text") == "20240229120000 404 -\n"
    assert json.loads(raw(index, f"{query}&output=json")) == {
        "timestamp": "20240229120000",
        "status": "404",
        "nothing": "",
    }
    assert raw(index, query).startswith('org,example)/news 20240229120000 {"timestamp')
    whole = json.loads(raw(index, "url=example.org/news&limit=1&output=json"))
    assert list(whole)[:3] == ["urlkey", "timestamp", "url"]


def test_a_value_is_one_word_in_text(tmp_path):
    odd = line("https://example.org/", TIMES[0], mime="a b\nc\x1b\u202e\x7f")
    write_lines(tmp_path, [odd])
    shown = raw(Index(tmp_path), "url=example.org&output=text&fl=mime,status")
    assert shown == "a%20b%0Ac%1B\u202e%7F 200\n"
    assert raw(Index(tmp_path), "url=example.org").count("\n") == 1


def test_what_is_not_known_is_left_out():
    found = from_pairs([("url", "a"), ("url", "b"), ("gzip", "false"), ("fields", "x")])
    assert found == CdxParameters(url="a", fields="x")
    assert len({one.attribute for one in PARAMETERS}) == len(PARAMETERS)


REFUSED = {
    "": "url is missing",
    "url=": "url is missing",
    "url=a&matchType=range": "matchType='range' is none of exact, prefix, host, domain",
    "url=urn:x:y&matchType=host": "no host",
    "url=a&from=2026-11": "from='2026-11'",
    "url=a&to=2026112208150012345": "to=",
    "url=a&limit=0": "limit=0",
    "url=a&limit=many": "limit='many'",
    "url=a&limit=-100001": "limit=-100001",
    "url=a&limit=-1&sort=reverse": "limit=-1",
    "url=a&sort=up": "sort='up'",
    "url=a&sort=closest": "closest is missing",
    "url=a&closest=20261": "closest='20261'",
    "url=a&closest=20261341": "closest='20261341'",
    "url=a/*&closest=2026": "sort=closest",
    "url=a&closest=2026&page=0": "page: with sort=closest",
    "url=a&page=-1": "page=-1",
    "url=a&page=1": "page=1: there is none",
    "url=a&pageSize=0": "pageSize=0",
    "url=a&page=x": "page='x'",
    "url=a&output=xml": "output='xml' is none of cdxj, json, text",
    "url=a&collapse=:3": "collapse=':3'",
    "url=a&collapse=timestamp:": "collapse='timestamp:'",
    "url=a&collapse=timestamp:x": "collapse='x'",
    "url=a&filter=~mime:(": "filter: not a regular expression",
    "url=a&filter=~mime:(a)\\1": "filter: not a regular expression",
    "url=a&filter=~mime:(?=a)": "filter: not a regular expression",
    "url=a&filter=~mime:(a{999}){999}": "filter: not a regular expression",
    f"url=a&filter=~{'a' * 1001}": "longer than 1000",
    "url=a" + "&filter=a" * 21: "more than 20",
    "url=a" + "&collapse=mime" * 2000: "more than 10",
    f"url={'a' * 8193}": "longer than 8192",
    "url=a&showNumPages=perhaps": "showNumPages='perhaps'",
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_can_not_be_is_refused_in_words(tmp_path, query):
    pairs = pairs_of(query) if query else []
    with pytest.raises(QueryError) as told:
        list(answer(Index(tmp_path), read_query(from_pairs(pairs))))
    assert REFUSED[query] in str(told.value)
    assert len(str(told.value)) < 500


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda one: one.name)
def test_every_parameter_is_described(parameter):
    page = Path(__file__).resolve().parents[2] / "docs/reading-tools.md"
    assert f"| `{parameter.name}` | {parameter.meaning}" in page.read_text("utf-8")


EVIL = ("(a+)+$", "(a|aa)+$", "(.*)*x", "((((a*)*)*)*)*b", "(x+x+)+y")


@pytest.mark.parametrize("expression", EVIL)
@pytest.mark.timeout(20)
def test_no_expression_takes_long(tmp_path, expression):
    long = line("https://example.org/", TIMES[0], title="a" * 50_000 + "!")
    write_lines(tmp_path, [long])
    assert asked(Index(tmp_path), f"url=*&filter=~title:{expression}") == []


def test_a_sign_of_life_is_given_while_nothing_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(cdxserver, "_PASSED_OVER", 5)
    write_lines(tmp_path, LINES)
    query = read_query(from_pairs([("url", "*"), ("filter", "=status:999")]))
    assert list(answer(Index(tmp_path), query)) == [b""] * (len(LINES) // 5)


# --------------------------------------------------------- other people's indexes

SHARED = Path(__file__).resolve().parents[2] / "../shared/warc"
PYWB_CDX = SHARED / "webrecorder+pywb/sample_archive"


def classic(path):
    """Read a CDX file of 11 columns: key, time, url, type, status, digest…"""
    rows = (row.split(" ") for row in path.read_text("utf-8").splitlines()[1:])
    return [
        (row[1], row[2], row[3], row[4].replace("-", ""), row[5], row[8], row[9])
        for row in rows
    ]


@pytest.mark.skipif(not SHARED.exists(), reason=f"no third-party files in {SHARED}")
@pytest.mark.parametrize("name", ["iana", "example", "dupes"])
def test_answers_equal_the_shipped_cdx_files(tmp_path, name):
    warc = PYWB_CDX / f"warcs/{name}.warc.gz"
    write_lines(tmp_path, build_index(warc, warc.name), files=1)
    index = Index(tmp_path)
    rows = classic(PYWB_CDX / f"cdx/{name}.cdx")
    assert rows
    for time, url, mime, status, digest, length, offset in rows:
        found = asked(index, f"url={url}&from={time}&to={time}&filter==offset:{offset}")
        (one,) = [each for each in found if each.url == url]
        assert one.urlkey == urlkey(url)
        assert (one.mime or "", one.digest, str(one.length)) == (
            mime.replace("unk", one.mime or ""),
            f"sha1:{digest}",
            length,
        )
        assert not status or one.first("status") == status
    assert len(asked(index, "url=*")) == len(rows)
