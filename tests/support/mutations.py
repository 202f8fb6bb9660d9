"""Pages, spoilt: what networks, editors and enemies do to markup, seeded.

`mutated` is a pure function of its seed and its pages: a seed is all there is to
keep of a page that did harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from tests.support.hostilemarkup import PROSE

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

LONGEST = 64 * 1024  # bytes of a page before it is spoilt
_MOST_MUTATIONS = 4
_TAG = re.compile(rb"<[^<>]{1,200}>")
_QUOTED = re.compile(rb'="[^"<>]{0,200}"')
_JSON_LD = re.compile(rb"application/ld\+json[^>]*>([^<]{2,20000})<")
_HEAD = 12 * 1024  # bytes that are kept of the beginning of a page that is too long

_TAGS = (
    b"div p span a b table tr td ul li blockquote form iframe noscript template svg"
    b" math script style title head body html article section figure figcaption h1 time"
    b" br textarea select option frameset plaintext pre"
).split()
_ENTITIES = (
    b"&amp;", b"&lt;", b"&#0;", b"&#xD800;", b"&#x10FFFF;", b"&#99999999999;",
    b"&nbsp;", b"&bogus;", b"&", b"&#", b"&shy;", b"&zwj;", b"&rlm;", b"&hellip;",
    b"&quot;",
)  # fmt: skip
_ATTRIBUTES = (
    b' hidden', b' class="comment share related"', b' style="display:none"',
    b' lang="ar"', b' itemprop="author"',
    b' itemprop="datePublished" content="2099-99-99"', b" dir=rtl",
    b' datetime="0000-00-00T25:61"', b' role="navigation"', b' href="http://["',
    b" =", b' aria-hidden="true"', b' id="content"', b" a='", b' b="',
    b' rel="author"', b' class="article-body byline date published"',
    b' src="data:image/png;base64,AAAA"',
)  # fmt: skip
_JUNK = (
    b"<script>if (a < b && c > d) { document.write('<p>x</p>') }</script>",
    b"<script>var s = \"</scr\" + \"ipt>\"; /* <!-- */</script>",
    b'<script type="application/json">{"a":[{"b":"<p>c</p>"}]}</script>',
    b"<style>p::before{content:'<p>'}</style>", b"<!--[if IE]><p>x</p><![endif]-->",
    b"<![CDATA[ <p>x</p> ]]>", b"<?php echo 1 ?>", b"<!DOCTYPE html>",
    b"</html><html><body>",
)  # fmt: skip
_RUNS = (
    b" ", b"\xc2\xa0", b"\n", b"<", b">", b'"', b"'", b"&", b"a@", b"1,", b"1/", b"-",
    b".", b"<p>", b"<div>", b"</div>", b"<br>", b"<b><i>", b"<td>", b"<!--", b"\0",
    b"\xff", b"\xf0\x9f", b"by ", b"http://", b"\xd9\xa3", b"\xe6\x9c\x88",
    b"<li><a href=x>",
)  # fmt: skip
_CHARSETS = (
    "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1251", "cp1256", "shift_jis",
    "gbk", "euc-kr", "iso-2022-jp", "utf-7", "cp037",
)  # fmt: skip
_VALUES = (
    b"null", b"[]", b"{}", b"1e999", b"-0", b'""', b'"\\ud800"', b"true", b"[[[[]]]]",
    b'{"@id":"#a"}', b'"' + b"a" * 5000 + b'"', b"\xff", b"[",
    b'{"@type":["Person",1]}',
)  # fmt: skip


def mutated(seed: str, pages: Sequence[bytes]) -> bytes:
    """Choose a page by a seed, and spoil it in one way to four."""
    dice = Random(seed)
    body = shortened(dice, dice.choice(pages))
    for _ in range(dice.randint(1, _MOST_MUTATIONS)):
        body = dice.choice(MUTATIONS)(dice, body, pages)
    return body


def shortened(dice: Random, body: bytes) -> bytes:
    """Cut a piece out of the middle of a long page, so that many can be tried."""
    if len(body) <= LONGEST:
        return body
    start = dice.randrange(_HEAD, len(body) - LONGEST + _HEAD)
    return body[:_HEAD] + body[start : start + LONGEST - _HEAD]


def flip_bytes(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Change single bytes."""
    spoilt = bytearray(body)
    for _number in range(dice.choice((1, 10, 200)) if body else 0):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def delete(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Leave a piece out."""
    start, end = _piece(dice, body)
    return body[:start] + body[end:]


def duplicate(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Say a piece several times."""
    start, end = _piece(dice, body)
    end = min(end, start + 4096)
    return body[:end] + body[start:end] * dice.choice((1, 3, 30)) + body[end:]


def splice(dice: Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    """Put a piece of another page into this one."""
    other = shortened(dice, dice.choice(pages))
    start, end = _piece(dice, other)
    return _insert(dice, body, other[start:end])


def truncate(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Cut the page off."""
    return body[: _place(dice, body)]


def nest(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Open tags that are not closed, or close some that are not open."""
    tags = dice.choices(_TAGS, k=dice.choice((1, 5, 300, 3000)))
    form = dice.choice((b"<%b>", b"</%b>"))
    return _insert(dice, body, b"".join(form % tag for tag in tags))


def rename_tags(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Make one kind of tag another."""
    old, new = dice.choice(_TAGS), dice.choice(_TAGS)
    return re.sub(rb"(</?)%b(?=[\s>])" % old, rb"\g<1>%b" % new, body)


def lose_tags(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Leave tags out, one in three or so."""
    return _TAG.sub(lambda tag: b"" if dice.random() < 0.3 else tag[0], body)


def add_entities(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Strew character references over the page."""
    for _number in range(dice.choice((1, 20, 100))):
        body = _insert(dice, body, dice.choice(_ENTITIES))
    return body


def add_attributes(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Give tags attributes that mean something, or break them."""

    def with_one(tag: re.Match[bytes]) -> bytes:
        if dice.random() > 0.05:
            return tag[0]
        return tag[0][:-1] + dice.choice(_ATTRIBUTES) + b">"

    return _TAG.sub(with_one, body)


def change_attributes(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Exchange values of attributes."""
    values = _QUOTED.findall(body)
    if not values:
        return body
    return _QUOTED.sub(
        lambda value: dice.choice(values) if dice.random() < 0.1 else value[0], body
    )


def recode(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Write the page, or the rest of it, in another charset."""
    place = dice.choice((0, _place(dice, body)))
    text = body[place:].decode("utf-8", "replace")
    return body[:place] + text.encode(dice.choice(_CHARSETS), "ignore")


def state_charset(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Declare a charset that is not that of the page."""
    name = dice.choice(_CHARSETS).encode()
    return b'<meta charset="%b">' % name + body


def spoil_json_ld(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Put wrong values into JSON-LD, or a script of it where there is none."""
    match = _JSON_LD.search(body)
    if match is None:
        said = b'{"@type":"NewsArticle","headline":%b,"author":%b,"datePublished":%b}'
        said %= tuple(dice.choices(_VALUES, k=3))
        script = b'<script type="application/ld+json">%b</script>' % said
        return _insert(dice, body, script)
    data = re.sub(
        rb'(?<=":)\s*(?:"[^"]*"|\[|\{)',
        lambda value: dice.choice(_VALUES) if dice.random() < 0.15 else value[0],
        match[1],
    )
    return body[: match.start(1)] + data + body[match.end(1) :]


def add_junk(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Put scripts, styles, comments and declarations anywhere."""
    for _number in range(dice.choice((1, 3, 30))):
        body = _insert(dice, body, dice.choice(_JUNK))
    return body


def repeat(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Say one small thing very often."""
    return _insert(dice, body, dice.choice(_RUNS) * dice.choice((50, 1000, 20_000)))


def add_text(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Put sentences without any markup anywhere."""
    text = " ".join(dice.choices(PROSE, k=dice.choice((1, 5, 100))))
    return _insert(dice, body, text.encode())


MUTATIONS: tuple[Mutation, ...] = (
    add_attributes, add_entities, add_junk, add_text, change_attributes, delete,
    duplicate, flip_bytes, lose_tags, nest, recode, rename_tags, repeat, splice,
    spoil_json_ld, state_charset, truncate,
)  # fmt: skip


def _place(dice: Random, body: bytes) -> int:
    return dice.randint(0, len(body))


def _piece(dice: Random, body: bytes) -> tuple[int, int]:
    start = _place(dice, body)
    return start, min(len(body), start + dice.choice((1, 50, 1000, 20_000)))


def _insert(dice: Random, body: bytes, piece: bytes) -> bytes:
    place = _place(dice, body)
    return body[:place] + piece + body[place:]
