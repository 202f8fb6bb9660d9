"""axe-core, which looks for what keeps people from using a page (`.ci/peers`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.command import ROOT

_SERIOUS = frozenset({"serious", "critical"})
# WCAG 2.2 at level AA, and what axe's authors count as good practice.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def serious_faults(page: Page) -> list[str]:
    """List the serious faults of a page, each with the element that has it.

    The test is skipped where axe-core is missing; under CI it fails.
    """
    folder = os.environ.get("DATELINE_AXE", str(ROOT / ".peers" / "axe"))
    script = Path(folder) / "package" / "axe.min.js"
    if not script.exists():
        reason = f"axe-core is not in {folder}: `make peers` fetches it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # By the browser itself: our policy lets no other script in.
    page.evaluate(script.read_text("utf-8") + "; 0")
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})", _RULES
    )
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in _SERIOUS
        for node in one["nodes"]
    ]
