"""Replay addresses, `/replay/20261122120000im_/https://example.org/a.png`. Pure.

The form is that of other replay tools: a time, a modifier that says what the
answer is used for, and the address as it was captured, query and all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

PREFIX: Final = "/replay/"


class Modifier(StrEnum):
    """What an answer is used for."""

    PAGE = ""  # a page, with the banner
    FRAME = "if_"  # a page without the banner: for a frame of our own
    IMAGE = "im_"  # an image, font or film
    STYLE = "cs_"  # a style sheet
    RAW = "id_"  # the payload as captured


# As other tools call the same, or what comes nearest.
_SYNONYMS: Final = {
    "mp_": Modifier.FRAME,
    "fr_": Modifier.FRAME,
    "js_": Modifier.IMAGE,
    "oe_": Modifier.IMAGE,
    "wkr_": Modifier.IMAGE,
}
_ADDRESS: Final = re.compile(
    r"(?:(?P<time>[0-9]{4,14})(?P<modifier>[a-z]{2,3}_)?/)?(?P<url>.+)", re.DOTALL
)
_ESCAPED_SCHEME: Final = re.compile(r"https?%3a", re.IGNORECASE)
_SLASHES: Final = re.compile(r"(https?):/*(?=[^/])", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_WITH_PORT: Final = re.compile(r"[\w.-]+:\d+(?:[/?]|$)")

# What browsers leave as it is in a path and in a query (URL standard, 1.3), but
# for the apostrophe, which they escape in queries alone.
_KEPT: Final = "!$%&()*+,-./:;=?@[]_~"
_ORDINARY: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9!$%&()*+,./:;=?@_~-]*)?"
)
_FROM_ROOT: Final = re.compile(r"/(?!/)[A-Za-z0-9!$%&()*+,./:;=?@_~-]*")
# In front of the query: segments "." and "..", escaped or not (URL standard, 4.1).
_DOT_SEGMENT: Final = re.compile(r"/(?:\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)
_BEFORE_PATH: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_QUERY: Final = re.compile(r"[?#]")
_IGNORED: Final = re.compile(r"[\t\r\n]")
_TRIMMED: Final = "".join(map(chr, range(0x21)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a replay address asks for."""

    url: str  # as asked, without fragment
    time: str | None  # 4 to 14 digits; None: the newest
    modifier: Modifier


def parse_replay(rest: str) -> Asked | None:
    """Read what stands behind `/replay/`; None if it is no replay address.

    A time may be missing, or end after the year, month, day and so on. Double
    slashes that a proxy has made into one are put right.
    """
    match = _ADDRESS.fullmatch(rest)
    if match is None:
        return None
    url = match["url"]
    if _ESCAPED_SCHEME.match(url):  # by clients that escape all of a parameter
        url = unquote(url)
    url = _SLASHES.sub(lambda m: f"{m[1].lower()}://", url, count=1)
    if not _SCHEME.match(url) or _HOST_WITH_PORT.match(url):
        url = f"http://{url}"  # "example.com/a", as people write it
    modifier = match["modifier"] or ""
    known = _SYNONYMS.get(modifier)
    if known is None:
        try:
            known = Modifier(modifier)
        except ValueError:
            return None
    return Asked(url=url.partition("#")[0], time=match["time"], modifier=known)


def replay_path(
    url: str,
    time: str,
    modifier: Modifier = Modifier.PAGE,
    prefix: str = PREFIX,
) -> str:
    """Write the replay address of a URL, as browsers will ask for it again."""
    return f"{prefix}{time}{modifier}/{_escaped(url)}"


def is_same_address(one: str, other: str) -> bool:
    """Whether two URLs have one replay address."""
    return _escaped(one) == _escaped(other)


def _escaped(url: str) -> str:
    if "/." not in url and "%2" not in url and _ORDINARY.fullmatch(url):
        return url
    return quote(_without_dots(url), safe=_KEPT, errors="replace")


def _without_dots(url: str) -> str:
    """Resolve dot segments, as browsers would: else they would climb out of ours."""
    before = _BEFORE_PATH.match(url)
    if before is None or not _DOT_SEGMENT.search(url):
        return url
    start = before.end()
    end = found.start() if (found := _QUERY.search(url, start)) else len(url)
    kept: list[str] = []
    segments = url[start:end].split("/")[1:]
    for segment in segments:
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
    if segments and segments[-1].lower().replace("%2e", ".") in (".", ".."):
        kept.append("")
    return f"{before[0]}/{'/'.join(kept)}{url[end:]}"


# ------------------------------------------------------------------ references


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    return found[0] if (found := _BEFORE_PATH.match(base)) else None


def absolute(base: str, reference: str, encoding: str = "utf-8") -> str | None:
    """Resolve a reference as browsers do; None where it does not lead to http(s).

    Its query is in the encoding of its page (URL standard, 4.4). The fragment
    stays.
    """
    text = reference.strip(_TRIMMED)
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[0].lower() not in ("http:", "https:"):
        return None
    if (found := _ordinary(base, text)) is not None:
        return found
    text = _IGNORED.sub("", text)
    path = _QUERY.split(text, maxsplit=1)[0]
    if "\\" in path:
        text = path.replace("\\", "/") + text[len(path) :]
    try:
        parts = urlsplit(urljoin(base, text))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        query = parts.query
        if not query.isascii():
            query = quote(
                query, safe=_KEPT, encoding=encoding, errors="xmlcharrefreplace"
            )
    except (ValueError, LookupError):  # a port or IPv6 host that is none; a charset
        return None
    return _without_dots(
        urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
    )


def _ordinary(base: str, text: str) -> str | None:
    """Resolve what needs no taking apart, as nearly all references; else None."""
    if "/." in text or "%2" in text:  # it may have a dot segment, in some spelling
        return None
    if text[:2] == "//":
        text = f"{base.partition(':')[0]}:{text}"
    elif text[:1] == "/":
        origin = _origin(base)
        return origin + text if origin and _FROM_ROOT.fullmatch(text) else None
    return text if _ORDINARY.fullmatch(text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the references of a replayed page lead."""

    time: str  # 14 digits, of the capture
    page: Modifier = Modifier.PAGE
    prefix: str = PREFIX

    def to_page(self, url: str) -> str:
        """Give the address of a page that is linked to; a fragment stays."""
        return self.to(url, self.page)

    def to_image(self, url: str) -> str:
        """Give the address of an image, font or film."""
        return self.to(url, Modifier.IMAGE)

    def to_style(self, url: str) -> str:
        """Give the address of a style sheet."""
        return self.to(url, Modifier.STYLE)

    def to(self, url: str, modifier: Modifier) -> str:
        """Give the address of an answer for a use; a fragment stays."""
        url, mark, fragment = url.partition("#")
        path = replay_path(url, self.time, modifier, self.prefix)
        return f"{path}{mark}{quote(fragment, safe=_KEPT)}"


Address = Callable[[str], str]
"""From an absolute URL to the address that stands in for it."""
