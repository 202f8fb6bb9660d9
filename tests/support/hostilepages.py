"""Pages that mean harm, or were made by programs that lost their way.

`HOSTILE` has them all, `QUICK` and `HEAVY` are its two parts: the heavy ones are big
or deep enough to need the limits of a worker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.support import hostilemarkup as markup
from tests.support.hostilemarkup import (
    HEAD,
    MIB,
    PARAGRAPHS,
    PROSE,
    in_head,
    json_ld,
    json_ld_script,
    meta,
    nested,
    page,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A hostile page, made when it is wanted."""

    name: str
    make: Callable[[], bytes]
    content_type: str | None = "text/html; charset=utf-8"
    heavy: bool = False


# What is repeated how often in the middle of an article, and what stands before it.
_REPEATED: tuple[tuple[str, str, str, int], ...] = (
    ("a comment without end", "<!--", "- -", 100_000),
    ("NUL and controls", "<p>", "".join(map(chr, range(32))), 3000),
    ("NUL in names", "", "<p\0 cla\0ss='a\0b'>x</p\0>", 5000),
    ("lone surrogates", "<p>\ud800 \udfff</p>", "&#xD800;&#x110000;", 999),
    ("numbers of no character", "", "&#0;&#x1;&#xFFFE;&#99999999999;", 5000),
    ("entities in entities", "&amp;&amp;", "amp;", 100_000),
    ("an address of a megabyte", '<a href="/', "../", 340_000),
    ("a class of a megabyte", '<p class="', "byline ", 150_000),
    ("a tag without end", "<p ", "a='1' ", 100_000),
    ("an attribute without end", "<p title='", "x ", MIB),
    ("a name of a megabyte", "<", "x", MIB),
    ("a script without end", "<script>", "var x = '<p>';", 50_000),
    ("a title without end", "<title>", "light ", 50_000),
    ("ten thousand headings", "", "<h1>Lighthouse stays</h1>", 10_000),
    ("ten thousand times", "", '<time datetime="2024-03-11">11 March</time>', 10_000),
    ("ten thousand bylines", "", '<p class="byline">By Amara Oyelaran</p>', 10_000),
    ("forms in forms", "", "<form><input><select><option>", 3000),
    ("templates in templates", "", "<template><div>", 200),
    ("frames in frames", "", "<frameset><frame><iframe>", 2000),
    ("noscript in noscript", "", "<noscript><textarea><plaintext>", 500),
    ("many bodies", "", "</body></html><html><body>", 5000),
    ("closing tags alone", "", "</div></p></article></body>", 20_000),
    ("tags that cross", "", "<b><i><a><p></b></i></a></p>", 5000),
    ("drawings and formulas", "", "<svg><math><mi><foreignObject><p>", 500),
    ("the article a hundred times", "", PARAGRAPHS, 100),
    ("every line the same", "", "<p>Read also: more</p>", 20_000),
)

_ADDRESSES = (
    "http://[",
    "//",
    "http://a:b@:99999/",
    "http://%00/",
    "\ud800",
    "?" * 5000,
)

_SPECIAL: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("nothing at all", lambda: b""),
    ("one byte", lambda: b"<"),
    ("white space", lambda: b" \r\n\t" * 1000),
    ("only comments", lambda: b"<!-- " + PARAGRAPHS.encode() + b" -->" * 2000),
    ("an entity bomb", markup.xml_bomb),
    (
        "ten thousand attributes",
        lambda: page(f"<p {' '.join(f'a{n}=1' for n in range(10_000))}>x</p>"),
    ),
    ("text that is no HTML", lambda: b"light " * 50_000),
    ("JSON instead of HTML", lambda: json.dumps([PROSE] * 2000).encode()),
    ("bad dates", markup.bad_dates),
    ("JSON-LD of odd types", markup.odd_json_ld),
    ("JSON-LD cut off", lambda: json_ld('{"@type":"NewsArticle","headline":"Light')),
    (
        "JSON-LD in a circle",
        lambda: json_ld(
            '{"@id":"#a","@type":"NewsArticle","author":{"@id":"#b"},'
            '"isPartOf":{"@id":"#a"}}'
        ),
    ),
    (
        "JSON-LD of numbers",
        lambda: json_ld(
            f'{{"@type":"NewsArticle","wordCount":1{"0" * 5000},"datePublished":1e999}}'
        ),
    ),
    (
        "JSON-LD with a run of spaces, broken",
        lambda: json_ld(f'{{"@type":"NewsArticle",{" " * 200_000}x'),
    ),
    (
        "names that no tag can have",
        lambda: page("").replace(
            b"<article>", b'<m<b p=><di%><div 2y="3" z<=4><article>'
        ),
    ),
    (
        "a base of another scheme",
        lambda: in_head(
            '<base href="javascript:alert(1)"><link rel="canonical" href="data:,x">'
        ),
    ),
    (
        "addresses no parser likes",
        lambda: page("".join(f'<a href="{one}">x</a>' for one in _ADDRESSES)),
    ),
    (
        "images at addresses no parser likes",
        lambda: meta("og:image", "http://[") + page(f'<img src="{_ADDRESSES[0]}">'),
    ),
    (
        "languages no one speaks",
        lambda: page("", attributes=f' lang="{"x-" * 50_000}"'),
    ),
)

_HEAVY: tuple[tuple[str, Callable[[], bytes]], ...] = (
    *(
        (f"100,000 tags deep: {tags}", partial(nested, tags, 100_000))
        for tags in (
            "div",
            "blockquote",
            "table tr td",
            "ul li",
            "b i span font a em",
            "div p ul li table tbody tr td blockquote section span",
        )
    ),
    ("100,000 closed tags deep", partial(nested, "div", 100_000, closed=True)),
    ("200 tables deep", partial(nested, "table tbody tr td", 800, closed=True)),
    ("10,000 JSON-LD scripts", partial(markup.many_json_ld, 10_000)),
    (
        "state data of 20 MB",
        lambda: in_head(
            '<script id="__NEXT_DATA__" type="application/json">'
            + json.dumps({"props": [{"text": " ".join(PROSE)}] * 45_000})
            + "</script>"
        ),
    ),
    (
        "JSON-LD of 20 MB",
        lambda: json_ld(
            json.dumps({"@type": "Article", "articleBody": " ".join(PROSE) * 45_000})
        ),
    ),
)

_HEAVY_REPEATED: tuple[tuple[str, str, str, int], ...] = (
    ("50 MB on one line", "<p>", "word ", 10 * MIB),
    ("50 MB without a space", "<p>", "w", 50 * MIB),
    ("a script of 20 MB", "<script>", "var x = {a: '<p>'};", MIB),
    ("a style of 20 MB", "<style>", ".a > .b { c: d }\n ", MIB),
    ("a comment of 20 MB", "<!--", "<p>words</p> ", 2 * MIB),
    ("200,000 links", "", '<a href="/x">A link to it</a> ', 200_000),
    ("200,000 links in lists", "<ul>", '<li><a href="/x">More of it</a></li>', 200_000),
    ("100,000 tiny paragraphs", "", "<p>a</p>", 100_000),
    ("100,000 paragraphs", "", f"<p>{PROSE[0]}</p>", 100_000),
    ("a million line breaks", "", "word<br>", 1_000_000),
    ("a table of a million cells", "<table>", "<tr>" + "<td>1" * 1000, 1000),
    ("ten attributes of a megabyte", "", f"<p title='{'y' * MIB}'>x</p>", 10),
    ("a million images", "", "<img src=a.jpg alt=b>", 1_000_000),
    ("a million text nodes", "<p>", "a<b>b</b>", 500_000),
)


def _repeated(before: str, unit: str, times: int) -> bytes:
    return page(before + unit * times)


def _encodings() -> Iterator[Hostile]:
    text = page("<p>Größe 東京</p>").decode()
    plain = {
        "utf-16 without a mark": (text.encode("utf-16-le"), None),
        "utf-16 said, utf-8 sent": (text.encode(), "text/html; charset=utf-16"),
        "utf-8 said, utf-16 sent": (text.encode("utf-16"), "text/html; charset=utf-8"),
        "utf-16 of odd length": (text.encode("utf-16")[:-1], None),
        "utf-32": (text.encode("utf-32"), None),
        "utf-7 said": (text.encode(), "text/html; charset=utf-7"),
        "no such charset": (text.encode(), 'text/html; charset="x-nonsense\\"'),
        "a charset of a megabyte": (text.encode(), "text/html; charset=" + "x" * MIB),
        "a codec that is none of text": (text.encode(), "text/html; charset=zlib"),
        "idna said": (text.encode("latin-1", "ignore"), "text/html; charset=idna"),
        "cut off in a character": (text.encode()[: text.encode().index(b"\xb6")], None),
        "iso-2022-jp with stray escapes": (
            text.encode().replace(b"<p>", b"<p>\x1b$B\x1b(Z"),
            "text/html; charset=iso-2022-jp",
        ),
    }
    for name, (body, content_type) in plain.items():
        yield Hostile(name=name, make=partial(bytes, body), content_type=content_type)
    yield Hostile(name="charsets mixed", make=markup.mixed_encodings, content_type=None)
    yield Hostile(name="broken utf-8", make=markup.broken_utf8)
    yield Hostile(name="random bytes", make=markup.random_bytes, content_type=None)


# What stands in the text, by whom regular expressions are led astray.
RUNS = {
    "spaces": " ",
    "no-break spaces": "\xa0",
    "line feeds": "\n",
    "tabs and feeds": "\t\n",
    "quotation marks": '"',
    "apostrophes": "'",
    "dots": ".",
    "angles": "< ",
    "at signs": "a@",
    "digits": "1",
    "commas": ",",
    "words and commas": "and, ",
    "dashes": " - ",
    "pipes": " | ",
    "slashes of dates": "1/",
    "dashes of dates": "2024-",
    "colons": "1:",
    "brackets": "(",
    "names": "By A. B. ",
    "capitals": "A",
    "addresses": "http://",
    "www": "www.",
    "ampersands": "&",
    "entities": "&#",
    "references": "&amp;",
    "percent signs": "%",
    "combining marks": "e\u0301\u0327",
    "marks that change direction": "\u202e\u202d",
    "Arabic digits": "٣",
    "emoji": "👩‍👩‍👧‍👦",
    "words of one letter": "a ",
    "backslashes": "\\",
}


def _in_text(run: str) -> bytes:
    return page(f"<p>x{run * (200_000 // len(run))}y</p>")


def _in_claims(run: str) -> bytes:
    text = (run * (50_000 // len(run))).replace('"', "&quot;")
    head = HEAD.replace("Lighthouse stays", text) + json_ld_script(text)
    for name in ("author", "date", "description", "og:site_name"):
        head += f'<meta name="{name}" content="{text}">'
    visible = f'<span class="byline author">{text}</span>'
    return page(f'{visible}<time datetime="{text}">{text}</time>', head=head)


def _runs() -> Iterator[Hostile]:
    for name, run in RUNS.items():
        yield Hostile(name=f"run of {name}", make=partial(_in_text, run))
        yield Hostile(name=f"claims of {name}", make=partial(_in_claims, run))


HOSTILE: tuple[Hostile, ...] = (
    *(Hostile(name=name, make=make) for name, make in _SPECIAL),
    *(
        Hostile(name=name, make=partial(_repeated, before, unit, times))
        for name, before, unit, times in _REPEATED
    ),
    *_encodings(),
    *_runs(),
    *(Hostile(name=name, make=make, heavy=True) for name, make in _HEAVY),
    *(
        Hostile(name=name, make=partial(_repeated, before, unit, times), heavy=True)
        for name, before, unit, times in _HEAVY_REPEATED
    ),
)
QUICK = tuple(one for one in HOSTILE if not one.heavy)
HEAVY = tuple(one for one in HOSTILE if one.heavy)
