"""A piece of HTML as lines of text. Pure."""

from __future__ import annotations

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree


def plain_lines(markup: str) -> list[str]:
    """Give the text of a piece of HTML, a line for each of its blocks."""
    text: str = extract_plain_text(
        HTMLTree.parse(markup),
        main_content=False,
        preserve_formatting=True,
        list_bullets=False,
        alt_texts=False,
        links=False,
        form_fields=False,
        noscript=False,
    )
    return [stripped for line in text.split("\n") if (stripped := line.strip())]
