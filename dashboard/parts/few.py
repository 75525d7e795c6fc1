"""A few things that were made lately, kept for a while: for what strangers may ask in more ways than memory holds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Few(Generic[Made]):
    """At most `most` things, each for `seconds`; the one used least recently goes first. Safe in several threads."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[float, Made]] = OrderedDict()

    def get(self, key: Hashable) -> Made | None:
        """What was put there, if it is still kept."""
        with self._lock:
            found = self._found.get(key)
            if found is None or time.monotonic() - found[0] > self._seconds:
                return None
            self._found.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, made: Made) -> Made:
        """Keep it, and give it back."""
        with self._lock:
            self._found[key] = (time.monotonic(), made)
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return made
