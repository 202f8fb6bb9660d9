"""From an address to what it identifies: the same for the same article.

`https://m.Example.com/2024/05/slug/amp/?utm_source=rss#top` and
`http://www.example.com/2024/05/slug` both become `com,example)/2024/05/slug`: the host
backwards, as in `archive.urlkey`, so that a database keeps a site's articles together.

Unlike a URL key, which is what other tools compute, an identity is our own and answers
one question: is this an article we know? So it leaves out more (tracking, AMP, mobile
and print marks) and, where letters may matter, less: the case of a path stays. What is
left out and why stands in docs/decisions/0010; the parameters in `archive.tracking`.
Nothing is asked of an identity but whether it equals another: it can't be fetched.

Pure, and total: every string has an identity.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

import idna

from archive.tracking import is_tracking

_WHITE: Final = " \t\r\n\f\v"
_ADDRESS: Final = re.compile(
    r"[Hh][Tt][Tt][Pp]([Ss]?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")

_LOCATION: Final = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_PLAIN_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_LONGEST_AUTHORITY: Final = 1024  # characters; DNS allows 253, and IDNA is slow
# What stands before the name of a site and shows the same articles otherwise.
_TWIN: Final = re.compile(r"www[0-9]{0,2}|amp|m|mobile|mobil|touch|wap")
# "co.uk" is no site: below such a pair the next label is a name ("m.co.uk").
_SECOND_LEVEL: Final = re.compile(
    r"ac|co|com|edu|gen|go|gob|gouv|gov|govt|id|in|info|ltd|mil|name|ne|net|nom|or|org|"
    r"plc|sch|web"
)

# RFC 3986, 6.2.2: letters, digits and "-._~" need no escape. Nor do "!*'()": RFC 2396
# counted them as unreserved, and browsers and encodeURIComponent never escape them.
_UNESCAPED: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!*'()"
)
_SETTLED: Final = re.compile(r"[A-Za-z0-9._~!*'()$&+,;=:@/?-]*")
_UNSETTLED: Final = re.compile(
    r"(?:%[89A-Fa-f][0-9A-Fa-f])+|%[0-7][0-9A-Fa-f]|%|"
    r"[^%A-Za-z0-9._~!*'()$&+,;=:@/?-]+"
)

_SLASHES: Final = re.compile(r"//+")
_PATH_SESSION: Final = re.compile(
    r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*", re.IGNORECASE
)
_ASP_SESSION: Final = re.compile(r"/\((?:[A-Za-z]\([0-9A-Za-z]{1,24}\))+\)(?=/)")
_ENTRANCE: Final = re.compile(
    r"(?:index|default)\.(?:html?|shtml|php|aspx?|jsp|cfm)", re.IGNORECASE
)
_VIEWS: Final = frozenset({"amp", "amp.html", "amphtml", "print", "print.html"})
_VIEW_SUFFIX: Final = re.compile(r"(?<=[^/])\.(?:amp|print)(?=(?:\.html?)?$)")
_AMP_BEFORE_NUMBER: Final = re.compile(r"/amp(?=/[^/]*[0-9]{5}[^/]*$)")
# "/topics/amp" may be about guitars: a mark stands behind something like an article.
_NAMES_ARTICLE: Final = re.compile(r"[-_.0-9]")
_MOST_MARKS: Final = 8  # on one address; more are nobody's but an attacker's

_ESCAPED_AMPERSANDS: Final = re.compile(r"^(?:amp;)+")

_CACHED: Final = re.compile(r"/(?:[a-z]{1,3}|amp)/(?:(s)/)?([^/]+\.[^/]+)(/.*)?")
_ESCAPED_QUERY: Final = re.compile(r"%3f", re.IGNORECASE)


def identity(url: str) -> str:
    """Give the form that all addresses of one article share.

    Printable ASCII for an http or https address with a host. What can not be
    understood as one is its own identity, but for lone surrogates, which no
    database takes: they are escaped. Never raises, and is its own identity.
    """
    text = url.strip(_WHITE)
    if "\n" in text or "\t" in text or "\r" in text:  # as browsers do
        text = text.replace("\t", "").replace("\r", "").replace("\n", "")
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return _itself(url)
    secure, authority, path, query, fragment = match.groups()
    site = _site_of(authority, secure)
    if not site:
        return _itself(url)
    if site.endswith(",google)") or site.startswith(_AMP_CACHES):
        site, path, query = _uncached(site, path, query)
    key = site + _path(path)
    if query:
        key += _query(query)
    if fragment and fragment.startswith("!") and len(fragment) > 1:
        key += "#" + _settled(fragment)  # "#!/story": a page of its own, once
    return key


def _itself(url: str) -> str:
    return url if url.isascii() else _SURROGATE.sub(_escape, url)


# ------------------------------------------------------------------------------- host


def _site_of(authority: str, secure: str | None) -> str:
    """Give the reversed host with port and ")"; "" if it is none."""
    # Not into the cache: it would hold on to whatever a page names as its host.
    if len(authority) > _LONGEST_AUTHORITY:
        return ""
    return _site(authority, "443" if secure else "80")


@lru_cache(maxsize=4096)
def _site(authority: str, usual_port: str) -> str:
    match = _LOCATION.fullmatch(authority.rpartition("@")[2])
    if match is None:
        return ""
    host = _host(match[1])
    port = (match[2] or usual_port).lstrip("0") or "0"
    if not host or len(port) > 5 or int(port) > 65535:
        return ""
    return f"{host})" if port == usual_port else f"{host}:{port})"


def _host(host: str) -> str:
    """Reverse a host name without the marks of its twins; "" if it is none."""
    host = host.lower()
    if host.startswith("["):
        with suppress(ValueError):
            return f"[{IPv6Address(host[1:-1] if '%' not in host else '')}]"
        return ""
    if not _PLAIN_HOST.fullmatch(host):
        host = _ascii_host(host)
        if not _PLAIN_HOST.fullmatch(host):
            return ""
    labels = host.split(".")
    while len(labels) > 2 and _TWIN.fullmatch(labels[0]):
        if (
            len(labels) == 3
            and len(labels[2]) == 2
            and _SECOND_LEVEL.fullmatch(labels[1])
        ):
            break
        del labels[0]
    labels.reverse()
    return ",".join(labels)


def _ascii_host(host: str) -> str:
    """Undo escapes, write other scripts as RFC 5891 and UTS 46 have it."""
    try:
        host = unquote_to_bytes(host).decode().removesuffix(".")
    except ValueError:  # no UTF-8
        return ""
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except UnicodeError:  # "☃.example": the standard of 2003 allowed more
        with suppress(UnicodeError):
            return host.encode("idna").decode().lower()
    return ""


# ------------------------------------------------------------------------- AMP caches

_AMP_CACHES: Final = ("org,ampproject,cdn", "com,bing-amp")


def _uncached(site: str, path: str, query: str | None) -> tuple[str, str, str | None]:
    """Give what an AMP cache or viewer shows: `…ampproject.org/c/s/example.com/a`."""
    match = _CACHED.fullmatch(path)
    if match is None or (site.endswith(",google)") and not path.startswith("/amp/")):
        return site, path, query
    secure, authority, inner = match.groups(default="")
    inner_site = _site_of(authority, secure)
    if not inner_site:
        return site, path, query
    # Google's viewer escapes the question mark of the page it shows.
    inner, *behind = _ESCAPED_QUERY.split(inner, maxsplit=1)
    parts = [unquote(part, errors="surrogateescape") for part in behind]
    return inner_site, inner, "&".join([*parts, query] if query else parts)


# ------------------------------------------------------------------------------- path


def _path(path: str) -> str:
    """Bring a path into form, without the marks of entrances, AMP and print."""
    path = _settled(path)
    if "/." in path:
        path = _without_dot_segments(path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if ";" in path:
        path = _PATH_SESSION.sub("", path)
    if "(" in path:
        path = _ASP_SESSION.sub("", path)
    return _without_marks(path.rstrip("/")) or "/"


def _without_dot_segments(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in path[1:].split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _without_marks(path: str) -> str:
    for _ in range(_MOST_MARKS):
        head, _, name = path.rpartition("/")
        name = name.lower()
        if _ENTRANCE.fullmatch(name) or (
            name in _VIEWS and _NAMES_ARTICLE.search(head)
        ):
            path = head
        elif name.endswith((".amp", ".print", ".amp.html", ".print.html")):
            shorter = _VIEW_SUFFIX.sub("", path)
            if shorter == path:
                break
            path = shorter
        elif "/amp/" in path:
            shorter = _without_amp(path)
            if shorter == path:
                break
            path = shorter
        else:
            break
        path = path.rstrip("/")
    return path


def _without_amp(path: str) -> str:
    """Leave out `/amp/` before an article: at the beginning, or before a number."""
    if path.startswith("/amp/") and _NAMES_ARTICLE.search(path, 5):
        return path[4:]
    return _AMP_BEFORE_NUMBER.sub("", path)


# ------------------------------------------------------------------------------ query


def _query(query: str) -> str:
    """Give the parameters that tell what is meant, sorted; "" if there are none."""
    parameters = map(_content, _settled(query).split("&"))
    kept = {parameter for parameter in parameters if parameter}
    return "?" + "&".join(sorted(kept)) if kept else ""


def _content(parameter: str) -> str:
    """Give a parameter, "" if it tells nothing of the content."""
    if parameter.startswith("amp;"):  # "&amp;amp;id=5": escaped once too often
        parameter = _ESCAPED_AMPERSANDS.sub("", parameter)
    name, _, value = parameter.partition("=")
    return "" if is_tracking(name, value) else parameter


# ------------------------------------------------------------------------- characters


def _settled(text: str) -> str:
    """Escape what has to be, nothing else, in upper case (RFC 3986, 6.2.2)."""
    if _SETTLED.fullmatch(text):
        return text
    return _UNSETTLED.sub(_settle, text)


def _settle(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] != "%" or len(found) == 1:
        return _escape(match)
    if len(found) == 3:
        character = chr(int(found[1:], 16))
        if character in _UNESCAPED:
            return character
    return found.upper()


def _escape(match: re.Match[str]) -> str:
    return "%" + match[0].encode("utf-8", "surrogatepass").hex("%").upper()
