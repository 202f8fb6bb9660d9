"""Addresses that are one article by the word of their pages (rel=canonical) [I/O]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from archive.watch import schema
from archive.watch.model import AddressState
from archive.watch.rows import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another address of the same article, by the word of a page."""

    key: str
    url: str  # as the page, or a seed, wrote it
    evidence: str  # record id of the capture that says so


def may_be_one(key: str, canonical: str) -> bool:
    """Whether a page may say that it is the same as another.

    One of another site may be a mistake or worse, and a template that names the
    front page on every article would make one article of a whole site.
    """
    site, _, path = key.partition(")")
    other_site, _, other_path = canonical.partition(")")
    is_one_site = (
        site == other_site
        or site.startswith(f"{other_site},")
        or other_site.startswith(f"{site},")
    )
    return is_one_site and (other_path == "/") == (path == "/")


def resolved(connection: Connection, key: str) -> str:
    """Give the key that stands for a key; itself, mostly."""
    return str(connection.execute(_RESOLVE, {"key": key}).scalar() or key)


def join(connection: Connection, said: Mapping[str, str], evidence: str) -> bool:
    """Make two addresses one; the one that was found first stands for both.

    One that is not to be fetched stands for none that is.
    """
    # By the key that stands for each: what it was called, and its row.
    urls = {resolved(connection, key): url for key, url in said.items()}
    question = select(_addresses.key, _addresses.url).where(_addresses.key.in_(urls))
    is_left_out = _addresses.state == AddressState.FOUND.value
    order = (is_left_out, _addresses.found_at, _addresses.id)
    known = connection.execute(question.order_by(*order)).all()
    if len(urls) < 2 or not known:
        return False
    first = known[0][0]
    other = next(key for key in urls if key != first)
    url = dict(known).get(other, urls[other])
    connection.execute(_REDIRECT_ALIASES, {"old": other, "new": first})
    row = {"key": other, "same_as": first, "url": storable(url), "evidence": evidence}
    connection.execute(insert(schema.aliases), row)
    reason = f"the same article as {known[0][1]}, says {evidence}"
    connection.execute(_STAND_BACK, {"of": other, "reason": reason})
    return True


_addresses, _aliases = schema.addresses.c, schema.aliases.c
_RESOLVE: Final = select(_aliases.same_as).where(_aliases.key == bindparam("key"))
GET: Final = select(schema.addresses).where(
    _addresses.key == func.coalesce(_RESOLVE.scalar_subquery(), bindparam("key"))
)
ITSELF: Final = select(schema.addresses).where(_addresses.key == bindparam("key"))
ALIASES_OF: Final = (
    select(_aliases.key, _aliases.url, _aliases.evidence)
    .where(_aliases.same_as == bindparam("key"))
    .order_by(_aliases.key)
)
_REDIRECT_ALIASES: Final = (
    update(schema.aliases)
    .where(_aliases.same_as == bindparam("old"))
    .values(same_as=bindparam("new"))
)
_STAND_BACK: Final = (
    update(schema.addresses)
    .where(_addresses.key == bindparam("of"))
    .values(state=AddressState.FOUND.value, due_at=None, reason=bindparam("reason"))
)
