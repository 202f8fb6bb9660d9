"""Why this date: the chosen claims of a field, and those that lost."""

from __future__ import annotations

from archive.events import capture_records
from archive.evidence import evidence_of, evidence_values
from archive.model import Claim, Work
from tests.support.builders import make_article, make_moment, make_order

CLAIMS = (
    Claim(field="published", value="2024-05-06", origin="meta:x", is_chosen=True),
    Claim(field="published", value="2024-05-09", origin="url"),
    Claim(field="charset", value="utf-8", origin="meta"),
    Claim(field="byline", value="By Ada", origin="class:byline"),
)


def evidence(work: Work):
    capture = capture_records(make_order(), "<urn:uuid:0>").capture
    article = make_article(capture, work=work, claims=CLAIMS)
    return {one.field: one for one in evidence_of(article)}


def test_a_field_shows_its_value_what_was_chosen_and_what_lost():
    found = evidence(Work(title="T", published=make_moment()))
    published = found["published"]
    assert published.value is not None
    assert published.value.startswith("2024-05-06 (to the day, between 2024-05-06T00")
    assert [claim.origin for claim in published.chosen] == ["meta:x"]
    assert [claim.origin for claim in published.others] == ["url"]
    assert evidence_values(published)["others"] == [
        {"value": "2024-05-09", "origin": "url"}
    ]


def test_a_claim_nothing_was_made_of_and_a_value_nobody_claimed_are_told_too():
    found = evidence(Work(title="T", language="de"))
    assert found["published"].value is None
    assert found["published"].chosen == CLAIMS[:1]
    assert (found["language"].value, found["language"].chosen) == ("de", ())
    assert found["author"].others == CLAIMS[3:]  # by another name
    assert list(found) == ["title", "author", "published", "language", "charset"]
