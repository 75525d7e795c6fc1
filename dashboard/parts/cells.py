"""One cell of a table of the record as HTML: names of rows become links to them, long text is cut, empty is said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from markupsafe import Markup

from dashboard.api.catalogue import tables
from dashboard.parts.html import address, fill, join, link, safe_address
from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.parts.tables import Column
from dashboard.queries import items
from dashboard.queries.dictionary import points_to
from dashboard.record import Record, per_record
from dashboard.sql.formats import as_cell

MOST: Final = 240
NOTHING: Final = Markup('<span class="quiet">–<span class="unseen"> empty</span></span>')
_ID: Final = re.compile(r"[\w.+:%-]{1,300}")


_NUMBER: Final = re.compile(r"U?(?:TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL\(\d+,\d+\)")


def is_number(kind: str) -> bool:
    """Whether a DuckDB type is one of numbers."""
    return _NUMBER.fullmatch(kind) is not None


def heading(name: str, kind: str, values: Iterable[Any]) -> Column:
    """The heading of a column of that type over these values, as wide as they need."""
    if is_number(kind):
        return Column(name, "number")
    longest = max((len(as_cell(value)) for value in values if value is not None), default=0)
    return Column(name, "wide" if longest > 60 else "middling" if longest > 18 else "")


@per_record
def _known(record: Record, table: str) -> frozenset[str]:
    return frozenset(row_id for row_id, _ in items.ids(record, table))


@per_record
def targets(record: Record) -> dict[str, tuple[str, str]]:
    """The (table, column) that cells of a column name, for every column name that means the same everywhere."""
    found: dict[str, set[tuple[str, str]]] = {}
    for name, info in tables(record).items():
        for column in info.columns:
            target = points_to(record, column)
            if target is not None:
                found.setdefault(column.name, set()).add(target)
            if name in ROOMS and info.key == (column.name,):
                found.setdefault(column.name, set()).add((name, column.name))
    return {column: next(iter(to)) for column, to in found.items() if len(to) == 1}


def row_address(record: Record, table: str, column: str, value: str) -> str | None:
    """Where the row of `table` whose `column` is `value` is shown: its permanent page, else the page of data."""
    if table in ROOMS:
        return permalink(table, value) if value in _known(record, table) else None
    return address("/data", {"table": table, column if column != "table" else "table__in": value})


def cell(record: Record, column: str, value: Any, *, most: int = MOST) -> Markup | str:
    """The cell of a column of that name. `most` is how many characters of a long text are shown."""
    if value is None or value == []:
        return NOTHING
    target = targets(record).get(column)
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return join((one if target is None else _linked(record, target, one) for one in value), ", ")
    if target is not None and isinstance(value, str):
        return _linked(record, target, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,}" if isinstance(value, int) and abs(value) > 9999 else str(value)
    text = as_cell(value)
    if text.startswith(("http://", "https://")) and safe_address(text):
        return link(text, text if len(text) <= 60 else text[:59] + "…")
    if len(text) > most:
        return fill('{t}<span class="quiet">… ({n} characters)</span>', t=text[:most], n=f"{len(text):,}")
    return text


def _linked(record: Record, target: tuple[str, str], value: str) -> Markup | str:
    if not _ID.fullmatch(value):
        return value
    return link(row_address(record, *target, value), value)
