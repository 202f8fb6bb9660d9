"""News agencies and large papers, by the names texts give them. Pure.

The names are in a file beside this one. Names are compared without case and marks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_LONGEST: Final = 60  # characters of a name
_MARKS: Final = re.compile(r"[\W_]+")

_LISTS: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def _key(name: str) -> str:
    return _MARKS.sub(" ", name).strip().casefold()


def _by_key(*lists: str) -> dict[str, str]:
    """Give our names of all forms in some lists; the first form of a key wins."""
    found: dict[str, str] = {}
    for title in lists:
        forms: Mapping[str, list[str]] = _LISTS[title]
        for name, others in forms.items():
            for form in (name, *others):
                found.setdefault(_key(form), name)
    return found


_AGENCIES: Final = _by_key("agencies", "agencies_where_expected")
_PAPERS: Final = _by_key("papers")
_AMBIGUOUS: Final = frozenset(_key(form) for form in _LISTS["ambiguous"]["forms"])


def find_agency(name: str) -> str | None:
    """Give our name of the agency that goes by `name`, or None."""
    return _AGENCIES.get(_key(name)) if len(name) <= _LONGEST else None


def is_agency(name: str) -> bool:
    """Whether `name`, where an author or agency is expected, is a news agency."""
    return find_agency(name) is not None


def find_source(name: str) -> str | None:
    """Give our name of the agency, paper or broadcaster that goes by `name`."""
    if len(name) > _LONGEST:
        return None
    key = _key(name)
    return _AGENCIES.get(key) or _PAPERS.get(key)


def is_ambiguous(name: str) -> bool:
    """Whether `name` is also a word, somebody's name, or initials of much else."""
    return _key(name) in _AMBIGUOUS


def forms_in_text() -> tuple[str, ...]:
    """Give all forms that may stand in running text, the longest first."""
    forms = {
        form
        for title in ("agencies", "papers")
        for name, others in _LISTS[title].items()
        for form in (name, *others)
    }
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))
