"""Style sheets with other addresses: what refers is changed, nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.srcset import srcset_candidates
from archive.stylesheets import css_references, with_addresses


def rewritten(text: str) -> str:
    return with_addresses(text, lambda a: f"I:{a}", lambda a: f"S:{a}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a{b:url(x.png)}", 'a{b:url("I:x.png")}'),
        ("a{b:URL( 'x y.png' )}", 'a{b:URL( "I:x y.png" )}'),
        ("a{b:url(x\\29 y)}", 'a{b:url("I:x)y")}'),
        ("a{b:url()}", 'a{b:url("I:")}'),
        ('@import "a.css" screen;', '@import "S:a.css" screen;'),
        ("@import url(a.css) layer(x);", '@import url("S:a.css") layer(x);'),
        ('@IMPORT URL("a.css");', '@IMPORT URL("S:a.css");'),
        (
            'a{b:image-set("a.png" 1x,url(b.png) 2x type("image/png"))}',
            'a{b:image-set("I:a.png" 1x,url("I:b.png") 2x type("image/png"))}',
        ),
        ('a{b:src("c")}', 'a{b:src("I:c")}'),
        ("a{b:url(data:,<b>)}", 'a{b:url("I:data:,\\3c b>")}'),
        ("a{b:u\\72l(x)}", "a{b:u\\72l-(x)}"),
        ('@\\69mport "x";', '@\\69mport- "x";'),
        ('@i\\6dport "x";', '@i\\6dport- "x";'),
    ],
)
def test_what_refers_is_changed(before, after):
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a{b:c}",
        "/* url(x) @import 'y' */ a{b:c}",
        'a{content:"url(x)"}',
        "@namespace url(http://www.w3.org/1999/xhtml);",
        ".sm\\:x{margin:calc(1px + 2px)}",
        'a{content:"\\201c"}',
        "#url(x)",
        "a{b:my-url(x)}",
    ],
)
def test_what_refers_to_nothing_stays(text):
    assert rewritten(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a{b:" + "image-set('a'," * 5000,
        "a{b:image-set('a'" + "[" * 5000,
        "@import 'a' " + "[" * 5000 + ";c{d:url(e)}",
        "@import 'a' " + "f(" * 5000,
    ],
)
def test_deep_nesting_refers_to_nothing(text):
    assert set(css_references(rewritten(text))) <= {"I:e"}


addresses = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\f"), max_size=20
)


@given(st.lists(addresses, max_size=4))
def test_each_address_that_is_written_is_read_back(written):
    text = "".join(f"p{{background:url(old{n}.png)}}" for n in range(len(written)))
    order = iter(written)
    changed = with_addresses(text, lambda _: next(order), lambda _: "no")
    assert "</" not in changed
    assert list(css_references(changed)) == written


@given(st.text(max_size=80))
def test_after_it_every_reference_is_a_changed_one(text):
    changed = with_addresses(text, lambda _: "I:x", lambda _: "S:x")
    assert set(css_references(changed)) <= {"I:x", "S:x"}


def test_candidates_of_a_srcset_keep_their_descriptors():
    value = "a.png, b.png 2x,c,d.png 100w (x,y) , e,"
    assert list(srcset_candidates(value)) == [
        ("a.png", ""),
        ("b.png", "2x"),
        ("c,d.png", "100w (x,y)"),
        ("e", ""),
    ]
