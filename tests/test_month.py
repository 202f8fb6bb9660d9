"""A month of watching, with all that happens to machines, in half a minute."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Adaptive, Cron, Every, Rhythm, Source
from archive.watch.model import TickOutcome
from tests.support.clockwork import World, make_source

HOUR = 3600.0
DAY = 24 * HOUR
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tehran",
    "Australia/Lord_Howe",  # its clock changes by half an hour
    "UTC",
)
EXPRESSIONS = (
    "30 2 * * *",
    "15 1,2,3 * * 1-5",
    "0 6,18 * * *",
    "*/30 1-4 * * *",
    "45 1 * * 0",
    "10 */3 * * *",
    "59 23 * * *",
    "0 0 * * *",
)


def fifty_sources() -> dict[str, Source]:
    rhythms: list[Rhythm] = [
        Every(seconds=minutes * 60)
        for minutes in (15, 30, 60, 90, 120, 180, 240, 360, 720, 1440, 10080)
    ]
    rhythms += [
        Cron(expression=expression, zone=zone)
        for zone in ZONES
        for expression in EXPRESSIONS[:: 1 if zone in ZONES[:4] else 4]
    ]
    rhythms += [
        Adaptive(floor_s=30 * 60),
        Adaptive(floor_s=HOUR, ceiling_s=6 * HOUR),
        Adaptive(floor_s=2 * HOUR, ceiling_s=12 * HOUR),
        Adaptive(),
        Adaptive(floor_s=HOUR, ceiling_s=HOUR),
    ]
    return {
        f"s-{number}": make_source(f"s-{number}", rhythm)
        for number, rhythm in enumerate(rhythms)
    }


def edited(world: World) -> dict[str, Source]:
    """Remove some sources, bring some back or add them, and change a few rhythms."""
    rng = world.rng
    sources = dict(world.sources)
    for name in rng.sample(sorted(sources), 3):
        del sources[name]
    for name, source in fifty_sources().items():
        if name not in sources and rng.random() < 0.5:
            sources[name] = source
    fixed = [s for s in sources.values() if not isinstance(s.rhythm, Adaptive)]
    for source in rng.sample(fixed, 4):
        rhythms: list[Rhythm] = [
            Every(seconds=rng.choice((20, 45, 75, 300)) * 60),
            Cron(expression=rng.choice(EXPRESSIONS), zone=rng.choice(ZONES)),
        ]
        rhythm = rng.choice(rhythms)
        sources[source.id] = make_source(source.id, rhythm)
    number = world.rng.randrange(10**6)
    sources[f"new-{number}"] = make_source(f"new-{number}", Every(seconds=2 * HOUR))
    return sources


async def incident(world: World, what: str) -> None:
    """Let something happen; the world is alive before and after it."""
    rng = world.rng
    if what == "stopped":
        await world.stop()
        world.sleep(rng.uniform(1, 600))
        await world.start()
    elif what == "killed":
        await world.kill()
        world.sleep(rng.uniform(1, 40 * 60))
        await world.start()
    elif what == "killed at a write":
        await world.live_to_death(DAY, rng.randint(1, 30), before=rng.random() < 0.5)
        world.sleep(rng.uniform(0, 300))
        await world.start()
    elif what == "down for days":
        await world.kill()
        world.sleep(rng.uniform(1, 2.5) * DAY)
        await world.start()
    elif what == "asleep":
        world.sleep(rng.uniform(0.2, 12) * HOUR)
    elif what == "edited":
        await world.reload(edited(world))
    elif what == "edited while down":
        await world.stop()
        await world.reload(edited(world))
        world.sleep(rng.uniform(1, 5 * HOUR))
        await world.start()
    elif what == "set back a little":
        await world.set_back(rng.uniform(5, 14 * 60))
    else:
        assert what == "set back far"
        await world.set_back(rng.uniform(2, 30) * HOUR)


INCIDENTS = (
    "stopped",
    "killed",
    "killed at a write",
    "down for days",
    "asleep",
    "edited",
    "edited while down",
    "set back a little",
    "set back far",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "begin",
    [
        # Lord Howe forward on 3 October, Berlin back on the 25th, New York a week on
        datetime(2026, 10, 2, 10, tzinfo=UTC),
        # New York forward on 8 March, Berlin on the 29th, Lord Howe back on 4 April
        datetime(2027, 3, 7, 10, tzinfo=UTC),
    ],
    ids=["autumn", "spring"],
)
def test_every_tick_of_a_month_has_exactly_one_outcome(tmp_path, begin):
    world = World(tmp_path, begin, fifty_sources(), random.Random(begin.month))
    assert len(world.sources) >= 50
    plan = [*INCIDENTS, *INCIDENTS, "killed", "killed at a write", "asleep"]
    world.rng.shuffle(plan)

    async def month() -> None:
        await world.start()
        for what in plan:
            await world.live(world.rng.uniform(0.3, 1.9) * DAY)
            if world.schedule is None:
                await world.start()
            await incident(world, what)
        await world.live(5 * HOUR)
        await world.finish()

    asyncio.run(month())
    outcomes = world.check()
    assert (world.now - begin).days >= 26
    assert outcomes.keys() == set(TickOutcome)
    assert outcomes[TickOutcome.DONE] > 2000
    world.database.close()


@settings(max_examples=12)
@given(data=st.data())
@pytest.mark.timeout(300)
def test_every_tick_of_any_history_has_exactly_one_outcome(data, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("history")
    minute = data.draw(st.integers(0, 400 * 24 * 60), label="minute of 2026")
    begin = datetime.fromtimestamp(1767225600 + minute * 60, UTC)
    seed = data.draw(st.integers(0, 2**32), label="seed")
    story = data.draw(
        st.lists(
            st.tuples(st.sampled_from(INCIDENTS), st.floats(60, 6 * HOUR)),
            min_size=1,
            max_size=6,
        ),
        label="story",
    )
    every = fifty_sources()
    some = {name: every[name] for name in random.Random(seed).sample(list(every), 12)}
    world = World(folder, begin, some, random.Random(seed), max_runs=3)

    async def history() -> None:
        await world.start()
        for what, hours in story:
            await world.live(hours)
            await incident(world, what)
        await world.live(HOUR)
        await world.finish()

    asyncio.run(history())
    world.check()
    world.database.close()
