"""How the record grows: pages, captures and passages a thousandfold, and what each costs. All of it is made up.

    python tests/benchmarks/growth.py --sources 1000 [--captures 10] [--passages 20] [--publish 1] [--folder DIR] [--json]

Makes a home with so many synthetic pages (marked so), then measures, each in a process of its own: the first build, a
build after nothing changed, one after 1 in 100 pages changed, opening the published record, each page's queries for the
first reader, permanent pages, API and search, and what the files weigh. Seconds of wall and of processor time, peak
memory in MB. 1,000 pages end within 8 minutes.

The static edition is published whole by the command line, into an empty folder and again unchanged; its memory is what
its processes held at one moment together (proportional set size, looked at twice a second). That takes long for very
many pages: `--publish 0.01` makes one address in 100 (in stretches), in one process and for no folder of a reader's, and says how
many there are; `--publish 0` none.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from data.home import HOME_VARIABLE, Home  # noqa: E402
from tests.support.grown_home import Size, collect_again, grown_home, source_id  # noqa: E402
from tests.support.processes import held_by  # noqa: E402

SECONDS = 3600
STRETCH = 400
"""Addresses one after the other that are made of a part of the static edition: neighbours share what is read."""
TURNS = 2
"""So many times 1 % changes: the first incremental build is not measured alone."""


@dataclass(frozen=True)
class Grown(Size):
    """The size, and which share of its static edition is made."""

    publish: float = 1.0


@dataclass(frozen=True)
class Cost:
    """One step: seconds of wall and processor, peak MB of the process, and what it told."""

    wall: float
    cpu: float
    peak_mb: float
    told: dict[str, Any]


# -- steps, each in a process of its own


def step_build(home: Home, _size: Grown) -> dict[str, Any]:
    from scrapers.build import build

    made = build(home)
    return {"published": made.path.name, "notes": list(made.notes), "rows": made.rows}


def step_open(home: Home, _size: Grown) -> dict[str, Any]:
    """The published record opened, and one row read."""
    from dashboard.record import Store

    begun = time.perf_counter()
    record = Store(home).current()
    record.rows("SELECT built_at FROM build")
    return {"open": time.perf_counter() - begun}


def step_pages(home: Home, size: Grown) -> dict[str, Any]:
    """Each address for the first reader of a new record and for the next one, in ms of processor time."""
    from dashboard.parts.params import Params
    from dashboard.permalinks.pages import index_of, page_of
    from dashboard.plain import ADDRESSES
    from dashboard.start import START, Context

    os.environ[HOME_VARIABLE] = str(home.root)
    context = START.state()
    assert isinstance(context, Context), context
    some = source_id(size.sources // 2)
    asked: dict[str, Callable[[], object]] = {
        address.path: (lambda address=address: address.plain(context, Params())) for address in ADDRESSES
    }
    documents = next(address for address in ADDRESSES if address.path == "/documents")
    asked["/documents?source=…"] = lambda: documents.plain(context, Params.given({"source": some}))
    asked["/documents/<id>"] = lambda: page_of(context, "source", some)
    asked["/sources"] = lambda: index_of(context, "source")
    for each in asked.values():  # imports and compiled templates are not the record's
        each()
    found = {}
    for name, each in asked.items():
        context.record._memo.clear()
        first = cost_ms(each)
        found[name] = {"first": first[0], "next": cost_ms(each)[0], "wall": first[1]}
    return found


def step_api(home: Home, size: Grown) -> dict[str, Any]:
    """Addresses that are asked by programs, in ms of processor time, over the app's own routes without a socket."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from dashboard.server import ROUTES

    os.environ[HOME_VARIABLE] = str(home.root)
    client = TestClient(Starlette(routes=list(ROUTES)))
    some = source_id(size.sources // 2)
    found = {}
    for path in (
        "/api/v1/source.json?_limit=20",
        f"/api/v1/capture.json?source_id={some}",
        "/api/v1/timeline.json?_limit=20",
        "/feeds/timeline.atom",
        f"/feeds/source/{some}.atom",
    ):
        times = []
        for _ in range(4):
            answers: list[Any] = []
            times.append(cost_ms(lambda path=path, answers=answers: answers.append(client.get(path))))
            answer = answers[0]
            assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        found[path.replace(some, "<id>")] = {
            "first": times[0][0],
            "next": statistics.median(cpu for cpu, _ in times[1:]),
            "wall": times[0][1],
        }
    return found


def cost_ms(work: Callable[[], object]) -> tuple[float, float]:
    """(ms of processor time in this process, ms of wall) of something."""
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - begun) * 1000


def step_search(home: Home, _size: Grown) -> dict[str, Any]:
    from dashboard.search.query import search

    asked = ("amber harbour", '"lantern marble"', "examplebury scheme", "kestrel* quarry", "saffron year:2016")
    search(home, "anything")
    times, hits = [], 0
    for text in asked * 5:
        answer = search(home, text)
        times.append(answer.seconds * 1000)
        hits += answer.total
    return {"median": statistics.median(times), "most": max(times), "hits": hits}


def step_publish_part(home: Home, size: Grown) -> dict[str, Any]:
    """One address in so many made into files that nobody is shown, in this process."""
    from dashboard.publish.folder import Folder
    from dashboard.publish.maker import Maker
    from dashboard.publish.publish import first_addresses

    with (
        tempfile.TemporaryDirectory(prefix="growth-part-") as target,
        Folder(Path(target)) as folder,
        Maker(home, folder, "https://record.example", pictures=False) as maker,
    ):
        found = list(dict.fromkeys(first_addresses(maker.context)))
        parts = round(1 / size.publish)
        chosen = [path for place, path in enumerate(found) if place // STRETCH % parts == parts // 2]
        tables = cost_ms(lambda: maker.make("/downloads"))[0] / 1000  # once, by the number of rows
        begun, cpu = time.perf_counter(), time.process_time()
        made = [maker.make(path) for path in chosen]
        spent = time.process_time() - cpu
        return {
            "tables": tables,
            "addresses": len(found), "made": len(made), "pages": sum(one.name.endswith(".html") for one in made),
            "ms": spent * 1000 / len(made), "wall_ms": (time.perf_counter() - begun) * 1000 / len(made),
        }  # fmt: skip


STEPS: dict[str, Callable[[Home, Grown], dict[str, Any]]] = {
    "build": step_build,
    "open": step_open,
    "pages": step_pages,
    "api": step_api,
    "search": step_search,
    "publish-part": step_publish_part,
}


def peak_mb() -> float:
    """MB that this process held at most. Where the system says so, since its program began: what getrusage gives holds
    the size of the process that started it."""
    try:
        told = Path("/proc/self/status").read_text(encoding="ascii")
        return int(told.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_step(name: str, home: Home, size: Grown) -> None:
    """Run one step and print what it cost as JSON."""
    begun, cpu = time.perf_counter(), time.process_time()
    told = STEPS[name](home, size)
    wall, used = time.perf_counter() - begun, time.process_time() - cpu
    print(json.dumps(asdict(Cost(wall, used, peak_mb(), told))))


def measured(name: str, home: Home, size: Grown) -> Cost:
    """One step in a process of its own."""
    command = [sys.executable, __file__, "--step", name, "--folder", str(home.root)]
    command += ["--sources", str(size.sources), "--captures", str(size.captures), "--passages", str(size.passages)]
    command += ["--publish", str(size.publish)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    return Cost(**json.loads(done.stdout.strip().splitlines()[-1]))


def publish(home: Home, target: Path) -> Cost:
    """The static edition by the command line."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "sim_record", "publish", str(target), "--home", str(home.root), "--json"]
    most = 0.0
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as trouble:
        process = subprocess.Popen(command, stdout=said, stderr=trouble)
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                most = max(most, held_by(process.pid)[1] / 1e6)
            time.sleep(0.5)
        for each in (said, trouble):
            each.seek(0)
        if process.returncode not in (0, 1):
            raise SystemExit(f"publish failed:\n{trouble.read()[-3000:]}")
        told = json.load(said)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kept = {name: told[name] for name in ("pages", "files", "written")}
    return Cost(time.perf_counter() - begun, cpu, most, {**kept, "mb": weight(target)})


def weight(path: Path) -> float:
    """MB of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--captures", type=int, default=10)
    parser.add_argument("--passages", type=int, default=20)
    parser.add_argument("--publish", type=float, default=1.0, help="share of the static edition that is made, 0 to 1")
    parser.add_argument("--folder", type=Path, help="where the home is made (default: a folder that is removed after)")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    asked = parser.parse_args()
    size = Grown(asked.sources, asked.captures, asked.passages, asked.publish)
    if asked.step:
        one_step(asked.step, Home(asked.folder), size)
        return
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="growth-"))
    try:
        figures = measure(folder / "home", size)
    finally:
        if asked.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    if asked.json:
        print(json.dumps(figures))


def measure(root: Path, size: Grown) -> dict[str, Any]:
    """All figures of one size, printed as they come."""
    begun = time.perf_counter()
    home = grown_home(root, size)
    print(
        f"{size.sources:,} pages, {size.captures} captures each, {size.passages} passages a capture (synthetic): "
        f"made in {time.perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    figures: dict[str, Any] = {"size": asdict(size)}

    def show(name: str, cost: Cost) -> None:
        figures[name] = {"wall": cost.wall, "cpu": cost.cpu, "peak_mb": cost.peak_mb} | cost.told
        print(f"{name:32} {cost.wall:8.2f} s  processor {cost.cpu:8.2f} s  peak {cost.peak_mb:6.0f} MB", flush=True)

    show("first build", measured("build", home, size))
    show("build, nothing changed", measured("build", home, size))
    for turn in range(TURNS):
        changed = collect_again(home, size, 100, turn)
        show(f"build, {changed:,} pages changed ({turn + 1})", measured("build", home, size))
    opened = measured("open", home, size)
    show("open", opened)
    print(f"  opened in {opened.told['open'] * 1000:.1f} ms")
    for step in ("pages", "api"):
        cost = measured(step, home, size)
        show(step, cost)
        for name, ms in cost.told.items():
            print(f"  {name:36} first {ms['first']:8.1f} ms ({ms['wall']:.0f} wall)  next {ms['next']:7.2f} ms")
    found = measured("search", home, size)
    show("search", found)
    print(f"  median {found.told['median']:.1f} ms, most {found.told['most']:.1f} ms, {found.told['hits']:,} found")
    if size.publish >= 1:
        for name in ("publish", "publish again, unchanged"):
            cost = publish(home, root.parent / "static")
            show(name, cost)
            print(f"  {cost.told['pages']:,} pages, {cost.told['files']:,} files, {cost.told['mb']:.0f} MB")
    elif size.publish > 0:
        cost = measured("publish-part", home, size)
        show("publish, a part in one process", cost)
        print(
            f"  {cost.told['made']:,} of {cost.told['addresses']:,} addresses, {cost.told['ms']:.2f} ms each; "
            f"the tables to take away {cost.told['tables']:.1f} s"
        )
    newest = max(home.root.glob("record-*.duckdb"), key=lambda path: path.stat().st_mtime)
    for name, path in (
        ("working database", home.work_database), ("record", newest), ("search index", home.root / "search.sqlite")
    ):  # fmt: skip
        figures[f"{name} MB"] = weight(path)
        print(f"{name:32} {weight(path):8.1f} MB")
    return figures


if __name__ == "__main__":
    main()
