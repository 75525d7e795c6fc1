"""Homes for tests: each a copy in a folder of its own, never the project's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data.home import PACKAGE, Home

ROOT = PACKAGE.parent
TOOLS = Path(os.environ.get("SIM_RECORD_TEST_TOOLS") or ROOT / ".ci" / "tools")
"""Where `.ci/run` puts what tests use from outside and the system's packages do not have."""


def need(condition: object, reason: str) -> None:
    """Skip with a reason where an outside tool is missing; in CI that is a failure."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI lacks what this test needs: {reason}")
    pytest.skip(reason)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with the real register and nothing collected."""
    root = tmp_path / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    return Home(root.resolve())


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    """A home with programme.toml and no register file at all."""
    root = tmp_path / "empty"
    (root / "register").mkdir(parents=True)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    return Home(root.resolve())


@pytest.fixture
def home_with_sources(empty_home: Home) -> Callable[[dict[str, str]], Home]:
    """Make a home whose sources are the given {source_id: url}."""

    def make(urls: dict[str, str]) -> Home:
        lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on"]
        lines += [f"{name},{url},Page {name},,,,html,reference,,2026-11-23" for name, url in urls.items()]
        (empty_home.register / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return empty_home

    return make
