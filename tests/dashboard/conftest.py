"""A published record for tests of the dashboard: the real register, built once, and an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.start import START, Context
from data.home import HOME_VARIABLE, PACKAGE, Home
from scrapers.build import build


def _home(root: Path, *, register: bool) -> Home:
    if register:
        shutil.copytree(PACKAGE / "register", root / "register")
    else:
        (root / "register").mkdir(parents=True)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    home = Home(root.resolve())
    build(home)
    return home


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The real register, published. Tests only read it."""
    return _home(tmp_path_factory.mktemp("published") / "home", register=True)


@pytest.fixture(scope="session")
def published_empty_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A register without a row, published. Tests only read it."""
    return _home(tmp_path_factory.mktemp("published-empty") / "home", register=False)


@pytest.fixture
def context_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Home], Context]]:
    """Call it with a home: the context that pages get from it."""

    def make(home: Home) -> Context:
        monkeypatch.setenv(HOME_VARIABLE, str(home.root))
        state = START.state()
        assert isinstance(state, Context), state
        return state

    yield make
    START.close()
