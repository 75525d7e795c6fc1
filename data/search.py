"""The search index of a home: one SQLite file, `search.sqlite`, with full-text tables for facts and for passages.

The index is one file for the home, not a copy beside each database, because a copy would cost time by the size of the
record. It is written in one transaction of SQLite's write-ahead log just before a new database is published, by
difference: what did not change is not touched. Readers keep what they see until their statement ends. `meta.record`
names the published database that the index was written for.

Two full-text tables: `facts` (a few thousand short rows: bodies, statements, dated facts, sources …), and `passages`
(up to millions), whose row numbers say the source and whether the row is a heading, so that filters and counts by
source need no look at the rows themselves.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

from data.home import Home

FORMAT: Final = "2"
TOKENS: Final = "porter unicode61 remove_diacritics 2"
SOURCE_SHIFT: Final = 32
OPENED: Final = "\x02"
CLOSED: Final = "\x03"
"""Marks around found words; no indexed text holds them."""

SCHEMA: Final = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
  source_no INTEGER PRIMARY KEY, source_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, kind TEXT NOT NULL,
  publisher_id TEXT, url TEXT, date TEXT, date_precision TEXT, state TEXT NOT NULL
);
CREATE TABLE fact (
  row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, hash INTEGER NOT NULL, words TEXT NOT NULL,
  date TEXT, date_precision TEXT, status TEXT NOT NULL, source_id TEXT, org_ids TEXT NOT NULL, UNIQUE (kind, id)
);
CREATE INDEX fact_of_source ON fact (source_id);
CREATE VIRTUAL TABLE facts USING fts5(title, body, names, tokenize = '{TOKENS}');
CREATE TABLE text (
  text_no INTEGER PRIMARY KEY, source_no INTEGER NOT NULL, key TEXT NOT NULL, UNIQUE (source_no, key)
);
CREATE TABLE reading (
  extraction_id TEXT PRIMARY KEY, text_no INTEGER NOT NULL, capture_id TEXT NOT NULL, captured_at TEXT, origin TEXT,
  memento_url TEXT
) WITHOUT ROWID;
CREATE INDEX reading_of_text ON reading (text_no);
CREATE TABLE passage (
  row INTEGER PRIMARY KEY, hash INTEGER NOT NULL, kind TEXT NOT NULL, heading TEXT, page_number INTEGER
);
CREATE INDEX passage_by_hash ON passage (hash);
CREATE TABLE holds (
  text_no INTEGER NOT NULL, position INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (text_no, position)
) WITHOUT ROWID;
CREATE INDEX holds_by_row ON holds (row);
CREATE VIRTUAL TABLE passages USING fts5(text, tokenize = '{TOKENS}');
CREATE TABLE mention (row INTEGER NOT NULL, org_id TEXT NOT NULL, PRIMARY KEY (row, org_id)) WITHOUT ROWID;
CREATE TABLE seen (source_no INTEGER PRIMARY KEY, readings TEXT NOT NULL, mentions TEXT NOT NULL, dated TEXT NOT NULL);
"""
"""text: what one page said, however often it was captured (`key` is its hash). reading: one extraction of one capture.
holds: the passages of a text in order; a passage that several texts of a source share is indexed once. seen: prints of
what a source's readings, mentions and dated entries were at the last update; what is the same is not looked at."""


class NotIndexed(Exception):
    """There is no search index that can be read; the message says what to do next."""


def index_path(home: Home) -> Path:
    """Where the index of a home lies."""
    return home.root / "search.sqlite"


def row_number(source_no: int, sequence: int, *, heading: bool) -> int:
    """The row number of a passage: source, place among the rows of the source, whether it is a heading."""
    return source_no << SOURCE_SHIFT | sequence << 1 | heading


def rows_of_source(source_no: int) -> tuple[int, int]:
    """First and last row number that passages of a source can have."""
    return source_no << SOURCE_SHIFT, (source_no + 1 << SOURCE_SHIFT) - 1


def beside(path: Path) -> list[Path]:
    """The files that SQLite keeps beside the index while it is open."""
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]


def open_index(path: Path) -> sqlite3.Connection:
    """Open an index for reading, usable in any thread (one at a time). Raises NotIndexed."""
    if not path.is_file():
        raise NotIndexed("This record has no search index yet. Run: sim-record build")
    address = path.resolve().as_uri()
    for mode in ("mode=ro", "immutable=1"):  # the second for a folder in which nothing can be written
        connection = sqlite3.connect(f"{address}?{mode}", uri=True, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA cache_size = -16384")
            connection.execute("PRAGMA temp_store = memory")
            with contextlib.suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA mmap_size = 1073741824")
            found = dict(connection.execute("SELECT name, value FROM meta"))
        except sqlite3.DatabaseError as error:
            connection.close()
            why = str(error)
            continue
        if found.get("format") != FORMAT:
            connection.close()
            raise NotIndexed("The search index was written by another version. Run: sim-record build")
        return connection
    raise NotIndexed(f"The search index cannot be read ({why}). Run: sim-record build")
