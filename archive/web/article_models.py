"""What the API says of articles, versions and searches, as types."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from archive.clock import warc_date
from archive.evidence import Evidence, evidence_values
from archive.listing import capture_values
from archive.model import (
    Access,
    Article,
    BylineKind,
    CaptureClass,
    Precision,
    Role,
    TextOutcome,
    Truncation,
)
from archive.questions import Kept
from archive.search.model import Facet, Hit, Results, Segment
from archive.texts_lines import article_values


class _Model(BaseModel):
    """Names as in JSON Lines; "class" can not be one in Python."""

    model_config = ConfigDict(populate_by_name=True)


# ---------------------------------------------------------------- an article


class BylineModel(_Model):
    """A name that stands as an author."""

    name: str
    kind: BylineKind


class DatelineModel(_Model):
    """How a report begins."""

    text: str
    place: str | None
    day: str | None
    agency: str | None


class ImageModel(_Model):
    """An image of an article."""

    url: str
    caption: str | None
    alt: str | None
    credit: str | None


class LinkModel(_Model):
    """A link in the text."""

    url: str
    text: str


class ClaimModel(_Model):
    """What a page says about itself."""

    field: str
    value: str
    origin: str
    chosen: bool


class ProvenanceModel(_Model):
    """From which bytes a text was made, and by what."""

    record_id: str
    payload_digest: str
    warc_file: str
    warc_offset: int
    warc_length: int
    captured_at: str
    found_url: str
    source: str
    run: str
    extractor: str
    extractor_version: str
    options_digest: str
    text_digest: str


class ArticleModel(_Model):
    """An article, as a line of JSON Lines has it (docs/formats.md)."""

    id: str
    url: str
    canonical_url: str
    class_: CaptureClass = Field(alias="class")
    confidence: float
    title: str | None
    kicker: str | None
    section: str | None
    standfirst: str | None
    bylines: list[BylineModel]
    authors: list[str]
    published: str | None
    published_precision: Precision | None
    published_between: tuple[str, str] | None
    modified: str | None
    modified_precision: Precision | None
    modified_between: tuple[str, str] | None
    dateline: DatelineModel | None
    site_name: str | None
    description: str | None
    language: str | None
    stated_url: str | None
    licence: str | None
    access: Access | None
    images: list[ImageModel]
    links: list[LinkModel]
    quoted_sources: list[str]
    text: str
    claims: list[ClaimModel]
    provenance: ProvenanceModel

    @classmethod
    def of(cls, article: Article) -> Self:
        """Make it of an article."""
        return cls.model_validate(article_values(article))


class CaptureModel(_Model):
    """A capture, as `dateline list captures --json` has it."""

    record_id: str
    url: str
    date: str
    status: int
    media_type: str | None
    payload_digest: str
    payload_length: int
    warc_file: str
    warc_offset: int
    warc_length: int
    revisit_of: str | None
    truncated: Truncation | None
    role: Role
    source: str
    run: str
    found_url: str
    seed_url: str | None
    redirect_from: str | None
    attempt: int
    text_outcome: TextOutcome | None
    text_detail: str | None
    class_: CaptureClass | None = Field(alias="class")
    extractor: str | None

    @classmethod
    def of(cls, kept: Kept) -> Self:
        """Make it of a capture."""
        return cls.model_validate(capture_values(kept))


class EvidenceClaimModel(_Model):
    """A claim, and where it stood."""

    value: str
    origin: str


class EvidenceModel(_Model):
    """One field: its value, the claims it was made of, those that lost."""

    field: str
    value: str | None
    chosen: list[EvidenceClaimModel]
    others: list[EvidenceClaimModel]

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Make it of the evidence of a field."""
        return cls.model_validate(evidence_values(evidence))


class BesideModel(_Model):
    """What another extractor made of the capture."""

    extractor: str
    outcome: TextOutcome
    class_: CaptureClass | None = Field(alias="class")
    article: str | None = Field(description="The id of its text.")


class ReadModel(_Model):
    """A capture, its article, and why that says what it says."""

    capture: CaptureModel
    article: ArticleModel | None = Field(description="None: it has no text.")
    evidence: list[EvidenceModel]
    texts_beside: list[BesideModel]


# ---------------------------------------------------------------- versions


class VersionModel(_Model):
    """What an article said for a while."""

    number: int
    article: str
    record_id: str
    title: str | None
    first_at: str
    last_at: str
    captures: int
    same_as: int | None
    extractor: str


class SeenModel(_Model):
    """A capture of the article's page."""

    record_id: str
    date: str
    status: int
    version: int | None = Field(description="None: it showed no article.")


class HistoryModel(_Model):
    """All that is held of one article, oldest first."""

    url: str
    versions: list[VersionModel]
    captures: list[SeenModel]


class PieceModel(_Model):
    """A part of a paragraph."""

    kind: str = Field(description="same, removed or added")
    text: str


class FieldChangeModel(_Model):
    """A field that says something else now."""

    field: str
    before: str | None
    after: str | None
    pieces: list[PieceModel]


class ParagraphModel(_Model):
    """A paragraph of both versions."""

    kind: str = Field(description="same, removed, added or changed")
    pieces: list[PieceModel]


class DiffModel(_Model):
    """What changed between two versions of an article."""

    url: str
    versions: list[VersionModel]
    before: int
    after: int
    words_removed: int
    words_added: int
    fields: list[FieldChangeModel]
    paragraphs: list[ParagraphModel]


# ---------------------------------------------------------------- a search


class SegmentModel(_Model):
    """A piece of a text: marked, where it is what was looked for."""

    text: str
    marked: bool


class HitModel(_Model):
    """An article that was found."""

    article: str
    record_id: str
    url: str
    canonical_url: str
    title: list[SegmentModel]
    snippet: list[SegmentModel]
    source: str
    captured_at: str
    published: str | None
    authors: list[str]
    section: str | None
    language: str | None
    class_: CaptureClass = Field(alias="class")
    score: float
    versions: int
    latest: bool


class FacetValueModel(_Model):
    """One value, and how many of the articles found have it."""

    value: str
    count: int


class FacetModel(_Model):
    """How the articles found are spread over the values of a field."""

    name: str
    values: list[FacetValueModel]
    others: int


class ResultsModel(_Model):
    """What a search found."""

    total: int
    exact: bool = Field(description="Otherwise there are more than `total`.")
    page: int
    size: int
    upto: int = Field(description="For the next page.")
    notes: list[str]
    facets: list[FacetModel]
    hits: list[HitModel]

    @classmethod
    def of(cls, results: Results, *, page: int, size: int) -> Self:
        """Make it of results."""
        return cls(
            total=results.total,
            exact=results.is_exact,
            page=page,
            size=size,
            upto=results.upto,
            notes=list(results.notes),
            facets=[_facet(facet) for facet in results.facets],
            hits=[HitModel.model_validate(_hit_values(hit)) for hit in results.hits],
        )


def _facet(facet: Facet) -> FacetModel:
    values = [FacetValueModel(value=one.value, count=one.count) for one in facet.values]
    return FacetModel(name=facet.name, values=values, others=facet.others)


def _hit_values(hit: Hit) -> dict[str, Any]:
    return {
        "article": hit.article_id.strip("<>"),
        "record_id": hit.record_id.strip("<>"),
        "url": hit.url,
        "canonical_url": hit.canonical_url,
        "title": [_segment(one) for one in hit.title],
        "snippet": [_segment(one) for one in hit.snippet],
        "source": hit.source_id,
        "captured_at": warc_date(hit.captured_at),
        "published": hit.published,
        "authors": list(hit.authors),
        "section": hit.section,
        "language": hit.language,
        "class": hit.page_class,
        "score": hit.score,
        "versions": hit.versions,
        "latest": hit.is_latest,
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {"text": segment.text, "marked": segment.is_marked}
