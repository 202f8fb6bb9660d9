"""The language a text is written in, found in the text itself. Pure.

What a page declares is often its template's: English on Zulu, Xhosa, Swahili and German
pages. It is believed only where the text is too short to tell.
"""

from __future__ import annotations

import re
from typing import Final

import pycld2  # type: ignore[import-untyped]  # it ships no types

from archive.model import Claim
from pipelines.fields.reading import Reading, mark

FIELD: Final = "language"
_BEGINNING: Final = 2000  # characters from the beginning, and as many from
_MIDDLE: Final = 1000  # the middle, for texts that begin in another language
_SHORT: Final = 60  # letters; below it a text is too short to tell
_UNSPACED_WEIGHT: Final = 3  # letters of others that one of these is worth
# CLD2 takes none of them: controls, surrogates, non-characters.
_REFUSED: Final = re.compile(
    "[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U0001fffe-\U0001ffff]"
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_UNSPACED: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_SUBTAG: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?", re.DOTALL)
# Codes of CLD2 that the IANA registry of BCP 47 has others for.
_REGISTERED: Final = {
    "blu": "hmn",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
}
# No language, a script alone, or a joke of its authors.
_NO_LANGUAGE: Final = ("tlh", "un", "und", "xx", "xxx", "zzb", "zze", "zzh", "zzp")
# CLD2 knows Kurdish in Arabic letters only. These words are frequent in Kurmanji, and
# no other language that is written in Latin letters has even three of them.
_KURMANJI: Final = frozenset({"û", "jî", "xwe", "ji", "dê", "yê", "bû", "ku", "li"})
_KURMANJI_OWN: Final = frozenset({"û", "jî", "xwe", "dê", "yê", "bû"})
_KURMANJI_SHARE: Final = 0.06
_WORD: Final = re.compile(r"[^\W\d_]+")


def identify_language(text: str, declared: str | None) -> Reading[str | None]:
    """Name the language of a text by its primary subtag (BCP 47): "fa", "zh", "zu".

    `declared` is what the page says of itself (HTML, 3.2.6.2); it decides where the
    text is short, and is kept as a claim else.
    """
    sample = _REFUSED.sub(" ", _sampled(text))
    found, is_reliable = _found(sample)
    stated = _primary(declared)
    claims = []
    from_text = Claim(field=FIELD, value=found or "", origin="text")
    if found:
        claims.append(from_text)
    from_page = Claim(field=FIELD, value=declared or "", origin="html:lang")
    if declared:
        claims.append(from_page)
    if stated and (found is None or not is_reliable or _weight(sample) < _SHORT):
        return Reading(value=stated, claims=mark(claims, from_page))
    return Reading(value=found, claims=mark(claims, from_text))


def _sampled(text: str) -> str:
    if len(text) <= _BEGINNING + _MIDDLE:
        return text
    middle = max(_BEGINNING, len(text) // 2)
    return f"{text[:_BEGINNING]}\n{text[middle : middle + _MIDDLE]}"


def _found(sample: str) -> tuple[str | None, bool]:
    """Give the language CLD2 finds most text of, and whether it is sure."""
    try:
        is_reliable, _, languages = pycld2.detect(
            sample, isPlainText=True, bestEffort=True
        )
    except pycld2.error:  # it takes even less than we know of: nothing is found
        return None, False
    code = _primary(languages[0][1])
    if code == "ku" and _ARABIC.search(sample):
        return "ckb", bool(is_reliable)  # what it has of Kurdish is Sorani
    if code is not None and _is_kurmanji(sample):
        return "ku", True
    return code, bool(is_reliable) and code is not None


def _primary(tag: str | None) -> str | None:
    """Give the primary subtag of a tag, in the form that is registered."""
    match = _SUBTAG.fullmatch((tag or "").strip())
    if match is None:
        return None
    code = match[1].lower()
    return None if code in _NO_LANGUAGE else _REGISTERED.get(code, code)


def _is_kurmanji(sample: str) -> bool:
    if "û" not in sample:
        return False
    said = _WORD.findall(sample.lower())
    hits = [word for word in said if word in _KURMANJI]
    return len(_KURMANJI_OWN.intersection(hits)) > 2 and len(
        hits
    ) >= _KURMANJI_SHARE * len(said)


def _weight(sample: str) -> int:
    """Say how much a sample tells, in letters of scripts with few of them."""
    unspaced = len(_UNSPACED.findall(sample, 0, 400))
    letters = len(_LETTER.findall(sample, 0, 400))
    return letters + (_UNSPACED_WEIGHT - 1) * unspaced
