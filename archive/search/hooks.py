"""What crawls, re-extractions and rebuilds do about the search index [I/O].

The index is loaded when it is wanted: it takes a while, and most verbs never do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archive.collection import Collection

AT_AN_END: Final = 5000  # texts that the end of a run waits for; searches do the rest


def make_searchable(collection: Collection, *, at_most: int | None = None) -> int:
    """Bring the index level with the catalogue, as `archive.search.level` does."""
    from archive.search.level import bring_level  # noqa: PLC0415 (see above)

    return bring_level(collection, at_most=at_most)


def forget_search(root: Path) -> None:
    """Empty the index of a collection, as `archive.search.level` does."""
    from archive.search.level import forget  # noqa: PLC0415 (see above)

    forget(root)
