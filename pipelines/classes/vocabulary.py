"""What short texts are made of, whatever their wording. Pure.

"Sorry, we looked everywhere" is no phrase that a list can hold, but what such notices
are made of is: they speak to the reader, and of pages, servers, robots, subscriptions.
News does one or the other, seldom both, and not with every third word. The terms are
those of one language at a time: what means "you" in one is a syllable in another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipelines.classes.wording import fold, is_parted, read_wording, weight

# In this order: of two topics with as many terms, the first is it.
TOPICS: Final = ("absence", "failure", "check", "consent", "offer")
_READER: Final = "reader"
_ANY: Final = "any"  # terms of all languages
_WHOLE: Final = 3  # letters; shorter terms are whole words
_LETTERS_A_WORD: Final = 6  # of a text by weight: where words are not parted

Terms = dict[str, frozenset[str]]  # by topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a short text is made of."""

    topic: str  # that most of its terms are of
    terms: int  # different terms of that topic
    to_reader: int  # different words that speak to the reader
    share: float  # terms of all topics and words to the reader, in a hundred words


def read_notice(text: str) -> Notice | None:
    """Say what a text is made of; None if it has none of the terms."""
    folded = f"{fold(text)} "
    words = max(len(text.split()), weight(text) // _LETTERS_A_WORD, 1)
    said = frozenset(term for term in _TERMS if term in folded)
    notices = (_in_language(terms, said, words) for terms in _BY_LANGUAGE)
    return max(
        (notice for notice in notices if notice.terms),
        key=lambda notice: notice.share,
        default=None,
    )


def _in_language(terms: Terms, said: frozenset[str], words: int) -> Notice:
    found = {topic: _outermost(group & said) for topic, group in terms.items()}
    topic = max(TOPICS, key=lambda name: len(found[name]))
    return Notice(
        topic=topic,
        terms=len(found[topic]),
        to_reader=len(found[_READER]),
        share=100 * len(frozenset().union(*found.values())) / words,
    )


def _outermost(said: frozenset[str]) -> frozenset[str]:
    """Leave out the terms that are part of another one."""
    return frozenset(
        term
        for term in said
        if not any(term != other and term in other for other in said)
    )


def _sought(term: str) -> str:
    folded = fold(term)
    if not is_parted(folded):
        return folded.lstrip()
    return folded if len(folded) > _WHOLE + 1 else f"{folded} "


def _read() -> tuple[Terms, ...]:
    groups = {
        topic: read_wording(f"notice-{topic}").by_language
        for topic in (*TOPICS, _READER)
    }
    languages = {name for group in groups.values() for name in group} - {_ANY}
    return tuple(
        {
            topic: frozenset(
                map(_sought, (*group.get(_ANY, ()), *group.get(language, ())))
            )
            for topic, group in groups.items()
        }
        for language in sorted(languages)
    )


_BY_LANGUAGE: Final = _read()
_TERMS: Final = frozenset().union(
    *(group for terms in _BY_LANGUAGE for group in terms.values())
)
