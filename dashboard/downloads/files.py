"""One table written out as CSV and as Parquet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.api.catalogue import TableInfo
from dashboard.api.filters import quoted
from dashboard.record import Record
from dashboard.sql.formats import as_cell, guarded
from data.editions import hash_of

BATCH: Final = 20_000
MOST_AT_ONCE: Final = 100_000
"""Rows that are sorted at once."""
AT_ONCE: Final = {"extraction": 10_000}
"""The same where a row holds the text of a page."""
_ARROW: Final = {
    "INTEGER": pa.int32(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"), "VARCHAR[]": pa.list_(pa.string()),
}  # fmt: skip


@dataclass(frozen=True)
class TableFile:
    """A file that was written: its path in the package (with `/`), length and SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class TableFiles:
    """One table as files."""

    table: TableInfo
    rows: int
    csv: TableFile
    parquet: TableFile


def write_table(record: Record, table: TableInfo, folder: Path) -> TableFiles:
    """Write tables/<name>.csv and .parquet under `folder`, rows in the order of the table's key.

    Times are UTC. In the CSV the items of a list are joined by semicolons, and a text that a spreadsheet could run as a
    formula stands behind an apostrophe (dashboard.sql.formats.guarded).
    """
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    csv_path, parquet_path = (folder / "tables" / f"{table.name}.{form}" for form in ("csv", "parquet"))
    schema = _schema(table)
    names = ", ".join(quoted(column.name) for column in table.columns)
    # A view has an order of its own; a table is put in order by its key, or by all of it where rows share a key.
    order = "" if table.is_view else " ORDER BY ALL" if len(table.key) > 1 else f" ORDER BY {quoted(table.key[0])}"
    rows = 0
    with (
        csv_path.open("w", encoding="utf-8", newline="") as out,
        pq.ParquetWriter(parquet_path, schema, compression="zstd") as packed,
    ):
        makes: list[Callable[[Any], Any]] = [_MAKES.get(column.type, _cell) for column in table.columns]
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(schema.names)
        for where, values in _portions(record, table):
            statement = f"SELECT {names} FROM {quoted(table.name)}{where}{order}"  # noqa: S608 - from the catalogue
            with record.reading(statement, values) as answer:
                while batch := answer.fetchmany(BATCH):
                    rows += len(batch)
                    writer.writerows([make(value) for make, value in zip(makes, row, strict=True)] for row in batch)
                    columns = [
                        pa.array([row[place] for row in batch], type=field.type) for place, field in enumerate(schema)
                    ]
                    packed.write_table(pa.Table.from_arrays(columns, schema=schema))
    return TableFiles(table, rows, _written(csv_path, folder), _written(parquet_path, folder))


def _portions(record: Record, table: TableInfo) -> Iterator[tuple[str, list[str]]]:
    """Conditions, with their values, that part a table by its key: very many rows with all their texts do not fit the
    memory in which they would be sorted."""
    size = AT_ONCE.get(table.name, MOST_AT_ONCE)
    key = quoted(table.key[0]) if not table.is_view and len(table.key) == 1 else ""
    begins: list[Any] = []
    if key and record.rows(f"SELECT count(*) FROM {quoted(table.name)}")[0][0] > size:  # noqa: S608
        begins = record.rows(
            f"SELECT {key} FROM {quoted(table.name)} QUALIFY row_number() OVER (ORDER BY {key}) % {size} = 1 "  # noqa: S608
            f"ORDER BY {key}"
        )[1:]
    if not begins:
        yield "", []
        return
    places = [begin for (begin,) in begins]
    yield f" WHERE {key} < ?", [places[0]]
    for first, end in pairwise(places):
        yield f" WHERE {key} >= ? AND {key} < ?", [first, end]
    yield f" WHERE {key} >= ?", [places[-1]]


def _schema(table: TableInfo) -> pa.Schema:
    fields = [
        pa.field(column.name, _ARROW.get(column.type, pa.string()), metadata={"comment": column.comment})
        for column in table.columns
    ]
    return pa.schema(fields, metadata={"comment": table.comment})


def _cell(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    cell = as_cell(value)
    return guarded(cell) if isinstance(value, (str, list, tuple)) else cell


def _words(value: str | None) -> str | None:
    return value if value is None else guarded(value)


def _as_it_is(value: Any) -> Any:
    return value


_MAKES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "VARCHAR": _words, "INTEGER": _as_it_is, "BIGINT": _as_it_is,
}  # fmt: skip
"""Columns of which there are millions of cells, and what the writer of CSV makes of them as `_cell` would."""


def _written(path: Path, folder: Path) -> TableFile:
    return TableFile(path.relative_to(folder).as_posix(), path.stat().st_size, hash_of(path))
