"""How hostile pages are made: a little article, and a trap in it."""

from __future__ import annotations

import json
from typing import Any

PROSE = (
    "The harbour council of Port Verity voted on Monday to keep the old lighthouse.",
    "Eleven of its thirteen members were in favour, after a debate of four hours.",
    "“We heard from fishermen and pilots,” said the chair, Amara Oyelaran, later.",
    "The repair will cost about two million, half of which the region has promised.",
    "Work begins in spring; until then the lamp is lit at weekends, by volunteers.",
    "A second vote, on the fog horn, was put off until the end of the month.",
)
PARAGRAPHS = "\n".join(f"<p>{line}</p>" for line in PROSE)
HEAD = (
    '<head><meta charset="utf-8"><title>Lighthouse stays</title>'
    '<meta property="og:title" content="Lighthouse stays">'
    '<meta property="article:published_time" content="2024-03-11T09:30:00Z"></head>'
)
MIB = 1024 * 1024


def page(trap: str, *, head: str = HEAD, attributes: str = "") -> bytes:
    """Put a trap in the middle of an article."""
    return (
        f"<!DOCTYPE html><html{attributes}>{head}<body><article>"
        f"<h1>Lighthouse stays</h1>{PARAGRAPHS}{trap}{PARAGRAPHS}"
        "</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def nested(tags: str, depth: int, *, closed: bool = False) -> bytes:
    """Nest tags in turn, `depth` of them, with the article inside."""
    names = tags.split()
    stack = [names[number % len(names)] for number in range(depth)]
    closing = "".join(f"</{name}>" for name in reversed(stack)) if closed else ""
    return page("".join(f"<{name}>" for name in stack) + PARAGRAPHS + closing)


def in_head(markup: str) -> bytes:
    """Put markup in the head of the article."""
    return page("", head=HEAD.replace("</head>", f"{markup}</head>"))


def json_ld(data: str) -> bytes:
    """Give the article a JSON-LD script."""
    return in_head(f'<script type="application/ld+json">{data}</script>')


def meta(name: str, content: str) -> bytes:
    """Give the article a <meta> tag."""
    return in_head(f'<meta property="{name}" content="{content}">')


def xml_bomb() -> bytes:
    """Define entities by entities, ten to the tenth (the "billion laughs")."""
    entities = ['<!ENTITY a0 "light">']
    entities += [
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 11)
    ]
    doctype = "<?xml version='1.0'?><!DOCTYPE html [" + "".join(entities) + "]>"
    return doctype.encode() + page("<p>&a10;</p>")


def mixed_encodings() -> bytes:
    """Write each paragraph in another charset."""
    line = "Größe, œuvre, Łódź, Ωμέγα, Привет, 東京"
    pieces = [
        line.encode(charset, "ignore")
        for charset in ("utf-8", "cp1252", "cp1251", "utf-16-le", "shift_jis", "gbk")
    ]
    return page("MIXED").replace(b"MIXED", b"<p>".join(pieces * 20))


def broken_utf8() -> bytes:
    """Cut characters of UTF-8 in the middle, everywhere."""
    text = ("<p>" + "жизнь 日本 € 😀 " * 400 + "</p>").encode()
    cut = b"".join(text[start : start + 7] for start in range(0, len(text), 8))
    return page("BROKEN").replace(b"BROKEN", cut)


def random_bytes(length: int = 200_000) -> bytes:
    """Give bytes without any order, the same ones always."""
    state, found = 1, bytearray()
    while len(found) < length:
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        found += (state >> 32).to_bytes(4)
    return bytes(found)


def deep_json(depth: int) -> str:
    """Nest objects and lists in JSON-LD."""
    return '{"@graph":[' * depth + '{"@type":"NewsArticle"}' + "]}" * depth


def many_json_ld(number: int) -> bytes:
    """Give so many JSON-LD scripts, each of another article."""
    return in_head(
        "".join(
            '<script type="application/ld+json">'
            + json.dumps({"@type": "NewsArticle", "headline": f"Other story {one}"})
            + "</script>"
            for one in range(number)
        )
    )


def odd_json_ld() -> bytes:
    """Give every field of an article a value of every wrong type."""
    values: tuple[Any, ...] = (
        None, True, 0, -1e308, "", " ", [], [[]], {}, [None], {"@value": []},
        {"name": {"name": ["x"]}}, "\ud800", "\0", "a" * 100_000, [["y"] * 3],
    )  # fmt: skip
    fields = (
        "headline", "author", "creator", "datePublished", "dateModified", "publisher",
        "articleBody", "image", "articleSection", "inLanguage", "mainEntityOfPage",
        "isAccessibleForFree", "license", "description", "@type", "@id", "@graph",
        "url", "liveBlogUpdate", "hasPart", "name", "keywords", "wordCount",
    )  # fmt: skip
    things = [
        {"@type": "NewsArticle", **dict.fromkeys(fields, value)} for value in values
    ] + [{"@type": "NewsArticle", field: value} for field in fields for value in values]
    return json_ld(json.dumps(things))


def bad_dates() -> bytes:
    """State dates that no calendar has, in all places that are read."""
    dates = (
        "0000-00-00", "9999-99-99T99:99:99Z", "2024-02-30", "31/02/2024", "-1", "1e9",
        "2024-13-01", "99999999999999999999", "２０２４-0３-11", "NaN", "now",
        "2024-03-11T09:30:00+99:99", "Thu, 32 Foo 2024", "٢٠٢٤/٠٣/٣٣", "1403/13/45",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "令和99年99月",
        "2569-01-01", "१२/१३/१४", "1 week ago " * 50,
    )  # fmt: skip
    metas = "".join(
        f'<meta property="{name}" content="{date}">'
        for date in dates
        for name in ("article:published_time", "date", "dc.date", "parsely-pub-date")
    )
    times = "".join(f'<time datetime="{date}">{date}</time>' for date in dates)
    data = json.dumps(
        [
            {"@type": "NewsArticle", "datePublished": date, "dateModified": date}
            for date in dates
        ]
    )
    head = f'<head>{metas}<script type="application/ld+json">{data}</script></head>'
    return page(times, head=head)


def json_ld_script(text: str) -> str:
    """Say the same in every field of JSON-LD."""
    fields = (
        "headline",
        "datePublished",
        "description",
        "articleSection",
        "inLanguage",
    )
    said = {
        "@type": "NewsArticle",
        **dict.fromkeys(fields, text),
        "author": {"@type": "Person", "name": text},
    }
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'
