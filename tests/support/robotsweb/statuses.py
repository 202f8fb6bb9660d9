"""Cases of how a robots.txt is answered: statuses, redirects, sizes."""

from __future__ import annotations

from datetime import timedelta

from crawler.robots import SIZE_LIMIT
from tests.support.robotsweb.cases import (
    OPEN,
    RULES,
    SHUT,
    Case,
    answers,
    filled,
    ill,
    unavailable,
    unreachable,
)
from tests.support.simweb.hosts import ROBOTS, Ill, Robots, Trouble

STATUSES = (
    Case(name="200", allowed=(OPEN,), refused=(SHUT,)),
    Case(
        name="203",
        robots=(Robots(text=RULES, status=203),),
        allowed=(OPEN,),
        refused=(SHUT,),
        status=203,
    ),
    Case(
        name="200 in gzip and chunks",
        allowed=(OPEN,),
        refused=(SHUT,),
        more={"is_gzipped": True, "is_chunked": True},
    ),
    Case(
        name="200 that trickles",
        allowed=(OPEN,),
        refused=(SHUT,),
        troubles=ill(Ill.DRIP, seconds=0.5),
    ),
    unavailable("200 with a page", robots=(Robots(text="<!DOCTYPE html><p>Nothing"),)),
    unavailable("200 without a word", robots=(Robots(),)),
    *(
        unavailable(str(status), robots=(Robots(text=RULES, status=status),))
        for status in (400, 401, 403, 404, 410, 451)
    ),
    unavailable("301 without a place", troubles=answers(301)),
    *(
        unreachable(str(status), status, robots=(Robots(text=RULES, status=status),))
        for status in (429, 500, 502, 503)
    ),
    unreachable("503 for a while", 503, troubles=answers(503, retry_after_s=1)),
    # Half a robots.txt is none: what it shuts may stand in the other half.
    unreachable("cut off in the middle", 200, troubles=ill(Ill.CUT)),
    unreachable("broken chunks", 200, troubles=ill(Ill.BROKEN_CHUNKS)),
    unreachable("reset", None, troubles=ill(Ill.RESET)),
    unreachable("closed without a word", None, troubles=ill(Ill.CLOSE)),
    unreachable("no answer", None, troubles=ill(Ill.HANG)),
    unreachable("nobody listens", None, troubles=(Trouble(ill=Ill.REFUSED),)),
)

REDIRECTS = (
    *(
        Case(
            name=f"{hops} hops",
            robots=(Robots(text=RULES, hops=hops),),
            allowed=(OPEN,),
            refused=(SHUT,),
        )
        for hops in (1, 5, 6)  # at least five (RFC 9309, 2.3.1.2)
    ),
    *(
        Case(
            name=f"a hop by {status}",
            robots=(Robots(text=RULES, hops=1),),
            troubles=answers(status, location="/robots-1.txt"),
            allowed=(OPEN,),
            refused=(SHUT,),
        )
        for status in (302, 303, 307, 308)
    ),
    unavailable(
        "more hops than anybody follows", robots=(Robots(text=RULES, hops=15),)
    ),
    unavailable("a loop", troubles=answers(301, location=ROBOTS)),
    unavailable("a hop to 404", robots=(Robots(status=404, hops=1),)),
    unreachable("a hop to 503", 503, robots=(Robots(status=503, hops=1),)),
    unreachable("two hops to 429", 429, robots=(Robots(status=429, hops=2),)),
    Case(
        name="to another host",
        robots=(Robots(elsewhere="200"),),
        allowed=(OPEN,),
        refused=(SHUT,),
        cited="200",
    ),
    unavailable("to another host without rules", robots=(Robots(elsewhere="404"),)),
    unreachable(
        "to another host out of order",
        500,
        robots=(Robots(elsewhere="500"),),
        cited="500",
    ),
)

SIZES = (
    Case(
        name="a rule before 500 KiB",
        robots=(
            Robots(
                text=filled("", SIZE_LIMIT - 40, "User-agent: *\nDisallow: /shut/\n")
                + "# and more\n" * 1000
            ),
        ),
        allowed=(OPEN,),
        refused=(SHUT,),
    ),
    Case(
        name="a rule beyond 500 KiB",
        robots=(Robots(text=filled(RULES, SIZE_LIMIT, "Disallow: /\n")),),
        allowed=(OPEN,),
        refused=(SHUT,),
    ),
    Case(
        # Read as far as the limit the last line would say "Disallow: /".
        name="a rule across 500 KiB",
        robots=(
            Robots(
                text=filled(RULES, SIZE_LIMIT - 11, "Disallow: /nobody/asks/this\n")
            ),
        ),
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=timedelta(hours=1),
        then_allowed=("/open/2.html",),
        then_refused=("/shut/2.html",),
    ),
)
