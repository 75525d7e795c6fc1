"""Rows and values written into the text of a statement, for the databases that scrapers write.

Rows go in as JSON, and values as literals: the first bound parameter makes DuckDB's client load pandas and Arrow, 85 MB
and half a second that neither a run nor a build needs, and JSON is twice as fast as rows one by one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import duckdb

from data.quoting import quoted

Connection = duckdb.DuckDBPyConnection

MEMORY: Final = "128MB"
"""What a working database may take."""
CHUNK: Final = 500_000
"""Characters of JSON that go into one statement."""


Value = str | int | float | bool | dt.date | Sequence[str] | None


def literal(value: Value) -> str:
    """A value as SQL writes it: times in UTC without a zone, texts as a list for `unnest`."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo is not None else value
        return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return quoted(_encodable(value))
    return f"CAST([{', '.join(literal(one) for one in value)}] AS VARCHAR[])"


def filled(sql: str, *values: Value) -> str:
    """The statement with a value in place of each question mark. Raises ValueError where their numbers differ."""
    first, *rest = sql.split("?")
    if len(rest) != len(values):
        raise ValueError(f"{len(rest)} places for {len(values)} values")
    return first + "".join(literal(value) + part for value, part in zip(values, rest, strict=True))


def literals(values: Iterable[str]) -> str:
    """Texts as a list for IN, never empty."""
    return "(" + (", ".join(literal(value) for value in values) or "NULL") + ")"


def _encodable(text: str) -> str:
    """The text without what UTF-8 cannot say (lone surrogates) and SQL text cannot hold (NUL)."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "")


class Inserter:
    """Inserts rows into tables of a database in batches, each value under its column's type."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._statements: dict[str, tuple[str, str]] = {}

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows; a key that is missing becomes its column's default, or NULL. Call within a transaction."""
        chunk: list[str] = []
        size = 0
        for row in rows:
            text = json.dumps(row, ensure_ascii=False, default=str)
            chunk.append(text)
            size += len(text)
            if size > CHUNK:
                self._insert(table, chunk)
                chunk, size = [], 0
        if chunk:
            self._insert(table, chunk)

    def _insert(self, table: str, rows: list[str]) -> None:
        before, after = self._statement(table)
        self._connection.execute(f"{before}{literal('[' + ','.join(rows) + ']')}{after}")

    def _statement(self, table: str) -> tuple[str, str]:
        if table not in self._statements:
            columns = self._connection.execute(
                "SELECT column_name, data_type, column_default FROM duckdb_columns() "  # noqa: S608
                f"WHERE table_name = {literal(table)} AND database_name = current_database() ORDER BY column_index"
            ).fetchall()
            listed = ", ".join(f'"{name}"' for name, _, _ in columns)
            read = ", ".join(
                f'coalesce(r."{name}", {default})' if default else f'r."{name}"' for name, _, default in columns
            )
            shape = json.dumps([{name: kind for name, kind, _ in columns}])
            before = f'INSERT INTO "{table}" ({listed}) SELECT {read} FROM (SELECT unnest(from_json('  # noqa: S608
            self._statements[table] = (before, f", {literal(shape)})) AS r)")
        return self._statements[table]
