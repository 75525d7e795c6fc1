"""An index file while it is read: a few connections, and the catalogue of its newest stamp."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dashboard.search.catalogue import Catalogue
from data.search import NotIndexed, open_index

SECONDS: Final = 3.0
"""Longest time for one search."""
_POOL: Final = 4


class Index:
    """One index file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._identity: tuple[int, int] | None = None
        self._free: list[sqlite3.Connection] = []
        self._catalogue: Catalogue | None = None

    @contextmanager
    def reading(self) -> Iterator[tuple[sqlite3.Connection, Catalogue]]:
        """A connection inside one read transaction, with the catalogue of the same moment. Raises NotIndexed."""
        connection, identity = self._take()
        try:
            connection.execute("BEGIN")
            try:
                catalogue = self._current(connection)  # of a large record this takes longer than a search may
                until = time.monotonic() + SECONDS
                connection.set_progress_handler(lambda: time.monotonic() > until, 20_000)
                yield connection, catalogue
            finally:
                connection.set_progress_handler(None, 0)
                connection.execute("ROLLBACK")
        except BaseException:
            connection.close()
            raise
        self._give(connection, identity)

    def _take(self) -> tuple[sqlite3.Connection, tuple[int, int]]:
        try:
            look = self._path.stat()
        except OSError as error:
            raise NotIndexed("This record has no search index yet. Run: sim-record build") from error
        identity = (look.st_dev, look.st_ino)
        with self._lock:
            if identity != self._identity:  # written anew under the same name
                self._close_free()
                self._identity, self._catalogue = identity, None
            if self._free:
                return self._free.pop(), identity
        return open_index(self._path), identity

    def _give(self, connection: sqlite3.Connection, identity: tuple[int, int]) -> None:
        with self._lock:
            if identity == self._identity and len(self._free) < _POOL:
                self._free.append(connection)
                return
        connection.close()

    def _current(self, connection: sqlite3.Connection) -> Catalogue:
        stamp = str(connection.execute("SELECT value FROM meta WHERE name = 'stamp'").fetchone()[0])
        with self._making:  # those who search meanwhile wait for one to be made instead of each making one
            catalogue = self._catalogue
            if catalogue is None or catalogue.stamp != stamp:
                catalogue = self._catalogue = Catalogue(connection, stamp)
            return catalogue

    def _close_free(self) -> None:
        while self._free:
            self._free.pop().close()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with self._lock:
            self._close_free()
            self._identity = None


_indexes: dict[Path, Index] = {}
_indexes_lock = threading.Lock()


def index_at(path: Path) -> Index:
    with _indexes_lock:
        return _indexes.setdefault(path.absolute(), Index(path))


def prepare(path: Path) -> None:
    """Read what every search of an index needs, before anybody searches. Raises NotIndexed, sqlite3.Error."""
    with index_at(path).reading():
        pass


def close_all() -> None:
    """Give every index file back."""
    with _indexes_lock:
        for index in _indexes.values():
            index.close()
        _indexes.clear()
