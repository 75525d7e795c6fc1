"""Load: readers who change filters, and requests of permanent pages, together; then more of each until it breaks.

    python tests/benchmarks/load.py --readers 100 --requests 200 --seconds 60 [--until-it-breaks] [--minutes 10]

Makes a home with the register, limits switched off (all load comes from one address), and serves it by `sim-record
serve`. Each reader is a session on Streamlit's websocket: it opens one of the pages (all pages in turn) and changes a
filter of it every 10 s, beginning at a random moment; where a page has no filter it is asked for again. After
--stay seconds a reader leaves and another comes. Permanent pages are asked for --requests times a second whether or not
earlier answers have come; a wait is counted from the moment at which the request was due, so that a stall is seen in
full. Memory is that of the server and all it started.

With --until-it-breaks readers and requests are raised by half at each step until an answer fails or a bar is missed;
with --minutes one step lasts so long, and memory in its last third is held against that in its middle third.

The load comes from this same machine, by one process: what it takes of the processor is printed as well, and how late
it woke itself, as those waits are not the server's. On a machine that does other work too, let the run go first (root):

    setsid -w bash -c 'echo -19 > /proc/self/autogroup; exec python tests/benchmarks/load.py …'
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
import websockets  # noqa: E402

from dashboard.plain import ADDRESSES  # noqa: E402
from data.home import HOME_VARIABLE, Home  # noqa: E402
from scrapers.build import build  # noqa: E402
from tests.support.limits import without_limits  # noqa: E402
from tests.support.processes import memory_of, running  # noqa: E402
from tests.support.readers import Reader  # noqa: E402
from tests.support.synthetic import synthetic_home  # noqa: E402

PAGE_S, PERMALINK_S, MEMORY_BYTES, GROWTH = 1.5, 0.1, 1_000_000_000, 1.05
"""What is asked: p95 of a page and of a permalink, the most memory, and times the memory of the middle at the end."""
EVERY_S: Final = 10.0
"""Between two changes of one reader, and between two looks at memory."""
CONNECTIONS: Final = 64
MORE: Final = 1.5
ROWS: Final = re.compile(
    r"<loc>([^<]+/(?:statements|timeline|organisations|concerns|reviews|adoptions|documents)/[^<]+)<"
)


class Permalinks:
    """Requests at a fixed rate over kept connections, each timed from the moment at which it was due."""

    def __init__(self, site: str, paths: Sequence[str], chance: random.Random) -> None:
        parts = urlsplit(site)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.paths, self.chance = paths, chance
        self.waits: list[float] = []
        self.first: list[float] = []
        """Those of the first ten seconds, when most pages are made for the first time."""
        self.late: list[float] = []
        self.errors: Counter[str] = Counter()
        self._idle: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
        self._open = 0
        self.until = 0.0

    async def at_rate(self, rate: float, seconds: float) -> None:
        """Ask `rate` times a second for so long, then wait for what is under way."""
        under_way: set[asyncio.Task[None]] = set()
        begun = time.perf_counter()
        self.until = begun + EVERY_S
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            ahead = due - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)
            self.late.append(max(0.0, time.perf_counter() - due))
            task = asyncio.create_task(self._ask(self.chance.choice(self.paths), due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        if under_way:
            await asyncio.wait(under_way)

    async def _ask(self, path: str, due: float) -> None:
        try:
            async with asyncio.timeout(30):
                reader, writer = await self._connection()
                try:
                    status = await self._exchange(reader, writer, path)
                except BaseException:
                    self._open -= 1
                    writer.close()
                    raise
                self._idle.put_nowait((reader, writer))
            self._note(due)
            if status != 200:
                self.errors[f"{path.split('/')[1]}: {status}"] += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self._note(due)
            self.errors[type(error).__name__] += 1

    def _note(self, due: float) -> None:
        wait = time.perf_counter() - due
        self.waits.append(wait)
        if due < self.until:
            self.first.append(wait)

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while not self._idle.empty():  # the server closes what lies idle for a few seconds
            reader, writer = self._idle.get_nowait()
            if not reader.at_eof():
                return reader, writer
            writer.close()
            self._open -= 1
        if self._open < CONNECTIONS:
            self._open += 1
            try:
                return await asyncio.open_connection(self.host, self.port, limit=1_000_000)
            except OSError:
                self._open -= 1
                raise
        return await self._idle.get()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
        """Ask and read the whole answer; its status."""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", head)
        if length:
            await reader.readexactly(int(length[1]))
        else:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        return int(head.split(b" ", 2)[1])


@dataclass
class Crowd:
    """Readers who come, change filters and leave."""

    site: str
    chance: random.Random
    stay: float
    opened: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    by_page: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    async def read(self, number: int, end: float) -> None:
        """One seat of the crowd, taken by one reader after another until `end`."""
        turn = number
        await asyncio.sleep(self.chance.uniform(0, min(EVERY_S, max(0.0, end - time.perf_counter()))))
        leave = time.perf_counter() + self.chance.uniform(0.3, 1) * self.stay
        while time.perf_counter() < end:
            reader = Reader(self.site, ADDRESSES[turn % len(ADDRESSES)])
            try:
                begun = time.perf_counter()
                await reader.open()
                await reader.run(look=True)
                self.opened.append(time.perf_counter() - begun)
                due = begun + EVERY_S
                while due < min(end, leave):
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
                    reader.choose(self.chance)
                    await reader.run()
                    wait = time.perf_counter() - due
                    self.changed.append(wait)
                    self.by_page.setdefault(reader.page.path, []).append(wait)
                    due += EVERY_S
                await asyncio.sleep(max(0.0, min(due, end) - time.perf_counter()))
            except (OSError, TimeoutError, RuntimeError, websockets.WebSocketException) as error:
                self.errors[f"{reader.page.path}: {type(error).__name__} {error}"[:160]] += 1
                await asyncio.sleep(1)
            finally:
                with contextlib.suppress(Exception):
                    await reader.close()
            turn, leave = turn + 1, time.perf_counter() + self.stay


@dataclass
class Memory:
    """What a process and its children hold, looked at every ten seconds."""

    pid: int
    looks: list[tuple[float, int]] = field(default_factory=list)

    async def watch(self) -> None:
        """Look until cancelled."""
        begun = time.perf_counter()
        while True:
            self.looks.append((time.perf_counter() - begun, memory_of(self.pid)))
            await asyncio.sleep(EVERY_S)

    def growth(self) -> float:
        """Times the memory of the middle third that the last third holds (medians)."""
        held = [size for _, size in self.looks]
        third = len(held) // 3
        if third < 3:
            return 1.0
        return statistics.median(held[-third:]) / statistics.median(held[third : 2 * third])


@dataclass(frozen=True)
class Step:
    """One step: so many readers and requests a second, what they waited, and what was missed."""

    readers: int
    rate: float
    crowd: Crowd
    links: Permalinks
    memory: Memory
    seconds: float
    own_cpu: float
    server_cpu: float

    def broken(self, *, flat: bool) -> list[str]:
        """What is asked and does not hold."""
        found = []
        pages = [*self.crowd.changed, *self.crowd.opened]
        if self.crowd.errors or self.links.errors:
            found.append(f"errors: {dict(self.crowd.errors + self.links.errors)}")
        if pages and part(pages, 0.95) > PAGE_S:
            found.append(f"pages: p95 {part(pages, 0.95):.2f} s > {PAGE_S} s")
        if self.links.waits and part(self.links.waits, 0.95) > PERMALINK_S:
            found.append(f"permalinks: p95 {part(self.links.waits, 0.95) * 1000:.0f} ms > {PERMALINK_S * 1000:.0f} ms")
        most = max(size for _, size in self.memory.looks)
        if most > MEMORY_BYTES:
            found.append(f"memory: {most / 1e6:.0f} MB > {MEMORY_BYTES / 1e6:.0f} MB")
        if flat and self.memory.growth() > GROWTH:
            found.append(f"memory: the last third holds {self.memory.growth():.3f} times the middle third")
        return found


def part(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    total = 0.0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            used = process.cpu_times()
            total += used.user + used.system
    return total


async def step(
    site: str, pid: int, paths: Sequence[str], readers: int, rate: float, seconds: float, stay: float, seed: int
) -> Step:
    """One step of load."""
    crowd = Crowd(site, random.Random(seed), stay)
    links = Permalinks(site, paths, random.Random(seed + 1))
    memory = Memory(pid)
    watch = asyncio.create_task(memory.watch())
    before, own = cpu_of(pid), time.process_time()
    end = time.perf_counter() + seconds
    await asyncio.gather(links.at_rate(rate, seconds), *(crowd.read(number, end) for number in range(readers)))
    used, own_used = cpu_of(pid) - before, time.process_time() - own
    memory.looks.append((seconds, memory_of(pid)))
    watch.cancel()
    return Step(readers, rate, crowd, links, memory, seconds, own_used, used)


def tell(one: Step, broken: Sequence[str], *, by_page: bool) -> None:
    """Print one step."""
    crowd, links = one.crowd, one.links
    print(
        f"\n{one.readers} readers, {one.rate:g} permalinks a second, {one.seconds:g} s; processors: server "
        f"{one.server_cpu / one.seconds:.2f}, load {one.own_cpu / one.seconds:.2f}; load average {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':26} {'number':>8} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9} {'errors':>7}")
    rows: list[tuple[str, Sequence[float], int]] = [
        ("a page opened", crowd.opened, 0),
        ("a filter changed", crowd.changed, crowd.errors.total()),
        ("permalinks", links.waits, links.errors.total()),
        ("  of the first 10 s", links.first, 0),
        ("(the load's own lateness)", links.late, 0),
    ]
    if by_page:
        rows += [(f"  {path}", waits, 0) for path, waits in sorted(crowd.by_page.items())]
    for name, waits, errors in rows:
        told = " ".join(f"{part(waits, share) * 1000:6.0f} ms" for share in (0.5, 0.95, 0.99, 1))
        print(f"{name:26} {len(waits):8,} {told} {errors:7}")
    held = [f"{size / 1e6:.0f}" for _, size in one.memory.looks]
    shown = held if len(held) <= 13 else held[:: len(held) // 12]
    print(f"memory, MB, from start to end: {', '.join(shown)}; most {max(s for _, s in one.memory.looks) / 1e6:.0f}")
    print(f"does not hold: {'; '.join(broken) or 'nothing'}", flush=True)


def permalinks(site: str) -> list[str]:
    """Addresses of rows in the site's own map, spread over their kinds."""
    import httpx

    found = [urlsplit(address).path for address in ROWS.findall(httpx.get(f"{site}/sitemap.xml").text)]
    if not found:
        raise RuntimeError("the site's map names no row")
    return found


def main() -> int:
    """Load, print, 1 where the first step misses what is asked of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--requests", type=float, default=200, help="permalinks a second")
    parser.add_argument("--seconds", type=float, default=60, help="of each step")
    parser.add_argument("--minutes", type=float, help="one step of so many minutes; memory has to stay flat")
    parser.add_argument("--stay", type=float, default=120, help="seconds until a reader leaves and another comes")
    parser.add_argument("--until-it-breaks", action="store_true", help="more of each by half, until something breaks")
    parser.add_argument("--steps", type=int, default=8, help="at most so many steps")
    parser.add_argument("--by-page", action="store_true", help="waits of each page by itself")
    parser.add_argument(
        "--warm", type=float, default=8, help="seconds before the load comes: pages are made beside the start"
    )
    parser.add_argument("--times", type=int, default=1, help="how many times the register (made up rows above 1)")
    parser.add_argument("--log", type=Path, help="keep what the server prints in this file")
    given = parser.parse_args()
    seconds = given.minutes * 60 if given.minutes else given.seconds
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        home = without_limits(synthetic_home(Path(name) / "home", given.times))
        build(home)
        log = given.log or Path(name) / "log"
        with running(serve(home), "the record", env={**os.environ, HOME_VARIABLE: str(home.root)}, log=log) as (
            site,
            pid,
        ):
            time.sleep(given.warm)
            paths = permalinks(site)
            first: list[str] = []
            for number in itertools.count():
                readers, rate = round(given.readers * MORE**number), given.requests * MORE**number
                one = asyncio.run(step(site, pid, paths, readers, rate, seconds, given.stay, number))
                broken = one.broken(flat=bool(given.minutes))
                tell(one, broken, by_page=given.by_page)
                first = first if number else broken
                if broken or not given.until_it_breaks or number + 1 >= given.steps:
                    break
    if given.until_it_breaks:
        print(f"\nbreaks at {readers} readers and {rate:g} permalinks a second: {'; '.join(broken) or 'not yet'}")
    return 1 if first else 0


def serve(home: Home) -> Callable[[int], Sequence[str | Path]]:
    """The command that a reader of the README uses."""
    return lambda port: [sys.executable, "-m", "sim_record", "serve", "--port", str(port), "--home", str(home.root)]


if __name__ == "__main__":
    sys.exit(main())
