"""The schema: SQL files in `schema/`, applied in order; their comments are the data dictionary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import duckdb

from data.labels import LABELS
from data.quoting import quoted

FOLDER: Final = Path(__file__).resolve().parent / "schema"
COLLECTED: Final = (
    "run", "attempt", "capture", "extraction", "passage", "link", "version", "change", "disappearance", "mention",
    "candidate", "observation", "evidence", "rereading", "alarm",
)  # fmt: skip

KEYS: Final = {"passage": ["passage_id"]}
"""Columns that name a row of a collected table, where the database keeps no index of them."""


def _apply(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute((FOLDER / name).read_text(encoding="utf-8"))


def create_collected(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that scrapers fill, in an empty working database."""
    _apply(connection, "02-collected.sql")


LATER: Final = (("candidate", "row_id", "VARCHAR"),)
"""Columns that an older working database may lack."""


def create_missing(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables and columns of what is collected that a database begun earlier does not have yet."""
    have = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for statement in (FOLDER / "02-collected.sql").read_text(encoding="utf-8").split(";\n"):
        table = re.match(r"\s*(?:--[^\n]*\n\s*)*(?:CREATE TABLE|COMMENT ON (?:TABLE|COLUMN)) (\w+)", statement)
        if table and table[1] not in have:
            connection.execute(statement)
    for table_name, column, kind in LATER:
        connection.execute(f'ALTER TABLE "{table_name}" ADD COLUMN IF NOT EXISTS "{column}" {kind}')


def create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table and view, with the vocabularies filled in, in an empty database."""
    for path in sorted(FOLDER.glob("*.sql")):
        _apply(connection, path.name)
    rows = ", ".join(
        f"({quoted(name)}, {quoted(value)}, {quoted(words)}, {position})"
        for name, values in LABELS.items()
        for position, (value, words) in enumerate(values.items(), 1)
    )
    connection.execute(f"INSERT INTO vocabulary VALUES {rows}")  # noqa: S608 - words of this project


def fill(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Insert what follows from the other tables into `table`, for the sources in the table looked_at."""
    _apply(connection, f"fill/{table}.sql")
