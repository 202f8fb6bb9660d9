"""Cases of how old a robots.txt is when a second crawl comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tests.support.robotsweb.cases import (
    LATER,
    OPEN,
    RULES,
    SHUT,
    Case,
    ill,
    unavailable,
    unreachable,
)
from tests.support.simweb.hosts import Ill, Robots

CHANGES = (
    Robots(text=RULES),
    Robots(text="User-agent: *\nDisallow: /open/\n", since=LATER),
)
ENDS = {"then_allowed": ("/shut/2.html",), "then_refused": ("/open/2.html",)}
STAYS = {"then_allowed": ("/open/2.html",), "then_refused": ("/shut/2.html",)}
NONE_YET = (Robots(status=404), Robots(text=RULES, since=LATER))
BACK = (Robots(status=503), Robots(text=RULES, since=LATER))
SHORT = ill(Ill.RESET, until=LATER)
SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)

AGES = (
    Case(
        name="kept for a day",
        robots=CHANGES,
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=24 * HOUR - 100 * SECOND,  # the crawl has to begin, too
        **STAYS,  # type: ignore[arg-type]
    ),
    Case(
        name="older than a day",
        robots=CHANGES,
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=24 * HOUR,
        is_asked_again=True,
        **ENDS,  # type: ignore[arg-type]
    ),
    Case(
        name="of a day to come",
        robots=CHANGES,
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=-2 * HOUR,
        is_asked_again=True,
        **ENDS,  # type: ignore[arg-type]
    ),
    unavailable(
        "unavailable, kept for a day",
        robots=NONE_YET,
        aged=23 * HOUR,
        then_allowed=("/open/2.html", "/shut/2.html"),
    ),
    unavailable(
        "unavailable, older than a day",
        robots=NONE_YET,
        aged=25 * HOUR,
        is_asked_again=True,
        **STAYS,
    ),
    unreachable(
        "unreachable, for less than an hour",
        503,
        robots=BACK,
        aged=HOUR - 100 * SECOND,
        then_refused=("/open/2.html", "/shut/2.html"),
    ),
    unreachable(
        "unreachable, an hour ago",
        503,
        robots=BACK,
        aged=HOUR,
        is_asked_again=True,
        **STAYS,
    ),
    unreachable(
        "no answer, just now",
        None,
        troubles=SHORT,
        aged=timedelta(),
        then_refused=("/open/2.html", "/shut/2.html"),
    ),
    unreachable(
        "no answer, a minute ago",
        None,
        troubles=SHORT,
        aged=60 * SECOND,
        is_asked_again=True,
        **STAYS,
    ),
)
