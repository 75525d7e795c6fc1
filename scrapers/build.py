"""Register and working database in, published database out."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from data import schema
from data.home import Home
from data.programme import read_programme
from data.published import make_current, next_path, sync_folder
from data.register_spec import FILES
from data.version import software_version
from scrapers.errors import RegisterError as RegisterError
from scrapers.errors import WorkError as WorkError
from scrapers.register import Register, read_register
from scrapers.statements import MEMORY, Inserter, filled, literal


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

COPY_MEMORY: Final = "512MB"
"""What the working database may take while it writes two databases at once."""


def build(home: Home, *, work: duckdb.DuckDBPyConnection | None = None) -> Published:
    """Publish a new database from the register and what was collected.

    `work` is the open working database, where a collection under way holds it. Raises RegisterError with every finding,
    WorkError where the working database is held by another process, or the home's folder cannot be written. Nothing is
    published unless all of it is whole.
    """
    register = read_register(home)
    if register.findings:
        raise RegisterError(register.findings)
    try:
        return _build(home, register, work)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        told = next(iter(str(error).splitlines()), type(error).__name__)
        raise WorkError(
            f"The record could not be written into {home.root} ({told}). What was published before stays in force, and "
            "captures are safe: make room, or give the folder to this user, then run: sim-record build"
        ) from error


def _build(home: Home, register: Register, work: duckdb.DuckDBPyConnection | None) -> Published:
    path = next_path(home)
    part = path.with_suffix(".part")
    _drop(part)  # a killed build may have left it
    try:
        with _database(part) as connection:
            connection.execute("BEGIN")  # one transaction: hundreds of COMMENTs would each be written alone
            schema.create_all(connection)
            load_register(connection, register)
            connection.execute("COMMIT")
        with _collected(home, work, register) as source:
            if source is not None:
                _copy_collected(source, part)
        with _database(part) as connection:
            connection.execute("BEGIN")
            if register.tables["withheld"]:
                from scrapers.withhold import take_out_withheld  # loads what reads captures

                take_out_withheld(connection)
            _say_no_capture(connection)
            _describe(connection, home)
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT")
            rows = _count(connection)
        if register.tables["withheld"]:
            _rewrite(part)
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(path)
        sync_folder(home.root)
    finally:
        _drop(part)
    notes = _index(home, path)
    make_current(home, path)
    return Published(path, rows, notes)


def _rewrite(part: Path) -> None:
    """Write the database anew, table by table: what was taken out leaves no trace in blocks that are free now."""
    clean = part.with_suffix(".clean")
    _drop(clean)
    try:
        with _database(clean) as connection:
            connection.execute("BEGIN")
            schema.create_all(connection)
            connection.execute("COMMIT")
            tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            connection.execute(f"ATTACH {literal(str(part))} AS before (READ_ONLY)")
            for table in tables:
                if table != "vocabulary":  # the schema fills it
                    connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM before.main."{table}"')  # noqa: S608
            connection.execute("DETACH before")
            connection.execute("CHECKPOINT")
        clean.replace(part)
    finally:
        _drop(clean)


def _drop(unfinished: Path) -> None:
    """Take away a database that is not whole, and its log: DuckDB would play an old log into a new file."""
    unfinished.unlink(missing_ok=True)
    Path(f"{unfinished}.wal").unlink(missing_ok=True)


def _database(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), config={"memory_limit": "1GB"})


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
    inserter = Inserter(connection)
    for spec in FILES:
        inserter.insert(spec.table, register.tables[spec.table])


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


def _copy_collected(source: duckdb.DuckDBPyConnection, part: Path) -> None:
    """Copy what was collected, from database to database: no row passes through this process's own memory. Rows come
    in the order of their names, so that the same inputs give the same file."""
    source.execute(f"SET memory_limit = '{COPY_MEMORY}'")
    source.execute(f"ATTACH {literal(str(part))} AS published")
    try:
        keys: dict[str, list[str]] = dict(
            source.execute(
                "SELECT table_name, constraint_column_names FROM duckdb_constraints() "
                "WHERE constraint_type = 'PRIMARY KEY' AND database_name = 'published'"
            ).fetchall()
        )
        for table in schema.COLLECTED:
            columns = source.execute(f'DESCRIBE published.main."{table}"').fetchall()
            listed = ", ".join(f'"{column[0]}"' for column in columns)
            order = ", ".join(f'"{column}"' for column in keys[table]) if table in keys else "ALL"
            source.execute(
                f'INSERT INTO published.main."{table}" ({listed}) '  # noqa: S608 - names of the schema
                f'SELECT {listed} FROM "{table}" ORDER BY {order}'
            )
    finally:
        source.execute("DETACH published")
        source.execute(f"SET memory_limit = '{MEMORY}'")


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
    connection.execute(filled("INSERT INTO build VALUES (?, ?, ?)", built_at, digest.hexdigest(), software_version()))


def _count(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name"
    ).fetchall()
    counts: dict[str, int] = {}
    for (name,) in names:
        found = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
        counts[str(name)] = int(found[0]) if found else 0
    return counts
