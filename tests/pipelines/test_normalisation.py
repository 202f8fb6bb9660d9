from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import normalisation


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("", ""),
        ("a\r\nb\rc\x85d\u2028e\u2029f\vg\fh", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a \t\u00a0\nb\u3000", "a\nb"),
        ("  indented", "  indented"),
        ("a\n\n\n \n\nb", "a\n\nb"),
        ("\n\n a\n\n", " a"),
        ("e\u0301", "\u00e9"),
        ("\ufb01\u00b2", "\ufb01\u00b2"),  # NFC, not NFKC: nothing is lost
        ("a\x00b\x1bc\x7fd\x9fe\ufefff\uffffg\ud800h", "abcdefgh"),
        ("a\tb", "a\tb"),
        ("\u200fשלום\u200d", "\u200fשלום\u200d"),  # marks of direction and joiners stay
    ],
)
def test_a_text_is_brought_into_form(raw, wanted):
    assert normalisation.text(raw) == wanted


@given(st.text(alphabet=st.characters(codec=None)))
def test_a_text_in_form_stays_as_it_is(raw):
    once = normalisation.text(raw)
    assert normalisation.text(once) == once


def test_long_runs_of_space_cost_no_more_than_other_text():
    normalisation.text((" " * 1000 + "x") * 3000 + " " * 1_000_000)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [(None, None), ("", None), (" \n ", None), (" A\n b\u00a0 c\x00 ", "A b c")],
)
def test_a_line_is_one_line_or_nothing(raw, wanted):
    assert normalisation.line(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (None, ()),
        ("Ada Lovelace", ("Ada Lovelace",)),
        ("Ada  Lovelace; Grace Hopper;", ("Ada Lovelace", "Grace Hopper")),
        ("B; A; B", ("B", "A")),
        (" ; ;", ()),
        ("Hopper, Grace", ("Hopper, Grace",)),
    ],
)
def test_names_are_split_and_given_once(raw, wanted):
    assert normalisation.names(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        (" 2024-05-06 ", "2024-05-06"),
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06 07:08", "2024-05-06T07:08:00"),
        ("2024-13", None),
        ("2024-02-30", None),
        ("0000", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_keeps_the_precision_it_has(raw, wanted):
    assert normalisation.date(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-TW", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("gsw", "gsw"),
        ("de-DE-1996", "de-DE-1996"),
        ("English", None),
        ("e", None),
        ("{{lang}}", None),
        (None, None),
    ],
)
def test_a_language_is_a_tag_or_nothing(raw, wanted):
    assert normalisation.language(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "is_plausible"),
    [
        ("https://news.example/a?b=c#d", True),
        ("http://127.0.0.1:8080/a", True),
        ("http://[::1]/a", True),
        ("https://bücher.example/ä", True),
        ("/a", False),
        ("//news.example/a", False),
        ("javascript:alert(1)", False),
        ("ftp://news.example/", False),
        ("https://localhost/a", False),
        ("https:///a", False),
        ("https://news..example/", False),
        ("https://news.example/a b", False),
        ("https://news.example/\x07", False),
        ("https://news.example:x/", False),
        ("https://[::z]/", False),
        ("https://news.example/" + "a" * 5000, False),
        ("", False),
        (None, False),
    ],
)
def test_an_address_is_kept_only_if_it_is_plausible(raw, is_plausible):
    assert normalisation.address(raw) == (raw if is_plausible else None)
