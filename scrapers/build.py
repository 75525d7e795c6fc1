"""Register and working database in, published database out."""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb

from data import logs, schema
from data.durable import sync_folder
from data.home import Home
from data.programme import read_programme
from data.published import make_current, next_path
from data.register_spec import FILES
from data.version import software_version
from scrapers.alone import alone
from scrapers.errors import RegisterError as RegisterError
from scrapers.errors import WorkError as WorkError
from scrapers.register import Register, read_register
from scrapers.renew import (
    Base,
    InForce,
    Prints,
    base_for,
    copy_file,
    hold_withheld,
    in_force,
    look_at,
    prints_of_sources,
    published_register,
    register_files,
    renew,
    shape_digest,
    withheld_digest,
    write_prints,
)
from scrapers.restore import held_by
from scrapers.statements import MEMORY, Inserter, filled, literal

LOG: Final = logging.getLogger(__name__)


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

_OF_SOURCES: Final = "kind IN ('change', 'disappearance', 'source')"
"""Entries of the timeline that are made source by source."""
WAIT_SECONDS: Final = 120
"""How long a build waits for another one in the same home."""
MEMORY_MB: Final = (128, 512, 2_048)
"""What the databases may take while the record is made; where texts of pages need more, it is made once more with the
next: after a commit that lacked memory a table's index is not to be trusted."""
ROWS_AT_ONCE: Final = 20_000
"""Rows that are sorted and copied in one statement."""
LETTERS_IN_ROW: Final = 500
"""A text so long counts as a row."""
ROWS_IN_GROUP: Final = 2_048
"""Rows that the database writes together: it holds that many whole texts of pages in memory."""
_GROUPS: Final = f"(ROW_GROUP_SIZE {ROWS_IN_GROUP})"


def build(home: Home, *, work: duckdb.DuckDBPyConnection | None = None, anew: bool = False) -> Published:
    """Publish a new database from the register and what was collected.

    `work` is the open working database, where a collection under way holds it. Where the last publication can be gone
    on from, only what changed since is made (the same rows either way); `anew` makes all of it. Raises RegisterError
    with every finding, WorkError where the working database is held by another process, or the home's folder cannot be
    written. Nothing is published unless all of it is whole.
    """
    with _alone(home):
        return _checked(home, work, anew)


def _checked(home: Home, work: duckdb.DuckDBPyConnection | None, anew: bool) -> Published:
    begun = time.monotonic()
    register_sha256, files = register_files(home)
    last = None if anew else in_force(home)
    register = published_register(last, files)
    if register is None:
        register = read_register(home)
        if register.findings:
            raise RegisterError(register.findings)
    path = next_path(home)
    making = _Making(home, path.with_suffix(".part"), register, register_sha256)
    try:
        made = _build(making, path, work, files, last)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
        if home.work_database.name in str(error) or "checksum" in str(error):
            from scrapers.work import trouble  # loads what a home without captures does without

            if spoiled := trouble(home, error):
                raise spoiled from error
        told = next(iter(str(error).splitlines()), type(error).__name__)
        raise WorkError(
            f"The record could not be written into {home.root} ({told}). What was published before stays in force, and "
            "captures are safe: make room, or give the folder to this user, then run: sim-record build"
        ) from error
    logs.event(
        LOG, logging.WARNING if made.notes else logging.INFO, "record.published", record=path.name,
        seconds=time.monotonic() - begun, captures=made.rows.get("capture"), notes=list(made.notes) or None,
    )  # fmt: skip
    return made


def _alone(home: Home) -> AbstractContextManager[None]:
    """One build at a time in a home: two would take the same number. The second waits. Raises WorkError where it has
    waited too long."""
    told = (
        f"Another build has been publishing in {home.root} for {WAIT_SECONDS} seconds. Wait until it has ended, or end "
        "it, then run: sim-record build"
    )
    return alone(home.root, WAIT_SECONDS, WorkError(told))


def _build(
    making: _Making, path: Path, work: duckdb.DuckDBPyConnection | None, files: str, last: InForce | None
) -> Published:
    home, part, register = making.home, making.part, making.register
    _drop(part)  # a killed build may have left it
    try:
        with _collected(home, work, register) as source:
            sources = prints_of_sources(source) if source is not None else {}
            now = Prints(shape_digest(), files, withheld_digest(register), sources)
            base = None if source is None else making.base(last, now, source)
            rows, prints = _made(making, source, now, base)
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        write_prints(path, replace(prints, size=part.stat().st_size))
        part.replace(path)
        sync_folder(home.root)
    finally:
        _drop(part)
    notes = _index(home, path)
    make_current(home, path)
    return Published(path, rows, notes)


def _made(
    making: _Making, source: duckdb.DuckDBPyConnection | None, now: Prints, base: Base | None
) -> tuple[dict[str, int], Prints]:
    """Write the new database from `base`, and where that one is not whole all of it anew; with more memory, on a fresh
    copy, where it was short: the names of all rows of some tables have to be in it."""
    ways = [(way, memory) for way in ((base, None) if base is not None else (None,)) for memory in MEMORY_MB]
    while True:
        way, memory = ways.pop(0)
        try:
            return making.make(source, now, way, memory)
        except duckdb.Error as error:
            if way is not None and not _short_of_memory(error):
                ways = [one for one in ways if one[0] is None]
            elif not ways or not _short_of_memory(error):
                raise
            logs.event(LOG, logging.INFO, "build.again", memory_mb=memory, why=str(error).splitlines()[0])
            _drop(making.part)


def _short_of_memory(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.OutOfMemoryException) or "failed to pin block" in str(error)


def _drop(unfinished: Path) -> None:
    """Take away a database that is not whole, and its log: DuckDB would play an old log into a new file."""
    unfinished.unlink(missing_ok=True)
    Path(f"{unfinished}.wal").unlink(missing_ok=True)


@dataclass(frozen=True)
class _Making:
    """A new database being made in the file `part`."""

    home: Home
    part: Path
    register: Register
    register_sha256: str

    def base(self, last: InForce | None, now: Prints, source: duckdb.DuckDBPyConnection) -> Base | None:
        """The publication to go on from, if any."""
        found = base_for(last, now)
        bodies = [row["body_sha256"] for row in self.register.tables["withheld"]]
        if found is not None and bodies and hold_withheld(source, found.changed, bodies):
            return None
        return found

    def make(
        self, source: duckdb.DuckDBPyConnection | None, now: Prints, base: Base | None, memory: int
    ) -> tuple[dict[str, int], Prints]:
        """Write it, whole or from `base`, with so many MB of memory; gives its number of rows by table and view, and
        its prints."""
        if base is not None:
            copy_file(base.path, self.part)
        with _database(self.part, memory) as connection:
            connection.execute("BEGIN")  # one transaction: hundreds of COMMENTs would each be written alone
            if base is None:
                schema.create_all(connection)
                load_register(connection, self.register)
            elif base.prints.register != now.register:
                for spec in FILES:
                    connection.execute(f'DELETE FROM "{spec.table}"')  # noqa: S608 - names of the schema
                load_register(connection, self.register)
            connection.execute("COMMIT")
        added = 0
        snapshot = _snapshot(self.home, source)
        if source is not None:
            with _attached(source, self.part, memory) as keys:
                if base is None:
                    added = _copy_collected(source, keys)
                else:
                    added = renew(source, "published", base.changed, keys)
        rows = self._finish(now, base, snapshot, memory)
        if base is None:
            if self.register.tables["withheld"]:
                _rewrite(self.part, memory)
            return rows, replace(now, rows=added)
        return rows, replace(now, rows=base.prints.rows, added=base.prints.added + added)

    def _finish(self, now: Prints, base: Base | None, snapshot: int | None, memory: int) -> dict[str, int]:
        """What follows from register and collected rows together."""
        with _database(self.part, memory) as connection:
            connection.execute("BEGIN")
            if base is None:
                if self.register.tables["withheld"]:
                    from scrapers.withhold import take_out_withheld  # loads what reads captures

                    take_out_withheld(connection)
                look_at(connection, [row["source_id"] for row in self.register.tables["source"]])
                schema.fill(connection, "timeline")
            else:
                look_at(connection, base.changed)
                for table, which in (("source_state", "true"), ("timeline", _OF_SOURCES)):
                    connection.execute(
                        f"DELETE FROM {table} WHERE {which} AND source_id IN (SELECT source_id FROM looked_at)"  # noqa: S608
                    )
                if base.prints.register != now.register:
                    connection.execute(f"DELETE FROM timeline WHERE NOT {_OF_SOURCES}")  # noqa: S608
                    schema.fill(connection, "timeline")
            schema.fill(connection, "source_state")
            schema.fill(connection, "timeline_of_sources")
            connection.execute("DROP TABLE looked_at")
            _say_no_capture(connection)
            _describe(connection, self.register_sha256, snapshot)
            connection.execute("COMMIT")
            return _count(connection)


def _rewrite(part: Path, memory: int) -> None:
    """Write the database anew, table by table: what was taken out leaves no trace in blocks that are free now."""
    clean = part.with_suffix(".clean")
    _drop(clean)
    try:
        with _database(clean, memory) as connection:
            connection.execute("BEGIN")
            schema.create_all(connection)
            connection.execute("COMMIT")
            tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            connection.execute(f"ATTACH {literal(str(part))} AS before (READ_ONLY)")
            for table in tables:
                if table != "vocabulary":  # the schema fills it
                    connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM before.main."{table}"')  # noqa: S608
            connection.execute("DETACH before")
        clean.replace(part)
    finally:
        _drop(clean)


@contextmanager
def _database(path: Path, memory: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """The new database, opened for groups as small as those it is written in: opened as a file of its own, it would
    write long texts anew into larger groups whenever it is brought to rest."""
    with duckdb.connect(config={"memory_limit": f"{memory}MB"}) as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS made {_GROUPS}")
        connection.execute("USE made")
        yield connection
        connection.execute("CHECKPOINT")


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
    programme = read_programme(home.programme_file)
    if work is None and programme.store.kind == "file" and not home.work_database.is_file() and not held_by(home):
        yield None
        return
    # only a home with captures pays for loading what reads them
    from scrapers.derive import derive
    from scrapers.share import open_share
    from scrapers.work import opened

    with nullcontext(work) if work is not None else opened(home) as connection:
        assert connection is not None  # noqa: S101 - for the type checker: one of the two was given
        if work is None and programme.store.kind != "file":
            with open_share(home, programme.store, connection) as share:
                share.take()
        derive(connection, register, programme)
        yield connection.cursor()


@contextmanager
def _attached(source: duckdb.DuckDBPyConnection, part: Path, memory: int) -> Iterator[dict[str, list[str]]]:
    """The new database attached to the working one as `published`, with the keys of its tables: rows go from database
    to database, none through this process's own memory."""
    source.execute(f"SET memory_limit = '{memory}MB'")
    source.execute(f"ATTACH {literal(str(part))} AS published {_GROUPS}")
    try:
        yield schema.KEYS | dict(
            source.execute(
                "SELECT table_name, constraint_column_names FROM duckdb_constraints() "
                "WHERE constraint_type = 'PRIMARY KEY' AND database_name = 'published'"
            ).fetchall()
        )
    except BaseException:
        with suppress(duckdb.Error):
            source.execute("ROLLBACK")
        with suppress(duckdb.Error):  # what broke first is what is told
            source.execute("DETACH published")
        raise
    else:
        source.execute("DETACH published")
    finally:
        source.execute(f"SET memory_limit = '{MEMORY}'")


def _copy_collected(source: duckdb.DuckDBPyConnection, keys: dict[str, list[str]]) -> int:
    """Copy what was collected; gives the number of rows. The rows of a source come side by side, then in the order of
    their names: few blocks hold what a page of the dashboard asks for, and the same inputs give the same file."""
    count = 0
    for table in schema.COLLECTED:
        columns = [str(column[0]) for column in source.execute(f'DESCRIBE published.main."{table}"').fetchall()]
        listed = ", ".join(f'"{column}"' for column in columns)
        order = ["source_id"] if "source_id" in columns else []
        order += keys[table] if table in keys else [column for column in columns if column != "source_id"]
        ordered = ", ".join(f'"{column}"' for column in order)
        inserted = f'INSERT INTO published.main."{table}" ({listed}) SELECT {listed} FROM "{table}"'  # noqa: S608
        statement = f"{inserted} WHERE {{}} ORDER BY {ordered}"
        for portion in list(_portions(source, table)) if "source_id" in columns else ["true"]:
            count += int((source.execute(statement.format(portion)).fetchone() or (0,))[0])
    return count


def _portions(source: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    """Conditions that part the rows of a table into portions of whole sources, in the order of their names: sorting all
    rows at once would hold all their texts in memory."""
    weight = f"sum(strlen(text)) // {LETTERS_IN_ROW}" if table == "extraction" else "count(*)"
    first: str | None = None
    rows = 0
    for source_id, number in source.execute(
        f'SELECT source_id, coalesce({weight}, 0) FROM "{table}" GROUP BY source_id ORDER BY source_id'  # noqa: S608
    ).fetchall():
        if rows and rows + number > ROWS_AT_ONCE:
            yield _between(first, source_id)
            first, rows = source_id, 0
        rows += number
    yield _between(first, None)


def _between(first: str | None, end: str | None) -> str:
    bounds = [f"source_id >= {literal(first)}"] if first is not None else []
    bounds += [f"source_id < {literal(end)}"] if end is not None else []
    return " AND ".join(bounds) or "true"


def _say_no_capture(connection: duckdb.DuckDBPyConnection) -> None:
    """Every fact has its evidence row: where nothing was collected it says so."""
    for table, key, source in _FACTS:
        connection.execute(
            f"""INSERT INTO evidence ("table", row_id, source_id, state)
            SELECT '{table}', {key}, {source}, 'no-capture' FROM "{table}" f
            WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e."table" = '{table}' AND e.row_id = {key})
            ORDER BY ALL"""  # noqa: S608 - names of the schema
        )


def _snapshot(home: Home, source: duckdb.DuckDBPyConnection | None) -> int | None:
    """The snapshot of the lake that holds all that was collected, where machines share one."""
    if source is None or read_programme(home.programme_file).store.kind == "file":
        return None
    from scrapers.lake import level

    return level(source.cursor())


def _describe(connection: duckdb.DuckDBPyConnection, register_sha256: str, snapshot: int | None) -> None:
    built_at = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    connection.execute("DELETE FROM build")
    connection.execute(
        filled("INSERT INTO build VALUES (?, ?, ?, ?)", built_at, register_sha256, software_version(), snapshot)
    )


def _count(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name"
    ).fetchall()
    counts: dict[str, int] = {}
    for (name,) in names:
        found = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
        counts[str(name)] = int(found[0]) if found else 0
    return counts
