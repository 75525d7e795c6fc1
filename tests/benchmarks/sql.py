"""How long a question in SQL takes, alone and while fifty strangers ask for too much.

    python tests/benchmarks/sql.py

Prints the median and 95th percentile of a small question asked of a warm child; then, for 20 seconds of hostile
questions from 50 clients, the same for a page of the running dashboard before and meanwhile, and the most memory that
the server and its children held together. Times are of the machine at hand, and of all that runs beside.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from data.home import HOME_VARIABLE, PACKAGE, Home
from scrapers.build import build
from tests.support.limits import without_limits
from tests.support.processes import free_port, memory_of

SECONDS = 20
SMALL = "SELECT status, count(*) FROM organisation_status GROUP BY 1"
HOSTILE = (
    "SELECT length(repeat('x', 2000000000))",
    "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
    "SELECT max(sha256(a::VARCHAR)) FROM range(10000000000) t(a)",
    "SELECT list(range || repeat('z', 1000)) FROM range(1000000)",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT count(*) FROM timeline a, timeline b, timeline c, timeline d",
)


def spread(times: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    times = sorted(times)
    return f"median {statistics.median(times) * 1000:.1f} ms, p95 {times[int(len(times) * 0.95)] * 1000:.1f} ms"


def timed_pages(address: str, seconds: float) -> list[float]:
    """Seconds that each of many readings of one page takes."""
    times = []
    until = time.monotonic() + seconds
    with httpx.Client(timeout=60) as client:
        while time.monotonic() < until:
            begun = time.perf_counter()
            client.get(f"{address}/timeline").raise_for_status()
            times.append(time.perf_counter() - begun)
            time.sleep(0.05)
    return times


def strangers(address: str, seconds: float, answers: multiprocessing.Queue[dict[str, int]]) -> None:
    """Fifty clients that ask for too much, in a process of their own."""
    found: Counter[str] = Counter()
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        with httpx.Client(timeout=60) as session:
            while time.monotonic() < until:
                answer = session.get(f"{address}/api/v1/sql", params={"q": HOSTILE[number % len(HOSTILE)]})
                found[str(answer.status_code)] += 1
                number += 1
                if answer.status_code == 429:
                    time.sleep(0.5)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(dict(found))


def main() -> None:
    """Serve a record, ask, disturb, measure."""
    root = Path(tempfile.mkdtemp(prefix="sql-"))
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    build(without_limits(Home(root)))  # fifty strangers from one address
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(PACKAGE.parent / "streamlit_app.py"), "--server.port", str(port),
         "--server.address", "127.0.0.1", "--server.headless", "true"],
        cwd=PACKAGE.parent, env={"PATH": "/usr/bin:/bin", HOME_VARIABLE: str(root)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                if httpx.get(f"{address}/timeline", timeout=10).is_success:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        with httpx.Client(timeout=60) as client:
            times, inside = [], []
            for _ in range(100):
                begun = time.perf_counter()
                answer = client.get(f"{address}/api/v1/sql", params={"q": SMALL})
                times.append(time.perf_counter() - begun)
                inside.append(json.loads(answer.text)["seconds"])
            print(f"small question over HTTP: {spread(times[5:])}; in the child: {spread(inside[5:])}")
        print(f"a page, nothing else asked: {spread(timed_pages(address, 6))}")
        answers: multiprocessing.Queue[dict[str, int]] = multiprocessing.Queue()
        attack = multiprocessing.Process(target=strangers, args=(address, SECONDS, answers))
        attack.start()
        pages: list[float] = []
        reader = threading.Thread(target=lambda: pages.extend(timed_pages(address, SECONDS)))
        reader.start()
        peak = 0
        while reader.is_alive():
            peak = max(peak, memory_of(server.pid))
            time.sleep(0.1)
        print(f"a page, while 50 strangers ask for too much: {spread(pages)}")
        print(
            f"server and children together: at most {peak / 1e6:.0f} MB; answers by status: {answers.get(timeout=60)}"
        )
        attack.join()
        begun = time.perf_counter()
        assert httpx.get(f"{address}/api/v1/sql", params={"q": "SELECT 1"}, timeout=60).status_code in (200, 429)
        print(f"the next question: {(time.perf_counter() - begun) * 1000:.0f} ms")
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
