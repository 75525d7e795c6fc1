"""The published record as the dashboard reads it: opened once, shared by all readers, replaced when a new one comes."""

from __future__ import annotations

import copy
import datetime as dt
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb

from data import published
from data.home import Home

LOG = logging.getLogger(__name__)
CLOSE_AFTER_SECONDS = 120.0
MEMO_ENTRIES = 4000
NEIGHBOURS = 50
"""Sources that are asked for at once where the pages of all are made."""

Shape = TypeVar("Shape")
Answer = TypeVar("Answer")
Rest = ParamSpec("Rest")


def can_be_asked(text: str) -> bool:
    """Whether a text can be put to the database at all: half a character (a lone surrogate) cannot."""
    return text.isascii() or text.encode("utf-8", "replace") == text.encode("utf-8", "surrogatepass")


class Record:
    """One published database, read-only. Answers of functions marked `per_record` are kept while it is in force."""

    def __init__(self, path: Path, stamp: int) -> None:
        self.path = path
        self.stamp = stamp
        self.number = published.number_of(path) or 0
        self._connection = published.open_database(path)
        self._lock = threading.Lock()
        self._memo: OrderedDict[Hashable, Any] = OrderedDict()
        self.built_at = self._built_at()
        self.superseded_at: float | None = None
        self.neighbours = 1
        """How many neighbouring sources are asked for at once (dashboard.queries.blocks): NEIGHBOURS where the pages of
        all are made."""
        self.keeps = MEMO_ENTRIES
        """How many answers are kept."""

    @property
    def built_on(self) -> dt.date:
        """Day on which it was built, UTC."""
        return self.built_at.date()

    def stated_as(self, number: int, built_at: dt.datetime) -> Record:
        """The same rows under the number and time of another record: what a page that was made from that one would say
        today. Shares connection and memory with this one."""
        other = copy.copy(self)
        other.number, other.built_at = number, built_at
        return other

    def _built_at(self) -> dt.datetime:
        rows = self.rows("SELECT built_at FROM build LIMIT 1")
        if rows:
            built_at: dt.datetime = rows[0][0]
            return built_at.replace(tzinfo=dt.UTC)
        return dt.datetime.fromtimestamp(self.stamp / 1e9, tz=dt.UTC)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of one statement, on a cursor of its own, so that readers in several threads do not meet."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            return cursor.execute(sql, list(parameters)).fetchall()
        finally:
            cursor.close()

    @contextmanager
    def reading(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on the answer of one statement, for answers too long to hold at once."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            yield cursor.execute(sql, list(parameters))
        finally:
            cursor.close()

    def fetch(self, shape: type[Shape], sql: str, parameters: Sequence[object] = ()) -> tuple[Shape, ...]:
        """Rows as values of the dataclass `shape`; the columns must bear the names of its fields, in order.

        Lists become tuples, so that rows are values that cannot change. Raises TypeError where the names differ.
        """
        with self._lock:
            cursor = self._connection.cursor()
        try:
            answer = cursor.execute(sql, list(parameters))
            names = [column[0] for column in answer.description or ()]
            wanted = [field.name for field in fields(shape)]  # type: ignore[arg-type]
            if names != wanted:
                raise TypeError(f"{shape.__name__} has {wanted}, the statement gives {names}")
            return tuple(
                shape(*(tuple(cell) if isinstance(cell, list) else cell for cell in row)) for row in answer.fetchall()
            )
        finally:
            cursor.close()

    def remember(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """What `make` gave for `key` the first time; the entries used least recently are dropped."""
        with self._lock:
            if key in self._memo:
                self._memo.move_to_end(key)
                return self._memo[key]  # type: ignore[no-any-return]
        answer = make()
        with self._lock:
            self._memo[key] = answer
            while len(self._memo) > self.keeps:
                self._memo.popitem(last=False)
        return answer

    def close(self) -> None:
        """Give the file back. Queries after this raise duckdb.ConnectionException."""
        self._connection.close()


def per_record(function: Callable[Concatenate[Record, Rest], Answer]) -> Callable[Concatenate[Record, Rest], Answer]:
    """Keep the answers of `function(record, ...)` with the record; the other arguments must be hashable."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(record: Record, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Answer:
        key = (name, args, tuple(sorted(kwargs.items())))
        return record.remember(key, lambda: function(record, *args, **kwargs))

    return remembered


class Store:
    """The record in force in one home, followed as CURRENT moves."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._current: Record | None = None
        self._old: list[Record] = []
        self._spoiled: dict[tuple[Path, int], str] = {}
        """Publications that could not be opened, as they were then (path, time of change), and why."""

    def current(self) -> Record:
        """The record that CURRENT names, opened if it is new; where that one is spoiled, the newest before it that is
        whole. Raises data.published.NotPublished.

        A record that was replaced is closed two minutes later, when no page can still be reading it.
        """
        path = published.current_path(self.home)
        with self._lock:
            now = self._opened(path)
            self._drop_old()
            return now

    def _opened(self, named: Path) -> Record:
        number = published.number_of(named) or 0
        before = [path for path in published.published_files(self.home) if (published.number_of(path) or 0) < number]
        why = ""
        for path in [named, *reversed(before)]:
            try:
                stamp = path.stat().st_mtime_ns
            except FileNotFoundError:
                why = why or f"{path.name} has gone. Run: sim-record build"
                continue
            now = self._current
            if now is not None and now.path == path and now.stamp == stamp:
                return now
            spoiled = self._spoiled.get((path, stamp))
            if spoiled is None:
                try:
                    return self._replace(Record(path, stamp))
                except published.NotPublished as error:
                    spoiled = str(error)
                except duckdb.Error as error:
                    spoiled = f"{path.name} cannot be read: {error}"
                self._spoiled[(path, stamp)] = spoiled
                LOG.error("%s", spoiled)
            why = why or spoiled
        raise published.NotPublished(why)

    def _replace(self, new: Record) -> Record:
        if self._current is not None:
            self._current.superseded_at = time.monotonic()
            self._old.append(self._current)
        self._current = new
        return new

    def _drop_old(self) -> None:
        for record in list(self._old):
            if time.monotonic() - (record.superseded_at or 0.0) > CLOSE_AFTER_SECONDS:
                self._old.remove(record)
                record.close()

    def close(self) -> None:
        """Close every handle."""
        with self._lock:
            for record in [*self._old, *([self._current] if self._current else [])]:
                record.close()
            self._old.clear()
            self._current = None
