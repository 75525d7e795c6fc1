"""Rows shared by machines: a DuckLake whose catalog is a PostgreSQL database and whose data are Parquet files.

Each machine keeps its own working database, as ever: what a run writes is safe here before it is anywhere else, and a
lake that cannot be reached stops no run. What is collected is brought to the lake in transactions of their own (many
machines may do so at once), and what others brought is taken into the working database before a run and before a
build. What follows from it (versions, evidence …) comes out the same everywhere, and is not shared. Every sharing makes
a snapshot of the lake; any of them can be taken out again as a home of its own.

Which rows the lake has stands in the table `shared_row`, a print by row; so only what is new or altered is sent. Runs
that other machines began stand in `shared_run`. The
snapshot that a run came in with stands in `run.lake_snapshot`, the one that holds all of a published record in
`build.lake_snapshot` and in its editions.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import duckdb

from data.bodies import INSTALL, Bodies
from data.home import Home
from data.programme import Store, place
from data.schema import create_collected
from scrapers.errors import WorkError
from scrapers.statements import literal

Connection = duckdb.DuckDBPyConnection
Answer = TypeVar("Answer")

EXTENSIONS: Final = ("ducklake", "postgres_scanner", "httpfs")
TRIES: Final = 12
TRIES_LOST: Final = 8
"""Where the server is gone: about fifteen seconds, in which one that is started anew is back."""
HTTP_RETRIES: Final = 8
"""Of a request to S3. With the usual three, a store that refuses one request in five ends one in six hundred."""
_LOST: Final = re.compile(
    r"(?i)server closed the connection|terminating connection|connection refused|no connection to the server|"
    r"(?:starting up|shutting down)|connection reset|broken pipe|unable to connect to postgres|could not receive data"
)
CONNECT_SECONDS: Final = 10
MEMORY: Final = "512MB"


@dataclass(frozen=True)
class _Kind:
    """A table whose rows are shared by name. `print` are the columns that tell one state of a row from another;
    `settled` says which rows may be shared while their run goes on."""

    table: str
    key: str
    print: str
    settled: str
    every: str = "true"


_SETTLED_CAPTURE: Final = (
    "is_revisit OR verdict <> 'good' OR part <> 'page' OR capture_id IN (SELECT capture_id FROM extraction)"
)
KINDS: Final = (
    _Kind("run", "run_id", "run_id, state, ended_at, sources", "state <> 'running'", "state <> 'running'"),
    _Kind("capture", "capture_id", "capture_id, verdict, verdict_why, warc_file, warc_offset", _SETTLED_CAPTURE),
    _Kind(
        "attempt", "attempt_id", "attempt_id, outcome, live_outcome, detail, capture_id",
        f"capture_id IS NULL OR capture_id IN (SELECT capture_id FROM capture WHERE {_SETTLED_CAPTURE})",  # noqa: S608
    ),
    _Kind("extraction", "extraction_id", "extraction_id, text_sha256, extractor", "true"),
    _Kind("observation", "observation_id", "observation_id, capture_id, reading, version", "true"),
    _Kind(
        "candidate", "candidate_id", "candidate_id, capture_id, reading, rule", "rule LIKE '%/%'", "rule LIKE '%/%'"
    ),
)  # fmt: skip
FOLLOWING: Final = (
    ("passage", "extraction_id", "passage_id"),
    ("link", "capture_id", "capture_id, position, url"),
)
"""Tables whose rows go with an extraction: by which of its columns, and what tells one row from another."""
TABLES: Final = (*(kind.table for kind in KINDS), *(table for table, _, _ in FOLLOWING))


class LakeTrouble(WorkError):
    """The lake cannot be used; the message names the line of programme.toml and says what to do next."""


@dataclass(frozen=True)
class Snapshot:
    """One state of the lake: its number, and when it was made (UTC)."""

    number: int
    made_at: Any


# -- the local side


def prepare_local(work: Connection) -> None:
    """The tables that remember what is shared, in a working database."""
    work.execute("CREATE TABLE IF NOT EXISTS shared_row (kind VARCHAR NOT NULL, key VARCHAR NOT NULL, print UBIGINT)")
    work.execute("CREATE TABLE IF NOT EXISTS shared_state (name VARCHAR PRIMARY KEY, value BIGINT NOT NULL)")
    work.execute("CREATE TABLE IF NOT EXISTS shared_run (run_id VARCHAR NOT NULL)")


def _state(work: Connection, name: str) -> int | None:
    row = work.execute(f"SELECT value FROM shared_state WHERE name = {literal(name)}").fetchone()  # noqa: S608
    return int(row[0]) if row else None


def _set_state(work: Connection, name: str, value: int | None) -> None:
    work.execute(f"DELETE FROM shared_state WHERE name = {literal(name)}")  # noqa: S608
    if value is not None:
        work.execute(f"INSERT INTO shared_state VALUES ({literal(name)}, {value})")  # noqa: S608


FOLLOWS: Final = {"candidate": {"row_id", "decided_by", "decided_on", "decision"}, "run": {"lake_snapshot"}}
"""Columns that each machine fills itself; the lake has none of them."""


def level(work: Connection) -> int | None:
    """The snapshot of the lake that holds just what a working database holds; None where some of it is not shared yet,
    or nothing ever was. `work` is a cursor of its own."""
    known = work.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'shared_state'").fetchone()
    if not known or not known[0]:
        return None
    number = _state(work, "level")
    return number if number is not None and not any(_fresh(work, whole=True).values()) else None


def _columns(connection: Connection, table: str) -> list[tuple[str, str]]:
    """(name, type) of the shared columns of a table."""
    return [
        (str(name), str(kind))
        for name, kind in connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() "  # noqa: S608
            f"AND table_name = {literal(table)} AND NOT internal ORDER BY column_index"
        ).fetchall()
        if name not in FOLLOWS.get(table, ())
    ]


def _listed(columns: list[tuple[str, str]]) -> str:
    return ", ".join(f'"{name}"' for name, _ in columns)


class Lake:
    """An open lake. One thread at a time uses it. Raises LakeTrouble where it cannot be opened."""

    def __init__(self, home: Home, store: Store) -> None:
        self._told = {
            name: f"{place(home.programme_file, 'store', name)}: store.{name} = {getattr(store, name)!r}"
            for name in ("kind", "catalog", "data")
        }
        self._connection = self._open(store)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()

    # -- opening

    def _open(self, store: Store) -> Connection:
        try:
            from duckdb_extensions import import_extension
        except ImportError as error:
            raise LakeTrouble(
                f"{self._told['kind']} needs DuckDB's extensions, which are not installed. {INSTALL}"
            ) from error
        connection = duckdb.connect(
            config={"memory_limit": MEMORY, "threads": 2, "autoinstall_known_extensions": "false"}
        )
        try:
            for name in EXTENSIONS:
                if name == "httpfs" and not store.data.startswith("s3://"):
                    continue
                import_extension(name, con=connection)
                connection.execute(f"LOAD {name}")
        except (ImportError, duckdb.Error, RuntimeError) as error:
            connection.close()
            raise LakeTrouble(
                f"{self._told['kind']} needs DuckDB's extensions for {duckdb.__version__}, which cannot be loaded "
                f"({_first_line(error)}). {INSTALL}"
            ) from error
        if store.data.startswith("s3://"):
            connection.execute(_secret(store))
            connection.execute(f"SET http_retries = {HTTP_RETRIES}")
            connection.execute("SET http_retry_backoff = 2")
        words = store.catalog
        if "connect_timeout" not in words and "://" not in words:
            words += f" connect_timeout={CONNECT_SECONDS}"
        data = store.data.rstrip("/") + "/"
        try:
            _attach(connection, f"ATTACH {literal(f'ducklake:postgres:{words}')} AS lake (DATA_PATH {literal(data)})")
        except duckdb.Error as error:
            connection.close()
            said = str(error)
            if "DATA_PATH" in said:
                raise LakeTrouble(
                    f"{self._told['data']} is not where this catalog's data lie ({_first_line(error)}). Name the "
                    "folder that the other machines name, or begin a new database."
                ) from error
            raise LakeTrouble(
                f"{self._told['catalog']} cannot be reached: {_first_line(error)}. See that PostgreSQL runs there, "
                "that the database exists, and that ~/.pgpass or PGPASSWORD holds the password if it wants one."
            ) from error
        return connection

    def _prepare(self) -> None:
        """Create what the lake has not: tables in a new one, columns that came later in an older one."""
        with duckdb.connect() as scratch:
            create_collected(scratch)
            wanted = {table: _columns(scratch, table) for table in TABLES}

        def create(_unsure: bool) -> None:
            have: dict[str, set[str]] = {}
            for table, column in self._connection.execute(
                "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake'"
            ).fetchall():
                have.setdefault(table, set()).add(column)
            for table, columns in wanted.items():
                if table not in have:
                    told = ", ".join(f'"{name}" {kind}' for name, kind in columns)
                    self._connection.execute(f'CREATE TABLE IF NOT EXISTS lake.main."{table}" ({told})')
                    continue
                for name, kind in columns:
                    if name not in have[table]:
                        self._connection.execute(f'ALTER TABLE lake.main."{table}" ADD COLUMN "{name}" {kind}')

        self._in_transaction(create)

    def _in_transaction(self, work: Callable[[bool], None]) -> None:
        """Do it in one transaction; again where another machine's came between, or the server was started anew. `work`
        is told whether an earlier try may have been committed without our hearing of it. Raises LakeTrouble."""
        unsure = False
        for attempt in range(1, TRIES + 1):
            try:
                self._connection.execute("BEGIN")
                work(unsure)
                self._connection.execute("COMMIT")
                return
            except duckdb.Error as error:
                with contextlib.suppress(duckdb.Error):
                    self._connection.execute("ROLLBACK")
                lost = _lost(error)
                unsure = unsure or lost
                if attempt == (TRIES_LOST if lost else TRIES) or not (lost or _passing(error)):
                    raise self._trouble(error) from error
            time.sleep(_pause(attempt))

    def _trouble(self, error: BaseException) -> LakeTrouble:
        said = _first_line(error)
        name = "data" if re.search(r"(?i)s3|http|parquet|\.tmp|cannot open file|directory", said) else "catalog"
        return LakeTrouble(f"{self._told[name]} refuses: {said}. See that it is there and may be written.")

    # -- snapshots

    def snapshots(self) -> list[Snapshot]:
        """Every state of the lake that can be had again, the last last."""
        rows = self._connection.execute(
            "SELECT snapshot_id, snapshot_time FROM ducklake_snapshots('lake') ORDER BY snapshot_id"
        ).fetchall()
        return [Snapshot(int(number), made_at) for number, made_at in rows]

    def newest(self) -> int:
        """The number of the last snapshot. Raises LakeTrouble."""

        def ask() -> int:
            row = self._connection.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchone()
            return int(row[0]) if row and row[0] is not None else 0

        return self._while_lost(ask)

    def _while_lost(self, ask: Callable[[], Answer]) -> Answer:
        """Ask, again where the server was started anew meanwhile. Raises LakeTrouble."""
        for attempt in range(1, TRIES_LOST + 1):
            try:
                return ask()
            except duckdb.Error as error:
                with contextlib.suppress(duckdb.Error):
                    self._connection.execute("ROLLBACK")
                if attempt == TRIES_LOST or not _lost(error):
                    raise self._trouble(error) from error
            time.sleep(_pause(attempt))
        raise AssertionError("a try ends it")

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        found = {}
        for table in TABLES:
            row = self._connection.execute(f'SELECT count(*) FROM lake.main."{table}"').fetchone()  # noqa: S608
            found[table] = int(row[0]) if row else 0
        return found

    def tidy(self) -> None:
        """Join the many small files that many sharings leave. Every snapshot stays. Raises LakeTrouble."""
        try:
            self._connection.execute("CALL ducklake_merge_adjacent_files('lake')")
        except duckdb.Error as error:
            raise self._trouble(error) from error

    # -- there

    def push(self, work: Connection, bodies: Bodies, *, whole: bool) -> int:
        """Bring what is new or altered in the working database to the lake; gives the number of its rows.

        `work` is a cursor of its own. While a run goes on (`whole` false) only what is settled is shared. Bytes first,
        rows after: a row in the lake never names a file that is not in the shared place. Raises LakeTrouble,
        StoreTrouble; what was not shared then is shared the next time.
        """
        fresh = _fresh(work, whole=whole)
        if not sum(fresh.values()):
            return 0
        for (name,) in work.execute(
            "SELECT DISTINCT warc_file FROM capture WHERE capture_id IN (SELECT key FROM fresh_capture)"
        ).fetchall():
            bodies.keep(name)
        interrupted = _state(work, "pushing") is not None
        _set_state(work, "pushing", 1)
        _set_state(work, "level", None)
        self._in_transaction(lambda unsure: self._send(work, fresh, again=interrupted or unsure))
        work.execute("BEGIN")
        _remember(work, fresh)
        _set_state(work, "pushing", None)
        work.execute("COMMIT")
        return sum(fresh.values())

    def _send(self, work: Connection, fresh: dict[str, int], *, again: bool) -> None:
        for kind in KINDS:
            if not fresh[kind.table]:
                continue
            chosen = f"SELECT key FROM fresh_{kind.table}"  # noqa: S608 - constants
            self._take(work, kind.table, f'SELECT * FROM "{kind.table}" WHERE {kind.key} IN ({chosen})')  # noqa: S608
            known = work.execute(f"SELECT count(*) FROM ({chosen} WHERE known)").fetchone()  # noqa: S608
            if again or (known and known[0]):
                self._connection.execute(
                    f'DELETE FROM lake.main."{kind.table}" WHERE {kind.key} IN (SELECT {kind.key} FROM incoming)'  # noqa: S608
                )
            self._put(kind.table)
        if fresh["extraction"]:
            for table, by, _ in FOLLOWING:
                chosen = f"SELECT {by} FROM extraction WHERE extraction_id IN (SELECT key FROM fresh_extraction)"  # noqa: S608
                self._take(work, table, f'SELECT * FROM "{table}" WHERE {by} IN ({chosen})')  # noqa: S608
                if again:
                    self._connection.execute(
                        f'DELETE FROM lake.main."{table}" WHERE {by} IN (SELECT {by} FROM incoming)'  # noqa: S608
                    )
                self._put(table)

    def _take(self, work: Connection, table: str, query: str) -> None:
        """The rows of a query in the working database as the lake's table `incoming`."""
        reader = work.execute(query.replace("SELECT *", f"SELECT {_listed(_columns(work, table))}", 1))
        self._connection.register("incoming_rows", reader.to_arrow_reader(50_000))
        try:
            self._connection.execute("CREATE OR REPLACE TEMP TABLE incoming AS SELECT * FROM incoming_rows")
        finally:
            self._connection.unregister("incoming_rows")

    def _put(self, table: str) -> None:
        self._connection.execute(f'INSERT INTO lake.main."{table}" BY NAME SELECT * FROM incoming')  # noqa: S608

    # -- back

    def pull(self, work: Connection, *, version: int | None = None) -> int:
        """Take what other machines brought since the last time into the working database; gives the number of rows.

        `work` is a cursor of its own. `version` takes the lake as it was then, into a database that has nothing of it
        yet. Raises LakeTrouble.
        """
        now = self.newest() if version is None else version
        seen = None if version is not None else _state(work, "snapshot")

        def take() -> int:
            work.execute("BEGIN")
            try:
                taken = self._bring(work, seen, now) if seen is None or seen < now else 0
                self._note_snapshots(work, now)
                _set_state(work, "snapshot", now)
                _set_state(work, "level", now)
                work.execute("COMMIT")
            except BaseException:
                work.execute("ROLLBACK")
                raise
            return taken

        return self._while_lost(take)

    def _bring(self, work: Connection, seen: int | None, now: int) -> int:
        fresh: dict[str, int] = {}
        for kind in KINDS:
            self._fetch(work, kind.table, seen, now)
            work.execute(
                f"""CREATE OR REPLACE TEMP TABLE new_rows AS
                SELECT i.* FROM came i LEFT JOIN shared_row s ON s.kind = '{kind.table}' AND s.key = i.{kind.key}
                WHERE s.print IS DISTINCT FROM hash({_of("i", kind.print)})
                QUALIFY row_number() OVER (PARTITION BY i.{kind.key}) = 1"""  # noqa: S608 - constants
            )
            work.execute(
                f"""CREATE OR REPLACE TEMP TABLE fresh_{kind.table} AS
                SELECT {kind.key} AS key, hash({kind.print}) AS print, true AS known FROM new_rows"""  # noqa: S608
            )
            if kind.table == "run":
                work.execute(
                    "INSERT INTO shared_run SELECT run_id FROM new_rows WHERE run_id NOT IN (SELECT run_id FROM run)"
                )
            work.execute(
                f'DELETE FROM "{kind.table}" WHERE {kind.key} IN (SELECT key FROM fresh_{kind.table})'  # noqa: S608
            )
            done = work.execute(f'INSERT INTO "{kind.table}" BY NAME SELECT * FROM new_rows').fetchone()  # noqa: S608
            fresh[kind.table] = int(done[0]) if done else 0
        if fresh["extraction"]:
            for table, by, same in FOLLOWING:
                self._fetch(work, table, seen, now)
                chosen = f"SELECT {by} FROM extraction WHERE extraction_id IN (SELECT key FROM fresh_extraction)"  # noqa: S608
                work.execute(f'DELETE FROM "{table}" WHERE {by} IN ({chosen})')  # noqa: S608
                work.execute(
                    f'INSERT INTO "{table}" BY NAME SELECT * FROM came WHERE {by} IN ({chosen}) '  # noqa: S608
                    f"QUALIFY row_number() OVER (PARTITION BY {same}) = 1"
                )
        _remember(work, fresh)
        return sum(fresh.values())

    def _note_snapshots(self, work: Connection, now: int) -> None:
        """Write to each run the snapshot that it came into the lake with."""
        rows = self._connection.execute(
            f"SELECT run_id, snapshot_id FROM lake.main.run AT (VERSION => {now})"  # noqa: S608 - a number
        )
        work.register("came_rows", rows.to_arrow_table())
        try:
            work.execute(
                "UPDATE run SET lake_snapshot = c.snapshot_id FROM came_rows c "
                "WHERE c.run_id = run.run_id AND run.lake_snapshot IS DISTINCT FROM c.snapshot_id"
            )
        finally:
            work.unregister("came_rows")

    def _fetch(self, work: Connection, table: str, seen: int | None, now: int) -> None:
        """What came into a table of the lake after `seen`, up to `now`, as the working database's table `came`."""
        columns = _columns(work, table)
        have = {
            row[0]
            for row in self._connection.execute(
                f'SELECT column_name FROM (DESCRIBE SELECT * FROM lake.main."{table}" AT (VERSION => {now}))'  # noqa: S608
            ).fetchall()
        }
        listed = _listed([(name, kind) for name, kind in columns if name in have])
        whole = f'SELECT {listed} FROM lake.main."{table}" AT (VERSION => {now})'  # noqa: S608
        query = whole
        if seen is not None:
            query = f"SELECT {listed} FROM lake.table_insertions({literal(table)}, {seen + 1}, {now})"  # noqa: S608
        try:
            found = self._connection.execute(query)
        except duckdb.Error:
            if query == whole:
                raise
            found = self._connection.execute(whole)  # the snapshots in between were expired
        work.register("came_rows", found.to_arrow_reader(50_000))
        try:
            work.execute("CREATE OR REPLACE TEMP TABLE came AS SELECT * FROM came_rows")
        finally:
            work.unregister("came_rows")


def _fresh(work: Connection, *, whole: bool) -> dict[str, int]:
    """Rows that the lake does not have in their present state, in tables fresh_<table> (key, print, known)."""
    found = {}
    for kind in KINDS:
        work.execute(
            f"""CREATE OR REPLACE TEMP TABLE fresh_{kind.table} AS
            SELECT t.key, t.print, s.key IS NOT NULL AS known
            FROM (SELECT {kind.key} AS key, hash({kind.print}) AS print FROM "{kind.table}"
                  WHERE {kind.every if whole else kind.settled}) t
            LEFT JOIN shared_row s ON s.kind = '{kind.table}' AND s.key = t.key
            WHERE s.print IS DISTINCT FROM t.print"""  # noqa: S608 - constants
        )
        row = work.execute(f"SELECT count(*) FROM fresh_{kind.table}").fetchone()  # noqa: S608
        found[kind.table] = int(row[0]) if row else 0
    return found


def _remember(work: Connection, fresh: dict[str, int]) -> None:
    """Note that the lake has the rows of the tables fresh_<table>."""
    for table, count in fresh.items():
        if count:
            work.execute(
                f"DELETE FROM shared_row WHERE kind = '{table}' AND key IN (SELECT key FROM fresh_{table})"  # noqa: S608
            )
            work.execute(f"INSERT INTO shared_row SELECT '{table}', key, print FROM fresh_{table}")  # noqa: S608


def _of(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name.strip()}" for name in columns.split(","))


def _secret(store: Store) -> str:
    """How DuckDB reaches S3: the same credentials that botocore finds."""
    key, secret, token = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY"), None
    with contextlib.suppress(ImportError):
        from botocore.session import get_session

        found = get_session().get_credentials()
        if found is not None:
            key, secret, token = found.access_key, found.secret_key, found.token
    told = ["TYPE s3", f"REGION {literal(store.s3_region)}"]
    told += [f"KEY_ID {literal(key)}", f"SECRET {literal(secret)}"] if key and secret else []
    told += [f"SESSION_TOKEN {literal(token)}"] if token else []
    if store.s3_endpoint:
        where = urlsplit(store.s3_endpoint)
        told += [
            f"ENDPOINT {literal(where.netloc)}",
            "URL_STYLE 'path'",
            f"USE_SSL {str(where.scheme == 'https').lower()}",
        ]
    return f"CREATE OR REPLACE SECRET lake_s3 ({', '.join(told)})"


def _attach(connection: Connection, statement: str) -> None:
    """Attach the lake; again where another machine begins it at this very moment."""
    for attempt in range(1, TRIES + 1):
        try:
            connection.execute(statement)
            return
        except duckdb.Error as error:
            if attempt == TRIES or not _passing(error):
                raise
        time.sleep(0.2 * attempt)


def _passing(error: BaseException) -> bool:
    """Whether another try may go well: another machine's transaction came between."""
    return bool(re.search(r"(?i)conflict|could not serialize|deadlock|already exists|duplicate key|retry", str(error)))


def _lost(error: BaseException) -> bool:
    """Whether the connection to PostgreSQL was lost, as when it is started anew."""
    return bool(_LOST.search(str(error)))


def _pause(attempt: int) -> float:
    """Seconds until the next try: longer each time, and not the same on each machine."""
    longest: float = min(5.0, 0.1 * 2**attempt)
    return longest * (0.5 + random.random())  # noqa: S311 - not a secret


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


@contextlib.contextmanager
def open_lake(home: Home, store: Store) -> Iterator[Lake]:
    """The lake that [store] names. Raises LakeTrouble."""
    lake = Lake(home, store)
    try:
        yield lake
    finally:
        lake.close()


def snapshot_of(home: Home, named: str) -> tuple[int, str]:
    """(number of a snapshot, what a person has to know of it), named by its number or by an edition. Raises
    LakeTrouble."""
    from data.editions import edition
    from scrapers.renew import register_files

    if named.isdecimal() and len(named) < 19:
        return int(named), ""
    found = edition(home, named)
    if found is None:
        raise LakeTrouble(
            f"{named!r} is neither the number of a snapshot (see: sim-record lake status) nor an edition."
        )
    number = found.facts.get("lake_snapshot")
    if not isinstance(number, int):
        raise LakeTrouble(
            f"Edition {named} names no snapshot: it was issued from a record that the lake did not hold whole, or "
            "before snapshots were named. Choose one by its number (see: sim-record lake status)."
        )
    if found.facts.get("register_sha256") != register_files(home)[0]:
        return number, (
            f"The register here is not the one of edition {named}: put that day's files into the new home's register/ "
            "before it is built."
        )
    return number, ""


def checkout(home: Home, store: Store, version: int, folder: Path) -> int:
    """Make a new home in `folder` with what was collected up to a snapshot, and this home's register; gives the number
    of rows. Its [store] is `file`, its captures are read from the shared place. Raises LakeTrouble."""
    import shutil

    from scrapers.work import open_work

    if folder.exists() and any(folder.iterdir()):
        raise LakeTrouble(f"{folder} is not empty; name a new folder.")
    with open_lake(home, store) as lake:
        numbers = [snapshot.number for snapshot in lake.snapshots()]
        if version not in numbers:
            raise LakeTrouble(f"The lake has no snapshot {version}; it has {numbers[0]} to {numbers[-1]}.")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(home.register, folder / "register")
        told = home.programme_file.read_text(encoding="utf-8-sig")
        (folder / "programme.toml").write_text(as_file_store(told), encoding="utf-8")
        with contextlib.closing(open_work(Home(folder.resolve()))) as work:
            prepare_local(work)
            taken = lake.pull(work, version=version)
            for table in ("shared_row", "shared_state", "shared_run"):
                work.execute(f"DROP TABLE {table}")
    return taken


def as_file_store(told: str) -> str:
    """programme.toml with [store] of kind file; where captures lie stays."""
    before, head, rest = told.partition("[store]")
    own, following, after = rest.partition("\n[")
    kept = [line for line in own.splitlines() if not re.match(r"\s*(kind|catalog|data|share_every)\s*=", line)]
    return before + head + '\nkind = "file"\n' + "\n".join(kept).lstrip("\n") + following + after if head else told
