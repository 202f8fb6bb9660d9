"""Fixtures and profiles for all tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_patient = [HealthCheck.too_slow]  # machines are shared
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=_patient
)
settings.register_profile(
    "local", max_examples=50, deadline=None, suppress_health_check=_patient
)
settings.register_profile("nightly", max_examples=2000, deadline=None)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "local")
)

# Shells start background jobs with SIGINT ignored, and so would what the tests start:
# a command that is to end at Ctrl-C would not say so.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start a headless browser; see tests/support/browser.py."""
    # Playwright is loaded by the tests that look at pages alone. Its loop must
    # not outlive a module: others run loops of their own.
    from tests.support.browser import started  # noqa: PLC0415 (see above)

    with started() as browser:
        yield browser
