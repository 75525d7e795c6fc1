"""The app as its readers meet it: a server of its own on loopback, and Debian's Chromium."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.home import HOME_VARIABLE, Home
from tests.support.processes import running

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
START_SECONDS = 90
PAGE_MS = 60_000  # a page takes half a minute where eight processes share a core


def chromium() -> str | None:
    """Where the system's Chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing() -> str:
    """What a test in a browser lacks here, or ""."""
    for module in ("playwright", "axe_playwright_python"):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed"
    return "" if chromium() else "chromium is not installed"


@contextmanager
def open_browser() -> Iterator[Any]:
    """Chromium, driven by Playwright; it asks nothing of the web by itself."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield found
        finally:
            found.close()


@contextmanager
def app_of(home: Home, log: Path) -> Iterator[tuple[str, int]]:
    """Start the app as a reader of the README does: (its address on a free port of loopback, its process id).

    Raises RuntimeError with the last lines of `log` where it does not answer within 90 seconds.
    """
    environment = {**os.environ, HOME_VARIABLE: str(home.root)}
    with running(_app_at, "the app", env=environment, log=log) as found:
        yield found


def _app_at(port: int) -> list[str]:
    return [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]


def opened(page: Any, address: str) -> Any:
    """Go to an address and wait until the app has taken over from the plain page and has settled."""
    page.goto(address, timeout=PAGE_MS)
    return settled(page)


def settled(page: Any) -> Any:
    """Wait until the app shows its heading and rests."""
    page.wait_for_selector("[data-testid=stMain] h1", timeout=PAGE_MS)
    page.wait_for_selector("#plain", state="detached", timeout=PAGE_MS)
    page.wait_for_selector("[data-test-script-state=notRunning]", timeout=PAGE_MS)
    page.wait_for_timeout(400)
    return page
