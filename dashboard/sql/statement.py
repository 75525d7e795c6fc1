"""One question: exactly one SELECT or EXPLAIN, by DuckDB's own parser."""

from __future__ import annotations

import duckdb

ALLOWED = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})


class Refused(Exception):
    """The text is not one question that may be asked; the message says why in a sentence."""


def one_question(sql: str) -> str:
    """The text itself, if it is one SELECT or EXPLAIN (DESCRIBE, SUMMARIZE, SHOW and FROM count as SELECT).

    Raises Refused.
    """
    if "\0" in sql:
        raise Refused("The question holds a NUL character.")
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise Refused(str(error)) from error
    if not statements:
        raise Refused("The question is empty. Ask for example: SELECT * FROM timeline LIMIT 10")
    if len(statements) > 1:
        raise Refused(f"There are {len(statements)} statements here; one question at a time, please.")
    if statements[0].type not in ALLOWED:
        kind = str(statements[0].type).removeprefix("StatementType.").replace("_", " ")
        raise Refused(f"{kind} is not a question. Only SELECT and EXPLAIN are answered: the record is read-only.")
    return sql
