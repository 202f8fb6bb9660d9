"""What hostile words would make of a line, a page or a name, if they were obeyed."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import lxml.html

from tests.support.hostile_articles import ATTRIBUTE, ELEMENT

ADDRESS = "http://127.0.0.1:8017"
# No path, no option of a command, no device of Windows.
FILE_NAME = re.compile(r"(?i)(?!(?:con|nul|aux|prn)(?:\.|$))[A-Z0-9][A-Z0-9._-]*")
# What turns the direction of a line, or breaks it where nobody looks for it.
DIRECTION = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
)


def obeyed(text: str, allowed: str = "\n\t") -> set[str]:
    """List the characters that a terminal or a reader might obey."""
    return {
        sign
        for sign in text
        if (unicodedata.category(sign) == "Cc" and sign not in allowed)
        or sign in DIRECTION
        or sign == "\ufeff"
    }


def check_file_name(said: str | None) -> None:
    if said is not None:
        match = re.fullmatch(r'attachment; filename="([^"/\\]*)"', said)
        assert match is not None, said
        assert FILE_NAME.fullmatch(match[1]), said


def check_inert(path: str, page: str) -> lxml.html.HtmlElement:
    is_replayed = path.startswith("/replay/")
    if not is_replayed:  # of what is replayed, every letter is the publisher's
        # A hidden field is not shown, and has to come back as it was.
        assert not obeyed(re.sub(r'<input type="hidden"[^>]*>', "", page)), path
    document = lxml.html.document_fromstring(page.replace("\x00", ""))
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != ELEMENT, path
        if element.tag == "script":
            assert element.get("src", "").startswith("/static/"), path
        for name, value in element.items():
            assert name != ATTRIBUTE, path
            assert not name.startswith("on"), (path, name)
            if name in ("href", "src", "action", "formaction", "poster", "data"):
                scheme = value.strip().lower().partition(":")[0]
                assert scheme not in ("javascript", "data", "vbscript"), (path, value)
            if name in ("src", "srcset"):
                assert urlsplit(value).hostname in (None, "127.0.0.1"), (path, value)
    if not is_replayed:
        # An article shows its page as it was captured, in a frame that runs nothing.
        frames = "//iframe[starts-with(@src, '/replay/')][@sandbox='allow-same-origin']"
        assert len(document.xpath("//iframe")) == len(document.xpath(frames)), path
        assert not document.xpath("//img|//object|//embed|//style"), path
        assert "49 %" not in document.text_content()
    return document


def links(path: str, document: lxml.html.HtmlElement) -> list[str]:
    found = (urljoin(ADDRESS + path, value) for value in document.xpath("//a/@href"))
    return [
        link.removeprefix(ADDRESS).partition("#")[0]
        for link in found
        if link.startswith(f"{ADDRESS}/") and "/export/" not in link
    ]
