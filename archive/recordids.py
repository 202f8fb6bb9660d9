"""How a record is named: `<urn:uuid:…>` in its header, its UUID in addresses. Pure."""

from __future__ import annotations

from uuid import UUID


def bare_uuid(record_id: str) -> str:
    """Give the UUID alone of a record id, with or without its brackets."""
    return record_id.strip("<>").removeprefix("urn:uuid:")


def record_id_of(uuid: UUID) -> str:
    """Give the record id as WARC headers and the catalogue have it (WARC 1.1, 5.2)."""
    return f"<urn:uuid:{uuid}>"
