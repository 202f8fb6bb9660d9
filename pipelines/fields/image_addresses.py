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
    r"tracking|tracker|no[-_]?image|"
    r"fallback|share[-_]?image|default|missing[-_]?image|dummy|profile[-_]?pic(?:ture)?|captcha)"
    r"(?:$|[/_.\d-])",
    re.IGNORECASE,
)
_NO_HOST: Final = re.compile(
    r"gravatar\.|doubleclick\.|scorecardresearch\.|facebook\.com|google-analytics\.|"
    r"googletagmanager\.|quantserve\.|amazon-adsystem\.|adservice\.|chartbeat\.|"
    r"sb\.scorecard|pixel\.|counter\.|\.hit\.gemius|mc\.yandex",
    re.IGNORECASE,
)
# Sizes in file names and folders: "-1024x683", "_640", "/w_800,h_600/", "@2x",
# "-1200-80" (width and quality), and WordPress's mark of an edit: "-e1702955517497".
_SIZES: Final = re.compile(
    r"[-_.@]?(?:\d{1,5}x\d{1,5}|\d{2,5}w|\d{2,5}px|\dx|scaled|thumb(?:nail)?|small"
    r"|medium|large|xl|orig(?:inal)?|full|crop(?:ped)?|resized?|e\d{10,13})"
    r"(?=$|[-_.@/])"
    r"|-\d{3,4}-\d{2,3}$",
    re.IGNORECASE,
)
_LONG: Final = 16  # characters of names that are compared for crops
_MOST_ALIKE: Final = 0.7
_ENDINGS: Final = re.compile(
    r"\.(?:jpe?g|png|webp|avif|gif|jxl|bmp|tiff?)\b", re.IGNORECASE
)
_UNSAID: Final = frozenset(
    {"image", "img", "photo", "picture", "original", "master", "default", "main"}
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
    if not _ENDINGS.search(path) and _ENDINGS.search(parts.query):
        # "https://cdn.example/resize?img=/photo/picture.jpg&w=640" is of picture.jpg
        path = unquote(parts.query).partition("&")[0].rpartition("=")[2]
    name = path.rstrip("/").rsplit("/", 1)[-1]
    stem = _SIZES.sub("", _ENDINGS.sub("", name)).strip("-_.@").lower()
    if len(stem) >= _SHORTEST and stem not in _UNSAID and not stem.isdigit():
        return stem
    return _SIZES.sub("", path).lower() + (parts.query if len(stem) < 2 else "")


def is_crop(one: str, other: str) -> bool:
    """Whether two identities are of one picture, cut for different places.

    They differ in a word ("16x9", a checksum), not in a number alone, by which the
    pictures of a series differ.
    """
    longer = max(len(one), len(other))
    start = _shared(one, other)
    rest, other_rest = one[start:], other[start:]
    end = _shared(rest[::-1], other_rest[::-1])
    if longer < _LONG or start + end < _MOST_ALIKE * longer:
        return False
    differing = (rest[: len(rest) - end], other_rest[: len(other_rest) - end])
    return not all(part.isdigit() for part in differing)


def _shared(one: str, other: str) -> int:
    """Count the characters with which two names begin alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


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
