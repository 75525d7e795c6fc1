"""Where the record lies: named, by environment, in a checkout, or begun in the user's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import home as homes
from data.home import HOME_VARIABLE, PACKAGE, HomeError, begin, find_home


def test_in_a_checkout_the_default_is_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    assert find_home().root == PACKAGE


def test_the_option_beats_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begin(tmp_path / "a")
    begin(tmp_path / "b")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "a"))
    assert find_home().root == (tmp_path / "a").resolve()
    assert find_home(tmp_path / "b").root == (tmp_path / "b").resolve()


def test_an_installed_package_begins_a_home_of_its_own_and_never_overwrites_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.setattr(homes, "is_checkout", lambda: False)
    monkeypatch.setattr(homes.platformdirs, "user_data_dir", lambda *_a, **_k: str(tmp_path / "user"))
    home = find_home()
    assert (home.register / "sources.csv").read_bytes() == (PACKAGE / "register" / "sources.csv").read_bytes()
    (home.register / "sources.csv").write_text("source_id\n", encoding="utf-8")
    assert (find_home().register / "sources.csv").read_text(encoding="utf-8") == "source_id\n"


def test_what_is_no_home_is_said(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"no programme\.toml"):
        find_home(tmp_path)
    with pytest.raises(HomeError, match="no such folder"):
        find_home(tmp_path / "nowhere")
