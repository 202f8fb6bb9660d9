"""How an archived article is cited: a sentence, BibTeX, CSL-JSON. Pure.

A citation names the article, when it was captured, and the record that holds it:
its id and the digest of the payload can be checked by anyone who has the files.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from archive.model import Article, Byline, BylineKind, Moment, Precision
from archive.terminal import printable

_BLANK: Final = re.compile(r"\s+")
_TEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
}
# A `url` field is taken letter by letter: what would end it is escaped as in a URL.
_IN_URL: Final = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
_ODD: Final = re.compile(r"[^a-z0-9]+")
_DAYS: Final = frozenset({Precision.DAY, Precision.MINUTE, Precision.SECOND})


class Style(StrEnum):
    """The forms of a citation."""

    PLAIN = "plain"
    BIBTEX = "bibtex"
    CSL = "csl"


def citation(article: Article, style: Style) -> str:
    """Cite an article, as one of its captures had it."""
    match style:
        case Style.PLAIN:
            return plain_citation(article)
        case Style.BIBTEX:
            return bibtex(article)
        case Style.CSL:
            return json.dumps([csl_values(article)], ensure_ascii=False, indent=2)


def plain_citation(article: Article) -> str:
    """Cite an article in a sentence or two."""
    work, source = article.work, article.provenance
    authors = "; ".join(_line(name) for name in work.authors)
    published = _day_of(work.published)
    if isinstance(published, date):
        published = _day(published)
    parts = (
        authors,
        f"“{_line(work.title or 'Untitled')}”",
        ", ".join(filter(None, (_publisher(article), published))),
        _line(source.url),
        f"Captured {_day(source.captured_at)}, {source.captured_at:%H:%M:%S} UTC",
        f"Record {source.record_id.strip('<>')}, {source.payload_digest}",
    )
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def bibtex(article: Article) -> str:
    """Cite an article as an `@online` entry of biblatex, in UTF-8."""
    work, source = article.work, article.provenance
    published = _day_of(work.published)
    fields = {
        "title": f"{{{_tex(work.title or 'Untitled')}}}",  # keeps its capitals
        "author": " and ".join(_tex_name(byline) for byline in work.bylines),
        "organization": _tex(_publisher(article)),
        "date": published.isoformat() if isinstance(published, date) else published,
        "language": _tex(work.language or ""),
        "url": _tex_url(source.url),
        "urldate": f"{source.captured_at:%Y-%m-%d}",
        "note": _tex(
            f"Captured {source.captured_at:%Y-%m-%dT%H:%M:%SZ}, record "
            f"{source.record_id.strip('<>')}, {source.payload_digest}"
        ),
    }
    lines = (f"  {name} = {{{said}}},\n" for name, said in fields.items() if said)
    return f"@online{{{_key(article)},\n{''.join(lines)}}}\n"


def csl_values(article: Article) -> dict[str, Any]:
    """Cite an article as an item of CSL-JSON 1.0.

    Names are given as they stand: which part of one is the family's is not known.
    """
    work, source = article.work, article.provenance
    issued = work.published and _date_parts(work.published)
    values = {
        "id": _key(article),
        "type": "article-newspaper",
        "title": _line(work.title or "Untitled"),
        "author": [{"literal": _line(name)} for name in work.authors],
        "container-title": _publisher(article),
        "section": _line(work.section or ""),
        "abstract": _line(work.standfirst or work.description or ""),
        "language": work.language,
        "issued": issued and {"date-parts": [issued]},
        "accessed": {"date-parts": [_parts(source.captured_at)]},
        "URL": source.url,
        "archive": "Dateline",
        "archive_location": source.record_id.strip("<>"),
        "note": source.payload_digest,
    }
    return {name: said for name, said in values.items() if said}


# ---------------------------------------------------------------- words


def _publisher(article: Article) -> str:
    """Give the name of the site, else its host."""
    return _line(article.work.site_name or _host(article.provenance.url))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "http://["
        return ""


def _line(text: str) -> str:
    """Write other people's words on one line, with nothing in them that is obeyed."""
    return printable(_BLANK.sub(" ", text).strip())


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _line(text))


def _tex_url(url: str) -> str:
    return "".join(_IN_URL.get(sign, sign) for sign in _line(url))


def _tex_name(byline: Byline) -> str:
    """Write a name; one that is not a person's is kept whole by braces."""
    name = _tex(byline.name)
    is_whole = byline.kind is not BylineKind.PERSON or " and " in name or "," in name
    return f"{{{name}}}" if is_whole else name


def _key(article: Article) -> str:
    """Make a key of host, day and record: the same for the same capture."""
    source = article.provenance
    host = _ODD.sub("-", _host(source.url).removeprefix("www.")).strip("-")
    record = source.record_id.strip("<>").rpartition(":")[2][:8]
    return "-".join(filter(None, (host, f"{source.captured_at:%Y%m%d}", record)))


# ---------------------------------------------------------------- dates


def _day_of(moment: Moment | None) -> date | str | None:
    """Give the day of a date, in its own zone; a year or month as it is written."""
    if moment is None:
        return None
    if moment.precision in _DAYS:
        return date.fromisoformat(moment.text[:10])
    return moment.text


def _date_parts(moment: Moment) -> list[int]:
    return [int(part) for part in moment.text[:10].split("-")]


def _parts(when: datetime) -> list[int]:
    return [when.year, when.month, when.day]


def _day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"
