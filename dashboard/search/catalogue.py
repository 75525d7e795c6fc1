"""What is kept in memory of a search index: its sources and short rows, and which passages name which body."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dashboard.search.spelling import words_of_names
from data.dates import span
from data.search import SOURCE_SHIFT

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Dated:
    """When a thing was: the text, first and last possible day as ordinals (0 where there is none), the year."""

    text: str | None
    precision: str | None
    first: int
    last: int
    year: int


def dated(text: str | None, precision: str | None) -> Dated:
    """The date of a row, ready for comparing; a date that cannot be read counts as none."""
    if text and precision:
        try:
            found = span(text, precision)
        except ValueError:
            return Dated(text, precision, 0, 0, 0)
        first = found.first.toordinal() if found.first else 0
        return Dated(text, precision, first, found.last.toordinal(), int(text[:4]))
    return Dated(None, None, 0, 0, 0)


@dataclass(frozen=True)
class Source:
    """One source as the index knows it."""

    number: int
    source_id: str
    title: str
    kind: str
    publisher_id: str
    url: str | None
    when: Dated
    state: str


@dataclass(frozen=True)
class Fact:
    """One short row without its words."""

    row: int
    kind: str
    id: str
    kinds: frozenset[str]
    when: Dated
    status: str
    source: Source | None
    org_ids: tuple[str, ...]


class Catalogue:
    """All of it, as of one stamp of the index."""

    def __init__(self, connection: sqlite3.Connection, stamp: str) -> None:
        self.stamp = stamp
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        self.record = int(meta["record"])
        self.passages = int(meta["passages"])
        captured = dict(
            connection.execute(
                """SELECT t.source_no, min(r.captured_at) FROM reading r JOIN text t USING (text_no)
                   WHERE r.captured_at IS NOT NULL GROUP BY t.source_no"""
            )
        )
        self.sources = {}
        for number, source_id, title, kind, publisher, url, date, precision, state in connection.execute(
            "SELECT * FROM source"
        ):
            when = dated(date, precision)
            if not when.text and number in captured:
                when = dated(captured[number][:10], "before")
            self.sources[number] = Source(number, source_id, title, kind, publisher or "", url, when, state)
        by_id = {source.source_id: source for source in self.sources.values()}
        self.facts = {
            row: Fact(
                row, kind, name, frozenset(words.split()), dated(date, precision), status, by_id.get(source_id or ""),
                tuple(org_ids.split()),
            )
            for row, kind, name, words, date, precision, status, source_id, org_ids in connection.execute(
                "SELECT row, kind, id, words, date, date_precision, status, source_id, org_ids FROM fact"
            )
        }  # fmt: skip
        self.names = {
            self.facts[row].id: (title, tuple(names.split("\n")))
            for row, title, names in connection.execute(
                """SELECT f.row, t.title, t.names FROM fact f JOIN facts t ON t.rowid = f.row
                   WHERE f.kind = 'organisation'"""
            )
        }
        self._titles = [title for (title,) in connection.execute("SELECT title FROM facts")]
        self._mentions = connection.execute("SELECT row, org_id FROM mention ORDER BY row").fetchall()

    @cached_property
    def words(self) -> dict[str, str]:
        """Every word of a name or title, in small letters, as it is written."""
        return words_of_names(self.names, self._titles)

    @cached_property
    def org_ids(self) -> list[str]:
        """Every body that a source or passage names; its place here is its number in the arrays."""
        named = {org_id for _, org_id in self._mentions} | {source.publisher_id for source in self.sources.values()}
        return sorted(named - {""})

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {org_id: number for number, org_id in enumerate(self.org_ids)}

    @cached_property
    def publishers(self) -> npt.NDArray[np.int32]:
        """By source number: the number of its publisher, or -1."""
        made = np.full(self._size, -1, dtype=np.int32)
        for number, source in self.sources.items():
            made[number] = self._numbers.get(source.publisher_id, -1)
        return made

    @cached_property
    def days(self) -> npt.NDArray[np.int32]:
        """By source number: the last day on which it can have been published, 0 where that is not known."""
        made = np.zeros(self._size, dtype=np.int32)
        for number, source in self.sources.items():
            made[number] = source.when.last
        return made

    @property
    def _size(self) -> int:
        return max(self.sources, default=0) + 1

    @cached_property
    def mention_rows(self) -> Rows:
        """Rows of passages that name a body, in order; `mention_orgs` says which. Publishers are not named twice."""
        return self._mention_arrays[0]

    @cached_property
    def mention_orgs(self) -> npt.NDArray[np.int32]:
        """Numbers of the bodies that the rows of `mention_rows` name."""
        return self._mention_arrays[1]

    @cached_property
    def _mention_arrays(self) -> tuple[Rows, npt.NDArray[np.int32]]:
        rows = np.fromiter((row for row, _ in self._mentions), dtype=np.int64, count=len(self._mentions))
        orgs = np.fromiter((self._numbers[o] for _, o in self._mentions), dtype=np.int32, count=len(self._mentions))
        own = self.publishers[rows >> SOURCE_SHIFT] == orgs if len(rows) else np.zeros(0, dtype=bool)
        return rows[~own], orgs[~own]

    def rows_naming(self, org_ids: Iterable[str]) -> Rows:
        """Rows of the passages that name any of the bodies."""
        wanted = [self._numbers[each] for each in org_ids if each in self._numbers]
        return np.unique(self.mention_rows[np.isin(self.mention_orgs, wanted)])


def day_number(text: str, *, end: bool) -> int | None:
    """The first (or last) day of a full or partial date as an ordinal; None where it is no date."""
    precision = {4: "year", 7: "month", 10: "day"}.get(len(text))
    try:
        found = span(text, precision or "")
    except ValueError:
        return None
    return (found.last if end else found.first or dt.date.min).toordinal()
