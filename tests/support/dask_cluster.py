"""A Dask scheduler and its workers as processes of their own on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from data.home import PACKAGE

SECONDS = 60


@dataclass
class Cluster:
    """The scheduler's address, and the processes."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def end(self) -> None:
        """End every process that is left."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait(20)


def start(words: list[str], folder: Path, name: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start `dask WORDS`; what it says goes into a file of the folder. `before` are words that run it elsewhere."""
    settings = {
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
        "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
    }
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [*before, sys.executable, "-m", "dask", *words],
            cwd=PACKAGE.parent,
            env={**os.environ, **settings, "PYTHONPATH": str(PACKAGE.parent)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def said(path: Path, words: str) -> str:
    """The line of a log in which these words stand, once it does."""
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []:
            if words in line:
                return line
        time.sleep(0.1)
    raise RuntimeError(
        f"{path.name} never said {words!r}:\n{path.read_text(encoding='utf-8', errors='replace')[-2000:]}"
    )


def worker(address: str, folder: Path, name: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """One worker of four threads, which nobody starts again when it dies."""
    words = ["worker", address, "--nthreads", "4", "--no-nanny", "--no-dashboard", "--name", name]
    return start([*words, "--local-directory", str(folder / name)], folder, name, before)


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A scheduler on a free port of loopback with so many workers."""
    folder.mkdir(parents=True, exist_ok=True)
    scheduler = start(["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], folder, "scheduler")
    cluster = Cluster("", scheduler)
    try:
        line = said(folder / "scheduler.log", "Scheduler at:")
        cluster.address = "tcp://" + line.rpartition("tcp://")[2].strip()
        cluster.workers = [worker(cluster.address, folder, f"worker-{n}") for n in range(workers)]
        for n in range(workers):
            said(folder / f"worker-{n}.log", "Registered to:")
        yield cluster
    finally:
        cluster.end()
