from __future__ import annotations

from datetime import date

import pytest

from pipelines.fields.dateaddress import address_dates

LATEST = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2024/03/11/bridge", ["2024-03-11"]),
        ("/world/2024/3/1/bridge", ["2024-03-01"]),
        ("/world/2024/mar/11/bridge", ["2024-03-11"]),
        ("/bridge-2024-03-11", ["2024-03-11"]),
        ("/2024_03_11.html", ["2024-03-11"]),
        ("/20240311/bridge", ["2024-03-11"]),
        ("/bridge-20240311", ["2024-03-11"]),
        ("/2024/0311/c123.html", ["2024-03-11"]),
        ("/202403/11/t1.html", ["2024-03-11"]),
        ("/AKR20240311012345", ["2024-03-11"]),
        ("/article?date=20240311", ["2024-03-11"]),
        ("/11-03-2024/bridge", ["2024-03-11"]),
        ("/fa/1402/12/21/bridge", ["2024-03-11"]),
        ("/2024/03/bridge", ["2024-03-01"]),
        ("/2024/13/45/bridge", []),
        ("/2091/03/11/bridge", []),
        ("/story-12024031199", []),
        ("/1789/07/14/bastille", []),
        ("/bridge", []),
        ("/%ff%fe/2024", []),
    ],
)
def test_addresses_tell_dates(path, expected):
    found = address_dates(f"https://news.example{path}", "en", LATEST)
    assert [str(date.stamp.day) for date in found] == expected


def test_a_number_that_begins_like_a_date_is_not_sure():
    (found,) = address_dates("https://news.example/AKR2024031101", "ko", LATEST)
    assert not found.is_sure


@pytest.mark.parametrize(
    "url", ["", "http://[", "x" * 100_000, "http://a/" + "1" * 9999]
)
def test_odd_addresses_tell_nothing(url):
    assert list(address_dates(url, "", LATEST)) == []
