"""Texts from word lists: no sense, but words, sentences and paragraphs.

A text is a function of (key, language, version). Every version holds a mark,
a word that stands in no other text, and differs in a paragraph besides.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from archive.digests import sha256_label

POOL: Final = 96  # paragraphs of a language


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language, as far as pages need it."""

    words: tuple[str, ...]
    joiner: str = " "
    stop: str = "."
    is_rtl: bool = False


_WORDS: Final = {
    "en": (
        "harbour council morning bridge teacher budget river market report "
        "weather railway voters minister garden hospital strike museum winter "
        "village fishing border letter evening court square engine summer north "
        "after before under between during without again nearly hardly because "
        "said opened closed agreed refused counted promised measured repaired "
        "the a of in on with for and"
    ),
    "ar": (
        "الميناء المجلس صباح جسر معلم ميزانية نهر سوق تقرير طقس قطار ناخبون "
        "وزير حديقة مستشفى إضراب متحف شتاء قرية حدود رسالة مساء محكمة ساحة "
        "قال فتح أغلق وافق رفض وعد أصلح بعد قبل تحت بين خلال من في على مع"
    ),
    "tr": (
        "liman belediye sabah köprü öğretmen bütçe ırmak pazar yağmur tren "
        "seçmen bakan bahçe hastane müze kış köy sınır mektup akşam mahkeme "
        "meydan dedi açtı kapattı reddetti söz verdi onardı sonra önce altında "
        "arasında boyunca için göre kadar"
    ),
    "el": (
        "λιμάνι συμβούλιο πρωί γέφυρα δάσκαλος ποτάμι αγορά έκθεση καιρός "
        "τρένο υπουργός κήπος νοσοκομείο απεργία μουσείο χειμώνας χωριό σύνορα "
        "γράμμα βράδυ δικαστήριο πλατεία είπε άνοιξε έκλεισε αρνήθηκε μετά πριν "
        "κάτω ανάμεσα και στο με για"
    ),
    "ru": (
        "порт совет утро мост учитель бюджет река рынок доклад погода поезд "
        "министр сад больница музей зима деревня граница письмо вечер суд "
        "площадь сказал открыл закрыл отказал обещал починил после перед под "
        "между без снова почти и в на с для"
    ),
    "zh": (
        "港口 议会 早晨 桥梁 老师 预算 河流 市场 报告 天气 火车 部长 花园 医院 "
        "博物馆 冬天 村庄 边界 信件 晚上 法院 广场 说 打开 关闭 同意 拒绝 之后 "
        "之前 下面 之间 再次 几乎 的 在 和 了"
    ),
}

TONGUES: Final[dict[str, Tongue]] = {
    code: Tongue(
        words=tuple(words.split()),
        joiner="" if code == "zh" else " ",
        stop="。" if code == "zh" else ".",
        is_rtl=code == "ar",
    )
    for code, words in _WORDS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One version of a story."""

    title: str
    mark: str  # a word that stands in this version alone
    paragraphs: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    @property
    def digest(self) -> str:
        """The digest of `plain`."""
        return sha256_label(self.plain.encode())


@lru_cache(maxsize=1024)
def text_of(key: str, language: str, version: int, length: int = 5) -> Text:
    """Write a version of a story of `length` paragraphs, at least two."""
    tongue = TONGUES[language]
    pool = _pool(language)
    lots = sha256(key.encode()).digest()
    mark = f"MK{lots.hex()[:14]}V{version}X"
    chosen = [pool[(lots[n % 32] + 7 * n) % POOL] for n in range(length)]
    title, chosen[1] = teaser_of(key, language, version)
    chosen[0] = tongue.joiner.join((chosen[0], mark)) + tongue.stop
    return Text(title=title, mark=mark, paragraphs=tuple(chosen))


def teaser_of(key: str, language: str, version: int) -> tuple[str, str]:
    """Give title and second paragraph, which changes with the version: quickly."""
    lot = zlib.crc32(key.encode())
    titles, pool = _titles(language), _pool(language)
    title = titles[lot % POOL] + TONGUES[language].joiner + titles[lot // POOL % POOL]
    return title, pool[(lot // POOL**2 + 11 * version) % POOL]


@lru_cache(maxsize=len(TONGUES))
def _titles(language: str) -> tuple[str, ...]:
    tongue = TONGUES[language]
    chance = random.Random(f"titles {language}")
    return tuple(
        tongue.joiner.join(chance.sample(tongue.words, 4)) for _ in range(POOL)
    )


@lru_cache(maxsize=len(TONGUES))
def _pool(language: str) -> tuple[str, ...]:
    tongue = TONGUES[language]
    chance = random.Random(f"paragraphs {language}")
    return tuple(
        " ".join(_sentence(tongue, chance) for _ in range(chance.randint(4, 6)))
        for _ in range(POOL)
    )


def _sentence(tongue: Tongue, chance: random.Random) -> str:
    words = chance.choices(tongue.words, k=chance.randint(9, 18))
    return tongue.joiner.join(words).capitalize() + tongue.stop
