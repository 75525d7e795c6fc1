"""What readers are shown: the published database, its shape, the search index, and what killed commands left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from data import schema
from data.editions import MAKING
from data.home import Home
from data.published import STALE_DAYS, NotPublished, current_path, number_of, open_database, published_files
from data.search import NotIndexed, index_path, open_index
from data.version import software_version
from scrapers.doctor.lines import Line, ago, broken, day, first_line, look, many, ok
from scrapers.register import read_register
from scrapers.renew import read_prints

BUILD: Final = "Run: sim-record build"
Shape = frozenset[tuple[str, str]]


def published(home: Home, now: dt.datetime) -> Iterator[Line]:
    """Whether CURRENT names a whole database of the shape that this program reads."""
    try:
        path = current_path(home)
    except NotPublished as error:
        if home.current_file.exists():
            yield broken("record", "CURRENT names no database that is here.", BUILD)
        else:
            yield look("record", first_line(error).partition(" Run:")[0], BUILD)
        return
    named = _named(home)
    if named != path.name:
        what = f"names {named}, which is not here" if named else "is missing or empty"
        words = f"CURRENT {what}; readers fall back to {path.name}."
        yield broken("record", words, BUILD)
    try:
        size = path.stat().st_size
        with open_database(path) as connection:
            made = connection.execute("SELECT built_at, software FROM build").fetchone()
            shape = shape_of(connection)
    except (NotPublished, duckdb.Error, OSError) as error:
        told = first_line(error).partition(" Run:")[0].rstrip(".!")
        words = f"{told}." if isinstance(error, NotPublished) else f"{path.name} cannot be read: {told}."
        yield broken("record", words, f"{BUILD} (no capture is touched)")
        return
    if made is None:
        yield broken("record", f"{path.name} does not say when it was made.", BUILD)
        return
    at, software = made[0].replace(tzinfo=dt.UTC), made[1]
    figures = {"record": number_of(path), "published_at": at.isoformat(), "bytes": size, "software": software}
    words = f"{path.name} was published {ago(at, now)}, on {day(at)}."
    if (now - at).days > STALE_DAYS:
        yield look("record", f"{words} That is more than {STALE_DAYS} days, and pages say so.",
                   "Run: sim-record collect, and let a timer do it (examples/).", **figures)  # fmt: skip
    else:
        yield ok("record", words, **figures)
    yield from _of_shape(path, shape, software)
    if path.with_suffix(".prints").is_file() and read_prints(path) is None:
        yield look(
            "record", f"{path.name} is not the size that it was published with.", f"{BUILD}, then sim-record check"
        )


def _named(home: Home) -> str:
    try:
        return home.current_file.read_text(encoding="utf-8", errors="replace").strip()[:100]
    except OSError:
        return ""


def shape_of(connection: duckdb.DuckDBPyConnection) -> Shape:
    """(table or view, column) of everything in a database."""
    return frozenset(
        connection.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    )


@cache
def wanted_shape(*, collected: bool = False) -> Shape:
    """The shape that this program makes: of a published database, or of the working one."""
    with closing(duckdb.connect()) as scratch:
        (schema.create_collected if collected else schema.create_all)(scratch)
        return shape_of(scratch)


def unknown_in(found: Shape, wanted: Shape) -> list[str]:
    """Tables, and columns of known tables, that are in `found` and this program does not know."""
    known = {table for table, _ in wanted}
    strange = found - wanted
    return sorted({table if table not in known else f"{table}.{column}" for table, column in strange})


def _of_shape(path: Path, found: Shape, software: str) -> Iterator[Line]:
    wanted = wanted_shape()
    newer, older = unknown_in(found, wanted), unknown_in(wanted, found)
    made = f"{path.name} was made by sim-record {software}; this is {software_version()}."
    if newer:
        yield look("shape", f"{made} It holds what this program does not know: {_some(newer)}.",
                   "Update this program, or publish again with it: sim-record build", newer=newer)  # fmt: skip
    if older:
        yield broken("shape", f"{made} It lacks what this program reads: {_some(older)}.", BUILD, missing=older)
    if not newer and not older:
        yield ok("shape", "Every table and column is what this program reads.")


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def declared(home: Home) -> Iterator[Line]:
    """Whether the register can be read: nothing is collected or built from one that cannot."""
    if not home.register.is_dir():
        return  # said of the folders
    found = read_register(home)
    if not found.findings:
        rows = sum(len(table) for table in found.tables.values())
        yield ok("register", f"{many(rows, 'row')}, without a finding.", rows=rows)
        return
    more = len(found.findings) - 1
    words = f"{found.findings[0]}" + (f" (and {many(more, 'more finding')})" if more else "")
    yield broken("register", f"{words.rstrip('.')}. Nothing can be collected or built until it is mended.",
                 "sim-record check names every line; mend them.", findings=len(found.findings))  # fmt: skip


def index(home: Home) -> Iterator[Line]:
    """Whether the search index is there and was written for the record in force."""
    try:
        path = current_path(home)
    except NotPublished:
        return  # said above, and a build makes both
    try:
        with closing(open_index(index_path(home))) as connection:
            found = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    except NotIndexed as error:
        words, _, step = str(error).partition(" Run:")
        yield look("search", f"{words} Pages are shown; a search finds nothing.", f"Run:{step}" if step else BUILD)
        return
    of = str(found.get("record", ""))
    if of != str(number_of(path)):
        yield look("search", f"The index is of record {of or '?'}, {path.name} is in force.", BUILD)
    else:
        yield ok("search", f"The index is that of {path.name}.")


def leftovers(home: Home, now: dt.datetime, *, busy: bool) -> Iterator[Line]:
    """Files that a command which was killed left half written."""
    found = [path for pattern in ("*.part", "*.part.*", "*.clean*", "*.new") for path in home.root.glob(pattern)]
    found += home.register.glob("*.part")
    found += home.editions.glob(f"{MAKING}*")
    in_force = {path.name for path in published_files(home)}
    found += [path for path in home.root.glob("record-*.prints") if f"{path.stem}.duckdb" not in in_force]
    found += list(home.root.glob("record-*.duckdb.wal"))
    if busy:
        return  # they may be what is being written just now
    old = []
    for path in sorted(set(found)):
        try:
            changed = dt.datetime.fromtimestamp(path.lstat().st_mtime, tz=dt.UTC)
        except OSError:
            continue
        if (now - changed).total_seconds() > 3600:
            old.append(path)
    if old:
        names = ", ".join(str(path.relative_to(home.root)) for path in old[:5])
        more = f" and {len(old) - 5} more" if len(old) > 5 else ""
        yield look("leftovers", f"{many(len(old), 'file')} half written by a command that was ended: {names}{more}.",
                   "They may be deleted while nothing runs.", files=[str(path) for path in old])  # fmt: skip
    else:
        yield ok("leftovers", "No command that was ended left anything half written.")
