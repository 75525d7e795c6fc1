"""The working database: what scrapers know before it is published. One process at a time holds it.

Rows go in by `scrapers.statements`, which says why.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import random
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from data.home import Home
from data.schema import COLLECTED, create_collected
from scrapers.capture import Conditions
from scrapers.errors import WorkError
from scrapers.restore import restore
from scrapers.statements import MEMORY, literals
from scrapers.statements import Inserter as Inserter
from scrapers.statements import literal as literal
from scrapers.warc import Original

Row = dict[str, Any]
Connection = duckdb.DuckDBPyConnection

_RANDOM: Final = random.Random(secrets.randbits(256))  # noqa: S311 - unique, not secret


class WorkBusy(WorkError):
    """Another process holds the working database; the message says what to do next."""


def open_work(home: Home, *, read_only: bool = False) -> Connection:
    """Open the working database, made if it is not there yet: from the last publication, where that holds captures.
    The caller closes it. Raises WorkBusy, WorkError."""
    path = home.work_database
    if not read_only and not os.access(path if path.exists() else home.root, os.W_OK):
        raise WorkError(
            f"{path} cannot be written by this user. Give the folder to the user who collects, where it may be written."
        )
    try:
        if not read_only and not path.exists():
            Path(f"{path}.wal").unlink(missing_ok=True)  # of a database that is not there any more
            restore(home)
        connection = duckdb.connect(str(path), read_only=read_only, config={"memory_limit": MEMORY, "threads": 1})
    except OSError as error:
        raise (trouble(home, error) or error) from error
    except duckdb.Error as error:
        told = trouble(home, error)
        if told is not None:
            raise told from error
        raise WorkBusy(
            f"{path.name} cannot be opened, most likely because another collect is running in this home (or a build or "
            f"a check): wait until it has ended, or end it. ({_first_line(error)})"
        ) from error
    if not read_only:
        try:
            prepare(connection)
        except duckdb.Error as error:
            connection.close()
            raise (trouble(home, error) or error) from error
    return connection


_SPOILED: Final = re.compile(r"(?i)read enough bytes|not a valid DuckDB|checksum|corrupt|deserializ|INTERNAL Error")
_FULL: Final = re.compile(
    r"(?i)no space left|quota|file too large|read-only file|input/output|could not (?:write|truncate|sync)|"
    r"permission denied|has been invalidated|failed to (?:commit|create checkpoint|checkpoint)|CHECKPOINT during DETACH"
)


@contextlib.contextmanager
def opened(home: Home) -> Iterator[Connection]:
    """The working database open for writing, until the block ends. Raises WorkBusy, and WorkError for what keeps it
    from being read or written meanwhile."""
    connection = open_work(home)
    try:
        yield connection
    except duckdb.Error as error:
        raise (trouble(home, error) or error) from error
    finally:
        connection.close()


def trouble(home: Home, error: BaseException) -> WorkError | None:
    """What a person is told where the working database is spoiled or cannot be written; None for other errors."""
    name = home.work_database.name
    if isinstance(error, duckdb.Error) and _SPOILED.search(str(error)):
        return WorkError(
            f"{name} is spoiled ({_first_line(error)}). Captures are safe, and so is what was published: bring back a "
            f"copy of {name}, or move it away (with {name}.wal) and run: sim-record build, which puts back what the "
            "last publication holds"
        )
    if isinstance(error, OSError) or (isinstance(error, duckdb.Error) and _FULL.search(str(error))):
        return WorkError(
            f"{name} cannot be written ({_first_line(error)}). What was finished before is kept, and what was "
            "published stays in force. Make room, or see that the folder may be written, and run this again"
        )
    return None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def prepare(connection: Connection) -> None:
    """Create what the schema has and the database has not: all of it in a new one, tables and columns that came later
    in an older one. Nothing is ever dropped."""
    wanted = "SELECT table_name, column_name, data_type, column_default FROM duckdb_columns() WHERE NOT internal"
    have = {(row[0], row[1]) for row in connection.execute(wanted).fetchall()}
    tables = {table for table, _ in have}
    if not tables & set(COLLECTED):
        connection.execute("BEGIN")
        create_collected(connection)
        connection.execute("COMMIT")
        return
    with duckdb.connect() as scratch:
        create_collected(scratch)
        created = dict(scratch.execute("SELECT table_name, sql FROM duckdb_tables()").fetchall())
        columns = scratch.execute(wanted).fetchall()
    for table, sql in created.items():
        if table not in tables:
            connection.execute(sql)
    for table, column, kind, default in columns:
        if table in tables and table in created and (table, column) not in have:
            given = f" DEFAULT {default}" if default else ""
            connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}{given}')


# -- names


def stamped(moment: dt.datetime) -> str:
    """A name that sorts by time: the moment in UTC to the microsecond, and a short random part."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%S%f}-{_RANDOM.getrandbits(24):06x}"


def extraction_id(capture_id: str, extractor: str) -> str:
    """The name of the extraction of a capture by an extractor: the same whenever it is made again."""
    return hashlib.sha256(f"{capture_id}\n{extractor}".encode()).hexdigest()[:20]


def naive(moment: dt.datetime) -> dt.datetime:
    """A time as DuckDB keeps it here: UTC without a zone."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment


# -- rows in


def reading_rows(capture_id: str, source_id: str, reading: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Rows of extraction, passage and link from one reading (an Extraction as a dict)."""
    name = extraction_id(capture_id, reading["extractor"])
    text = reading.get("text") or ""
    common = {"capture_id": capture_id, "source_id": source_id}
    extraction = {key: reading.get(key) for key in _EXTRACTION_KEYS} | common
    extraction |= {
        "extraction_id": name,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    }
    passages = [
        {**passage, **common, "passage_id": f"{name}.{passage['position']}", "extraction_id": name}
        for passage in reading.get("passages", ())
    ]
    links = [{**link, **common} for link in reading.get("links", ())]
    return {"extraction": [extraction], "passage": passages, "link": links}


_EXTRACTION_KEYS: Final = (
    "extractor", "title", "published_on", "published_how", "updated_on", "updated_how", "author", "language", "pages",
    "problem",
)  # fmt: skip


def insert_readings(connection: Connection, inserter: Inserter, rows: Mapping[str, list[Row]]) -> None:
    """Insert extraction, passage and link rows in place of earlier ones of the same extraction."""
    names = [row["extraction_id"] for row in rows.get("extraction", [])]
    if not names:
        return
    known = {
        row[0]
        for row in connection.execute(
            f"SELECT extraction_id FROM extraction WHERE extraction_id IN {literals(names)}"  # noqa: S608
        ).fetchall()
    }
    fresh = {table: [row for row in found if _of(row, known)] for table, found in rows.items()}
    captures = {row["capture_id"] for row in fresh.get("extraction", [])}
    if captures:
        connection.execute(f"DELETE FROM link WHERE capture_id IN {literals(sorted(captures))}")  # noqa: S608
    for table in ("extraction", "passage"):
        inserter.insert(table, fresh.get(table, []))
    inserter.insert("link", [row for row in rows.get("link", []) if row["capture_id"] in captures])


def _of(row: Row, known: set[str]) -> bool:
    return row.get("extraction_id") not in known


# -- rows out


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs left of one source: its last good live capture, and what bears on asking again."""

    conditions: Conditions
    capture_id: str | None = None
    body_sha256: str | None = None
    original: Original | None = None
    original_id: str | None = None
    body_bytes: int = 0
    media_type: str | None = None
    charset: str | None = None
    was_read: bool = False
    has_text: bool = True
    gone_at: dt.datetime | None = None
    archived_at: dt.datetime | None = None
    archived_url: str | None = None
    archived_id: str | None = None


NOTHING: Final = Past(Conditions())

_LAST_GOOD: Final = """
WITH asked AS (
  SELECT *, CASE part WHEN 'page' THEN '' ELSE requested_url END AS further FROM capture
  WHERE origin = 'live' AND part = {part}
), last AS (
  SELECT * FROM asked WHERE verdict = 'good'
  QUALIFY row_number() OVER (PARTITION BY source_id, further ORDER BY capture_id DESC) = 1
), original AS (
  SELECT c.* FROM asked c
  JOIN last l ON l.source_id = c.source_id AND l.further = c.further AND l.body_sha256 = c.body_sha256
  WHERE NOT c.is_revisit
  QUALIFY row_number() OVER (PARTITION BY c.source_id, c.further ORDER BY c.capture_id DESC) = 1
)
SELECT l.source_id, l.further, l.capture_id, l.body_sha256, l.final_url, l.requested_url, l.headers, o.headers,
  o.capture_id, o.warc_file, o.warc_offset, o.warc_record_id, o.final_url, o.captured_at, o.payload_sha256,
  o.body_bytes, o.media_type, o.charset,
  e.capture_id IS NOT NULL, coalesce(e.has_text, true)
FROM last l LEFT JOIN original o USING (source_id, further)
LEFT JOIN (SELECT capture_id, bool_or(text <> '') AS has_text FROM extraction GROUP BY capture_id) e
  ON e.capture_id = o.capture_id
"""
_LAST_ARCHIVED: Final = """
SELECT source_id, captured_at, memento_url, capture_id FROM capture WHERE origin <> 'live' AND verdict = 'good'
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY captured_at DESC, capture_id DESC) = 1
"""
_GONE: Final = """
SELECT source_id, ended_at FROM attempt WHERE tries > 0
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY attempt_id DESC) = 1
  AND coalesce(live_outcome, outcome) = 'gone'
"""


def load_past(connection: Connection, sizes: Mapping[str, int]) -> dict[str, Past]:
    """What earlier runs left, by source. A capture whose record lies beyond its file's end (`sizes`, bytes by file
    name) is passed over: its page is asked for whole."""
    found = {source_id: past for (source_id, _), past in _last_good(connection, sizes, "page")}
    for source_id, captured_at, url, capture_id in connection.execute(_LAST_ARCHIVED).fetchall():
        archived_at = captured_at.replace(tzinfo=dt.UTC)
        found.setdefault(source_id, {}).update(archived_at=archived_at, archived_url=url, archived_id=capture_id)
    for source_id, ended_at in connection.execute(_GONE).fetchall():
        found.setdefault(source_id, {}).update(gone_at=ended_at.replace(tzinfo=dt.UTC))
    return {source_id: Past(**{"conditions": Conditions(), **values}) for source_id, values in found.items()}


def load_past_data(connection: Connection, sizes: Mapping[str, int]) -> dict[tuple[str, str], Past]:
    """The same for the further addresses of sources, by (source, address asked)."""
    return {key: Past(**past) for key, past in _last_good(connection, sizes, "data")}


def _last_good(
    connection: Connection, sizes: Mapping[str, int], part: str
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    cursor = connection.execute(_LAST_GOOD.format(part=literal(part)))
    while rows := cursor.fetchmany(1000):
        for row in rows:
            past = _past(row, sizes)
            if past is not None:
                yield (row[0], row[1]), past


def _past(row: Sequence[Any], sizes: Mapping[str, int]) -> dict[str, Any] | None:
    (_, _, capture_id, sha, final_url, _requested, headers, first_headers, original_id, warc_file, offset, record_id,
     url, captured_at, payload, size, media_type, charset, was_read, has_text) = row  # fmt: skip
    if original_id is None or offset >= sizes.get(warc_file, 0) or payload is None:
        return None
    served = {**_validators(first_headers), **_validators(headers)}
    original = Original(warc_file, offset, record_id, url, captured_at.replace(tzinfo=dt.UTC), payload)
    return {
        "conditions": Conditions(served.get("etag"), served.get("last-modified"), sha, final_url),
        "capture_id": capture_id,
        "body_sha256": sha,
        "original": original,
        "original_id": original_id,
        "body_bytes": size,
        "media_type": media_type,
        "charset": charset,
        "was_read": was_read,
        "has_text": has_text,
    }


def _validators(headers: str) -> dict[str, str]:
    found = {}
    for name, value in json.loads(headers):
        lower = name.lower()
        if lower in ("etag", "last-modified") and value and len(value) < 1000:
            found[lower] = value
    return found


@dataclass(frozen=True)
class Unread:
    """A good capture with bytes of its own that no extraction was made of."""

    capture_id: str
    source_id: str
    warc_file: str
    warc_offset: int
    url: str
    media_type: str | None
    charset: str | None
    attempt_id: str | None


def unread(connection: Connection) -> list[Unread]:
    """Good captures with bytes of their own that were never read: a run was cut off between storing and reading."""
    rows = connection.execute(
        "SELECT c.capture_id, c.source_id, c.warc_file, c.warc_offset, c.final_url, c.media_type, c.charset, "
        "a.attempt_id FROM capture c LEFT JOIN attempt a ON a.capture_id = c.capture_id "
        "ANTI JOIN extraction e ON e.capture_id = c.capture_id "
        "WHERE c.verdict = 'good' AND NOT c.is_revisit AND c.part = 'page' ORDER BY c.capture_id"
    ).fetchall()
    return [Unread(*row) for row in rows]


def captures(connection: Connection, where: str = "true", values: Sequence[Any] = ()) -> Iterator[Row]:
    """Capture rows as dicts, oldest first, a batch at a time, for reading them again. `where` is SQL of the program's
    own, with ? for `values`."""
    cursor = connection.cursor().execute(f"SELECT * FROM capture WHERE {where} ORDER BY capture_id", list(values))  # noqa: S608
    names = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(500):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def capture_places(home: Home) -> dict[str, list[tuple[int, str, str, str, bool]]]:
    """By WARC file: (offset, capture_id, warc_record_id, body_sha256, is_revisit) of each capture in it.
    Raises WorkBusy where a run under way holds the database."""
    if not home.work_database.is_file():
        return {}
    found: dict[str, list[tuple[int, str, str, str, bool]]] = {}
    with open_work(home, read_only=True) as connection:
        rows = connection.execute(
            "SELECT warc_file, warc_offset, capture_id, warc_record_id, body_sha256, is_revisit FROM capture"
        ).fetchall()
    for file, offset, capture_id, record_id, sha, is_revisit in rows:
        found.setdefault(file, []).append((offset, capture_id, record_id, sha, is_revisit))
    return found


# -- runs


@dataclass(frozen=True)
class Run:
    """One row of run, as far as going on with it needs."""

    run_id: str
    started_at: dt.datetime
    state: str
    options: dict[str, Any]


def last_run(connection: Connection) -> Run | None:
    """The run that began last, or None; where machines share, the last one of this machine before others' if it was cut
    off. A backfill is no such run: it goes on by being started again."""
    no_backfill = """coalesce(options, '') NOT LIKE '{"command": "backfill"%'"""
    in_time = f"started_at <= {literal(dt.datetime.now(dt.UTC))}"
    shared = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'shared_run'").fetchone()
    here = "run_id NOT IN (SELECT run_id FROM shared_run)" if shared else "true"
    row = connection.execute(
        "SELECT run_id, started_at, state, options, "  # noqa: S608
        f"run_id = max(run_id) FILTER ({here} AND {in_time}) OVER () AND state <> 'finished' AS cut_off_here "
        f"FROM run WHERE {no_backfill} "
        # a run that bears a time to come was made by a clock that has been put right since
        f"ORDER BY state = 'running' DESC, cut_off_here DESC NULLS LAST, {in_time} DESC, run_id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    try:
        options = json.loads(row[3] or "{}")
    except ValueError:
        options = {}
    return Run(row[0], row[1].replace(tzinfo=dt.UTC), row[2], options if isinstance(options, dict) else {})


def run_to_come(connection: Connection, moment: dt.datetime) -> str | None:
    """The last run that began after this moment, as only a clock that was ahead can have it; None as a rule."""
    row = connection.execute(f"SELECT max(run_id) FROM run WHERE started_at > {literal(moment)}").fetchone()  # noqa: S608
    return str(row[0]) if row and row[0] else None


def begin_run(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a new run; those still called running were cut off, and are called interrupted from now on."""
    connection.execute("UPDATE run SET state = 'interrupted' WHERE state = 'running'")
    Inserter(connection).insert("run", [row])


def set_run(connection: Connection, run_id: str, state: str, ended_at: dt.datetime | None) -> None:
    """Say how a run stands."""
    connection.execute(
        f"UPDATE run SET state = {literal(state)}, ended_at = {literal(ended_at)} WHERE run_id = {literal(run_id)}"  # noqa: S608
    )


def finished_sources(connection: Connection, run_id: str) -> set[str]:
    """The sources that this run has an attempt for."""
    query = f"SELECT source_id FROM attempt WHERE run_id = {literal(run_id)}"  # noqa: S608
    return {row[0] for row in connection.execute(query).fetchall()}


def unfinished_files(connection: Connection) -> dict[str, int]:
    """WARC files of runs that did not finish, with the offset of the last record that a row knows of. A run that was
    gone on with on another machine has more than one."""
    rows = connection.execute(
        "SELECT r.run_id || '.warc.gz', coalesce(max(c.warc_offset), 0) FROM run r "
        "LEFT JOIN capture c ON c.warc_file = r.run_id || '.warc.gz' WHERE r.state <> 'finished' GROUP BY ALL "
        "UNION ALL SELECT c.warc_file, max(c.warc_offset) FROM run r JOIN capture c USING (run_id) "
        "WHERE r.state <> 'finished' AND c.warc_file <> r.run_id || '.warc.gz' GROUP BY ALL"
    ).fetchall()
    return dict(rows)


def last_offsets(connection: Connection) -> dict[str, int]:
    """The offset of the last record that a row knows of, by WARC file."""
    return dict(connection.execute("SELECT warc_file, max(warc_offset) FROM capture GROUP BY ALL").fetchall())


def count_outcomes(connection: Connection, run_id: str) -> dict[str, int]:
    """Attempts of a run by outcome, most frequent first."""
    rows = connection.execute(
        f"SELECT outcome, count(*) AS n FROM attempt WHERE run_id = {literal(run_id)} "  # noqa: S608
        "GROUP BY outcome ORDER BY n DESC, outcome"
    ).fetchall()
    return dict(rows)


def failed_attempts(connection: Connection, run_id: str, good: Iterable[str]) -> list[tuple[str, str, str]]:
    """(outcome, source_id, detail) of the attempts of a run that ended otherwise than `good`, by outcome and source."""
    return connection.execute(
        f"SELECT outcome, source_id, detail FROM attempt WHERE run_id = {literal(run_id)} "  # noqa: S608
        f"AND outcome NOT IN {literals(sorted(good))} ORDER BY outcome, source_id"
    ).fetchall()
