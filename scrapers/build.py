"""Register and working database in, published database out."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data import schema
from data.home import Home
from data.published import make_current, next_path, sync_folder
from data.register_spec import FILES, RegisterFile
from data.version import software_version
from scrapers.errors import RegisterError as RegisterError
from scrapers.errors import WorkError as WorkError
from scrapers.register import Register, Row, read_register


@dataclass(frozen=True)
class Published:
    """What a build made: the new database, and the number of rows in each table and view."""

    path: Path
    rows: dict[str, int]


_ARROW = {
    "int": pa.int64(),
    "float": pa.float64(),
    "day": pa.date32(),
    "refs": pa.list_(pa.string()),
    "words": pa.list_(pa.string()),
}


def build(home: Home, *, work: duckdb.DuckDBPyConnection | None = None) -> Published:
    """Publish a new database from the register and what was collected.

    `work` is the open working database, where a collection under way holds it. Raises RegisterError with every finding,
    WorkError where the working database is held by another process. Nothing is published unless all of it is whole.
    """
    register = read_register(home)
    if register.findings:
        raise RegisterError(register.findings)
    path = next_path(home)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(part), config={"memory_limit": "1GB"}) as connection:
            connection.execute("BEGIN")  # one transaction: hundreds of COMMENTs would each be written alone
            schema.create_all(connection)
            for spec in FILES:
                _load(connection, spec, register)
            with _collected(home, work) as source:
                if source is not None:
                    for table in schema.COLLECTED:
                        _copy(source, connection, table)
            _describe(connection, home)
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT")
            rows = _count(connection)
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(path)
        sync_folder(home.root)
    finally:
        part.unlink(missing_ok=True)
        Path(f"{part}.wal").unlink(missing_ok=True)
    make_current(home, path)
    return Published(path, rows)


def publish(home: Home, *, work: duckdb.DuckDBPyConnection | None = None) -> Path:
    """`build`, for callers that only want the path."""
    return build(home, work=work).path


def _load(connection: duckdb.DuckDBPyConnection, spec: RegisterFile, register: Register) -> None:
    rows: list[Row] = register.tables[spec.table]
    if not rows:
        return
    names = [column.name for column in spec.columns]
    fields = [pa.field(column.name, _ARROW.get(column.kind, pa.string())) for column in spec.columns]
    batch = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows], schema=pa.schema(fields))
    _insert(connection, spec.table, names, batch)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, names: list[str], batch: pa.Table) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    connection.register("incoming", batch)
    try:
        # table and column names come from the schema, never from outside
        connection.execute(f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM incoming')  # noqa: S608
    finally:
        connection.unregister("incoming")


@contextmanager
def _collected(home: Home, work: duckdb.DuckDBPyConnection | None) -> Iterator[duckdb.DuckDBPyConnection | None]:
    if work is not None:
        yield work.cursor()
        return
    if not home.work_database.is_file():
        yield None
        return
    try:
        connection = duckdb.connect(str(home.work_database), read_only=True)
    except duckdb.Error as error:
        raise WorkError(
            f"{home.work_database.name} cannot be opened: {str(error).splitlines()[0]} "
            "If a collection is under way, it will publish when it ends."
        ) from error
    with connection:
        yield connection


def _copy(source: duckdb.DuckDBPyConnection, target: duckdb.DuckDBPyConnection, table: str) -> None:
    names = [row[0] for row in target.execute(f'DESCRIBE "{table}"').fetchall()]
    listed = ", ".join(f'"{name}"' for name in names)
    reader = source.execute(f'SELECT {listed} FROM "{table}" ORDER BY ALL').fetch_record_batch(50_000)  # noqa: S608
    for batch in reader:
        _insert(target, table, names, pa.Table.from_batches([batch]))


def _describe(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    digest = hashlib.sha256()
    for spec in FILES:
        path = home.register / f"{spec.name}.csv"
        if path.is_file():
            digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    built_at = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    connection.execute("INSERT INTO build VALUES (?, ?, ?)", [built_at, digest.hexdigest(), software_version()])


def _count(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name"
    ).fetchall()
    counts: dict[str, int] = {}
    for (name,) in names:
        found = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
        counts[str(name)] = int(found[0]) if found else 0
    return counts
