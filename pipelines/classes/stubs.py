"""Articles that break off before their end, for subscribers. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from archive.model import Access
from pipelines.classes.fences import read_fence
from pipelines.classes.view import View
from pipelines.classes.wording import OFFERS, SUBSCRIBE, fold, weight

_SHORT: Final = 2000  # letters; longer texts are whole, or worth keeping
_BRIEF: Final = 900
_FEW_SENTENCES: Final = 450
_LEAST: Final = 40  # a beginning has some words
_PROSE: Final = 80  # letters of a line that is no label
_LETTERS_A_WORD: Final = 4  # at the least, in scripts that part words
_TAIL: Final = 300  # characters
_END_OF_TEXT: Final = 150  # characters
_END: Final = 40  # characters that are found again on the page

_FENCE_MARKS: Final = tuple(
    b"paywall regwall premium-content subscriber piano paid-content "
    b"tp-container pw- restricted purchase-wall".split()
)
_FENCES: Final = etree.XPath(
    "boolean(//*[contains(@class, 'paywall') or contains(@id, 'paywall')"
    " or contains(@class, 'regwall') or contains(@class, 'premium-content')"
    " or contains(@class, 'subscriber-only') or contains(@class, 'subscribers-only')"
    " or contains(@class, 'piano') or contains(@class, 'paid-content')"
    " or contains(@class, 'tp-container') or contains(@class, 'pw-')"
    " or contains(@class, 'purchase-wall') or contains(@class, 'restricted')])"
)
_FEW_TERMS: Final = 2  # different ones about subscriptions
_FEW_SIGNS: Final = 2  # of one more than a few sentences, another
_BREAKS: Final = ("…", "...", "[…]", "[...]", "→")


def of_stub(view: View) -> str | None:
    """Say by which sign a text is only the beginning of an article."""
    article = view.page.data.article
    is_paid = view.found.access is Access.PAYWALLED or _is_paid(article)
    if not _LEAST <= view.weight <= (_SHORT if is_paid else _BRIEF):
        return None
    if is_paid and (words := _words(article)):
        letters = words * _LETTERS_A_WORD
        if letters > 2 * view.weight:
            return "its JSON-LD states more words than are there, for subscribers"
        if letters < view.weight:
            return None
    if said := SUBSCRIBE.said(fold(view.text[-_END_OF_TEXT:])):
        return f"a short text ends with “{said}”"
    return _of_brief(view, is_paid=is_paid) if view.weight < _BRIEF else None


def _of_brief(view: View, *, is_paid: bool) -> str | None:
    if said := SUBSCRIBE.said(_after(view)):
        return f"a short text is followed by “{said}”"
    markup = view.page.markup.utf8
    is_marked = any(mark in markup for mark in _FENCE_MARKS)
    has_fence = is_marked and _FENCES(view.page.tree)
    page = fold(view.visible) if is_paid or has_fence else ""
    does_break = view.text.rstrip().endswith(_BREAKS)
    may_stop = has_fence or does_break or view.weight < _FEW_SENTENCES
    offered = OFFERS.said(page) if is_paid and may_stop else None
    if said := SUBSCRIBE.said(page) or offered:
        return f"a short text is for subscribers, and its page says “{said}”"
    if is_paid and (has_fence or does_break):
        return "a short text is for subscribers and breaks off"
    if is_paid and view.weight < _FEW_SENTENCES:
        return "a few sentences stand on a page for subscribers"
    return _of_offer(view)


def _of_offer(view: View) -> str | None:
    """Say by which signs a short text is followed by an offer, whatever its wording."""
    if view.address.is_front or view.address.is_listing:
        return None
    fence = read_fence(view.page.tree)
    terms = fence.terms + (fence.to_reader > 0)
    signs = (
        (fence.does_break, "breaks off within a sentence"),
        (fence.has_price, "is followed by a price"),
        (fence.is_counted, "is followed by how much is missing"),
        (fence.acts, "is followed by a button"),
        (fence.is_named, "stands before what is marked as a fence"),
        (terms >= _FEW_TERMS, "is followed by words about subscriptions"),
    )
    told = [sign for holds, sign in signs if holds]
    if not any(holds for holds, _ in signs[1:3] + signs[4:]):
        return None  # beginnings break off on listings, and buttons are everywhere
    is_brief = view.weight < _FEW_SENTENCES
    if not (is_brief or fence.does_break or fence.has_price):
        return None
    needed = _FEW_SIGNS + (not is_brief) + (not view.is_claimed)
    return f"a short text {', '.join(told)}" if len(told) >= needed else None


def _after(view: View) -> str:
    """Give what the page says right after the last prose that was found, folded."""
    lines = view.text.split("\n")
    last = next((line for line in reversed(lines) if weight(line) >= _PROSE), lines[-1])
    end = " ".join(last.split())[-_END:]
    before, _, after = view.visible.partition(end) if end else ("", "", "")
    return fold(after[:_TAIL]) if before else ""


def _is_paid(article: Any) -> bool:
    stated = article.get("isAccessibleForFree") if article else None
    return stated is False or str(stated).strip().lower() in {"false", "no"}


def _words(article: Any) -> int:
    """Give the number of words that JSON-LD states, 0 if it states none."""
    stated = str(article.get("wordCount", "")).strip() if article else ""
    return int(stated) if re.fullmatch(r"[0-9]{1,6}", stated) else 0
