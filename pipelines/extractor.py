"""The extractor of Dateline: class, text and fields of a page, each with its evidence.

The same page and options give the same result, on any machine, in any order: no date
after the capture is believed, nothing is remembered from page to page, and the
options name what the result depends on, a digest of this package's own rules among it.
"""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from lxml import etree

import archive
from archive.digests import sha256_label
from archive.message import MessageError
from archive.model import (
    Access,
    Byline,
    CaptureClass,
    Claim,
    Image,
    Precision,
    TextOutcome,
    Work,
)
from pipelines import normalisation
from pipelines.body.body import Body, read_body
from pipelines.body.cleaning import Cleaned, CleaningContext, clean
from pipelines.body.confidence import confidence
from pipelines.body.proposals import SWITCHES, Swallowed
from pipelines.classes.classification import Classification, classify
from pipelines.classes.view import Found
from pipelines.decoding import decode_page
from pipelines.extraction import Extraction, ExtractorInfo, Page, describe
from pipelines.fields.access import read_access
from pipelines.fields.addresses import read_canonical
from pipelines.fields.bylines import read_bylines
from pipelines.fields.datelines import read_dateline
from pipelines.fields.dates import Dates, read_dates
from pipelines.fields.images import read_images
from pipelines.fields.languages import identify_language
from pipelines.fields.licences import read_licence
from pipelines.fields.links import read_links
from pipelines.fields.quoted import quoted_sources
from pipelines.fields.reading import Reading
from pipelines.fields.titles import Titles, read_titles
from pipelines.parsed import MarkupParser, ParsedPage

NAME: Final = "dateline"
VERSION: Final = "1"  # raised when texts of different versions should not be compared
# The classes whose text is kept; a live blog is a work of its own.
WORKS: Final = frozenset({CaptureClass.ARTICLE, CaptureClass.LIVE_BLOG})
_SHORTEST_STANDFIRST: Final = 30  # characters; what is shorter is a label
_TELLING: Final = 50  # characters that tell two paragraphs apart
_LIBRARIES: Final = (
    *("hijridate", "justext", "lxml", "pycld2", "resiliparse", "trafilatura"),
)
_RULES: Final = ("body", "classes", "fields")  # packages whose files make the result
_MODULES: Final = (
    *("decoding.py", "extractor.py", "jsonld.py", "normalisation.py", "parsed.py"),
)
# Which replay needs, too.
_OF_ARCHIVE: Final = ("characters.py", "markup.py", "streamed.py")


class ArticleExtractor:
    """Takes pages apart; see the module for what it promises."""

    def __init__(self) -> None:
        """Prepare a parser, and the list of what is swallowed inside trafilatura."""
        self._parser = MarkupParser()
        self._swallowed = Swallowed()
        self._info = describe(
            NAME,
            VERSION,
            {
                **{name: str(switch).lower() for name, switch in SWITCHES.items()},
                **{name: version(name) for name in _LIBRARIES},
                "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
                "python": ".".join(platform.python_version_tuple()[:2]),
                "rules": rules_digest(),
            },
        )

    @property
    def info(self) -> ExtractorInfo:
        """Name the extractor, its options, and all that its result depends on."""
        return self._info

    def warm_up(self) -> None:
        """Load what is only loaded for some pages, so that no page waits."""
        for markup in _SAMPLES:
            self.extract(
                Page(
                    url="https://example.org/",
                    payload=markup,
                    content_encoding=None,
                    content_type=None,
                    captured_at=datetime(2020, 1, 1, tzinfo=UTC),
                )
            )

    def extract(self, page: Page) -> Extraction:
        """Extract class, text and fields. Raises MemoryError, and libraries' bugs."""
        try:
            markup = decode_page(page)
        except MessageError as error:
            return Extraction(outcome=TextOutcome.UNDECODABLE, detail=str(error))
        parsed = self._parser.read(page, markup)
        if parsed is None:
            return Extraction(
                outcome=TextOutcome.EMPTY,
                detail=_sentence("no HTML", markup.remark),
                page_class=CaptureClass.EMPTY,
            )
        with self._swallowed as swallowed:
            body = read_body(parsed)
        return _extraction(parsed, body, swallowed.told())


def build() -> ArticleExtractor:
    """Give the extractor; the function that the pool is told of."""
    return ArticleExtractor()


@cache
def rules_digest() -> str:
    """Digest the files that make the result: another rule is another extractor."""
    here = Path(__file__).parent
    files = [here / name for name in _MODULES]
    files += [Path(archive.__file__).parent / name for name in _OF_ARCHIVE]
    for package in _RULES:
        files += (
            f for f in (here / package).rglob("*") if f.suffix in (".py", ".toml")
        )
    lines = sorted(
        f"{file.relative_to(here.parent).as_posix()} {sha256_label(file.read_bytes())}"
        for file in files
    )
    return sha256_label("\n".join(lines).encode())


def _extraction(page: ParsedPage, body: Body, swallowed: str) -> Extraction:
    titles, dates = read_titles(page), read_dates(page)
    names = titles.value
    bylines = read_bylines(page, names.site_name)
    images = read_images(page, body.text)
    cleaned = clean(
        body.text.split("\n"), _context(titles, dates, bylines.value, images)
    )
    lines = _with_standfirst(cleaned.lines, names.standfirst)
    text = normalisation.text("\n".join(lines))
    language = identify_language(text or names.title or "", page.tree.get("lang"))
    canonical, licence = read_canonical(page), read_licence(page)
    access = read_access(page)
    published = dates.value.published
    work = Work(
        title=normalisation.line(names.title),
        kicker=normalisation.line(names.kicker),
        section=normalisation.line(names.section),
        standfirst=normalisation.line(names.standfirst),
        bylines=bylines.value,
        published=published,
        modified=dates.value.modified,
        dateline=read_dateline(
            text, published.text if published else None, language.value
        ),
        site_name=normalisation.line(names.site_name),
        description=normalisation.line(names.description),
        language=normalisation.language(language.value),
        canonical_url=canonical.value,
        licence=licence.value,
        access=access.value,
        images=images,
        links=read_links(page, text),
        quoted_sources=quoted_sources(text, language.value),
    )
    found = _classified(page, text, work, access.value)
    is_work = found.page_class in WORKS
    outcome = TextOutcome.OTHER_CLASS
    if is_work or found.page_class is CaptureClass.EMPTY:
        outcome = TextOutcome.TEXT if is_work and text else TextOutcome.EMPTY
    readings = (titles, dates, bylines, language, canonical, licence, access)
    return Extraction(
        outcome=outcome,
        detail=_sentence(
            "" if is_work else f"{found.page_class}: {found.reason.rstrip('.')}",
            "" if text else "no text found",
            page.markup.remark,
            swallowed,
        ),
        page_class=found.page_class,
        text=text,
        confidence=confidence(body) if text else 0.0,
        work=work,
        claims=(
            *(claim for reading in readings for claim in reading.claims),
            *_own_claims(page, body, found, cleaned),
        ),
    )


def _with_standfirst(lines: tuple[str, ...], standfirst: str | None) -> tuple[str, ...]:
    """Begin with the standfirst, which many templates keep apart from the body."""
    said = " ".join((standfirst or "").split())
    if len(said) < _SHORTEST_STANDFIRST:
        return lines
    if said[:_TELLING] in " ".join(" ".join(lines).split()):
        return lines
    return (said, *lines)


def _context(
    titles: Reading[Titles],
    dates: Reading[Dates],
    bylines: tuple[Byline, ...],
    images: tuple[Image, ...],
) -> CleaningContext:
    names = titles.value
    said = [claim.value for claim in titles.claims if claim.field == "title"]
    return CleaningContext(
        title=names.title,
        headings=tuple(dict.fromkeys(said)),
        kicker=names.kicker,
        section=names.section,
        site_name=names.site_name,
        standfirst=names.standfirst,
        authors=tuple(byline.name for byline in bylines),
        dates=tuple(dict.fromkeys(claim.value for claim in dates.claims)),
        captions=tuple(image.caption for image in images if image.caption),
    )


def _classified(
    page: ParsedPage, text: str, work: Work, access: Access | None
) -> Classification:
    day_known = (Precision.DAY, Precision.MINUTE, Precision.SECOND)
    return classify(
        page,
        Found(
            text=text,
            title=work.title,
            has_date=work.published is not None
            and work.published.precision in day_known,
            has_byline=bool(work.bylines),
            access=access,
        ),
    )


def _own_claims(
    page: ParsedPage, body: Body, found: Classification, cleaned: Cleaned
) -> tuple[Claim, ...]:
    """Say what decided class, charset and text, and what was cleaned off the text."""
    return (
        Claim(
            field="class",
            value=found.page_class,
            origin=found.reason,
            is_chosen=True,
        ),
        Claim(
            field="charset",
            value=page.markup.charset,
            origin=str(page.markup.rule),
            is_chosen=True,
        ),
        Claim(
            field="text",
            value=f"agreement {body.agreement:.2f}",
            origin=body.origin,
            is_chosen=True,
        ),
        *(
            Claim(field="text", value=line, origin=f"cleaning:{rule}")
            for line, rule in cleaned.dropped
        ),
    )


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


# Short pages, so that every fallback is tried; one in a charset that must be guessed.
_SAMPLES: Final = (
    (
        "<html><head><title>Sample</title></head><body>"
        '<p class="date">12 xaneiro 07</p><p>caf\N{LATIN SMALL LETTER E WITH ACUTE}</p>'
        "</body></html>"
    ).encode("cp1252"),
    b"<html lang=en><body><article><h1>Sample of an article</h1>"
    + b"<p>A paragraph that is long enough to count, for all that it matters.</p>" * 9
    + b"</article></body></html>",
)
