from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.fields.byline_words import AND, BY, ROLES, WITH
from pipelines.fields.names import is_person, names_in


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("By Ada Lovelace and Grace Hopper, Berlin", ["Ada Lovelace", "Grace Hopper"]),
        ("Von Ada Lovelace und Grace Hopper", ["Ada Lovelace", "Grace Hopper"]),
        (
            "Por Ana Ruiz, Luis Gil y Eva Sanz Mora",
            ["Ana Ruiz", "Luis Gil", "Eva Sanz Mora"],
        ),
        (
            "By Ada Lovelace, Grace Hopper, and Alan Turing",
            ["Ada Lovelace", "Grace Hopper", "Alan Turing"],
        ),
        ("Ada Lovelace, and others", ["Ada Lovelace"]),
        ("Anne Petit, avec Le Monde", ["Anne Petit"]),
        ("ADA LOVELACE, AND ALAN TURING", ["ADA LOVELACE", "ALAN TURING"]),
        ("Ada Lovelace, Dan Brown", ["Ada Lovelace", "Dan Brown"]),
        ("Par Anne Petit et Jean Roux", ["Anne Petit", "Jean Roux"]),
        ("di Viviana Rossi e Marco Bianchi", ["Viviana Rossi", "Marco Bianchi"]),
        ("Door Jan Jansen en Piet de Vries", ["Jan Jansen", "Piet de Vries"]),
        ("Автор: Иван Петров, специальный корреспондент", ["Иван Петров"]),
        ("Автори: Олена Шевчук та Ігор Коваль", ["Олена Шевчук", "Ігор Коваль"]),
        ("Anna Nowak, Jan Kowalski", ["Anna Nowak", "Jan Kowalski"]),
        ("Yazan: Ayşe Yılmaz ve Ali Kaya", ["Ayşe Yılmaz", "Ali Kaya"]),
        ("بقلم: أحمد علي", ["أحمد علي"]),
        ("كتب محمد حسن", ["محمد حسن"]),
        ("نویسنده: رضا کریمی", ["رضا کریمی"]),
        ("تحریر: علی خان", ["علی خان"]),
        ("लेखक: राम कुमार", ["राम कुमार"]),
        ("Oleh: Budi Santoso dan Siti Aminah", ["Budi Santoso", "Siti Aminah"]),
        ("Γράφει ο Νίκος Παππάς", ["Νίκος Παππάς"]),
        ("记者 王小明", ["王小明"]),
        ("本报记者王小明", ["王小明"]),
        ("文/李四", ["李四"]),
        ("作者：王小明、李四", ["王小明", "李四"]),
        ("山田太郎記者", ["山田太郎"]),
        ("홍길동 기자", ["홍길동"]),
        ("데일리룸=홍길동 기자", ["홍길동"]),
        ("Lovelace, Ada", ["Ada Lovelace"]),
        ("Lovelace, Ada; Hopper, Grace M.", ["Ada Lovelace", "Grace M. Hopper"]),
        ("Ada Lovelace/Grace Hopper", ["Ada Lovelace", "Grace Hopper"]),
        ("sid/dpa", ["sid", "dpa"]),
        ("Ada Lovelace with Reuters", ["Ada Lovelace", "Reuters"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Ada Lovelace, Reporter", ["Ada Lovelace"]),
        ("Ada Lovelace Senior Correspondent", ["Ada Lovelace"]),
        ("Reporter Ada Lovelace", ["Ada Lovelace"]),
        ("Ada Lovelace, PhD", ["Ada Lovelace"]),
        ("Ada Lovelace in London", ["Ada Lovelace"]),
        ("Ada Lovelace für den Webstuhl", ["Ada Lovelace"]),
        ("Ada Lovelace ada@loom.example @ada", ["Ada Lovelace"]),
        ("Ada Lovelace https://loom.example/ada", ["Ada Lovelace"]),
        ("Ada Lovelace [The Loom]", ["Ada Lovelace"]),
        ("Ada Lovelace • 3 March 2025", ["Ada Lovelace"]),
        ("Ada Lovelace, Ada Lovelace", ["Ada Lovelace"]),
        ("By Dan Weaver", ["Dan Weaver"]),
        ("Md Rahim Uddin", ["Md Rahim Uddin"]),
        ("Rahim Uddin, MD", ["Rahim Uddin"]),
        ("Ada Lovelace on behalf of the weavers", ["Ada Lovelace"]),
        ("Dr. Ada Lovelace", ["Dr. Ada Lovelace"]),
        ("Vincent van Gogh", ["Vincent van Gogh"]),
        ("Robert Downey Jr.", ["Robert Downey Jr."]),
        ("ssi, mko", ["ssi", "mko"]),
        ("Staff and news service reports", ["Staff and news service reports"]),
        ("By", []),
        ("and", []),
        ("03.03.2025, 15:23", []),
        ("...", []),
        ("", []),
    ],
)
def test_names_are_found_in_bylines(raw, wanted):
    assert list(names_in(raw)) == wanted


@pytest.mark.parametrize("word", BY)
def test_every_word_for_by_is_dropped(word):
    assert names_in(f"{word}: Ada Lovelace") == ("Ada Lovelace",)


@pytest.mark.parametrize("word", AND)
def test_every_word_for_and_splits(word):
    assert names_in(f"Ada Lovelace {word} Grace Hopper") == (
        "Ada Lovelace",
        "Grace Hopper",
    )


@pytest.mark.parametrize("word", sorted(set(AND) - WITH))
def test_every_word_for_and_splits_behind_a_comma(word):
    assert names_in(f"Alan Turing, Ada Lovelace, {word} Grace Hopper") == (
        "Alan Turing",
        "Ada Lovelace",
        "Grace Hopper",
    )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_is_dropped(role):
    assert names_in(f"Ada Lovelace {role}") == ("Ada Lovelace",)


@pytest.mark.parametrize("name", ["Reuters", "The Times", "Redaktion", "sport@", "x"])
def test_what_is_no_person(name):
    assert not is_person(name)


@example("0= \u00b9", False)
@given(st.text(max_size=300), st.booleans())
def test_names_are_short_trimmed_and_given_once(raw, is_visible):
    found = names_in(raw, is_visible=is_visible)
    assert len(set(found)) == len(found)
    assert all(name == name.strip() and 1 < len(name) <= 62 for name in found)


@pytest.mark.parametrize("piece", ["(", "By ", "and ", "a.", "a-", "@", ",", "/", " "])
def test_long_repetitions_cost_little(piece):
    names_in(piece * 100_000)
