"""Titles of feeds as plain text. Nothing here does I/O."""

from __future__ import annotations

import html
import re

# Only what is surely a tag: "if a<b and c>d" is a headline too.
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>")


def collapsed(text: str) -> str:
    """Write each run of white space as one space, none at the ends."""
    return " ".join(text.split())


def plain_of_html(text: str) -> str:
    """Take the tags out of a snippet of HTML and resolve its references."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return collapsed(text)
