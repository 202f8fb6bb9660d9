"""The lines of a text while it is cleaned, and the forms they are compared in. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Scripts that are written without spaces: every character is a word.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
_WORD: Final = re.compile(rf"\d+|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")
# Byte order marks, soft hyphens and the zero-width space say nothing in a text; the
# joiners (U+200C, U+200D) and the marks of direction do.
_SILENT: Final = re.compile("[\ufeff\u00ad\u200b\u2060]+")
_FOLDED: Final = str.maketrans(
    {
        # Turkish writes i with and without a dot; capitals of others lose the pair.
        "İ": "i",
        "ı": "i",
        # Greek capitals carry no accents.
        **dict(zip("άέήίόύώϊϋΐΰΆΈΉΊΌΎΏ", "αεηιουωιυιυΑΕΗΙΟΥΩ", strict=True)),
        "ё": "е",
        "Ё": "Е",
        # Arabic and Persian keyboards give different letters for the same ones.
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("يىئ", "ی"),
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "\u200c": " ",
        **dict.fromkeys(map(chr, (0x640, *range(0x64B, 0x653), 0x200E, 0x200F)), ""),
        "’": "'",
        "‘": "'",
        "：": ":",
        "\xa0": " ",
    }
)
_SENTENCE_ENDS: Final = (
    ".", "!", "?", "…", "。", "！", "？", "।", "۔", "؟", '."', ".”", ".«", ".»", "。」",
)  # fmt: skip
_MARKS: Final = "-–•*>| "
_HEAD: Final = 64  # characters in which a line says what it is
LONGEST_SHORT: Final = 400  # characters; a longer line is a paragraph


class Line:
    """One line of a text, and by which rule it is dropped, if it is."""

    __slots__ = ("_folded", "_head", "_words", "rule", "text")

    def __init__(self, text: str) -> None:
        """Take a line that is in form, see `in_form`."""
        self.text = text
        self.rule: str | None = None
        self._folded: str | None = None
        self._head: str | None = None
        self._words: tuple[str, ...] | None = None

    @property
    def folded(self) -> str:
        """The line as it is compared: see `fold`."""
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded

    @property
    def head(self) -> str:
        """The beginning of the folded line."""
        if self._head is None:
            self._head = fold(self.text[:_HEAD])
        return self._head

    @property
    def length(self) -> int:
        """About how many words it has, told without looking for them."""
        return max(self.text.count(" ") + 1, len(self.text) // 12)

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words, numbers among them."""
        if self._words is None:
            self._words = words(self.folded)
        return self._words

    @property
    def bare(self) -> str:
        """The line without the mark of a list item, or the bars of a table's cell."""
        return self.text.strip(_MARKS)

    @property
    def is_short(self) -> bool:
        """Whether it can be a label or a heading."""
        return len(self.text) <= LONGEST_SHORT

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as sentences do."""
        return self.text.endswith(_SENTENCE_ENDS)


def in_form(raw: str) -> str:
    """Bring a line into form: NFC, single spaces; nothing else is changed.

    Joiners and marks of direction stay, since words depend on them.
    """
    if not raw.isascii():
        raw = _SILENT.sub("", unicodedata.normalize("NFC", raw))
    return " ".join(raw.split())


def fold(text: str) -> str:
    """Make of a text what it is compared by: without case and kinds of spelling."""
    if text.isascii():
        return text.casefold()
    return text.translate(_FOLDED).casefold()


def words(folded: str) -> tuple[str, ...]:
    """Give the words and numbers of a folded text, without punctuation."""
    return tuple(_WORD.findall(folded))


def word_sets(texts: Iterable[str | None]) -> tuple[tuple[str, ...], ...]:
    """Give the words of some texts; those without any are left out."""
    found = (words(fold(text)) for text in texts if text)
    return tuple(dict.fromkeys(said for said in found if said))


def standing(lines: Iterable[Line]) -> list[Line]:
    """Give the lines that no rule has dropped yet."""
    return [line for line in lines if line.rule is None]
