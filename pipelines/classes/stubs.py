"""Articles that break off before their end, for subscribers. Pure."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from archive.model import Access
from pipelines.classes.view import View
from pipelines.classes.wording import SUBSCRIBE, fold, weight

_SHORT: Final = 2000  # letters; longer texts are whole, or worth keeping
_BRIEF: Final = 900
_LETTERS_A_WORD: Final = 4  # at the least, in scripts that part words
_TAIL: Final = 300  # characters

_FENCES: Final = etree.XPath(
    "boolean(//*[contains(@class, 'paywall') or contains(@id, 'paywall')"
    " or contains(@class, 'regwall') or contains(@class, 'premium-content')"
    " or contains(@class, 'subscriber-only') or contains(@class, 'subscribers-only')"
    " or contains(@class, 'piano') or contains(@class, 'paid-content')"
    " or contains(@class, 'tp-container') or contains(@class, 'pw-')])"
)
_BREAKS: Final = ("…", "...", "[…]", "[...]", "→")


def of_stub(view: View) -> str | None:
    """Say by which sign a text is only the beginning of an article."""
    article = view.page.data.article
    is_paid = view.found.access is Access.PAYWALLED or _is_paid(article)
    if view.weight > (_SHORT if is_paid else _BRIEF):
        return None
    if is_paid and _is_part(article, view.text):
        return "its JSON-LD states more words than are there, for subscribers"
    if said := SUBSCRIBE.said(fold(view.text[-_TAIL:])):
        return f"a short text ends with “{said}”"
    has_fence = _FENCES(view.page.tree)
    if (is_paid or has_fence) and (said := SUBSCRIBE.said(fold(view.visible))):
        return f"a short text is for subscribers, and its page says “{said}”"
    breaks_off = has_fence or view.text.rstrip().endswith(_BREAKS)
    is_cut = is_paid and view.weight < _BRIEF and breaks_off
    return "a short text is for subscribers and breaks off" if is_cut else None


def _is_paid(article: Any) -> bool:
    stated = article.get("isAccessibleForFree") if article else None
    return stated is False or str(stated).strip().lower() in {"false", "no"}


def _is_part(article: Any, text: str) -> bool:
    """Whether an article is said to have at least twice the words that are there."""
    stated = str(article.get("wordCount", "")).strip() if article else ""
    if not stated.isascii() or not stated.isdigit() or len(stated) > 6:
        return False
    return int(stated) * _LETTERS_A_WORD > 2 * weight(text)
