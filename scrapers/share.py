"""What a run shares with other machines: nothing, its WARC files, or rows and files, as [store] says."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Protocol

import duckdb

from data.bodies import StoreTrouble, bodies_of
from data.home import Home
from data.programme import Store
from scrapers.errors import WorkError

if TYPE_CHECKING:
    from scrapers.lake import Lake

SLOWER: Final = 10
"""After a sharing, so many times its length passes before the next: it never takes more than a part of a run."""


class Share(Protocol):
    """One working database's part in what machines share."""

    def take(self) -> None:
        """Take what others brought into the working database. Raises WorkError."""

    def give(self) -> list[str]:
        """Bring what is not shared yet; notes for people where something stays here for now."""

    def going_on(self) -> contextlib.AbstractContextManager[None]:
        """While this lasts, what is settled is brought every so often by a thread of its own."""


class NotShared:
    """[store] of kind `file`, captures in the home: there is nothing to do."""

    def take(self) -> None:
        """Nothing."""

    def give(self) -> list[str]:
        """Nothing."""
        return []

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Nothing."""
        yield


class Shared:
    """Rows in a lake, or only WARC files in a shared place. A trouble while a run goes on is no trouble of the run:
    everything is in the home first, and is brought the next time."""

    def __init__(self, home: Home, store: Store, connection: duckdb.DuckDBPyConnection) -> None:
        self._home = home
        self._every = store.share_every
        self._connection = connection
        self._lock = threading.Lock()
        self._trouble: str | None = None
        try:
            self._bodies = bodies_of(home)
            self._bodies.sizes()
            self._lake = self._open(store)
        except StoreTrouble as error:
            raise WorkError(str(error)) from error

    def _open(self, store: Store) -> Lake | None:
        if store.kind == "file":
            return None
        from scrapers.lake import Lake, prepare_local  # its libraries come with the extra `cluster`

        prepare_local(self._connection)
        return Lake(self._home, store)

    def close(self) -> None:
        """Give the lake back."""
        if self._lake is not None:
            self._lake.close()

    def take(self) -> None:
        """Take what others brought into the working database. Raises WorkError."""
        if self._lake is not None:
            with self._lock:
                self._lake.pull(self._connection.cursor())

    def give(self) -> list[str]:
        """Bring all that is not shared yet; a note where it has to stay here for now."""
        self._bring(whole=True)
        if self._trouble is None:
            return self._come_level()
        return [f"Not shared yet, and safe here; the next run brings it: {self._trouble}"]

    def _come_level(self) -> list[str]:
        """Take what others brought meanwhile, so that the record has a snapshot of the lake that holds just it."""
        try:
            self.take()
        except (WorkError, duckdb.Error) as error:
            told = next(iter(str(error).splitlines()), type(error).__name__)
            return [f"Shared, but no snapshot of the lake is known to hold this record; run: sim-record build ({told})"]
        return []

    def _bring(self, *, whole: bool) -> None:
        with self._lock:
            try:
                if self._lake is not None:
                    self._lake.push(self._connection.cursor(), self._bodies, whole=whole)
                elif whole:
                    for path in sorted(self._home.captures.glob("*.warc.gz")):
                        self._bodies.keep(path.name)
                self._trouble = None
            except (StoreTrouble, WorkError, duckdb.Error) as error:
                self._trouble = next(iter(str(error).splitlines()), type(error).__name__)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """While this lasts, what is settled is brought every so often by a thread of its own."""
        ended = threading.Event()

        def work() -> None:
            wait = self._every
            while not ended.wait(wait):
                begun = time.monotonic()
                self._bring(whole=False)
                wait = max(self._every, SLOWER * (time.monotonic() - begun))

        thread = threading.Thread(target=work, name="share", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@contextlib.contextmanager
def open_share(home: Home, store: Store, connection: duckdb.DuckDBPyConnection) -> Iterator[Share]:
    """What [store] says is shared of the open working database. Raises WorkError where the shared place or the lake
    cannot be used; the message names the line of programme.toml."""
    if store.kind == "file" and not store.captures:
        yield NotShared()
        return
    shared = Shared(home, store, connection)
    try:
        yield shared
    finally:
        shared.close()
