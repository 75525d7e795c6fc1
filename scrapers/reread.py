"""Stored captures read again by the present extractors. What then differs is our doing, and no change of a page."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from data.home import Home
from data.programme import Programme
from scrapers import work
from scrapers.build import RegisterError, publish
from scrapers.derive import derive
from scrapers.reading import LOST, Job, Readers, Result
from scrapers.register import Register, read_register
from scrapers.remask import mask_earlier, masked_by_these_rules, note_masked
from scrapers.share import open_share
from scrapers.statements import MEMORY

AT_ONCE: Final = 16
"""Documents handed to the readers and not yet written down: bounds the memory."""
IN_ONE_STEP: Final = 20
MOST_NAMED: Final = 10
WHILE_READING: Final = "64MB"
"""What the working database may take while the readers take theirs."""
LOG_WHILE_READING: Final = "128MB"
"""What may wait in the database's log: each time it is emptied, tables that have grown long are written again."""


@dataclass(frozen=True)
class Reread:
    """Numbers of captures asked for, of readings that are new, of those without any text, and of captures whose words
    differ from those read before; of the captures whose stored bytes are gone or spoiled, what is wrong with each."""

    captures: int
    new: int
    failed: int
    differing: int
    published: str | None
    spoiled: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": not self.spoiled,
            "captures": self.captures,
            "new_readings": self.new,
            "failed": self.failed,
            "differing": self.differing,
            "spoiled": list(self.spoiled),
            "published": self.published,
        }

    def to_text(self) -> str:
        told = (
            f"Read {self.captures} captures again: {self.new} new readings, {self.differing} of them with other words"
        )
        told += f"; in {self.failed} there is no text." if self.failed else "."
        if self.spoiled:
            named = "".join(f"\n  {one}" for one in self.spoiled[:MOST_NAMED])
            more = f"\n  and {len(self.spoiled) - MOST_NAMED} more" if len(self.spoiled) > MOST_NAMED else ""
            told += (
                f"\nThe stored bytes of {len(self.spoiled)} could not be read; what was read of them before stays. "
                f"For what to put back, run: sim-record check{named}{more}"
            )
        return told


class UnknownSource(Exception):
    """A source was named that the register does not have."""


def _silent(_done: int, _total: int) -> None:
    return


def reread(
    home: Home,
    programme: Programme,
    *,
    everything: bool = False,
    sources: tuple[str, ...] = (),
    processes: int | None = None,
    tick: Callable[[int, int], object] = _silent,
) -> Reread:
    """Read stored captures with the present extractors, beside the readings that are there, and publish.

    By default only captures that nothing was read of, or that cannot be compared with their neighbours because no
    extractor read both; with `everything` every good capture that holds bytes of its own. `tick` is told how many are
    done, and of how many. Raises RegisterError, UnknownSource, WorkError.
    """
    register = read_register(home)
    if register.findings:
        raise RegisterError(register.findings)
    declared = {row["source_id"] for row in register.tables["source"]}
    if missing := [name for name in sources if name not in declared]:
        raise UnknownSource(f"There is no source {missing[0]!r} in sources.csv.")
    with (
        work.opened(home) as connection,
        open_share(home, programme.store, connection) as share,
    ):
        share.take()
        before = _count(connection, "extraction")
        differing = _count(connection, "rereading") if _has(connection, "rereading") else 0
        wanted = list(_jobs(connection, register, programme, everything, sources))
        connection.execute(f"SET memory_limit = '{WHILE_READING}'")
        connection.execute(f"SET wal_autocheckpoint = '{LOG_WHILE_READING}'")
        failed, spoiled = _read(home, connection, wanted, processes, tick)
        connection.execute("RESET wal_autocheckpoint")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        if not masked_by_these_rules(connection):
            kinds = {row["source_id"]: row["kind"] for row in register.tables["source"]}
            mask_earlier(connection, work.Inserter(connection), kinds)
            if everything and not sources and not spoiled:
                note_masked(connection)  # every reading of older rules now has a later one
        connection.execute("CHECKPOINT")
        derive(connection, register, programme)
        new = _count(connection, "extraction") - before
        differing = max(0, _count(connection, "rereading") - differing)
        share.give()
        path = publish(home, work=connection)
    return Reread(len(wanted), new, failed, differing, path.name, tuple(spoiled))


def _count(connection: work.Connection, table: str) -> int:
    found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - own names
    return int(found[0]) if found else 0


def _has(connection: work.Connection, table: str) -> bool:
    found = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchone()
    return found is not None


def _jobs(
    connection: work.Connection, register: Register, programme: Programme, everything: bool, sources: tuple[str, ...]
) -> Iterator[Job]:
    declared = {row["source_id"]: row for row in register.tables["source"]}
    where, values = "verdict = 'good' AND part = 'page' AND NOT is_revisit", []
    if sources:
        where += " AND source_id IN (SELECT unnest(?))"
        values.append(list(sources))
    if not everything:
        unread = {found.capture_id for found in work.unread(connection)}
        apart = set(derive(connection, register, programme).unread)
        bodies = connection.execute(
            "SELECT capture_id FROM capture WHERE verdict = 'good' AND NOT is_revisit AND body_sha256 IN "
            "(SELECT body_sha256 FROM capture WHERE capture_id IN (SELECT unnest(?)))",
            [sorted(apart)],
        ).fetchall()
        where += " AND capture_id IN (SELECT unnest(?))"
        values.append(sorted(unread | {row[0] for row in bodies}))
    for row in work.captures(connection, where, values):
        source = declared.get(row["source_id"], {})
        yield Job(
            row["warc_file"],
            row["warc_offset"],
            row["final_url"],
            row["media_type"],
            row["charset"],
            source.get("format"),
            source.get("kind"),
            (row["capture_id"], row["source_id"]),
            row["body_sha256"],
        )


def _read(
    home: Home, connection: work.Connection, jobs: list[Job], processes: int | None, tick: Callable[[int, int], object]
) -> tuple[int, list[str]]:
    """Hand the jobs to the readers and write down what they give; how many have no text, and what is wrong with the
    bytes that could not be had: those captures keep what was read of them, and are asked for again next time."""
    results: queue.SimpleQueue[tuple[Job, Result]] = queue.SimpleQueue()
    readers = Readers(home, lambda job, result: results.put((job, result)), processes=processes)
    inserter = work.Inserter(connection)
    rows: dict[str, list[work.Row]] = {"extraction": [], "passage": [], "link": []}
    spoiled: list[str] = []
    failed = given = done = 0

    def write() -> None:
        connection.execute("BEGIN")
        work.insert_readings(connection, inserter, rows)
        connection.execute("COMMIT")
        for listed in rows.values():
            listed.clear()

    try:
        while done < len(jobs):
            while given < len(jobs) and given - done < AT_ONCE:
                readers.put(jobs[given])
                given += 1
            job, result = _next(results, readers)
            done += 1
            tick(done, len(jobs))
            capture_id, source_id = job.tag
            if result.get(LOST):
                spoiled.append(f"{source_id}: {result['problem']}")
                continue
            failed += bool(result.get("problem")) and not result.get("text")
            for table, found in work.reading_rows(capture_id, source_id, result).items():
                rows[table] += found
            if len(rows["extraction"]) >= IN_ONE_STEP:
                write()
        readers.finish()
    except BaseException:
        readers.stop()
        raise
    if rows["extraction"]:
        write()
    return failed, spoiled


def _next(results: queue.SimpleQueue[tuple[Job, Result]], readers: Readers) -> tuple[Job, Result]:
    """The next result. Raises what stopped a reader's thread."""
    while True:
        try:
            return results.get(timeout=1)
        except queue.Empty:
            if readers.error is not None:
                raise readers.error from None
