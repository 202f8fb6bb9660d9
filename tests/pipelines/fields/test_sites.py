from __future__ import annotations

import pytest

from pipelines.fields.sites import (
    host_labels,
    read_site_name,
    registered_domain,
    site_names,
)
from tests.pipelines.fields.pages import json_ld, meta, parsed


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (meta(og__site_name="Example Herald"), "Example Herald"),
        (meta(og__site_name="Example Herald | News that stays"), "Example Herald"),
        (json_ld(publisher={"@type": "Organization", "name": "Herald"}), "Herald"),
        ('<meta name="application-name" content="Herald">', "Herald"),
        (meta(og__site_name="Home"), None),
        (meta(og__site_name="https://www.example.org/"), None),
        ("", None),
    ],
)
def test_the_name_of_the_site_is_given_without_slogan(head, wanted):
    assert read_site_name(parsed(head=head)).value == wanted


@pytest.mark.parametrize(
    ("url", "piece", "is_name"),
    [
        ("https://www.theguardian.com/a", "The Guardian", True),
        ("https://www.theguardian.com/a", "Guardian", True),
        ("https://www.smh.com.au/a", "The Sydney Morning Herald", True),
        ("https://www.bbc.co.uk/news/a", "BBC News", True),
        ("https://www.mlive.com/a", "mlive.com", True),
        ("https://www.tageszeitung.it/a", "Die Neue Südtiroler Tageszeitung", True),
        ("https://www.zeit.de/a", "Es ist Zeit für einen Wechsel", False),
        ("https://www.theguardian.com/a", "Bridge reopens after storm", False),
        ("https://www.theguardian.com/a", "", False),
        ("https://www.harbourside.io/a", "How we built Harbourside a crane", False),
        ("https://www.harbourside.io/a", "Das Portal Harbourside Nord", True),
        ("https://www.harbourside.io/a", "Harbourside Blog", True),
        ("https://www.bankrate.com/a", "Bank Raises Rate", False),
    ],
)
def test_pieces_of_titles_are_told_from_names(url, piece, is_name):
    assert site_names(parsed(url=url)).has(piece) is is_name


def test_initials_of_a_stated_name_are_a_name():
    names = site_names(parsed(head=meta(og__site_name="World Harbour Awards")))
    assert names.has("WHA")
    assert not names.has("WH")
    assert not names.has("Wha")
    assert not names.has("Whale")


def test_hosts_are_read_by_the_public_suffix_list():
    assert host_labels("https://news.bbc.co.uk/1") == ("bbc",)
    assert registered_domain("https://news.bbc.co.uk/1") == "bbc.co.uk"
    assert registered_domain("https://192.0.2.1/") == "192.0.2.1"
    assert registered_domain("https://[broken/") == ""
