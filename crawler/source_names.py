"""Ids for sources that have none yet, made of their names. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

LENGTH_LIMIT: Final = 48  # characters of a name that count; a number may follow
_OTHER: Final = re.compile("[^a-z0-9]+")
# What NFKD does not take apart, as it is usually written without accents.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th"}
)
_USUAL_HOSTS: Final = ("www.", "rss.", "feeds.", "feed.")


class FreeIds:
    """Gives each id once; however often it is wanted, that takes no longer."""

    def __init__(self) -> None:
        """Begin with every id free."""
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Give the id itself, or with the first number behind it that is free."""
        number = self._numbers.get(wanted, 0)
        chosen = wanted
        while number > 0 or chosen in self._taken:
            number = max(number, 1) + 1
            chosen = f"{wanted}-{number}"
            if chosen not in self._taken:
                break
        self._numbers[wanted] = max(number, 1)
        self._taken.add(chosen)
        return chosen


def suggested_id(name: str, url: str) -> str:
    """Make an id of a name, or of its host if the name has too few Latin letters."""
    beginning = name[:LENGTH_LIMIT]
    wanted = _slug(beginning)
    letters = sum(character.isalpha() for character in _plain(beginning))
    lost = sum(character.isalpha() for character in beginning) - letters
    # Of "日本 News" only "news" would be left: no name.
    if lost > 0 or len(wanted) < 2:
        wanted = _slug(host_name(url)) or "source"
    return wanted


def host_name(url: str) -> str:
    """Name the host of an address, without what only says that it is a site."""
    host = urlsplit(url).hostname or ""
    for prefix in _USUAL_HOSTS:
        if host.startswith(prefix) and "." in host.removeprefix(prefix):
            return host.removeprefix(prefix)
    return host


def _plain(text: str) -> str:
    """Take accents off; letters of other scripts are dropped."""
    lowered = text.casefold().translate(_LETTERS)
    return unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()


def _slug(text: str) -> str:
    # An apostrophe joins: "l'Écho" is one word, "Dave's" too.
    words = _OTHER.sub("-", _plain(text).replace("'", ""))
    return words[:LENGTH_LIMIT].strip("-")
