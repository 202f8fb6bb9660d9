"""From what stands in a byline to names: "By Ada Lovelace and Grace Hopper, Berlin".

Pure. The words are in `byline_words`. What isn't a name is dropped, never mended:
the claims keep what was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from pipelines.fields import byline_words as words
from pipelines.fields.agencies import is_agency

_LONGEST: Final = 1000  # characters of a byline that are looked at
_LONGEST_NAME: Final = 60
_MOST_WORDS: Final = 6
_MOST_NAMES: Final = 40


def _any_of(choices: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(choices), key=_longest))


def _longest(word: str) -> tuple[int, str]:
    return -len(word), word


_SPACE: Final = re.compile(r"[\s\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_ADDRESS: Final = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|(?<!\w)@\w+"
)
_BRACKETS: Final = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）|【[^【】]*】|<[^<>]*>"
)
_BY: Final = re.compile(
    rf"[\s,;|•·—–-]*(?:({_any_of(words.BY)})(?:\s*[:：/／=＝]\s*|\s+|$))", re.IGNORECASE
)
_STUCK_BY: Final = re.compile(
    r"(?:(?:本报|本報)?(?:记者|記者)|(?:作者|撰文|文)[:：/／])[:：/／\s]*(?=[^\W\d_])"
)
_OTHERWISE: Final = re.compile(
    rf"(?:^|(?<=[\s,;|•·—–-]))(?:{_any_of(words.OTHERWISE)})(?=[\s:：.]|$)",
    re.IGNORECASE,
)
_CUT: Final = re.compile(
    rf"(?:^|(?<=[\s,;|•·—–-]))(?:{_any_of(words.PLACED + words.OTHERWISE)})"
    r"(?=[\s:：.]|$)"
    r"|\d{1,4}[./:-]\d|\b\d{4}\b|\d+[年月日]|\d+\s*(?:min|hour|hora|Uhr|st|nd|rd|th)\b",
    re.IGNORECASE,
)
_HARD: Final = re.compile(r"\s*[;|•·\n\t／、؛→]\s*|\s+[–—-]\s+|\s/\s")
# Behind a comma: "dan" is one, "Dan" a name, and "with Le Monde" names no author.
_COMMA_AND: Final = _any_of(
    {word for word in words.AND if word not in words.WITH}
    | {word.upper() for word in words.AND if word not in {*words.WITH, "dan"}}
)
_SOFT: Final = re.compile(
    rf"\s*[,，،]\s*(?:(?-i:{_COMMA_AND})\s+)?|\s+(?:{_any_of(words.AND)})\s+",
    re.IGNORECASE,
)
_ENDS_OPEN: Final = re.compile(
    rf"(?:[,，،&/、]|(?:^|\s)(?:{_any_of(words.AND + words.AND_WITHIN)}))$",
    re.IGNORECASE,
)
_BEGINS_OPEN: Final = re.compile(
    rf"[,，،&/、]|(?:{_any_of(words.AND + words.AND_WITHIN)})(?:\s|$)", re.IGNORECASE
)
_CALLINGS: Final = frozenset(
    {"author", "autor", "autora", "auteur", "autore", "reporter"}
)
_GOES_ON: Final = re.compile(rf"(?:{_any_of(words.AND)})\s")
_NO_NAMES: Final = words.NOBODY | {
    *words.AND,
    *words.AND_WITHIN,
    *words.PLACED,
    *words.OTHERWISE,
    *words.BY,
}
_WITHIN: Final = re.compile(rf"\s+(?:[&+]|{_any_of(words.AND_WITHIN)})\s+")
_EDGES: Final = " \t\n.,;:|/•·–—-=＝：，、\"'“”„«»‘’*#_~"
_DOMAIN: Final = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,4}|news|media|online)", re.IGNORECASE
)
_DIGIT: Final = re.compile(r"\d")
_LONE_NUMBER: Final = re.compile(r"(?:^|\s)\d+(?:\s|$)|\d{3}")
_SHORTENED: Final = re.compile(r"(?:\W\w|[JS]r)\.$")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_HAN: Final = re.compile(r"[\u3400-\u9fff]{2,4}(?:\s[\u3400-\u9fff]{2,4})+")
_ASIAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS_ALONE: Final = re.compile(r"[^\W\d_]+")
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’.‌][^\W_]+)*")


@lru_cache(maxsize=512)  # a page says the same in several places
def names_in(raw: str, *, is_visible: bool = False) -> tuple[str, ...]:
    """Give the names in a byline, each once, in their order.

    Of what is visible on a page, all is dropped from the first word on that begins
    something else, such as a date.
    """
    said = _BRACKETS.sub(" ", _ADDRESS.sub(" ", raw[:_LONGEST]))
    lines = [
        line for part in said.split("\n") if (line := _SPACE.sub(" ", part).strip())
    ]
    names: list[str] = []
    for line in _joined(lines) if is_visible else lines:
        names += _shown_in(line) if is_visible else _stated_in(line)
        if names and is_visible:
            break
    return tuple(dict.fromkeys(names))[:_MOST_NAMES]


def _stated_in(line: str) -> Iterator[str]:
    for chunk in _HARD.split(without_by(line)):
        cut = _CUT.search(chunk)
        yield from _listed(chunk[: cut.start()] if cut else chunk)


def _shown_in(line: str) -> list[str]:
    """Give the names of a line that readers see, up to what begins something else.

    A date may stand before them: "19 December 2025 | Ada Lovelace".
    """
    names: list[str] = []
    is_dated = False
    for chunk in _HARD.split(without_by(line)):
        cut = _CUT.search(chunk)
        names += _listed(chunk[: cut.start()] if cut else chunk)
        if cut is not None:
            is_dated = not names and cut[0][0].isdigit()
            if not is_dated:
                break
    if _DIGIT.search(line):  # "Sat, 20 Dec" is no author, nor are its sections
        persons = list(map(is_person, names))
        return names if (all(persons) if is_dated else any(persons)) else []
    return names


def _joined(lines: Iterable[str]) -> list[str]:
    """Join the lines of a list of names whose "and" or comma ends or begins a line."""
    joined: list[str] = []
    for line in lines:
        if joined and (_ENDS_OPEN.search(joined[-1]) or _BEGINS_OPEN.match(line)):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined


def without_by(said: str) -> str:
    """Drop "By", "Von", "Автор:" and their kin from the beginning."""
    for _ in range(3):
        match = _BY.match(said)
        if match is None or not _is_by(match, said):
            break
        said = said[match.end() :]
    return _STUCK_BY.sub("", said, count=1) if _STUCK_BY.match(said) else said


def own_part(said: str) -> str:
    """Give what stands before editors, photographers and dates are named."""
    other = _OTHERWISE.search(said)
    return said[: other.start()] if other else said


def begins_with_by(said: str) -> bool:
    """Whether a text begins as a byline does."""
    return without_by(said) != said


def is_organisation(name: str) -> bool:
    """Whether a name is made as those of papers, desks and companies are."""
    parts = _LETTERS_ALONE.findall(name.casefold())
    return (
        any(part in words.ORGANISATIONS for part in parts)
        or any(part in name for part in words.STUCK_ORGANISATIONS)
        or _DOMAIN.fullmatch(name) is not None
    )


def is_person(name: str) -> bool:
    """Whether a name is made as those of people are, in two words or more."""
    if is_agency(name) or is_organisation(name):
        return False
    if _ASIAN.search(name):
        return len(name) >= 2
    parts = name.split()
    return len(parts) >= 2 and all(_is_name_word(part) for part in parts)


def key_of(name: str) -> str:
    """Give what two ways to write one name have in common."""
    return " ".join(_WORD.findall(name)).casefold()


def _is_by(match: re.Match[str], said: str) -> bool:
    """Whether words that may begin a name do not."""
    word = match[1]
    if word.casefold() in _CALLINGS and _GOES_ON.match(said, match.end()):
        return False  # "author and psychologist Ada Lovelace" is a sentence
    if word.casefold() not in words.AMBIGUOUS_BY or ":" in match[0]:
        return True
    return word.islower() or len(said[match.end() :].split()) >= 2


def _listed(chunk: str) -> Iterator[str]:
    """Split a chunk at commas and "and", and keep what are names."""
    if swapped := _swapped(chunk):
        yield swapped
        return
    cleaned = (_cleaned(part) for soft in _SOFT.split(chunk) for part in _halves(soft))
    names = [name for name in cleaned if name]
    is_one = len(names) > 1 and is_organisation(chunk)
    if is_one and not any(map(is_person, names)):
        names = [whole] if (whole := _cleaned(chunk)) else []
    # After a name of several words, one word is a place, a paper or a degree; after
    # one in small letters, one in capitals is a paper.
    is_list = bool(names) and (" " in names[0])
    for number, name in enumerate(names):
        is_told = number and (_is_role(name) or name.isupper() > names[0].isupper())
        for single in name.split() if _HAN.fullmatch(name) else (name,):
            is_name = number == 0 or not is_list or is_person(single)
            if is_agency(single) or (is_name and not is_told):
                yield single


def _halves(part: str) -> list[str]:
    """Split at an "and" that also stands within names, if both sides are names."""
    for match in _WITHIN.finditer(part):
        left, right = part[: match.start()], part[match.end() :]
        if len(left.split()) >= 2 and len(right.split()) >= 2:
            return [left, *_halves(right)]
    left, slash, right = part.partition("/")
    if slash and (" " in part.strip() or (is_agency(left) and is_agency(right))):
        return [left, *_halves(right)]
    return [part]


def _swapped(chunk: str) -> str | None:
    """Put "Lovelace, Ada" in order."""
    last, comma, first = chunk.partition(",")
    last, first = last.strip(_EDGES), first.strip()
    is_so = (
        comma
        and len(last.split()) == 1
        and 1 <= len(first.split()) <= 2
        and all(_is_name_word(part) for part in (last, *first.split()))
        and last[1:].islower()
        and not is_agency(first)
        and not is_organisation(f"{last} {first}")
        and not any(word.casefold() in words.ROLES for word in (last, *first.split()))
    )
    return f"{first} {last}" if is_so else None


def _cleaned(part: str) -> str | None:
    """Give a name without roles and marks around it; None if it is none."""
    bare = part.strip(_EDGES + "()[]")
    name = _without_roles(without_by(bare).strip(_EDGES))
    if not 2 <= len(name) <= _LONGEST_NAME or len(name.split()) > _MOST_WORDS:
        return None
    if not _LETTERS.search(name) or {name.casefold(), bare.casefold()} & _NO_NAMES:
        return None
    # "Jan 2" and "5 min" are no names, "News1" and "24 heures" may be
    if _LONE_NUMBER.search(name) and not is_organisation(name):
        return None
    is_short = _SHORTENED.search(part.rstrip()) is not None
    return f"{name}." if is_short and part.rstrip(" .").endswith(name) else name


def _without_roles(name: str) -> str:
    """Drop roles at both ends, unless hardly a name would be left."""
    for role in words.STUCK_ROLES:
        if name.endswith(role) and len(name) > len(role):
            name = name[: -len(role)].strip(_EDGES)
    # "스포츠조선=선수민": whom somebody writes for, and who it is
    name = name.rpartition("=")[2].strip(_EDGES)
    parts = name.split()
    while parts and _is_role(parts[-1]):
        parts.pop()
    # "Md" before a name is short for Muhammad, behind it an "MD" is a doctor.
    while len(parts) > 1 and _is_title(parts[0]) and parts[1] not in words.AND:
        parts.pop(0)
    rest = " ".join(parts)
    if len(parts) < 2 and not _ASIAN.search(rest):
        return name
    return rest.strip(_EDGES)


def _is_title(word: str) -> bool:
    return word.strip(".") != "Md" and _is_role(word)


def _is_role(name: str) -> bool:
    return all(word.strip(_EDGES).casefold() in words.ROLES for word in name.split())


def _is_name_word(word: str) -> bool:
    bare = word.strip(_EDGES)
    if not bare or any(character.isdigit() for character in bare):
        return False
    first = bare[0]
    return not first.islower() or bare.casefold() in words.PARTICLES
