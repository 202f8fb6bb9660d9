from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.robots import SIZE_LIMIT, RobotsRules, is_fresh, robots_url

HOST = "https://a.example"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rules_of(text: str | bytes) -> RobotsRules:
    body = text.encode() if isinstance(text, str) else text
    return RobotsRules.from_answer(status=200, body=body)


def allows(text: str | bytes, path: str, agent: str = "ExampleBot") -> bool:
    return rules_of(text).decide(HOST + path, agent).allowed


# ---------------------------------------------------------------- what an answer means

UNAVAILABLE = [301, 302, 307, 400, 401, 403, 404, 410, 451, 499]
UNREACHABLE = [None, 429, 500, 502, 503, 504, 599, 101]


@pytest.mark.parametrize("status", UNAVAILABLE)
def test_an_unavailable_robots_txt_allows_all(status):
    rules = RobotsRules.from_answer(status=status, body=b"User-agent: *\nDisallow: /")
    decision = rules.decide(f"{HOST}/x", "ExampleBot")
    assert decision.allowed
    assert f"unavailable: status {status}" in decision.rule
    assert not rules.unreachable


@pytest.mark.parametrize("status", UNREACHABLE)
def test_an_unreachable_robots_txt_disallows_all_but_itself(status):
    rules = RobotsRules.from_answer(status=status, body=b"User-agent: *\nAllow: /")
    decision = rules.decide(f"{HOST}/x", "ExampleBot")
    assert not decision.allowed
    assert "unreachable" in decision.rule
    assert rules.unreachable
    assert rules.decide(f"{HOST}/robots.txt", "ExampleBot").allowed


@pytest.mark.parametrize("status", [200, 203, 206])
def test_any_answer_of_success_is_read(status):
    rules = RobotsRules.from_answer(status=status, body=b"User-agent: *\nDisallow: /x")
    assert not rules.decide(f"{HOST}/x", "ExampleBot").allowed


@pytest.mark.parametrize(
    "body",
    [b"", b"\xef\xbb\xbf", b"\x00\x01\xff" * 100, b"<!DOCTYPE html><p>No such page"],
    ids=["empty", "only a BOM", "binary", "a page"],
)
def test_what_holds_no_rules_allows_all(body):
    assert allows(body, "/x")


# ---------------------------------------------------------------- RFC 9309's examples

# 5.1, with the product tokens of its text.
SIMPLE = """\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
EOF
"""

# 5.2
LONGEST = """\
User-Agent: foobot
Allow: /example/page/
Disallow: /example/page/disallowed.gif
"""

# 2.2.1: groups for the same token are one
MERGED = """\
user-agent: ExampleBot
disallow: /foo
disallow: /bar

user-agent: ExampleBot
disallow: /baz
"""


@pytest.mark.parametrize(
    ("text", "agent", "path", "allowed"),
    [
        (SIMPLE, "otherbot", "/a.gif", False),
        (SIMPLE, "otherbot", "/a.gif?x", True),
        (SIMPLE, "otherbot", "/example/x", False),
        (SIMPLE, "otherbot", "/publications/x", True),
        (SIMPLE, "otherbot", "/publications/x.gif", True),
        (SIMPLE, "otherbot", "/elsewhere", True),
        (SIMPLE, "foobot", "/x", False),
        (SIMPLE, "FooBot/2.1", "/example/page.html", True),
        (SIMPLE, "foobot", "/example/allowed.gif", True),
        (SIMPLE, "foobot", "/example/other.gif", False),
        (SIMPLE, "barbot", "/example/page.html", False),
        (SIMPLE, "bazbot", "/example/page.html", False),
        (SIMPLE, "bazbot", "/a.gif", True),
        (SIMPLE, "quxbot", "/example/", True),
        (LONGEST, "foobot", "/example/page/", True),
        (LONGEST, "foobot", "/example/page/disallowed.gif", False),
        (MERGED, "examplebot", "/foo", False),
        (MERGED, "examplebot", "/bar", False),
        (MERGED, "examplebot", "/baz", False),
        (MERGED, "otherbot", "/baz", True),
    ],
)
def test_the_examples_of_the_standard_come_out_as_it_says(text, agent, path, allowed):
    assert allows(text, path, agent) is allowed


# 2.2.2: the table of paths, their encoded forms, and the paths that match
ENCODINGS = [
    ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
    ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
    ("/foo/bar/\u30c4", "/foo/bar/%E3%83%84"),
    ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
    ("/foo/bar/%e3%83%84", "/foo/bar/\u30c4"),
    ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
    ("/foo/bar/baz", "/foo/bar/%62%61%7A"),
    # 2.2.3: an escaped special character is the character itself
    ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html"),
    ("/path/foo-%24", "/path/foo-$"),
]
OTHER_ENCODINGS = [
    ("/path/file-with-a-%2A.html", "/path/file-with-a-b.html"),
    ("/path/foo-%24", "/path/foo-"),
    ("/a%2Fb", "/a/b"),  # a slash within a segment is no delimiter
    ("/a%3Fb", "/a?b"),
    ("/a%25", "/a"),
]


@pytest.mark.parametrize(("pattern", "path"), ENCODINGS)
def test_the_same_path_in_another_encoding_matches(pattern, path):
    assert not allows(f"User-agent: *\nDisallow: {pattern}", path)


@pytest.mark.parametrize(("pattern", "path"), OTHER_ENCODINGS)
def test_another_path_does_not_match(pattern, path):
    assert allows(f"User-agent: *\nDisallow: {pattern}", path)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        # the longest match wins, in either order; allow wins a tie
        ("Allow: /p\nDisallow: /", "/page", True),
        ("Disallow: /\nAllow: /p", "/page", True),
        ("Disallow: /folder\nAllow: /folder", "/folder/page", True),
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),
        ("Allow: /page\nDisallow: /*.ph", "/page.php5", True),
        ("Allow: /$\nDisallow: /", "/", True),
        ("Allow: /$\nDisallow: /", "/page.htm", False),
        # star and dollar
        ("Disallow: /fish*", "/fishheads/yummy.html", False),
        ("Disallow: /fish*", "/Fish.asp", True),
        ("Disallow: /*.php$", "/a.php", False),
        ("Disallow: /*.php$", "/a.php?p=1", True),
        ("Disallow: /*.php$", "/a.php.php", False),
        ("Disallow: /a*b*c", "/a-c-b-c", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /a**b", "/ab", False),
        ("Disallow: /ab*b$", "/ab", True),
        ("Disallow: *", "/x", False),
        ("Disallow: /$", "/x", True),
        ("Disallow: $", "/x", True),
        ("Disallow: /x$y", "/x$y", False),
        ("Disallow: /?", "/?q", False),
        ("Disallow: /?", "/", True),
        # nothing, and what is not a path
        ("Disallow:", "/x", True),
        ("Disallow: ", "/x", True),
        ("Disallow: x", "/x", True),
        # the robots.txt itself
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /", "/robots.txt?x", False),
        ("Disallow: /x", "", True),
        ("Disallow: /$", "", False),
    ],
)
def test_rules_match_as_the_standard_says(rules, path, allowed):
    assert allows(f"User-agent: *\n{rules}", path) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param("user-AGENT : examplebot\nDISALLOW : /", False, id="any case"),
        pytest.param("User-agent: *\rDisallow: /x\r", False, id="CR"),
        pytest.param("\ufeffUser-agent: *\r\nDisallow: /x\r\n", False, id="BOM"),
        pytest.param("User-agent: * # all\nDisallow: /x # why", False, id="comments"),
        pytest.param("Disallow: /x", True, id="no group"),
        pytest.param("User-agent: *\nDisalow: /x", False, id="misspelt"),
        pytest.param("User agent: *\nDisallow /x", False, id="no colon, a blank"),
        pytest.param("User-agent: Example\nDisallow: /", True, id="part of the token"),
        pytest.param("User-agent: ExampleBot2\nDisallow: /", True, id="longer token"),
        pytest.param("User-agent: ExampleBot/1.0\nDisallow: /", False, id="version"),
        pytest.param("User-agent: ExampleBot*\nDisallow: /", False, id="token, star"),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: ExampleBot\nDisallow:",
            True,
            id="own group before the star",
        ),
        pytest.param(
            "User-agent: a\n\nSitemap: /s\nHost: x\nCrawl-delay: 1\n"
            "User-agent: ExampleBot\nDisallow: /x",
            False,
            id="other lines between agents do not end the group",
        ),
        pytest.param(
            "User-agent: ExampleBot\nCrawl-delay: 1\nUser-agent: b\nDisallow: /x",
            False,
            id="nor do they take the first one out of it",
        ),
        pytest.param(
            "User-agent: ExampleBot\nCrawl-delay: 1\n\nUser-agent: b\nDisallow: /x",
            True,
            id="unless a blank line follows a delay",
        ),
        pytest.param(
            "User-agent: ExampleBot\n\nSitemap: /s\n\nUser-agent: b\nDisallow: /x",
            False,
            id="but not after other lines",
        ),
        pytest.param(
            "User-agent: ExampleBot\nAllow: /\nUser-agent: b\nDisallow: /x",
            True,
            id="but a rule does",
        ),
        pytest.param(
            "User-agent: ExampleBot\nDisallow:\nUser-agent: b\nDisallow: /x",
            True,
            id="and so does an empty rule",
        ),
        pytest.param(
            "User-agent: *\n\x00\xff: broken\nnonsense\n: /\nDisallow: /x",
            False,
            id="lines that are none",
        ),
        pytest.param(b"User-agent: *\nDisallow: /\xe9\nDisallow: /x", False, id="1252"),
    ],
)
def test_lines_are_read_with_tolerance_and_groups_with_care(text, allowed):
    assert allows(text, "/x") is allowed


def test_octets_that_are_no_utf_8_still_match_themselves():
    assert not allows(b"User-agent: *\nDisallow: /caf\xe9", "/caf%E9")
    assert allows(b"User-agent: *\nDisallow: /caf\xe9", "/caf%C3%A9")


def test_a_refusal_names_the_publishers_line():
    text = "User-agent: *\nAllow: /\n\nDisallow: /private # ours\n"
    decision = rules_of(text).decide(f"{HOST}/private/x", "ExampleBot")
    assert decision.rule == "Disallow: /private # ours (line 4)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("User-agent: b\nDisallow: /", "no group for this crawler"),
        ("User-agent: *\nDisallow: /y", "no rule matches"),
        ("User-agent: *\nAllow: /x", "Allow: /x (line 2)"),
    ],
)
def test_a_permission_says_why(text, said):
    decision = rules_of(text).decide(f"{HOST}/x", "ExampleBot")
    assert decision.allowed
    assert decision.rule == said


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10.0),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 2 # seconds", 2.0),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: *\nCrawl-delay:", None),
        ("Crawl-delay: 5", None),
        ("User-agent: b\nCrawl-delay: 5", None),
        ("User-agent: *\nCrawl-delay: 1\nUser-agent: *\nCrawl-delay: 3", 3.0),
        ("User-agent: *\nCrawl-delay: 5\nUser-agent: ExampleBot\nAllow: /", None),
        ("User-agent: *\nDisallow:\nCrawl-delay: 5\nUser-agent: ExampleBot\n", None),
    ],
)
def test_the_delay_is_that_of_the_own_group(text, delay):
    assert rules_of(text).decide(f"{HOST}/x", "ExampleBot").crawl_delay_s == delay


def test_sitemaps_belong_to_no_group():
    text = "Sitemap: https://a.example/1.xml\nUser-agent: b\nsitemap:/2\nDisallow: /"
    rules = rules_of(text)
    assert rules.sitemaps == ("https://a.example/1.xml", "/2")
    assert rules.decide(f"{HOST}/", "ExampleBot").sitemaps == rules.sitemaps


def test_what_stands_behind_500_kib_is_not_read_and_no_line_is_cut():
    start = b"User-agent: *\n"
    filler = b"#" * (SIZE_LIMIT - len(start) - len(b"\nDisallow: /")) + b"\n"
    text = start + filler + b"Disallow: /private\nDisallow: /x\n"
    assert text[:SIZE_LIMIT].endswith(b"Disallow: /")
    assert allows(text, "/anything")
    assert allows(text, "/x")
    assert not allows(start + b"Disallow: /x\n" + filler, "/x")


def test_many_stars_take_no_time():
    pattern = "/" + "a*" * 2000 + "b"
    assert allows(f"User-agent: *\nDisallow: {pattern}", "/" + "a" * 20_000)


# ---------------------------------------------------------------- address, freshness


@pytest.mark.parametrize(
    ("url", "robots"),
    [
        ("https://a.example/x/y?z#f", "https://a.example/robots.txt"),
        ("HTTP://A.example", "http://a.example/robots.txt"),
        ("http://a.example:80/", "http://a.example/robots.txt"),
        ("https://a.example:80/", "https://a.example:80/robots.txt"),
        ("https://a.example:8443/", "https://a.example:8443/robots.txt"),
        ("https://user:pw@a.example/", "https://a.example/robots.txt"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/robots.txt"),
    ],
)
def test_robots_txt_is_that_of_the_authority(url, robots):
    assert robots_url(url) == robots


@pytest.mark.parametrize("url", ["ftp://a.example/", "https:///x", "/x", "http://[x"])
def test_what_has_no_authority_has_no_robots_txt(url):
    with pytest.raises(ValueError, match=r"robots|IPv6"):
        robots_url(url)


@pytest.mark.parametrize(
    ("age", "unreachable", "fresh"),
    [
        (timedelta(), False, True),
        (timedelta(hours=23, minutes=59), False, True),
        (timedelta(hours=24), False, False),
        (timedelta(minutes=59), True, True),
        (timedelta(hours=1), True, False),
        (timedelta(seconds=-1), False, False),
    ],
)
def test_an_answer_is_used_for_a_day_and_a_failure_for_an_hour(age, unreachable, fresh):
    assert is_fresh(NOON - age, NOON, unreachable=unreachable) is fresh
