"""What a style sheet refers to, and the same sheet with other addresses. Pure.

tinycss2 reads about 0.7 MB a second, and news pages carry 40 KB of inline
style on average, some 1 MB. So a scanner finds the few pieces that matter,
passing over strings and comments; only the pieces that are more than a plain
address are given to tinycss2, which knows escapes and nested functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import tinycss2

_IN_DOUBLE = r"""(?:[^"\\\n\r\f]|\\.)*+"?"""
_IN_SINGLE = r"""(?:[^'\\\n\r\f]|\\.)*+'?"""
_STRING = f"""(?:"{_IN_DOUBLE}|'{_IN_SINGLE})"""
_IN_PARENTHESES = rf"""(?:[^()"'\\]|\\.|{_STRING})*+"""
# An unquoted address with "(" in it is none; it ends at the next ")" (4.3.14).
_BAD_REST = r"\((?:[^)\\]|\\.)*+\)?"

# CSS Syntax 3, 4.3: comments, strings and escapes are matched to be passed
# over. An at-rule is taken up to its ";", an image-set up to its ")". All
# begin with one character class and tell themselves apart by looking back:
# only then does `re` skip quickly to the next candidate.
_PIECES = re.compile(
    rf"""
    [("'/\\@](?:
      (?<=/) \*.*?(?:\*/|\Z)
    | (?<=") {_IN_DOUBLE}
    | (?<=') {_IN_SINGLE}
    | (?<=\\) (?:[0-9a-fA-F]{{1,6}}\s?|.) [\w-]*+ \(?
    | (?<=@) (?P<at>(?:[iI][mM][pP][oO][rR][tT]|[nN][aA][mM][eE][sS][pP][aA][cC][eE])\b
        (?:[^;{{}}"'(\\] | \\. | {_STRING} | \({_IN_PARENTHESES}\)?)*+)
    | (?<=[uU][rR][lL]\() (?<![\w#@-]...\()
        (?: \s*+ (?P<plain>[^\s"'()\\]*+) \s*+ \)
          | (?P<url>{_IN_PARENTHESES} (?:\)|{_BAD_REST})?) )
    | (?<=[sS][rR][cC]\() (?<![\w#@-]...\() (?P<src>{_IN_PARENTHESES} \)?)
    | (?<=[iI][mM][aA][gG][eE]-[sS][eE][tT]\()
        (?:(?<![\w#@-].{{9}}\() | (?<=-[wW][eE][bB][kK][iI][tT]-.{{9}}\()) (?P<set>
        (?:[^()"'\\] | \\. | {_STRING} | \({_IN_PARENTHESES}\)?)*+ \)?)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
# What stood before the piece that was taken.
_BEFORE = {"at": "@", "url": "url(", "src": "src(", "set": "image-set("}
_SIGNS = ("url(", "src(", "@import", "image-set(")
# An at-rule whose name is written with escapes, up to the first of them.
_AT_NAME = re.compile(r"@[\w-]*\Z")
_LONGEST_NAME = 16


def css_references(text: str) -> Iterator[str]:
    """Give the addresses in a sheet or a style attribute, as written, in order.

    Those of `url()`, `src()`, `@import` and `image-set()` (CSS Values 4,
    CSS Cascade 5, CSS Images 4); not the names in `@namespace`. A function
    whose own name is written with escapes is not recognised.
    """
    if not _may_refer(text):
        return
    for piece in _PIECES.finditer(text):
        kind = piece.lastgroup
        if kind == "plain":
            yield piece["plain"]
        elif kind is not None:
            for token in _addresses(_tokens(piece)):
                yield token.value


def with_addresses(
    text: str, image: Callable[[str], str], sheet: Callable[[str], str]
) -> str:
    """Write a sheet or a style attribute with other addresses, the rest as it is.

    `image` gives the address that stands in for that of an image or font,
    `sheet` for that of another sheet. A function or rule whose own name is
    written with escapes loses its name: what it refers to can't be told.
    """
    if not (_may_refer(text) or "\\" in text):
        return text

    def written(piece: re.Match[str]) -> str:
        kind = piece.lastgroup
        if kind is None:
            return _without_escaped_name(piece)
        if kind == "plain":
            return f"({_string(image(piece['plain']))})"
        tokens = _tokens(piece)
        stand_in = sheet if kind == "at" else image
        found = list(_addresses(tokens))
        for token in found:
            address = _string(stand_in(token.value))
            is_url = token.type == "url"
            token.representation = f"url({address})" if is_url else address
        if not found:
            return piece[0]
        try:
            text = str(tinycss2.serialize(tokens))
        except RecursionError:  # nested a thousand times: of no use to any page
            return "unreadable" if kind == "at" else "()"
        return text if kind == "at" else "(" + text.partition("(")[2]

    return _PIECES.sub(written, text)


def _may_refer(text: str) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in _SIGNS)


def _tokens(piece: re.Match[str]) -> list[Any]:
    kind = piece.lastgroup
    assert kind is not None
    return list(
        tinycss2.parse_component_value_list(
            _BEFORE[kind] + piece[kind], skip_comments=True
        )
    )


def _addresses(tokens: list[Any]) -> Iterator[Any]:
    """Find the tokens that hold an address."""
    if not tokens:
        return
    first, *others = tokens
    if first.type == "at-keyword":
        if first.lower_value == "import":
            yield from _imported(others)
    elif first.type == "url":
        yield first
    elif first.type == "function":
        is_set = first.lower_name.endswith("image-set")
        yield from _options(first.arguments) if is_set else _argument(first)


def _imported(tokens: list[Any]) -> Iterator[Any]:
    """Take the first thing after `@import`; layers and conditions follow it."""
    for token in tokens:
        if token.type == "whitespace":
            continue
        if token.type in {"string", "url"}:
            yield token
        elif token.type == "function":
            yield from _argument(token)
        return


def _options(tokens: list[Any]) -> Iterator[Any]:
    """Take strings and addresses; the string of `type()` is none."""
    for token in tokens:
        if token.type in {"string", "url"}:
            yield token
        elif token.type == "function":
            yield from _argument(token)


def _argument(function: Any) -> Iterator[Any]:
    if function.lower_name in {"url", "src"}:
        for token in function.arguments:
            if token.type == "string":
                yield token
                return


def _string(value: str) -> str:
    """Write a CSS string that ends neither itself nor the element it stands in."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ")
    return '"' + re.sub(r"[\n\r\f]", r"\\a ", escaped) + '"'


def _without_escaped_name(piece: re.Match[str]) -> str:
    r"""Make a name unknown that escapes keep from being read: `u\72l(`."""
    text = piece[0]
    if not text.startswith("\\"):
        return text
    if text.endswith("("):
        return f"{text[:-1]}-("
    start = piece.start()
    before = piece.string[max(0, start - _LONGEST_NAME) : start]
    return f"{text}-" if _AT_NAME.search(before) else text
