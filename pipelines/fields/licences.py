"""The licence a page states for its article. Pure.

Known licences are given by their SPDX identifiers, others as the address or the
words that were stated. A licence of a picture is none of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from archive.model import Claim
from pipelines.fields.addresses import head_links, resolved
from pipelines.fields.reading import Reading, mark
from pipelines.fields.title_neighbours import name_words
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage, Tree

_METAS: Final = (
    "dcterms.license",
    "dc.license",
    "license",
    "dc.rights",
    "dcterms.rights",
    "dc.rights.license",
    "rights",
    "copyright",
)
# Creative Commons, by its addresses and by its short names.
_CC_ADDRESS: Final = re.compile(
    r"creativecommons\.org/licenses/([a-z]{2}(?:-[a-z]{2}){0,2})/(\d\.\d)"
    r"(?:/([a-z]{2})(?![a-z]))?",
    re.IGNORECASE,
)
_CC_NAME: Final = re.compile(
    r"\bCC[\s-]?(BY(?:[\s-](?:SA|NC|ND)){0,2})[\s-]?(\d\.\d)\b", re.IGNORECASE
)
_OTHERS: Final = (
    (
        re.compile(r"creativecommons\.org/publicdomain/zero/1\.0", re.IGNORECASE),
        "CC0-1.0",
    ),
    (
        re.compile(r"creativecommons\.org/publicdomain/mark/1\.0", re.IGNORECASE),
        "CC-PDM-1.0",
    ),
    (re.compile(r"open-government-licence/version/3", re.IGNORECASE), "OGL-UK-3.0"),
    (re.compile(r"open-government-licence/version/2", re.IGNORECASE), "OGL-UK-2.0"),
    (re.compile(r"\bCC[\s-]?0\b(?!\.)"), "CC0-1.0"),
    (
        re.compile(r"govdata\.de/dl-de/by-2-0|\bdl-de/by-2-0\b", re.IGNORECASE),
        "DL-DE-BY-2.0",
    ),
    (
        re.compile(r"gnu\.org/(?:copyleft|licenses)/fdl", re.IGNORECASE),
        "GFDL-1.3-or-later",
    ),
)
# Words by which a statement of rights is a licence and no mere claim to rights.
_LICENSING: Final = re.compile(
    r"licen[cs]e[ds]?\b|lizenz|licencia|licença|licenza|licentie|лиценз|ліценз|licencj|"
    r"lisans|رخصة|ترخيص|پروانه|لائسنس|लाइसेंस|许可|授權|授权|ライセンス|라이선스|lisensi|"
    r"άδεια|creative commons",
    re.IGNORECASE,
)
_MARKED: Final = b"creativecommons.org/"
_LINKS: Final = etree.XPath("//a[contains(@href, 'creativecommons.org/')]")
_PICTURES: Final = frozenset(
    {
        "caption",
        "figcaption",
        "credit",
        "credits",
        "image",
        "photo",
        "figure",
        "gallery",
    }
)
_RIGHTS: Final = frozenset(
    {"license", "licence", "copyright", "rights", "footer", "cc", "lizenz", "legal"}
)
_LEVELS: Final = 5
_MOST: Final = 20
_LONGEST: Final = 200  # characters of a licence that is given in words


def read_licence(page: ParsedPage) -> Reading[str | None]:
    """Read the licence: an SPDX identifier, else an address or words as stated."""
    claims = tuple(dict.fromkeys(_claims(page)))
    for claim in claims:
        if licence := _as_licence(page, claim):
            return Reading(value=licence, claims=mark(claims, claim))
    return Reading(value=None, claims=claims)


def spdx(stated: str) -> str | None:
    """Give the identifier of a licence in the SPDX list; None if it isn't known."""
    if found := _CC_ADDRESS.search(stated):
        parts = [found[1].upper(), found[2], (found[3] or "").upper()]
        return "-".join(["CC", *filter(None, parts)])
    if found := _CC_NAME.search(stated):
        terms = re.split(r"[\s-]+", found[1].upper())
        return "-".join(["CC", *terms, found[2]])
    return next((name for form, name in _OTHERS if form.search(stated)), None)


def _as_licence(page: ParsedPage, claim: Claim) -> str | None:
    said = line(claim.value) or ""
    if known := spdx(said):
        return known
    if claim.origin.startswith("meta:") and not _LICENSING.search(said):
        return None  # "Copyright 2024 Example Ltd" gives nobody a licence
    if "://" in said or said.startswith("/"):
        stated = resolved(page, said)
        # "https://creativecommons.org/" names no licence.
        is_named = stated is not None and urlsplit(stated).path.strip("/")
        return stated if is_named else None
    return said if 0 < len(said) <= _LONGEST else None


def _claims(page: ParsedPage) -> Iterator[Claim]:
    article = page.data.article or {}
    for said in _addresses(article.get("license")):
        yield _claim(said, f"{page.data.origin}.license")
    for link in head_links(page, "license")[:2]:
        yield _claim(link.get("href") or "", "link:license")
    for name in _METAS:
        for said in page.meta.all(name)[:1]:
            yield _claim(said, f"meta:{name}")
    # Searching the bytes is much faster than asking each element.
    if _MARKED in page.written:
        for link in _LINKS(page.tree)[:_MOST]:
            if _is_of_article(link):
                yield _claim(link.get("href") or "", "a:license")


def _addresses(stated: object) -> Iterator[str]:
    for value in stated if isinstance(stated, list) else [stated]:
        said = value
        if isinstance(value, Mapping):
            said = value.get("url") or value.get("@id") or value.get("name")
        if isinstance(said, str) and said.strip():
            yield said


def _is_of_article(link: Tree) -> bool:
    """Whether a link states the licence of the page, not of a picture on it."""
    is_stated = "license" in (link.get("rel") or "").lower().split()
    element = link
    for _ in range(_LEVELS):
        names = name_words(element)
        if element.tag in {"figure", "figcaption"} or names & _PICTURES:
            return False
        is_stated = is_stated or element.tag == "footer" or bool(names & _RIGHTS)
        element = element.getparent()
        if element is None:
            break
    return is_stated


def _claim(said: str, origin: str) -> Claim:
    return Claim(field="licence", value=said[:500], origin=origin)
