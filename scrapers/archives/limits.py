"""How fast archives are asked: turns shared by every thread of a run, a set for each archive."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

SEARCHES_A_MINUTE: Final = 24
COPIES_A_SECOND: Final = 8


class Limit:
    """At most `count` turns in any stretch of `seconds`. Threads share one, and are served in the order they came.

    `clock` gives monotonic seconds and `wait` passes them; tests give their own.
    """

    def __init__(
        self,
        count: int,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._wait = wait
        self._turns: deque[float] = deque(maxlen=count)
        self._not_before = 0.0
        self._lock = threading.Lock()

    def take(self) -> float:
        """Wait for the next turn. Gives the seconds waited."""
        with self._lock:
            now = self._clock()
            at = max(now, self._not_before)
            if len(self._turns) == self._turns.maxlen:
                at = max(at, self._turns[0] + self._seconds)
            self._turns.append(at)
        if at > now:
            self._wait(at - now)
        return max(0.0, at - now)

    def pause(self, seconds: float) -> None:
        """No turn for so many seconds from now: the archive asked for it."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)


class ArchiveLimits:
    """The turns of one archive: searches (lists of copies) and copies."""

    def __init__(
        self,
        *,
        searches: int = SEARCHES_A_MINUTE,
        copies: int = COPIES_A_SECOND,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.searches = Limit(searches, 60, clock=clock, wait=wait)
        self.copies = Limit(copies, 1, clock=clock, wait=wait)

    def pause(self, seconds: float) -> None:
        """Stop asking for so many seconds, in every thread."""
        self.searches.pause(seconds)
        self.copies.pause(seconds)


class SharedLimits:
    """The limits of every archive of one run, by its origin: two names for one archive share their turns."""

    def __init__(self, make: Callable[[], ArchiveLimits] = ArchiveLimits) -> None:
        self._make = make
        self._known: dict[str, ArchiveLimits] = {}
        self._lock = threading.Lock()

    def of(self, url: str) -> ArchiveLimits:
        """The limits of the archive at that address."""
        parts = urlsplit(url)
        origin = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
        with self._lock:
            if origin not in self._known:
                self._known[origin] = self._make()
            return self._known[origin]
