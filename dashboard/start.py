"""What the dashboard needs before it can answer: a home, its programme, a published record (built if there is none)."""

from __future__ import annotations

import datetime as dt
import gc
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from time import monotonic
from typing import Concatenate, ParamSpec, TypeVar

import duckdb

import data
from dashboard.record import Record, Store
from data import logs
from data.home import HOME_VARIABLE, Home, HomeError, find_home
from data.programme import Programme, ProgrammeError, read_programme
from data.published import NotPublished, current_path

BUILD_SECONDS = 600
SETTLE_AFTER_RUNS = frozenset({3, 30, 300})

Answer = TypeVar("Answer")
Rest = ParamSpec("Rest")


@dataclass(frozen=True)
class Context:
    """What a page is made from. `today` is the day of the reader's request, UTC; `edition` the name of the edition that
    the page is made for, "" for the record of today. A `still` page is made to be kept as a file: it says nothing of
    what is under way."""

    home: Home
    programme: Programme
    record: Record
    today: dt.date
    edition: str = ""
    still: bool = False

    @property
    def root(self) -> str:
        """What stands before the path of a permanent page: "" or /editions/<name>."""
        return f"/editions/{self.edition}" if self.edition else ""


@dataclass(frozen=True)
class Trouble:
    """Why no page can be shown: `title` in a few words, `what` in a sentence, then each finding."""

    title: str
    what: str
    findings: tuple[str, ...] = ()


class NotReady(Exception):
    """A page was asked for while the home is in trouble."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.title)
        self.trouble = trouble


class Start:
    """The homes that this process serves (one, save in tests), each with its store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stores: dict[Path, Store] = {}
        self._programmes: dict[Path, tuple[tuple[int, int], Programme]] = {}
        self._failed: dict[Path, tuple[tuple[tuple[str, int, int], ...], Trouble]] = {}
        self._seen: dict[Path, tuple[int, dt.date]] = {}
        self._runs = itertools.count(1)
        self.on_new_record: Callable[[Context], None] | None = None
        self.held: Context | None = None
        """The context of every answer while it is set: for pages that are made for files, in a process of their own."""

    def state(self) -> Context | Trouble:
        """The context of this moment, or why there is none. Costs a few file looks once the record is open."""
        if self.held is not None:
            return self.held
        try:
            home = find_home()
        except HomeError as error:
            return Trouble("There is no home to read", str(error))
        return self.state_of(home)

    def state_of(self, home: Home) -> Context | Trouble:
        """The same of one home."""
        try:
            programme = self._programme(home)
        except ProgrammeError as error:
            return Trouble(
                "programme.toml cannot be read",
                "The file that says what this record is about has to be mended first. Reload the page after that.",
                tuple(error.findings),
            )
        try:
            record = self._store(home).current()
        except NotPublished:
            built = self._build(home)
            if isinstance(built, Trouble):
                return built
            try:
                record = self._store(home).current()
            except NotPublished as error:
                return Trouble("The record cannot be opened", str(error))
        context = Context(home, programme, record, dt.datetime.now(dt.UTC).date())
        self._announce(context)
        return context

    def published(self) -> Record:
        """The record in force, opened if it is new; nothing is built. Raises HomeError, NotPublished."""
        return self.held.record if self.held is not None else self._store(find_home()).current()

    def programme(self) -> Programme | None:
        """What programme.toml says, even while the register is in trouble; None where it cannot be read."""
        if self.held is not None:
            return self.held.programme
        try:
            return self._programme(find_home())
        except (HomeError, ProgrammeError, OSError):
            return None

    def _announce(self, context: Context) -> None:
        shown = (id(context.record), context.today)  # pages say what day it is
        if self._seen.get(context.home.root) == shown:
            return
        self._seen[context.home.root] = shown
        if self.on_new_record is not None:
            threading.Thread(target=self._warm, args=(context,), daemon=True, name="warm-up").start()

    def _warm(self, context: Context) -> None:
        try:
            if self.on_new_record is not None:
                self.on_new_record(context)
            settle_memory()
        except duckdb.Error:
            if self.on_new_record is not None:
                raise  # otherwise the server ended meanwhile, and closed the record under this thread

    def count_run(self) -> None:
        """Settle memory again after a few page runs: only they import and cache all that Streamlit needs for them."""
        if next(self._runs) in SETTLE_AFTER_RUNS:
            settle_memory()

    def _store(self, home: Home) -> Store:
        with self._lock:
            return self._stores.setdefault(home.root, Store(home))

    def _programme(self, home: Home) -> Programme:
        look = home.programme_file.stat()
        stamp = (look.st_mtime_ns, look.st_size)
        kept = self._programmes.get(home.root)
        if kept is None or kept[0] != stamp:
            kept = (stamp, read_programme(home.programme_file))
            self._programmes[home.root] = kept
        return kept[1]

    def _build(self, home: Home) -> Trouble | None:
        """Build the record from the register once; a failure is remembered until a file of the register changes."""
        with self._lock:
            print_of_register = register_print(home)
            failed = self._failed.get(home.root)
            if failed is not None and failed[0] == print_of_register:
                return failed[1]
            try:
                current_path(home)
            except NotPublished:
                trouble = build(home)
                if trouble is not None:
                    self._failed[home.root] = (print_of_register, trouble)
                return trouble
            return None

    def close(self) -> None:
        """Close every record that is open."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
            self._seen.clear()


def register_print(home: Home) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of programme.toml and each file of the register."""
    files = [home.programme_file, *sorted(home.register.glob("*.csv"))]
    looks = [(file.name, file.stat()) for file in files if file.exists()]
    return tuple((name, look.st_mtime_ns, look.st_size) for name, look in looks)


def build(home: Home) -> Trouble | None:
    """Publish a record by the command line, in a process of its own: what reads never writes. None if it went well."""
    code = str(Path(data.__file__).resolve().parent.parent)
    environment = {
        **os.environ,
        logs.VARIABLE: "",
        "PYTHONPATH": os.pathsep.join(filter(None, [code, os.environ.get("PYTHONPATH")])),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sim_record", "build", "--home", str(home.root), "--json"],
            capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=BUILD_SECONDS, check=False,
            env=environment,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Trouble("The record could not be built", str(error))
    if done.returncode == 0:
        return None
    findings = findings_of(done.stdout)
    if findings:
        return Trouble(
            "The register has to be mended first",
            "Nothing is published while a row of the register is wrong. Each finding names file, line and column. "
            "Mend them and reload this page.",
            findings,
        )
    last_words = tuple(done.stderr.strip().splitlines()[-3:])
    return Trouble("The record could not be built", "The command sim-record build failed. Its last words:", last_words)


def findings_of(printed: str) -> tuple[str, ...]:
    """The findings in the JSON that `sim-record build --json` prints; none where it is something else."""
    try:
        summary = json.loads(printed)
    except ValueError:
        return ()
    findings = summary.get("findings", []) if isinstance(summary, dict) else []
    return tuple(str(finding) for finding in findings) if isinstance(findings, list) else ()


def settle_memory() -> None:
    """Take what lives long out of the walks of the garbage collector, which Streamlit starts after every page run."""
    gc.collect()
    gc.freeze()


START = Start()


def recent_programme() -> Programme | None:
    """What START.programme() gives, looked at once a second: for what is asked at every request."""
    return START.held.programme if START.held else _programme_at(os.environ.get(HOME_VARIABLE, ""), int(monotonic()))


@lru_cache(maxsize=4)
def _programme_at(home: str, second: int) -> Programme | None:
    del home, second
    return START.programme()


def context() -> Context:
    """The context of this moment, for pages and routes. Raises NotReady."""
    state = START.state()
    if isinstance(state, Trouble):
        raise NotReady(state)
    return state


def per_page(function: Callable[Concatenate[Context, Rest], Answer]) -> Callable[Concatenate[Context, Rest], Answer]:
    """Keep what `function(context, ...)` gave with record (as it is stated), programme, edition and day; its other
    arguments must be hashable."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(context: Context, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Answer:
        record = context.record
        stated = (record.number, record.built_at, context.today, context.edition, context.still)
        key = (name, stated, id(context.programme), args, tuple(sorted(kwargs.items())))
        # The programme is kept beside the answer, so that its id is not given to another one.
        return record.remember(key, lambda: (context.programme, function(context, *args, **kwargs)))[1]

    return remembered
