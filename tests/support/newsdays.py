"""A collection with some weeks behind it: sources in many scripts, edits, failures.

`python -m tests.support.newsdays FOLDER [DAYS]` makes one that ends now, to look at.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert

from archive import clock
from archive.clock import warc_date
from archive.collection import Collection
from archive.model import (
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Discovery,
    FetchOutcome,
    Miss,
    Role,
    Run,
    TextOutcome,
    Work,
)
from archive.run_questions import WATCHED
from archive.store import Store
from archive.texts import Verdict
from archive.warc.records import new_record_id
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.flags import Flags
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import SourceState
from archive.watch.model import TickOutcome
from tests.support.builders import (
    make_article,
    make_exchange,
    make_order,
    make_response,
    make_software,
)
from tests.support.newspapers import HOSTILE, PAPERS, Paper

SOFTWARE: Final = make_software("1", "sample")


def build(root: Path, now: datetime, days: int = 10) -> None:
    """Make a collection in `root` with a past of some days up to `now`."""
    chance = random.Random(20261122)
    with Collection.create(root) as collection:
        watch = WatchDatabase(root)
        made = _Past(collection, watch, chance, now)
        try:
            for back in range(days, -1, -1):
                for paper in PAPERS:
                    made.day(
                        paper,
                        now - timedelta(days=back),
                        is_quiet=back < paper.quiet_days,
                    )
            made.hostile_page()
            made.odd_ticks()
            made.finish()
        finally:
            made.store.close()
            watch.close()


class _Past:
    def __init__(
        self,
        collection: Collection,
        watch: WatchDatabase,
        chance: random.Random,
        now: datetime,
    ) -> None:
        self.collection, self.watch, self.chance = collection, watch, chance
        self.now = now
        self.store = Store(
            collection, settings=[("software", "sample")], text_outcome=_outcome
        )
        self.known: dict[str, list[tuple[str, str, int]]] = {}
        self.kept: list[tuple[Future[Capture], Work, str]] = []
        self.ticks: list[dict[str, Any]] = []

    def day(self, paper: Paper, day: datetime, *, is_quiet: bool) -> None:
        """Look at a source four times in a day."""
        for hour in sorted(self.chance.sample(_HOURS, 5)):
            moment = day.replace(hour=hour, minute=self.chance.randrange(60), second=0)
            if moment < self.now - timedelta(minutes=10):
                self.look(paper, moment, 0 if is_quiet else paper.each_day // 3 + 1)

    def look(self, paper: Paper, moment: datetime, most: int) -> None:
        """Look once: some new articles, some edits, some failures."""
        run = _run(paper, moment, self.chance)
        if self.chance.random() < paper.fails:
            self.miss(paper, run, moment, f"https://{paper.id}.example/feed.xml")
            counts = (("captures", 0), ("misses", 1))
            self.tick(run, moment, TickOutcome.FAILED, counts, "no seed was read")
            return
        self.store.log(run)
        new = self.chance.randint(0, most)
        pages = [self._new(paper, moment) for _ in range(new)]
        known = self.known.setdefault(paper.id, [])
        if known and self.chance.random() < 0.4:
            place = self.chance.randrange(len(known))
            url, title, edits = known[place]
            known[place] = (url, title, edits + 1)
            pages.append(known[place])
        for number, (url, title, edits) in enumerate(pages):
            self.capture(
                paper, run, moment + timedelta(seconds=3 * number), url, title, edits
            )
        if self.chance.random() < 0.25:
            self.miss(
                paper,
                run,
                moment,
                f"https://{paper.id}.example/{uuid.UUID(int=self.chance.getrandbits(128))}",
            )
        counts = (("captures", len(pages)), ("texts", len(pages)))
        ended = replace(run, ended_at=moment + timedelta(seconds=40), counts=counts)
        self.store.log(ended)
        late = self.chance.random() < 0.05
        outcome = TickOutcome.LATE if late else TickOutcome.DONE
        reason = "began 95 s late: the machine slept, or its clock was set forward"
        self.tick(run, moment, outcome, counts, reason if late else "", new)

    def _new(self, paper: Paper, moment: datetime) -> tuple[str, str, int]:
        number = self.chance.randrange(10_000, 99_999)
        title = self.chance.choice(paper.headlines)
        page = (f"https://{paper.id}.example/{moment:%Y/%m/%d}/{number}.html", title, 0)
        self.known.setdefault(paper.id, []).append(page)
        return page

    def capture(
        self, paper: Paper, run: Run, moment: datetime, url: str, title: str, edits: int
    ) -> None:
        """Keep a page, and its text."""
        body = f"<html><title>{title}</title><p>{title} {edits}</p></html>"
        exchange = make_exchange(url, make_response(body.encode()), began_at=moment)
        discovery = _discovery(paper.id, run.id, url, moment)
        kept = self.store.keep(make_order(exchange=exchange, discovery=discovery))
        work = Work(
            title=title if edits < 2 else f"{title} (2)",
            section=self.chance.choice(paper.sections or (None,)),
            bylines=(Byline(name="Mina Halvorsen", kind=BylineKind.PERSON),),
            language=paper.language,
        )
        text = f"{title}.\n\n" + "\n\n".join([title] * (3 + edits))
        self.kept.append((kept, work, text))

    def miss(self, paper: Paper, run: Run, moment: datetime, url: str) -> None:
        """Note that an address gave nothing."""
        outcome, detail = self.chance.choice(_MISSES)
        self.store.note(
            Miss(
                record_id=new_record_id(),
                date=moment,
                outcome=outcome,
                detail=detail,
                url=url,
                discovery=_discovery(paper.id, run.id, url, moment),
            )
        )

    def tick(
        self,
        run: Run,
        moment: datetime,
        outcome: TickOutcome | None,
        counts: tuple[tuple[str, int], ...],
        reason: str,
        new: int = 0,
    ) -> None:
        """Enter a planned run."""
        self.ticks.append(
            {
                "source_id": run.source_id,
                "kind": "poll",
                "planned_for": warc_date(moment),
                "planned_until": warc_date(moment),
                "count": 1,
                "outcome": outcome.value if outcome else None,
                "reason": reason,
                "run_id": run.id,
                "began_at": warc_date(moment),
                "ended_at": warc_date(moment + timedelta(seconds=40))
                if outcome
                else None,
                "found": 20 if outcome else None,
                "new": new if outcome else None,
                "counts": json.dumps(dict(counts)),
            }
        )

    def hostile_page(self) -> None:
        """Keep a page whose every word tries to be more than a word."""
        moment = self.now - timedelta(minutes=8)
        paper = replace(PAPERS[0], sections=(HOSTILE,))
        run = _run(paper, moment, self.chance)
        self.store.log(run)
        url = "https://harbour-courier.example/%3Cb%3E/%E2%80%AEgnp?a=%22><img src=x>"
        self.capture(paper, run, moment, url, HOSTILE, 0)
        self.miss(paper, run, moment, url)
        self.tick(run, moment, None, (), HOSTILE)

    def odd_ticks(self) -> None:
        """Plan what came to no run."""
        for back, (outcome, count, reason) in enumerate(_ODD, start=1):
            run = _run(PAPERS[3], self.now - timedelta(hours=5 * back), self.chance)
            self.tick(run, run.began_at, outcome, (), reason)
            until = warc_date(run.began_at + timedelta(hours=1))
            nothing = {"run_id": None, "began_at": None, "ended_at": None}
            numbers = {"count": count, "found": None, "new": None}
            self.ticks[-1].update(planned_until=until, **nothing, **numbers)

    def finish(self) -> None:
        """Enter texts, ticks, and what is known of the sources."""
        verdicts = []
        for kept, work, text in self.kept:
            capture = kept.result(60)
            article = make_article(capture, SOFTWARE, text=text, work=work)
            verdicts.append(_verdict(capture, article))
        self.collection.catalogue.add_texts(SOFTWARE, verdicts, is_current=True)
        with self.watch.writing() as connection:
            connection.execute(insert(schema.ticks), self.ticks)
        Ledger(self.watch).save(
            SourceState(
                source_id=paper.id,
                rhythm="adaptive 900.0 86400.0",
                rhythm_since=self.now - timedelta(days=60),
                planned_until=self.now - timedelta(minutes=20),
                interval_s=3600.0 * (number + 1),
                last_new_at=self.now - timedelta(days=paper.quiet_days, hours=2),
            )
            for number, paper in enumerate(PAPERS)
            if paper.is_watched
        )
        silent = "nothing new for 6 days; usually something comes every 7 hours"
        Flags(self.watch).settle(
            "severny-mayak", {"silent": silent}, self.now - timedelta(days=3)
        )
        failing = "4 of the last 6 looks failed"
        Flags(self.watch).settle(
            "liman-postasi", {"errors": failing}, self.now - timedelta(hours=9)
        )


_ODD: Final = (
    (TickOutcome.MISSED, 4, "the schedule was not running"),
    (TickOutcome.SKIPPED, 1, "its host asked to be left alone"),
    (TickOutcome.OVERLAPPED, 1, "the run before it was still going"),
)
_HOURS: Final = (1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22)
_MISSES: Final = (
    (FetchOutcome.TIMEOUT, "no byte came within 60 s"),
    (FetchOutcome.UNREACHABLE, "connection refused"),
    (FetchOutcome.REFUSED_ROBOTS, "robots.txt: Disallow: /drafts/"),
    (FetchOutcome.TLS_FAILED, "the certificate ended on 20 November 2026"),
    (FetchOutcome.EXCLUDED, "exclude: /video/"),
)


def _outcome(_: Capture) -> TextOutcome | None:
    return None  # the texts are entered at the end


def _run(paper: Paper, moment: datetime, chance: random.Random) -> Run:
    return Run(
        id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        source_id=paper.id,
        command=WATCHED,
        began_at=moment,
        settings_digest="sha256:00",
        settings=(("delay-s", "1.0"), ("verify-tls", "yes")),
    )


def _discovery(source_id: str, run_id: str, url: str, moment: datetime) -> Discovery:
    return Discovery(
        url=url,
        role=Role.ARTICLE,
        source_id=source_id,
        run_id=run_id,
        found_at=moment,
        seed_url=f"https://{source_id}.example/feed.xml",
    )


def _verdict(capture: Capture, article: Any) -> Verdict:
    return Verdict(
        record_id=capture.record_id,
        url=capture.url,
        outcome=TextOutcome.TEXT,
        page_class=CaptureClass.ARTICLE,
        confidence=0.9,
        article=article,
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), clock.now(), int(sys.argv[2]) if sys.argv[2:] else 40)
