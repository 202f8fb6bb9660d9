"""What is said of other people's errors can be kept and printed."""

from __future__ import annotations

import pytest

from archive.errors import told
from archive.warc.fields import serialise_warc_fields


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("no such\n  thing"), "ValueError: no such thing"),
        (TimeoutError(), "TimeoutError"),
        (OSError("a\x00b\x1b[31m\udcff"), "OSError: a\ufffdb\ufffd[31m\ufffd"),
        (KeyError("x" * 9000), f"KeyError: '{'x' * 499}"),
    ],
)
def test_an_error_is_told_on_one_printable_line(error, sentence):
    assert told(error) == sentence
    assert serialise_warc_fields([("detail", told(error))])
