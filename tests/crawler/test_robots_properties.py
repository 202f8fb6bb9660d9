"""Protego as the second opinion on robots.txt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from crawler.robots import RobotsRules

HOST = "https://a.example"


def allows(text: str, path: str, agent: str = "ExampleBot") -> bool:
    rules = RobotsRules.from_answer(status=200, body=text.encode())
    return rules.decide(HOST + path, agent).allowed


_paths = st.text(alphabet="ab/.*$%?=é2F", max_size=8).map(lambda text: "/" + text)
_plain_paths = st.text(alphabet="ab/.?=c", max_size=8).map(lambda text: "/" + text)
_patterns = st.text(alphabet="ab/.*", max_size=6).map(lambda text: "/" + text)


@given(
    st.lists(st.tuples(st.booleans(), _patterns, st.booleans()), max_size=6),
    _plain_paths,
)
def test_protego_decides_alike_where_it_follows_the_standard(rules, path):
    lines = ["User-agent: *"]
    lines += [
        f"{'Allow' if allow else 'Disallow'}: {pattern}{'$' if anchored else ''}"
        for allow, pattern, anchored in rules
    ]
    text = "\n".join(lines)
    theirs = Protego.parse(text).can_fetch(HOST + path, "ExampleBot")
    assert allows(text, path) is theirs


# Where it does not: if one of these fails, Protego was mended, and robots.py
# should be reconsidered.
@pytest.mark.parametrize(
    ("text", "path", "right"),
    [
        pytest.param(
            "User-agent: Example\nDisallow: /", "/x", True, id="part of a token"
        ),
        pytest.param(
            "User-agent: Example-Bot/1.0\nDisallow: /", "/x", False, id="version"
        ),
        pytest.param(
            "User-agent: Example-Bot\nFoo: x\nUser-agent: b\nDisallow: /",
            "/x",
            False,
            id="unknown line within a group",
        ),
        pytest.param(
            "User-agent: *\nDisallow: /\nAllow: /a/index.html",
            "/a/",
            False,
            id="index.html",
        ),
        pytest.param(
            "User-agent: *\nDisallow: /?u=https://b",
            "/?u=https%3A%2F%2Fb",
            False,
            id="slashes in a query",
        ),
    ],
)
def test_protego_departs_from_the_standard_here_and_we_do_not(text, path, right):
    assert allows(text, path, "Example-Bot") is right
    assert Protego.parse(text).can_fetch(HOST + path, "Example-Bot") is not right


@given(st.binary(max_size=200), _paths, st.text(max_size=10))
def test_no_robots_txt_makes_it_fail(body, path, agent):
    RobotsRules.from_answer(status=200, body=b"User-agent: *\n" + body).decide(
        HOST + path, agent
    )
