from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.classes.addresses import read_address

SIGNS = {
    "is_front": [
        "https://news.example/",
        "https://news.example",
        "https://news.example/index.php",
        "https://news.example/en",
        "https://news.example/pt-br/home",
    ],
    "is_listing": [
        "https://news.example/category/sport/",
        "https://news.example/2025/tag/flood",
        "https://news.example/?s=flood",
        "https://news.example/sport/page/3/",
        "https://news.example/kategori/gundem",
        "https://news.example/articleList.html?sc_section_code=S1",
        "https://news.example/author/mary-ellison/",
    ],
    "is_live": [
        "https://news.example/live/storm",
        "https://news.example/liveticker/hochwasser",
        "https://news.example/2025/en-vivo/debate",
    ],
    "is_media": [
        "https://news.example/video/divers-inspect-wall",
        "https://news.example/foto-galeri/gun-batimi-612",
    ],
    "is_login": [
        "https://news.example/wp-login.php",
        "https://news.example/user/login",
        "https://news.example/anmelden",
    ],
    "is_consent": [
        "https://consent.google.com/ml?continue=x",
        "https://guce.yahoo.com/consent",
        "https://news.example/cookiewall?back=x",
    ],
}
NONE_OF_THEM = [
    "https://news.example/2025/03/14/a-lively-debate-about-video-games/",
    "https://news.example/news/articles/c9x1zk77",
    "https://news.example/news.php?id=4711",
    "https://news.example/index.php?id=4711",
    "https://news.example/category/sport/derby-postponed-because-of-frost-10044.html",
    "https://news.example/tech/consent-for-cookies-what-the-court-said",
]


@pytest.mark.parametrize(
    ("sign", "url"), [(sign, url) for sign, urls in SIGNS.items() for url in urls]
)
def test_addresses_of_a_kind_have_its_sign(sign, url):
    assert getattr(read_address(url), sign)


@pytest.mark.parametrize("url", NONE_OF_THEM)
@pytest.mark.parametrize("sign", SIGNS)
def test_addresses_of_articles_have_no_sign(sign, url):
    assert not getattr(read_address(url), sign)


@given(st.text())
def test_no_address_is_too_odd(text):
    read_address(f"https://{text}")
    read_address(text)
