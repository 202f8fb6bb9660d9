"""One article: text, evidence, versions, provenance, downloads."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from archive.citation import Style, citation
from archive.clock import warc_date
from archive.differences import compare_articles, difference_values
from archive.model import Article
from archive.recordids import bare_uuid, record_id_of
from archive.texts import made_by
from archive.texts_lines import article_line
from archive.versions import History, choose_two, version_values
from archive.versions_questions import article_named, history
from archive.web.article_models import (
    ArticleModel,
    BesideModel,
    CaptureModel,
    DiffModel,
    EvidenceModel,
    HistoryModel,
    ReadModel,
)
from archive.web.pages import render
from archive.web.reading_room import Reading, provenance, read
from archive.web.shelf import Shelf, ShelfDep
from archive.web.timeline import timeline

router = APIRouter(tags=["articles"])

UrlQuery = Annotated[str, Query(max_length=4096, min_length=1)]
VersionQuery = Annotated[
    str,
    Query(
        max_length=40,
        description="A number, first, previous, latest, or a time such as 2026-11-22.",
    ),
]
_MISSING: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "Nothing is held under this name"}
}
_INERT: Final = {"Content-Security-Policy": "default-src 'none'; sandbox"}
_CITED: Final = {
    Style.PLAIN: ("text/plain; charset=utf-8", "txt"),
    Style.BIBTEX: ("application/x-bibtex; charset=utf-8", "bib"),
    Style.CSL: ("application/vnd.citationstyles.csl+json", "json"),
}
# What the page says of itself at its top; the other fields come further down.
_AT_THE_TOP: Final = (
    "title",
    "kicker",
    "standfirst",
    "author",
    "published",
    "modified",
)


class View(StrEnum):
    """How two versions are shown."""

    INLINE = "inline"
    SIDES = "sides"


# ---------------------------------------------------------------- pages


@router.get(
    "/article",
    response_class=RedirectResponse,
    status_code=303,
    summary="The page of an article, by its address",
    responses=_MISSING,
)
def by_address(url: UrlQuery, shelf: ShelfDep) -> Response:
    """Lead to the newest text that is held of an address."""
    article = article_named(shelf.catalogue, url)
    return RedirectResponse(f"/article/{bare_uuid(article.id)}", 303)


@router.get(
    "/article/{uuid}",
    response_class=HTMLResponse,
    summary="The page of an article",
    responses=_MISSING,
)
def page(request: Request, uuid: UUID, shelf: ShelfDep) -> Response:
    """Show an article, or a capture, by its id."""
    reading = read(shelf, record_id_of(uuid))
    article, told = reading.article, reading.told
    return render(
        request,
        "article.html",
        reading=reading,
        article=article,
        work=article.work if article else None,
        told=told,
        version=reading.version,
        timeline=told and timeline(told),
        evidence=reading.evidence,
        top=_AT_THE_TOP,
        facts=provenance(shelf, reading),
        citations=_citations(article) if article else (),
    )


@router.get(
    "/article/{uuid}/diff",
    response_class=HTMLResponse,
    summary="Two versions, compared",
    responses=_MISSING,
)
def diff_page(  # noqa: PLR0917 (FastAPI calls it by names)
    request: Request,
    uuid: UUID,
    shelf: ShelfDep,
    before: VersionQuery = "",
    after: VersionQuery = "",
    view: View = View.INLINE,
) -> Response:
    """Show what changed between two versions; the last two if none is named."""
    told = _history(shelf, uuid)
    first, second = choose_two(told, before, after)
    return render(
        request,
        "diff.html",
        uuid=str(uuid),
        told=told,
        first=first,
        second=second,
        view=view.value,
        views=tuple(one.value for one in View),
        difference=compare_articles(first.article, second.article),
        is_of_one=made_by(first.article) == made_by(second.article),
    )


# ---------------------------------------------------------------- downloads


@router.get("/article/{uuid}/text", response_class=Response, responses=_MISSING)
def text(uuid: UUID, shelf: ShelfDep) -> Response:
    """Give the text of an article, as UTF-8: its digest is `text_digest` in JSON."""
    article = _article(shelf, uuid)
    return _download(
        article, article.text.encode("utf-8"), "text/plain; charset=utf-8", "txt"
    )


@router.get("/article/{uuid}/json", response_class=Response, responses=_MISSING)
def json_line(uuid: UUID, shelf: ShelfDep) -> Response:
    """Give an article as it stands in JSON Lines, with its evidence."""
    article = _article(shelf, uuid)
    return _download(article, article_line(article), "application/json", "json")


@router.get("/article/{uuid}/citation", response_class=Response, responses=_MISSING)
def cited(uuid: UUID, shelf: ShelfDep, style: Style = Style.PLAIN) -> Response:
    """Cite an article: in words, as BibTeX, or as CSL-JSON."""
    article = _article(shelf, uuid)
    media_type, ending = _CITED[style]
    said = citation(article, style).encode("utf-8")
    return _download(article, said, media_type, ending)


# ---------------------------------------------------------------- API


@router.get("/api/article", summary="An article, by its address", responses=_MISSING)
def api_by_address(url: UrlQuery, shelf: ShelfDep) -> ReadModel:
    """Give the newest article that is held of an address."""
    article = article_named(shelf.catalogue, url)
    return _read_model(read(shelf, article.id))


@router.get("/api/article/{uuid}", summary="An article", responses=_MISSING)
def api_article(uuid: UUID, shelf: ShelfDep) -> ReadModel:
    """Give an article, or a capture, by its id: with evidence and provenance."""
    return _read_model(read(shelf, record_id_of(uuid)))


@router.get("/api/article/{uuid}/versions", summary="Its versions", responses=_MISSING)
def api_versions(uuid: UUID, shelf: ShelfDep) -> HistoryModel:
    """List the versions of an article, and the captures that showed them."""
    told = _history(shelf, uuid)
    return HistoryModel.model_validate(
        {
            "url": told.url,
            "versions": [version_values(version) for version in told.versions],
            "captures": [
                {
                    "record_id": seen.kept.capture.record_id.strip("<>"),
                    "date": warc_date(seen.kept.capture.date),
                    "status": seen.kept.capture.status,
                    "version": seen.version,
                }
                for seen in told.captures
            ],
        }
    )


@router.get(
    "/api/article/{uuid}/diff", summary="Two versions, compared", responses=_MISSING
)
def api_diff(
    uuid: UUID, shelf: ShelfDep, before: VersionQuery = "", after: VersionQuery = ""
) -> DiffModel:
    """Say what changed between two versions; the last two if none is named."""
    told = _history(shelf, uuid)
    first, second = choose_two(told, before, after)
    difference = compare_articles(first.article, second.article)
    return DiffModel.model_validate(
        {
            "url": told.url,
            "versions": [version_values(version) for version in told.versions],
            "before": first.number,
            "after": second.number,
            **difference_values(difference),
        }
    )


# ---------------------------------------------------------------- what they share


def _article(shelf: Shelf, uuid: UUID) -> Article:
    return article_named(shelf.catalogue, record_id_of(uuid))


def _history(shelf: Shelf, uuid: UUID) -> History:
    return history(shelf.catalogue, record_id_of(uuid))


def _read_model(reading: Reading) -> ReadModel:
    return ReadModel(
        capture=CaptureModel.of(reading.kept),
        article=ArticleModel.of(reading.article) if reading.article else None,
        evidence=[EvidenceModel.of(one) for one in reading.evidence.values()],
        texts_beside=[
            BesideModel.model_validate(
                {
                    "extractor": one.extractor,
                    "outcome": one.outcome,
                    "class": one.page_class,
                    "article": one.article.id.strip("<>") if one.article else None,
                }
            )
            for one in reading.beside
        ],
    )


def _citations(article: Article) -> tuple[tuple[Style, str], ...]:
    return tuple((style, citation(article, style)) for style in Style)


def _download(
    article: Article, content: bytes, media_type: str, ending: str
) -> Response:
    """Answer with a file. Its name is made of ids: nobody else's words are in it."""
    name = f"dateline-{bare_uuid(article.id)}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **_INERT}
    return Response(content, media_type=media_type, headers=headers)
