"""The sources that are watched, and how far the ticks of each have come [I/O]."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from archive.errors import CollectionError
from archive.model import Rhythm, Source
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import SourceState
from archive.watch.model import TickKind, TickOutcome
from crawler import planning
from crawler.endings import CUT_OFF

REMOVED: Final = "the source was removed"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a reload changed: ids of sources."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Watched:
    """A source, and how far its ticks have come."""

    source: Source
    state: SourceState
    next_at: datetime  # the first tick that is not in the ledger
    waited: str = ""  # why its run did not begin at its time
    recheck_at: datetime | None = None  # when a recheck was found to be due
    recheck_after: datetime | None = None  # not before

    def know(self, state: SourceState) -> None:
        """Take over a state that is in the ledger."""
        self.state = state
        self.next_at = planning.next_at(self.source.rhythm, state)


class Watchlist:
    """Keeps what the ledger knows of each source at hand. Methods raise StorageError.

    Attributes:
        running_since: when the schedule began: ticks before it had nobody.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Begin without sources."""
        self._ledger = ledger
        self._watched: dict[str, Watched] = {}
        self._others: dict[str, SourceState] = {}  # removed, or not taken up yet
        self.running_since = planning.NEVER

    def __len__(self) -> int:
        return len(self._watched)

    def __iter__(self) -> Iterator[Watched]:
        return iter(self._watched.values())

    def get(self, source_id: str) -> Watched | None:
        """Give a source that is watched."""
        return self._watched.get(source_id)

    def open(self, now: datetime) -> None:
        """Learn what is known, and settle what the last process left.

        Raises CollectionError for what nobody can read.
        """
        self.running_since = now
        states = self._ledger.states()
        mended = {}
        for tick in self._ledger.cut_off(CUT_OFF):
            state = states.get(tick.source_id)
            if state is not None and state.rhythm and tick.kind is TickKind.POLL:
                mended[tick.source_id] = planning.again(state, tick.planned_for)
        states |= mended
        for state in states.values():
            if state.rhythm:
                back = planning.set_back(_rhythm(state), state, now)
                if back is not None:
                    mended[state.source_id] = back
        self._ledger.save(mended.values())
        self._others = states | mended

    # ------------------------------------------------------------ sources

    def reload(self, sources: Iterable[Source], now: datetime) -> Changes:
        """Watch these sources from now on; those that stay as they are notice nothing.

        A rhythm that was changed counts from now on, and a source that was removed
        owes nothing from now on.
        """
        wanted = {source.id: source for source in sources}
        known = self._others | {w.source.id: w.state for w in self}
        planned = {name for name, state in known.items() if state.rhythm}
        removed = tuple(
            name for name in known if name in planned and name not in wanted
        )
        added = tuple(name for name in wanted if name not in planned)
        edited = []
        self._ledger.save([self._removed(known[name], now) for name in removed])
        states: dict[str, SourceState] = {}
        for name, source in wanted.items():
            watched = self._watched.get(name)
            if name not in planned:
                states[name] = planning.first_state(
                    source, now, new=len(added), known=known.get(name)
                )
            elif watched is None or watched.source != source:
                states[name] = self._changed(source, known[name], now)
                edited += [name] if watched is not None else []
        self._ledger.save(s for name, s in states.items() if s is not known.get(name))
        for name, state in states.items():
            self._take_up(wanted[name], state)
        return Changes(added=added, removed=removed, edited=tuple(edited))

    def _take_up(self, source: Source, state: SourceState) -> None:
        self._others.pop(source.id, None)
        before = self._watched.get(source.id)
        self._watched[source.id] = Watched(
            source=source,
            state=state,
            next_at=planning.next_at(source.rhythm, state),
            recheck_after=before.recheck_after if before else None,
        )

    def _changed(
        self, source: Source, state: SourceState, now: datetime
    ) -> SourceState:
        """Give the state of a known source under its description of now."""
        old = _rhythm(state)
        if old == source.rhythm:
            return state
        due = planning.owed(old, state, now)
        if due is not None:
            watched = self._watched.get(source.id)
            why = planning.why_not(
                due.first,
                running_since=self.running_since,
                waited=watched.waited if watched else "",
            )
            why += "; then the rhythm was changed"
            row = planning.row(due, TickOutcome.MISSED, why)
            state = self._ledger.enter(state, row) or state
        return planning.changed_state(source, state, now, was_owed=due is not None)

    def _removed(self, state: SourceState, now: datetime) -> SourceState:
        due = planning.owed(_rhythm(state), state, now)
        if due is not None:
            row = planning.row(due, TickOutcome.SKIPPED, REMOVED)
            state = self._ledger.enter(state, row) or state
        self._watched.pop(state.source_id, None)
        state = replace(state, rhythm="", rhythm_since=now)
        self._others[state.source_id] = state
        return state

    # ------------------------------------------------------------ ticks

    def give(
        self, watched: Watched, now: datetime, outcome: TickOutcome, reason: str
    ) -> None:
        """Give all that is owed of a source one outcome, without a run."""
        due = planning.owed(watched.source.rhythm, watched.state, now)
        if due is not None:
            row = planning.row(due, outcome, reason)
            state = self._ledger.enter(watched.state, row)
            if state is None:
                self.refresh(watched)
            else:
                watched.know(state)

    def refresh(self, watched: Watched) -> None:
        """Learn anew how far a source is: somebody else has moved it."""
        _log.warning("%s: another process enters its ticks", watched.source.id)
        watched.know(self._ledger.state(watched.source.id) or watched.state)

    def set_back(self, watched: Watched, now: datetime) -> None:
        """Notice that the clock was set back."""
        state = planning.set_back(watched.source.rhythm, watched.state, now)
        if state is not None:
            self._ledger.save([state])
            watched.know(state)
        if watched.recheck_after is not None:
            watched.recheck_after = now


def _rhythm(state: SourceState) -> Rhythm:
    try:
        return planning.read_rhythm(state.rhythm)
    except ValueError as error:
        raise CollectionError(
            f"the ledger has no rhythm of {state.source_id}: {state.rhythm!r}"
        ) from error
