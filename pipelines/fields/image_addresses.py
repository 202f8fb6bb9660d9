"""Addresses of images: the best size, and which show the same picture. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from pipelines.parsed import Tree

# Attributes that hold the address before a script puts it into src.
_LAZY: Final = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-hi-res-src",
    "data-full-src",
    "data-url",
    "data-image",
    "data-original-mos",
)
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset")
_WIDTH: Final = re.compile(r"(\d{2,5})w\Z|(\d(?:\.\d)?)x\Z")
# What is no picture of an article, by words in its path.
_NO_PICTURE: Final = re.compile(
    r"(?:^|[/_.-])(?:logos?|sprites?|avatars?|gravatar|icons?|favicon|pixel|spacer|blank|"
    r"placeholder|transparent|1x1|loading|loader|badges?|emoji|smil(?:ey|ies)|beacon|"
    r"tracking|tracker|default[-_]?(?:image|share|social|og|thumb)|no[-_]?image|"
    r"fallback|share[-_]?image|missing[-_]?image|dummy|profile[-_]?pic(?:ture)?|captcha)"
    r"(?:$|[/_.\d-])",
    re.IGNORECASE,
)
_NO_HOST: Final = re.compile(
    r"gravatar\.|doubleclick\.|scorecardresearch\.|facebook\.com|google-analytics\.|"
    r"googletagmanager\.|quantserve\.|amazon-adsystem\.|adservice\.|chartbeat\.|"
    r"sb\.scorecard|pixel\.|counter\.|\.hit\.gemius|mc\.yandex",
    re.IGNORECASE,
)
# Sizes in file names and folders: "-1024x683", "_640", "/w_800,h_600/", "@2x".
_SIZES: Final = re.compile(
    r"[-_.@]?(?:\d{2,5}x\d{2,5}|\d{2,5}w|\d{2,5}px|\dx|scaled|thumb(?:nail)?|small|"
    r"medium|large|xl|orig(?:inal)?|full|crop(?:ped)?|resize[d]?)(?=$|[-_.@])",
    re.IGNORECASE,
)
_ENDINGS: Final = re.compile(
    r"\.(?:jpe?g|png|webp|avif|gif|jxl|bmp|tiff?)\b", re.IGNORECASE
)
_UNSAID: Final = frozenset(
    {
        "image",
        "img",
        "photo",
        "picture",
        "original",
        "master",
        "default",
        "main",
        "file",
    }
)
_SHORTEST: Final = 6  # characters of a file name that tells pictures apart


def source(element: Tree) -> str | None:
    """Give the best address of an <img>: the widest, or what lazy loading has."""
    best = max(
        (pair for name in _SETS for pair in _candidates(element.get(name))),
        key=lambda pair: pair[0],
        default=None,
    )
    if best is not None:
        return best[1]
    for name in (*_LAZY, "src"):
        said = (element.get(name) or "").strip()
        if said and not said.startswith(("data:", "blob:", "{", "[")):
            return said
    return None


def is_picture(url: str) -> bool:
    """Whether an address can be that of a picture: no logo, avatar or tracker."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if path.lower().endswith((".svg", ".ico")) or path in {"", "/"}:
        return False
    return not _NO_PICTURE.search(path) and not _NO_HOST.search(parts.netloc)


def identity(url: str) -> str:
    """Give what the addresses of one picture in many sizes have in common."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    # "https://cdn/resize/640/https%3A//host/picture.jpg" is of picture.jpg
    name = path.rstrip("/").rsplit("/", 1)[-1]
    stem = _SIZES.sub("", _ENDINGS.sub("", name)).strip("-_.@").lower()
    if len(stem) >= _SHORTEST and stem not in _UNSAID and not stem.isdigit():
        return stem
    return _SIZES.sub("", path).lower() + (parts.query if len(stem) < 2 else "")


def _candidates(stated: str | None) -> list[tuple[float, str]]:
    """Read a srcset (HTML, 4.8.4.2.1): widths or densities, and addresses."""
    found = []
    # Addresses may hold commas: candidates are split at a comma and space.
    for part in re.split(r",\s+", (stated or "")[:8000]):
        address, _, descriptor = part.strip().partition(" ")
        if not address or address.startswith("data:"):
            continue
        size = _WIDTH.match(descriptor.strip().rstrip(","))
        width = float(size[1] or size[2]) if size else 1.0
        found.append((width, address.rstrip(",")))
    return found
