"""Turns shared between threads, on a clock that stands still unless somebody waits."""

from __future__ import annotations

import threading
import time

from scrapers.archives.limits import ArchiveLimits, Limit, SharedLimits


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.lock = threading.Lock()

    def read(self) -> float:
        with self.lock:
            return self.now

    def wait(self, seconds: float) -> None:
        with self.lock:
            self.now += seconds


def test_twenty_four_searches_in_any_minute() -> None:
    clock = Clock()
    limits = ArchiveLimits(clock=clock.read, wait=clock.wait)
    times = []
    for _ in range(60):
        limits.searches.take()
        times.append(clock.read())
    assert times[23] == 1000.0
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[24:], strict=False))
    assert times[-1] == 1000.0 + 120


def test_eight_copies_in_any_second_between_threads() -> None:
    limit = Limit(8, 0.25)
    times: list[float] = []
    lock = threading.Lock()

    def work() -> None:
        for _ in range(6):
            limit.take()
            with lock:
                times.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    assert len(times) == 24
    assert times[-1] - times[0] >= 2 * 0.25 - 0.02, "24 turns are three lots of eight"


def test_a_pause_holds_for_searches_and_copies() -> None:
    clock = Clock()
    limits = ArchiveLimits(clock=clock.read, wait=clock.wait)
    limits.pause(30)
    assert limits.searches.take() == 30
    assert limits.copies.take() == 0, "the pause is over by then"


def test_one_archive_has_one_set_of_limits() -> None:
    shared = SharedLimits()
    assert shared.of("https://archive.example/a") is shared.of("https://ARCHIVE.example/b/")
    assert shared.of("https://archive.example/a") is not shared.of("https://other.example/a")
