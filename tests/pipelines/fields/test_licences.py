from __future__ import annotations

import pytest

from pipelines.fields.licences import read_licence, spdx
from tests.pipelines.fields.pages import json_ld, meta, parsed

CC = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        (CC, "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/de/", "CC-BY-NC-SA-3.0-DE"),
        ("https://creativecommons.org/licenses/by-nd/4.0/deed.fr", "CC-BY-ND-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("This work is licensed under CC BY-SA 4.0.", "CC-BY-SA-4.0"),
        (
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            "OGL-UK-3.0",
        ),
        ("https://www.govdata.de/dl-de/by-2-0", "DL-DE-BY-2.0"),
        ("All rights reserved", None),
        ("", None),
    ],
)
def test_known_licences_have_identifiers(stated, wanted):
    assert spdx(stated) == wanted


@pytest.mark.parametrize(
    ("body", "head", "wanted"),
    [
        ("", json_ld(license=CC), "CC-BY-4.0"),
        ("", json_ld(license={"@type": "CreativeWork", "url": CC}), "CC-BY-4.0"),
        ("", f'<link rel="license" href="{CC}">', "CC-BY-4.0"),
        ("", json_ld(license="https://example.org/terms"), "https://example.org/terms"),
        ("", meta(**{"dc.rights": "Licence: CC BY 4.0"}), "CC-BY-4.0"),
        ("", meta(**{"dc.rights": "Lizenz: frei für alle"}), "Lizenz: frei für alle"),
        ("", meta(**{"dc.rights": "2026 Example Press Limited"}), None),
        (f'<p><a rel="license" href="{CC}">CC</a></p>', "", "CC-BY-4.0"),
        (f'<footer><p><a href="{CC}">CC</a></p></footer>', "", "CC-BY-4.0"),
        (f'<figure><figcaption><a href="{CC}">CC</a></figcaption></figure>', "", None),
        (f'<p class="photo-credit"><a rel="license" href="{CC}">CC</a></p>', "", None),
        (f'<p>She uses <a href="{CC}">a free licence</a>.</p>', "", None),
        ('<footer><a href="https://creativecommons.org/">CC</a></footer>', "", None),
        ("", "", None),
    ],
)
def test_the_licence_is_that_of_the_article(body, head, wanted):
    assert read_licence(parsed(body, head)).value == wanted
