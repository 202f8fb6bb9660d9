"""Texts by trafilatura, the same for the same bytes in every process on every day.

What it takes to be sure of that: no date after the day of the capture (never
"today"), no deduplication (it remembers pages), dates without a day filled up by
us (pipelines/dayless_dates.py). Local time enters into the plausibility of
dates: workers run in UTC.

Speed: the markup is parsed once, here, with a lookup of element classes in C
(lxml.html's own asks Python for each node), and without drawings and styles,
which make up much of a news page and hold no text.
"""

from __future__ import annotations

import logging
import platform
import re
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

import trafilatura
from htmldate import find_date
from lxml import etree, html
from trafilatura.settings import Document
from typing_extensions import override

from archive.message import MessageError
from archive.model import Byline, BylineKind, CaptureClass, Claim, TextOutcome, Work
from archive.texts_lines import whole_moment
from pipelines import normalisation
from pipelines.dayless_dates import with_days
from pipelines.decoding import Markup, decode_page
from pipelines.extraction import Extraction, ExtractorInfo, Page, describe

_LONGEST_DETAIL: Final = 500  # characters
_ORIGIN: Final = "trafilatura"
_UNJUDGED: Final = 0.5  # trafilatura does not say how sure it is
_PREPARATION: Final = "1"  # counts the changes of what this module does to a page
_UNREAD: Final = ("svg", "style")  # elements removed before the extraction
# The extraction never sees a doctype, and libxml2 stumbles over odd ones.
_DOCTYPE: Final = re.compile(rb"\s*<\s*!\s*doctype[^>]*>", re.IGNORECASE)
_CLOSED_ROOT: Final = re.compile(rb"(<html[^<>]*?)\s*/>", re.IGNORECASE)
_STATED_ADDRESS: Final = etree.XPath(
    'boolean(head//link[@rel="canonical" or @rel="alternate" and @hreflang='
    '"x-default"][@href] | head//base[@href]'
    ' | head/meta[@property="og:url" or @name="twitter:url"][@content])'
)
_LOCALE: Final = etree.XPath('string(head/meta[@property="og:locale"]/@content)')
# It is tomorrow in Kiribati (UTC+14) while a page is captured.
_EASTERNMOST: Final = timedelta(hours=14)
_SWITCHES: Final[dict[str, Any]] = {
    "fast": False,
    "favor_precision": False,
    "favor_recall": False,
    "include_comments": False,
    "include_tables": True,
    "include_images": False,
    "include_formatting": False,
    "include_links": False,
    "deduplicate": False,
}
_FIELDS: Final = (  # of trafilatura's document, and our names for them
    ("title", "title"),
    ("author", "author"),
    ("date", "date"),
    ("sitename", "site_name"),
    ("description", "description"),
)


class TrafilaturaExtractor:
    """The extractor built on trafilatura 2.3; see the module for what it promises."""

    def __init__(self) -> None:
        """Prepare a parser and the list of what is swallowed inside trafilatura."""
        self._parser = etree.HTMLParser(
            encoding="utf-8",
            collect_ids=False,
            default_doctype=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._parser.set_element_class_lookup(
            etree.ElementDefaultClassLookup(
                element=html.HtmlElement,
                comment=html.HtmlComment,
                pi=html.HtmlProcessingInstruction,
                entity=html.HtmlEntity,
            )
        )
        self._swallowed = _Swallowed()
        self._info = describe(
            _ORIGIN,
            trafilatura.__version__,
            {
                **{name: str(switch).lower() for name, switch in _SWITCHES.items()},
                "preparation": _PREPARATION,
                "dateparser": version("dateparser"),
                "htmldate": version("htmldate"),
                "justext": version("justext"),
                "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
                "lxml": version("lxml"),
                "python": ".".join(platform.python_version_tuple()[:2]),
            },
        )

    @property
    def info(self) -> ExtractorInfo:
        """Name trafilatura, its options, and the libraries its result depends on."""
        return self._info

    def warm_up(self) -> None:
        """Load languages and stop words (some seconds), so that no page waits."""
        self.extract(
            Page(
                url="https://example.org/",
                payload=_SAMPLE,
                content_encoding=None,
                content_type=None,
                captured_at=datetime(2020, 1, 1, tzinfo=UTC),
            )
        )

    def extract(self, page: Page) -> Extraction:
        """Extract text and metadata. Raises MemoryError, and trafilatura's bugs."""
        try:
            markup = decode_page(page)
        except MessageError as error:
            return Extraction(outcome=TextOutcome.UNDECODABLE, detail=str(error))
        tree = self._parse(markup.utf8)
        if tree is None:
            said = _sentence("no HTML", markup.remark)
            return Extraction(outcome=TextOutcome.EMPTY, detail=said)
        with self._swallowed as swallowed:
            document = self._document(page, markup, tree)
        return _extraction(page, markup, tree, document, swallowed.told())

    def _document(self, page: Page, markup: Markup, tree: Any) -> Document:
        dates: dict[str, Any] = {
            "original_date": True,
            "extensive_search": True,
            "max_date": _last_plausible(page.captured_at),
        }
        document = trafilatura.bare_extraction(
            tree,
            url=page.url,
            with_metadata=True,
            date_extraction_params=dates,
            **_SWITCHES,
        )
        if not isinstance(document, Document):  # no text; metadata there may be
            document = trafilatura.extract_metadata(tree, page.url, dates)
            document.text = ""
        completed, days = with_days(markup.utf8)
        if completed is not markup.utf8:
            url = document.url or page.url
            found = find_date(self._parse(completed), url=url, **dates)
            document.date = found[:7] if found in days and found else found
        return document

    def _parse(self, utf8: bytes) -> Any | None:
        """Parse markup; None if it is empty, or some text that is not HTML.

        Raises MemoryError.
        """
        beginning = utf8[:50].lower()
        if doctype := _DOCTYPE.match(utf8):
            utf8 = utf8[doctype.end() :]
        if closed := _CLOSED_ROOT.search(utf8, 0, 4096):
            utf8 = closed[1] + b">" + utf8[closed.end() :]
        try:
            tree = html.fromstring(utf8, parser=self._parser)
        except etree.ParserError:
            return None
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from error
            return None
        # trafilatura's own test for what it is given as bytes
        if b"html" not in beginning and len(tree) < 2:
            return None
        etree.strip_elements(tree, *_UNREAD, with_tail=False)
        return tree


def build() -> TrafilaturaExtractor:
    """Give the extractor; the function that the pool is told of."""
    return TrafilaturaExtractor()


# A short page, so that every fallback is tried; in a charset that must be guessed;
# with dates that only dateparser can read, and only with all of its languages.
_SAMPLE: Final = (
    "<html><head><title>Sample</title></head><body>"
    '<p class="date">12 xaneiro 07</p><p class="date">7 de xaneiro de 2019</p>'
    "<p>caf\N{LATIN SMALL LETTER E WITH ACUTE}</p></body></html>"
).encode("cp1252")


class _Swallowed(logging.Handler):
    """Errors that trafilatura logs and goes on from; without memory it must not."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._logger = logging.getLogger("trafilatura")
        self._messages: list[str] = []
        self._memory = False

    def __enter__(self) -> _Swallowed:
        self._messages.clear()
        self._memory = False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        arguments = record.args if isinstance(record.args, tuple) else ()
        errors = [a for a in arguments if isinstance(a, BaseException)]
        self._memory |= any(isinstance(error, MemoryError) for error in errors)
        if errors:  # "discarding data" and the like tell nothing the outcome does not
            self._messages.append(record.getMessage())

    def told(self) -> str:
        """Give what was swallowed, or "". Raises MemoryError if that was among it."""
        if self._memory:
            raise MemoryError("inside trafilatura")
        return "; ".join(self._messages)[:_LONGEST_DETAIL]


def _extraction(
    page: Page, markup: Markup, tree: Any, document: Document, swallowed: str
) -> Extraction:
    text = normalisation.text(document.text or "")
    date = normalisation.date(document.date)
    stated = document.url if document.url != page.url or _STATED_ADDRESS(tree) else None
    language, language_origin = _language(tree)
    found = [(ours, getattr(document, its), _ORIGIN) for its, ours in _FIELDS]
    found += [
        ("url", stated, _ORIGIN),
        ("language", language, language_origin),
        ("charset", markup.charset, str(markup.rule)),
    ]
    return Extraction(
        outcome=TextOutcome.TEXT if text else TextOutcome.EMPTY,
        detail=_sentence("" if text else "no text found", markup.remark, swallowed),
        page_class=CaptureClass.ARTICLE if text else CaptureClass.EMPTY,
        text=text,
        confidence=_UNJUDGED if text else 0.0,
        work=Work(
            title=normalisation.line(document.title),
            bylines=tuple(
                Byline(name=name, kind=BylineKind.PERSON)
                for name in normalisation.names(document.author)
            ),
            published=whole_moment(date) if date else None,
            site_name=normalisation.line(document.sitename),
            description=normalisation.line(document.description),
            language=normalisation.language(language),
            canonical_url=normalisation.address(stated),
        ),
        claims=tuple(
            Claim(field=field, value=value, origin=origin)
            for field, value, origin in found
            if value
        ),
    )


def _language(tree: Any) -> tuple[str | None, str]:
    """Give the language the page states, and where."""
    for name in ("lang", "xml:lang"):
        if value := tree.get(name):
            return value, f"html/@{name}"
    return _LOCALE(tree) or None, "meta[og:locale]"


def _last_plausible(captured_at: datetime) -> str:
    """Give the end of the last day that had begun anywhere when a page was captured.

    To the day, since htmldate remembers its judgements by this limit.
    """
    local = captured_at.astimezone(UTC) + _EASTERNMOST
    return f"{local:%Y-%m-%d}T23:59:59"


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
