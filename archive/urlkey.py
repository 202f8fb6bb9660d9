"""From a URL to the key it is sorted under: SURT, the `urlkey` of CDXJ.

`https://www.Example.com/News/?b=2&a=1#top` becomes `com,example)/news?a=1&b=2`:
the name of the host backwards, so that what belongs together stands together, and
everything left out that does not usually change what a server answers.

Pure. The rules are those of the usual Wayback canonicalisation, down to their
oddities, because a key is only worth something if other tools compute the same;
where ours differ, and why we wrote them, stands in docs/decisions/0004.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final
from urllib.parse import unquote_to_bytes

_WHITE: Final = " \t\r\n\f\v"  # other white space is part of a name
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(/*)")
_PARTS: Final = re.compile(r"([^/?#]*)([^?#]*)(?:\?([^#]*))?")
_DOUBLED_SCHEME: Final = re.compile(r"(?:https?://)*(https?)://")
_WEB: Final = frozenset({"http", "https"})
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}

_TO_ESCAPE: Final = re.compile(r"[\x00-\x20\x7f-\U0010ffff#%]")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f-\U0010ffff]")
_NESTED_PERCENT: Final = re.compile(rb"%(?:25)+")
# `%252541` takes one round. More than a few are needed by nobody but an attacker,
# who shall not have as many passes over a URL as it is long.
_MOST_ROUNDS: Final = 8

_PLAIN_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_SLASHES: Final = re.compile(r"//+")
_WWW: Final = re.compile(r"www[0-9]*\.")
_NUMBERS: Final = re.compile(r"[0-9]+(?:\.[0-9]+){0,3}")
_MOST_NAME: Final = 1024  # bytes; DNS allows 253, and IDNA is slow
_MOST_DIGITS: Final = 40  # of a number in a host; int() is quadratic in them

_ASPX_SESSION: Final = re.compile(
    r"(?<=/)\((?:[0-9a-z]{24}|(?:[a-z]\([0-9a-z]{24}\))+)\)/"
)
# In this order: the end of `phpsessid=` reads as `sid=`.
_QUERY_SESSIONS: Final = tuple(
    re.compile(pattern + r"(?:&|$)")
    for pattern in (
        r"jsessionid=[0-9a-z]{32}",
        r"phpsessid=[0-9a-z]{32}",
        r"sid=[0-9a-z]{32}",
        r"aspsessionid[a-z]{8}=[a-z]{24}",
        r"cfid=(?:(?!cfid=[^&])[^&])+&cftoken=[^&]+",
    )
)


def urlkey(url: str) -> str:
    """Give the key of a URL: printable ASCII without spaces, in lower case.

    Never raises. What can't be understood as a URL (a port that is no number) is
    its own key, with only the characters escaped that would break an index line.
    """
    text = url.strip(_WHITE)
    if not text.isprintable():
        text = text.replace("\t", "").replace("\r", "").replace("\n", "")
    try:
        return _key(text)
    except ValueError:  # a port, a lone surrogate
        return _UNPRINTABLE.sub(_escape_character, url)


def _key(text: str) -> str:
    """Tell hierarchical addresses from others; ValueError if it is neither."""
    if not text:
        return "-"  # the CDX sign for "no value"
    match = _SCHEME.match(text)
    if match is None:  # "example.com/a", as people write it
        return _hierarchical("http", text.lstrip(":/"))
    scheme, slashes = match.groups()
    if scheme.lower() in _WEB:  # browsers do not count their slashes either
        # "http://https://example.com/": a template's mistake; the last one counts.
        doubled = _DOUBLED_SCHEME.match(text)
        if doubled and doubled.end() > match.end():
            scheme, match = doubled[1], doubled
        return _hierarchical(scheme.lower(), text[match.end() :].lstrip("/"))
    if slashes == "//" and scheme != "filedesc":
        return _hierarchical(scheme, text[match.end() :])
    return _without_authority(scheme, slashes, text)


def _without_authority(scheme: str, slashes: str, text: str) -> str:
    if scheme == "filedesc" and slashes:
        # The first record of an ARC file is named so: a file name, not an address.
        return _UNPRINTABLE.sub(_escape_character, text)
    empty = "//" if len(slashes) > 2 else ""  # "file:///a": the authority is empty
    return _opaque(scheme, text[len(scheme) + 1 + len(empty) :])


def _hierarchical(scheme: str, rest: str) -> str:
    """Give the key of `scheme://rest`."""
    parts = _PARTS.match(rest)
    assert parts is not None  # every part of the expression may be empty
    authority, path, query = parts.groups()
    host, port = _authority(scheme, authority)
    if not host:
        return _opaque(scheme, rest[len(authority) :])
    prefix = f"{host}:{port})" if port else f"{host})"
    return prefix + _path(path) + _query(query)


def _opaque(scheme: str, rest: str) -> str:
    """Give the key of an address without a host: `dns:`, `urn:`, `mailto:`."""
    path, _, query = rest.partition("#")[0].partition("?")
    path = _without_path_session(_encoded(_decoded(path)))
    if len(path) > 1:
        path = path.removesuffix("/")
    key_query = _query(query)
    return f"{scheme}:{path or ('/' if key_query else '')}{key_query}"


# ------------------------------------------------------------------ host and port


def _authority(scheme: str, authority: str) -> tuple[str, str]:
    """Split an authority into reversed host and port; no port if it's the usual."""
    location = authority.rpartition("@")[2]
    if "[" in location:
        host, _, behind = location.partition("[")[2].partition("]")
        port = behind.partition(":")[2]
    else:
        host, _, port = location.partition(":")
    if port:
        port = _port(port)
        if port == _DEFAULT_PORTS.get(scheme):
            port = ""
    return _host(host), port


def _port(text: str) -> str:
    """Write a port without leading zeros, "" for 0; ValueError if it is none."""
    port = text.lstrip("0")
    if not (text.isascii() and text.isdigit()) or len(port) > 5:
        raise ValueError(f"not a port: {text!r}")
    if port and int(port) > 65535:
        raise ValueError(f"not a port: {text!r}")
    return port


def _host(host: str) -> str:
    """Reverse a host name in canonical form."""
    if not _PLAIN_HOST.fullmatch(host):
        host = _unusual_host(host)
    if _NUMBERS.fullmatch(host):
        host = _address(host)
    if host.startswith("www"):
        # Once, and never the whole name: "www.com" is a domain like any other,
        # but its key is "com)", as everybody else writes it.
        match = _WWW.match(host)
        host = host[match.end() :] if match else host
    labels = host.split(".")
    labels.reverse()
    return ",".join(labels)


def _unusual_host(host: str) -> str:
    """Bring escapes, other scripts and stray dots of a host into form."""
    host = _decoded(host)
    if not host.isascii() and len(host) <= _MOST_NAME:
        # Bytes that are no UTF-8 can't be part of a name. IDNA 2003, as the tools
        # that share the key have it ("ß" is "ss"); what it refuses stays as it is.
        name = host.encode("latin-1").decode("utf-8", "ignore")
        with suppress(UnicodeError):
            host = name.encode("idna").decode("ascii")
    return _encoded(host.replace("..", ".").strip("."))


def _address(host: str) -> str:
    """Write an IPv4 address given as one to four numbers in the dotted form.

    Numbers with a leading zero are octal, and the last fills the bytes that are
    left, as inet_aton(3) reads them; what does not fit stays as it is.
    """
    parts = host.split(".")
    if len(host) > _MOST_DIGITS:
        return host
    if len(parts) == 1:
        # Decimal always, and only the lower 32 bits: so the key is defined.
        value = int(host) & 0xFFFFFFFF
    else:
        try:
            numbers = [int(part, 8 if part[0] == "0" else 10) for part in parts]
        except ValueError:  # an 8 or 9 in an octal number
            return host
        *leading, last = numbers
        if max(leading) > 255 or last >= 256 ** (4 - len(leading)):
            return host
        value = last
        for place, number in enumerate(leading):
            value |= number << (24 - 8 * place)
    return ".".join(str(byte) for byte in value.to_bytes(4, "big"))


# ----------------------------------------------------------------- path and query


def _path(path: str) -> str:
    """Bring a path into canonical form, without the slash at its end."""
    path = _decoded(path)
    if "/." in path:
        path = _without_dot_segments(path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    path = _without_path_session(_encoded(path))
    return path.removesuffix("/") or "/"


def _without_dot_segments(path: str) -> str:
    """Resolve `.` and `..`; a `..` with nothing before it stays."""
    kept: list[str] = []
    for segment in path[1:].split("/"):
        if segment == ".." and kept:
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _without_path_session(path: str) -> str:
    """Leave out the session of ASP.NET, `/(S(…))/` before a page `.aspx`."""
    if "(" not in path or ".aspx" not in path:
        return path
    nested = plain = False  # one of each kind is left out, the last
    for match in reversed(list(_ASPX_SESSION.finditer(path))):
        is_nested = match[0].count("(") > 1
        if nested if is_nested else plain:
            continue
        page = path.find(".aspx", match.end() + 1)
        if page < 0 or "?" in path[match.end() : page]:
            continue
        path = path[: match.start()] + path[match.end() :]
        nested, plain = nested or is_nested, plain or not is_nested
    return path


def _query(query: str | None) -> str:
    """Give the query in canonical form with its question mark; "" for an empty one."""
    if not query:
        return ""
    query = _encoded(_decoded(query))
    if "sid=" in query or "sessionid" in query or "&cftoken=" in query:
        for session in _QUERY_SESSIONS:
            query = _without_last(session, query)
    if "&" in query:
        # By name, then value: "a=1" comes before "a-b=1".
        query = "&".join(sorted(query.split("&"), key=_name_and_value))
    return "?" + query if query else ""


def _without_last(session: re.Pattern[str], query: str) -> str:
    matches = list(session.finditer(query))
    if not matches:
        return query
    start, end = matches[-1].span()
    return query[:start] + query[end:]


def _name_and_value(parameter: str) -> list[str]:
    return parameter.split("=", 1)


# ---------------------------------------------------------------- percent-encoding


def _decoded(text: str) -> str:
    """Decode until nothing is left to decode; each character stands for a byte."""
    if text.isascii() and "%" not in text:
        return text
    octets = text.encode()
    for _ in range(_MOST_ROUNDS):
        settled = unquote_to_bytes(_NESTED_PERCENT.sub(b"%", octets))
        if settled == octets:
            break
        octets = settled
    return octets.decode("latin-1")


def _encoded(text: str) -> str:
    """Encode what a key may not hold, and write it in lower case."""
    # Escaping first: the lower case of a byte above 127 is another byte.
    return _TO_ESCAPE.sub(_escape, text).lower()


def _escape(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02x}"


def _escape_character(match: re.Match[str]) -> str:
    octets = match[0].encode("utf-8", "surrogatepass")
    return "".join(f"%{octet:02x}" for octet in octets)
