"""Bodies of pages: in what they are to be read."""

from __future__ import annotations

import pytest

from archive.replay.content import css_of, text_of


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("\u00e4".encode(), None, "\u00e4"),
        (b"\xe4", None, "\u00e4"),
        (b"\xe4", "text/html; charset=iso-8859-1", "\u00e4"),
        (b"\xef\xbb\xbf\xc3\xa4", "text/html; charset=iso-8859-1", "\u00e4"),
        (b"<meta charset=iso-8859-9>\xfe", "text/html", "\u015f"),
        ("\u5317\u4eac".encode("gb18030"), "text/html; charset=gb2312", "\u5317\u4eac"),
        ("\u0627".encode("cp1256"), "text/html; charset=windows-1256", "\u0627"),
        (b"\xff\xfea\0", None, "a"),
        ("\u00e4".encode(), "text/html; charset=nonsense", "\u00e4"),
    ],
)
def test_a_page_is_read_as_browsers_do(content, content_type, text):
    assert text_of(content, content_type)[0].endswith(text)


@pytest.mark.parametrize(
    "codec", ["hex", "zip", "rot13", "idna", "punycode", "undefined", "uu", "quopri"]
)
def test_codecs_of_python_are_no_charsets(codec):
    for page in ("<p>\u00e4", f"<meta charset={codec}><p>\u00e4"):
        assert text_of(page.encode(), f"text/html; charset={codec}")[0] == page
        assert text_of(page.encode(), "text/html")[0] == page
        assert text_of(page.encode("cp1252"), f"text/html; charset={codec}")[0] == page
    assert css_of(f'@charset "{codec}";\u00e4'.encode(), "text/css").endswith("\u00e4")


def test_a_style_sheet_says_its_charset_itself():
    sheet = b'@charset "iso-8859-9"; a{content:"\xfe"}'
    assert "\u015f" in css_of(sheet, "text/css")
    assert "\u015f" in css_of(sheet, None)
    assert "\u00fe" in css_of(sheet, "text/css; charset=windows-1252")
    assert "\u015f" in css_of(b'a{content:"\xfe"}', "text/css; charset=iso-8859-9")
