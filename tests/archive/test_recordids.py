"""Names of records, as headers and as addresses have them."""

from __future__ import annotations

from uuid import UUID

import pytest

from archive.recordids import bare_uuid, record_id_of

UUID_OF_ONE = "52fb5433-d5ee-4b95-95b0-a5c3006d223d"


@pytest.mark.parametrize(
    "written",
    [f"<urn:uuid:{UUID_OF_ONE}>", f"urn:uuid:{UUID_OF_ONE}", UUID_OF_ONE],
)
def test_a_record_id_has_its_uuid_however_it_is_written(written: str) -> None:
    assert bare_uuid(written) == UUID_OF_ONE


def test_a_uuid_becomes_the_id_of_a_record_again() -> None:
    assert bare_uuid(record_id_of(UUID(UUID_OF_ONE.upper()))) == UUID_OF_ONE
