"""What machines leave on pages that are no articles, in no language. Pure.

Scripts that set a cookie and load the page again, traces of programs that broke down,
fields for a name and a password: whoever wrote the words around them, and in whatever
language, these are alike. None of them counts on a page with a text.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from pipelines.parsed import ParsedPage

_MOST_SCRIPTS: Final = 12
_LOOKED_AT: Final = 30_000  # characters of a script
# A script that asks the machine who it is, works for it, or comes back with a cookie.
_COMES_BACK: Final = re.compile(
    r"location\s*\.\s*(?:reload|replace|assign)\s*\(|location(?:\.href)?\s*=[^=]"
    r"|\.submit\s*\(\s*\)"
)
_PROVES: Final = re.compile(
    r"document\s*\.\s*cookie\s*=|navigator\s*\.\s*webdriver|subtle\s*\.\s*digest"
    r"|proof[-_ ]?of[-_ ]?work|\bnonce\b.{0,80}\bdifficulty\b|\bchallenge\w*\s*[=:(]"
    r"|fingerprint",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERS: Final = etree.XPath(
    "boolean(//input[contains(@name, 'captcha') or contains(@id, 'captcha')]"
    " | //img[contains(@src, 'captcha')] | //iframe[contains(@src, 'captcha')]"
    " | //form[contains(@id, 'challenge') or contains(@action, 'challenge')"
    "   or contains(@action, 'captcha')]"
    " | //*[contains(@id, 'captcha') or contains(@class, 'captcha')])"
)
# A picture and a field for what it shows; something to drag or to hold.
_TASKS: Final = etree.XPath(
    "boolean(//body[.//img]//input[not(@type) or @type='text' or @type='number'])"
    " or boolean(//*[contains(@class, 'slider') or contains(@id, 'slider')"
    " or contains(@class, 'puzzle') or contains(@id, 'puzzle')])"
)
# A number that an operator can look up: "Ray ID: 8c1f…", "#18.2c5d3e17.1712…".
_REFERENCE: Final = re.compile(
    r"(?<![\w.])(?=[\w.:-]*\d)(?=[\w.:-]*[a-f])[0-9a-f]{4,}(?:[.:-][0-9a-f]{2,}){1,6}(?!\w)"
    r"|(?<!\w)(?=\w*\d)(?=\w*[a-f])[0-9a-f]{12,}(?!\w)|#\d+\.[0-9a-f]{6,}"
    r"|(?<!\w)\d{14,}(?!\w)",
    re.IGNORECASE,
)
_IP: Final = re.compile(
    r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\.?\d)"
)
# Programs that broke down, in the words of their languages and databases.
_TRACES: Final = re.compile(
    r"Traceback \(most recent|\bat [\w$.<>]+\([\w$]+\.(?:java|kt|cs|scala):?\d*\)"
    r"|\b(?:Fatal|Parse|Uncaught) error\b|\bon line \d+|SQLSTATE\[|\bORA-\d{5}\b"
    r"|\b(?:[A-Z]\w+)?(?:Exception|Error): |\bStack ?trace:|^#\d+ /\S+\(\d+\):"
    r"|\bUncaught (?:Type|Reference|PDO)\w*|\.php:\d+|mysqli?_\w+\(",
    re.MULTILINE,
)
# Fields that only a form to log in has; letters of news are asked for an address too.
_SIGN_IN: Final = etree.XPath(
    "boolean(//input[@type='password' or @type='tel' or @autocomplete='username'"
    "  or @autocomplete='current-password' or @autocomplete='one-time-code'"
    "  or @name='username' or @name='login' or @name='user' or @name='log'"
    "  or @name='identifier' or @name='userid' or @name='user_name'])"
)


def comes_back(page: ParsedPage) -> bool:
    """Whether a script does what checks do: prove something, and come back."""
    return any(
        _COMES_BACK.search(said) and _PROVES.search(said)
        for said in (
            script.text[:_LOOKED_AT] for script in page.scripts[:_MOST_SCRIPTS]
        )
    )


def asks_for_answer(page: ParsedPage) -> bool:
    """Whether the page has a field or picture for a captcha."""
    return bool(_ANSWERS(page.tree))


def has_task(page: ParsedPage) -> bool:
    """Whether the page has a picture and a field, or something to be dragged."""
    return bool(_TASKS(page.tree)) and not asks_for_name(page)


def asks_for_name(page: ParsedPage) -> bool:
    """Whether the page has a field by which members name themselves."""
    return bool(_SIGN_IN(page.tree))


def has_reference(visible: str) -> bool:
    """Whether a text states an address of the network, or a number of an incident."""
    return bool(_IP.search(visible) or _REFERENCE.search(visible))


def has_trace(visible: str) -> bool:
    """Whether a text holds what a program says that breaks down."""
    return _TRACES.search(visible) is not None
