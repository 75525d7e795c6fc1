"""The working database put back out of the last publication, where it is not there any more.

What is collected stands in the published database too, so a working database that was lost, or moved away because it
was spoiled, costs only what no publication holds. What follows from the rest (versions, evidence …) is made again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import duckdb

from data import schema
from data.durable import sync_folder
from data.home import Home
from data.programme import read_programme
from data.published import NotPublished, current_path, cut_off, published_files
from data.quoting import quoted
from scrapers.statements import MEMORY

OTHERS: Final = {"candidate": "rule LIKE '%/%'"}
"""Of these tables only what families of sites read; the rest follows from captures."""
TABLES: Final = ("run", "attempt", "capture", "extraction", "passage", "link", "observation", "candidate")


def held_by(home: Home) -> Path | None:
    """The newest whole publication, the one in force first, where it holds captures; None where none does."""
    try:
        paths = [current_path(home), *reversed(published_files(home))]
    except NotPublished:
        return None
    for path in dict.fromkeys(paths):
        if cut_off(path):
            continue
        try:
            with duckdb.connect(str(path), read_only=True) as record:
                row = record.execute("SELECT count(*) FROM capture").fetchone()
        except duckdb.Error:
            continue
        return path if row and row[0] else None
    return None


def restore(home: Home) -> Path | None:
    """Make the working database anew from the last publication; gives that, or None where there is nothing to put back.
    Raises duckdb.Error, OSError; nothing is there then."""
    if read_programme(home.programme_file).store.kind != "file":
        return None  # a lake has all of it
    source = held_by(home)
    if source is None:
        return None
    part = home.work_database.with_suffix(".part")
    _drop(part)
    try:
        with duckdb.connect(str(part), config={"memory_limit": MEMORY}) as work:
            work.execute("BEGIN")
            schema.create_collected(work)
            work.execute("COMMIT")
            work.execute(f"ATTACH {quoted(str(source))} AS published (READ_ONLY)")
            for table in TABLES:
                here, there = _columns(work, part.stem, table), _columns(work, "published", table)
                listed = ", ".join(f'"{name}"' for name in here if name in there)
                where = OTHERS.get(table, "true")
                work.execute(
                    f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM published.main."{table}" WHERE {where}'  # noqa: S608
                )
            work.execute("DETACH published")
            work.execute("CHECKPOINT")
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(home.work_database)
        sync_folder(home.root)
    finally:
        _drop(part)
    return source


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    return [
        str(name)
        for (name,) in connection.execute(
            f"SELECT column_name FROM duckdb_columns() WHERE database_name = {quoted(database)} "  # noqa: S608
            f"AND table_name = {quoted(table)} ORDER BY column_index"
        ).fetchall()
    ]


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    Path(f"{part}.wal").unlink(missing_ok=True)
