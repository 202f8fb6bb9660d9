"""The caption of an image, and the credit apart. Pure."""

from __future__ import annotations

import re
from typing import Final

from pipelines.fields.title_headings import element_text
from pipelines.fields.title_neighbours import name_words
from pipelines.normalisation import line
from pipelines.parsed import Tree

_CREDITS: Final = frozenset(
    {
        "credit", "credits", "copyright", "copyrightholder", "photographer",
        "photocredit", "imagecredit", "fotocredit", "credittext", "attribution",
        "byline", "source", "quelle", "bildquelle", "bildnachweis", "fotograf",
        "fotografo", "creditline", "creditos", "credito", "rights", "agency",
        "author", "fonte", "fuente", "kredit",
    }
)  # fmt: skip
_CAPTIONS: Final = frozenset(
    {"caption", "figcaption", "captiontext", "bildunterschrift", "legend", "legende"}
)
# Words that a credit begins with, in the languages of the news.
CREDIT_WORDS: Final = (
    "photo", "photos", "photograph", "picture", "image", "images", "credit", "courtesy",
    "illustration", "graphic", "source", "photo credit", "photo by", "image credit",
    "foto", "fotos", "bild", "quelle", "grafik", "bildquelle", "beeld", "bron",
    "crédit", "crédits", "crédit photo", "photographie", "imagen", "crédito",
    "créditos",
    "fuente", "imagem", "divulgação", "fonte", "immagine", "kilde", "kuva", "zdjęcie",
    "źródło", "fot.", "фото", "источник", "изображение", "зображення", "джерело",
    "fotoğraf", "kaynak", "görsel", "صورة", "تصوير", "المصدر", "الصورة", "عکس", "تصویر",
    "منبع", "فوٹو", "तस्वीर", "फोटो", "स्रोत", "图", "图源", "图片", "图片来源",
    "来源", "摄影",
    "圖", "圖片", "圖片來源", "攝影", "写真", "写真提供", "画像", "提供", "撮影",
    "사진", "출처",
    "sumber", "dok", "φωτογραφία", "φωτό", "πηγή",
)  # fmt: skip
_WORDS: Final = "|".join(
    sorted(map(re.escape, CREDIT_WORDS), key=lambda word: (-len(word), word))
)
_CREDIT: Final = re.compile(
    rf"(?:^|(?<=[.!?…。）)\]|»”\"'\s/–—-]))[(\[（【]?(?:(?:{_WORDS})\s?[:：=/／]|©|\(c\)|\(C\)"
    r"|photo by |foto von |photograph by |(?:photo )?courtesy (?:of )?|credit[.…]{3})",
    re.IGNORECASE,
)
_LONGEST_CAPTION: Final = 1500
_LONGEST_CREDIT: Final = 150
_EDGES: Final = " |/–—-·•()[]（）【】"
_LEVELS: Final = 3


def caption_of(image: Tree) -> tuple[str | None, str | None]:
    """Give caption and credit of an <img>, from its figure or what is called so."""
    element = image.getparent()
    for _ in range(_LEVELS):
        if element is None or element.tag in {"body", "article", "main"}:
            break
        for holder in element.iter("figcaption", "div", "p", "span", "small", "dd"):
            if holder.tag == "figcaption" or name_words(holder) & _CAPTIONS:
                return read_caption(holder)
        if element.tag == "figure":
            break
        element = element.getparent()
    return None, None


def read_caption(holder: Tree) -> tuple[str | None, str | None]:
    """Read the element of a caption: what it says, and the credit in it."""
    said = element_text(holder)[:_LONGEST_CAPTION]
    for element in holder.iter(
        "span", "cite", "small", "div", "p", "em", "strong", "b"
    ):
        if element is not holder and name_words(element) & _CREDITS:
            credit = element_text(element)
            if 0 < len(credit) <= _LONGEST_CREDIT:
                rest = said.replace(credit, " ", 1)
                return line(rest.strip(_EDGES)), cleaned_credit(credit)
    return split_credit(said)


def split_credit(said: str) -> tuple[str | None, str | None]:
    """Split a caption from the credit at its end: "A bridge. Photo: A. Name/AP"."""
    for found in _CREDIT.finditer(said):
        credit = said[found.start() :]
        if len(credit) <= _LONGEST_CREDIT:
            return line(said[: found.start()].strip(_EDGES)), cleaned_credit(credit)
    return line(said.strip()), None


def cleaned_credit(said: str) -> str | None:
    """Take the word for "photo" or "credit" off a credit."""
    bare = said.strip(_EDGES)
    found = _CREDIT.match(bare)
    return line((bare[found.end() :] if found else bare).strip(_EDGES + ":：.=©"))
