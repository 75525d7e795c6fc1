"""Stored captures read in processes of their own, beside fetching: one that hangs or dies takes nothing with it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from data.home import Home

SECONDS: Final = 10.0
"""Time for one document."""
START_SECONDS: Final = 60.0
PROJECT: Final = Path(__file__).resolve().parent.parent
LOST: Final = "lost"
"""The key of a result whose stored bytes could not be had, or are not those that were captured."""
GAVE_UP: Final = "none/1"
"""The extractor named where reading took too long or the reader broke."""

_ONE_THREAD: Final = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The readers share the cores already: products as small as theirs, spread over threads, cost three times as much."""

Result = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A stored capture to read, and what is known of it. `tag` comes back with the result."""

    warc_file: str
    warc_offset: int
    url: str
    media_type: str | None
    charset: str | None
    format: str | None
    page_kind: str | None = None
    tag: Any = None
    body_sha256: str | None = None
    """Of the body that was captured: other bytes are not read. None where that is not asked."""


class _Reader:
    """One reading process. Answers are lines of JSON."""

    def __init__(self, home: Home) -> None:
        environment = {**_ONE_THREAD, **os.environ}
        environment["PYTHONPATH"] = os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scrapers.reading_worker", str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=os.name != "nt",  # Ctrl-C is for the run, which ends its readers itself
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        output = self.process.stdout
        assert output is not None  # noqa: S101 - asked for by PIPE above
        threading.Thread(target=self._listen, args=(output,), name="reader output", daemon=True).start()
        self._answer(START_SECONDS)

    def _listen(self, output: IO[bytes]) -> None:
        for line in output:
            self._lines.put(line)
        self._lines.put(b"")

    def _answer(self, seconds: float) -> bytes:
        """The next line, or an empty one where the process is gone. Raises TimeoutError."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty as error:
            raise TimeoutError from error

    def read(self, job: Job, seconds: float) -> Result | None:
        """What was read, or None where the process broke. Raises TimeoutError."""
        message = json.dumps(
            [
                job.warc_file, job.warc_offset, job.url, job.media_type, job.charset, job.format, job.page_kind,
                job.body_sha256,
            ]
        )  # fmt: skip
        try:
            assert self.process.stdin is not None  # noqa: S101
            self.process.stdin.write(message.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return None
        line = self._answer(seconds)
        try:
            found = json.loads(line)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # it was closing by itself


class Readers:
    """A few reading processes, started when there is first something to read.

    `done` is called with each job and its result (an Extraction as a dict), from the readers' threads.
    """

    def __init__(
        self,
        home: Home,
        done: Callable[[Job, Result], object],
        *,
        processes: int | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._home = home
        self._done = done
        self._seconds = seconds
        self._count = processes or min(2, os.cpu_count() or 1)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._readers: set[_Reader] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.error: BaseException | None = None
        self.waiting = 0
        """Jobs not done yet."""

    def put(self, job: Job) -> None:
        """Read this, some time."""
        with self._lock:
            self.waiting += 1
            if len(self._threads) < min(self._count, self.waiting):
                thread = threading.Thread(target=self._work, name=f"reader {len(self._threads) + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put(job)

    def finish(self, tick: Callable[[], object] = lambda: None) -> None:
        """Wait until everything is read, then end the processes. `tick` is called several times a second meanwhile.
        Raises what `done` raised."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(0.25)
                tick()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """End at once; what is not read yet stays unread, to be read by the next run."""
        self._stopped.set()
        with self._lock:
            readers = list(self._readers)
        for reader in readers:
            reader.process.kill()

    def _work(self) -> None:
        reader: _Reader | None = None
        try:
            while (job := self._jobs.get()) is not None and not self._stopped.is_set():
                if reader is None:
                    reader = self._start()
                result, reader = self._read(reader, job)
                if self._stopped.is_set():
                    return
                self._done(job, result)
                with self._lock:
                    self.waiting -= 1
        except BaseException as error:  # kept for finish(), which raises it where the run can see it
            self.error = error
        finally:
            if reader is not None:
                self._end(reader)

    def _start(self) -> _Reader | None:
        try:
            reader = _Reader(self._home)
        except TimeoutError:
            return None
        with self._lock:
            self._readers.add(reader)
        if self._stopped.is_set():
            reader.process.kill()
        return reader

    def _end(self, reader: _Reader) -> None:
        with self._lock:
            self._readers.discard(reader)
        reader.end()

    def _read(self, reader: _Reader | None, job: Job) -> tuple[Result, _Reader | None]:
        if reader is None:
            return {"extractor": GAVE_UP, "problem": "the reader could not be started"}, None
        try:
            result = reader.read(job, self._seconds)
        except TimeoutError:
            self._end(reader)
            return {"extractor": GAVE_UP, "problem": f"reading it took longer than {self._seconds:g} seconds"}, None
        if result is None:
            self._end(reader)
            return {"extractor": GAVE_UP, "problem": "reading it broke the reader"}, None
        return result, reader
