"""The API does what its description says, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from archive.web.access import Access
from archive.web.app import create_app
from archive.web.shelf import Shelf

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 8  # of each operation


@pytest.fixture
def schema(newsdays: Path) -> Iterator[Any]:
    shelf = Shelf.open(newsdays)
    app = create_app(shelf, access=Access(names=["testserver"]))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    shelf.close()


@pytest.mark.timeout(300)
def test_nothing_asked_of_the_api_is_an_error_of_the_server(schema):
    wrong: list[str] = []
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 8
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(
                headers={"Origin": "http://testserver"}, checks=CHECKS
            )

        try:
            ask()
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 (told at once)
            wrong.append("".join(format_exception(error, limit=0)))
    assert not wrong, "\n\n".join(wrong)
