"""Requests a second of a permanent page and of the API, beside Datasette with the same rows in the same run; and the
wait of a small answer under `streamlit run`.

    python tests/benchmarks/permalinks.py --datasette V/bin/datasette [--times 50] [--seconds 5] [--rounds 3]

Needs wrk (Debian: wrk), and Datasette in an environment of its own: `python3 -m venv V && V/bin/pip install
datasette==0.65.5`. Both serve the same synthetic register; Datasette does not suggest facets. The two are asked in turn.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402

from data.published import current_path  # noqa: E402
from scrapers.build import build  # noqa: E402
from tests.support.browser import app_of  # noqa: E402
from tests.support.datasette import NAME, datasette_of, export  # noqa: E402
from tests.support.limits import without_limits  # noqa: E402
from tests.support.synthetic import synthetic_home  # noqa: E402

PAGE_TIMES, API_TIMES, WAIT_MS = 5.0, 10.0, 10.0
"""What is asked: times Datasette's requests a second, and the most that a small answer may wait."""


def asked(address: str, seconds: float, connections: int = 8) -> tuple[float, float]:
    """(requests a second, median wait in ms) of an address. Raises RuntimeError where one answer is not a 2xx."""
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-H", "Accept-Encoding: gzip", address],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in told:
        raise RuntimeError(f"{address} does not answer as it should:\n{told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    wait = re.search(r"50%\s+([\d.]+)(us|ms|s)", told)
    assert rate and wait, told
    return float(rate[1]), float(wait[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[wait[2]]


def main() -> int:
    """Measure, print a table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasette", type=Path, required=True, help="the program, in an environment of its own")
    parser.add_argument("--times", type=int, default=50, help="how many times the register")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not shutil.which("wrk"):
        parser.error("wrk is not installed (Debian: apt-get install wrk)")
    with tempfile.TemporaryDirectory(prefix="permalinks-") as folder:
        home = without_limits(synthetic_home(Path(folder) / "home", given.times))
        build(home)
        database = Path(folder) / f"{NAME}.db"
        rows = export(current_path(home), database)
        with duckdb.connect(str(current_path(home)), read_only=True) as connection:
            found = connection.execute("SELECT statement_id FROM statement ORDER BY statement_id LIMIT 1").fetchone()
            counted = connection.execute("SELECT count(*) FROM statement").fetchone()
            position = connection.execute("SELECT mode(position) FROM statement").fetchone()
        assert found and counted and position
        query = f"position={position[0]}&_facet=org_id&_facet=source_id"
        kinds = {
            "one row as a page": (f"/statements/{found[0]}", f"/{NAME}/statement/1", PAGE_TIMES),
            "filter and facets as JSON": (
                f"/api/v1/statement.json?{query}&_limit=20",
                f"/{NAME}/statement.json?{query}&_size=20",
                API_TIMES,
            ),
        }
        missed = []
        with (
            app_of(home, Path(folder) / "log") as (ours, _),
            datasette_of(given.datasette, database, Path(folder) / "datasette", "suggest_facets", "off") as (theirs, _),
        ):
            time.sleep(3)  # the pages are made warm beside the start
            print(f"{counted[0]:,} statements of {rows:,} rows, load {os.getloadavg()[0]:.1f}")
            for name, (own, other, bar) in kinds.items():
                asked(ours + own, 1), asked(theirs + other, 1)
                pairs = [
                    (asked(ours + own, given.seconds)[0], asked(theirs + other, given.seconds)[0])
                    for _ in range(given.rounds)
                ]
                times = statistics.median(one / two for one, two in pairs)
                rates = [statistics.median(rate) for rate in zip(*pairs, strict=True)]
                print(f"{name:28} {rates[0]:8.0f} a second, Datasette {rates[1]:7.1f}: {times:6.1f} times")
                missed += [name] if times < bar else []
            wait = asked(f"{ours}/robots.txt", given.seconds, 1)[1]
            print(f"a small answer waits {wait:.1f} ms under `streamlit run` (one connection, median)")
            missed += ["a small answer"] if wait > WAIT_MS else []
    print(f"under {PAGE_TIMES:g} or {API_TIMES:g} times, over {WAIT_MS:g} ms: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
