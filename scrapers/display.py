"""How far a run is: a bar on a terminal, plain lines elsewhere, and the small file that the dashboard reads."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import threading
import time
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from data.console import say
from data.home import Home
from data.progress import Progress as Moment
from data.progress import write_progress
from data.vocabulary import GOOD_OUTCOMES

FILE_SECONDS: Final = 1.0
LINE_SECONDS: Final = 10.0


class Display:
    """Counts what is done and shows it. `add` may be called from any thread, `tick` from one."""

    def __init__(
        self,
        home: Home,
        run_id: str,
        started_at: dt.datetime,
        *,
        sources: int,
        hosts: int,
        done: int,
        delay: float,
        quiet: bool,
    ) -> None:
        self._home = home
        self._run_id = run_id
        self._started_at = started_at
        self._sources = sources
        self._hosts = hosts
        self._delay = delay
        self._quiet = quiet
        self._lock = threading.Lock()
        self._before = done
        self.done = done
        self.captured = 0
        self.failed = 0
        self.hosts_left = hosts
        self._begun = time.monotonic()
        self._file_at = 0.0
        self._line_at = self._begun + LINE_SECONDS
        self._bar: Progress | None = None
        if not quiet and sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(), TimeRemainingColumn(),
            )  # fmt: skip
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._words(), total=sources, completed=done, rate="")
            self._bar.start()

    def add(self, outcome: str) -> None:
        """One more source is done."""
        with self._lock:
            self.done += 1
            if outcome in GOOD_OUTCOMES:
                self.captured += 1
            else:
                self.failed += 1

    def host_done(self) -> None:
        """One more host has been asked for all."""
        with self._lock:
            self.hosts_left -= 1

    def tick(self, state: str = "collecting", words: str | None = None) -> None:
        """Show how far it is; cheap to call often."""
        now = time.monotonic()
        if now >= self._file_at or state != "collecting":
            self._file_at = now + FILE_SECONDS
            self._write(state)
        if self._bar is not None:
            self._bar.update(
                self._task, completed=self.done, description=words or self._words(), rate=f"{self._rate(now):.1f}/s"
            )
        elif not self._quiet and now >= self._line_at:
            self._line_at = now + LINE_SECONDS
            self.say(
                f"{words or self._words()}: {self.done} of {self._sources} sources, {self._rate(now):.1f} a second"
            )

    def say(self, text: str) -> None:
        """A line on stderr."""
        if self._quiet:
            return
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            say(text)

    def close(self) -> None:
        """Take the bar away and say that the run has ended."""
        if self._bar is not None:
            self._bar.stop()
        self._write("ended")

    def _rate(self, now: float) -> float:
        return (self.done - self._before) / max(0.001, now - self._begun)

    def _words(self) -> str:
        return f"{self.hosts_left} of {self._hosts} sites left"

    def _write(self, state: str) -> None:
        with self._lock:
            moment = Moment(
                run_id=self._run_id,
                state=state,
                started_at=self._started_at.isoformat(timespec="seconds"),
                updated_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                sources=self._sources,
                hosts=self._hosts,
                done=self.done,
                captured=self.captured,
                failed=self.failed,
                delay=self._delay,
                pid=os.getpid(),
            )
        with contextlib.suppress(OSError):  # a run is worth more than the sight of it
            write_progress(self._home.progress_file, moment)
