"""Strangers' SQL: asked of child processes that are kept warm, two at most, in the order in which questions come.

    answer = ask(path_of_database, "SELECT status, count(*) FROM organisation_status GROUP BY 1")

A child answers one question at a time under the limits of `dashboard.sql.child`. It is ended after a question that was
refused, ran out of memory or of time, or brought it down, and a fresh one takes its place; a slip (a misspelt column)
ends nothing. The server itself parses and runs none of it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard.sql.child import Pipe
from dashboard.sql.guards import make_yield
from dashboard.sql.statement import MOST_CHARACTERS, Place, Refused, place_of

MAX_ROWS: Final = 1_000
MAX_BYTES: Final = 2_000_000
SECONDS: Final = 3.0
CHILDREN: Final = 2
WAITING: Final = 12
PATIENCE_SECONDS: Final = 8.0
START_SECONDS: Final = 20.0
LONG_SECONDS: Final = 0.3
"""A question that takes longer yields to everything else; its child is then replaced: it cannot be made quick again."""
IDLE_SECONDS: Final = 900.0
QUESTIONS_PER_CHILD: Final = 500
SLIM_BYTES: Final = 200 * 1024 * 1024
"""A child that holds more than this after a good answer is replaced as well."""
SLIPS: Final = frozenset(
    {"parser", "binder", "catalog", "conversion", "syntax", "outofrange", "invalidinput", "typemismatch"}
)
"""Kinds of failure that leave a child as good as before."""
_CODE: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Column:
    """One column of an answer: its name, and its type as DuckDB writes it."""

    name: str
    type: str


@dataclass(frozen=True)
class Answer:
    """Rows as JSON holds them (dates and times as ISO 8601 text). `cut` says by what it was cut: "", rows or bytes.

    `seconds` is the time in the child, `waited` the time before it began.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: str
    seconds: float
    waited: float

    @property
    def truncated(self) -> bool:
        """Whether there were more rows than are shown."""
        return bool(self.cut)


class Failed(Exception):
    """The question is allowed, but has no answer: a slip, too much memory. `kind` is parser, binder, memory …"""

    def __init__(self, message: str, *, kind: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.place = place


class TimedOut(Failed):
    """The question took longer than a question may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The question took longer than {seconds:g} seconds and was ended. Ask for less: fewer rows, a filter, "
            "no join of everything with everything. On your own machine sim-record query has no such limit.",
            kind="time",
        )


class Busy(Exception):
    """Too many questions wait already; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Many questions are waiting just now. Please ask again in {retry_after} seconds.")
        self.retry_after = retry_after


class Unreadable(Exception):
    """The database cannot be opened."""


class Denied(Refused):
    """A refusal with its place in the text."""

    def __init__(self, message: str, place: Place | None) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Question:
    """What is asked of which database, and how much of an answer is wanted."""

    database: Path
    sql: str
    max_rows: int = MAX_ROWS
    max_bytes: int = MAX_BYTES
    seconds: float = SECONDS


class Child:
    """One process with one database open."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.asked = 0
        self.memory = 0
        self.yields = False
        self.guards: tuple[str, ...] = ()
        starter = (
            f"import sys; sys.path.insert(0, {str(_CODE)!r})\n"
            f"from dashboard.sql.guards import follow_parent; held = follow_parent({os.getpid()})\n"
            "from dashboard.sql.child import main; main(held)"
        )
        keep = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", starter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(sys.executable).anchor,
            env={name: os.environ[name] for name in keep if name in os.environ},
            bufsize=0,
        )
        if self._process.stdin is None or self._process.stdout is None:  # pragma: no cover - both are pipes
            raise RuntimeError("no pipes")
        self._pipe = Pipe(self._process.stdout.fileno(), self._process.stdin.fileno())
        self._killed = False

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def ready(self) -> None:
        """Wait until the database is open. Raises Unreadable."""
        found = self._exchange({"path": str(self.database)}, START_SECONDS)
        if found is None or found["is"] != "ready":
            self.end()
            raise Unreadable(found["message"] if found else "The process for questions did not start.")
        self.guards = (*found["guards"], *(("nice",) if hasattr(os, "setpriority") else ()))

    def ask(self, question: Question) -> dict[str, Any]:
        """What the child says to a question. Raises TimedOut, Failed where it went down."""
        self.asked += 1
        sent = {
            "sql": question.sql,
            "max_rows": question.max_rows,
            "max_bytes": question.max_bytes,
            "seconds": question.seconds,
        }
        begun = time.monotonic()
        found = self._exchange(sent, question.seconds)
        if found is None:
            if self._killed or time.monotonic() - begun >= question.seconds:
                raise TimedOut(question.seconds)
            raise Failed("The question brought its process down, most likely for want of memory.", kind="memory")
        after = self._receive()
        self.memory = int(after["memory"]) if after else 0
        return found

    def _exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Send and receive; None where the child went down, or was killed because the time was up."""
        answered = threading.Event()
        threading.Thread(target=self._watch, args=(answered, seconds), daemon=True, name="sql watch").start()
        try:
            self._pipe.write(json.dumps(message).encode())
            return self._receive()
        except OSError:
            return None
        finally:
            answered.set()

    def _receive(self) -> dict[str, Any] | None:
        found = self._pipe.read()
        return found if isinstance(found, dict) else None

    def _watch(self, answered: threading.Event, seconds: float) -> None:
        """Make a long question yield to the pages of other readers, and end it when its time is up."""
        if self.asked and seconds > LONG_SECONDS:
            if answered.wait(LONG_SECONDS):
                return
            self.yields = make_yield(self.pid)
            seconds -= LONG_SECONDS
        if not answered.wait(seconds):
            self._killed = True
            self._process.kill()

    def end(self) -> None:
        """Kill the process, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


@dataclass(frozen=True)
class _Ticket:
    question: Question
    future: Future[Answer]
    since: float


class Engine:
    """Children and the queue before them. Threads start with the first question and belong to this process alone."""

    def __init__(
        self,
        *,
        children: int = CHILDREN,
        waiting: int = WAITING,
        patience: float = PATIENCE_SECONDS,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self._wanted = children
        self._most_waiting = waiting
        self._patience = patience
        self._idle = idle
        self._lock = threading.Condition()
        self._queue: deque[_Ticket] = deque()
        self._running: set[Child] = set()
        self._threads: list[threading.Thread] = []
        self._recent: deque[float] = deque([0.1], maxlen=20)
        self._closed = False
        self._free = 0

    def ask(
        self,
        database: Path,
        sql: str,
        *,
        max_rows: int = MAX_ROWS,
        max_bytes: int = MAX_BYTES,
        seconds: float = SECONDS,
    ) -> Answer:
        """The answer to one question, waited for in this thread. Raises Refused, Failed, TimedOut, Busy, Unreadable."""
        return self.submit(Question(database, sql, max_rows, max_bytes, seconds)).result()

    async def ask_soon(
        self,
        database: Path,
        sql: str,
        *,
        max_rows: int = MAX_ROWS,
        max_bytes: int = MAX_BYTES,
        seconds: float = SECONDS,
    ) -> Answer:
        """The same without holding the event loop, or any thread of its pool, while it waits."""
        return await asyncio.wrap_future(self.submit(Question(database, sql, max_rows, max_bytes, seconds)))

    def submit(self, question: Question) -> Future[Answer]:
        """Put a question into the queue. Raises Busy where it is full, Refused where the text is too long."""
        if len(question.sql) > MOST_CHARACTERS:
            raise Refused(
                f"The question has {len(question.sql):,} characters; at most {MOST_CHARACTERS:,} are answered."
            )
        future: Future[Answer] = Future()
        with self._lock:
            if self._closed:
                raise Busy(5)
            if len(self._queue) - self._free >= self._most_waiting:
                raise Busy(self._retry_after())
            while len(self._threads) < self._wanted:
                thread = threading.Thread(target=self._work, daemon=True, name=f"sql {len(self._threads) + 1}")
                self._threads.append(thread)
                thread.start()
            self._queue.append(_Ticket(question, future, time.monotonic()))
            self._lock.notify()
        return future

    def guards(self, database: Path) -> tuple[str, ...]:
        """The guards that hold in a child of this machine, by name. Raises Unreadable."""
        child = Child(database)
        try:
            child.ready()
            return child.guards
        finally:
            child.end()

    def children(self) -> list[int]:
        """Ids of the processes that run now."""
        with self._lock:
            return [child.pid for child in self._running]

    def close(self) -> None:
        """End every child and turn away who waits."""
        with self._lock:
            self._closed = True
            waiting, running, threads = list(self._queue), list(self._running), list(self._threads)
            self._queue.clear()
            self._lock.notify_all()
        for ticket in waiting:
            ticket.future.set_exception(Busy(5))
        for child in running:
            child.end()
        for thread in threads:
            thread.join(5)

    def _retry_after(self) -> int:
        each = sum(self._recent) / len(self._recent)
        return max(1, math.ceil(each * len(self._queue) / self._wanted))

    def _work(self) -> None:
        """One thread, one child: the kernel ends the child when the thread that started it goes, so both stay."""
        child: Child | None = None
        while not self._closed:
            ticket = self._next()
            if ticket is None:
                self._drop(child)  # nobody has asked for long
                child = None
            elif ticket.future.set_running_or_notify_cancel():
                child = self._serve(ticket, child)
        self._drop(child)

    def _serve(self, ticket: _Ticket, child: Child | None) -> Child | None:
        """Settle one question. Gives the child for the next one: the same, or a fresh one where this one is spent."""
        begun = time.monotonic()
        waited = begun - ticket.since
        if waited > self._patience:
            ticket.future.set_exception(Busy(self._retry_after()))
            return child
        spent = True
        try:
            if child is not None and child.database != ticket.question.database:
                self._drop(child)
                child = None
            child = child or self._start(ticket.question.database)
            answer = answer_of(ticket.question, child.ask(ticket.question), waited)
            spent = child.yields or child.asked >= QUESTIONS_PER_CHILD or child.memory > SLIM_BYTES
        except Failed as failed:
            spent = failed.kind not in SLIPS or (child is not None and child.yields)
            ticket.future.set_exception(failed)
        except Exception as error:
            ticket.future.set_exception(error)
        else:
            ticket.future.set_result(answer)
        self._recent.append(time.monotonic() - begun)
        if not spent or self._closed:
            return child
        self._drop(child)
        try:
            return self._start(ticket.question.database)  # warm before the next one comes
        except Unreadable:
            return None

    def _next(self) -> _Ticket | None:
        with self._lock:
            self._free += 1
            try:
                if self._lock.wait_for(lambda: bool(self._queue) or self._closed, self._idle) and self._queue:
                    return self._queue.popleft()
                return None
            finally:
                self._free -= 1

    def _start(self, database: Path) -> Child:
        child = Child(database)
        with self._lock:
            self._running.add(child)
        try:
            child.ready()
        except Unreadable:
            self._drop(child)
            raise
        return child

    def _drop(self, child: Child | None) -> None:
        if child is not None:
            with self._lock:
                self._running.discard(child)
            child.end()


def answer_of(question: Question, found: dict[str, Any], waited: float) -> Answer:
    """What the child said, as a value. Raises Refused or Failed."""
    if found["is"] == "answer":
        columns = tuple(Column(name, kind) for name, kind in found["columns"])
        return Answer(columns, tuple(map(tuple, found["rows"])), found["cut"], found["seconds"], waited)
    message = str(found["message"]).replace(str(question.database), question.database.name)
    place = place_of(question.sql, found["position"])
    if found["is"] == "refused":
        raise Denied(message, place)
    raise Failed(message, kind=found["kind"], place=place)


ENGINE: Final = Engine()
ask = ENGINE.ask
ask_soon = ENGINE.ask_soon
atexit.register(ENGINE.close)
