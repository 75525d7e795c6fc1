"""A home: the folder that holds one record (its programme.toml, register, captures and published databases)."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
HOME_VARIABLE = "SIM_RECORD_HOME"


class HomeError(Exception):
    """The folder cannot serve as a home; the message says what to do next."""


@dataclass(frozen=True)
class Home:
    """The paths of one home. Nothing is created by naming it."""

    root: Path

    @property
    def programme_file(self) -> Path:
        return self.root / "programme.toml"

    @property
    def register(self) -> Path:
        return self.root / "register"

    @property
    def captures(self) -> Path:
        return self.root / "captures"

    @property
    def editions(self) -> Path:
        return self.root / "editions"

    @property
    def work_database(self) -> Path:
        """What the scrapers write; never opened by a reader."""
        return self.root / "work.duckdb"

    @property
    def current_file(self) -> Path:
        """Names the published database that readers open."""
        return self.root / "CURRENT"

    @property
    def progress_file(self) -> Path:
        """How far the run under way is, for the dashboard to show."""
        return self.root / "progress.json"


def is_checkout() -> bool:
    """Whether the code runs from a source tree, where `data/` itself is the home."""
    return (PACKAGE.parent / "pyproject.toml").is_file() and (PACKAGE / "programme.toml").is_file()


def default_root() -> Path:
    """`data/` in a checkout, the user's data folder where the package is installed from a wheel."""
    if is_checkout():
        return PACKAGE
    return Path(platformdirs.user_data_dir("sim-record", appauthor=False))


def begin(root: Path) -> None:
    """Fill a new home from the register that came with the package; files already there are left as they are."""
    (root / "register").mkdir(parents=True, exist_ok=True)
    wanted = [PACKAGE / "programme.toml", *sorted((PACKAGE / "register").iterdir())]
    for source in wanted:
        target = root / source.relative_to(PACKAGE)
        if source.is_file() and not target.exists():
            shutil.copyfile(source, target)


def find_home(option: str | Path | None = None) -> Home:
    """The home named by `option`, else by SIM_RECORD_HOME, else the default one (begun if it is new).

    Raises HomeError where the folder is missing or is not a home.
    """
    named = option or os.environ.get(HOME_VARIABLE)
    root = Path(named).expanduser() if named else default_root()
    if not named and not is_checkout() and not (root / "programme.toml").exists():
        begin(root)
    if not root.is_dir():
        raise HomeError(
            f"{root}: there is no such folder. A home is a folder with programme.toml and register/; "
            f"name one with --home or {HOME_VARIABLE}."
        )
    home = Home(root.resolve())
    if not home.programme_file.is_file():
        raise HomeError(
            f"{home.root}: no programme.toml here, so this is not a home. Copy programme.toml from the project's "
            "data/ folder and change it for your programme."
        )
    return home
