"""Register and working database in, published database out."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data import schema
from data.home import Home
from data.programme import read_programme
from data.published import make_current, next_path, sync_folder
from data.register_spec import FILES, RegisterFile
from data.version import software_version
from scrapers.errors import RegisterError as RegisterError
from scrapers.errors import WorkError as WorkError
from scrapers.register import Register, Row, read_register
from scrapers.withhold import take_out_withheld


@dataclass(frozen=True)
class Published:
    """What a build made: the new database, and the number of rows in each table and view."""

    path: Path
    rows: dict[str, int]
    notes: tuple[str, ...] = ()
    """What did not go as it should, without keeping the record from being published."""


# Tables of facts, how a row of each is named, and the column that names its page.
_FACTS = (
    ("adoption", "f.adoption_id", "f.source_id"),
    ("claimed_total", "f.claim_id", "f.source_id"),
    ("statement", "f.statement_id", "f.source_id"),
    ("concern", "f.concern_id", "f.source_id"),
    ("review_event", "f.event_id", "f.source_id"),
    ("recommendation", "f.recommendation_id", "f.made_in_source_id"),
    ("petition_reading", "concat_ws('.', f.petition_id, f.on_date, f.source_id)", "f.source_id"),
    ("event", "f.event_id", "f.source_id"),
)
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
            load_register(connection, register)
            with _collected(home, work, register) as source:
                if source is not None:
                    for table in schema.COLLECTED:
                        _copy(source, connection, table)
            take_out_withheld(connection)
            _say_no_capture(connection)
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
    notes = _index(home, path)
    make_current(home, path)
    return Published(path, rows, notes)


def _index(home: Home, path: Path) -> tuple[str, ...]:
    """Bring the search index to the new database. A record without a search is better than none, so it only says so."""
    from scrapers.index import IndexTrouble, update_index

    try:
        update_index(home, path)
    except IndexTrouble as trouble:
        return (str(trouble),)
    return ()


def publish(home: Home, *, work: duckdb.DuckDBPyConnection | None = None) -> Path:
    """`build`, for callers that only want the path."""
    return build(home, work=work).path


def load_register(connection: duckdb.DuckDBPyConnection, register: Register) -> None:
    """Put every row of the register into its table."""
    for spec in FILES:
        _load(connection, spec, register)


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
def _collected(
    home: Home, work: duckdb.DuckDBPyConnection | None, register: Register
) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The working database with everything that follows from it made up to date; None where nothing was collected."""
    if work is None and not home.work_database.is_file():
        yield None
        return
    # only a home with captures pays for loading what reads them
    from scrapers.derive import derive
    from scrapers.work import open_work

    with nullcontext(work) if work is not None else closing(open_work(home)) as connection:
        assert connection is not None  # noqa: S101 - for the type checker: one of the two was given
        derive(connection, register, read_programme(home.programme_file))
        yield connection.cursor()


def _copy(source: duckdb.DuckDBPyConnection, target: duckdb.DuckDBPyConnection, table: str) -> None:
    names = [row[0] for row in target.execute(f'DESCRIBE "{table}"').fetchall()]
    listed = ", ".join(f'"{name}"' for name in names)
    reader = source.execute(f'SELECT {listed} FROM "{table}" ORDER BY ALL').fetch_record_batch(50_000)  # noqa: S608
    for batch in reader:
        _insert(target, table, names, pa.Table.from_batches([batch]))


def _say_no_capture(connection: duckdb.DuckDBPyConnection) -> None:
    """Every fact has its evidence row: where nothing was collected it says so."""
    for table, key, source in _FACTS:
        connection.execute(
            f"""INSERT INTO evidence ("table", row_id, source_id, state)
            SELECT '{table}', {key}, {source}, 'no-capture' FROM "{table}" f
            WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e."table" = '{table}' AND e.row_id = {key})
            ORDER BY ALL"""  # noqa: S608 - names of the schema
        )


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
