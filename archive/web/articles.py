"""The articles: search with facets, as a page and as JSON."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from archive.errors import UsageError
from archive.questions import totals
from archive.search.model import Order, Results
from archive.search.questions import search
from archive.web.article_models import ResultsModel
from archive.web.asked import LISTED, Asked, choices, chosen_limits
from archive.web.pages import render
from archive.web.shelf import ShelfDep

router = APIRouter(tags=["articles"])

AskedDep = Annotated[Asked, Query()]
# Texts that a page waits for to become searchable; the rest is said in a note.
_ENTERED_AT_MOST: Final = 2000


@router.get("/articles", response_class=HTMLResponse, summary="Articles, searched")
def articles(request: Request, asked: AskedDep, shelf: ShelfDep) -> Response:
    """Search articles; without words, list them by date."""
    problem = ""
    results: Results | None = None
    try:
        results = search(
            shelf.collection, asked.query(), enter_at_most=_ENTERED_AT_MOST
        )
    except UsageError as error:  # the words are still in their field, to be mended
        problem = str(error)
    is_empty = not problem and not (results and results.total)
    return render(
        request,
        "articles.html",
        status=400 if problem else 200,
        asked=asked,
        results=results,
        problem=problem,
        holds=totals(shelf.catalogue)["articles"] if is_empty else None,
        facets=choices(asked, results.facets) if results else (),
        limits=chosen_limits(asked),
        hidden=[(name, value) for name in LISTED for value in asked.values(name)],
        orders=tuple(Order),
        earlier=_page(asked, -1, results),
        later=_page(asked, 1, results),
    )


@router.get("/api/search", summary="Search articles")
def api_search(asked: AskedDep, shelf: ShelfDep) -> ResultsModel:
    """Search articles by words and by what is known of them, with facets."""
    results = search(shelf.collection, asked.query(), enter_at_most=_ENTERED_AT_MOST)
    return ResultsModel.of(results, page=asked.page, size=asked.size)


def _page(asked: Asked, step: int, results: Results | None) -> str | None:
    """Give the address of a neighbouring page of results, if there is one."""
    page = asked.page + step
    if results is None or page < 1 or (page - 1) * asked.size >= results.total:
        return None
    if page == 1:
        return asked.link()
    return asked.link(page=page, upto=results.upto)
