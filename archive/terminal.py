"""Other people's words on a terminal: nothing in them is obeyed, nothing is hidden.

Titles, texts and addresses may hold what moves the cursor, clears the screen, or
turns the direction of the line ("Trojan Source", CVE-2021-42574). Pure.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

# Control characters (C0 but the line feed, DEL, C1), line and paragraph separators;
# embeddings, overrides and isolates of direction (UAX #9); what has no form at all:
# byte order mark, tags, interlinear marks; half characters, which can't be written.
# Joiners and marks of direction stay: Persian, Hindi and Hebrew are written with them.
_OBEYED: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str, *, lines: bool = False) -> str:
    r"""Write what a terminal might obey, or hide, as `\u` escapes.

    With `lines`, line feeds stay: the text may have several.
    """
    shown = _OBEYED.sub(_escaped, text)
    return shown if lines else shown.replace("\n", "\\u000a")


def printable_json(value: Any) -> str:
    """Write JSON on one line, in which escapes stand for the same characters."""
    return printable(json.dumps(value, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)
    )
