"""Wire stories inside the page templates of small news sites.

A template is HTML with placeholders such as {title}; a story is a TOML file with the
words for all of them, or the seed article in the form it was handed over in.
"""

from __future__ import annotations

import html
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data" / "pages" / "seed"
SEED_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "seed"
TEMPLATES = tuple(sorted(file.stem for file in FOLDER.glob("*.html")))
LANGUAGES = tuple(sorted(file.stem for file in (FOLDER / "stories").glob("*.toml")))
_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article, and the words a site puts around it."""

    title: str
    section: str
    site_name: str
    paragraphs: tuple[str, ...]
    caption: str
    words: dict[str, str]  # the other placeholders

    @property
    def text(self) -> str:
        """What an archive should hold of it."""
        return "\n".join(self.paragraphs)


def story(language: str) -> Story:
    """Read one of the stories that were written for the tests."""
    told = tomllib.loads((FOLDER / "stories" / f"{language}.toml").read_text("utf-8"))
    numbered = {
        f"{name}_{number}": said
        for name, key in (("tag", "tags"), ("related", "related"))
        for number, said in enumerate(told.pop(key), start=1)
    }
    labels = {f"label_{name}": said for name, said in told.pop("labels").items()}
    return Story(
        title=told.pop("title"),
        section=told.pop("section"),
        site_name=told.pop("site_name"),
        paragraphs=tuple(told.pop("paragraphs")),
        caption=told.pop("caption"),
        words={**told, **numbered, **labels},
    )


def seed_story() -> Story | None:
    """Read the seed article, put into the surroundings of the English story.

    Its file has title and site name, section, title, name of an image file, an empty
    paragraph, the paragraphs, and the label of a button. None if it is not there.
    """
    files = sorted(SEED_FOLDER.glob("*.txt"))
    if not files:
        return None
    blocks = [line.strip() for line in files[0].read_text("utf-8").splitlines()]
    heading, section, title, caption, *paragraphs, _button = filter(None, blocks)
    return replace(
        story("en"),
        title=title,
        section=section,
        site_name=heading.rpartition(" - ")[2],
        caption=caption,
        paragraphs=tuple(paragraphs),
    )


def render(template: str, told: Story) -> bytes:
    """Put a story into a template. Raises KeyError for an unknown placeholder."""
    values = {
        **told.words,
        "title": told.title,
        "section": told.section,
        "site_name": told.site_name,
        "caption": told.caption,
        "teaser": told.paragraphs[0][:120],
    }
    escaped = {name: html.escape(value) for name, value in values.items()}
    escaped["paragraphs"] = "\n".join(
        f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in told.paragraphs
    )
    page = (FOLDER / f"{template}.html").read_text("utf-8")
    return _PLACEHOLDER.sub(lambda match: escaped[match[1]], page).encode()
