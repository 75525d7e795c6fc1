"""All that the doctor looks at, in the order in which one thing explains the next."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from data.home import HOME_VARIABLE, Home, HomeError, default_root, find_home, is_checkout
from data.programme import Programme, ProgrammeError, read_programme
from data.published import NotPublished, current_path, open_database
from scrapers.doctor import machine, record, runs
from scrapers.doctor.collected import Collected, Work, collected
from scrapers.doctor.lines import Line, broken, first_line, look, ok


def examine(named: Path | None, now: dt.datetime | None = None) -> list[Line]:
    """Look at the home that `named`, SIM_RECORD_HOME or the default means, and at this machine. Never raises: where
    looking itself fails, a line says so."""
    return list(_lines(named, now or dt.datetime.now(dt.UTC)))


def _lines(named: Path | None, now: dt.datetime) -> Iterator[Line]:
    yield from _safe("programs", machine.programs)
    root = _unbegun(named)
    if root is not None:
        yield look("home", f"There is none in {root} yet.", "Run: sim-record up")
        return
    try:
        home = find_home(named)
    except (HomeError, OSError) as error:
        yield broken("home", first_line(error), f"Name one with --home or {HOME_VARIABLE}.")
        return
    programme: Programme | None = None
    try:
        programme = read_programme(home.programme_file)
        yield ok("home", f"{home.root}, about {programme.programme.title}.", path=str(home.root))
    except ProgrammeError as error:
        words = f"{home.root}: {'; '.join(error.findings[:5])}."
        yield broken("home", words, "Mend programme.toml.", path=str(home.root))
    found = Collected(Work.DAMAGED, "it could not be looked at")
    try:
        found = collected(home)
    except Exception as error:
        found = Collected(Work.DAMAGED, first_line(error))
    yield from _safe("optional", lambda: machine.optional(programme))
    yield from _safe("folders", lambda: machine.folders(home))
    yield from _safe("disk", lambda: machine.disk(home, list(found.grown)))
    yield from _safe("register", lambda: record.declared(home))
    yield from _safe("captures", lambda: machine.captures(home, programme, found.files))
    yield from _safe("record", lambda: record.published(home, now))
    yield from _safe("search", lambda: record.index(home))
    yield from _safe("work.duckdb", lambda: runs.working(found))
    yield from _safe("last run", lambda: runs.last_run(home, found, now))
    yield from _safe("sources", lambda: runs.failing(home, found))
    yield from _safe("clock", lambda: runs.clock(found, _published_at(home), now))
    yield from _safe("leftovers", lambda: record.leftovers(home, now, busy=found.work is Work.HELD))


def _safe(subject: str, look_at: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """The lines of one look; where it fails in a way that nobody thought of, a line that says so."""
    try:
        yield from look_at()
    except Exception as error:
        words = f"It could not be looked at ({type(error).__name__}: {first_line(error)})."
        yield broken(subject, words, "Please report this line.")


def _unbegun(named: Path | None) -> Path | None:
    """The default home of an installed program, where it has not been begun: looking at it must not begin it."""
    root = default_root()
    if named or os.environ.get(HOME_VARIABLE) or is_checkout() or (root / "programme.toml").exists():
        return None
    return root


def _published_at(home: Home) -> dt.datetime | None:
    try:
        with closing(open_database(current_path(home))) as connection:
            row = connection.execute("SELECT built_at FROM build").fetchone()
    except (NotPublished, duckdb.Error):
        return None
    return row[0].replace(tzinfo=dt.UTC) if row else None
