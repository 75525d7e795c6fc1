"""What each page costs, and how fast it comes: CPU of a page run, a burst of readers, first contentful paint.

    python tests/benchmarks/pages.py [--times 20] [--readers 50] [--rounds 5] [--page /rollout] [--datasette PROGRAM]

Makes a home with the register `--times` over (synthetic rows, marked so), starts the dashboard on it, and asks each
page by the websocket that a browser uses: one reader again and again (CPU seconds of the server's process a run, once
warm), then many at once (each has its page when its script has finished). First contentful paint is Chromium's own
figure, on a fresh browser context each time, median of the rounds. Readers share the machine with the server: times
are of the machine at hand, and of all that runs beside.

With --datasette (the program of an environment with datasette 0.65 in it) the same tables are served by Datasette in
the same run, page and table taken in turn: CPU of one answer, the same number of readers asking at once over HTTP, and
first contentful paint. For a fair look our plain answer over HTTP, which is what a reader sees first, is asked as well.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
import psutil  # noqa: E402

from dashboard.plain import ADDRESSES, Address  # noqa: E402
from data.published import current_path  # noqa: E402
from scrapers.build import build  # noqa: E402
from tests.support import datasette  # noqa: E402
from tests.support.browser import PAGE_MS, app_of, missing, open_browser  # noqa: E402
from tests.support.limits import without_limits  # noqa: E402
from tests.support.readers import Reader  # noqa: E402
from tests.support.synthetic import synthetic_home  # noqa: E402

CPU_MS, BURST_S, PAINT_MS = 15.0, 0.6, 300.0
"""What is asked of each page."""


@dataclass(frozen=True)
class Cost:
    """One page: milliseconds of CPU a run, seconds (p50, p95) in a burst, milliseconds to first paint, kB of the run."""

    path: str
    cpu_ms: float
    p50: float
    p95: float
    paint_ms: float
    kilobytes: float


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far, in itself and the system."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


async def cost_of_runs(site: str, pid: int, page: Address, runs: int = 40) -> tuple[float, float]:
    """(CPU ms of one warm run, kB that it sends)."""
    reader = Reader(site, page)
    await reader.open()
    for _ in range(8):
        _, size = await reader.run()
    before = cpu_of(pid)
    for _ in range(runs):
        _, size = await reader.run()
    used = cpu_of(pid) - before
    await reader.close()
    return used * 1000 / runs, size / 1000


async def burst(site: str, page: Address, readers: int, rounds: int) -> list[float]:
    """Seconds of each reader, all asking at the same moment; every round with sessions of its own."""
    times: list[float] = []
    for _ in range(rounds):
        crowd = [Reader(site, page) for _ in range(readers)]
        await asyncio.gather(*(reader.open() for reader in crowd))
        times += [seconds for seconds, _ in await asyncio.gather(*(reader.run() for reader in crowd))]
        await asyncio.gather(*(reader.close() for reader in crowd))
        await asyncio.sleep(0.3)
    return sorted(times)


def first_paint(tab: Any) -> float:
    """Milliseconds to the first contentful paint of the page that a tab shows; asked until the browser has noted it."""
    for _ in range(200):
        found = tab.evaluate("(performance.getEntriesByName('first-contentful-paint')[0] || {}).startTime")
        if found is not None:
            return float(found)
        tab.wait_for_timeout(25)
    return float("nan")


def paints(addresses: dict[str, str], rounds: int) -> dict[str, float]:
    """Median first contentful paint of each named address, ms, taken in turn; NaN without a browser."""
    if missing():
        print(missing(), file=sys.stderr)
        return dict.fromkeys(addresses, float("nan"))
    seen: dict[str, list[float]] = {name: [] for name in addresses}
    with open_browser() as browser:
        for _ in range(rounds):
            for name, address in addresses.items():
                context = browser.new_context(viewport={"width": 1280, "height": 900})
                tab = context.new_page()
                tab.goto(address, timeout=PAGE_MS)
                seen[name].append(first_paint(tab))
                context.close()
    return {name: statistics.median(found) for name, found in seen.items()}


@dataclass(frozen=True)
class Answer:
    """One address over HTTP: milliseconds of the server's CPU an answer, seconds (p95) in a burst."""

    cpu_ms: float
    p95: float


async def answers(address: str, pid: int, readers: int, rounds: int, runs: int = 10) -> Answer:
    """Ask one address again and again, then by many readers at once, each with a connection of its own."""
    async with httpx.AsyncClient(timeout=60) as client:
        for _ in range(2):
            (await client.get(address)).raise_for_status()
        before = cpu_of(pid)
        for _ in range(runs):
            (await client.get(address)).raise_for_status()
        used = cpu_of(pid) - before

    async def timed(client: httpx.AsyncClient) -> float:
        begun = time.perf_counter()
        (await client.get(address)).raise_for_status()
        return time.perf_counter() - begun

    times: list[float] = []
    for _ in range(rounds):
        crowd = [httpx.AsyncClient(timeout=60) for _ in range(readers)]
        times += await asyncio.gather(*(timed(client) for client in crowd))
        await asyncio.gather(*(client.aclose() for client in crowd))
    return Answer(used * 1000 / runs, sorted(times)[int(len(times) * 0.95)])


def main() -> int:
    """Measure, print a table; 1 where a page misses what is asked of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="how many times the register")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", action="append", help="only these addresses")
    parser.add_argument("--datasette", type=Path, help="the program datasette, to measure it beside")
    asked = parser.parse_args()
    pages = [page for page in ADDRESSES if not asked.page or page.path in asked.page]
    with tempfile.TemporaryDirectory(prefix="pages-") as name, contextlib.ExitStack() as open_things:
        folder = Path(name)
        home = without_limits(synthetic_home(folder / "home", asked.times))
        build(home)
        site, pid = open_things.enter_context(app_of(home, folder / "log"))
        addresses = {page.path: site + page.path for page in pages}
        rival = None
        if asked.datasette:
            datasette.export(current_path(home), folder / f"{datasette.NAME}.db")
            rival = open_things.enter_context(
                datasette.datasette_of(asked.datasette, folder / f"{datasette.NAME}.db", folder / "rival.log")
            )
            addresses |= {f"beside {page.path}": datasette.address_of(rival[0], page.path) for page in pages}
        time.sleep(3)  # the pages are made warm beside the start
        painted = paints(addresses, asked.rounds)
        costs, beside = [], []
        for page in pages:
            cpu, size = asyncio.run(cost_of_runs(site, pid, page))
            times = asyncio.run(burst(site, page, asked.readers, asked.rounds))
            p95 = times[int(len(times) * 0.95)]
            costs.append(Cost(page.path, cpu, statistics.median(times), p95, painted[page.path], size))
            if rival is not None:
                ours = asyncio.run(answers(site + page.path, pid, asked.readers, 1))
                its = asyncio.run(answers(addresses[f"beside {page.path}"], rival[1], asked.readers, 1))
                beside.append((page.path, ours, its))
            print(f"{page.path} is measured", file=sys.stderr, flush=True)
    tell(costs, asked.times, asked.readers, asked.rounds)
    tell_beside(beside, painted)
    missed = [one.path for one in costs if one.cpu_ms > CPU_MS or one.p95 > BURST_S or one.paint_ms > PAINT_MS]
    print(f"over {CPU_MS:.0f} ms, {BURST_S} s or {PAINT_MS:.0f} ms: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def tell(costs: list[Cost], times: int, readers: int, rounds: int) -> None:
    """Print what each page costs."""
    print(f"register × {times}, {readers} readers at once, {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print(f"{'page':12} {'CPU a run':>10} {'burst p50':>10} {'burst p95':>10} {'first paint':>12} {'sent':>9}")
    for one in costs:
        print(
            f"{one.path:12} {one.cpu_ms:7.1f} ms {one.p50:8.2f} s {one.p95:8.2f} s {one.paint_ms:9.0f} ms "
            f"{one.kilobytes:6.0f} kB"
        )


def tell_beside(beside: list[tuple[str, Answer, Answer]], painted: dict[str, float]) -> None:
    """Print our plain answer beside Datasette's table, and how many times quicker ours is."""
    if not beside:
        return
    print("\nover HTTP, ours / Datasette's nearest table (the same rows, in turn)")
    print(f"{'page':12} {'CPU an answer':>20} {'burst p95':>18} {'first paint':>20}   Datasette's")
    for path, ours, its in beside:
        print(
            f"{path:12} {ours.cpu_ms:6.1f} / {its.cpu_ms:6.1f} ms {ours.p95:7.2f} / {its.p95:5.2f} s "
            f"{painted[path]:8.0f} / {painted[f'beside {path}']:5.0f} ms   {datasette.TABLES[path] or 'its list of tables'}"
        )
    shares = [its.cpu_ms / ours.cpu_ms for _, ours, its in beside if ours.cpu_ms]
    if shares:
        print(f"CPU an answer: Datasette takes {statistics.median(shares):.1f} times ours (median of the pages)")


if __name__ == "__main__":
    sys.exit(main())
