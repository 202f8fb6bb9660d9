"""Headless Chromium for tests: whatever it asks for is remembered.

The fixture `chromium` (tests/conftest.py) starts one browser for each module that
asks for it; `visiting` opens a fresh profile in it:

    def test_the_page(chromium, address):
        with visiting(chromium) as visit:
            visit.page.goto(address)
            assert visit.asked_elsewhere() == []

Debian's Chromium is used, or the one that DATELINE_CHROMIUM names. Where there is
none, tests are skipped with that reason; under CI=true they fail.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("DATELINE_CHROMIUM") or shutil.which("chromium")
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Whatever has a name is not to be found: a request for it is one too many.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|localhost|\[::1\]|::1")
_LOCAL_SCHEMES = frozenset({"data", "blob", "about", "chrome-error"})


@dataclass(slots=True, kw_only=True)
class Visit:
    """A page in a profile of its own, and what was asked for, by whatever in it."""

    page: Page
    requests: list[str] = field(default_factory=list)  # addresses, in their order
    said: list[str] = field(default_factory=list)  # on the console
    failed: list[str] = field(default_factory=list)  # addresses without an answer

    def asked_elsewhere(self, origin: str | None = None) -> list[str]:
        """List the requests that left loopback, or, if it is given, an origin."""
        return [url for url in self.requests if _is_elsewhere(url, origin)]


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium; skip the test, or fail under CI, where there is none."""
    if CHROMIUM is None:
        reason = "there is no Chromium: apt-get install chromium, or .ci/peers"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            chromium_sandbox=os.geteuid() != 0,  # it refuses to have one as root
            args=list(_FLAGS),
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, **options: Any) -> Iterator[Visit]:
    """Open a page in a fresh profile; `options` are those of `new_context`."""
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    visit = Visit(page=context.new_page())
    context.on("request", lambda request: visit.requests.append(request.url))
    context.on("requestfailed", lambda request: visit.failed.append(request.url))
    context.on("console", lambda message: visit.said.append(message.text))
    try:
        yield visit
    finally:
        context.close()


def _is_elsewhere(url: str, origin: str | None) -> bool:
    parts = urlsplit(url)
    if parts.scheme in _LOCAL_SCHEMES:
        return False
    if origin is not None:
        return f"{parts.scheme}://{parts.netloc}" != origin
    return not _LOOPBACK.fullmatch(parts.hostname or "")
