"""Fixtures and profiles for all tests."""

from __future__ import annotations

import os

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
