"""Servers as processes of their own on loopback: started, waited for until they answer, and ended."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from data.home import PACKAGE

START_SECONDS = 90


def free_port() -> int:
    """A port of loopback that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Callable[[int], Sequence[str | Path]],
    what: str,
    *,
    path: str = "/",
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    cwd: Path = PACKAGE.parent,
) -> Iterator[tuple[str, int]]:
    """Run `command(port)` until it answers well at `path`: (its address, its process id).

    It runs in the folder `cwd`, which is where the project lies if none is named. What it prints goes into `log`, where
    one is named. Raises RuntimeError where it does not answer within 90 seconds; `what` is its name there.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (log or Path(os.devnull)).open("wb") as out:
        process = subprocess.Popen(command(port), cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(address + path):
            if process.poll() is not None or time.monotonic() > end:
                told = f": {log.read_text(errors='replace')[-2000:]}" if log else ""
                raise RuntimeError(f"{what} did not start{told}")
            time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def memory_of(pid: int) -> int:
    """Bytes that a process and all it started hold."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total


def held_by(pid: int) -> tuple[int, int]:
    """Bytes that a process and all it started hold: what each has in memory summed, and the same with pages that several
    share (libraries) counted once."""
    summed = once = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            held = process.memory_full_info()
        except psutil.Error:
            continue
        summed += held.rss
        once += getattr(held, "pss", held.rss)
    return summed, once
