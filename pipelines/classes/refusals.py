"""Pages that are shown instead of what was asked for: signs in marks and words. Pure.

Each function gives the sign as a clause, or None. All of them ask for a short text, or
for one that is made of the words in question: an article may be about any of this.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from pipelines.classes import machinery, marks
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
_FEW: Final = 250  # a sentence or two
_NOTHING: Final = 90  # less than a sentence
_WORDS: Final = 45
_SENTENCE: Final = 120  # the longest run of a page without an article is shorter
_PAGE: Final = 1000  # letters of a whole page, navigation and all, that is a notice
_FRAME: Final = 400  # letters of a whole page that is a sentence
_LONG_PAGE: Final = 6000
_FEW_LINKS: Final = 3
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
_FRAMES: Final = etree.XPath(
    "boolean(//iframe[contains(@src, 'consent') or contains(@src, 'cmp.')"
    " or contains(@src, 'privacy-mgmt') or contains(@src, 'privacy-')"
    " or contains(@src, 'message_id=') or contains(@id, 'sp_message')])"
)
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
    is_news = view.weight > _FEW and view.is_signed
    if len(view.visible) < (_FRAME if is_news else _PAGE):
        distinct, _ = CHALLENGED.counted(view.folded)
        if distinct >= 2 or (distinct and len(view.visible) < _FRAME):
            return f"a short page says “{CHALLENGED.said(view.folded)}”"
        return _challenging_machinery(view)
    return None


def _challenging_machinery(view: View) -> str | None:
    if view.weight > _BRIEF:
        return None
    if machinery.comes_back(view.page):
        return "a script of a short page proves something, and loads it again"
    if machinery.asks_for_answer(view.page):
        return "a short page has a field or picture for a captcha"
    is_bare = view.layout.links <= _FEW_LINKS
    if is_bare and machinery.has_reference(view.visible):
        return "a short page without links states an address or number of the visit"
    if is_bare and machinery.has_task(view.page):
        return "a short page without links has a task to solve"
    return None


def of_consent(view: View) -> str | None:
    """Say by which sign a page asks for consent instead of showing an article."""
    if view.address.is_consent and not view.is_stated:
        return "its address is that of a consent wall"
    if view.weight < _WORDS and len(view.visible) < _FRAME and _FRAMES(view.page.tree):
        return "all it shows is a frame for a question about consent"
    return _consenting_words(view) if view.weight <= _LONGEST_WALL else None


def _consenting_words(view: View) -> str | None:
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
    if said := _told(view, FAILED, _BODIES_FAILED):
        return said
    if view.is_claimed or view.weight > _SHORT:
        return None
    if machinery.has_trace(view.visible[:_PAGE]):
        return "it says what a program says that breaks down"
    return None


def of_login(view: View) -> str | None:
    """Say by which sign a page is a form to log in or to register."""
    if view.weight > _SHORT or view.is_claimed:
        return None
    said = LOG_IN.named(view.names)
    is_brief = view.weight < _BRIEF
    signs = (
        (said and _PASSWORDS(view.page.tree), f"it asks for a password: “{said}”"),
        (
            view.address.is_login and _PASSWORDS(view.page.tree),
            "it asks for a password, and its address says so",
        ),
        (
            is_brief
            and len(view.visible) < _PAGE
            and machinery.asks_for_name(view.page),
            "it asks for a member's name or password and says hardly anything else",
        ),
        (
            is_brief and said and _FIELDS(view.page.tree),
            f"it has a form and is called “{said}”",
        ),
    )
    return next((sign for holds, sign in signs if holds), None)


def of_silence(view: View) -> str | None:
    """Say by which sign a page of a site has a few words, and none that is news."""
    if not _is_silent(view) or view.layout.links <= _FEW_LINKS:
        return None
    if view.address.is_front or not view.headed or view.layout.run < _WORDS:
        return None
    return (
        "a few sentences stand in the frame of a site, and nothing says they are news"
    )


def of_brevity(view: View) -> str | None:
    """Say by which sign a page is a sentence of a server."""
    if not _is_silent(view) or len(view.visible) >= _PAGE:
        return None
    if view.layout.links > _FEW_LINKS and not view.address.is_front:
        return None
    return "a page without a site around it says a few words, and nothing that is news"


def _is_silent(view: View) -> bool:
    most = _FEW if view.is_claimed else _BRIEF
    if view.weight >= most and (view.is_claimed or view.weight > _SHORT):
        return False
    own = min(view.weight, view.layout.run)  # the rest may be teasers
    return _WORDS <= own < most and not view.is_signed


def of_waiting(view: View) -> str | None:
    """Say by which sign a page waits for a script to fill it."""
    if view.weight >= _BRIEF or len(view.visible) >= _PAGE:
        return None
    said = NEEDS_SCRIPT.said(view.folded)
    return f"a short page says “{said}”" if said else None


def of_emptiness(view: View) -> str | None:
    """Say by which sign a page has no content."""
    if view.weight >= _BRIEF:
        return None
    if view.weight < _NOTHING:
        return "there is no text"
    if view.is_claimed:
        return None
    is_signed = view.found.has_byline or view.is_dated_below
    if (view.weight < 2 * _NOTHING and not is_signed) or view.layout.run < _SENTENCE:
        return "there is hardly any text"
    return None


def _told(view: View, wording: Wording, bodies: frozenset[str]) -> str | None:
    if view.is_stated or view.weight > 4 * _SHORT:
        return None
    sign = _sign(view, wording, bodies)
    if sign and view.weight > _FEW and view.is_dated_below:
        return None  # news of a missing page, or of a failure
    return sign


def _sign(view: View, wording: Wording, bodies: frozenset[str]) -> str | None:
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
    if said is None or (view.weight > _FEW and view.is_signed):
        return None
    return f"a short page says “{said}”"
