"""What was collected, as far as the doctor needs it: read in one go, so that no run waits for the working database."""

from __future__ import annotations

import datetime as dt
import json
import statistics
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import duckdb

from data.bodies import LocalBodies
from data.home import Home
from data.published import NotPublished, current_path, open_database
from data.vocabulary import GOOD_OUTCOMES
from scrapers.doctor.lines import first_line
from scrapers.doctor.record import Shape, shape_of
from scrapers.statements import literals

RUNS: Final = 5
CLOCKS: Final = 3
"""Servers whose clocks are asked for, at least: one alone may be wrong itself."""


class Work(StrEnum):
    """How the working database is."""

    READ = "read"
    NONE = "none"
    HELD = "held"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class LastRun:
    """The run that began last: good and asked count its attempts."""

    run_id: str
    command: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    state: str
    sources: int
    asked: int
    good: int
    outcomes: dict[str, int]


@dataclass(frozen=True)
class Failing:
    """A source whose last attempt failed: how, and when that began."""

    source_id: str
    outcome: str
    since: dt.datetime


@dataclass(frozen=True)
class Collected:
    """What is known. `work` is how the working database is; where it is held or damaged, the rows are those of the
    published record. `latest` is the latest time of any row, `offset` by how many seconds this machine's clock is
    behind those of the servers that answered in the last run (negative: ahead), from `clocks` of them."""

    work: Work
    why: str = ""
    shape: Shape = frozenset()
    last: LastRun | None = None
    failing: tuple[Failing, ...] = ()
    latest: dt.datetime | None = None
    grown: tuple[int, ...] = ()
    offset: float | None = None
    clocks: int = 0
    files: tuple[tuple[str, int], ...] = ()
    """WARC files, each with the offset at which its last record begins."""


def collected(home: Home) -> Collected:
    """Read it from the working database, or from the published record where that is not to be had."""
    state, why = _work(home)
    if state is Work.READ:
        try:
            with closing(duckdb.connect(str(home.work_database), read_only=True)) as connection:
                return _read(connection, home, state, "")
        except duckdb.Error as error:
            held = is_held(home.work_database)
            state, why = (Work.HELD if held else Work.DAMAGED), first_line(error)
    try:
        with closing(open_database(current_path(home))) as connection:
            return _read(connection, home, state, why)
    except (NotPublished, duckdb.Error):
        return Collected(state, why)


def _work(home: Home) -> tuple[Work, str]:
    path = home.work_database
    try:
        if not path.is_file():
            there = path.exists() or path.is_symlink()
            return (Work.DAMAGED, "it is no file") if there else (Work.NONE, "")
        with path.open("rb"):
            pass
    except OSError as error:
        return Work.DAMAGED, error.strerror or type(error).__name__
    return (Work.HELD, "") if is_held(path) else (Work.READ, "")


def is_held(path: Path) -> bool:
    """Whether another process has the database open to write. Not told on Windows."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        with path.open("rb") as handle:
            fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _read(connection: duckdb.DuckDBPyConnection, home: Home, state: Work, why: str) -> Collected:
    last = _last(connection)
    offset, clocks = _clock(connection, last.run_id) if last else (None, 0)
    latest = connection.execute(
        "SELECT max(t) FROM (SELECT max(started_at) AS t FROM run UNION ALL SELECT max(ended_at) FROM attempt "
        "UNION ALL SELECT max(fetched_at) FROM capture)"
    ).fetchone()
    return Collected(
        work=state,
        why=why,
        shape=shape_of(connection) if state is Work.READ else frozenset(),
        last=last,
        failing=_failing(connection),
        latest=_utc(latest[0]) if latest and latest[0] else None,
        grown=_grown(connection, home),
        offset=offset,
        clocks=clocks,
        files=tuple(
            connection.execute("SELECT warc_file, max(warc_offset) FROM capture GROUP BY 1 ORDER BY 1").fetchall()
        ),
    )


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC)


def _last(connection: duckdb.DuckDBPyConnection) -> LastRun | None:
    row = connection.execute(
        "SELECT run_id, options, started_at, ended_at, state, sources FROM run ORDER BY run_id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    outcomes: dict[str, int] = dict(
        connection.execute(
            "SELECT outcome, count(*) AS n FROM attempt WHERE run_id = ? GROUP BY 1 ORDER BY n DESC, 1", [row[0]]
        ).fetchall()
    )
    return LastRun(
        run_id=row[0],
        command=_command(row[1]),
        started_at=_utc(row[2]),
        ended_at=_utc(row[3]) if row[3] else None,
        state=row[4],
        sources=row[5],
        asked=sum(outcomes.values()),
        good=sum(count for outcome, count in outcomes.items() if outcome in GOOD_OUTCOMES),
        outcomes=outcomes,
    )


def _command(options: str | None) -> str:
    try:
        told = json.loads(options or "{}")
    except ValueError:
        return "collect"
    return str(told.get("command", "collect")) if isinstance(told, dict) else "collect"


def _failing(connection: duckdb.DuckDBPyConnection) -> tuple[Failing, ...]:
    good = literals(sorted(GOOD_OUTCOMES))
    rows = connection.execute(
        f"""WITH last AS (
          SELECT source_id, outcome FROM attempt
          QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY attempt_id DESC) = 1
        ), well AS (
          SELECT source_id, max(attempt_id) AS attempt_id FROM attempt WHERE outcome IN {good} GROUP BY 1
        )
        SELECT l.source_id, l.outcome, min(a.started_at) FROM last l
        JOIN attempt a USING (source_id) LEFT JOIN well w USING (source_id)
        WHERE l.outcome NOT IN {good} AND (w.attempt_id IS NULL OR a.attempt_id > w.attempt_id)
        GROUP BY ALL ORDER BY ALL"""  # noqa: S608 - words of this project
    ).fetchall()
    return tuple(Failing(source_id, outcome, _utc(since)) for source_id, outcome, since in rows)


def _grown(connection: duckdb.DuckDBPyConnection, home: Home) -> tuple[int, ...]:
    """Bytes of captures that each of the last runs left here, the latest first."""
    runs = [
        row[0] for row in connection.execute("SELECT run_id FROM run ORDER BY run_id DESC LIMIT ?", [RUNS]).fetchall()
    ]
    sizes = LocalBodies(home.captures).sizes()
    return tuple(sum(size for name, size in sizes.items() if name.startswith(run)) for run in runs)


def _clock(connection: duckdb.DuckDBPyConnection, run_id: str) -> tuple[float | None, int]:
    """The median over hosts of how far their clocks are ahead of this machine's, by what they answered in a run."""
    rows = connection.execute(
        "SELECT final_url, headers, captured_at, fetched_at FROM capture WHERE run_id = ? AND origin = 'live' "
        "ORDER BY capture_id DESC LIMIT 2000",
        [run_id],
    ).fetchall()
    by_host: dict[str, float] = {}
    for url, headers, asked_at, had_at in rows:
        told = date_of(headers)
        if told is not None:
            by_host.setdefault(urlsplit(url).netloc, ahead(told, _utc(asked_at), _utc(had_at)))
    if len(by_host) < CLOCKS:
        return None, len(by_host)
    return statistics.median(by_host.values()), len(by_host)


def ahead(told: dt.datetime, asked_at: dt.datetime, had_at: dt.datetime) -> float:
    """By how many seconds a clock that said `told`, in whole seconds, at some moment between two others is ahead for
    certain; negative where it is behind."""
    if told > had_at:
        return (told - had_at).total_seconds()
    return min(0.0, (told - asked_at).total_seconds() + 1)


def date_of(headers: str) -> dt.datetime | None:
    """When an answer was sent by its server's clock: its Date, and its Age where a cache held it; None where it does
    not say."""
    try:
        pairs: Iterable[Any] = json.loads(headers)
        told = {str(name).lower(): str(value) for name, value in pairs}
        moment = parsedate_to_datetime(told["date"])
        age = int(told.get("age", "0"))
    except (ValueError, TypeError, KeyError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment + dt.timedelta(seconds=age) if 0 <= age < 10**9 else None
