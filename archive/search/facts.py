"""What is known of an article, as words of the index: `source=bbc`. Pure.

So a question may join and exclude them like any other word.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

ANY: Final = "any"  # stands on every article
SIGNS: Final = "=-_."  # what these words hold beside letters and digits


def fact(kind: str, value: str) -> str:
    """Make the word for a value; nothing in it ends a word."""
    return f"{kind}={''.join(map(_safe, value.strip().casefold()))}"


def facts_of(
    *, source_id: str, language: str | None, page_class: str, urls: tuple[str, ...]
) -> str:
    """List the words that stand on an article, with spaces between."""
    found = [ANY, fact("source", source_id), fact("class", page_class)]
    found += [fact("language", tag) for tag in _beginnings(language or "")]
    found += [fact("site", site) for url in urls for site in _sites(url)]
    return " ".join(dict.fromkeys(found))


def site(host: str) -> str:
    """Make the word for a site, given its host or an address."""
    name = _host(host if "//" in host else f"//{host}")
    return fact("site", name or host)


def _beginnings(tag: str) -> list[str]:
    """Give a language tag and what it is a kind of: zh-Hant-TW, zh-Hant, zh."""
    subtags = tag.split("-") if tag else []
    return ["-".join(subtags[:n]) for n in range(1, len(subtags) + 1)]


def _sites(url: str) -> list[str]:
    """Give the host of an address and the domains it is in."""
    labels = _host(url).split(".")
    return [".".join(labels[n:]) for n in range(len(labels)) if labels[n]]


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
        return host.strip(".") if host.isascii() else host.encode("idna").decode()
    except ValueError:  # UnicodeError is one
        return ""


def _safe(letter: str) -> str:
    if letter.isalnum() or letter in "-_.":
        return letter
    return f"={ord(letter):x}="
