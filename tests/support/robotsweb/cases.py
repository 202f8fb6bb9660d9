"""A host with a robots.txt, and what is to come of its paths."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tests.support.simweb.hosts import ROBOTS, Ill, Robots, Trouble
from tests.support.simweb.webs import START

LATER: Final = START + timedelta(hours=12)  # of the second crawl, on the servers
RULES: Final = "User-agent: *\nDisallow: /shut/\n"
OPEN, SHUT = "/open/1.html", "/shut/1.html"
BOTH: Final = (OPEN, SHUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A host with a robots.txt, and what is to come of its paths."""

    name: str
    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    robots: tuple[Robots, ...] = (Robots(text=RULES),)
    troubles: tuple[Trouble, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)  # of the host
    # What the refusals cite: the status of a capture, or a miss without one.
    status: int | None = 200
    cited: str | None = None  # the case whose host gave that answer
    # The second crawl: how old the kept answer is by then, and what it comes to.
    aged: timedelta | None = None
    is_asked_again: bool = False
    then_allowed: tuple[str, ...] = ()
    then_refused: tuple[str, ...] = ()


def rules(name: str, text: str, *, allowed: str = "", refused: str = "") -> Case:
    """Make a case of path matching."""
    return Case(
        name=name,
        robots=(Robots(text=text),),
        allowed=tuple(allowed.split()),
        refused=tuple(refused.split()),
    )


def ours(name: str, text: str, *, allowed: str = "", refused: str = "") -> Case:
    """Make a case of path matching for all crawlers."""
    return rules(name, f"User-agent: *\n{text}", allowed=allowed, refused=refused)


def ill(ill: Ill, **more: Any) -> tuple[Trouble, ...]:
    return (Trouble(ill=ill, path=ROBOTS, **more),)


def answers(status: int, **more: Any) -> tuple[Trouble, ...]:
    return ill(Ill.STATUS, status=status, **more)


def unavailable(name: str, **more: Any) -> Case:
    """Make a case in which there are no rules, so that all is allowed."""
    return Case(name=name, allowed=BOTH, **more)


def unreachable(name: str, status: int | None, **more: Any) -> Case:
    """Make a case in which nobody knows the rules, so that nothing is allowed."""
    return Case(name=name, refused=BOTH, status=status, **more)


def filled(beginning: str, length: int, end: str) -> str:
    """Write a robots.txt whose `end` begins behind so many octets."""
    line = "# a remark that nobody reads, and there are many of them\n"
    rest = length - len(beginning)
    return (
        beginning
        + line * (rest // len(line))
        + "#" * (rest % len(line) - 1)
        + ("\n" if rest % len(line) else "")
        + end
    )
