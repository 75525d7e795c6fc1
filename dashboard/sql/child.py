"""The process in which strangers' SQL runs: it opens one database, shuts every door behind itself, and answers.

It is started by `dashboard.sql.engine` with an empty environment and speaks over its stdin and stdout, which it takes
away from everything else: frames of four bytes of length and JSON. It can be killed at any moment.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
import time
from typing import Any, Final

import duckdb

from dashboard.sql.formats import plain
from dashboard.sql.guards import Memory, limit_resources, limit_time
from dashboard.sql.statement import Misread, Refused, check, told

DUCKDB_MEMORY: Final = "128MB"
BATCH: Final = 50
LONGEST_MESSAGE: Final = 1_000
"""Characters of what DuckDB says of a failure that are passed on: a stranger can make it say megabytes."""

WARM_UP: Final = (
    "SELECT DATE '2021-05-12', TIME '12:00', TIMETZ '12:00:00+01', INTERVAL 3 DAY, 1.5::DECIMAL(5, 2), uuid(), "
    "'x'::BLOB, {'a': 1}, MAP([1], [2]), [1, 2], '[1]'::JSON, '101'::BIT, 'NaN'::DOUBLE, TIMESTAMP 'infinity', "
    "TIMESTAMP_NS '2021-05-12', 170141183460469231731687303715884105727, DATE 'infinity'",
    "SELECT strftime(now(), '%A'), regexp_matches('a', 'b'), 'a' ILIKE 'b', timezone('Europe/London', now())",
    "SELECT now()",
)
"""One value of each type, so that whatever DuckDB loads lazily is loaded before no file can be opened any more."""


class Pipe:
    """Frames over two file descriptors. `read` gives None where the other side has gone."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing

    def read(self) -> Any:
        head = self._exactly(4)
        body = self._exactly(struct.unpack(">I", head)[0]) if head else None
        return None if body is None else json.loads(body)

    def _exactly(self, size: int) -> bytes | None:
        parts = []
        while size:
            part = os.read(self._reading, min(size, 1 << 20))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def write(self, body: bytes) -> None:
        view = memoryview(struct.pack(">I", len(body)) + body)
        while view:
            view = view[os.write(self._writing, view) :]


def take_pipe() -> Pipe:
    """The frames on stdin and stdout, which nothing else can reach from now on."""
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        for number in (reading, writing):
            msvcrt.setmode(number, os.O_BINARY)
    return Pipe(reading, writing)


def open_locked(path: str) -> duckdb.DuckDBPyConnection:
    """The database, read-only, with every setting fixed and the world outside shut."""
    connection = duckdb.connect(
        path,
        read_only=True,
        config={
            "threads": 1,
            "memory_limit": DUCKDB_MEMORY,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET errors_as_json = true")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    for sql in WARM_UP:
        with contextlib.suppress(duckdb.Error):  # times with a zone want a module that may be missing
            connection.execute(sql).fetchall()
    check("SELECT 1", connection)
    return connection


def answer(connection: duckdb.DuckDBPyConnection, question: dict[str, Any]) -> bytes:
    """One answer as JSON: columns and rows, or what went wrong."""
    sql = str(question["sql"])
    most_rows, most_bytes = int(question["max_rows"]), int(question["max_bytes"])
    begun = time.perf_counter()
    try:
        statement = check(sql, connection)
        result = connection.execute(statement)
        columns = [[str(column[0]), str(column[1])] for column in result.description or []]
        if sum(len(name) + len(kind) for name, kind in columns) > most_bytes // 4:
            words = f"The names and types of its {len(columns):,} columns alone are too long for an answer."
            return _trouble("failed", words, None, kind="memory")
        rows: list[str] = []
        size, cut = 0, ""
        while not cut and (batch := result.fetchmany(min(BATCH, most_rows + 1 - len(rows)))):
            for row in batch:
                text = json.dumps([plain(value) for value in row], ensure_ascii=False)
                size += len(text.encode("utf-8", "replace")) + 1
                if len(rows) >= most_rows or size > most_bytes:
                    cut = "rows" if len(rows) >= most_rows else "bytes"
                    break
                rows.append(text)
    except Misread as error:
        return _trouble("failed", str(error), error.position, kind="parser")
    except Refused as error:
        return _trouble("refused", str(error), error.position)
    except duckdb.PermissionException as error:
        message, position = told(error)
        return _trouble("refused", f"This reaches for something outside the record. {message}", position)
    except (duckdb.OutOfMemoryException, MemoryError):
        return _trouble("failed", "The question needs more memory than a question may use.", None, kind="memory")
    except RecursionError:
        return _trouble("failed", "The question or its answer is nested too deeply.", None, kind="memory")
    except duckdb.Error as error:
        message, position = told(error)
        kind = type(error).__name__.removesuffix("Exception").lower()
        if "bad_alloc" in message or "Out of Memory" in message or "failed to allocate" in message:
            message, kind = "The question needs more memory than a question may use.", "memory"
        return _trouble("failed", message, position, kind=kind)
    head = {"is": "answer", "columns": columns, "cut": cut, "seconds": time.perf_counter() - begun}
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "rows": [{",".join(rows)}]}}'.encode("utf-8", "replace")


def _trouble(what: str, message: str, position: int | None, *, kind: str = "") -> bytes:
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]} …"
    found = {"is": what, "message": message, "position": position, "kind": kind}
    return json.dumps(found).encode()


def main(held: list[str]) -> None:
    """Open the database named in the first frame, then answer until the parent goes. `held` are the guards so far."""
    pipe = take_pipe()
    first = pipe.read()
    if first is None:
        return
    try:
        connection = open_locked(first["path"])
    except duckdb.Error as error:
        pipe.write(_trouble("closed", told(error)[0].splitlines()[0], None))
        return
    os.environ.clear()
    memory = Memory()
    held += limit_resources()
    pipe.write(json.dumps({"is": "ready", "guards": held}).encode())
    while (question := pipe.read()) is not None:
        limit_time(question["seconds"])
        body = answer(connection, question)
        limit_time(None)
        pipe.write(body)
        pipe.write(b'{"memory": %d}' % memory.held())
    os._exit(0)
