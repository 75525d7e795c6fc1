"""The schema: SQL files in `schema/`, applied in order; their comments are the data dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from data.labels import LABELS

FOLDER: Final = Path(__file__).resolve().parent / "schema"
COLLECTED: Final = (
    "run", "attempt", "capture", "extraction", "passage", "link", "version", "change", "disappearance", "mention",
    "candidate", "evidence",
)  # fmt: skip


def _apply(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute((FOLDER / name).read_text(encoding="utf-8"))


def create_collected(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that scrapers fill, in an empty working database."""
    _apply(connection, "02-collected.sql")


def create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table and view, with the vocabularies filled in, in an empty database."""
    for path in sorted(FOLDER.glob("*.sql")):
        _apply(connection, path.name)
    connection.executemany(
        "INSERT INTO vocabulary VALUES (?, ?, ?, ?)",
        [
            (name, value, words, position)
            for name, values in LABELS.items()
            for position, (value, words) in enumerate(values.items(), 1)
        ],
    )
