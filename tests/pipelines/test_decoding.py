from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decoding import CharsetRule, decode_page
from tests.pipelines.test_extraction import a_page


def meta(charset: str) -> str:
    return f'<html><head><meta charset="{charset}"></head><body>'


GERMAN, RUSSIAN, JAPANESE = "Größe über alles Maß", "Новости дня", "日本のニュース"
BOM, HEADER, META, BYTES, DETECTION = (
    CharsetRule.BOM,
    CharsetRule.HEADER,
    CharsetRule.META,
    CharsetRule.BYTES,
    CharsetRule.DETECTION,
)
CHARSETS = [
    # text, bytes in, Content-Type, <meta>: charset found, rule
    (GERMAN, "utf-8", None, None, "utf-8", BYTES),
    (GERMAN, "utf-8", "utf-8", None, "utf-8", HEADER),
    (GERMAN, "utf-8", None, "utf-8", "utf-8", META),
    (GERMAN, "utf-8", "utf-8", "utf-8", "utf-8", HEADER),
    (GERMAN, "utf-8", "iso-8859-1", "latin1", "utf-8", BYTES),  # a lie, often told
    (GERMAN, "utf-8-sig", "iso-8859-1", None, "utf-8", BOM),
    (GERMAN, "utf-16", "iso-8859-1", "utf-8", "utf-16-le", BOM),
    (GERMAN, "utf-16-be", "utf-16be", None, "utf-16-be", HEADER),
    (GERMAN, "utf-8", None, "utf-16", "utf-8", BYTES),  # HTML, 13.2.3.2
    (GERMAN, "cp1252", "ISO-8859-1", None, "cp1252", HEADER),
    (GERMAN, "cp1252", None, "windows-1252", "cp1252", META),
    (GERMAN, "cp1252", "utf-8", "windows-1252", "cp1252", META),
    (RUSSIAN, "cp1251", "windows-1251", "utf-8", "cp1251", HEADER),
    (RUSSIAN, "koi8-r", "koi8-r", None, "koi8-r", HEADER),
    (JAPANESE, "shift_jis", "Shift_JIS", None, "cp932", HEADER),
    (JAPANESE, "euc-jp", None, "euc-jp", "euc_jp", META),
    (JAPANESE, "iso-2022-jp", None, "iso-2022-jp", "iso2022_jp", META),
    (JAPANESE, "iso-2022-jp", "iso-2022-jp", None, "iso2022_jp", HEADER),
    ("新闻", "gb18030", "gb2312", None, "gb18030", HEADER),
    (GERMAN, "utf-8", "no-such-charset", "neither", "utf-8", BYTES),
]


@pytest.mark.parametrize("case", CHARSETS)
def test_the_charset_is_found_by_rule(case):
    text, codec, header, declared, charset, rule = case
    markup = (meta(declared) if declared else "<html><body>") + text
    content_type = f"text/html; charset={header}" if header else None
    found = decode_page(a_page(markup.encode(codec), content_type=content_type))
    assert found.utf8.decode() == markup
    assert (found.charset, found.rule, found.remark) == (charset, rule, "")


def test_an_undeclared_charset_is_guessed():
    text = "<html><body>" + "Все новости дня на одной странице. " * 20
    found = decode_page(a_page(text.encode("cp1251")))
    assert (found.utf8.decode(), found.rule) == (text, DETECTION)


def test_some_broken_bytes_do_not_change_the_charset():
    good = (meta("utf-8") + RUSSIAN * 50).encode()
    found = decode_page(a_page(good + b"\xff\xfe<p>" + "Ж".encode()))
    assert found.utf8.decode().endswith("\ufffd\ufffd<p>Ж")
    assert (found.charset, found.rule) == ("utf-8", META)
    assert found.remark == "2 places are not utf-8"


@given(st.binary(max_size=300), st.sampled_from([None, "gb2312", "utf-16", "hz"]))
def test_any_bytes_become_markup(content, charset):
    content_type = charset and f"text/html; charset={charset}"
    markup = decode_page(a_page(content, content_type=content_type))
    text = markup.utf8.decode("utf-8")
    assert not set(text) & set("\0\x08\v\x1f\ufffe\uffff")
