"""What the page can have done: what is refused, how a job is told, that it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.errors import NotFound, UsageError
from archive.web.actions import Job, JobState
from crawler.web_actions import (
    WebActions,
    checked_address,
    conclude_archive,
    conclude_discover,
    tell_archive,
    tell_discover,
)
from crawler.web_jobs import JobQueue

JOB = Job(
    id="1",
    kind="archive",
    url="http://news.example/1",
    state=JobState.RUNNING,
    began_at=datetime(2026, 11, 22, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://news.example/a?b=c", "https://news.example/a?b=c"),
        (" https://news.example/a#part \n", "https://news.example/a"),
        ("news.example/a", "https://news.example/a"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(text, url):
    assert checked_address(text) == url


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/"),
        *("http://", "http://[", "http://a.example:port/", "--help", "-c", "data:,x"),
        *("http://a.example/a b", "http://a.example/\n--json", "http://u:p@a.example/"),
        "http://a.example/" + "a" * 5000,
    ],
)
def test_what_is_no_address_is_refused_in_words(text):
    with pytest.raises(UsageError) as refused:
        checked_address(text)
    assert len(str(refused.value)) < 400


# ---------------------------------------------------------------- what a job tells


def capture(url: str, status: int, role: str, record_id: str = "urn:uuid:1"):
    return {
        "event": "capture",
        "url": url,
        "status": status,
        "role": role,
        "record_id": record_id,
        "revisit": False,
    }


def told(rows, job: Job = JOB, tell=tell_archive) -> Job:
    for row in rows:
        job = tell(job, row)
    return job


def test_an_archived_page_is_led_to_behind_its_redirects():
    rows = [
        capture("http://news.example/robots.txt", 404, "robots"),
        capture("http://news.example/1", 301, "article", "urn:uuid:a"),
        capture("http://news.example/one", 200, "article", "urn:uuid:b"),
        capture("http://news.example/x.png", 404, "requisite", "urn:uuid:c"),
        {"event": "run", "run": "r", "source": "s", "counts": {}},
    ]
    job = conclude_archive(told(rows), 1, "")
    assert (job.state, job.record_id) == (JobState.DONE, "urn:uuid:b")
    assert job.sentence == "4 answers captured"
    assert [event.sentence for event in job.events][:2] == [
        "robots.txt: captured",
        "page: captured",
    ]


def test_an_error_of_the_server_is_told():
    job = conclude_archive(
        told([capture("http://news.example/1", 410, "article")]), 1, ""
    )
    assert job.sentence == "the page answered with status 410; 1 answer captured"


@pytest.mark.parametrize(
    ("rows", "code", "said", "sentence"),
    [
        (
            [
                {
                    "event": "miss",
                    "url": "u",
                    "outcome": "refused-address",
                    "detail": "127.0.0.1, which is loopback",
                }
            ],
            1,
            "",
            "not fetched: refused-address, 127.0.0.1, which is loopback",
        ),
        ([], 2, "noise\ndateline: the disk is full", "the disk is full"),
        ([], -9, "", "it ended with code -9"),
    ],
)
def test_what_failed_says_why(rows, code, said, sentence):
    job = conclude_archive(told(rows), code, said)
    assert (job.state, job.sentence, job.record_id) == (JobState.FAILED, sentence, None)


def test_what_was_captured_before_a_full_disk_is_still_led_to():
    job = told([capture("http://news.example/1", 200, "article")])
    job = conclude_archive(job, 1 + 1, "dateline: the disk is full")
    assert (job.state, job.record_id) == (JobState.FAILED, "urn:uuid:1")
    assert job.sentence == "1 answer captured, then: the disk is full"


def candidate(url: str, kind: str | None, addresses: int = 0, **more):
    return {
        "event": "candidate",
        "url": url,
        "kind": kind,
        "addresses": addresses,
        "sitemaps": 0,
        "problem": None,
        **more,
    }


def test_a_search_offers_what_it_found_and_the_page_itself():
    rows = [
        candidate("http://n.example/feed", "feed", 12),
        candidate("http://n.example/map", "sitemap", sitemaps=3),
        candidate("http://n.example/rss", None, problem="it answers with status 404"),
        {"event": "left-out", "url": "http://n.example/x", "reason": "enough is known"},
        {
            "event": "source",
            "toml": "[[source]]",
            "name": "News",
            "page_articles": 9,
            "page": "http://n.example/",
            "seeds": [{"url": "http://n.example/feed"}],
        },
    ]
    job = conclude_discover(told(rows, tell=tell_discover), 0, "")
    assert [(one.url, one.sentence, one.is_suggested) for one in job.candidates] == [
        ("http://n.example/feed", "feed, 12 addresses", True),
        ("http://n.example/map", "sitemap index, 3 sitemaps", False),
        (
            "http://n.example/",
            "the page itself, 9 links that look like articles",
            False,
        ),
    ]
    assert (job.state, job.sentence) == (JobState.DONE, "1 address worth watching")
    assert len(job.events) == 4


def test_a_search_that_found_nothing_says_why():
    rows = [candidate("http://n.example/", None, problem="refused-address: loopback")]
    job = conclude_discover(told(rows, tell=tell_discover), 1, "")
    assert (job.state, job.sentence) == (
        JobState.FAILED,
        "refused-address: loopback (code 1)",
    )


def test_a_job_lists_so_many_events_at_most():
    row = capture("http://news.example/x.png", 200, "requisite")
    assert len(told([row] * 2000).events) == 500


# ---------------------------------------------------------------- the queue


@pytest.fixture
def queue() -> Iterator[JobQueue]:
    made = JobQueue()
    yield made
    made.close()


def ended(queue: JobQueue, job_id: str) -> Job:
    limit = time.monotonic() + 50
    while queue.job(job_id).ended_at is None:
        assert time.monotonic() < limit
        time.sleep(0.02)
    return queue.job(job_id)


def concluded(job: Job, code: int, said: str) -> Job:
    return replace(job, state=JobState.DONE, sentence=f"{code} {said}")


def add(queue: JobQueue, url: str, *words: str) -> str:
    return queue.add("test", url, list(words), lambda job, _: job, concluded)


def test_of_one_host_there_is_one_job_at_a_time_and_few_in_all(queue):
    urls = [
        "http://a.example/1",
        "http://a.example/2",
        "http://b.example/",
        "http://c.example/",
    ]
    ids = [add(queue, url, "init", "--nonsense") for url in urls]
    states = [queue.job(job_id).state for job_id in ids]
    assert states == [
        JobState.RUNNING,
        JobState.WAITING,
        JobState.RUNNING,
        JobState.WAITING,
    ]
    jobs = [ended(queue, job_id) for job_id in ids]
    assert all(job.sentence.startswith("2 ") for job in jobs)  # bad usage
    assert "No such option" in jobs[0].sentence
    assert [job.id for job in queue.jobs()] == ids[::-1]


def test_so_many_wait_and_no_more(queue):
    for number in range(22):
        add(queue, "http://a.example/", "init", "--nonsense", str(number))
        if sum(job.state is JobState.WAITING for job in queue.jobs()) == 20:
            break
    with pytest.raises(UsageError, match="20 addresses are waiting already"):
        add(queue, "http://a.example/", "init", "--nonsense")


def test_what_is_unknown_is_not_found(queue):
    with pytest.raises(NotFound, match="jobs are forgotten"):
        queue.job("x")


def test_a_command_that_takes_too_long_is_ended(tmp_path):
    queue = JobQueue(time_limit_s=0.2)
    try:
        job = ended(
            queue, add(queue, "http://a.example/", "demo", "-c", str(tmp_path / "c"))
        )
    finally:
        queue.close()
    assert "it was ended after 0 minutes" in job.sentence


def test_what_runs_ends_with_the_page(tmp_path):
    queue = JobQueue()
    job_id = add(queue, "http://a.example/", "demo", "-c", str(tmp_path / "c"))
    queue.close()
    assert queue.job(job_id).ended_at is not None
    with pytest.raises(UsageError, match="being closed"):
        add(queue, "http://b.example/", "init")


def test_without_a_file_no_source_is_added(tmp_path):
    actions = WebActions(tmp_path)
    with pytest.raises(UsageError, match="dateline serve --sources FILE"):
        actions.add_source("[[source]]")
    actions.close()
