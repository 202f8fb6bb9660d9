from __future__ import annotations

import pytest

from pipelines.fields.agencies import (
    find_agency,
    find_source,
    forms_in_text,
    is_agency,
    is_ambiguous,
)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("Reuters", "Reuters"),
        ("REUTERS", "Reuters"),
        ("رويترز", "Reuters"),
        ("路透社", "Reuters"),
        ("Agence France-Presse", "AFP"),
        ("أ ف ب", "AFP"),
        ("AP", "Associated Press"),
        ("The Associated Press", "Associated Press"),
        ("dpa", "dpa"),
        ("ТАСС", "TASS"),
        ("РИА Новости", "RIA Novosti"),
        ("Укрінформ", "Ukrinform"),
        ("新华社", "Xinhua"),
        ("共同通信", "Kyodo"),
        ("연합뉴스", "Yonhap"),
        ("AA", "Anadolu"),
        ("Anadolu Ajansı", "Anadolu"),
        ("سانا", "SANA"),
        ("ایرنا", "IRNA"),
        ("MNA", "Mehr"),
        ("भाषा", "Press Trust of India"),
        ("اے پی پی", "Associated Press of Pakistan"),
        ("ANSA", "ANSA"),
        ("EFE", "EFE"),
        ("Lusa", "Lusa"),
        ("ANP", "ANP"),
        ("PAP", "PAP"),
        ("Antara", "Antara"),
        ("ΑΠΕ-ΜΠΕ", "ANA-MPA"),
    ],
)
def test_agencies_are_known_by_their_forms(form, name):
    assert find_agency(form) == name


@pytest.mark.parametrize("name", ["Ada Lovelace", "", "x" * 10_000, "Le Monde"])
def test_what_is_no_agency(name):
    assert not is_agency(name)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("The New York Times", "The New York Times"),
        ("نیویورک تایمز", "The New York Times"),
        ("al-Safir", "As-Safir"),
        ("Süddeutsche Zeitung", "Süddeutsche Zeitung"),
        ("Коммерсантъ", "Kommersant"),
        ("Sputnik", "Sputnik"),
    ],
)
def test_sources_are_agencies_and_papers(form, name):
    assert find_source(form) == name


def test_every_form_that_may_stand_in_a_text_has_a_name():
    forms = forms_in_text()
    assert all(find_source(form) for form in forms)
    assert list(forms) == sorted(forms, key=lambda form: (-len(form), form))
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize("form", ["Trend", "MAP", "Bild", "فارس"])
def test_names_that_are_words_are_told(form):
    assert is_ambiguous(form)
    assert not is_ambiguous("Reuters")
