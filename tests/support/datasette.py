"""Datasette serving the tables of a published record, to measure the pages beside it. For benchmarks only.

It is installed apart from this project: `python3 -m venv V && V/bin/pip install datasette==0.65.5`.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from tests.support.processes import running

NAME: Final = "record"
TABLES: Final = {
    "/": "", "/rollout": "organisation_status?_facet=kind&_facet=region&_facet=status",
    "/responses": "statement?_facet=position&_facet=org_id", "/review": "review_event?_facet=state&_facet=review_id",
    "/timeline": "timeline?_facet=kind", "/petition": "petition_reading", "/documents": "source?_facet=kind&_facet=format",
    "/data": "", "/about": "correction",
}  # fmt: skip
"""Beside each page its nearest table, with the filters that the page offers as facets; "" is the list of tables."""


def address_of(site: str, page: str) -> str:
    """What Datasette shows beside one page."""
    table = TABLES[page]
    return f"{site}/{NAME}/{table}" if table else f"{site}/{NAME}"


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, default=str)
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def export(record: Path, target: Path) -> int:
    """Every table and view of a published database as tables of an SQLite file; gives the number of rows."""
    total = 0
    with duckdb.connect(str(record), read_only=True) as source, closing(sqlite3.connect(target)) as out:
        names = [row[0] for row in source.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        for name in sorted(names):
            found = source.execute(f'SELECT * FROM "{name}"')
            columns = ", ".join(f'"{column[0]}"' for column in found.description or ())
            rows = [tuple(_cell(value) for value in row) for row in found.fetchall()]
            out.execute(f'CREATE TABLE "{name}" ({columns})')
            marks = ", ".join("?" for _ in found.description or ())
            out.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
            total += len(rows)
        out.commit()
    return total


@contextmanager
def datasette_of(program: Path, database: Path, log: Path, *settings: str) -> Iterator[tuple[str, int]]:
    """Serve the file as its readme says, unchanging: (its address on loopback, its process id).

    `settings` are its own, such as `"suggest_facets", "off"`, name and value in turn.
    """
    words = [word for pair in zip(settings[::2], settings[1::2], strict=True) for word in ("--setting", *pair)]

    def command(port: int) -> list[str | Path]:
        return [program, "serve", "--immutable", database, "--port", str(port), *words]

    with running(command, "Datasette", log=log) as found:
        yield found
