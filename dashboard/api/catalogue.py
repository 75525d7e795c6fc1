"""The tables of the published record with the meaning of each column, read from the database itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.record import Record, per_record

# Columns that together name a row, where the first column alone does not.
_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "adoption_body": ("adoption_id", "org_id"),
    "build": ("built_at",),
    "correction": ("corrected_on", "table", "row_id", "column"),
    "decision": ("decided_on", "candidate_id", "rowid"),
    "evidence": ("table", "row_id", "capture_id", "passage_id"),
    "link": ("capture_id", "position"),
    "petition_reading": ("petition_id", "on_date", "source_id"),
    "redirect": ("table", "old_id"),
    "rereading": ("capture_id", "from_extractor", "to_extractor"),
    "status_count": ("kind", "status"),
    "vocabulary": ("list", "value"),
    "withheld": ("body_sha256",),
}


@dataclass(frozen=True)
class TableColumn:
    """A column: its name, its DuckDB type and what its cells mean."""

    name: str
    type: str
    comment: str

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self.type.endswith("[]")


@dataclass(frozen=True)
class TableInfo:
    """A table or view: its columns in order, its meaning, and the columns that name a row."""

    name: str
    comment: str
    is_view: bool
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> TableColumn | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def key_columns(self) -> tuple[TableColumn, ...]:
        """The columns that name a row; "rowid" is the place in the file, where rows may be alike in every cell."""
        return tuple(self.column(name) or TableColumn(name, "BIGINT", "") for name in self.key)


@per_record
def tables(record: Record) -> dict[str, TableInfo]:
    """Every table and view by name."""
    comments = {
        name: (comment or "", is_view)
        for name, comment, is_view in record.rows(
            """SELECT table_name, comment, false FROM duckdb_tables() WHERE NOT internal
            UNION ALL SELECT view_name, comment, true FROM duckdb_views() WHERE NOT internal ORDER BY 1"""
        )
    }
    columns: dict[str, list[TableColumn]] = {name: [] for name in comments}
    for table, name, kind, comment in record.rows(
        """SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal
        ORDER BY table_name, column_index"""
    ):
        if table in columns:
            columns[table].append(TableColumn(name, kind, comment or ""))
    return {
        name: TableInfo(name, comment, is_view, tuple(columns[name]), _KEYS.get(name, (columns[name][0].name,)))
        for name, (comment, is_view) in comments.items()
    }
