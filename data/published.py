"""The published record: numbered read-only databases, and the small file CURRENT that names the one in force.

A new name for each publication, because DuckDB keeps an old handle alive under an old name; CURRENT is replaced in one
step, so a reader sees either the old record or the new one, never half of each.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import duckdb

from data.durable import sync_folder
from data.home import Home

KEEP = 3
STALE_DAYS = 30
"""After so many days without a look at the pages, a record is old, and says so."""
_NAME = re.compile(r"record-(\d+)\.duckdb")
_SIZE = re.compile(rb'"size": (\d+)[^{}]*\}\s*$')
_TAIL = 300
"""Bytes at the end of what a database was made of in which its size stands."""


class NotPublished(Exception):
    """No published database can be opened; the message says what to do next."""


def number_of(path: Path) -> int | None:
    """The n of record-<n>.duckdb, or None for another file."""
    found = _NAME.fullmatch(path.name)
    return int(found[1]) if found else None


def published_files(home: Home) -> list[Path]:
    """Published databases, oldest first."""
    found = [(n, path) for path in home.root.glob("record-*.duckdb") if (n := number_of(path)) is not None]
    return [path for _, path in sorted(found)]


def next_path(home: Home) -> Path:
    """The name that the next publication takes: never one that was used before."""
    taken = [n for path in published_files(home) if (n := number_of(path)) is not None]
    with contextlib.suppress(NotPublished):
        named = number_of(current_path(home, must_exist=False))
        taken.append(named or 0)
    return home.root / f"record-{max(taken, default=0) + 1}.duckdb"


def current_path(home: Home, *, must_exist: bool = True) -> Path:
    """The database that CURRENT names. Raises NotPublished where there is none, or the newest whole one is lost too."""
    try:
        name = home.current_file.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        name = ""
    except OSError as error:
        raise NotPublished(f"{home.current_file}: cannot be read: {error.strerror}") from error
    if name and _NAME.fullmatch(name):
        path = home.root / name
        if path.is_file() or not must_exist:
            return path
    remaining = published_files(home)
    if remaining and must_exist:
        return remaining[-1]
    raise NotPublished("Nothing is published in this home yet. Run: sim-record build")


def make_current(home: Home, path: Path) -> None:
    """Let readers open `path` from now on, and drop all but the last three publications with what lies beside them."""
    if path.parent != home.root or number_of(path) is None:
        raise ValueError(f"{path} is not a published database of {home.root}")
    temporary = home.root / "CURRENT.new"
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(path.name + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(home.current_file)
    sync_folder(home.root)
    for old in published_files(home)[:-KEEP]:
        for beside in home.root.glob(f"{old.stem}.*"):
            with contextlib.suppress(OSError):  # Windows keeps a file that a reader still has open
                beside.unlink()


def prints_path(record: Path) -> Path:
    """Where what a published database was made of is kept, its size among it; it goes when the database goes."""
    return record.with_suffix(".prints")


def cut_off(path: Path) -> str:
    """What is wrong where a published database is shorter than it was when it was published, else ""."""
    try:
        with prints_path(path).open("rb") as handle:
            handle.seek(max(0, handle.seek(0, os.SEEK_END) - _TAIL))
            told = _SIZE.search(handle.read())
        size = path.stat().st_size
    except OSError:
        return ""  # nobody knows how long it was
    if told is None or size >= int(told[1]):
        return ""
    return f"{path.name} is cut off: {size} of its {int(told[1])} bytes are there. Run: sim-record build"


def open_database(path: Path, *, threads: int = 2, memory: str = "512MB") -> duckdb.DuckDBPyConnection:
    """Open a published database for reading, unable to touch any other file or to change its own settings.

    Raises NotPublished where the file is not a whole, readable database.
    """
    if wrong := cut_off(path):
        raise NotPublished(wrong)
    try:
        connection = duckdb.connect(
            str(path),
            read_only=True,
            config={
                "threads": threads,
                "memory_limit": memory,
                "temp_directory": "",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
    except duckdb.Error as error:
        raise NotPublished(
            f"{path.name} cannot be opened: {str(error).splitlines()[0].rstrip('.')}. Run: sim-record build"
        ) from error
    locked = connection.execute("SELECT current_setting('lock_configuration')").fetchone()
    if not (locked and locked[0]):  # a second handle on a file that this process has open shares its locked settings
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
    return connection


def open_current(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the database that CURRENT names. Raises NotPublished."""
    return open_database(current_path(home))
