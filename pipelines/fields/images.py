"""The images of an article: its leading one and those between its paragraphs. Pure.

The same picture comes in many sizes and under many addresses: stated in JSON-LD and
<meta>, loaded by scripts, in sets. It is given once, with what any place says of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from archive.model import Image
from pipelines.fields.addresses import resolved
from pipelines.fields.image_addresses import identity, is_crop, is_picture, source
from pipelines.fields.image_captions import caption_of, cleaned_credit, split_credit
from pipelines.fields.links import ExtractedText, extracted_text
from pipelines.fields.title_neighbours import name_words
from pipelines.jsonld import text as first_text
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage, Tree

_METAS: Final = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
_CREDITS: Final = (
    "creditText",
    "creator",
    "author",
    "copyrightHolder",
    "copyrightNotice",
)
_MOST_PARAGRAPHS: Final = 400
_MOST_IMAGES: Final = 300  # that a page is searched for
_MOST_KEPT: Final = 100
_SMALLEST: Final = 100  # pixels: icons, avatars and trackers are smaller
_HIGHEST: Final = 12
_OUTSIDE: Final = frozenset({"aside", "nav", "footer", "button", "noscript"})
# What elements are called that show pictures of something else.
_OTHERS: Final = frozenset(
    {
        "related", "recommended", "recommendations", "recommend", "author", "avatar",
        "byline", "logo", "share", "social", "sharing", "newsletter", "promo", "advert",
        "ad", "ads", "advertisement", "banner", "comments", "comment", "sidebar",
        "widget", "outbrain", "taboola", "teaser", "teasers", "readmore", "trending",
        "popular", "mostread", "icon", "emoji", "bio", "footer", "menu", "navigation",
        "sponsored",
    }
)  # fmt: skip
_FILES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


def read_images(page: ParsedPage, text: str) -> tuple[Image, ...]:
    """Read the images of the article that was extracted as `text`, each once."""
    found: dict[str, Image] = {}
    lead: str | None = None
    for image in _stated(page):
        key = identity(image.url)
        # Publishers state crops of one picture for the places it may be shown in.
        lead = lead or key
        key = lead if is_crop(key, lead) else key
        found[key] = _merged(found[key], image) if key in found else image
    for image in islice(_shown(page, extracted_text(text)), _MOST_KEPT):
        key = identity(image.url)
        if lead is not None and is_crop(key, lead):
            key = lead
        found[key] = _merged(found[key], image) if key in found else image
    return tuple(found.values())[:_MOST_KEPT]


def _merged(first: Image, other: Image) -> Image:
    """Keep what the first says, and take from the other what it leaves open."""
    return replace(
        first,
        caption=first.caption or other.caption,
        alt=first.alt or other.alt,
        credit=first.credit or other.credit,
    )


def _stated(page: ParsedPage) -> Iterator[Image]:
    """Give the leading images, as JSON-LD and <meta> state them."""
    article = page.data.article or {}
    stated = article.get("image")
    for value in stated[:10] if isinstance(stated, list) else [stated]:
        if isinstance(value, str):
            yield from _image(page, value)
        elif isinstance(value, Mapping):
            yield from _of_node(page, _node(page, value))
    for name in _METAS:
        for said in page.meta.all(name)[:2]:
            yield from _image(page, said, alt=page.meta.first("og:image:alt"))


def _node(page: ParsedPage, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference to another node of the page."""
    if "url" in value or "contentUrl" in value or "@id" not in value:
        return value
    same = (node for node in page.data.nodes if node.get("@id") == value["@id"])
    return next((node for node in same if "url" in node or "contentUrl" in node), value)


def _of_node(page: ParsedPage, node: Mapping[str, Any]) -> Iterator[Image]:
    said = first_text(node.get("contentUrl")) or first_text(node.get("url"))
    if said:
        credited = (first_text(node.get(name)) for name in _CREDITS)
        yield from _image(
            page,
            said,
            caption=first_text(node.get("caption")),
            credit=next(filter(None, credited), None),
        )


def _image(
    page: ParsedPage,
    said: str,
    *,
    caption: str | None = None,
    alt: str | None = None,
    credit: str | None = None,
) -> Iterator[Image]:
    url = resolved(page, said.strip().replace(" ", "%20"))
    if url is None or not is_picture(url):
        return
    if caption and not credit:
        caption, credit = split_credit(caption)
    yield Image(
        url=url,
        caption=line(caption),
        alt=line(alt),
        credit=cleaned_credit(credit) if credit else None,
    )


def _shown(page: ParsedPage, extracted: ExtractedText) -> Iterator[Image]:
    scope = _scope(page.tree, extracted)
    if scope is None:
        return
    for element in islice(scope.iter("img", "amp-img"), _MOST_IMAGES):
        if _is_small(element) or not _is_of_article(element, scope):
            continue
        said = source(element)
        if said:
            caption, credit = caption_of(element)
            yield from _image(
                page, said, caption=caption, alt=element.get("alt"), credit=credit
            )


def _scope(tree: Tree, extracted: ExtractedText) -> Tree | None:
    """Give the element that holds the article: all of its paragraphs, and its head."""
    paragraphs = [
        paragraph
        for paragraph in islice(tree.iter("p"), _MOST_PARAGRAPHS)
        if extracted.has("".join(islice(paragraph.itertext(), 100)))
    ]
    if not paragraphs:
        return None
    last = set(paragraphs[-1].iterancestors())
    shared = next((e for e in paragraphs[0].iterancestors() if e in last), None)
    if shared is None:
        return None
    for element in (shared, *shared.iterancestors()):
        if element.tag in {"article", "main"} or element.get("role") == "main":
            return element
    above = shared.getparent()
    return shared if above is None or above.tag in {"body", "html"} else above


def _is_small(element: Tree) -> bool:
    for name in ("width", "height"):
        stated = (element.get(name) or "").removesuffix("px")
        if stated.isdecimal() and int(stated[:6]) < _SMALLEST:
            return True
    return False


def _is_of_article(element: Tree, scope: Tree) -> bool:
    """Whether a picture is the article's own, not one that leads to another."""
    in_figure = False
    level = element
    for _ in range(_HIGHEST):
        if level is None or level is scope:
            return True
        if level.tag in _OUTSIDE or name_words(level) & _OTHERS:
            return False
        in_figure = in_figure or level.tag == "figure"
        if level.tag == "a" and not in_figure:
            href = (level.get("href") or "").partition("?")[0].lower()
            if not href.endswith(_FILES) and not href.startswith("#"):
                return False
        level = level.getparent()
    return True
