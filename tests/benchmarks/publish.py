"""How long publishing thousands of pages takes: into an empty folder, again unchanged, and after one correction.

    python tests/benchmarks/publish.py [--times 6]

Prints seconds by the clock and of the processor, beside a fixed reckoning run before and after, by which a busy machine
is told from a quiet one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402

from data.home import Home  # noqa: E402
from scrapers.build import build  # noqa: E402
from tests.support.small_home import rows_of, write_rows  # noqa: E402
from tests.support.synthetic import synthetic_home  # noqa: E402

FIRST_S, AGAIN_S = 20.0, 2.0
"""What is asked of 5,000 pages on two quiet cores."""


def reckoning() -> float:
    """Seconds of the processor for a fixed piece of work."""
    before = time.process_time()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - before


def run(home: Home, folder: Path) -> tuple[float, float, dict[str, Any]]:
    """(seconds by the clock, seconds of the processor in it and its helpers, what the command says) of one whole
    `sim-record publish`. The processor's time is looked at five times a second: the last looks of helpers are lost."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "sim_record", "publish", str(folder), "--home", str(home.root), "--json",
         "--base-url", "https://record.example"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    used: dict[int, float] = {}
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            for one in [watched, *watched.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    times = one.cpu_times()
                    used[one.pid] = times.user + times.system
        time.sleep(0.2)
    wall = time.monotonic() - begun
    assert process.stdout is not None
    return wall, sum(used.values()), json.loads(process.stdout.read())


def correct(home: Home) -> None:
    """One row says something else."""
    path = home.register / "statements.csv"
    columns, rows = rows_of(path)
    rows[0]["summary"] = "Another summary, for the measurement of this program only."
    write_rows(path, columns, rows)
    build(home)


def main() -> int:
    """Measure, print a table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=6, help="how many times the register")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="publish-") as root:
        home = synthetic_home(Path(root) / "home", given.times)
        build(home)
        print(f"load {os.getloadavg()[0]:.1f}, reckoning {reckoning():.2f} s of the processor")
        missed = []
        for name, bar in (
            ("into an empty folder", FIRST_S),
            ("again, unchanged", AGAIN_S),
            ("one correction", FIRST_S),
        ):
            if name == "one correction":
                correct(home)
            wall, cpu, told = run(home, Path(root) / "out")
            print(
                f"{name:22} {wall:6.1f} s, {cpu:6.1f} s of the processor: {told['pages']:,} pages, {told['files']:,} files, "
                f"{told['written']:,} written, {told['removed']:,} removed"
            )
            missed += [name] if wall > bar else []
        print(f"load {os.getloadavg()[0]:.1f}, reckoning {reckoning():.2f} s of the processor")
    print(f"over {FIRST_S:g} s or {AGAIN_S:g} s: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
