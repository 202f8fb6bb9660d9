"""Thousands of hosts with a feed each, of which most polls find nothing new."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.support.simweb.farmsite import FarmHost
from tests.support.simweb.kinds import address_of
from tests.support.simweb.webs import START, Web

RHYTHM_S: Final = 900.0


def make_feed_farm(
    *,
    hosts: int = 5000,
    unchanged: float = 0.9,
    rhythm_s: float = RHYTHM_S,
    start: datetime = START,
    network: int = 60,
) -> Web:
    """Make hosts that publish one story each, in every so many polls.

    Of polls every `rhythm_s` seconds of the clock the share `unchanged` finds
    nothing new. The hosts publish evenly spread over time. Raises ValueError
    if everything or more would be unchanged.
    """
    if not 0 <= unchanged < 1:
        raise ValueError(f"not a share below one: {unchanged}")
    period_s = round(rhythm_s / (1 - unchanged), 6)
    farm = tuple(
        FarmHost(
            number=number,
            address=address_of(network, number),
            start=start,
            period_s=period_s,
        )
        for number in range(hosts)
    )
    return Web(hosts=farm, start=start)
