"""The section an article stands in: stated, in breadcrumbs, or in its address. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.model import Claim
from pipelines.fields.reading import Reading, mark
from pipelines.fields.title_headings import element_text
from pipelines.fields.title_words import key
from pipelines.jsonld import text as first_text
from pipelines.jsonld import texts
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage, Tree

_METAS: Final = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "cxenseparse:section",
    "articlesection",
    "section",
    "category",
    "dc.subject",
)
# What stands where sections stand and says nothing.
_EMPTY: Final = frozenset(
    {
        "tags", "tag", "article", "articles", "home", "homepage", "uncategorized",
        "general", "default", "front page", "none", "null", "other",
        "story", "stories", "post",
        "posts", "blog", "allgemein", "startseite", "inicio", "portada", "accueil",
        "início", "capa", "главная", "головна", "strona główna", "anasayfa",
        "ana sayfa", "الرئيسية", "خانه", "صفحه اصلی", "صفحہ اول", "होम", "首页",
        "首頁", "ホーム", "トップ", "홈", "beranda", "αρχική", "hjem", "hem", "etusivu",
        "domů", "acasă", "začetna", "sem categoria", "sin categoría", "non classé",
        "без рубрики", "unkategorisiert", "genel", "top", "www", "index",
    }
)  # fmt: skip
_LONGEST: Final = 60  # characters
# Of what is cut off titles: the last of the breadcrumbs is often the title itself.
_LONGEST_NAME: Final = 30
_MOST_WORDS: Final = 4
_MOST_CRUMBS: Final = 8
_CRUMB_SIGNS: Final = ("readcrumb", "athway")  # the second is Joomla's
_MOST_CALLED: Final = 50
_TAG: Final = re.compile(rb"<(\w+)")
_NAMING: Final = ("class", "id", "aria-label")
_LINKS: Final = etree.XPath(
    "//a[@href=$one or @href=$two or @href=$three or @href=$four]"
)
_SEGMENT: Final = re.compile(r"[a-z][a-z-]{2,30}")
_LIST: Final = re.compile(r"\s*[,;]\s+")


def read_section(
    page: ParsedPage, is_other: Callable[[str], bool]
) -> Reading[str | None]:
    """Read the section; `is_other` tells the site's names and the title."""
    claims: list[Claim] = []
    for source in (_stated, _crumbs, _of_address):
        for claim in source(page):
            claims.append(claim)
            if (said := _as_section(claim.value)) and not is_other(said):
                return Reading(value=said, claims=mark(claims, claim))
    return Reading(value=None, claims=tuple(dict.fromkeys(claims)))


def section_names(page: ParsedPage) -> frozenset[str]:
    """Give the keys of all names of sections that are stated, or breadcrumbs."""
    return frozenset(
        folded
        for claim in (*_stated(page), *_crumbs(page, with_own=False))
        for folded in (key(claim.value),)
        if folded
        and len(claim.value) <= _LONGEST_NAME
        and folded.count(" ") < _MOST_WORDS
    )


def _as_section(said: str) -> str | None:
    first = _LIST.split(said, maxsplit=1)[0] if len(said) < 500 else ""
    name = (line(first) or "").strip(" -–—|·:/›»>")
    if not name or len(name) > _LONGEST or key(name) in _EMPTY:
        return None
    return name if any(character.isalpha() for character in name) else None


def _stated(page: ParsedPage) -> Iterator[Claim]:
    for said in page.meta.all(_METAS[0])[:3]:
        yield _claim(said, f"meta:{_METAS[0]}")
    article = page.data.article or {}
    for said in list(texts(article.get("articleSection")))[:3]:
        yield _claim(said, f"{page.data.origin}.articleSection")
    for name in _METAS[1:]:
        for said in page.meta.all(name)[:1]:
            yield _claim(said, f"meta:{name}")


def _crumbs(page: ParsedPage, *, with_own: bool = True) -> Iterator[Claim]:
    """Give the sections that breadcrumbs lead through, the nearest first.

    The page's `own` link, which is often its title, is one where it names another.
    """
    yield from reversed(list(_of_breadcrumb_lists(page)))
    if (crumbs := _shown_crumbs(page)) is None:
        return
    for link in reversed(list(islice(crumbs.iter("a"), _MOST_CRUMBS))):
        said = element_text(link)
        if said and (with_own or not _leads_to_itself(link, page.url)):
            yield _claim(said, "breadcrumbs")


def _leads_to_itself(link: Tree, url: str) -> bool:
    try:
        return _path(urljoin(url, link.get("href", "").strip())) == _path(url)
    except ValueError:
        return False


def _shown_crumbs(page: ParsedPage) -> Tree | None:
    """Find the first element that is called breadcrumbs."""
    # Tags are looked for in the page as written: faster than to ask each element.
    tags = set(_tags_with(page.written))
    for element in page.tree.iter(*tags) if tags else ():
        if any(s in element.get(n, "") for n in _NAMING for s in _CRUMB_SIGNS):
            return element
    return None


def _tags_with(written: bytes) -> Iterator[str]:
    """Give the tags of elements that may be called breadcrumbs."""
    for sign in map(str.encode, _CRUMB_SIGNS):
        place = -1
        for _ in range(_MOST_CALLED):
            if (place := written.find(sign, place + 1)) < 0:
                break
            if tag := _TAG.match(written, written.rfind(b"<", 0, place)):
                yield tag[1].decode()


def _of_breadcrumb_lists(page: ParsedPage) -> Iterator[Claim]:
    """Give the items of schema.org/BreadcrumbList, but for the article's own."""
    path = _path(page.url)
    for node in page.data.of_type("breadcrumblist"):
        items = node.get("itemListElement")
        for entry in items[:_MOST_CRUMBS] if isinstance(items, list) else ():
            if not isinstance(entry, Mapping):
                continue
            item = entry.get("item")
            said = first_text(entry.get("name")) or first_text(item)
            if isinstance(item, Mapping):
                said = first_text(entry.get("name")) or first_text(item.get("name"))
                item = item.get("@id") or item.get("url")
            is_own = isinstance(item, str) and _path(item) == path
            if said and "://" not in said and not is_own:
                yield _claim(said, "json-ld:BreadcrumbList")


def _of_address(page: ParsedPage) -> Iterator[Claim]:
    """Give the name by which the page links to the folder it lies in."""
    try:
        parts = urlsplit(page.url)
    except ValueError:
        return
    folders = parts.path.split("/")[1:-1]
    if not folders or not _SEGMENT.fullmatch(folders[0]) or folders[0] in _EMPTY:
        return
    path = f"/{folders[0]}"
    root = f"{parts.scheme}://{parts.netloc}{path}"
    links = _LINKS(page.tree, one=path, two=f"{path}/", three=root, four=f"{root}/")
    for link in links[:3]:
        if said := element_text(link):
            yield _claim(said, f"a[href={path}]")


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return address


def _claim(said: str, origin: str) -> Claim:
    plain = unescape(said) if "&" in said else said
    return Claim(field="section", value=plain[:500], origin=origin)
