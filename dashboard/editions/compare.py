"""What changed between two editions, row by row, read from the files that both hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import duckdb

from dashboard.api.filters import quoted
from dashboard.sql.formats import plain
from data import quoting
from data.editions import Edition, EditionError, sums_of
from data.schema import COLLECTED

MOST_ROWS: Final = 500
"""Rows of one table that are told one by one; of more only their number is told."""
_LEFT_OUT: Final = frozenset({"build", "vocabulary", "timeline", "source_state"})
"""Not facts: how the record was built and its words, and two tables that the build fills from the others."""


@dataclass(frozen=True)
class Cell:
    """A cell that says something else: its column, what it said and what it says."""

    column: str
    was: Any
    now: Any


@dataclass(frozen=True)
class ChangedRow:
    """A row that came (`how` is "added"), says something else ("corrected") or is not there any more ("withdrawn").

    `row_id` is its name: the cells of its key, joined by full stops. `words` tells what it is about."""

    how: str
    row_id: str
    words: str
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class TableChanges:
    """One table: how many rows came, say something else, or went, and the first of them one by one."""

    table: str
    added: int
    corrected: int
    withdrawn: int
    rows: tuple[ChangedRow, ...]

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.corrected or self.withdrawn)


@dataclass(frozen=True)
class Comparison:
    """Two editions, the earlier first. `kept_by_hand` are the tables of the register, `collected` the others;
    `only_in` names (edition, table) where one edition alone has a table."""

    before: Edition
    after: Edition
    kept_by_hand: tuple[TableChanges, ...]
    collected: tuple[TableChanges, ...]
    only_in: tuple[tuple[str, str], ...]


def compare(before: Edition, after: Edition) -> Comparison:
    """What changed from one edition to another. Raises EditionError where one of them is not whole."""
    return _compared(before, after, before.sha256, after.sha256)


@lru_cache(maxsize=32)
def _compared(before: Edition, after: Edition, _one: str, _other: str) -> Comparison:
    first, second = _tables(before), _tables(after)
    shared = [name for name in second if name in first]
    only = [(before.name, name) for name in first if name not in second]
    only += [(after.name, name) for name in second if name not in first]
    try:
        with _reader() as connection:
            found = {
                name: _changes(connection, name, before, after, second[name].key, _shared_columns(first, second, name))
                for name in shared
            }
    except duckdb.Error as error:
        words = str(error).splitlines()[0]
        raise EditionError(f"The files of {before.name} and {after.name} cannot be compared: {words}") from error
    return Comparison(
        before,
        after,
        tuple(one for name, one in found.items() if name not in COLLECTED),
        tuple(one for name, one in found.items() if name in COLLECTED),
        tuple(only),
    )


@dataclass(frozen=True)
class _Table:
    columns: tuple[str, ...]
    key: tuple[str, ...]


def _tables(found: Edition) -> dict[str, _Table]:
    """The tables of an edition (views follow from them), with their columns and key as its data package gives them."""
    sums = sums_of(found)
    try:
        described = json.loads((found.folder / "datapackage.json").read_text(encoding="utf-8"))
        views = set(described.get("views", ()))
        tables = {}
        for one in described["resources"]:
            name = Path(one["path"]).stem
            if "schema" not in one or name in _LEFT_OUT or name in views or f"tables/{name}.parquet" not in sums:
                continue
            columns = tuple(field["name"] for field in one["schema"]["fields"])
            tables[name] = _Table(columns, tuple(one["schema"].get("primaryKey", ())))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EditionError(
            f"editions/{found.name}/datapackage.json cannot be read; the edition is not whole"
        ) from error
    return tables


def _shared_columns(first: dict[str, _Table], second: dict[str, _Table], name: str) -> tuple[str, ...]:
    return tuple(column for column in second[name].columns if column in first[name].columns)


@contextmanager
def _reader() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2, "memory_limit": "512MB", "temp_directory": ""}) as connection:
        yield connection


def _changes(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    before: Edition,
    after: Edition,
    key: tuple[str, ...],
    columns: tuple[str, ...],
) -> TableChanges:
    listed = ", ".join(quoted(column) for column in columns)
    for side, found in (("was", before), ("now", after)):
        file = quoting.quoted(str(found.folder / "tables" / f"{name}.parquet"))
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {side} AS SELECT {listed} FROM read_parquet({file})")  # noqa: S608
    if not key or not set(key) <= set(columns):
        return _counted_alone(connection, name)
    same_key = " AND ".join(f"w.{quoted(one)} = n.{quoted(one)}" for one in key)
    rest = [column for column in columns if column not in key]
    differs = " OR ".join(f"w.{quoted(c)} IS DISTINCT FROM n.{quoted(c)}" for c in rest) or "false"
    joined = (
        f"FROM was w FULL JOIN now n ON {same_key} "
        f"WHERE w.{quoted(key[0])} IS NULL OR n.{quoted(key[0])} IS NULL OR {differs}"
    )
    counts = connection.execute(
        f"""SELECT count(*) FILTER (w.{quoted(key[0])} IS NULL), count(*) FILTER (n.{quoted(key[0])} IS NULL), count(*)
        {joined}"""
    ).fetchone()
    added, withdrawn, every = counts or (0, 0, 0)
    rows: tuple[ChangedRow, ...] = ()
    if name not in COLLECTED and every:
        both = ", ".join(f"{side}.{quoted(column)}" for side in ("w", "n") for column in columns)
        order = ", ".join(f"coalesce(n.{quoted(one)}, w.{quoted(one)})" for one in key)
        told = connection.execute(f"SELECT {both} {joined} ORDER BY {order} LIMIT {MOST_ROWS}").fetchall()
        rows = tuple(_row(columns, key, cells) for cells in told)
    return TableChanges(name, added, every - added - withdrawn, withdrawn, rows)


def _counted_alone(connection: duckdb.DuckDBPyConnection, name: str) -> TableChanges:
    """Rows without a key are the same or they are not."""
    counts = connection.execute(
        """SELECT (SELECT count(*) FROM (FROM now EXCEPT ALL FROM was)), (SELECT count(*) FROM (FROM was EXCEPT ALL
        FROM now))"""
    ).fetchone()
    added, withdrawn = counts or (0, 0)
    return TableChanges(name, added, 0, withdrawn, ())


_WORDS: Final = ("title", "summary", "name", "why", "reading")


def _row(columns: tuple[str, ...], key: tuple[str, ...], cells: tuple[Any, ...]) -> ChangedRow:
    was, now = dict(zip(columns, cells, strict=False)), dict(zip(columns, cells[len(columns) :], strict=True))
    how = "added" if was[key[0]] is None else "withdrawn" if now[key[0]] is None else "corrected"
    shown = was if how == "withdrawn" else now
    row_id = ".".join(str(plain(shown[one])) for one in key)
    words = next((str(shown[one]) for one in _WORDS if shown.get(one)), "")
    differing = (
        tuple(Cell(column, was[column], now[column]) for column in columns if was[column] != now[column])
        if how == "corrected"
        else ()
    )
    return ChangedRow(how, row_id, words, differing)


def as_json(found: Comparison) -> dict[str, Any]:
    """The comparison for programs."""
    return {
        "before": found.before.name,
        "after": found.after.name,
        "only_in": [{"edition": name, "table": table} for name, table in found.only_in],
        "tables": [
            {
                "table": one.table, "added": one.added, "corrected": one.corrected, "withdrawn": one.withdrawn,
                "rows": [
                    {"how": row.how, "row_id": row.row_id, "words": row.words,
                     "cells": [{"column": c.column, "was": plain(c.was), "now": plain(c.now)} for c in row.cells]}
                    for row in one.rows
                ],
            }
            for one in (*found.kept_by_hand, *found.collected)
            if one.any
        ],
    }  # fmt: skip
