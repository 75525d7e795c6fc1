"""The one writer: finished captures become durable in groups, bytes first, rows after.

For each group the records are appended to the WARC and synced, and only then are the rows committed. So a row never
names bytes that are not there, however the process ends.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from scrapers.warc import Records, WarcFile
from scrapers.work import Connection, Inserter, Row, insert_readings, literal

GATHER_SECONDS: Final = 0.4
GROUP: Final = 256
PENDING_BYTES: Final = 24 * 1024 * 1024
PENDING_ITEMS: Final = 512


class StoreFailed(Exception):
    """Nothing more can be written; the message says why."""


@dataclass
class Finished:
    """One attempt that is over, with the captures it made and their records."""

    attempt: Row
    captures: list[tuple[Row, Records]] = field(default_factory=list)
    to_read: bool = False
    """Whether the last capture of the page is to be read once it is stored."""
    extra: Any = None
    """What the caller wants back when it is stored."""

    @property
    def size(self) -> int:
        return sum(len(records.data) for _, records in self.captures)


@dataclass
class Read:
    """What was read out of a stored capture. `no_text` is the detail of an attempt that found no words, or None."""

    rows: dict[str, list[Row]]
    attempt_id: str | None = None
    no_text: str | None = None

    size: int = 0


class Store:
    """Takes finished captures from many threads and writes them in one. Close it to have everything written.

    `stored` is called in the writer's thread with each Finished, after its rows are committed.
    """

    def __init__(
        self, connection: Connection, warc: WarcFile, stored: Callable[[Finished], object] = lambda _: None
    ) -> None:
        self._connection = connection
        self._warc = warc
        self._stored = stored
        self._inserter = Inserter(connection)
        self._pending: deque[Finished | Read] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._writing = False
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def put(self, item: Finished | Read) -> None:
        """Hand something over; waits while too much is pending. Raises StoreFailed."""
        with self._changed:
            while not self._failed and self._pending and (
                self._bytes + item.size > PENDING_BYTES or len(self._pending) >= PENDING_ITEMS
            ):  # fmt: skip
                self._changed.wait()
            if self._failed:
                raise StoreFailed(_why(self._failed)) from self._failed
            self._pending.append(item)
            self._bytes += item.size
            self._changed.notify_all()

    def drain(self, tick: Callable[[], object] = lambda: None) -> None:
        """Wait until everything handed over is written. Raises StoreFailed."""
        with self._changed:
            while (self._pending or self._writing) and not self._failed:
                self._changed.wait(0.25)
                tick()
            if self._failed:
                raise StoreFailed(_why(self._failed)) from self._failed

    def close(self) -> None:
        """Write what is pending and end the writer. Raises StoreFailed where not all could be written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        if self._failed:
            raise StoreFailed(_why(self._failed)) from self._failed

    @property
    def failed(self) -> bool:
        """Whether writing has failed; the run cannot go on then."""
        return self._failed is not None

    def _work(self) -> None:
        while group := self._next():
            try:
                self._write(group)
            except Exception as error:  # handed to whoever puts or closes next, whatever it is
                with self._changed:
                    self._failed = error
                    self._pending.clear()
                    self._changed.notify_all()
                return

    def _next(self) -> list[Finished | Read]:
        """The next group: what came within a part of a second, up to a size. Empty at the end."""
        with self._changed:
            while not self._pending and not self._closing:
                self._changed.wait()
            ends = time.monotonic() + GATHER_SECONDS
            while not self._closing and len(self._pending) < GROUP and self._bytes < PENDING_BYTES // 2:
                left = ends - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            group = [self._pending.popleft() for _ in range(min(GROUP, len(self._pending)))]
            self._writing = bool(group)
            return group

    def _write(self, group: list[Finished | Read]) -> None:
        finished = [item for item in group if isinstance(item, Finished)]
        captures: list[Row] = []
        for item in finished:
            for row, records in item.captures:
                start = self._warc.append(records.data)
                row["warc_file"] = self._warc.name
                row["warc_offset"] = start + records.response_at
                captures.append(row)
        if captures:
            self._warc.sync()
        self._connection.execute("BEGIN")
        try:
            self._inserter.insert("capture", captures)
            self._inserter.insert("attempt", [item.attempt for item in finished])
            self._write_readings([item for item in group if isinstance(item, Read)])
            self._connection.execute("COMMIT")
        except Exception:
            self._connection.execute("ROLLBACK")
            raise
        for item in finished:
            self._stored(item)
        with self._changed:
            self._bytes -= sum(item.size for item in group)
            self._writing = False
            self._changed.notify_all()

    def _write_readings(self, readings: list[Read]) -> None:
        rows: dict[str, list[Row]] = {"extraction": [], "passage": [], "link": []}
        for reading in readings:
            for table, found in reading.rows.items():
                rows[table] += found
        insert_readings(self._connection, self._inserter, rows)
        for reading in readings:
            if reading.no_text and reading.attempt_id:
                self._connection.execute(
                    f"UPDATE attempt SET outcome = 'no-text', detail = {literal(reading.no_text)}, live_outcome = CASE "  # noqa: S608
                    "WHEN live_outcome IN ('captured', 'unchanged') THEN 'no-text' ELSE live_outcome END "
                    f"WHERE attempt_id = {literal(reading.attempt_id)} AND outcome IN ('captured', 'unchanged')"
                )


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"captures cannot be written: {error.strerror or error}"
    return (
        f"the working database cannot be written: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
    )
