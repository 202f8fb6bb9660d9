"""A flag is raised once, ended once, and told of both times."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from archive.watch.flags import Flags, Outbox

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_flag_is_raised_once_and_told_of_once(database):
    flags = Flags(database)
    raised, ended = flags.settle("paper", {"silent": "nothing new"}, NOW)
    assert [(flag.code, flag.sentence) for flag in raised] == [
        ("silent", "nothing new")
    ]
    assert not ended
    later = NOW + timedelta(hours=1)
    assert flags.settle("paper", {"silent": "still nothing"}, later) == ([], [])
    assert flags.settle("other", {}, later) == ([], [])
    assert [flag.since for flag in flags.standing()] == [NOW]
    (notice,) = Outbox(database).waiting(later)
    assert json.loads(notice.body) == {
        "type": "flag.raised",
        "source": "paper",
        "code": "silent",
        "sentence": "nothing new",
        "since": "2026-11-22T12:00:00.000000Z",
    }


def test_a_flag_ends_and_may_be_raised_again(database):
    flags = Flags(database)
    flags.settle("paper", {"silent": "a", "errors": "b"}, NOW)
    _, ended = flags.settle("paper", {"errors": "b"}, NOW)
    assert [flag.code for flag in ended] == ["silent"]
    flags.settle("paper", {"silent": "c", "errors": "b"}, NOW)
    assert {flag.sentence for flag in flags.standing()} == {"b", "c"}
    types = [json.loads(n.body)["type"] for n in Outbox(database).waiting(NOW)]
    assert sorted(types) == ["flag.ended", *["flag.raised"] * 3]


def test_a_notice_waits_until_it_is_settled(database):
    outbox = Outbox(database)
    outbox.enter({"type": "run.failed", "source": "paper"}, NOW)
    assert not outbox.waiting(NOW - timedelta(seconds=1))
    (notice,) = outbox.waiting(NOW)
    outbox.settle(notice, "refused", NOW + timedelta(minutes=1))
    assert not outbox.waiting(NOW)
    (again,) = outbox.waiting(NOW + timedelta(minutes=1))
    assert (again.id, again.attempts) == (notice.id, 1)
    outbox.settle(again, "sent", None)
    assert not outbox.waiting(NOW + timedelta(days=30))
