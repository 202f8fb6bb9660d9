"""Words of bylines in the languages news comes in; the lists are in the file beside."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

_LISTS: Final[dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)

BY: Final = tuple(_LISTS["by"])
WRITTEN: Final = tuple(_LISTS["written"])
AMBIGUOUS_BY: Final = frozenset(_LISTS["ambiguous_by"])
WITH: Final = frozenset(_LISTS["with"])
AND: Final = (*_LISTS["and"], *_LISTS["with"])
AND_WITHIN: Final = tuple(_LISTS["and_within"])
PLACED: Final = tuple(_LISTS["placed"])
OTHERWISE: Final = tuple(_LISTS["otherwise"])
ROLES: Final = frozenset(word.casefold() for word in _LISTS["roles"])
STUCK_ROLES: Final = tuple(_LISTS["stuck_roles"])
ORGANISATIONS: Final = frozenset(word.casefold() for word in _LISTS["organisations"])
STUCK_ORGANISATIONS: Final = tuple(_LISTS["stuck_organisations"])
NOBODY: Final = frozenset(_LISTS["nobody"])
PARTICLES: Final = frozenset(_LISTS["particles"])
