"""Faults brought about in real processes: ended at a random moment, a full disk, a folder that may only be read, a clock
that went back. What each needs of the machine is asked first; where it is not allowed the test is skipped and says so.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.home import PACKAGE, Home

SECONDS = 120
AHEAD = Path(__file__).resolve().parent / "ahead"
AHEAD_VARIABLE = "SIM_RECORD_TEST_DAYS_AHEAD"


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (-9 where it was killed), what it said on stderr and stdout, seconds."""

    code: int
    said: str
    out: str
    seconds: float

    @property
    def in_words(self) -> bool:
        """Whether it ended well, or said what is wrong in words of its own: no traceback, no call for help."""
        return self.code in (0, 1, 2) and "Traceback" not in self.said and "bug in sim-record" not in self.said


def start(home: Home, *words: str, most_bytes: int = 0, **environment: str) -> subprocess.Popen[str]:
    """`sim-record WORDS --home HOME` as a process of its own, which can make no file longer than `most_bytes`."""
    command = [sys.executable, "-m", "sim_record", *words, "--home", str(home.root)]
    if most_bytes:
        limited = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); "
        command = [sys.executable, "-c", limited + "os.execv(sys.argv[2], sys.argv[2:])", str(most_bytes), *command]
    return subprocess.Popen(
        command, cwd=PACKAGE.parent, env={**os.environ, **environment}, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process: subprocess.Popen[str], since: float, seconds: float = SECONDS) -> Ended:
    """Wait for it."""
    try:
        out, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, said = process.communicate(timeout=20)
        pytest.fail(f"it did not end within {seconds:g} seconds; its last words: {said[-500:]}")
    return Ended(process.returncode, said, out, time.monotonic() - since)


def run(home: Home, *words: str, most_bytes: int = 0, **environment: str) -> Ended:
    """Run a command to its end."""
    since = time.monotonic()
    return ended(start(home, *words, most_bytes=most_bytes, **environment), since)


# -- an end at any moment


class Chance:
    """Random moments from a seed that is printed, so that a failure can be had again:
    SIM_RECORD_TEST_SEED=<seed> pytest …"""

    def __init__(self) -> None:
        self.seed = int(os.environ.get("SIM_RECORD_TEST_SEED") or random.randrange(10**6))
        self._random = random.Random(self.seed)
        print(f"seed {self.seed}")

    def between(self, first: float, last: float) -> float:
        """A moment, seconds."""
        return self._random.uniform(first, last)


def killed(home: Home, *words: str, after: float) -> bool:
    """Run a command and kill -9 it after so many seconds; False where it had ended before."""
    since = time.monotonic()
    process = start(home, *words)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    return ended(process, since).code == -signal.SIGKILL


# -- disks


def _mount(*words: str | Path) -> bool:
    tool = shutil.which("mount")
    return bool(tool) and subprocess.run([tool, *words], capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path, megabytes: float) -> Iterator[Path]:
    """A file system of its own of so many megabytes at `folder`, whose content moves there and back."""
    beside = folder.with_name(f"{folder.name}.before")
    folder.rename(beside)
    folder.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={int(megabytes * 1024)}k,mode=755", "tmpfs", folder):
        folder.rmdir()
        beside.rename(folder)
        pytest.skip("this machine does not let the tests mount a small file system (root is needed)")
    try:
        shutil.copytree(beside, folder, dirs_exist_ok=True)
        yield folder
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(folder, beside)
        _unmount(folder)
        folder.rmdir()
        beside.rename(folder)


def grow_disk(folder: Path, megabytes: float) -> None:
    """Make room: what a person does who is told that the disk is full."""
    assert _mount("-o", f"remount,size={int(megabytes * 1024)}k", folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder as one that may only be read, for root too."""
    if not _mount("--bind", folder, folder):
        pytest.skip("this machine does not let the tests mount a folder read-only (root is needed)")
    try:
        if not _mount("-o", "remount,bind,ro", folder):
            pytest.skip("this machine does not let the tests make a mounted folder read-only")
        yield
    finally:
        _unmount(folder)


def _unmount(folder: Path) -> None:
    for _ in range(50):
        if subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=True)


# -- clocks


def days_ahead(days: int) -> dict[str, str]:
    """The environment of a process whose clock is so many days ahead: what `datetime.now` says in the program's own
    modules, there and in every Python that it starts."""
    path = os.pathsep.join(filter(None, [str(AHEAD), os.environ.get("PYTHONPATH")]))
    return {AHEAD_VARIABLE: str(days), "PYTHONPATH": path}


# -- bytes


def cut(path: Path, keep: float) -> None:
    """Cut a file to this share of its length, as a disk that failed leaves it."""
    os.truncate(path, int(path.stat().st_size * keep))


def spoil(path: Path, at: float, length: int = 64) -> None:
    """Turn some bytes over, from this share of the file's length on."""
    with path.open("rb+") as handle:
        handle.seek(int(path.stat().st_size * at))
        before = handle.read(length)
        handle.seek(-len(before), os.SEEK_CUR)
        handle.write(bytes(byte ^ 0xFF for byte in before))


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until it is so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"not within {seconds:g} seconds: {what}"
        time.sleep(0.02)
