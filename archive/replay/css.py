"""Style sheets, with addresses of the archive in place of their own. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from archive.replay.links import Links, absolute
from archive.stylesheets import with_addresses

_NO_ADDRESS: Final = "about:invalid"  # CSS Values 4, 4.5.4: fetches nothing


def css_with_links(text: str, *, url: str, links: Links) -> str:
    """Rewrite a style sheet or attribute: what it needs comes from the archive.

    `url` is what its references are relative to. What is in the sheet itself
    (`data:`, `#name`) stays; what is no web address fetches nothing.
    """

    def stand_in(reference: str, to: Callable[[str], str]) -> str:
        trimmed = reference.lstrip()
        if trimmed[:1] == "#" or trimmed[:5].lower() == "data:":
            return reference
        found = absolute(url, reference) if trimmed else None
        return to(found) if found else _NO_ADDRESS

    return with_addresses(
        text,
        lambda reference: stand_in(reference, links.to_image),
        lambda reference: stand_in(reference, links.to_style),
    )
