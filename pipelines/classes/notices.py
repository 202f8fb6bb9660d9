"""Pages that are a notice to the reader, by what the notice is made of. Pure.

These looks come after those that know a wording: what they say is less certain, and so
they ask for more the more a page looks like an article.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.model import CaptureClass
from pipelines.classes.view import View
from pipelines.classes.vocabulary import Notice

_CLASSES: Final = {
    "check": CaptureClass.CHALLENGE,
    "absence": CaptureClass.SOFT_404,
    "failure": CaptureClass.ERROR,
    "consent": CaptureClass.CONSENT,
}
TOLD: Final = tuple(_CLASSES.values())
_SHORT: Final = 900  # letters
_LONG: Final = 1500
_SENTENCES: Final = 350  # most notices are shorter
_WORDS: Final = 45
_LONG_SHARE: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    """How much of a notice a page must be."""

    terms: int
    to_reader: int
    share: float

    def is_passed_by(self, notice: Notice) -> bool:
        """Whether a text is as much of a notice as is asked for."""
        return (
            notice.terms >= self.terms
            and notice.to_reader >= self.to_reader
            and notice.share >= self.share
        )


_BARE: Final = _Bar(terms=2, to_reader=1, share=9)  # nothing calls it an article
_SIGNED: Final = _Bar(terms=3, to_reader=2, share=12)  # it has an author, or a date
_CLAIMED: Final = _Bar(terms=3, to_reader=2, share=18)  # it calls itself one
_TINY: Final = _Bar(terms=1, to_reader=0, share=15)  # it would be empty
_ASKING: Final = _Bar(terms=3, to_reader=0, share=10)  # for consent
_ASKING_SIGNED: Final = _Bar(terms=4, to_reader=0, share=12)  # banners do, too


def look_for(page_class: CaptureClass) -> Callable[[View], str | None]:
    """Give the look that says by which sign a page is a notice of a class."""

    def look(view: View) -> str | None:
        if view.weight > (_SHORT if view.is_claimed else _LONG):
            return None
        notice = view.notice
        if notice is None or _CLASSES.get(notice.topic) is not page_class:
            return None
        if not _bar(view, notice).is_passed_by(notice):
            return None
        if view.weight > _SENTENCES and notice.share < _LONG_SHARE:
            return None
        return (
            f"it is made of words of a notice of {notice.topic}: "
            f"{notice.terms} of them, and {notice.to_reader} that speak to the reader"
        )

    return look


def _bar(view: View, notice: Notice) -> _Bar:
    if view.is_stated or view.is_dated:
        return _CLAIMED
    if notice.topic == "consent":
        return _ASKING_SIGNED if view.is_signed else _ASKING
    if view.weight < _WORDS and notice.topic in ("absence", "failure"):
        return _TINY
    return _SIGNED if view.is_signed else _BARE
