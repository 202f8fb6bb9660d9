"""A web of all cases, each at an address of its own, and a host that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from typing_extensions import override

from tests.support.robotsweb.ages import AGES
from tests.support.robotsweb.cases import SHUT, Case
from tests.support.robotsweb.statuses import REDIRECTS, SIZES, STATUSES
from tests.support.robotsweb.wordings import GROUPS, PATHS
from tests.support.simweb.answers import Answer, Asked, Site
from tests.support.simweb.hosts import Host, Ill, Robots, Trouble
from tests.support.simweb.webs import Web

DIRECTORY: Final = "127.41.255.1"
CASES: Final = {
    case.name: case for case in (*STATUSES, *REDIRECTS, *SIZES, *PATHS, *GROUPS, *AGES)
}
AGED: Final = {name: case for name, case in CASES.items() if case.aged is not None}
ADDRESSES: Final = {
    name: f"127.41.{number // 200}.{number % 200 + 1}"
    for number, name in enumerate(CASES)
}


def host_of(name: str, case: Case) -> Host:
    robots = tuple(
        Robots(elsewhere=ADDRESSES[one.elsewhere], since=one.since)
        if one.elsewhere
        else one
        for one in case.robots
    )
    leads = Trouble(ill=Ill.STATUS, status=302, path="/leads/", location=SHUT)
    return Host(
        id=f"case-{list(CASES).index(name)}",
        kind="case",
        address=ADDRESSES[name],
        robots=robots,
        troubles=(*case.troubles, leads),
        **case.more,
    )


class Directory:
    """A host that lists the addresses of all others."""

    address = DIRECTORY
    is_ever_refusing = False

    def __init__(self, port: int) -> None:
        self._port = port

    def trouble(self, path: str, now: datetime) -> None:
        return None

    def answer(self, asked: Asked, now: datetime) -> Answer:
        lists = {"/list.txt": self.first(), "/aged.txt": self.second()}
        if asked.path not in lists:
            return Answer(status=404)
        return Answer(
            status=200,
            fields=(("Content-Type", "text/plain; charset=utf-8"),),
            body="\n".join(lists[asked.path]).encode(),
        )

    def first(self) -> list[str]:
        return [
            self.url(name, path)
            for name, case in CASES.items()
            for path in (*case.allowed, *case.refused)
        ]

    def second(self) -> list[str]:
        return [
            self.url(name, path)
            for name, case in AGED.items()
            for path in (*case.then_allowed, *case.then_refused)
        ]

    def url(self, name: str, path: str) -> str:
        return f"http://{ADDRESSES[name]}:{self._port}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWeb(Web):
    """A web with a directory."""

    @override
    def sites(self) -> dict[str, Site]:
        return {**Web.sites(self), DIRECTORY: Directory(self.port)}


def make_listed_web() -> ListedWeb:
    directory = Host(id="directory", kind="directory", address=DIRECTORY)
    return ListedWeb(
        hosts=(directory, *(host_of(name, case) for name, case in CASES.items()))
    )
