"""What stands below the beginning of an article: the fence before its rest. Pure.

The column under the heading is read as blocks: prose, then whatever follows it, up to
what leads away. Whole articles end in prose, and stubs in an offer: a price, a button,
the words that are missing, names of fences in classes. Elsewhere on a page the same
signs say nothing: every header has a button to subscribe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import etree

from pipelines.classes.vocabulary import read_notice
from pipelines.classes.wording import fold, read_wording, read_words, weight

_PROSE: Final = 80  # letters
_HEADLINE: Final = 30  # letters of a link that leads to another article
_LONGEST_TAIL: Final = 500  # letters
_MOST_TEXTS: Final = 120
_MOST_BLOCKS: Final = 40
_NAMED_ABOVE: Final = 3  # elements around a block whose names count

# "€ 1", "4,90 ₪", "R$ 9,90", "99 руб.", "月額980円", "1 Euro"
_PRICE: Final = re.compile(
    r"(?:[$€£₪¥₩₹₺₴₽฿₫]|R\$|US\$|\b(?:CHF|EUR|USD|GBP|Rp)\b)\s?\d"
    r"|\d\s?(?:[€£₪¥₩₹₺₴₽฿₫円元원]|zł\b|kr\b|kroner\b|Kč\b|Ft\b|лв|lei\b|руб|грн|TL\b|kn\b"
    r"|eur\b|euros?\b|euroa\b|cents?\b|dollars?\b|rupees?\b|रुपये|रु|تومان|ريال|درهم"
    r"|บาท|đồng\b|đ\b|ευρώ|:-)",
    re.IGNORECASE,
)
# "80 %", "2 340 mots", "残り1,204文字": how much is missing.
_MISSING: Final = re.compile(
    r"\d\s?[%٪％]|\d\d\s?(?:words|mots|palabras|palavras|parole|woorden|Wörter|Zeichen"
    r"|слов|знак|символ|słów|znak|kelime|كلمة|کلمه|मिनट|字|文字|자\b|ord\b|sanaa|szó)"
)
_ENDED: Final = re.compile(r"[.!?:;\"'»«”“’‘)\]。！？」』）؟۔।॥;·|]\s*$")
_CUT: Final = re.compile(r"(?:…|\.\.\.|\[…\]|→)\s*$")
_NAMES: Final = re.compile(
    r"pay-?wall|reg-?wall|wall\b|\block|locked|unlock|\bgate|barrier|\bmuro|\bmur\b"
    r"|mur\b|premium|subscri|suscri|\babo\b|abonn|member|upgrade|\bpaid|piano|meter"
    r"|\btier|\bpw\b|fence|preview|\bfade|faded|restrict|assina|\bpluss?\b|conversion"
    r"|offer|truncat|betal|\bklub|\bvip\b|prenumer|abbon|cadenas|kilit|zamek|\bpay\b"
)
_BESIDE: Final = re.compile(r"newsletter|mailing|related|comment|share|social|donat")
_LEADS_AWAY: Final = frozenset({"nav", "footer", "table"})
_CLICKED: Final = frozenset({"a", "button", "label"})
_FIELDS: Final = etree.XPath("boolean(descendant-or-self::button|descendant::input)")
_INLINE: Final = read_words("inline-element")
_NEWSLETTERS: Final = read_wording("newsletters")
_HEADINGS: Final = etree.XPath("(descendant::h1 | descendant::h2)[normalize-space()]")
_FOLLOWING: Final = etree.XPath("following::text()[normalize-space()]")


@dataclass(frozen=True, slots=True)
class Block:
    """Text of one element of the column under the heading."""

    element: Any
    text: str
    is_clicked: bool  # a link, or a button


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """What follows the prose under a heading, by the signs that it stops people."""

    has_price: bool = False
    is_counted: bool = False  # it says how much is missing
    acts: bool = False  # it has a button, a field, or is followed by a link
    is_named: bool = False  # by classes and ids that fences have
    does_break: bool = False  # the prose before it ends within a sentence
    terms: int = 0  # different words about subscriptions
    to_reader: int = 0  # different words that speak to the reader


def read_fence(tree: Any) -> Fence:
    """Look at what follows the prose under the first heading of a page."""
    blocks = list(_column(tree))
    prose, tail = _parted(blocks)
    if prose is None or sum(weight(block.text) for block in tail) > _LONGEST_TAIL:
        return Fence()
    does_break = not _ENDED.search(prose.text) or _CUT.search(prose.text) is not None
    said = " ".join(block.text for block in tail)
    names = " ".join(name for block in tail for name in _names(block.element, prose))
    if _BESIDE.search(names) or _NEWSLETTERS.said(fold(said)):
        return Fence(does_break=does_break)
    notice = read_notice(said)
    is_offer = notice is not None and notice.topic == "offer"
    return Fence(
        has_price=_PRICE.search(said) is not None,
        is_counted=_MISSING.search(said) is not None,
        acts=any(block.is_clicked or _FIELDS(block.element) for block in tail),
        is_named=_NAMES.search(names) is not None,
        does_break=does_break,
        terms=notice.terms if notice and is_offer else 0,
        to_reader=notice.to_reader if notice else 0,
    )


def _column(tree: Any) -> Iterator[Block]:
    """Give the blocks under the first heading, up to what leads away."""
    headings = _HEADINGS(tree)
    block: Block | None = None
    for text in islice(_FOLLOWING(headings[0]), _MOST_TEXTS) if headings else ():
        element, is_clicked, leads_away = _holder(text)
        if leads_away:
            break
        said = " ".join(text.split())
        if block is not None and element is block.element:
            block = Block(element, f"{block.text} {said}", block.is_clicked)
            continue
        if block is not None:
            yield block
        block = Block(element, said, is_clicked)
        if is_clicked and weight(said) >= _HEADLINE:
            return
    if block is not None:
        yield block


def _holder(text: Any) -> tuple[Any, bool, bool]:
    """Give the block that a text is in, whether it is clicked, and leads away."""
    element = text.getparent()
    if text.is_tail:
        element = element.getparent()
    while element.tag in _INLINE and element.getparent() is not None:
        element = element.getparent()
    is_clicked = element.tag in _CLICKED
    if element.tag == "a" and _is_within_prose(element):
        return element.getparent(), False, False
    above = {holder.tag for holder in element.iterancestors()}
    is_beside = "aside" in above and "article" not in above
    return element, is_clicked, is_beside or not _LEADS_AWAY.isdisjoint(above)


def _is_within_prose(link: Any) -> bool:
    above = link.getparent()
    return (
        above is not None and weight((above.text or "") + (link.tail or "")) >= _PROSE
    )


def _parted(blocks: list[Block]) -> tuple[Block | None, list[Block]]:
    """Give the last prose that is no offer, and what follows it."""
    for index in range(min(len(blocks), _MOST_BLOCKS) - 1, -1, -1):
        block = blocks[index]
        if not block.is_clicked and weight(block.text) >= _PROSE and not _offers(block):
            return block, blocks[index + 1 : _MOST_BLOCKS]
    return None, []


def _offers(block: Block) -> bool:
    notice = read_notice(block.text)
    is_offer = notice is not None and notice.topic == "offer" and notice.terms > 1
    return is_offer or _PRICE.search(block.text) is not None


def _names(element: Any, prose: Block) -> Iterator[str]:
    """Give the names of an element and of those around it that the prose is not in."""
    outside = {prose.element, *prose.element.iterancestors()}
    for _ in range(_NAMED_ABOVE):
        if element is None or element in outside:
            return
        yield f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        element = element.getparent()
