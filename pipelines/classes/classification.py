"""The class of a page, decided before its text counts as an article. Pure.

The looks at a page are ordered: what is shown instead of an article first, for no
other sign on such a page means anything; then what an article can be mistaken for.
A page that shows none of the signs is an article.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.model import CaptureClass
from pipelines.classes import kinds, listings, notices, refusals, stubs
from pipelines.classes.view import Found, View
from pipelines.parsed import ParsedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The class of a page, and which sign decided."""

    page_class: CaptureClass
    reason: str  # one sentence


_LOOKS: Final[tuple[tuple[CaptureClass, Callable[[View], str | None]], ...]] = (
    (CaptureClass.CHALLENGE, refusals.of_challenge),
    (CaptureClass.CONSENT, refusals.of_consent),
    (CaptureClass.SOFT_404, refusals.of_absence),
    (CaptureClass.ERROR, refusals.of_failure),
    (CaptureClass.LOGIN, refusals.of_login),
    *((told, notices.look_for(told)) for told in notices.TOLD),
    (CaptureClass.LIVE_BLOG, kinds.of_live_blog),
    (CaptureClass.STUB, stubs.of_stub),
    (CaptureClass.MEDIA, kinds.of_media),
    (CaptureClass.LISTING, listings.of_listing),
    (CaptureClass.EMPTY, refusals.of_waiting),
    (CaptureClass.SOFT_404, refusals.of_silence),
    (CaptureClass.ERROR, refusals.of_brevity),
    (CaptureClass.EMPTY, refusals.of_emptiness),
)


def classify(page: ParsedPage, found: Found) -> Classification:
    """Tell what a page is that was answered with status 200."""
    view = View(page, found)
    for page_class, look in _LOOKS:
        if sign := look(view):
            return Classification(page_class=page_class, reason=_sentence(sign))
    sign = "it calls itself an article" if view.is_claimed else "it reads like one"
    return Classification(
        page_class=CaptureClass.ARTICLE,
        reason=_sentence(f"{sign}; its text has {view.weight} letters"),
    )


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."
