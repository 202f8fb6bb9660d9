"""Search: one question, and everything a page of answers shows [I/O]."""

from __future__ import annotations

from archive.collection import Collection
from archive.search.model import Query, Results


def search(
    collection: Collection, query: Query, *, enter_at_most: int | None = None
) -> Results:
    """Find articles by their words and by what is known of them.

    Brings the index level with the catalogue first, by `enter_at_most` texts if that
    is given: what is not searchable yet is said in a note. Any thread may ask.
    Raises QueryError for a question that can't be understood, StorageError or
    CollectionError where the index can't be read.
    """
    raise NotImplementedError
