"""The agencies and papers that a text names as its sources. Pure.

A name alone is none: texts speak of papers as of anything else. So a word that tells
must stand beside it: "told Reuters", "Reuters reported", "laut dpa", "به گزارش ایرنا".
Names nobody listed are taken where the text says what they are: "al-Watan daily".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pipelines.fields.agencies import find_source, forms_in_text, is_ambiguous

_MOST_CHARACTERS: Final = 60_000  # of a text; the sources of longer ones stand before
_AROUND: Final = 60  # characters before and after a name that are looked at
_MOST_PLACES: Final = 60  # of one word
_MOST_SOURCES: Final = 40

_LISTS: Final[dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("quoted_words.toml").read_text(encoding="utf-8")
)
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKS: Final = ".,:;!?()[]\"'“”„«»‘’‹›-–—/&،؛؟।"  # that stand beside words
_ARABIC: Final = re.compile(r"[\u0621-\u064a]")
_ARABIC_PREFIXES: Final = "لوب"  # "to", "and", "by", written together with the name


def _any_of(*titles: str) -> str:
    words = {word for title in titles for word in _LISTS[title]}
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


_ARTICLES: Final = rf"(?:(?:{_any_of('articles')})\s?){{0,2}}"
_KINDS: Final = rf"(?:(?:{_any_of('kinds_before')})\s){{0,1}}"
_OPENED: Final = r"[\s\"“„«'‘]{0,3}"
_CLOSED: Final = r"[\"”“»'’]?"
_TOLD: Final = rf"(?<!\w)(?:{_any_of('told')})"
# Directly before a name …
_TOLD_CLOSELY: Final = re.compile(
    rf"(?:{_TOLD}\s?{_ARTICLES}{_KINDS}|(?:{_any_of('told_dense')})){_OPENED}$",
    re.IGNORECASE,
)
_OF_A_KIND: Final = re.compile(
    rf"(?<!\w)(?:{_any_of('kinds_before')})\s{_OPENED}$", re.IGNORECASE
)
# … and with other words between, which no sentence ends in.
_TOLD_LOOSELY: Final = re.compile(
    rf"{_TOLD}(?:\s[\w'’.-]{{1,20}}){{0,4}}{_OPENED}$", re.IGNORECASE
)
_TELLS: Final = re.compile(
    rf"{_CLOSED}(?:[\s,]{{1,2}}(?:{_any_of('between')})){{0,3}}\s"
    rf"(?:{_any_of('tells')})(?!\w)"
    rf"|.?\s?(?:{_any_of('tells_dense')})",
    re.IGNORECASE,
)
_CAPITALISED: Final = r"(?:[Aa]l-|[Aa]s-|[Aa]n-)?[A-ZÀ-Þ][\w’'-]{1,20}"
# As "al-Watan daily" and "the Lebanese al-Safir newspaper".
_NAMED_AFTER: Final = re.compile(
    rf"(?<![\w-])(?P<name>{_CAPITALISED}(?:\s{_CAPITALISED}){{0,3}})\s$"
)
_KIND_AFTER: Final = re.compile(rf"\s(?:{_any_of('kinds_after')})(?!\w)")
# As "газета «Вести»" and "die Zeitung „Der Bote“".
_NAMED_BEFORE: Final = re.compile(
    rf"(?:{_any_of('kinds_before')})\s[\"“„«](?P<name>[^\"“”„«»\n]{{2,40}})[\"”“»]",
    re.IGNORECASE,
)
_ADJECTIVE: Final = re.compile(r"[A-Z]\w+(?:ese|ian|ish|[^aeiou]ch|i|ean|can|ani)")
_NO_NAMES: Final = frozenset(_LISTS["no_names"])
_A_NAME: Final = re.compile(r"\s[A-ZÀ-ÞА-Я]")  # after a name that may be a first name
# "NBC-Kommentator" is somebody, "dpa-Informationen" are the agency's.
_COMPOUND: Final = re.compile(r"-(?!Bericht|Angaben|Information|Meldung|Recherche)\w")


def _spaced(text: str) -> str:
    """Put spaces for marks, several times faster than an expression does."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return text


def _by_first_word(forms: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for form in forms:
        if not _DENSE.search(form):
            found.setdefault(_spaced(form).split()[0], []).append(form)
    return found


# Texts are looked through by first words: an alternation of all names is slow.
_FORMS: Final = _by_first_word(forms_in_text())
_KINDS_AFTER: Final = frozenset(_by_first_word(_LISTS["kinds_after"]))
_KINDS_BEFORE: Final = frozenset(
    spelling
    for word in _by_first_word(_LISTS["kinds_before"])
    for spelling in (word, word.capitalize())
)
_DENSE_FORMS: Final = tuple(form for form in forms_in_text() if _DENSE.search(form))


def quoted_sources(text: str, language: str | None) -> tuple[str, ...]:
    """Give the sources that a text names, as it writes them, each once, in order.

    Words of all languages are looked for: a text may quote in another one than its
    own, so `language` only spares the scripts it can't be in.
    """
    text = text[:_MOST_CHARACTERS]
    words = frozenset(_spaced(text).split())
    found = [*_known(text, words, language), *_named(text, words)]
    names: dict[str, str] = {}
    taken = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            name = text[start:end]
            names.setdefault(find_source(name) or name.casefold(), name)
            taken = end
    return tuple(names.values())[:_MOST_SOURCES]


def _known(
    text: str, words: frozenset[str], language: str | None
) -> Iterator[tuple[int, int]]:
    """Give where listed names stand beside a word that tells."""
    for start, end in _mentions(text, words, language):
        before = text[max(0, start - _AROUND) : start]
        after = text[end : end + _AROUND]
        if _COMPOUND.match(after) is not None:
            continue
        is_closely = _TOLD_CLOSELY.search(before) is not None
        if is_ambiguous(text[start:end]):
            is_told = is_closely and _A_NAME.match(after) is None
            is_source = is_told or (
                _OF_A_KIND.search(before) is not None
                or (_KIND_AFTER.match(after) is not None and _tells(before, after))
            )
        else:
            is_source = is_closely or _tells(before, after)
        if is_source:
            yield start, end


def _tells(before: str, after: str) -> bool:
    return (
        _TELLS.match(after) is not None
        or _TOLD_LOOSELY.search(before.rpartition("\n")[2]) is not None
    )


def _mentions(
    text: str, words: frozenset[str], language: str | None
) -> Iterator[tuple[int, int]]:
    """Give where listed names stand in a text, the longest at each place."""
    if _ARABIC.search(text):
        words |= {word[1:] for word in words if word[0] in _ARABIC_PREFIXES}
    for word in sorted(_FORMS.keys() & words):
        for start in _places(word, text):
            if start and text[start - 1].isalnum() and not _is_prefixed(text, start):
                continue
            for form in _FORMS[word]:
                end = start + len(form)
                if text.startswith(form, start) and not text[end : end + 1].isalnum():
                    yield start, end
                    break
    if language is None or _DENSE.search(text):
        for form in _DENSE_FORMS:
            for start in _places(form, text):
                yield start, start + len(form)


def _places(wanted: str, text: str) -> Iterator[int]:
    start = text.find(wanted)
    for _ in range(_MOST_PLACES):
        if start < 0:
            return
        yield start
        start = text.find(wanted, start + len(wanted))


def _is_prefixed(text: str, start: int) -> bool:
    """Whether a name in Arabic script has a preposition before it in one word."""
    before = text[max(0, start - 2) : start]
    return before[-1:] in _ARABIC_PREFIXES and not before[:-1].isalnum()


def _named(text: str, words: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Give where names stand that the text itself calls a paper or an agency."""
    for word in sorted(words & _KINDS_AFTER):
        for start in _places(word, text):
            yield from _named_after(text, start)
    for word in sorted(words & _KINDS_BEFORE):
        for start in _places(word, text):
            yield from _named_before(text, start)


def _named_after(text: str, kind: int) -> Iterator[tuple[int, int]]:
    closed = _KIND_AFTER.match(text, kind - 1) if kind else None
    named = _NAMED_AFTER.search(text[max(0, kind - _AROUND) : kind])
    if closed is None or named is None:
        return
    end = kind - 1
    start = end - len(named["name"]) + _adjectives(named["name"])
    before = text[max(0, start - _AROUND) : start]
    after = text[closed.end() : closed.end() + _AROUND]
    if start < end and _tells(before, after):
        yield start, end


def _named_before(text: str, kind: int) -> Iterator[tuple[int, int]]:
    named = _NAMED_BEFORE.match(text, kind)
    if named is not None and not text[max(0, kind - 1) : kind].isalnum():
        before = text[max(0, kind - _AROUND) : kind]
        after = text[named.end() : named.end() + _AROUND]
        if _tells(before, after):
            yield named.span("name")


def _adjectives(name: str) -> int:
    """Count the characters before the name itself: "The Lebanese al-Safir"."""
    skipped = 0
    words = name.split(" ")
    for number, word in enumerate(words):
        is_last = number == len(words) - 1
        is_told = _ADJECTIVE.fullmatch(word) is not None and not is_last
        if not is_told and word.casefold() not in _NO_NAMES:
            break
        skipped += len(word) + 1
    return min(skipped, len(name))
