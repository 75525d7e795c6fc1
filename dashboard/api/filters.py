"""What an address asks of a table, turned into SQL with parameters.

`?column=value`, `column__gte=`, `__lte`, `__gt`, `__lt`, `__ne`, `__in=a,b`, `__contains=`, `__null=true`;
`_sort=column,-other`, `_fields=a,b`, `_limit=`, `_facet=column`, `_cursor=` (from the answer before).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from dashboard.api.catalogue import TableColumn, TableInfo
from dashboard.api.problem import Problem
from dashboard.sql.formats import plain

DEFAULT_LIMIT: Final = 100
MOST_ROWS: Final = 1000
MOST_FILTERS: Final = 30
OPERATORS: Final = ("gte", "lte", "gt", "lt", "ne", "in", "contains", "null")
_COMPARE: Final = {"gte": ">=", "lte": "<=", "gt": ">", "lt": "<"}
OPTIONS: Final = ("_sort", "_fields", "_limit", "_facet", "_cursor")


@dataclass(frozen=True)
class Selection:
    """One request for rows. `where` and `values` are the filters alone; `after` what the cursor adds."""

    table: TableInfo
    fields: tuple[TableColumn, ...]
    where: str
    values: tuple[object, ...]
    order: tuple[tuple[TableColumn, bool], ...]
    """Columns and whether each descends; the last ones name a row, so that the order is total."""
    after: tuple[str, tuple[object, ...]] | None
    limit: int | None
    facets: tuple[TableColumn, ...]

    def sql(self, *, limit: int | None) -> tuple[str, list[object]]:
        """The statement for the rows, and its parameters. The order's columns follow the fields, for the cursor."""
        shown = [*self.fields, *(column for column, _ in self.order)]
        where, values = self.where, list(self.values)
        if self.after is not None:
            where = f"({where}) AND ({self.after[0]})"
            values += self.after[1]
        order = ", ".join(
            f"{quoted(column.name)} {'DESC' if down else 'ASC'} NULLS LAST" for column, down in self.order
        )
        # every name here comes from the catalogue, every value is a parameter
        text = f"SELECT {', '.join(quoted(c.name) for c in shown)} FROM {quoted(self.table.name)} WHERE {where} ORDER BY {order}"  # noqa: S608, E501
        return (f"{text} LIMIT {int(limit)}", values) if limit is not None else (text, values)

    def count_sql(self) -> tuple[str, list[object]]:
        """The statement that counts the rows of the filters."""
        return f"SELECT count(*) FROM {quoted(self.table.name)} WHERE {self.where}", list(self.values)  # noqa: S608

    def facet_sql(self, column: TableColumn) -> tuple[str, list[object]]:
        """The statement that counts the values of one column among the rows of the filters."""
        cell = f"unnest({quoted(column.name)})" if column.is_list else quoted(column.name)
        inner = f"SELECT {cell} AS value FROM {quoted(self.table.name)} WHERE {self.where}"  # noqa: S608
        text = f"""SELECT value, count(*) FROM ({inner})
            GROUP BY value ORDER BY count(*) DESC, value NULLS LAST LIMIT 50"""  # noqa: S608
        return text, list(self.values)

    def cursor(self, row: tuple[Any, ...]) -> str:
        """The cursor that goes on after `row`, a row of `sql`."""
        return _pack([plain(value) for value in row[len(self.fields) :]])


def quoted(name: str) -> str:
    """A name as SQL holds it."""
    return '"' + name.replace('"', '""') + '"'


def select(table: TableInfo, pairs: Iterable[tuple[str, str]]) -> Selection:
    """Read the query of an address. Raises Problem (400) naming what is wrong and what is allowed."""
    filters: dict[tuple[str, str], list[str]] = {}
    options: dict[str, str] = {}
    facets: list[str] = []
    for name, value in pairs:
        if "\0" in value:
            raise Problem(400, f"The value of {name} holds a NUL character.")
        if name == "_facet":
            facets += [part for part in value.split(",") if part]
        elif name.startswith("_"):
            if name not in OPTIONS:
                raise Problem(400, f"{name} is no option; allowed: {', '.join(OPTIONS)}.")
            options[name] = value
        else:
            column, _, operator = name.partition("__")
            filters.setdefault((column, operator), []).append(value)
    if len(filters) > MOST_FILTERS or len(facets) > 10:
        raise Problem(400, f"At most {MOST_FILTERS} filters and 10 facets in one request.")
    clauses: list[str] = []
    values: list[object] = []
    for (column, operator), given in filters.items():
        clause, added = _filter(_column(table, column), operator, given)
        clauses.append(clause)
        values += added
    order = _order(table, options.get("_sort", ""))
    return Selection(
        table=table,
        fields=_fields(table, options.get("_fields", "")),
        where=" AND ".join(clauses) or "true",
        values=tuple(values),
        order=order,
        after=_after(order, options["_cursor"]) if options.get("_cursor") else None,
        limit=_limit(options.get("_limit")),
        facets=tuple(_column(table, name) for name in dict.fromkeys(facets)),
    )


def _column(table: TableInfo, name: str) -> TableColumn:
    column = table.column(name)
    if column is None:
        allowed = ", ".join(column.name for column in table.columns)
        raise Problem(400, f"{name!r} is no column of {table.name}; allowed: {allowed}.")
    return column


def _filter(column: TableColumn, operator: str, given: list[str]) -> tuple[str, list[object]]:
    name = quoted(column.name)
    if operator and operator not in OPERATORS:
        raise Problem(400, f"__{operator} is no filter; allowed: {', '.join('__' + word for word in OPERATORS)}.")
    if operator == "null":
        if given[-1] not in ("true", "false"):
            raise Problem(400, f"{column.name}__null is true or false.")
        return f"{name} IS {'NULL' if given[-1] == 'true' else 'NOT NULL'}", []
    if operator == "contains":
        if column.is_list:
            return " AND ".join(f"list_contains({name}, ?)" for _ in given), list(given)
        return " AND ".join(f"contains(lower(CAST({name} AS VARCHAR)), lower(?))" for _ in given), list(given)
    values = [part for text in given for part in text.split(",")] if operator == "in" else given
    typed = [_typed(column, value) for value in values]
    if column.is_list:
        if operator not in ("", "in"):
            raise Problem(400, f"{column.name} holds lists; filter it with {column.name}=, __in, __contains or __null.")
        return f"list_has_any({name}, [{', '.join('?' for _ in typed)}])", list(typed)
    if operator in ("", "in"):
        return f"{name} IN ({', '.join('?' for _ in typed)})", typed
    if operator == "ne":
        return " AND ".join(f"{name} IS DISTINCT FROM ?" for _ in typed), typed
    return " AND ".join(f"{name} {_COMPARE[operator]} ?" for _ in typed), typed


def _typed(column: TableColumn, value: str) -> object:
    """The value as the column holds it. Raises Problem where it cannot be one."""
    kind = column.type.removesuffix("[]")
    try:
        value.encode()  # half a character, as a cursor's JSON may write one, is no text that a database takes
        if kind in ("INTEGER", "BIGINT", "HUGEINT"):
            number = int(value)
            if abs(number) >= 2**63 or (kind == "INTEGER" and abs(number) >= 2**31):
                raise ValueError
            return number
        if kind == "DOUBLE":
            return float(value)
        if kind == "BOOLEAN":
            return {"true": True, "false": False}[value]
        if kind == "DATE":
            import datetime as dt

            return dt.date.fromisoformat(value)
        if kind == "TIMESTAMP":
            import datetime as dt

            moment = dt.datetime.fromisoformat(value.replace(" ", "+"))
            return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, KeyError, OverflowError) as error:
        wanted = {"DATE": "a day such as 2021-05-12", "TIMESTAMP": "a time such as 2021-05-12T10:00:00Z"}
        wanted |= {"BOOLEAN": "true or false", "DOUBLE": "a number", "VARCHAR": "text"}
        raise Problem(
            400, f"{value[:80]!r} is not {wanted.get(kind, 'a whole number')}, as {column.name} wants."
        ) from error
    return value


def _order(table: TableInfo, text: str) -> tuple[tuple[TableColumn, bool], ...]:
    order: dict[str, tuple[TableColumn, bool]] = {}
    for part in filter(None, text.split(",")):
        column = _column(table, part.removeprefix("-"))
        if column.is_list:
            raise Problem(400, f"{column.name} holds lists, which have no order; sort by another column.")
        order.setdefault(column.name, (column, part.startswith("-")))
    if not text and table.name == "timeline":
        order["last_day"] = (_column(table, "last_day"), False)
    for column in table.key_columns():
        order.setdefault(column.name, (column, False))
    return tuple(order.values())


def _fields(table: TableInfo, text: str) -> tuple[TableColumn, ...]:
    names = list(dict.fromkeys(filter(None, text.split(","))))
    return tuple(_column(table, name) for name in names) or table.columns


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Problem(400, f"_limit is a whole number from 1 to {MOST_ROWS}.")
    if not 1 <= int(text) <= MOST_ROWS:
        raise Problem(400, f"_limit is a whole number from 1 to {MOST_ROWS}.")
    return int(text)


def _pack(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _after(order: tuple[tuple[TableColumn, bool], ...], cursor: str) -> tuple[str, tuple[object, ...]]:
    """The condition "later in the order than the row of the cursor", NULLs last in either direction."""
    wrong = Problem(400, "_cursor does not fit this request; take it from the `next` of the answer before.")
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise wrong from error
    if not isinstance(values, list) or len(values) != len(order):
        raise wrong
    later: list[str] = []
    parameters: list[object] = []
    same: list[str] = []
    before: list[object] = []
    for (column, down), value in zip(order, values, strict=True):
        name = quoted(column.name)
        if value is not None and not isinstance(value, (str, int, float, bool)):
            raise wrong
        typed = None if value is None else _typed(column, str(value).lower() if isinstance(value, bool) else str(value))
        if typed is not None:
            later.append(" AND ".join([*same, f"({name} {'<' if down else '>'} ? OR {name} IS NULL)"]))
            parameters += [*before, typed]
        same.append(f"{name} IS NOT DISTINCT FROM ?")
        before.append(typed)
    return " OR ".join(f"({part})" for part in later) or "false", tuple(parameters)
