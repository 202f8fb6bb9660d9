"""Sources in many scripts, and what they write about; sentences made up for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOSTILE: Final = (
    "<script>alert(1)</script> & \N{RIGHT-TO-LEFT OVERRIDE}gnp.exe \x1b[31m\x00 "
    "{{ 7 * 7 }} =HYPERLINK(1)"
)


@dataclass(frozen=True)
class Paper:
    """A source, and what it writes about."""

    id: str
    language: str
    headlines: tuple[str, ...]
    sections: tuple[str, ...]
    each_day: int = 6
    fails: float = 0.02  # share of its runs
    quiet_days: int = 0  # at the end: nothing new
    is_watched: bool = True  # still


PAPERS: Final = (
    Paper(
        "harbour-courier",
        "en",
        (
            "Council weighs a night ferry to the outer islands",
            "Two bridges closed after the spring tide",
            "Fishing fleet returns with the best catch in ten years",
            "School meals to cost less from autumn",
            "Library opens on Sundays, at first for a year",
            "Tram line seven delayed again, this time by swans",
        ),
        ("Town", "Harbour", "Business"),
        9,
    ),
    Paper(
        "tagblatt-grauholm",
        "de",
        (
            "Leuchtturm bleibt im Winter unbeleuchtet",
            "Stadtrat stimmt über Schwimmbad ab",
            "Bäckerei-Genossenschaft sucht hundert Mitglieder",
            "Bahnstrecke nach Südhalvorn wieder frei",
        ),
        ("Lokales", "Wirtschaft"),
        6,
        0.1,
    ),
    Paper(
        "al-marsa",
        "ar",
        (
            "المرفأ يستقبل أول سفينة شحن تعمل بالرياح",
            "مدرسة مسائية جديدة لعمال الميناء",
            "مجلس المدينة يناقش ميزانية العام المقبل",
        ),
        ("أخبار", "مجتمع"),
        4,
    ),
    Paper(
        "ab-anbar",
        "fa",
        (
            "آب‌انبار تاریخی شهر دوباره باز شد",
            "شورای شهر درباره‌ی خط جدید اتوبوس تصمیم می‌گیرد",
            "نمایشگاه کتاب امسال در بندر برگزار می‌شود",
        ),
        ("شهر", "فرهنگ"),
        3,
    ),
    Paper(
        "liman-postasi",
        "tr",
        (
            "Feribot seferleri kış tarifesine geçiyor",
            "İskele çevresinde ışıklı yürüyüş yolu açıldı",
            "Balıkçılar yeni ağ kurallarını tartışıyor",
        ),
        ("Gündem",),
        4,
        0.5,
    ),
    Paper(
        "gangkou-ribao",
        "zh",
        ("港口新码头今日启用", "市议会讨论夜间渡轮计划", "图书馆周日开放试行一年"),
        ("本地",),
        5,
    ),
    Paper(
        "minato-shimbun",
        "ja",
        (
            "夜間フェリー、来春にも就航へ",
            "灯台の灯り、冬も消さず",
            "市立図書館が日曜開館",
        ),
        ("地域",),
        4,
    ),
    Paper(
        "severny-mayak",
        "ru",
        (
            "Маяк на мысе снова светит",
            "Горсовет обсудил ночной паром",
            "Рыбаки вернулись с рекордным уловом",
        ),
        ("Город",),
        3,
        quiet_days=6,
    ),
    Paper("old-gazette", "en", ("The last edition",), (), 3, is_watched=False),
)
