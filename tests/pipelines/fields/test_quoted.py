from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fields.quoted import quoted_sources

WIRE = """The head of the mills told Sputnik that over 18 wheels had been mended.

The Lebanese al-Safir newspaper reported that the millers have no option but to close.
The paper wrote that the era of mills is ending. Local sources have also reported it.

Experts had told al-Watan daily that water is short, Sputnik reported."""


def test_a_wire_story_names_its_sources_in_their_order():
    assert quoted_sources(WIRE, "en") == ("Sputnik", "al-Safir", "al-Watan")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The mill is open, according to Reuters.", ["Reuters"]),
        ("The Associated Press reported that it is open.", ["The Associated Press"]),
        ("She told the Saudi state-owned Al-Arabiya television.", ["Al-Arabiya"]),
        ("A BBC investigation found that it was shut.", ["BBC"]),
        ("In an email to the Valley Loom newspaper he said so.", ["Valley Loom"]),
        ("The Turkish Weber daily reported it on Monday.", ["Weber"]),
        ("Die Mühle steht, nach Angaben der Nachrichtenagentur dpa.", ["dpa"]),
        ("Laut „Washington Post“ ist sie offen.", ["Washington Post"]),
        ("„Sie steht“, sagte der Müller der F.A.Z. am Montag.", ["F.A.Z."]),
        ("Die Zeitung „Der Webstuhl“ berichtete am Montag.", ["Der Webstuhl"]),
        ("Le moulin est ouvert, selon l'AFP.", ["AFP"]),
        ("Según informó la agencia EFE, el molino abre.", ["EFE"]),
        ("Segundo a Lusa, o moinho abriu.", ["Lusa"]),
        ("Il mulino è aperto, secondo l'ANSA.", ["ANSA"]),
        ("Volgens het ANP is de molen open.", ["ANP"]),
        ("Møllen er åpen, ifølge NTB.", ["NTB"]),
        ("Мельница открыта, как сообщает ТАСС.", ["ТАСС"]),
        (
            "Об этом пишет газета «Ткацкий станок», сообщает источник.",
            ["Ткацкий станок"],
        ),
        ("Млин відкрито, повідомляє Укрінформ.", ["Укрінформ"]),
        ("Młyn jest otwarty, podała PAP.", ["PAP"]),
        ("Değirmen açıldı, Reuters bildirdi.", ["Reuters"]),
        ("وفق وكالة سانا فإن الطاحونة مفتوحة.", ["وكالة سانا"]),
        ("وقال المدير لرويترز إن الطاحونة مفتوحة، نقلا عن رويترز.", ["رويترز"]),
        ("به گزارش ایرنا، آسیاب باز است.", ["ایرنا"]),
        ("روئٹرز کے مطابق چکی کھلی ہے۔", ["روئٹرز"]),
        ("रॉयटर्स के अनुसार चक्की खुली है।", ["रॉयटर्स"]),
        ("Kincir itu dibuka, menurut Antara.", ["Antara"]),
        ("Ο μύλος άνοιξε, σύμφωνα με το ΑΠΕ-ΜΠΕ.", ["ΑΠΕ-ΜΠΕ"]),
        ("新华社报道，磨坊已开放。", ["新华社"]),
        ("据央视新闻消息，磨坊已开放。", ["央视新闻"]),
        ("共同通信によると、水車は動いている。", ["共同通信"]),
        ("연합뉴스에 따르면 방앗간이 열렸다.", ["연합뉴스"]),
    ],
)
def test_sources_are_found_in_many_languages(text, wanted):
    assert list(quoted_sources(text, None)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "He left Fox News in April.",
        "The Nikkei index fell by two per cent.",
        "Empire of the Dawn is a novel.",
        "Das Bild hing schief, sagte sie.",
        "Er sah in den Spiegel und sagte nichts.",
        "podle Petra Smejkala je to málo",
        "The local newspaper reported it.",
        "The newspaper reported it.",
        "Every daily said so.",
        "sagte NBC-Kommentatorin Ada Lovelace.",
        "中国人共同点亮了灯。",
        "(Reuters) - The mill is open.",
        "Reporting by Ada Lovelace; © Reuters",
        "",
    ],
)
def test_names_that_nobody_quotes_are_none(text):
    assert quoted_sources(text, None) == ()


def test_a_source_is_given_once_in_the_form_of_its_first_place():
    text = "The AP told? No: The Associated Press reported it. It told AP News again."
    assert quoted_sources(text, "en") == ("The Associated Press",)


@given(st.text(max_size=400))
def test_sources_stand_in_the_text(text):
    assert all(name in text for name in quoted_sources(text, None))


@pytest.mark.parametrize(
    "piece",
    ["Reuters ", "told ", "told the ", "A ", "A-", "newspaper ", "Zeitung „", "据"],
)
def test_long_repetitions_cost_little(piece):
    quoted_sources(piece * 20_000, None)
