from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from archive.model import Precision
from pipelines.fields.dateago import told_ago
from pipelines.fields.datestamps import Habits, Stamp
from pipelines.fields.datetext import find_dates, read_date
from pipelines.fields.datewords import LABEL, LABELS, folded

LATEST = date(2026, 1, 1)


def habits(language: str = "en", *, month_first: bool = False) -> Habits:
    return Habits(language=language, is_month_first=month_first, latest=LATEST)


def told(stamp: Stamp) -> str:
    clock = f" {stamp.clock:%H:%M}" if stamp.clock else ""
    zone = "" if stamp.offset is None else f" {stamp.offset:+}"
    return f"{stamp.day}{clock}{zone}"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Published: March 11, 2024 at 2:30 p.m. EDT", "2024-03-11 14:30 -240"),
        ("en", "11th of March 2024", "2024-03-11"),
        ("en", "10:30 GMT, Monday 11 March 2024", "2024-03-11 10:30 +0"),
        ("en", "Mar. 11, 2024 | 12:05 am", "2024-03-11 00:05"),
        ("en", "Mon, 11 Mar 2024 10:00:00 +0530", "2024-03-11 10:00 +330"),
        ("en", "Mon Mar 11 2024 10:00:00 GMT+0100 (CET)", "2024-03-11 10:00 +60"),
        ("es", "11 de marzo de 2024 a las 10:00", "2024-03-11 10:00"),
        ("es", "11 de ago. del 2024", "2024-08-11"),
        ("fr", "Publié le 1er août 2024 à 14h30", "2024-08-01 14:30"),
        ("fr", "mar. 12 mars 2024", "2024-03-12"),
        ("de", "Stand: 11. März 2024, 14.30 Uhr", "2024-03-11 14:30"),
        ("de", "11. Jänner 2024", "2024-01-11"),
        ("pt", "11 de março de 2024 às 10h00", "2024-03-11 10:00"),
        ("it", "11 gennaio 2024", "2024-01-11"),
        ("nl", "11 mrt. 2024 om 10:00", "2024-03-11 10:00"),
        ("ru", "11 марта 2024 года, 14:05", "2024-03-11 14:05"),
        ("uk", "11 березня 2024, 10:00", "2024-03-11 10:00"),
        ("pl", "11 listopada 2023", "2023-11-11"),
        ("hr", "11. listopada 2023.", "2023-10-11"),
        ("cs", "11. listopadu 2023", "2023-11-11"),
        ("tr", "11 KASIM 2023 - 09:15", "2023-11-11 09:15"),
        ("tr", "11 Şubat 2024", "2024-02-11"),
        ("ar", "١١ مارس/آذار ٢٠٢٤", "2024-03-11"),
        ("ar", "11 كانون الثاني 2024", "2024-01-11"),
        ("ar", "11 تشرين الأول 2024", "2024-10-11"),
        ("ar", "11 جويلية 2024", "2024-07-11"),
        ("ar", "1 رمضان 1445 هـ", "2024-03-11"),
        ("fa", "۲۱ اسفند ۱۴۰۲ - ۱۴:۳۰", "2024-03-11 14:30"),
        ("fa", "۱۴۰۲/۱۲/۲۱", "2024-03-11"),
        ("fa", "1402-12-21", "2024-03-11"),
        ("fa", "۱۱ مارس ۲۰۲۴", "2024-03-11"),
        ("ur", "11 مارچ 2024", "2024-03-11"),
        ("hi", "११ मार्च २०२४, ०२:३० PM", "2024-03-11 14:30"),
        ("hi", "11 फ़रवरी 2024", "2024-02-11"),
        ("hi", "11 जून 2024", "2024-06-11"),
        ("bn", "১১ মার্চ ২০২৪, ১০:৩০", "2024-03-11 10:30"),
        ("ta", "11 மார்ச் 2024", "2024-03-11"),
        ("th", "11 มี.ค. 2567 เวลา 10:30 น.", "2024-03-11 10:30"),
        ("th", "๑๑ มีนาคม ๒๕๖๗", "2024-03-11"),
        ("zh", "2024年3月11日上午8:05", "2024-03-11 08:05"),
        ("zh", "２０２４年３月１１日", "2024-03-11"),
        ("zh", "中華民國113年3月11日", "2024-03-11"),
        ("ja", "2024年3月11日(月) 14時30分", "2024-03-11 14:30"),
        ("ja", "令和6年3月11日", "2024-03-11"),
        ("ja", "令和元年5月1日", "2019-05-01"),
        ("ja", "平成30年1月2日", "2018-01-02"),
        ("ko", "입력 2024.03.11. 오후 2:30", "2024-03-11 14:30"),
        ("ko", "2024년 3월 11일", "2024-03-11"),
        ("ko", "24.03.11 10:00", "2024-03-11 10:00"),
        ("id", "Senin, 11 Agu 2024 10:00 WIB", "2024-08-11 10:00 +420"),
        ("el", "11 ΜΑΡΤΙΟΥ 2024", "2024-03-11"),
        ("el", "11 Μαρτίου 2024, 2:30 μμ", "2024-03-11 14:30"),
        ("vi", "11 tháng 3, 2024", "2024-03-11"),
        ("hu", "2024. március 11. 10:00", "2024-03-11 10:00"),
        ("lt", "2024 m. kovo 11 d.", "2024-03-11"),
        ("lv", "2024. gada 11. marts", "2024-03-11"),
        ("fi", "11. maaliskuuta 2024", "2024-03-11"),
        ("sv", "11 maj 2024", "2024-05-11"),
        ("ro", "11 martie 2024", "2024-03-11"),
        ("he", "11 במרץ 2024", "2024-03-11"),
        ("hy", "11 մարտի 2024", "2024-03-11"),
        ("de", "11.03.2024", "2024-03-11"),
        ("de", "11.03.24", "2024-03-11"),
    ],
)
def test_dates_are_read_as_they_are_written_around_the_world(language, text, expected):
    assert [told(seen.stamp) for seen in find_dates(text, habits(language))] == [
        expected
    ]


@pytest.mark.parametrize(
    ("month_first", "text", "expected"),
    [
        (True, "3/4/2024", "2024-03-04"),
        (False, "3/4/2024", "2024-04-03"),
        (True, "13/4/2024", "2024-04-13"),
        (False, "4/13/2024", "2024-04-13"),
        (False, "1/12/2026", None),  # both ways after the capture
        (True, "12/1/2025", "2025-12-01"),
        (False, "1/2/2026", None),
        (False, "12/1/2026", None),
    ],
)
def test_days_and_months_in_digits_follow_the_habit_of_the_place(
    month_first, text, expected
):
    found = [
        told(s.stamp) for s in find_dates(text, habits("en", month_first=month_first))
    ]
    assert found == ([expected] if expected else [])


def test_day_and_month_are_swapped_where_only_that_is_possible():
    early = Habits(language="en", is_month_first=False, latest=date(2024, 3, 20))
    assert [s.stamp.day for s in find_dates("3/11/2024", early)] == [date(2024, 3, 11)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11 March",
        "March",
        "31 February 2024",
        "30.02.2024",
        "2024-13-01",
        "99/99/9999",
        "0000-00-00",
        "192.168.20.2024",
        "version 1.2.3.4",
        "11 March 2091",
        "room 2024 11",
        "1970-01-01",
        "令和99年3月11日",
    ],
)
def test_what_is_no_possible_date_is_none(text):
    assert list(find_dates(text, habits())) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-11", "2024-03-11"),
        ("2024-03-11T10:00:00Z", "2024-03-11 10:00 +0"),
        ("2024-03-11T10:00:00.123+01:00", "2024-03-11 10:00 +60"),
        ("2024-03-11 10:00:00 -0330", "2024-03-11 10:00 -210"),
        ("20240311", "2024-03-11"),
        ("20240311T101500Z", "2024-03-11 10:15 +0"),
        ("1710151200", "2024-03-11 10:00 +0"),
        ("Sun Mar 10 16:00:00 EDT 2024", "2024-03-10 16:00 -240"),
        ("Fri Mar  1 08:05:00 2024", "2024-03-01 08:05"),
        ("1710151200000", "2024-03-11 10:00 +0"),
        ("2024-03-11T24:00:00Z", "2024-03-11"),
        ("2024-3-1", "2024-03-01"),
        ("Published 11 March 2024", "2024-03-11"),
        ("1851-09-18", "1851-09-18"),  # print
        ("0001-01-01T00:00:00", None),
        ("1970-01-01T00:00:00Z", None),
        ("2024-02-30", None),
        ("2024-03-11T99:99", "2024-03-11"),
        ("yesterday", None),
        ("9" * 5000, None),
    ],
)
def test_what_programs_write_is_read(text, expected):
    stamp = read_date(text, habits())
    assert (told(stamp) if stamp else None) == expected


def test_a_month_without_a_day_stays_a_month():
    (seen,) = find_dates("March 2024", habits())
    assert seen.stamp.precision is Precision.MONTH


def test_lunar_days_may_be_a_day_apart():
    (seen,) = find_dates("1 رمضان 1445", habits("ar"))
    assert seen.stamp.leeway == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3 hours ago", "2024-05-06"),
        ("2 days ago", "2024-05-04"),
        ("hace 13 horas", "2024-05-05"),
        ("il y a 2 jours", "2024-05-04"),
        ("vor 20 Minuten", "2024-05-06"),
        ("há 2 dias", "2024-05-04"),
        ("2 giorni fa", "2024-05-04"),
        ("2 dagen geleden", "2024-05-04"),
        ("2 дня назад", "2024-05-04"),
        ("2 дні тому", "2024-05-04"),
        ("2 dni temu", "2024-05-04"),
        ("2 gün önce", "2024-05-04"),
        ("منذ 3 ساعات", "2024-05-06"),
        ("۲ روز پیش", "2024-05-04"),
        ("2 दिन पहले", "2024-05-04"),
        ("2天前", "2024-05-04"),
        ("2時間前", "2024-05-06"),
        ("2일 전", "2024-05-04"),
        ("2 hari yang lalu", "2024-05-04"),
        ("πριν από 2 ημέρες", None),  # three words; "πριν 2 ημέρες" is read
        ("πριν 2 ημέρες", "2024-05-04"),
        ("3 hours of music", None),
        ("2 days", None),
        ("2024 days ago", None),
    ],
)
def test_relative_dates_are_counted_from_the_capture(text, day):
    seen = told_ago(text, "text", datetime(2024, 5, 6, 12, tzinfo=UTC))
    assert (seen.stamp.day.isoformat() if seen and seen.stamp else None) == day


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Published", "published"),
        ("Last updated:", "modified"),
        ("Veröffentlicht am", "published"),
        ("AKTUALISIERT", "modified"),
        ("Mis à jour le", "modified"),
        ("Обновлено", "modified"),
        ("تاريخ النشر", "published"),
        ("آخر تحديث", "modified"),
        ("به‌روز رسانی", "modified"),
        ("更新", "modified"),
        ("发布时间", "published"),
        ("입력", "published"),
        ("수정", "modified"),
        ("प्रकाशित", "published"),
        ("अपडेटेड", "modified"),
        ("Güncelleme", "modified"),
        ("Diperbarui", "modified"),
        ("Ενημέρωση", "modified"),
        ("unpublished", None),
    ],
)
def test_labels_name_the_field(text, field):
    match = LABEL.search(folded(text))
    assert (LABELS[match[0]] if match else None) == field


@pytest.mark.parametrize(
    "hostile",
    [
        "1" * 100_000,
        "1/" * 50_000,
        "1 March " * 20_000,
        "March " * 20_000,
        "2024 " * 20_000,
        "2024年" * 30_000,
        "11 March 2024 " * 10_000,
        "a" * 100_000,
        "1:" * 50_000,
        "\u0301" * 100_000,
        "ﷺ" * 50_000,
        "hace " * 20_000,
    ],
)
def test_hostile_texts_take_no_time(hostile):
    began = time.process_time()
    list(find_dates(hostile, habits()))
    read_date(hostile, habits())
    assert time.process_time() - began < 0.5
