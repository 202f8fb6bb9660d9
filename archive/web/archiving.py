"""What can be begun from the page: archive an address, add a source. And the jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from archive.errors import UsageError
from archive.web.actions import Actions, ActionsDep, Job, JobState
from archive.web.pages import render

router = APIRouter(tags=["archiving"])

_ADDRESS = "An address, http or https."
UrlField = Annotated[str, Form(max_length=8192, description=_ADDRESS)]
UrlPrefilled = Annotated[str, Query(max_length=8192)]
_SHOWN = 10  # jobs on the page that begins them


class JobEventModel(BaseModel):
    """Something that happened in a job."""

    at: datetime
    sentence: str
    url: str | None
    status: int | None


class CandidateModel(BaseModel):
    """An address that was found, and could be watched."""

    url: str
    kind: str
    sentence: str
    is_suggested: bool


class JobModel(BaseModel):
    """Something that was asked for, and how far it is."""

    id: str
    kind: str
    url: str
    state: JobState
    began_at: datetime
    ended_at: datetime | None
    sentence: str
    record_id: str | None = Field(description="Of the capture that it led to.")
    suggestion: str | None = Field(description="A source, as TOML.")
    candidates: list[CandidateModel]
    events: list[JobEventModel]

    @classmethod
    def of(cls, job: Job) -> JobModel:
        """Make it of a job."""
        return cls.model_validate(job, from_attributes=True)


class Wanted(BaseModel):
    """What a program asks to be archived, or searched for feeds."""

    url: str = Field(max_length=8192, description=_ADDRESS)


# ---------------------------------------------------------------- archive an address


@router.get("/archive", response_class=HTMLResponse, summary="Archive an address")
def archive_form(
    request: Request, actions: ActionsDep, url: UrlPrefilled = ""
) -> Response:
    """Ask for an address."""
    return _archive_page(request, actions, url, "")


@router.post("/archive", response_class=HTMLResponse, summary="Archive an address")
def archive(request: Request, actions: ActionsDep, url: UrlField = "") -> Response:
    """Begin to archive an address, and lead to where one can watch it."""
    try:
        job_id = actions.archive_url(url)
    except UsageError as error:
        return _archive_page(request, actions, url, str(error))
    return RedirectResponse(f"/jobs/{job_id}", 303)


def _archive_page(
    request: Request, actions: Actions, url: str, problem: str
) -> Response:
    return render(
        request,
        "archive.html",
        status=400 if problem else 200,
        url=url,
        problem=problem,
        jobs=_latest(actions, "archive"),
    )


# ---------------------------------------------------------------- add a source


@router.get("/add-source", response_class=HTMLResponse, summary="Add a source")
def source_form(
    request: Request, actions: ActionsDep, url: UrlPrefilled = ""
) -> Response:
    """Ask for the address of a site."""
    return _source_page(request, actions, url, "")


@router.post("/add-source", response_class=HTMLResponse, summary="Look for its feeds")
def discover(request: Request, actions: ActionsDep, url: UrlField = "") -> Response:
    """Begin to look for the feeds and sitemaps of a site."""
    if actions.sources_file is None:
        problem = "A source can not be added: there is no file to add it to."
        return _source_page(request, actions, url, problem)
    try:
        job_id = actions.discover(url)
    except UsageError as error:
        return _source_page(request, actions, url, str(error))
    return RedirectResponse(f"/jobs/{job_id}", 303)


def _source_page(
    request: Request, actions: Actions, url: str, problem: str
) -> Response:
    return render(
        request,
        "add_source.html",
        status=400 if problem else 200,
        url=url,
        problem=problem,
        file=actions.sources_file,
        jobs=_latest(actions, "discover"),
    )


@router.post(
    "/jobs/{job_id}/source", response_class=HTMLResponse, summary="Add what was found"
)
def add_found(
    request: Request,
    actions: ActionsDep,
    job_id: UUID,
    name: Annotated[str, Form(max_length=200)] = "",
    seed: Annotated[list[str] | None, Form(max_length=100)] = None,
) -> Response:
    """Watch a site by the addresses that were chosen."""
    job = actions.job(str(job_id))
    try:
        added = actions.add_found(job.id, name, seed or [])
    except UsageError as error:
        return _job_page(request, actions, job, problem=str(error), chosen=seed or [])
    return _job_page(request, actions, job, added=added)


@router.post(
    "/jobs/{job_id}/entry", response_class=HTMLResponse, summary="Add an entry"
)
def add_entry(
    request: Request,
    actions: ActionsDep,
    job_id: UUID,
    toml: Annotated[str, Form(max_length=100_000)] = "",
) -> Response:
    """Add a source as it is written in TOML."""
    job = actions.job(str(job_id))
    try:
        added = actions.add_source(toml.replace("\r\n", "\n"))
    except UsageError as error:
        return _job_page(request, actions, job, problem=str(error), toml=toml)
    return _job_page(request, actions, job, added=added)


# ---------------------------------------------------------------- jobs


@router.get("/jobs/{job_id}", response_class=HTMLResponse, summary="How far a job is")
def job_page(request: Request, actions: ActionsDep, job_id: UUID) -> Response:
    """Show a job; while it goes on, the page looks again by itself."""
    return _job_page(request, actions, actions.job(str(job_id)))


def _job_page(
    request: Request,
    actions: Actions,
    job: Job,
    *,
    problem: str = "",
    added: str = "",
    chosen: list[str] | None = None,
    toml: str | None = None,
) -> Response:
    return render(
        request,
        "job.html",
        status=400 if problem else 200,
        job=job,
        is_over=job.ended_at is not None,
        problem=problem,
        added=added,
        chosen=chosen
        if chosen is not None
        else [one.url for one in job.candidates if one.is_suggested],
        toml=toml if toml is not None else job.suggestion,
        file=actions.sources_file,
    )


@router.get("/api/jobs", summary="The jobs since the start")
def api_jobs(actions: ActionsDep) -> list[JobModel]:
    """List the jobs, newest first."""
    return [JobModel.of(job) for job in actions.jobs()]


@router.get(
    "/api/jobs/{job_id}",
    summary="How far a job is",
    responses={404: {"description": "There is no such job"}},
)
def api_job(actions: ActionsDep, job_id: UUID) -> JobModel:
    """Say how far a job is."""
    return JobModel.of(actions.job(str(job_id)))


@router.post(
    "/api/archive",
    status_code=202,
    summary="Archive an address",
    responses={400: {"description": "It can not be archived; the detail says why"}},
)
def api_archive(actions: ActionsDep, wanted: Wanted) -> JobModel:
    """Begin to archive an address; the answer names the job."""
    return JobModel.of(actions.job(actions.archive_url(wanted.url)))


@router.post(
    "/api/discover",
    status_code=202,
    summary="Look for the feeds of a site",
    responses={400: {"description": "It can not be asked; the detail says why"}},
)
def api_discover(actions: ActionsDep, wanted: Wanted) -> JobModel:
    """Begin to look for the feeds and sitemaps of a site; the answer names the job."""
    return JobModel.of(actions.job(actions.discover(wanted.url)))


def _latest(actions: Actions, kind: str) -> list[Job]:
    return [job for job in actions.jobs() if job.kind == kind][:_SHOWN]
