"""The search index written: what changed since the last publication, row by row; all of it only where there is none.

report = update_index(home, published.path)      # between the new database and its publication
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from data.home import Home
from data.labels import label
from data.published import number_of
from data.search import (
    CLOSED,
    FORMAT,
    OPENED,
    SCHEMA,
    NotIndexed,
    beside,
    index_path,
    open_index,
    row_number,
    rows_of_source,
)
from scrapers.statements import Value, filled

CHUNK: Final = 5_000
WAIT_SECONDS: Final = 30
SOURCES_AT_ONCE: Final = 500
"""Sources whose texts and mentions are asked for in one statement."""
MERGE_ALL_ABOVE: Final = 20_000
"""Passages added at once beyond which the full-text table is merged into one piece afterwards."""
_MARKS: Final = str.maketrans("", "", OPENED + CLOSED + "\0")


class IndexTrouble(Exception):
    """The index cannot be written; the message says why."""


@dataclass(frozen=True)
class IndexReport:
    """What an update did: facts and passages added and removed (rows), all passages, seconds, whether it was begun."""

    facts_added: int
    facts_removed: int
    passages_added: int
    passages_removed: int
    passages: int
    seconds: float
    begun: bool


@dataclass(frozen=True)
class Fact:
    """One short row as it is indexed. `words` are what kind: finds it by, `org_ids` whom it concerns."""

    kind: str
    id: str
    title: str
    body: str
    names: str
    words: tuple[str, ...]
    date: str | None
    date_precision: str | None
    status: str
    source_id: str | None
    org_ids: tuple[str, ...]

    def hash(self) -> int:
        """64 bits that change with any of it."""
        return _hash(repr(self))


def update_index(home: Home, database: Path) -> IndexReport:
    """Bring the index of the home to what the database holds. Raises IndexTrouble; the old index then stays.

    Costs time by what changed, beside one look at the list of extractions.
    """
    begun = time.monotonic()
    path = index_path(home)
    fresh = not _usable(path)
    target = path.with_suffix(".part") if fresh else path
    try:
        if fresh:
            _remove(target)
        with (
            duckdb.connect(str(database), read_only=True) as record,
            closing(sqlite3.connect(target, timeout=WAIT_SECONDS, isolation_level=None)) as index,
        ):
            counts = _write(index, record, number_of(database) or 0, fresh=fresh)
        if fresh:
            for old in beside(path):
                old.unlink(missing_ok=True)
            target.replace(path)
    except (sqlite3.Error, duckdb.Error, OSError) as error:
        raise IndexTrouble(f"The search index could not be written: {str(error).splitlines()[0]}") from error
    finally:
        if fresh:
            _remove(target)
    return IndexReport(*counts, time.monotonic() - begun, fresh)


def _usable(path: Path) -> bool:
    try:
        with closing(open_index(path)) as index:
            for table in ("source", "seen"):
                index.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - two constants
    except (NotIndexed, sqlite3.Error):
        return False
    return True


def _remove(path: Path) -> None:
    for each in (path, *beside(path)):
        each.unlink(missing_ok=True)


def _write(
    index: sqlite3.Connection, record: duckdb.DuckDBPyConnection, number: int, *, fresh: bool
) -> tuple[int, int, int, int, int]:
    index.execute("PRAGMA cache_size = -65536")
    index.execute("PRAGMA synchronous = normal")  # a crash of the machine may cost the last update, never the index
    if fresh:
        index.execute("PRAGMA journal_mode = off")
        index.execute("PRAGMA synchronous = off")
        index.executescript(SCHEMA)
    index.execute("BEGIN IMMEDIATE")
    try:
        sources = _write_sources(index, record)
        print_of_facts = _print_of_facts(record)
        known = dict(index.execute("SELECT name, value FROM meta"))
        seen = Seen(index, record, sources)
        only = None if known.get("facts") != print_of_facts else seen.changed_dates()
        facts_added, facts_removed = _write_facts(index, record, only)
        texts = Texts(index, record, sources)
        texts.write(seen.changed_readings())
        _write_mentions(index, record, sources, seen.changed_mentions() | texts.touched)
        seen.write()
        total = int(index.execute("SELECT count(*) FROM passage").fetchone()[0]) if fresh else texts.total()
        index.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [
                ("format", FORMAT),
                ("record", str(number)),
                ("facts", print_of_facts),
                ("passages", str(total)),
                ("stamp", f"{number}.{time.time_ns()}"),
            ],
        )
        index.execute("COMMIT")
    except BaseException:
        if not fresh:
            index.execute("ROLLBACK")
        raise
    if texts.added > MERGE_ALL_ABOVE:
        index.execute("INSERT INTO passages (passages) VALUES ('optimize')")
    if fresh:
        index.execute("PRAGMA journal_mode = wal")
    return facts_added, facts_removed, texts.added, texts.removed, total


def _at_once(names: Iterable[str]) -> Iterator[list[str]]:
    """Sources in portions, in order: what is held of all of them at once would grow with the record."""
    ordered = sorted(names)
    for start in range(0, len(ordered), SOURCES_AT_ONCE):
        yield ordered[start : start + SOURCES_AT_ONCE]


def _hash(*parts: object) -> int:
    text = "\0".join(map(str, parts)).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def _text(*parts: object) -> str:
    """The parts that are there as one text, a line each, without the marks that a search sets."""
    return "\n".join(str(part) for part in parts if part).translate(_MARKS)


# --- sources --------------------------------------------------------------------------------------------------------


def _write_sources(index: sqlite3.Connection, record: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Bring the sources up to date; gives the number of each. A number is never used for another source."""
    known = {row[1]: row for row in index.execute("SELECT * FROM source")}
    following = max((row[0] for row in known.values()), default=0)
    for row in record.execute(
        """SELECT s.source_id, s.title, s.kind, s.publisher_id, s.url, s.published_on, s.date_precision, t.state
           FROM source s JOIN source_state t USING (source_id) ORDER BY s.source_id"""
    ).fetchall():
        old = known.get(row[0])
        if old is None:
            following += 1
        wanted = (old[0] if old else following, *row)
        if wanted != old:
            index.execute("INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", wanted)
            known[row[0]] = wanted
    return {name: row[0] for name, row in known.items()}


# --- facts ----------------------------------------------------------------------------------------------------------


OBSERVED: Final = ("change", "disappearance")
"""Kinds of facts that come of captures: so many that only those of the sources that changed are looked at."""


def observed(record: duckdb.DuckDBPyConnection, source_ids: set[str]) -> Iterator[Fact]:
    """The changes and disappearances of these sources as short rows."""
    names: dict[str, str] = {
        org_id: _text(name, *(aliases or ()))
        for org_id, name, aliases in record.execute("SELECT org_id, name, aliases FROM organisation").fetchall()
    }
    yield from _entries(
        record, names, {}, "kind IN ('change', 'disappearance') AND source_id IN (SELECT unnest(?))", sorted(source_ids)
    )


def facts(record: duckdb.DuckDBPyConnection) -> Iterator[Fact]:
    """Every short row of the record that a reader may look for."""
    names: dict[str, str] = {}
    for org_id, name, kind, region, note, aliases, ods_code, status in record.execute(
        """SELECT o.org_id, o.name, o.kind, o.region, o.note, o.aliases, o.ods_code, s.status
           FROM organisation o LEFT JOIN organisation_status s USING (org_id)"""
    ).fetchall():
        names[org_id] = _text(name, *(aliases or ()))
        yield Fact(
            "organisation", org_id, _text(name), _text(label("organisation.kind", kind), region, note),
            _text(*(aliases or ()), ods_code, org_id), ("organisation", kind), None, None, status or "", None,
            (org_id,),
        )  # fmt: skip

    def called(*org_ids: str | None) -> str:
        return _text(*(names.get(each or "") for each in org_ids))

    for source_id, title, kind, publisher, note, url, date, precision in record.execute(
        "SELECT source_id, title, kind, publisher_id, note, url, published_on, date_precision FROM source"
    ).fetchall():
        yield Fact(
            "source", source_id, _text(title), _text(note), _text(called(publisher), url), ("source", kind), date,
            precision, "", source_id, (publisher,) if publisher else (),
        )  # fmt: skip
    yield from _dated(record, names)
    for review_id, title, commissioner, subjects, scope, state, source_id in record.execute(
        "SELECT review_id, title, commissioner_id, subject_ids, scope, state, source_id FROM review"
    ).fetchall():
        org_ids = tuple(dict.fromkeys(filter(None, [commissioner, *(subjects or ())])))
        yield Fact(
            "review", review_id, _text(title), _text(scope, label("review.state", state)), called(*org_ids),
            ("review",), None, None, state, source_id, org_ids,
        )  # fmt: skip
    for concern_id, by, topic, summary, reply_by, reply, source_id in record.execute(
        "SELECT concern_id, raised_by, topic, summary, reply_by, reply_summary, source_id FROM concern"
    ).fetchall():
        org_ids = tuple(dict.fromkeys(filter(None, [by, reply_by])))
        yield Fact(
            "concern", concern_id, _text(topic.replace("-", " ").capitalize()), _text(summary, reply), called(*org_ids),
            ("concern",), None, None, "", source_id, org_ids,
        )  # fmt: skip
    for row_id, by, source_id, topic, summary, addressed in record.execute(
        """SELECT recommendation_id, made_by, made_in_source_id, topic, summary, addressed_to FROM recommendation"""
    ).fetchall():
        org_ids = tuple(dict.fromkeys(filter(None, [by, *(addressed or ())])))
        yield Fact(
            "recommendation", row_id, _text(topic.replace("-", " ").capitalize()), _text(summary), called(*org_ids),
            ("recommendation",), None, None, "", source_id, org_ids,
        )  # fmt: skip


def _dated(record: duckdb.DuckDBPyConnection, names: dict[str, str]) -> Iterator[Fact]:
    """The rows of the timeline; a source has a row of its own already."""
    more: dict[str, tuple[str, str, tuple[str, ...]]] = {}  # status, more text, more words for kind:
    for row_id, status, team in record.execute("SELECT adoption_id, status, team FROM adoption").fetchall():
        more[f"adoption.{row_id}"] = (status, team or "", ())
    for row_id, position, asks in record.execute("SELECT statement_id, position, asks FROM statement").fetchall():
        asked = ", ".join(label("statement.asks", ask) for ask in asks or ())
        more[f"statement.{row_id}"] = (position, asked, ())
    for row_id, state in record.execute("SELECT event_id, state FROM review_event").fetchall():
        more[f"review_event.{row_id}"] = (state, "", ())
    for row_id, kind in record.execute("SELECT event_id, kind FROM event").fetchall():
        more[f"event.{row_id}"] = ("", "", (kind,))
    yield from _entries(record, names, more, "kind <> 'source'")


def _entries(
    record: duckdb.DuckDBPyConnection,
    names: dict[str, str],
    more: dict[str, tuple[str, str, tuple[str, ...]]],
    where: str,
    *values: Value,
) -> Iterator[Fact]:
    for name, date, precision, kind, title, summary, org_ids, source_id in record.execute(
        "SELECT id, on_date, date_precision, kind, title, summary, org_ids, source_id FROM timeline "  # noqa: S608
        f"WHERE {filled(where, *values)}"
    ).fetchall():
        status, extra, words = more.get(name, ("", "", ()))
        called = tuple(org_ids or ())
        yield Fact(
            kind, name.partition(".")[2], _text(title), _text(summary),
            _text(*(names.get(each) for each in called), extra),
            (kind, *words), date, precision, status, source_id, called,
        )  # fmt: skip


def _print_of_facts(record: duckdb.DuckDBPyConnection) -> str:
    """What the short rows of the register are made from, in brief: where it stays the same they need no look."""
    row = record.execute(
        "SELECT coalesce((SELECT max(register_sha256 || software) FROM build), uuid()::VARCHAR)"
    ).fetchone()
    return f"{FORMAT} {row}"


def _write_facts(
    index: sqlite3.Connection, record: duckdb.DuckDBPyConnection, only: set[str] | None
) -> tuple[int, int]:
    """Bring the short rows up to date: all, or what was observed of the sources in `only`."""
    if only is None:
        held = index.execute("SELECT row, kind, id, hash FROM fact")
        found = facts(record)
    else:
        held = index.execute(
            "SELECT row, kind, id, hash FROM fact WHERE kind IN ('change', 'disappearance') "
            "AND source_id IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(only))],
        )
        found = observed(record, only)
    known = {(kind, name): (row, stamp) for row, kind, name, stamp in held}
    wanted = {(fact.kind, fact.id): fact for fact in found}
    stamps = {key: fact.hash() for key, fact in wanted.items()}
    gone = sorted(row for key, (row, stamp) in known.items() if stamps.get(key) != stamp)
    for table, column in (("facts", "rowid"), ("fact", "row")):
        index.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(row,) for row in gone])  # noqa: S608
    following = index.execute("SELECT coalesce(max(row), 0) FROM fact").fetchone()[0] if wanted else 0
    added = 0
    for key, fact in wanted.items():
        if key in known and known[key][1] == stamps[key]:
            continue
        added += 1
        row = following + added
        index.execute(
            "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row, fact.kind, fact.id, stamps[key], " ".join(filter(None, fact.words)), fact.date, fact.date_precision,
             fact.status, fact.source_id, " ".join(fact.org_ids)),
        )  # fmt: skip
        index.execute(
            "INSERT INTO facts (rowid, title, body, names) VALUES (?, ?, ?, ?)",
            (row, fact.title, fact.body, fact.names),
        )
    return added, len(gone)


# --- what changed ---------------------------------------------------------------------------------------------------

READING: Final = """e.extraction_id, e.source_id, e.text_sha256, e.capture_id,
  strftime(c.captured_at, '%Y-%m-%dT%H:%M:%SZ') AS captured_at, c.origin, c.memento_url"""
GOOD_READINGS: Final = """extraction e LEFT JOIN capture c ON c.capture_id = e.capture_id
  WHERE coalesce(c.verdict, 'good') = 'good'"""


class Seen:
    """Brief prints of the readings, mentions and dated entries of each source, now and at the last update."""

    def __init__(self, index: sqlite3.Connection, record: duckdb.DuckDBPyConnection, sources: dict[str, int]) -> None:
        self._index = index
        self._sources = sources
        self._readings: dict[str, str] = dict(
            record.execute(
                f"""SELECT e.source_id, count(*) || '.' || bit_xor(hash(e.extraction_id, e.text_sha256, e.capture_id,
                      c.captured_at, c.origin, c.memento_url)) FROM {GOOD_READINGS} GROUP BY ALL"""  # noqa: S608
            ).fetchall()
        )
        self._mentions: dict[str, str] = dict(
            record.execute(
                "SELECT source_id, count(*) || '.' || bit_xor(hash(passage_id, org_id)) FROM mention GROUP BY source_id"
            ).fetchall()
        )
        self._dates: dict[str, str] = dict(
            record.execute(
                """SELECT source_id, count(*) || '.' || bit_xor(hash(id, on_date, title, summary, org_ids))
                   FROM timeline WHERE kind IN ('change', 'disappearance') GROUP BY source_id"""
            ).fetchall()
        )
        self._old: dict[str, tuple[str, str, str]] = {
            source_id: (readings, mentions, dated)
            for source_id, readings, mentions, dated in index.execute(
                "SELECT source_id, readings, mentions, dated FROM seen JOIN source USING (source_no)"
            )
        }
        missing = (self._readings.keys() | self._mentions.keys() | self._dates.keys()) - sources.keys()
        for number, source_id in enumerate(sorted(missing), max(sources.values(), default=0) + 1):
            sources[source_id] = number  # read before, and since dropped from the register
            index.execute(
                "INSERT INTO source VALUES (?, ?, ?, 'reference', NULL, NULL, NULL, NULL, 'never-asked')",
                (number, source_id, source_id),
            )

    def changed_readings(self) -> set[str]:
        """Sources whose readings are not what they were."""
        return self._changed(self._readings, 0)

    def changed_mentions(self) -> set[str]:
        """Sources in which the mentions are not what they were."""
        return self._changed(self._mentions, 1)

    def changed_dates(self) -> set[str]:
        """Sources whose changes or disappearances are not what they were."""
        return self._changed(self._dates, 2)

    def _changed(self, now: dict[str, str], place: int) -> set[str]:
        before = {name: prints[place] for name, prints in self._old.items() if prints[place]}
        return {name for name, _ in now.items() ^ before.items()}

    def write(self) -> None:
        """Keep the prints of now."""
        now = {
            name: (self._readings.get(name, ""), self._mentions.get(name, ""), self._dates.get(name, ""))
            for name in self._readings.keys() | self._mentions.keys() | self._dates.keys()
        }
        self._index.executemany(
            "DELETE FROM seen WHERE source_no = ?", [(self._sources[name],) for name in self._old.keys() - now.keys()]
        )
        self._index.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
            [(self._sources[name], *prints) for name, prints in now.items() if self._old.get(name) != prints],
        )


# --- passages -------------------------------------------------------------------------------------------------------


class Texts:
    """The passages of good captures. Captures that say the same share one text, texts of a source share passages."""

    def __init__(self, index: sqlite3.Connection, record: duckdb.DuckDBPyConnection, sources: dict[str, int]) -> None:
        self._index = index
        self._record = record
        self._sources = sources
        self.added = 0
        self.removed = 0
        self.touched: set[str] = set()

    def total(self) -> int:
        """All passages after the update."""
        row = self._index.execute("SELECT value FROM meta WHERE name = 'passages'").fetchone()
        return int(row[0]) + self.added - self.removed

    def write(self, changed: Iterable[str]) -> None:
        """Bring the texts of the changed sources up to date: drop the readings that have gone, add the new ones."""
        for names in _at_once(changed):
            self._write(names)

    def _write(self, names: list[str]) -> None:
        wanted = {row[0]: row[1:] for row in self._readings(names)}
        known = {
            row[0]: row[1:]
            for row in self._index.execute(
                """SELECT r.extraction_id, s.source_id, t.key, r.capture_id, r.captured_at, r.origin, r.memento_url
                   FROM source s JOIN text t USING (source_no) JOIN reading r USING (text_no)
                   WHERE s.source_id IN (SELECT value FROM json_each(?))""",
                [json.dumps(names)],
            )
        }
        gone = [name for name, row in known.items() if wanted.get(name) != row]
        new = [name for name, row in wanted.items() if known.get(name) != row]
        # additions before what they replace: a text that only changes its extraction keeps its passages
        self._index.executemany("DELETE FROM reading WHERE extraction_id = ?", [(name,) for name in gone])
        self._add(new, wanted)
        self._drop_texts({(known[name][0], known[name][1]) for name in gone})

    def _readings(self, names: list[str]) -> list[tuple[Any, ...]]:
        """(extraction, source, key of its text, capture, time, origin, archive's address) of every good capture."""
        return self._record.execute(
            filled(
                f"SELECT {READING} FROM {GOOD_READINGS} AND e.source_id BETWEEN ? AND ? "  # noqa: S608
                "AND e.source_id IN (SELECT unnest(?))",
                names[0],
                names[-1],
                names,
            )
        ).fetchall()

    def _add(self, names: list[str], wanted: dict[str, tuple[Any, ...]]) -> None:
        texts: dict[str, tuple[int, int]] = {}  # extraction whose passages are to be read: (source number, text number)
        for name in sorted(names, key=lambda each: (self._sources[wanted[each][0]], wanted[each][3] or "", each)):
            source_id, key, capture_id, captured_at, origin, memento = wanted[name]
            source_no = self._sources[source_id]
            found = self._index.execute(
                "SELECT text_no FROM text WHERE source_no = ? AND key = ?", (source_no, key)
            ).fetchone()
            if found is None:
                cursor = self._index.execute("INSERT INTO text (source_no, key) VALUES (?, ?)", (source_no, key))
                found = (int(cursor.lastrowid or 0),)
                texts[name] = (source_no, found[0])
                self.touched.add(source_id)
            self._index.execute(
                "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?)",
                (name, found[0], capture_id, captured_at, origin, memento),
            )
        waiting = iter(texts)
        while chunk := list(itertools.islice(waiting, CHUNK // 50)):
            self._add_passages(chunk, texts, {wanted[name][0] for name in chunk})

    def _add_passages(self, names: list[str], texts: dict[str, tuple[int, int]], source_ids: set[str]) -> None:
        """Add the passages of extractions of these sources, between which the database need not look elsewhere."""
        order = {name: place for place, name in enumerate(names)}
        rows = self._record.execute(
            filled(
                """SELECT extraction_id, position, kind, heading, text, page_number FROM passage
                   WHERE source_id BETWEEN ? AND ? AND extraction_id IN (SELECT unnest(?))""",
                min(source_ids),
                max(source_ids),
                names,
            )
        ).fetchall()
        rows.sort(key=lambda row: (order[row[0]], row[1]))
        following: dict[int, int] = {}
        for name, position, kind, heading, text, page in rows:
            source_no, text_no = texts[name]
            words = _text(text)
            stamp = _hash(kind, words)
            first, last = rows_of_source(source_no)
            # the + keeps SQLite on the index of hashes
            found = self._index.execute(
                "SELECT row FROM passage WHERE hash = ? AND +row BETWEEN ? AND ?", (stamp, first, last)
            ).fetchone()
            if found is None:
                if source_no not in following:
                    top = self._index.execute(
                        "SELECT max(row) FROM passage WHERE row BETWEEN ? AND ?", (first, last)
                    ).fetchone()[0]
                    following[source_no] = 0 if top is None else ((top - first) >> 1) + 1
                found = (row_number(source_no, following[source_no], heading=kind == "heading"),)
                following[source_no] += 1
                self._index.execute(
                    "INSERT INTO passage VALUES (?, ?, ?, ?, ?)", (found[0], stamp, kind, heading, page)
                )
                self._index.execute("INSERT INTO passages (rowid, text) VALUES (?, ?)", (found[0], words))
                self.added += 1
            self._index.execute("INSERT OR REPLACE INTO holds VALUES (?, ?, ?)", (text_no, position, found[0]))

    def _drop_texts(self, touched: Iterable[tuple[str, str]]) -> None:
        """Drop the texts that no reading has any more, and the passages that no text holds."""
        for source_id, key in sorted(touched):
            found = self._index.execute(
                """SELECT text_no FROM text t WHERE source_no = ? AND key = ?
                   AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.text_no = t.text_no)""",
                (self._sources[source_id], key),
            ).fetchone()
            if found is None:
                continue
            rows = [row for (row,) in self._index.execute("SELECT DISTINCT row FROM holds WHERE text_no = ?", found)]
            self.touched.add(source_id)
            self._index.execute("DELETE FROM holds WHERE text_no = ?", found)
            self._index.execute("DELETE FROM text WHERE text_no = ?", found)
            for row in sorted(rows):
                if self._index.execute("SELECT 1 FROM holds WHERE row = ?", (row,)).fetchone():
                    continue
                self._index.execute("DELETE FROM passages WHERE rowid = ?", (row,))
                self._index.execute("DELETE FROM passage WHERE row = ?", (row,))
                self._index.execute("DELETE FROM mention WHERE row = ?", (row,))
                self.removed += 1


# --- mentions -------------------------------------------------------------------------------------------------------


def _write_mentions(
    index: sqlite3.Connection, record: duckdb.DuckDBPyConnection, sources: dict[str, int], changed: set[str]
) -> None:
    """Which bodies each passage of the changed sources names."""
    for source_id in changed:
        index.execute("DELETE FROM mention WHERE row BETWEEN ? AND ?", rows_of_source(sources[source_id]))
    for names in _at_once(changed):
        named = record.execute(
            filled(
                """SELECT DISTINCT passage_id, org_id FROM mention
                   WHERE source_id BETWEEN ? AND ? AND source_id IN (SELECT unnest(?))""",
                names[0],
                names[-1],
                names,
            )
        ).fetchall()
        places = [(name.rpartition(".")[0], name.rpartition(".")[2], org_id) for name, org_id in named]
        index.executemany(
            """INSERT OR IGNORE INTO mention SELECT h.row, ?3 FROM reading r JOIN holds h USING (text_no)
               WHERE r.extraction_id = ?1 AND h.position = ?2""",
            [(name, int(place), org_id) for name, place, org_id in places if place.isdigit()],
        )
