"""What the record runs on: programs and libraries, room on the disk, folders that must be written."""

from __future__ import annotations

import errno
import importlib.metadata
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb
from packaging.requirements import InvalidRequirement, Requirement

from data.bodies import LocalBodies
from data.home import Home
from data.programme import Programme
from data.published import published_files
from data.search import index_path
from data.version import software_version
from scrapers.doctor.lines import Line, broken, look, many, ok, size_words

LEAST_PYTHON: Final = (3, 11)
LITTLE: Final = 500_000_000
"""Bytes free below which the disk is worth a look, whatever the home needs."""
FEW_FILES: Final = 2_000
SHARED: Final = "pip install 'sim-record[cluster]'"


# -- programs and libraries


def programs() -> Iterator[Line]:
    """Versions of what runs, and whether the libraries are those that this program asks for."""
    told = {
        "sim-record": software_version(), "Python": platform.python_version(), "DuckDB": duckdb.__version__,
        "SQLite": sqlite3.sqlite_version, "Streamlit": _version("streamlit") or "missing",
    }  # fmt: skip
    words = ", ".join(f"{name} {version}" for name, version in told.items()) + "."
    if sys.version_info < LEAST_PYTHON:
        yield broken("programs", words, "Use Python 3.11 or newer.", **told)
    elif not _has_fts5():
        yield broken("programs", f"{words} This SQLite has no FTS5, so that nothing can be searched.",
                     "Use a Python whose SQLite has FTS5.", **told)  # fmt: skip
    else:
        yield ok("programs", f"{words} SQLite has FTS5.", **told)
    unmet = list(unmet_requirements())
    if unmet:
        yield broken("libraries", f"{'; '.join(unmet)}.", "Run: pip install --upgrade sim-record", unmet=unmet)
    else:
        yield ok("libraries", "All are here, in versions that this program was made for.")


def _has_fts5() -> bool:
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.Error:
        return False
    return True


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def unmet_requirements(extra: str = "") -> Iterator[str]:
    """What the distribution asks for (with an extra) and this Python has not, or in another version."""
    try:
        asked = importlib.metadata.requires("sim-record") or []
    except importlib.metadata.PackageNotFoundError:
        return  # runs without being installed: nothing says what it asks for
    for text in asked:
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            continue
        marker = wanted.marker
        if marker is not None and (not marker.evaluate({"extra": extra}) or (extra and marker.evaluate({"extra": ""}))):
            continue
        if extra and marker is None:
            continue
        have = _version(wanted.name)
        if have is None:
            yield f"{wanted.name} is missing"
        elif wanted.specifier and not wanted.specifier.contains(have, prereleases=True):
            yield f"{wanted.name} {have} is not {wanted.specifier}"


def optional(programme: Programme | None) -> Iterator[Line]:
    """What only some installations need."""
    unmet = list(unmet_requirements("cluster"))
    needed = programme is not None and (programme.store.kind == "ducklake" or "://" in programme.store.captures)
    if not unmet:
        yield ok("optional", "What more than one machine needs is installed.")
    elif needed:
        words = f"[store] of programme.toml shares this record with other machines, and {'; '.join(unmet)}."
        yield broken("optional", words, f"Run: {SHARED}", unmet=unmet)
    else:
        yield ok("optional", f"Not installed, and needed only for more than one machine: {SHARED}", unmet=unmet)


# -- folders


def folders(home: Home) -> Iterator[Line]:
    """Whether this user may write where collecting and building write. Nothing is left there."""
    refused = []
    for folder in (home.root, home.register, home.captures, home.editions):
        if folder.is_dir():
            why = _refusal(folder)
            if why:
                refused.append((folder, why))
        elif folder.exists() or folder.is_symlink():
            yield broken("folders", f"{folder} is no folder.", "Move it away, or bring back the folder from a copy.")
    if not home.register.exists():
        yield look(
            "folders", f"There is no {home.register}, so that nothing is declared.", "Bring it back from a copy."
        )
    all_of_it = any(folder == home.root for folder, _ in refused)
    for file in (home.work_database, index_path(home)):
        if not all_of_it and file.is_file() and not os.access(file, os.R_OK | os.W_OK):
            refused.append((file, "Permission denied"))
    if not refused:
        yield ok("folders", f"This user may write in {home.root}.")
        return
    words = "; ".join(f"{path} cannot be written ({why})" for path, why in refused) + "."
    paths = [str(path) for path, _ in refused]
    if all(why == os.strerror(errno.EROFS) for _, why in refused):
        step = "Mount the disk for writing"
    elif any(why in (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT)) for _, why in refused):
        step = "Make room (see disk)"
    else:
        step = "Give them to the user who collects"
    if published_files(home):
        yield look("folders", f"{words} What is published can be shown; nothing can be collected or built.",
                   f"{step}, if that is to be done here.", refused=paths)  # fmt: skip
    else:
        yield broken("folders", words, f"{step}.", refused=paths)


def _refusal(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".doctor-"):
            return None
    except OSError as error:
        return error.strerror or type(error).__name__


def captures(home: Home, programme: Programme | None, files: Iterable[tuple[str, int]]) -> Iterator[Line]:
    """Whether every WARC file in which captures lie is here, and reaches to its last record. What stands in them is
    read by `sim-record check`; files in a shared place are not asked for."""
    if programme is not None and programme.store.captures:
        yield ok("captures", f"They lie in {programme.store.captures} too; sim-record check looks there.")
        return
    sizes = LocalBodies(home.captures).sizes()
    known = list(files)
    spoiled = [
        f"{name} is {'cut off' if name in sizes else 'missing'}" for name, last in known if sizes.get(name, 0) <= last
    ]
    if not spoiled:
        yield ok("captures", f"{many(len(known), 'WARC file')}, all here.", files=len(known))
        return
    more = f" and {len(spoiled) - 5} more" if len(spoiled) > 5 else ""
    yield broken("captures", f"{'; '.join(spoiled[:5])}{more}: bytes of captures are gone from here.",
                 "Put the files back from a backup; sim-record check names each capture.",
                 files=len(known), spoiled=spoiled)  # fmt: skip


# -- disk


def disk(home: Home, grown: list[int]) -> Iterator[Line]:
    """Room beside what the home takes, what each of the last runs added (`grown`, bytes) and what a build needs."""
    try:
        usage = shutil.disk_usage(home.root)
    except OSError as error:
        yield look("disk", f"Its room is not known ({error.strerror}).", "See what df says.")
        return
    taken = sum(_sizes(home.root))
    each = sum(grown) / len(grown) if grown else 0
    newest = max((_size(path) for path in published_files(home)), default=0)
    needed = 2 * newest + _size(index_path(home)) + round(each)
    words = f"{size_words(usage.free)} free of {size_words(usage.total)}; the home takes {size_words(taken)}."
    if grown:
        words += f" The last {many(len(grown), 'run')} added {size_words(each)} of captures each."
    figures = {"free": usage.free, "home": taken, "needed_by_a_build": needed, "grown_by_runs": grown}
    room = "Make room: old editions and captures may be moved to another disk only with a backup."
    if usage.free < needed or usage.free < 20_000_000:
        words += f" The next build needs about {size_words(max(needed, 20_000_000))} while it writes."
        yield broken("disk", words, room, **figures)
    elif usage.free < max(LITTLE, 5 * needed):
        yield look("disk", words, room, **figures)
    elif (files := _files_free(home.root)) is not None and files < FEW_FILES:
        yield look("disk", f"{words} Only {many(files, 'more file')} can be made on it.", room, **figures)
    else:
        yield ok("disk", words, **figures)


def _sizes(folder: Path) -> Iterable[int]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield _size(Path(parent) / name)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _files_free(folder: Path) -> int | None:
    """How many files can still be made; None where the file system does not count them."""
    if not hasattr(os, "statvfs"):
        return None
    told = os.statvfs(folder)
    return told.f_favail if told.f_files else None
