"""Which of all that a page states is its headline. Pure.

In nearly all pages some place states the headline as it is; it is a question of
choosing. Each wording is a candidate, and so are the pieces of wordings that have a
site's or a section's name around them. What speaks for a candidate (who states it,
as a whole or in part, whether it is a heading) is added up by the weights below.
They were fitted to a corpus of pages (a conditional logit over the candidates of a
page, with folds of sites held apart), then rounded and evened out by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from archive.model import Claim
from pipelines.fields.sites import SiteNames
from pipelines.fields.title_headings import Heading
from pipelines.fields.title_labels import KICKER_NAMES
from pipelines.fields.title_neighbours import words_of_name
from pipelines.fields.title_words import (
    around_colons,
    key,
    likeness,
    pieces,
    runs,
    words,
)

WEIGHTS: Final = {
    # who states the wording, as a whole or with the site's name beside it
    "json-ld": 1.7,
    "og": 1.3,
    "name": 0.5,
    "other": 0.35,
    "hint": 0.8,
    "h1": 0.65,
    "h1-later": 0.45,
    "itemprop": 0.4,
    "h2": -0.25,
    "named": 0.5,  # the heading is called a title of an article
    "marginal": -0.5,  # the heading is hidden or stands in a margin
    "title": -0.4,  # <title> is written for search engines
    # who agrees
    "often": 0.1,  # two or more state it outside the headings
    "agreed": 1.2,  # a heading, and one outside the headings
    "heading-is-piece": 0.5,  # a heading, and a piece of one outside
    # what is stated in part
    "piece": 0.7,
    "part-of-heading": 0.15,
    # how many words it shares with what is stated elsewhere
    "like-json-ld": 1.0,
    "like-og": 1.1,
    "like-twitter": 0.1,
    "like-title": 0.35,
    "like-name": 0.1,
    "like-other": 0.15,
    "like-address": 0.8,
    # what speaks against it
    "uncut": -0.35,  # a name was cut off to make another candidate
    "holds-label": -0.45,
    "cut-short": -4.0,  # ends with an ellipsis, and another goes on
    "one-word": -0.3,
    "few-words": -0.45,
    "is-site": -3.0,
    "is-label": -2.0,
}
_STATEMENTS: Final = ("json-ld", "og", "twitter", "title", "other")
_HEADS: Final = ("h1", "h1-later", "itemprop")
_SORTS: Final = (
    ("meta:og:", "og"),
    ("meta:twitter:t", "twitter"),
    ("meta:", "other"),
    ("hint:", "hint"),
    ("itemprop:", "itemprop"),
    ("class:", "called"),
)
_MOST_PARTS: Final = 6
_TELLING: Final = 4  # words that are not said alike by chance; letters in Chinese
_TELLING_LENGTH: Final = 8  # letters
_ELLIPSES: Final = ("…", "...")
_ENOUGH: Final = 20  # characters in which a title cut short agrees with another


@dataclass(slots=True)
class Candidate:
    """A wording, and what speaks for and against it."""

    text: str
    claims: list[Claim] = field(default_factory=list)
    heading: Heading | None = None
    before: tuple[str, ...] = ()  # what was cut off in front of it
    evidence: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Give the sum of what speaks for it, rounded to be the same everywhere."""
        weighed = (
            WEIGHTS.get(name, 0.0) * amount for name, amount in self.evidence.items()
        )
        return round(sum(weighed), 6)

    def count(self, name: str, amount: float = 1.0) -> None:
        """Add evidence; of one sort the strongest counts."""
        self.evidence[name] = max(amount, self.evidence.get(name, 0.0))

    def holds(self, *names: str) -> int:
        """Tell how many of some sorts of evidence there are."""
        return sum(name in self.evidence for name in names)


class Pool:
    """All candidates of a page, by their words."""

    def __init__(self, names: SiteNames, labels: frozenset[str], slug: str) -> None:
        """Prepare a pool; `labels` are keys of sections' names."""
        self._names = names
        self._labels = labels
        self._slug = slug
        self._pool: dict[str, Candidate] = {}
        self._wordings: dict[str, str] = {}  # the first of each sort of statement
        self._has_h1 = False

    def state(self, claims: Iterable[Claim]) -> None:
        """Take in what is stated outside the headings."""
        for claim in claims:
            sort = _sort(claim.origin)
            bare, before = self._cut(claim.value)
            if self._add(bare, sort, claim, before=before):
                self._wordings.setdefault(sort, bare)
                self._note_uncut(claim.value, bare)
                for run in runs(bare):
                    self._add(run.text, "piece", claim, before=run.before)
                for run in around_colons(bare):
                    if run.before:
                        self._add(run.text, "after-colon", claim, before=run.before)

    def head(self, headings: Iterable[Heading]) -> None:
        """Take in headings, and the parts of them."""
        for heading in headings:
            sort = _sort(heading.origin)
            if sort == "h1":
                sort = "h1-later" if self._has_h1 else "h1"
                self._has_h1 = self._has_h1 or not heading.is_marginal
            claim = Claim(field="title", value=heading.text, origin=heading.origin)
            text, led = _without_kicker(heading)
            bare, before = self._cut(text)
            before = led + before
            whole = self._add(bare, sort, claim, heading, before)
            if whole is None:
                continue
            self._note_uncut(heading.text, bare)
            if heading.is_named:
                whole.count("named")
            if heading.is_marginal:
                whole.count("marginal")
            for text, cut in _part_runs(heading):
                self._add(text, "part-of-heading", claim, heading, cut)
            for run in runs(bare):
                self._add(run.text, "piece-of-heading", claim, heading, run.before)
            for run in around_colons(bare):
                if run.before:
                    self._add(run.text, "after-colon", claim, heading, run.before)

    def weighed(self) -> list[Candidate]:
        """Give the candidates, each compared with all that is stated."""
        for folded, candidate in self._pool.items():
            self._compare(folded, candidate)
        return list(self._pool.values())

    def _add(
        self,
        text: str,
        sort: str,
        claim: Claim,
        heading: Heading | None = None,
        before: tuple[str, ...] = (),
    ) -> Candidate | None:
        folded = key(text)
        if not folded:
            return None
        candidate = self._pool.setdefault(folded, Candidate(text))
        candidate.count(sort)
        candidate.claims.append(claim)
        candidate.heading = candidate.heading or heading
        candidate.before = candidate.before or before
        return candidate

    def _cut(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Cut names of the site and of sections off; give the rest, and what led."""
        best = text
        before: tuple[str, ...] = ()
        for run in runs(text):
            cut = run.before + run.after
            if len(run.text) < len(best) and all(map(self._is_label, cut)):
                best, before = run.text, run.before
        for run in around_colons(best):
            if all(map(self._names.equals, run.before + run.after)):
                return run.text, before
        return best, before

    def _note_uncut(self, text: str, bare: str) -> None:
        if text != bare:
            self._pool.setdefault(key(text), Candidate(text)).count("uncut")

    def _is_label(self, piece: str) -> bool:
        return key(piece) in self._labels or self._names.has(piece)

    def _compare(self, folded: str, candidate: Candidate) -> None:
        count = candidate.count
        for sort, wording in self._wordings.items():
            count(f"like-{sort}", likeness(candidate.text, wording))
        count("like-address", likeness(candidate.text, self._slug))
        statements = candidate.holds(*_STATEMENTS)
        if statements > 1:
            count("often")
        # Where the h1 is hidden, for search engines, an h2 is what readers see.
        # And what an h2 and a statement say alike is no heading of a box.
        several = len(words(candidate.text)) >= _TELLING
        is_told = statements and several and len(folded) >= _TELLING_LENGTH
        heads = (*_HEADS, "h2") if is_told or not self._has_h1 else _HEADS
        if candidate.holds(*heads) and not candidate.holds("marginal"):
            if statements:
                count("agreed")
            if candidate.holds("piece", "after-colon"):
                count("heading-is-piece")
        self._object(folded, candidate)

    def _object(self, folded: str, candidate: Candidate) -> None:
        """Count what speaks against a candidate."""
        count = candidate.count
        length = len(words(candidate.text))
        if length <= 3:
            count("one-word" if length == 1 else "few-words")
        if folded in self._labels:
            count("is-label")
        elif self._names.has(candidate.text):
            count("is-site")
        if any(self._is_label(piece) for piece in pieces(candidate.text)[1:]):
            count("holds-label")
        if candidate.text.endswith(_ELLIPSES) and len(folded) > _ENOUGH:
            others = (other for other in self._pool if other.startswith(folded[:-1]))
            if any(len(other) > len(folded) for other in others):
                count("cut-short")


def _sort(origin: str) -> str:
    """Tell the sort of a statement by where it stands."""
    if origin.startswith("json-ld"):
        return "json-ld" if origin.endswith(".headline") else "name"
    for beginning, sort in _SORTS:
        if origin.startswith(beginning):
            return sort
    return origin


def _without_kicker(heading: Heading) -> tuple[str, tuple[str, ...]]:
    """Give a heading without the parts before it that are called kickers, and them."""
    cut = 0
    for part in heading.parts[:-1]:
        if not words_of_name(part.name) & KICKER_NAMES:
            break
        cut += 1
    said = tuple(part.text for part in heading.parts)
    return (" ".join(said[cut:]), said[:cut]) if cut else (heading.text, ())


def _part_runs(heading: Heading) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give a heading without its first or last parts, with what was before it."""
    said = tuple(part.text for part in heading.parts[:_MOST_PARTS])
    for cut in range(1, len(said)):
        yield " ".join(said[cut:]), said[:cut]
        yield " ".join(said[:cut]), ()
    if said:
        # The whole as well: without it "Kicker<span>Headline" is one word.
        yield " ".join(said), ()
