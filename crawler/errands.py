"""What a request is sent for. Scrapy carries it in `request.meta`, under one key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from scrapy import Request
from scrapy.http import Response

from archive.model import Discovery, Manners, Role
from pipelines.items import Archived

_ERRAND: Final = "dateline_errand"
_ARCHIVED: Final = "dateline_archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Why a request is made, and how its host is to be treated."""

    discovery: Discovery
    manners: Manners


def send(request: Request, errand: Errand) -> Request:
    """Give a request its errand."""
    request.meta[_ERRAND] = errand
    return request


def errand_of(request: Request) -> Errand | None:
    """Tell what a request is for; None if nobody said."""
    errand = request.meta.get(_ERRAND)
    return errand if isinstance(errand, Errand) else None


def mark_archived(request: Request, archived: Archived) -> None:
    """Hand what was kept on to whoever gets the response."""
    request.meta[_ARCHIVED] = archived


def archived_of(response: Response) -> Archived:
    """Give what was kept of a response."""
    archived = response.meta[_ARCHIVED]
    assert isinstance(archived, Archived)
    return archived


def hop_before(request: Request) -> str | None:
    """Give the record id of the redirect that led to this request, if one did."""
    archived = request.meta.get(_ARCHIVED)
    if request.meta.get("redirect_times") and isinstance(archived, Archived):
        return archived.capture.record_id
    return None


def for_robots(errand: Errand, url: str) -> Errand:
    """Make the errand of fetching the robots.txt that an errand needs."""
    discovery = replace(
        errand.discovery,
        url=url,
        role=Role.ROBOTS,
        seed_url=None,
        seed_record_id=None,
        claimed_title=None,
        claimed_date=None,
    )
    return replace(errand, discovery=discovery)
