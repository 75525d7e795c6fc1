"""One question: exactly one SELECT or EXPLAIN, by DuckDB's own parser, that names nothing it may not name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from data.quoting import quoted

MOST_CHARACTERS: Final = 100_000
ALLOWED: Final = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})

TABLE_FUNCTIONS: Final = frozenset({
    "range", "generate_series", "generate_subscripts", "unnest", "repeat", "repeat_row", "json_each", "json_tree",
    "regexp_split_to_table", "summary", "duckdb_columns", "duckdb_constraints", "duckdb_functions", "duckdb_keywords",
    "duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views", "pg_timezone_names", "icu_calendar_names",
})  # fmt: skip
"""What may stand after FROM as a function; every other one reads files, memory, settings or SQL in a string."""
CATALOGUE_VIEWS: Final = frozenset({
    "duckdb_columns", "duckdb_constraints", "duckdb_indexes", "duckdb_schemas", "duckdb_tables", "duckdb_types",
    "duckdb_views",
})  # fmt: skip
SHOWS_THE_MACHINE: Final = frozenset({
    "current_setting", "getenv", "glob", "write_log", "which_secret", "query", "query_table", "json_serialize_plan",
    "json_serialize_sql", "json_deserialize_sql", "json_execute_serialized_sql", "seq_scan", "arrow_scan",
    "arrow_scan_dumb", "pandas_scan", "python_map_function", "sniff_csv", "add_parquet_key", "pg_settings",
    "pg_conf_load_time", "pg_postmaster_start_time", "parse_duckdb_log_message", "set_config", "getvariable",
    "block_size", "get_block_size",
})  # fmt: skip
"""Functions and views that show settings, environment, files or memory, or that run SQL hidden in a string."""
_FAMILIES: Final = ("pragma_", "duckdb_", "read_", "parquet_", "icu_collate_")
_EXPLAIN: Final = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*explain\b(?:\s+analyze\b)?", re.IGNORECASE | re.DOTALL)


class Refused(Exception):
    """The text is not one question that may be asked; the message says why in a sentence.

    `position` is where the trouble begins, in bytes of the text as UTF-8 from 0, where that is known.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class Misread(Refused):
    """The text is not SQL: a slip, where Refused itself is a question that is not answered."""


@dataclass(frozen=True)
class Place:
    """A place in a text: line and column from 1 (in characters), the line itself and a line with a caret under it."""

    line: int
    column: int
    text: str
    caret: str


def place_of(sql: str, position: int | None) -> Place | None:
    """The place `position` bytes into the text, or None where it lies outside."""
    raw = sql.encode("utf-8", "surrogatepass")
    if position is None or not 0 <= position <= len(raw):
        return None
    before = raw[:position].decode("utf-8", "replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    text = sql.split("\n")[line - 1].rstrip("\r")
    begin = max(0, column - 1 - 60)
    shown = text[begin : begin + 120]
    return Place(line, column, shown, "".join("\t" if c == "\t" else " " for c in shown[: column - 1 - begin]) + "^")


def one_question(sql: str, connection: duckdb.DuckDBPyConnection) -> duckdb.Statement:
    """The parsed statement, if the text is one SELECT or EXPLAIN (DESCRIBE, SUMMARIZE, SHOW and FROM count as SELECT).

    The connection must be locked: DuckDB opens the files of IMPORT DATABASE while it still reads the text.
    Raises Refused. Names are not looked at here; see `check`.
    """
    if len(sql) > MOST_CHARACTERS:
        raise Refused(f"The question is longer than {MOST_CHARACTERS:,} characters.")
    if "\0" in sql:
        raise Refused("The question holds a NUL character.", len(sql[: sql.index("\0")].encode("utf-8", "replace")))
    try:
        sql.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("The question holds half a character (a lone surrogate), so it is not text.") from error
    try:
        statements = connection.extract_statements(sql)
    except duckdb.PermissionException as error:
        raise Refused(f"This reaches for something outside the record. {told(error)[0]}") from error
    except duckdb.Error as error:
        raise Misread(*told(error)) from error
    if not statements:
        raise Refused("The question is empty. Ask for example: SELECT * FROM timeline LIMIT 10")
    kinds = [str(statement.type).removeprefix("StatementType.").replace("_", " ") for statement in statements]
    if len(statements) > 1 and re.search(r"\bpivot\b", sql, re.IGNORECASE) and kinds == ["CREATE", "SELECT"]:
        raise Refused("PIVOT is answered where its values are named: PIVOT … ON column IN ('a', 'b') USING count(*)")
    if len(statements) > 1:
        raise Refused(f"There are {len(statements)} statements here; one question at a time, please.")
    if statements[0].type not in ALLOWED:
        kind = kinds[0] if kinds[0].isupper() else "This"  # the parser has no name for the kind of some statements
        raise Refused(f"{kind} is not a question. Only SELECT and EXPLAIN are answered: the record is read-only.")
    return statements[0]


def check(sql: str, connection: duckdb.DuckDBPyConnection) -> duckdb.Statement:
    """The parsed statement, if it is one question that names no function or table which shows more than the record.

    The names are taken from DuckDB's own parse tree, so that quotes, comments and case hide nothing. Raises Refused.
    """
    try:
        statement = one_question(sql, connection)
    except Misread as error:
        raise Misread(str(error), _slip(sql, connection)) from error
    tree = _tree(sql, connection)
    if tree is None and statement.type == duckdb.StatementType.EXPLAIN:
        explained = _EXPLAIN.match(sql)
        tree = _tree(sql[explained.end() :], connection) if explained else None
        if tree is None:
            raise Refused("EXPLAIN is answered for a SELECT, and without options: EXPLAIN SELECT … or EXPLAIN ANALYZE")
    if tree is None:
        raise Refused("This question cannot be taken apart to see what it names, so it is not asked.")
    try:
        for kind, name in _names(tree):
            _judge(kind, name.lower())
    except RecursionError as error:
        raise Refused("The question is nested too deeply.") from error
    return statement


def _slip(sql: str, connection: duckdb.DuckDBPyConnection) -> int | None:
    """Where the parser stumbled, in bytes from 0. The parser counts characters, where the binder counts bytes."""
    row = connection.execute(f"SELECT json_serialize_sql({quoted(sql)})").fetchone()
    position = str(json.loads(row[0]).get("position", "")) if row else ""
    return len(sql[: int(position)].encode()) if position.isdigit() else None


def _tree(sql: str, connection: duckdb.DuckDBPyConnection) -> Any:
    """The parse tree of a SELECT, or None where the text is something else."""
    try:
        row = connection.execute(f"SELECT json_serialize_sql({quoted(sql)})").fetchone()
        tree = json.loads(row[0]) if row else {}
    except RecursionError as error:
        raise Refused("The question is nested too deeply.") from error
    except duckdb.Error:
        return None
    return tree["statements"] if not tree.get("error", True) and len(tree.get("statements", ())) == 1 else None


def _names(node: Any) -> Iterator[tuple[str, str]]:
    """(kind, name) of everything a parse tree names: function, table function or table."""
    if isinstance(node, list):
        for each in node:
            yield from _names(each)
        return
    if not isinstance(node, dict):
        return
    if node.get("type") == "TABLE_FUNCTION" and isinstance(node.get("function"), dict):
        yield "table function", str(node["function"].get("function_name", ""))
    if isinstance(node.get("function_name"), str):
        yield "function", node["function_name"]
    if isinstance(node.get("table_name"), str) and node.get("type") in ("BASE_TABLE", "SHOW_REF"):
        yield "table", node["table_name"].strip('"')
    for value in node.values():
        if isinstance(value, (dict, list)):
            yield from _names(value)


def _judge(kind: str, name: str) -> None:
    if kind == "table function" and name not in TABLE_FUNCTIONS:
        raise Refused(
            f"The table function {name} is disabled here: it could show more than the record. "
            "Ask the tables of the record; SHOW TABLES lists them."
        )
    known = TABLE_FUNCTIONS if kind != "table" else CATALOGUE_VIEWS
    if name in SHOWS_THE_MACHINE or (name.startswith(_FAMILIES) and name not in known):
        raise Refused(f"{name} is not answered here: it shows the machine or its settings, not the record.")


def told(error: BaseException) -> tuple[str, int | None]:
    """What an error of DuckDB says, and where in the question (in bytes from 0), where it says so."""
    text = str(error)
    head, brace, _ = text.partition("{")
    if brace and head.rstrip().endswith("Error:"):
        try:
            more = json.loads(text[len(head) :])
        except ValueError:
            more = None
        if isinstance(more, dict) and "exception_message" in more:
            position = str(more.get("position", ""))
            return f"{head.strip()} {more['exception_message']}", int(position) if position.isdigit() else None
    # without errors_as_json the place is drawn below the message: "LINE 1: select …" and a caret
    return text.partition("\n\nLINE ")[0].strip(), None
