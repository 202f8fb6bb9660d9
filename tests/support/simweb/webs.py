"""A whole simulated web: its hosts, their sources, and `make_web`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from tests.support.simweb.answers import Site
from tests.support.simweb.farmsite import FarmHost, FarmSite
from tests.support.simweb.hosts import Host
from tests.support.simweb.judge import AGENT
from tests.support.simweb.kinds import KINDS, Plan
from tests.support.simweb.site import HostSite
from tests.support.simweb.truth import Truth, farm_truths, truths

START: Final = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Hosts on one port. The port is 0 until the web is served."""

    hosts: tuple[Host | FarmHost, ...]
    start: datetime = START
    port: int = 0

    def at(self, port: int) -> Web:
        """Give the same web on a port."""
        return replace(self, port=port)

    def sites(self) -> dict[str, Site]:
        """Give what answers for each address."""
        return {
            host.address: (
                HostSite(host, self.port)
                if isinstance(host, Host)
                else FarmSite(host, self.port)
            )
            for host in self.hosts
        }

    def host(self, name: str) -> Host | FarmHost:
        """Find a host by id, kind or address. Raises LookupError."""
        for host in self.hosts:
            if name in {host.id, host.kind, host.address}:
                return host
        raise LookupError(name)

    def url(self, name: str, path: str = "/") -> str:
        """Give an address on the host with this id, kind or address."""
        return f"http://{self.host(name).address}:{self.port}{path}"

    def articles(self, until: datetime, *, agent: str = AGENT) -> tuple[Truth, ...]:
        """Tell what a perfect crawler would have found until a moment.

        It looks at every seed and page at every moment, obeys robots.txt, and
        comes again after each outage. Not counted are an item that a feed
        pushed out while the host was down, and stories published before
        `start` that no seed names any more then.
        """
        sites = self.sites()
        return tuple(self._truths(sites, until, agent))

    def addresses(self, until: datetime, *, agent: str = AGENT) -> frozenset[str]:
        """Give the addresses of `articles`, as seeds name them: quickly for a farm."""
        sites = self.sites()
        found: set[str] = set()
        for site in sites.values():
            if isinstance(site, FarmSite):
                found.update(site.addresses(until))
            elif isinstance(site, HostSite):
                for truth in truths(site, sites, self.start, until, agent):
                    found |= truth.named
        return frozenset(found)

    def _truths(
        self, sites: Mapping[str, Site], until: datetime, agent: str
    ) -> Iterable[Truth]:
        for site in sites.values():
            if isinstance(site, FarmSite):
                yield from farm_truths(site, until)
            elif isinstance(site, HostSite):
                yield from truths(site, sites, self.start, until, agent)

    def sources_toml(
        self,
        *,
        extra: str = "",
        delay_s: float = 1.0,
        time_limit_s: float = 5.0,
        names: Iterable[str] | None = None,
    ) -> str:
        """Write a file of sources, for all hosts or those of the names.

        The lines of `extra` stand in each [[source]].
        """
        hosts = self.hosts if names is None else tuple(map(self.host, names))
        tables = []
        for host in hosts:
            for source_id, kinds in host.sources().items():
                base = f"http://{host.address}:{self.port}"
                seeds = ", ".join(
                    f'{{ kind = "{kind}", url = "{base}{host.seed_path(kind)}" }}'
                    for kind in kinds
                )
                tables.append(
                    "[[source]]\n"
                    f'id = "{source_id}"\n'
                    f'name = "Simulated: {host.kind}"\n'
                    f'homepage = "{base}/"\n'
                    f'language = "{host.language}"\n'
                    f"seeds = [{seeds}]\n"
                    f"{extra.strip()}\n\n"
                    "[source.manners]\n"
                    "allow_private = true\n"
                    f"delay_s = {delay_s}\n"
                    f"time_limit_s = {time_limit_s}\n"
                )
        return "\n".join(tables)


def make_web(
    *,
    seed: int = 0,
    hosts: int = 40,
    start: datetime = START,
    days: int = 3,
    daily: int = 12,
    network: int = 20,
) -> Web:
    """Make a web of many kinds of host, always the same for the same arguments.

    There is one host for each of `kinds.KINDS`, and then again. Each publishes
    about `daily` stories a day for `days` days, and had some before `start`.
    The addresses are 127.`network`.x.y.
    """
    kinds = tuple(KINDS)
    plans = (
        Plan(
            seed=seed,
            number=number,
            kind=kinds[number % len(kinds)],
            network=network,
            start=start,
            days=days,
            daily=daily,
        )
        for number in range(hosts)
    )
    return Web(hosts=tuple(KINDS[plan.kind](plan) for plan in plans), start=start)
