"""The tables of the record explained: columns with their meaning, vocabulary, share of empty cells and an example."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

from dashboard.api.catalogue import TableColumn, TableInfo, tables
from dashboard.api.filters import Selection, quoted
from dashboard.record import Record, per_record
from data.register_spec import BY_TABLE
from data.schema import COLLECTED, FOLDER

_VOCABULARY: Final = re.compile(r"\(vocabulary ([\w.]+)\)")
_POINTS_TO: Final = re.compile(r"\((\w+)\.(\w+)\)")
GROUPS: Final[dict[str, str]] = {
    "register": "Kept by hand",
    "collected": "Collected and read by machine",
    "computed": "Computed from both",
}


@dataclass(frozen=True)
class ColumnFact:
    """One column as the dictionary tells it. `points_to` is the (table, column) whose row a cell names; `values` are
    the (value, words) of its vocabulary; `unit` is what its numbers count or how its dates are written, None where it
    holds words; `empty` is the share of rows without a value, 0 to 1, None without rows."""

    column: TableColumn
    vocabulary: str | None
    values: tuple[tuple[str, str], ...]
    points_to: tuple[str, str] | None
    empty: float | None
    example: Any
    unit: str | None


@dataclass(frozen=True)
class TableFact:
    """One table: what it is, how many rows it has, and the group (register, collected, computed) it belongs to."""

    info: TableInfo
    rows: int
    group: str


@dataclass(frozen=True)
class PublishedFile:
    """The database of this record as a file, and the digest of the register that it was built from."""

    name: str
    bytes: int
    sha256: str
    register_sha256: str
    software: str


@per_record
def all_tables(record: Record) -> tuple[TableFact, ...]:
    """Every table and view with its number of rows, those kept by hand first."""
    found = []
    for name, info in tables(record).items():
        group = "register" if name in BY_TABLE else "collected" if name in COLLECTED else "computed"
        rows: int = record.rows(f"SELECT count(*) FROM {quoted(name)}")[0][0]  # noqa: S608 - from the catalogue
        found.append(TableFact(info, rows, group))
    order = list(GROUPS)
    return tuple(sorted(found, key=lambda one: (order.index(one.group), one.info.name)))


@per_record
def vocabularies(record: Record) -> dict[str, tuple[tuple[str, str], ...]]:
    """The closed lists, each with its values and their words, in order."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, value, words in record.rows('SELECT list, value, label FROM vocabulary ORDER BY list, "position"'):
        found[name] = (*found.get(name, ()), (value, words))
    return found


def vocabulary_of(column: TableColumn) -> str | None:
    """The closed list that the cells of this column come from, as its meaning says; None where there is none."""
    found = _VOCABULARY.search(column.comment)
    return found[1] if found else None


def points_to(record: Record, column: TableColumn) -> tuple[str, str] | None:
    """The table and column that a cell of this column names, as its meaning says; None where it names none."""
    found = _POINTS_TO.search(column.comment)
    if found is None:
        return None
    info = tables(record).get(found[1])
    return (found[1], found[2]) if info is not None and info.column(found[2]) is not None else None


_READ_BY: Final[dict[str, str]] = {
    "run": "Written by each collection as it begins and ends.",
    "attempt": "Written by each collection, one row when a source has been asked.",
    "capture": "What a site or a web archive answered, as kept in the WARC files.",
    "extraction": "Read by machine out of a capture.",
    "passage": "Cut by machine out of an extraction.",
    "link": "Read by machine out of a captured page.",
    "version": "Computed from the texts of a source's good captures, in the order of time.",
    "change": "Computed from two versions of a source.",
    "disappearance": "Computed from the attempts at a source, and from what web archives hold of it.",
    "mention": "Found by machine in passages, by the names and aliases of bodies.",
    "candidate": "Found by machine in passages, by rules; a person decides.",
    "observation": "Read by machine out of captures of known kinds of sites.",
    "evidence": "Found by machine: what a register row says, looked for in the captures of its source.",
    "rereading": "Computed from two readings of the same bytes.",
    "alarm": "Computed from changes and from the evidence of register rows.",
    "build": "Written by the build.",
    "vocabulary": "The closed lists of words, kept with the program.",
}


@per_record
def origin(record: Record, table: str) -> str:
    """Where the rows of a table come from, in a sentence. Raises KeyError where there is no such table."""
    info = tables(record)[table]
    if table in BY_TABLE:
        return f"Kept by hand in the register, register/{BY_TABLE[table].name}.csv."
    if table in _READ_BY:
        return _READ_BY[table]
    sql = record.rows("SELECT sql FROM duckdb_views() WHERE NOT internal AND view_name = ?", [info.name])
    written = FOLDER / "fill" / f"{info.name}.sql"  # what a build fills as a table is written down there
    text = sql[0][0] if sql else written.read_text(encoding="utf-8") if written.is_file() else ""
    words = set(re.findall(r"\w+", text)) - {info.name}
    named = [name for name in tables(record) if name in words]
    return f"Computed from {', '.join(named)}." if named else "Computed by the build from the other tables."


_UNITS: Final[tuple[tuple[str, str], ...]] = (
    (r"\b0 to 1\b", "share, 0 to 1"),
    (r"\bbytes\b", "bytes"),
    (r"\bin characters\b", "characters"),
    (r"^Degrees\b", "degrees"),
    (r"(?i)\bstatus code\b", "HTTP status code"),
    (r"\bin units of the column unit\b", "as the column unit says"),
    (r"\bin signatures\b", "signatures"),
    (r"^Number of (?:good |live )?(\w+)", r"\1"),
    (r"^Snapshot\b", "the lake's number of a snapshot"),
    (r"\bfrom 1\b", "place, from 1"),
    (r"\bfrom 0\b", "place, from 0"),
)


def unit_of(column: TableColumn) -> str | None:
    """What the numbers of a column count, or how its dates are written, as its meaning says; None for words."""
    if column.type == "DATE":
        return "day, ISO 8601"
    if column.type.startswith("TIMESTAMP"):
        return "UTC, ISO 8601"
    if "YYYY" in column.comment:
        return "ISO 8601, whole or in part"
    if column.type in ("VARCHAR", "VARCHAR[]", "BOOLEAN"):
        return None
    for pattern, unit in _UNITS:
        found = re.search(pattern, column.comment)
        if found is not None:
            return found.expand(unit)
    return None


@per_record
def columns_of(record: Record, table: str) -> tuple[ColumnFact, ...]:
    """The columns of a table, in order. Raises KeyError where there is no such table."""
    info = tables(record)[table]
    empty = [
        f"count(*) FILTER ({quoted(c.name)} IS NULL{f' OR len({quoted(c.name)}) = 0' if c.is_list else ''})"
        for c in info.columns
    ]
    counted = record.rows(f"SELECT count(*), {', '.join(empty)} FROM {quoted(table)}")[0]  # noqa: S608
    known = vocabularies(record)
    found = []
    for column, missing in zip(info.columns, counted[1:], strict=True):
        named = vocabulary_of(column)
        has = f"len({quoted(column.name)}) > 0" if column.is_list else f"{quoted(column.name)} IS NOT NULL"
        first = record.rows(f"SELECT {quoted(column.name)} FROM {quoted(table)} WHERE {has} LIMIT 1")  # noqa: S608
        found.append(
            ColumnFact(
                column,
                named,
                known.get(named or "", ()),
                points_to(record, column),
                missing / counted[0] if counted[0] else None,
                first[0][0] if first else None,
                unit_of(column),
            )
        )
    return tuple(found)


@per_record
def pointing_at(record: Record, table: str) -> tuple[tuple[str, str, str], ...]:
    """(table, column, column here) of every column elsewhere whose cells name a row of this table."""
    found = []
    for name, info in tables(record).items():
        for column in info.columns:
            target = points_to(record, column)
            if target is not None and target[0] == table and not (name == table and column.name == target[1]):
                found.append((name, column.name, target[1]))
    return tuple(found)


def rows_of(record: Record, chosen: Selection, start: int, size: int) -> list[tuple[Any, ...]]:
    """`size` rows of a selection from number `start`, each with the cells of its fields alone."""
    sql, values = chosen.sql(limit=size)
    found = record.rows(f"{sql} OFFSET {int(start)}", values)
    return [row[: len(chosen.fields)] for row in found]


def count_of(record: Record, chosen: Selection) -> int:
    """How many rows a selection has."""
    sql, values = chosen.count_sql()
    counted: int = record.rows(sql, values)[0][0]
    return counted


def facet_of(record: Record, chosen: Selection, column: TableColumn) -> list[tuple[Any, int]]:
    """The values of a column among the rows of a selection, the most frequent first; at most 50."""
    sql, values = chosen.facet_sql(column)
    return [(value, counted) for value, counted in record.rows(sql, values)]


@per_record
def published_file(record: Record) -> PublishedFile:
    """Name, size and SHA-256 of the file in force."""
    digest = hashlib.sha256()
    with record.path.open("rb") as handle:
        while part := handle.read(1 << 20):
            digest.update(part)
    register, software = record.rows("SELECT register_sha256, software FROM build LIMIT 1")[0]
    return PublishedFile(record.path.name, record.path.stat().st_size, digest.hexdigest(), register, software)
