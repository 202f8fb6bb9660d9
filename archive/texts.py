"""Texts side by side: which software made them, and of what. Pure.

One capture may have a text by every extractor there ever was. Each extractor has
a key, and a folder of that name in `text/`: nothing that another extractor does
touches what is in it (docs/decisions/0015-texts-side-by-side.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from archive.digests import sha256_label
from archive.model import Article, CaptureClass, TextOutcome

_DIGEST: Final = 12  # hex digits in a key: enough to tell a few dozen extractors apart
_ODD: Final = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_WORD: Final = 40  # characters of name and version, each


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """The extractor that made texts, with all that its result depends on."""

    name: str
    version: str
    options_digest: str  # "sha256:<hex>" of the options as canonical JSON
    options: tuple[tuple[str, str], ...] = ()  # in order of their names

    @property
    def key(self) -> str:
        """Name it in one word that can name a folder: "trafilatura-2.3.1-0f3a…"."""
        whole = f"{self.name} {self.version} {self.options_digest}"
        digest = sha256_label(whole.encode("utf-8")).removeprefix("sha256:")
        words = (
            _ODD.sub("-", word)[:_LONGEST_WORD] for word in (self.name, self.version)
        )
        return "-".join((*words, digest[:_DIGEST]))


def made_by(article: Article) -> Software:
    """Name the extractor of an article; its options are known by their digest alone."""
    return Software(
        name=article.provenance.extractor,
        version=article.provenance.extractor_version,
        options_digest=article.provenance.options_digest,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one extractor made of one capture."""

    record_id: str  # of the capture
    url: str  # of the capture
    outcome: TextOutcome
    detail: str = ""
    page_class: CaptureClass | None = None  # None: it was not looked at
    confidence: float = 0.0
    article: Article | None = None  # with the outcome TEXT
