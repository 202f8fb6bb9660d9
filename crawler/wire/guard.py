"""Which addresses are refused: all that are not on the public internet. Pure.

A page decides where its links and redirects lead; it must not make the crawler
look into the network the crawler stands in. What is looked at is always the
address that is connected to, never the name (names can change their mind).
"""

from __future__ import annotations

import ipaddress
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

# IANA, "IPv4 Special-Purpose Address Registry" (RFC 6890), what is not globally
# reachable there, and the multicast space.
_REFUSED_4: Final = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's own service"),  # Azure; public by its looks
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "a protocol assignment"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)

# IANA, "IPv6 Special-Purpose Address Registry". Only 2000::/3 is given out at all
# (RFC 4291, 2.4), so that the rest needs no complete list, only good names.
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_REFUSED_6: Final = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "an IPv4-compatible address"),
        ("64:ff9b:1::/48", "a local translation"),
        ("100::/64", "discard-only"),
        ("2001::/23", "a protocol assignment"),
        ("2001:db8::/32", "for documentation"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")  # NAT64, RFC 6052


def refusal(address: str) -> str | None:
    """Say why an IP address may not be connected to; None if it may.

    The sentence begins with the address. What is no IP address is refused, and so
    is one with a scope. An IPv6 address that stands for IPv4 ones (mapped, 6to4,
    Teredo, NAT64) is as good as those.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"{address!r}, which is no IP address"
    if isinstance(parsed, IPv4Address):
        reason = _refusal_4(parsed)
    elif parsed.scope_id is not None:
        reason = "bound to an interface"
    else:
        reason = _refusal_6(parsed)
    return f"{address}, which is {reason}" if reason else None


def literal_address(host: str) -> str | None:
    """Give the IP address a host is written as, in any form that systems accept.

    Decimal, octal, hexadecimal and shortened IPv4 ("2130706433", "0x7f.1") mean
    what `inet_aton` makes of them. None for a name.
    """
    try:
        return str(ipaddress.ip_address(host.rstrip(".")))
    except ValueError:
        return _loose_ipv4(host.rstrip("."))


def _loose_ipv4(host: str) -> str | None:
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def host_refusal(host: str) -> str | None:
    """Say why a host may not be asked for, as far as it can be told from its name.

    The addresses behind other names are looked at when they are connected to; or
    by the proxy, where there is one.
    """
    literal = literal_address(host)
    if literal is not None:
        return refusal(literal)
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return f"{host}, which is loopback"
    return None


def _refusal_4(address: IPv4Address) -> str | None:
    for network, reason in _REFUSED_4:
        if address in network:
            return f"{reason} ({network})"
    return None


def _refusal_6(address: IPv6Address) -> str | None:
    for kind, embedded in _embedded(address):
        reason = _refusal_4(embedded)
        if reason:
            return f"{kind} of {embedded}, {reason}"
    if _embedded(address):
        return None
    for network, reason in _REFUSED_6:
        if address in network:
            return f"{reason} ({network})"
    return None if address in _GLOBAL_UNICAST else "outside 2000::/3"


def _embedded(address: IPv6Address) -> list[tuple[str, IPv4Address]]:
    """List the IPv4 addresses an IPv6 address leads to."""
    if address.ipv4_mapped is not None:
        return [("the mapped form", address.ipv4_mapped)]
    if address.sixtofour is not None:
        return [("the 6to4 form", address.sixtofour)]
    if address.teredo is not None:
        return [("a Teredo form", embedded) for embedded in address.teredo]
    if address in _TRANSLATED:
        return [("the NAT64 form", IPv4Address(address.packed[-4:]))]
    return []
