"""Pages that are shown instead of what was asked for: signs in marks and words. Pure.

Each function gives the sign as a clause, or None. All of them ask for a short text, or
for one that is made of the words in question: an article may be about any of this.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from pipelines.classes import marks
from pipelines.classes.view import View
from pipelines.classes.wording import (
    CHALLENGED,
    CONSENT,
    CONSENT_TERMS,
    FAILED,
    LOG_IN,
    NEEDS_SCRIPT,
    NOT_FOUND,
    Wording,
    fold,
    read_words,
)

_SHORT: Final = 1500  # letters; longer texts are not looked at as refusals
_BRIEF: Final = 500  # a few sentences
_NOTHING: Final = 90  # less than a sentence
_SENTENCE: Final = 120  # the longest run of a page without an article is shorter
_PAGE: Final = 1000  # letters of a whole page, navigation and all, that is a notice
_FRAME: Final = 400  # letters of a whole page that is a sentence
_LONG_PAGE: Final = 6000
_MARKUP: Final = 120_000  # bytes; checks are small

_LONGEST_WALL: Final = 9000  # letters
_FEW_TERMS: Final = 3  # different ones
_SOME_TERMS: Final = 4  # a banner alone has fewer
# Terms about consent in a hundred words: of a page that claims to be an article, of
# any other, of one with a supplier's dialogue. Articles about cookies have three.
_SHARES: Final = (9.0, 5.0, 4.0)
_LETTERS_A_WORD: Final = 9  # where words are not parted: several make up a "word"

_BODIES_404: Final = read_words("not-found-body")
_BODIES_FAILED: Final = read_words("failed-body")
_PASSWORDS: Final = etree.XPath("boolean(//input[@type='password'])")
_FIELDS: Final = etree.XPath(
    "boolean(//form//input[@type='email' or @type='tel' or @type='text'"
    " or @type='password' or not(@type)])"
)


def of_challenge(view: View) -> str | None:
    """Say by which sign a page asks who is asking."""
    if view.weight > _SHORT or view.is_claimed or len(view.visible) > _LONG_PAGE:
        return None
    markup = view.page.markup.utf8
    markup = markup.lower() if len(markup) <= _MARKUP else b""
    if supplier := marks.challenger(markup):
        return f"the markup is that of a check by {supplier}"
    return _challenging_words(view, markup)


def _challenging_words(view: View, markup: bytes) -> str | None:
    if said := CHALLENGED.named(view.names):
        return f"it is called “{said}”"
    if marks.has_widget(markup) and (said := CHALLENGED.said(view.folded)):
        return f"it has a captcha and says “{said}”"
    if len(view.visible) < _PAGE:
        distinct, _ = CHALLENGED.counted(view.folded)
        if distinct >= 2 or (distinct and len(view.visible) < _FRAME):
            return f"a short page says “{CHALLENGED.said(view.folded)}”"
    return None


def of_consent(view: View) -> str | None:
    """Say by which sign a page asks for consent instead of showing an article."""
    if view.address.is_consent and not view.is_stated:
        return "its address is that of a consent wall"
    if view.weight > _LONGEST_WALL:
        return None
    text = view.text if view.weight > _NOTHING else view.visible[:_LONGEST_WALL]
    distinct, _ = CONSENT_TERMS.counted(fold(text[:_BRIEF]))
    if distinct < _FEW_TERMS:
        return None
    said = fold(text)
    _, often = CONSENT_TERMS.counted(said)
    named = CONSENT.said(" ".join((*view.names, said[:_SHORT])))
    if often < _SOME_TERMS:
        return None
    share = 100 * often / max(len(said.split()), len(said) // _LETTERS_A_WORD)
    if share < _needed_share(view) * (1 if named else 2):
        return None
    such = f", such as “{named}”" if named else ""
    return f"it is made of words about consent{such}"


def _needed_share(view: View) -> float:
    claimed, unclaimed, supplied = _SHARES
    if view.is_claimed:
        return claimed
    markup = view.page.markup.utf8[:_MARKUP].lower()
    return supplied if marks.consent_asker(markup) else unclaimed


def of_absence(view: View) -> str | None:
    """Say by which sign a page was not found."""
    return _told(view, NOT_FOUND, _BODIES_404)


def of_failure(view: View) -> str | None:
    """Say by which sign a server failed."""
    return _told(view, FAILED, _BODIES_FAILED)


def of_login(view: View) -> str | None:
    """Say by which sign a page is a form to log in or to register."""
    if view.weight > _SHORT or view.is_claimed:
        return None
    said = LOG_IN.named(view.names)
    if _PASSWORDS(view.page.tree):
        if said:
            return f"it asks for a password and is called “{said}”"
        if view.address.is_login:
            return "it asks for a password, and its address says so"
        if view.weight < _BRIEF and len(view.visible) < _PAGE:
            return "it asks for a password and says hardly anything else"
    elif said and view.weight < _BRIEF and _FIELDS(view.page.tree):
        return f"it has a form and is called “{said}”"
    return None


def of_emptiness(view: View) -> str | None:
    """Say by which sign a page has no content."""
    if view.weight >= _BRIEF:
        return None
    if len(view.visible) < _PAGE and (said := NEEDS_SCRIPT.said(view.folded)):
        return f"a short page says “{said}”"
    if view.weight < _NOTHING:
        return "there is no text"
    if view.is_claimed:
        return None
    is_signed = view.found.has_byline
    if (view.weight < 2 * _NOTHING and not is_signed) or view.layout.run < _SENTENCE:
        return "there is hardly any text"
    return None


def _told(view: View, wording: Wording, bodies: frozenset[str]) -> str | None:
    if view.is_stated or view.weight > 4 * _SHORT:
        return None
    is_short = view.weight < _SHORT
    if (is_short or not view.is_claimed) and (named := wording.named(view.names)):
        return f"it is called “{named}”"
    if is_short and not bodies.isdisjoint(view.body_classes):
        return "its software says so in the class of <body>"
    if view.is_claimed or view.weight > _BRIEF:
        return None
    said = wording.said(view.opening)
    if said is None and len(view.visible) < _PAGE:
        said = wording.said(view.folded)
    return f"a short page says “{said}”" if said else None
