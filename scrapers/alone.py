"""One writer at a time in a folder: what two processes would otherwise take from each other."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

STEP_SECONDS: Final = 0.1


@contextmanager
def alone(folder: Path, seconds: float, busy: Exception) -> Iterator[None]:
    """Hold the lock of a folder until the block ends; another process that asks for it waits. Raises `busy` where it
    was not free within `seconds`. Where folders cannot be locked (Windows, some file systems) nobody waits."""
    if os.name == "nt":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        ends = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > ends:
                    raise busy from error
                time.sleep(STEP_SECONDS)
            except OSError:
                break  # a file system that knows no locks
        yield
    finally:
        os.close(handle)
