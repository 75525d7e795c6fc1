"""Fifty strangers ask for too much over real HTTP: other readers are served, memory is bounded, nothing is left over."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import psutil
import pytest

from data.home import Home
from tests.support.hostile import statements
from tests.support.limits import without_limits
from tests.support.pages import copy_of
from tests.support.processes import memory_of
from tests.support.served import served

CLIENTS = 50
PAGE = "/data?table=adoption"
LIMIT = 1_000_000_000
HOSTILE = [each.sql for each in statements() if each.right & {"oom", "timeout", "refused"} and len(each.sql) < 4_000]


@pytest.fixture(scope="module")
def site(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    home, _ = copy_of(published_home, tmp_path_factory.mktemp("strangers") / "home")
    with served(without_limits(home)) as found:  # all of them come from one address
        yield found


def page_times(address: str, seconds: float) -> list[float]:
    times = []
    until = time.monotonic() + seconds
    with httpx.Client(timeout=60) as client:
        while time.monotonic() < until or len(times) < 3:
            begun = time.perf_counter()
            client.get(address + PAGE).raise_for_status()
            times.append(time.perf_counter() - begun)
            time.sleep(0.05)
    return times


def attack(site: tuple[str, int], seconds: float) -> tuple[Counter[int], list[str], list[float], int]:
    """(answers by status, what was said where it was too little, page times meanwhile, most memory)"""
    address, pid = site
    found: Counter[int] = Counter()
    silent: list[str] = []
    slowest: list[float] = []
    until = time.monotonic() + seconds
    session = httpx.Client(timeout=60, verify=False, limits=httpx.Limits(max_connections=CLIENTS))  # noqa: S501

    def stranger(number: int) -> None:
        while time.monotonic() < until:
            sql = HOSTILE[number % len(HOSTILE)]
            answer = session.post(f"{address}/api/v1/sql", content=sql.encode("utf-8", "replace"))
            found[answer.status_code] += 1
            if answer.status_code != 200 and len(str(answer.json().get("detail", "")).split()) < 4:
                silent.append(f"{sql[:60]}: {answer.text[:100]}")
            number += CLIENTS
            if answer.status_code == 429:
                time.sleep(min(2.0, float(answer.headers["retry-after"])))

    threads = [threading.Thread(target=stranger, args=(number,)) for number in range(CLIENTS)]
    reader = threading.Thread(target=lambda: slowest.extend(page_times(address, seconds)))
    for thread in (*threads, reader):
        thread.start()
    peak = 0
    while reader.is_alive() or any(thread.is_alive() for thread in threads):
        peak = max(peak, memory_of(pid))
        time.sleep(0.05)
    session.close()
    return found, silent, slowest, peak


def check(site: tuple[str, int], seconds: float) -> tuple[float, float]:
    """Attack for so long; gives the median times of a page before and meanwhile."""
    address, pid = site
    quiet = page_times(address, 1.0)
    found, silent, busy, peak = attack(site, seconds)
    assert sum(found.values()) >= CLIENTS and set(found) <= {200, 400, 403, 413, 422, 429}, found
    assert {403, 429} & set(found) and not silent, silent
    assert peak < LIMIT, peak
    until = time.monotonic() + 30
    while (answer := httpx.get(f"{address}/api/v1/sql", params={"q": "SELECT 42 AS n"}, timeout=60)).status_code == 429:
        assert time.monotonic() < until, "busy for ever"
        time.sleep(1)
    assert answer.json()["rows"] == [[42]]
    assert len(psutil.Process(pid).children(recursive=True)) <= 3, "children are left over"
    return statistics.median(quiet), statistics.median(busy)


def test_strangers_keep_nobody_from_reading(site: tuple[str, int]) -> None:
    quiet, busy = check(site, 2.5)
    assert busy < max(20 * quiet, 1.5), (quiet, busy)  # beside other work; tests/benchmarks/sql.py measures it


@pytest.mark.slow
def test_strangers_keep_nobody_from_reading_for_long(site: tuple[str, int]) -> None:
    quiet, busy = check(site, 30)
    assert busy < max(4 * quiet, 0.5), (quiet, busy)
