"""An answer of replay: its headers, and the policy that holds what it shows. Pure.

Three walls stand between a captured page and the application it is shown by. The
policy says `sandbox` without `allow-scripts`: no script runs, no form is sent, no
page forwards itself. It says `default-src 'none'` and lets images, styles and
fonts come from replay addresses alone: nothing is asked of the network, and
nothing of the application. And what could act was taken out of the page before
(`archive.replay.html`).
"""

from __future__ import annotations

import re
from typing import Final

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?")

_MEDIA: Final = re.compile(r"(?:image|audio|video)/[a-z0-9.+-]+")
# What browsers show by themselves, in a sandbox.
_SHOWN: Final = re.compile(
    r"(?:image/[a-z0-9.+-]+|(?:audio|video)/[a-z0-9.+-]+|font/[a-z0-9.+-]+"
    r"|application/(?:font-[a-z0-9]+|x-font-[a-z0-9-]+|vnd\.ms-fontobject))"
)
_HTML: Final = frozenset(
    {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"}
)
_TEXT: Final = re.compile(
    r"(?:text/.*|application/(?:.*\+)?(?:json|xml|javascript|x-javascript|ecmascript"
    r"|ld\+json|rss\+xml|atom\+xml))"
)

_PERMISSIONS: Final = ", ".join(
    f"{name}=()"
    for name in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
        *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid"),
        *("identity-credentials-get", "idle-detection", "interest-cohort"),
        *("local-fonts", "magnetometer", "microphone", "midi", "payment"),
        *("picture-in-picture", "publickey-credentials-get", "screen-wake-lock"),
        *("serial", "storage-access", "usb", "xr-spatial-tracking"),
    )
)

# Names of the Fetch standard, 2.2.5, in Sec-Fetch-Dest (Fetch Metadata, 2.1).
RUN: Final = frozenset(
    {"script", "worker", "sharedworker", "serviceworker", "audioworklet"}
    | {"paintworklet", "xslt", "style", "manifest", "embed", "object"}
)
"""What a browser wants bytes for that it would obey in our own origin."""

SHUT: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""The policy of raw bytes: nothing in them does anything."""


def policy(host: str, prefix: str) -> str:
    """Give the Content-Security-Policy of what is replayed.

    `host` is what the browser calls us, `prefix` the path under which replay
    answers. The origin stays ours: to a page of no origin a browser sends no
    cookies with its images, and who has to log in would not see any. Without
    scripts there is nothing in the page that could make use of it.
    """
    source = f"{host}{prefix}" if _HOST.fullmatch(host) else "'self'"  # IPv6 literal
    return "; ".join(
        (
            "sandbox allow-same-origin allow-downloads",
            "default-src 'none'",
            f"img-src {source} data:",
            f"media-src {source}",
            f"font-src {source} data:",
            f"style-src {source} 'unsafe-inline'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


def shown_headers(host: str, prefix: str) -> dict[str, str]:
    """Give the headers of whatever is replayed, but for those that say what it is."""
    return {
        "Content-Security-Policy": policy(host, prefix),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-DNS-Prefetch-Control": "off",
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def raw_headers(name: str) -> dict[str, str]:
    """Give the headers of bytes that are handed out as they are, to be kept.

    `name` is what the file is to be called: of letters, digits, dots and hyphens.
    """
    return {
        "Content-Security-Policy": SHUT,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def is_html(media_type: str | None, content: bytes) -> bool:
    """Whether an answer is a page: by its media type, without one by its looks."""
    if media_type is not None:
        return media_type in _HTML
    start = content[:1024].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def is_media(media_type: str | None) -> bool:
    """Whether an answer is an image, a film or a sound."""
    return media_type is not None and bool(_MEDIA.fullmatch(media_type))


def shown_type(media_type: str | None) -> str | None:
    """Give the media type under which a body is shown; None: it is to be saved.

    Text, scripts among it, is shown as text. What a browser would hand to a
    program of its own, such as PDF, is not opened within a page's sandbox.
    """
    if media_type is None:
        return None
    if _SHOWN.fullmatch(media_type):
        return media_type
    if _TEXT.fullmatch(media_type):
        return "text/plain"
    return None


_DEVICE: Final = re.compile(
    r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.ASCII | re.IGNORECASE
)


def inert_name(url: str, default: str = "page") -> str:
    """Make a file name out of an address: letters, digits, dots, hyphens, no path.

    It is no option of a command, and no device of Windows.
    """
    path = url.partition("?")[0].partition("#")[0].rstrip("/")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.rpartition("/")[2])
    name = name[-100:].strip(".-") or default
    return f"{default}-{name}" if _DEVICE.fullmatch(name) else name


# What a browser would not show, or would ask for again (RFC 9110, 15).
_NOT_SHOWN: Final = frozenset({204, 205, 206, 304, 407, 408, 421})
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def shown_status(status: int) -> int:
    """Give the status of a captured page: its own, if a browser can live with it."""
    is_known = 200 <= status < 600  # some sites answer robots with 999
    return status if is_known and status not in _NOT_SHOWN else 200


def part_of(asked: str | None, length: int) -> tuple[int, int] | None:
    """Read a Range (RFC 9110, 14.2) of one part; None: the whole is to be sent.

    Gives where the part begins and where it ends, both within the body.
    """
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or not (match[1] or match[2]):
        return None
    if match[1]:
        start, end = int(match[1]), int(match[2] or length) + bool(match[2])
    else:
        start, end = max(0, length - int(match[2])), length
    end = min(end, length)
    return (start, end) if start < end else None
