"""What the operating system does to keep a question in SQL within bounds; on Windows it can do less, and says so."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOM: Final = 224 * 1024 * 1024
"""Bytes that the process may take beyond what it has when it is ready."""
_SET_PARENT_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38

GUARDS: Final[Sequence[tuple[str, str]]] = (
    ("memory", "memory is limited by the operating system"),
    ("data", "memory is limited a second time, by what is really used"),
    ("files", "no file, socket or pipe can be opened"),
    ("writing", "no byte can be written to a file"),
    ("core", "no memory image is left behind"),
    ("processes", "no process can be started"),
    ("privileges", "no privilege can be gained"),
    ("parent", "the process ends with the server"),
    ("nice", "a question that takes long yields to everything else"),
)


def expected() -> tuple[str, ...]:
    """The guards that a system of this kind gives; Linux has all of them, Windows none."""
    if sys.platform == "linux":
        return tuple(name for name, _ in GUARDS)
    if sys.platform == "win32":
        return ()
    return ("memory", "files", "writing", "core", "processes", "nice")


def guards_in_words(held: Sequence[str]) -> list[str]:
    """One sentence for each guard: what holds on this machine, and what does not."""
    return [f"{'Yes' if name in held else 'No, not on this system'}: {words}." for name, words in GUARDS]


def _sizes() -> dict[str, int]:
    """Bytes of this process by the names of /proc/self/status (VmSize, VmData, VmRSS); empty where there is none."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.endswith(" kB")}


def follow_parent(parent: int) -> list[str]:
    """End with the thread that started this process, gain no privilege. Gives the names of the guards that hold.

    Called before anything that takes time, so that no process is left over from a server that went meanwhile.
    """
    held: list[str] = []
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0) == 0:
            held.append("parent")
        if os.getppid() != parent:
            os._exit(0)
        if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
            held.append("privileges")
    return held


class Memory:
    """How much memory this process holds now, read through a file that stays open; 0 where the system has none."""

    def __init__(self) -> None:
        try:
            self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._statm = -1

    def held(self) -> int:
        if self._statm < 0 or sys.platform == "win32":
            return 0
        return int(os.pread(self._statm, 100, 0).split()[1]) * os.sysconf("SC_PAGE_SIZE")


def limit_resources() -> list[str]:
    """Let the operating system refuse memory, files, sockets, writing and core dumps. Gives the guards that hold."""
    held: list[str] = []
    if sys.platform == "win32":
        return held
    import resource

    sizes = _sizes()
    wanted = [
        ("core", resource.RLIMIT_CORE, 0),
        ("writing", resource.RLIMIT_FSIZE, 0),
        ("memory", resource.RLIMIT_AS, sizes.get("VmSize", 1 << 30) + ROOM + (64 << 20)),
        ("files", resource.RLIMIT_NOFILE, 0),
    ]
    if sizes:
        wanted.append(("data", resource.RLIMIT_DATA, sizes["VmData"] + ROOM))
    if hasattr(resource, "RLIMIT_NPROC"):
        wanted.append(("processes", resource.RLIMIT_NPROC, 0))
    for name, which, value in wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(which, (value, value))
            held.append(name)
    return held


def make_yield(pid: int) -> bool:
    """Let a process give way to every other; for good, since nobody may take that back. Gives whether it holds."""
    if sys.platform == "win32":
        return False
    try:
        os.setpriority(os.PRIO_PROCESS, pid, 15)
    except OSError:
        return False
    return True


def limit_time(seconds: float | None) -> None:
    """Let the system kill this process when a question takes too long, even if the parent has gone."""
    if sys.platform == "win32":
        return
    import resource

    if seconds is None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(OSError, ValueError):
        cpu = int(used.ru_utime + used.ru_stime + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, seconds + 0.5)
