"""Who may read an article, as its page says: everybody, or who pays. Pure.

What pages say in their mark-up is often the default of a template. A wall that a
reader would meet counts more than any mark, the publisher's own tier of the article
more than schema.org's isAccessibleForFree. A meter (some articles free, then none)
is a wall.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from lxml import etree

from archive.model import Access, Claim
from pipelines.fields.access_words import WALLS
from pipelines.fields.reading import Reading, mark
from pipelines.fields.title_headings import is_unseen
from pipelines.parsed import ParsedPage, Tree

# Values of article:content_tier (Facebook's vocabulary) and of what is like it.
_TIERS: Final = {
    "free": Access.FREE,
    "open": Access.FREE,
    "locked": Access.PAYWALLED,
    "premium": Access.PAYWALLED,
    "paid": Access.PAYWALLED,
    "subscriber": Access.PAYWALLED,
    "subscribers": Access.PAYWALLED,
}
_TIER_METAS: Final = (
    "article:content_tier",
    "og:article:content_tier",
    "article:content-tier",
    "content_tier",
    "outbrain:article_access_status",
)
# Names of <meta> that hold a yes or a no, and what a yes says.
_FLAG_METAS: Final = {
    "isaccessibleforfree": Access.FREE,
    "ispremium": Access.PAYWALLED,
    "premium": Access.PAYWALLED,
    "lp:premium": Access.PAYWALLED,
    "is_premium": Access.PAYWALLED,
    "subscriber_only": Access.PAYWALLED,
    "bad:paywall": Access.PAYWALLED,
}
_YES: Final = frozenset({"true", "1", "yes"})
_NO: Final = frozenset({"false", "0", "no"})
_OTHER: Final = {Access.FREE: Access.PAYWALLED, Access.PAYWALLED: Access.FREE}
_MARK: Final = b"ywall"
_WALLS: Final = etree.XPath("//*[contains(@class, 'ywall') or contains(@id, 'ywall')]")
_MOST_WALLS: Final = 12
_MOST_MARKS: Final = 40
_MOST_NODES: Final = 200  # of text within an element
_LONGEST_TAG: Final = 400  # bytes
_MOST_PARAGRAPHS: Final = 400
_LONGEST_WALL: Final = 1200  # characters; what is longer holds the article too
_NEIGHBOURS: Final = 3
_LEVELS: Final = 2


def read_access(page: ParsedPage) -> Reading[Access | None]:
    """Read who may read the article; None if the page doesn't say."""
    found = list(_claims(page))
    claims = tuple(dict.fromkeys(claim for claim, _ in found))
    for claim, access in found:
        if access is not None:
            return Reading(value=access, claims=mark(claims, claim))
    return Reading(value=None, claims=claims)


def _claims(page: ParsedPage) -> Iterator[tuple[Claim, Access | None]]:
    """Give what is said of the access, the most telling first."""
    for text, origin in _walls(page):
        yield _claim(text, origin), Access.PAYWALLED
    metered: list[Claim] = []
    for name in _TIER_METAS:
        for said in page.meta.all(name)[:1]:
            # A meter is set for whole sites: what is said of the article goes first.
            if said.lower() == "metered":
                metered.append(_claim(said, f"meta:{name}"))
            else:
                yield _claim(said, f"meta:{name}"), _TIERS.get(said.lower())
    for said, origin in _free_marks(page):
        yield _claim(said, origin), _of_flag(said, Access.FREE)
    for claim in metered:
        yield claim, Access.PAYWALLED
    for name, yes in _FLAG_METAS.items():
        for said in page.meta.all(name)[:1]:
            yield _claim(said, f"meta:{name}"), _of_flag(said, yes)


def _free_marks(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Give isAccessibleForFree: of the parts of an article that have one, and of it."""
    article = page.data.article or {}
    parts = article.get("hasPart")
    for part in parts[:10] if isinstance(parts, list) else [parts]:
        # A free part says nothing of the others.
        if (
            isinstance(part, Mapping)
            and "isAccessibleForFree" in part
            and _said(part).lower() in _NO
        ):
            yield _said(part), f"{page.data.origin}.hasPart.isAccessibleForFree"
    if "isAccessibleForFree" in article:
        yield _said(article), f"{page.data.origin}.isAccessibleForFree"


def _said(node: Mapping[str, object]) -> str:
    return str(node["isAccessibleForFree"])[:50].strip().rsplit("/", 1)[-1]


def _of_flag(said: str, yes: Access) -> Access | None:
    folded = said.strip().lower()
    if folded in _YES:
        return yes
    return _OTHER[yes] if folded in _NO else None


def _walls(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Give the words of walls: in elements that are called so, or after the text."""
    if _has_marked_element(page.written):
        for element in _WALLS(page.tree)[:_MOST_WALLS]:
            words = wall_words(_short_text(element))
            if words is not None and not _is_hidden(element):
                yield words, "class:paywall"
                return
    shown = [element for element in _after_text(page.tree) if not is_unseen(element)]
    if words := wall_words("\n".join(map(_short_text, shown))):
        yield words, "after text"


def wall_words(text: str) -> str | None:
    """Give the words by which a text asks to pay or to log in; None if it doesn't."""
    folded = " ".join(text.split()).lower()
    return next((phrase for phrase in WALLS if phrase in folded), None)


def _short_text(element: Tree) -> str:
    """Give the text of an element; nothing of one that holds the article too."""
    text = "".join(islice(element.itertext(), _MOST_NODES))
    return text if len(text) <= _LONGEST_WALL else ""


def _is_hidden(element: Tree) -> bool:
    return is_unseen(element) or any(map(is_unseen, element.iterancestors()))


def _has_marked_element(utf8: bytes) -> bool:
    """Whether a tag, not only a text, has the mark of a wall.

    Searching the bytes is much faster than asking each element.
    """
    position = utf8.find(_MARK)
    for _ in range(_MOST_MARKS):
        if position < 0:
            break
        before = utf8[max(0, position - _LONGEST_TAG) : position]
        tag = before[before.rfind(b"<") :]
        if b">" not in tag and (b"class=" in tag or b"id=" in tag):
            return True
        position = utf8.find(_MARK, position + 1)
    return False


def _after_text(tree: Tree) -> Iterator[Tree]:
    """Give what follows the last paragraph of the element with most paragraphs."""
    paragraphs = list(islice(tree.iter("p"), _MOST_PARAGRAPHS))
    holders = Counter(paragraph.getparent() for paragraph in paragraphs)
    if not holders:
        return
    holder, _ = max(holders.items(), key=lambda item: item[1])
    last = list(holder.iterchildren("p"))[-2:]
    yield from last
    level = last[-1]
    for _ in range(_LEVELS):
        yield from islice(level.itersiblings(), _NEIGHBOURS)
        level = level.getparent()
        if level is None or level.tag in {"body", "main"}:
            return


def _claim(said: str, origin: str) -> Claim:
    return Claim(field="access", value=said[:300], origin=origin)
