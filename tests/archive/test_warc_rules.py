from __future__ import annotations

import pytest

from archive.model import Severity
from archive.warc.fields import Fields
from archive.warc.rules import CODES, RULES, TYPES, violations
from tests.support.warcs import record_id


def test_every_code_has_a_severity_and_a_sentence_and_is_in_kebab_case():
    for code, (severity, sentence) in CODES.items():
        assert code == code.lower().replace("_", "-").replace(" ", "-")
        assert isinstance(severity, Severity)
        assert sentence.endswith(".")


def test_the_rules_name_each_field_once_and_only_types_there_are():
    assert len({rule.field.lower() for rule in RULES}) == len(RULES) == 21
    for rule in RULES:
        assert rule.mandatory_on <= TYPES
        assert rule.forbidden_on <= TYPES
        assert not rule.mandatory_on & rule.forbidden_on


@pytest.mark.parametrize(
    ("date", "valid"),
    [
        ("2026", True),
        ("2026-11", True),
        ("2026-11-22", True),
        ("2026-11-22T20:10Z", True),
        ("2026-11-22T20:10:00Z", True),
        ("2026-11-22T20:10:00.1Z", True),
        ("2026-11-22T20:10:00.123456789Z", True),
        ("2026-11-22T20:10:00.1234567890Z", False),
        ("2026-11-22T20:10:00.Z", False),
        ("2026-11-22T20:10.5Z", False),
        ("2026-11-22T20:10:00", False),
        ("2026-11-22T20:10:00+01:00", False),
        ("2026-11-22T25:10:00Z", False),
        ("2026-13-22", False),
        ("20261122201000", False),
        ("2026-11-22t20:10:00z", False),
    ],
)
def test_dates_are_those_of_w3c(date, valid):
    said = Fields((("WARC-Refers-To-Date", date),))
    found = [code for code, _ in violations("revisit", said)]
    assert ("field-value" not in found) is valid


def test_version_1_0_may_bracket_addresses_and_knows_no_younger_fields():
    said = Fields((("WARC-Target-URI", "<a:b>"), ("WARC-Refers-To-Date", "never")))
    old = [code for code, _ in violations("response", said, "1.0")]
    new = [code for code, _ in violations("response", said, "1.1")]
    assert "uri-brackets" in old
    assert not {"field-value", "field-forbidden"} & set(old)
    assert {"field-value", "field-forbidden"} <= set(new)


def test_unknown_fields_and_types_are_no_violation_of_form():
    said = Fields(
        (
            ("WARC-Record-ID", record_id(1)),
            ("WARC-Type", "oracle"),
            ("WARC-Date", "2026-11-22"),
            ("Content-Length", "0"),
            ("WARC-Protocol", "tls/1.3"),
            ("WARC-Protocol", "http/1.1"),
        )
    )
    assert [code for code, _ in violations("oracle", said)] == ["unknown-type"]
