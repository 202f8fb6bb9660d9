"""Pages from templates. Whatever a template is given is text, never markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive import clock
from archive.clock import warc_date
from archive.recordids import bare_uuid
from archive.terminal import printable
from archive.web.writing import direction, host_of, language_tag, moment_words, web_link

HERE: Final = Path(__file__).parent
THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "dateline_theme"

# The pages that the navigation leads to, in its order.
NAVIGATION: Final = (
    ("/", "Today"),
    ("/articles", "Articles"),
    ("/sources", "Sources"),
    ("/runs", "Runs"),
    ("/calendar", "Calendar"),
)


def render(
    request: Request,
    name: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """Make a page of a template in `templates/`.

    A name that the template asks for and that is not among the values is an error.
    """
    theme = request.cookies.get(THEME_COOKIE, "auto")
    html = _ENVIRONMENT.get_template(name).render(
        now=clock.now(),
        path=request.url.path,
        query=request.url.query,
        theme=theme if theme in THEMES else "auto",
        themes=THEMES,
        navigation=NAVIGATION,
        is_private=getattr(request.app.state, "is_private", False),
        can_act=getattr(request.app.state, "actions", None) is not None,
        **values,
    )
    return HTMLResponse(html, status, headers)


# ---------------------------------------------------------------- filters


def plain(text: object) -> str:
    """Write other people's words: what would turn or hide text stands as escapes."""
    return printable("" if text is None else str(text), lines=True)


def number(value: float) -> str:
    """Write a number with thin spaces between thousands: "12 345"."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def size(count: int) -> str:
    """Write a number of bytes: "3.4 MB"."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{count} bytes" if unit == "bytes" else f"{value:.1f} {unit}"


def iso(date: datetime) -> str:
    """Write a date for programs."""
    return warc_date(date)


def minute(date: datetime) -> str:
    """Write a date to the minute: "22 Nov 2026, 12:05"."""
    date = date.astimezone(UTC)
    return f"{date.day} {date:%b %Y, %H:%M}"


def day(date: datetime) -> str:
    """Write a day: "Sunday, 22 November 2026"."""
    return f"{date:%A}, {date.day} {date:%B %Y}"


def ago(date: datetime, now: datetime | None = None) -> str:
    """Say how long ago a date is, or in how long: "3 hours ago", "in 5 minutes"."""
    seconds = ((now or clock.now()) - date).total_seconds()
    span = abs(seconds)
    for limit, unit, word in _SPANS:
        if span < limit:
            count = round(span / unit)
            words = f"{count} {word}" + ("" if count == 1 else "s")
            return f"{words} ago" if seconds >= 0 else f"in {words}"
    return day(date)


_SPANS: Final = (
    (59.5, 1, "second"),
    (59.5 * 60, 60, "minute"),
    (36 * 3600, 3600, "hour"),
    (60 * 86400, 86400, "day"),
    (730 * 86400, 30 * 86400, "month"),
)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for shown in (plain, number, size, iso, minute, day, ago):
        environment.filters[shown.__name__] = shown
    environment.filters["uuid"] = bare_uuid
    for asked in (language_tag, direction, host_of, moment_words, web_link):
        environment.globals[asked.__name__] = asked
    return environment


_ENVIRONMENT: Final = _environment()
