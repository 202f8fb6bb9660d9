"""Page in, extraction out: the seam behind which extractors can be exchanged.

Pure. An extractor is named as "module:function"; the function takes nothing and
gives an `Extractor`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from archive.digests import sha256_label
from archive.errors import told
from archive.model import CaptureClass, Claim, TextOutcome, Work
from pipelines.errors import ExtractorUnavailable

NOTHING_STATED: Final = Work()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the seed that led to a page claimed about it; kept in the archive too."""

    title: str | None = None
    date: str | None = None  # as the seed wrote it
    origin: str = "seed"  # "feed", "sitemap", …


NO_HINTS: Final = Hints()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one answer, and what has to be known to read them."""

    url: str  # the address that answered
    payload: bytes  # the server's: transfer coding removed, content coding kept
    content_encoding: str | None  # the server's field value
    content_type: str | None  # the server's field value, it may name a charset
    captured_at: datetime  # our clock; no date after it is believed
    hints: Hints = NO_HINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What came of a page. Fields other than the claims are normalised."""

    outcome: TextOutcome
    detail: str = ""  # ours: one sentence, empty if there is nothing odd to tell
    page_class: CaptureClass | None = None  # None: it was not looked at
    text: str = ""
    confidence: float = 0.0  # how likely the text is good, 0 to 1
    work: Work = NOTHING_STATED
    claims: tuple[Claim, ...] = ()  # as found, before anything was normalised


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractorInfo:
    """Which software made a text, with all that its result depends on."""

    name: str
    version: str
    options: tuple[tuple[str, str], ...]  # in order of their names
    options_digest: str  # "sha256:<hex>" of the options as canonical JSON


class Extractor(Protocol):
    """Turns pages into extractions; the same page always into the same one."""

    @property
    def info(self) -> ExtractorInfo:
        """Say which software this is."""
        ...

    def warm_up(self) -> None:
        """Do all that is only done the first time; workers are forked after it."""
        ...

    def extract(self, page: Page) -> Extraction:
        """Extract one page. Whatever it raises is counted as FAILED."""
        ...


def describe(name: str, version: str, options: Mapping[str, str]) -> ExtractorInfo:
    """Make the description of an extractor, with the digest of its options.

    The JSON that is digested has sorted keys, no white space and no escapes.
    """
    ordered = dict(sorted(options.items()))
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    return ExtractorInfo(
        name=name,
        version=version,
        options=tuple(ordered.items()),
        options_digest=sha256_label(text.encode()),
    )


def load_extractor(spec: str) -> Extractor:
    """Build the extractor that `spec`, a "module:function", names.

    Raises ExtractorUnavailable if there is none or it can't be built.
    """
    module, _, function = spec.partition(":")
    try:
        extractor: Extractor = getattr(importlib.import_module(module), function)()
    except Exception as error:
        raise ExtractorUnavailable(
            f"the extractor {spec} can not be built: {told(error)}"
        ) from error
    return extractor


def attempt(extractor: Extractor, page: Page) -> Extraction:
    """Extract a page; whatever goes wrong in Python becomes an outcome.

    The edge of the extraction: nothing is raised. What Python can't catch (a
    hang, a crash) is the pool's business.
    """
    try:
        extraction: object = extractor.extract(page)
    except MemoryError:
        return Extraction(outcome=TextOutcome.MEMORY, detail="MemoryError was raised")
    # SystemExit too: a page must not end a worker politely either.
    except (Exception, SystemExit) as error:  # noqa: BLE001 - recorded as the outcome
        return Extraction(outcome=TextOutcome.FAILED, detail=told(error))
    if not isinstance(extraction, Extraction):
        found = type(extraction).__name__
        return Extraction(
            outcome=TextOutcome.FAILED, detail=f"the extractor returned a {found}"
        )
    return extraction
