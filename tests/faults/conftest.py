"""A home for the tests of each module: a copy of one that was collected once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.home import Home
from tests.faults.watched import Watched, watched


@pytest.fixture(scope="session")
def collected_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watched(tmp_path_factory.mktemp("collected")) as made:
        yield made


@pytest.fixture(scope="module")
def place(collected_once: Watched, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A home of eight pages, collected and published once. Each test leaves it whole."""
    root = tmp_path_factory.mktemp("faults")
    return copy_of(collected_once, root)


def copy_of(made: Watched, root: Path) -> Watched:
    """The same home in another folder; both are collected from the same site."""
    shutil.copytree(made.home.root, root / "home")
    return Watched(Home((root / "home").resolve()), made.site, root / "out", dict(made.finished), made.number)
