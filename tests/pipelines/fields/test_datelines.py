from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fields.datelines import read_dateline

PUBLISHED = "2024-03-05"


@pytest.mark.parametrize(
    ("line", "language", "place", "day", "agency"),
    [
        ("ALEPPO, Nov. 30 (SANA) — Units", "en", "ALEPPO", "2023-11-30", "SANA"),
        ("BERLIN (dpa) - Der Zug", "de", "BERLIN", None, "dpa"),
        ("Berlin (AFP) - Der Zug", "de", "Berlin", None, "AFP"),
        ("Berlin/Kiel (dpa/lno) - Der", "de", "Berlin/Kiel", None, "dpa"),
        ("LONDON, March 3 (Reuters) - The", "en", "LONDON", "2024-03-03", "Reuters"),
        ("(Reuters) - The mill", "en", None, None, "Reuters"),
        ("PARIS — The mill", "en", "PARIS", None, None),
        ("BUFFALO, N.Y. — Hours", "en", "BUFFALO, N.Y.", None, None),
        ("ST. JOHN, Mich. (AP) — A mill", "en", "ST. JOHN, Mich.", None, "AP"),
        ("PUTRAJAYA, Nov 22 — Mills", "en", "PUTRAJAYA", "2023-11-22", None),
        ("TEHRAN, Dec. 1 (MNA) – A mill", "en", "TEHRAN", "2023-12-01", "MNA"),
        ("BEIJING, March 5 (Xinhua) -- A", "en", "BEIJING", "2024-03-05", "Xinhua"),
        ("ANKARA (AA) - Değirmen", "tr", "ANKARA", None, "AA"),
        ("Madrid, 5 mar (EFE).- El", "es", "Madrid", "2024-03-05", "EFE"),
        ("PARIS, 5 mars 2024 (AFP) - Le", "fr", "PARIS", "2024-03-05", "AFP"),
        ("(ANSA) - ROMA, 05 MAR - Il", "it", "ROMA", "2024-03-05", "ANSA"),
        ("Lisboa, 05 mar 2024 (Lusa) – O", "pt", "Lisboa", "2024-03-05", "Lusa"),
        ("DEN HAAG (ANP) - De molen", "nl", "DEN HAAG", None, "ANP"),
        ("МОСКВА, 5 марта. /ТАСС/. Мост", "ru", "МОСКВА", "2024-03-05", "ТАСС"),
        (
            "МОСКВА, 5 мар — РИА Новости. Мост",
            "ru",
            "МОСКВА",
            "2024-03-05",
            "РИА Новости",
        ),
        ("КИЇВ, 5 березня (Укрінформ). Міст", "uk", "КИЇВ", "2024-03-05", "Укрінформ"),
        ("JAKARTA (ANTARA) - Jembatan", "id", "JAKARTA", None, "ANTARA"),
        ("LOOM.CO, Jakarta - Jembatan", "id", "Jakarta", None, "LOOM.CO"),
        ("دمشق-سانا", "ar", "دمشق", None, "سانا"),
        ("القاهرة (رويترز) - الجسر", "ar", "القاهرة", None, "رويترز"),
        ("القاهرة 5 مارس (رويترز) - الجسر", "ar", "القاهرة", "2024-03-05", "رويترز"),
        ("تهران (ایرنا) - پل", "fa", "تهران", None, "ایرنا"),
        ("تهران - ایرنا - پل", "fa", "تهران", None, "ایرنا"),
        ("اسلام آباد (اے پی پی) - پل", "ur", "اسلام آباد", None, "اے پی پی"),
        ("नई दिल्ली, 5 मार्च (भाषा) पुल", "hi", "नई दिल्ली", "2024-03-05", "भाषा"),
        ("北京3月5日电 (记者 王小明) 大桥", "zh", "北京", "2024-03-05", None),
        ("新华社北京3月5日电（记者王小明）大桥", "zh", "北京", "2024-03-05", "新华社"),
        ("本报东京3月4日电 大桥", "zh", "东京", "2024-03-04", None),
        ("（中央社記者王小明台北5日電）大橋", "zh", "台北", "2024-03-05", "中央社"),
        ("【東京＝山田太郎】橋は", "ja", "東京", None, None),
        ("[東京 5日 ロイター] - 橋は", "ja", "東京", "2024-03-05", "ロイター"),
        ("【ワシントン共同】橋は", "ja", "ワシントン", None, "共同"),
        ("(서울=연합뉴스) 홍길동 기자 = 다리", "ko", "서울", None, "연합뉴스"),
        ("ΑΘΗΝΑ (ΑΠΕ-ΜΠΕ) - Η γέφυρα", "el", "ΑΘΗΝΑ", None, "ΑΠΕ-ΜΠΕ"),
    ],
)
def test_datelines_are_read(line, language, place, day, agency):
    found = read_dateline(f"A standfirst\n\n{line}", PUBLISHED, language)
    assert found is not None
    assert (found.place, found.day, found.agency) == (place, day, agency)
    assert line.startswith(found.text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("ALEPPO, Nov. 30 (SANA) — Units", "ALEPPO, Nov. 30 (SANA)"),
        ("(ANSA) - ROMA, 05 MAR - Il", "(ANSA) - ROMA, 05 MAR"),
        ("МОСКВА, 5 марта. /ТАСС/. Мост", "МОСКВА, 5 марта. /ТАСС/."),
        ("PARIS — The mill", "PARIS"),
        ("（中央社記者王小明台北5日電）大橋", "（中央社記者王小明台北5日電）"),
    ],
)
def test_the_text_of_a_dateline_is_as_it_stands(line, text):
    found = read_dateline(line, PUBLISHED, "it")
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize(
    "line",
    [
        "Rom. Ein Zug ist entgleist.",
        "BREAKING — The mill has burnt down.",
        "NATO — the alliance — was asked.",
        "COVID-19 – was nun?",
        "The mill (Reuters) was seen by many - and liked.",
        "Der Verband Deutscher Müller (VDM) – er ist alt – klagt.",
        "Künstliche Intelligenz (KI) - was ist das?",
        "The Australian Associated Press (AAP) - an agency - said so.",
        "Home Depot (ticker: HD) reported earnings.",
        "New mills – there are four – were opened.",
        "Football food is comfort food — pizza, wings.",
        "元俳優の山田太郎氏（52）の橋は、",
        "イオンは14日、橋を開いた。",
        "[엔터미디어=홍길동의 이슈공감] 다리",
        "【特集】橋について",
        "قال الوزير - وهو من دمشق - إن الجسر مفتوح",
        "",
    ],
)
def test_sentences_are_no_datelines(line):
    assert read_dateline(line, PUBLISHED, None) is None


def test_a_dateline_further_down_is_not_looked_for():
    assert read_dateline("A line.\n" * 5 + "PARIS — The mill", PUBLISHED, "en") is None


@pytest.mark.parametrize(
    ("line", "published", "day"),
    [
        ("LONDON, Dec 30 (Reuters) - A", "2024-01-02", "2023-12-30"),
        ("LONDON, Jan 2 (Reuters) - A", "2023-12-31", "2024-01-02"),
        ("LONDON, Jan 2 (Reuters) - A", None, None),
        ("LONDON, Feb 30 (Reuters) - A", "2024-03-05", None),
        ("LONDON, Jan 2, 2020 (Reuters) - A", "2024-03-05", "2020-01-02"),
        ("LONDON, Jan 2 (Reuters) - A", "2024-01-03T10:00:00+00:00", "2024-01-02"),
        ("東京30日電 大橋", "2024-04-01", "2024-03-30"),
        ("تهران ۱۵ اسفند (ایرنا) - پل", "2024-03-05", "2024-03-05"),
    ],
)
def test_the_year_is_that_of_the_publication(line, published, day):
    found = read_dateline(line, published, "fa" if "۱" in line else "en")
    assert found is not None
    assert found.day == day


@given(st.text(max_size=400), st.none() | st.text(max_size=12))
def test_what_is_read_stands_in_the_text(text, published):
    found = read_dateline(text, published, None)
    assert found is None or found.text in text


@pytest.mark.parametrize(
    "piece", ["A", "A ", "(", "3月", "北", "[", "/", "-", "د", "가"]
)
def test_long_repetitions_cost_little(piece):
    read_dateline(piece * 100_000, PUBLISHED, None)
