"""What the page can have done: archive an address, find feeds, add a source [I/O].

Each is what a command does, and refuses what the command refuses: other schemes than
http and https, private addresses unless the server was told to allow them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from archive.errors import UsageError
from archive.model import Role, Seed, SeedKind
from archive.web.actions import Actions, Candidate, Job, JobState
from crawler.source_adding import append_source, chosen_toml
from crawler.web_jobs import JobQueue, with_event

_LONGEST: Final = 4096  # letters of an address
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_WHAT: Final[dict[str, str]] = {
    Role.ARTICLE: "page",
    Role.ROBOTS: "robots.txt",
    Role.REQUISITE: "needed by the page",
}
_NOT_IN_URLS: Final = re.compile(r"[\s\x00-\x1f\x7f]")


class WebActions(Actions):
    """Does what the page is asked for, into one collection."""

    def __init__(
        self, root: Path, *, sources: Path | None = None, allow_private: bool = False
    ) -> None:
        """Archive into the collection in `root`; add sources to the file `sources`."""
        self._root = root.absolute()
        self._sources = sources.absolute() if sources is not None else None
        self._allow_private = allow_private
        self._queue = JobQueue()
        self._adding = threading.Lock()

    @override
    def archive_url(self, url: str) -> str:
        url = checked_address(url)
        words = ["archive", url, "--requisites"]
        return self._queue.add(
            "archive", url, self._with_options(words), tell_archive, conclude_archive
        )

    @override
    def discover(self, url: str) -> str:
        url = checked_address(url)
        words = ["sources", "discover", url]
        return self._queue.add(
            "discover", url, self._with_options(words), tell_discover, conclude_discover
        )

    @override
    def job(self, job_id: str) -> Job:
        return self._queue.job(job_id)

    @override
    def jobs(self) -> list[Job]:
        return self._queue.jobs()

    @property
    @override
    def sources_file(self) -> Path | None:
        return self._sources

    @override
    def add_source(self, toml: str) -> str:
        path = self._insist_on_file()
        with self._adding:
            added = append_source(path, toml, allow_private=self._allow_private)
        return added.id

    @override
    def add_found(self, job_id: str, name: str, seeds: Sequence[str]) -> str:
        path = self._insist_on_file()
        job = self.job(job_id)
        if job.suggestion is None:
            raise UsageError(f"the search at {job.url} has found nothing to watch")
        chosen = [
            Seed(url=one.url, kind=SeedKind(one.kind))
            for one in job.candidates
            if one.url in seeds
        ]
        with self._adding:
            toml = chosen_toml(job.suggestion, name, chosen, path=path)
            added = append_source(path, toml, allow_private=self._allow_private)
        return added.id

    @override
    def close(self) -> None:
        self._queue.close()

    def _with_options(self, words: list[str]) -> list[str]:
        private = ["--allow-private"] * self._allow_private
        return [*words, "--json", "--collection", str(self._root), *private]

    def _insist_on_file(self) -> Path:
        if self._sources is None:
            raise UsageError(
                "no file of sources was named: start the page with "
                "`dateline serve --sources FILE`"
            )
        return self._sources


def checked_address(text: str) -> str:
    """Give an address that can be asked for, without fragment. Raises UsageError."""
    url = text.strip().partition("#")[0]
    if "://" not in url and re.fullmatch(r"[^\s/:@]+\.[^\s/:@]+(?:/\S*)?", url):
        url = f"https://{url}"  # as people copy it
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    shown = text.strip()[:200]
    if parts.scheme not in ("http", "https") or not host or _NOT_IN_URLS.search(url):
        raise UsageError(
            f"{shown!r} is no address: begin it with http:// or https://, as "
            "https://example.org/news/1"
        )
    if parts.username or parts.password:
        raise UsageError("an address with a password in it is not archived")
    if len(url) > _LONGEST:
        raise UsageError(f"the address is longer than {_LONGEST} letters")
    return url


# ---------------------------------------------------------------- archive


def tell_archive(job: Job, row: Mapping[str, Any]) -> Job:
    """Take what `dateline archive --json` said into a job. Pure but for the clock."""
    match row.get("event"):
        case "capture":
            url, status = str(row["url"]), int(row["status"])
            words = "the same as before" if row.get("revisit") else "captured"
            what = _WHAT.get(str(row.get("role")), "answer")
            job = with_event(job, f"{what}: {words}", url=url, status=status)
            if row.get("role") != Role.ARTICLE or status in _REDIRECTS:
                return job
            problem = f"the page answered with status {status}" if status >= 400 else ""
            return replace(job, record_id=str(row["record_id"]), sentence=problem)
        case "miss":
            sentence = f"not fetched: {row['outcome']}, {row['detail']}"
            return with_event(job, sentence, url=str(row["url"]))
    return job


def conclude_archive(job: Job, code: int, said: str) -> Job:
    """Say what came of archiving an address."""
    captured = sum(event.status is not None for event in job.events)
    missed = len(job.events) - captured
    answers = f"{captured} {'answer' if captured == 1 else 'answers'} captured"
    if job.record_id is None:
        reason = next((e.sentence for e in job.events if e.status is None), None)
        sentence = reason or _complaint(said) or f"it ended with code {code}"
        return replace(job, state=JobState.FAILED, sentence=sentence)
    if code in (0, 1):
        rest = f", {missed} not" if missed else ""
        sentence = "; ".join(filter(None, (job.sentence, f"{answers}{rest}")))
        return replace(job, state=JobState.DONE, sentence=sentence)
    sentence = f"{answers}, then: {_complaint(said) or f'code {code}'}"
    return replace(job, state=JobState.FAILED, sentence=sentence)


# ---------------------------------------------------------------- discover


def tell_discover(job: Job, row: Mapping[str, Any]) -> Job:
    """Take what `dateline sources discover --json` said into a job."""
    match row.get("event"):
        case "candidate":
            sentence = _holds(row)
            job = with_event(job, sentence, url=str(row["url"]))
            if row["kind"] is None or not (row["addresses"] or row["sitemaps"]):
                return job
            candidate = Candidate(
                url=str(row["url"]),
                kind=str(row["kind"]),
                sentence=sentence,
                is_suggested=False,
            )
            return replace(job, candidates=(*job.candidates, candidate))
        case "left-out":
            return with_event(job, f"not asked, {row['reason']}", url=str(row["url"]))
        case "source":
            return _with_source(job, row)
    return job


def conclude_discover(job: Job, code: int, said: str) -> Job:
    """Say what came of a search."""
    if job.suggestion is not None:
        count = sum(one.is_suggested for one in job.candidates)
        found = f"{count} {'address' if count == 1 else 'addresses'} worth watching"
        return replace(job, state=JobState.DONE, sentence=found)
    reason = next((event.sentence for event in job.events), None)
    sentence = reason or _complaint(said) or "nothing was found that could be watched"
    return replace(job, state=JobState.FAILED, sentence=f"{sentence} (code {code})")


def _holds(row: Mapping[str, Any]) -> str:
    """Say what a candidate is, and how much it names."""
    kind, problem = row["kind"], row["problem"]
    if kind is None:
        return str(problem or "nothing that could be watched")
    if row["sitemaps"]:
        words = f"sitemap index, {row['sitemaps']} sitemaps"
    else:
        count = int(row["addresses"])
        words = f"{kind}, {count} {'address' if count == 1 else 'addresses'}"
    return f"{words} ({problem})" if problem else words


def _with_source(job: Job, row: Mapping[str, Any]) -> Job:
    """Mark the candidates that are seeds of the suggestion; add the page itself."""
    seeds = {str(seed["url"]) for seed in row["seeds"]}
    candidates = {one.url: one for one in job.candidates}
    if row["page"] is not None and row["page"] not in candidates:
        count = int(row["page_articles"])
        links = "1 link that looks" if count == 1 else f"{count} links that look"
        candidates[row["page"]] = Candidate(
            url=str(row["page"]),
            kind=SeedKind.FRONT,
            sentence=f"the page itself, {links} like articles",
            is_suggested=False,
        )
    return replace(
        job,
        suggestion=str(row["toml"]),
        name=str(row["name"]),
        candidates=tuple(
            replace(one, is_suggested=one.url in seeds) for one in candidates.values()
        ),
    )


def _complaint(said: str) -> str:
    """Give the last words of a command, without its name."""
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("dateline: ") if lines else ""
