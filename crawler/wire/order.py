"""What is asked of the wire, and the request bytes that say it. Pure.

The request is composed here and nowhere else, so that what is archived and what
is sent are one and the same string of bytes.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from archive.errors import UsageError
from archive.model import FetchOutcome
from crawler.errors import WireFailure

ACCEPT_ENCODING: Final = b"gzip, deflate"  # what every reader of WARC can decode

# RFC 9110, 5.6.2 (token) and 5.5 (field-value, here without its grammar).
_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_IN_VALUE: Final = re.compile(rb"[\r\n\x00]")
_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)([^#]*)")
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
_HOST: Final = re.compile(r"[A-Za-z0-9._\-]+|[0-9A-Fa-f:.]+(?:%[0-9A-Za-z._\-%]+)?")

# Fields that belong to the connection or to the framing are ours to say.
_OURS: Final = frozenset(
    {
        b"connection",
        b"content-length",
        b"expect",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authorization",  # sent to the proxy alone, never archived
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_PORTS: Final = {"http": 80, "https": 443}
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WireOrder:
    """One request to be made, and within which limits.

    Raises UsageError for a method, a field or a limit that can not be.
    """

    url: str  # a fragment is neither sent nor archived
    method: str = "GET"
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    proxy: str | None = field(default=None, repr=False)  # may hold credentials
    allow_private: bool = False
    verify_tls: bool = True
    time_limit_s: float = 60.0  # connecting, sending and receiving
    connect_limit_s: float = 20.0  # each address of a name
    size_limit: int = 32 * 1024 * 1024  # bytes of the response, head included
    header_limit: int = 256 * 1024  # bytes of all heads, interim ones included

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.method.encode("utf-8")):
            raise UsageError(f"{self.method!r} is not an HTTP method")
        for name, value in self.headers:
            if not _TOKEN.fullmatch(name):
                raise UsageError(f"{name!r} is not a field name")
            if _NOT_IN_VALUE.search(value):
                raise UsageError(f"the value of {name!r} holds a line break or NUL")
        limits = (self.time_limit_s, self.connect_limit_s, self.size_limit)
        if min(*limits, self.header_limit) <= 0:
            raise UsageError("the limits of a request must be above zero")

    @property
    def shown_url(self) -> str:
        """The address that is recorded: without fragment."""
        return self.url.partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an order goes."""

    scheme: str  # "http" or "https"
    host: str  # without brackets
    port: int
    authority: bytes  # as in Host
    target: bytes  # origin-form, as written (RFC 9112, 3.2.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """The proxy an order goes through."""

    host: str
    port: int
    authorization: bytes | None = field(repr=False)
    shown: str  # without credentials


def address_of(url: str) -> Address:
    """Take an address apart; path and query are kept as written.

    Raises WireFailure if the scheme is refused or the address is none.
    """
    match = _URL.match(url)
    if match is None:
        raise WireFailure(FetchOutcome.FAILED, f"not an absolute address: {url!r}")
    scheme = match[1].lower()
    if scheme not in _PORTS:
        raise WireFailure(
            FetchOutcome.REFUSED_SCHEME, f"{scheme!r} is neither http nor https"
        )
    if not _VISIBLE.fullmatch(match[0]):
        raise WireFailure(
            FetchOutcome.FAILED, f"not in printable ASCII, escape it first: {url!r}"
        )
    if "\\" in match[2]:
        # Browsers take it for a slash, others do not: two different hosts.
        raise WireFailure(FetchOutcome.FAILED, f"a backslash in the host: {url!r}")
    host, port = _host_and_port(match[2], _PORTS[scheme])
    shown_host = f"[{host}]" if ":" in host else host
    authority = shown_host if port == _PORTS[scheme] else f"{shown_host}:{port}"
    target = match[3] if match[3].startswith("/") else "/" + match[3]
    return Address(
        scheme=scheme,
        host=host,
        port=port,
        authority=authority.encode("ascii"),
        target=target.encode("ascii"),
    )


def proxy_of(order: WireOrder) -> Proxy | None:
    """Tell the proxy of an order, and what it is shown.

    The credentials are those of the proxy's address, else the order's own
    `Proxy-Authorization`. Raises WireFailure for a proxy that is not spoken to
    in plain HTTP.
    """
    if order.proxy is None:
        return None
    url = order.proxy if "://" in order.proxy else f"http://{order.proxy}"
    parts = _split(url)
    if parts.scheme != "http":
        raise WireFailure(FetchOutcome.FAILED, f"a proxy over {parts.scheme!r}")
    host, port = _host_and_port(parts.netloc, 80)
    authorization = None
    if parts.username is not None:
        user = unquote_to_bytes(parts.username)
        password = unquote_to_bytes(parts.password or "")
        authorization = b"Basic " + base64.b64encode(user + b":" + password)
    else:
        for name, value in order.headers:
            if name.lower() == b"proxy-authorization":
                authorization = value
    return Proxy(
        host=host,
        port=port,
        authorization=authorization,
        shown=f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}",
    )


def compose(
    order: WireOrder, address: Address, *, absolute: bool, persistent: bool
) -> bytes:
    """Write the request: line, head, body.

    Fields keep their names, case and order. `Host` stands first if the order has
    none; `Accept-Encoding` is always `ACCEPT_ENCODING`; what frames the message
    or steers the connection is ours, whatever the order says. `absolute` is the
    form for a proxy (RFC 9112, 3.2.2).
    """
    target = address.target
    if absolute:
        target = b"http://" + address.authority + target
    lines = [order.method.encode("ascii") + b" " + target + b" HTTP/1.1"]
    names = {name.lower() for name, _ in order.headers}
    if b"host" not in names:
        lines.append(b"Host: " + address.authority)
    encoded = False
    for name, value in order.headers:
        lower = name.lower()
        if lower in _OURS:
            continue
        if lower == b"accept-encoding":
            if not encoded:
                lines.append(name + b": " + ACCEPT_ENCODING)
            encoded = True
        else:
            lines.append(name + b": " + value)
    if not encoded:
        lines.append(b"Accept-Encoding: " + ACCEPT_ENCODING)
    if order.body or order.method in _WITH_BODY:
        lines.append(b"Content-Length: %d" % len(order.body))
    if not persistent:
        lines.append(b"Connection: close")
    lines += (b"", order.body)
    return b"\r\n".join(lines)


def _host_and_port(authority: str, default_port: int) -> tuple[str, int]:
    """Read an authority; user information is passed over.

    Raises WireFailure if there is no host, or no such port.
    """
    parts = _split("//" + authority)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise WireFailure(FetchOutcome.FAILED, f"{authority!r}: {error}") from error
    if not host or not _HOST.fullmatch(host) or port == 0:
        raise WireFailure(FetchOutcome.FAILED, f"no host and port: {authority!r}")
    return host, port or default_port


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise WireFailure(FetchOutcome.FAILED, f"{error}") from error
