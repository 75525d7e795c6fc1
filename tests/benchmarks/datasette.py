"""The same rows asked of this record and of Datasette, in turns: search, a page with facets, SQL.

    python tests/benchmarks/datasette.py --datasette PATH [--passages 100000] [--rounds 60]

PATH is the `datasette` program of a virtual environment of its own (pip install datasette==0.65.5). Both servers run as
their readers start them, with their own defaults, over the same passages, sources and bodies; Datasette's search is
SQLite's FTS5 with the porter stemmer, as its documentation sets it up. Every address is asked once only, so that no
kept answer is measured, and the two are asked in turns, so that what else the machine does hits both alike.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import httpx
import numpy as np
import psutil

from data.home import PACKAGE, Home
from scrapers.build import build
from scrapers.index import update_index
from tests.benchmarks.search import OFTEN, add_passages, spread, vocabulary
from tests.support.browser import app_of
from tests.support.limits import without_limits
from tests.support.processes import free_port

TABLES = {
    "organisation": "org_id, name, kind, region",
    "source": "source_id, title, kind, publisher_id, url",
    "statement": "statement_id, org_id, position, published_on, summary, source_id",
    "passage": "passage_id, source_id, position, kind, text",
}
FTS = """CREATE VIRTUAL TABLE passage_fts USING fts5(text, tokenize = 'porter', content = 'passage');
INSERT INTO passage_fts (rowid, text) SELECT rowid, text FROM passage;
CREATE INDEX passage_source ON passage (source_id); CREATE INDEX passage_kind ON passage (kind);"""


def as_sqlite(database: Path, target: Path) -> None:
    """The rows of a published database as Datasette's users would load them."""
    with duckdb.connect(str(database), read_only=True) as record, closing(sqlite3.connect(target)) as copy:
        for table, columns in TABLES.items():
            names = columns.split(", ")
            copy.execute(f"CREATE TABLE {table} ({names[0]} TEXT PRIMARY KEY, {', '.join(names[1:])})")
            rows = record.execute(f"SELECT {columns} FROM {table}")
            while batch := rows.fetchmany(20_000):
                copy.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", batch)
        copy.executescript(FTS)
        copy.commit()


def memory_of(pid: int) -> int:
    """Bytes that a process and all it started hold."""
    return sum(each.memory_info().rss for each in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)])


def in_turns(name: str, ours: list[str], theirs: list[str]) -> None:
    """Ask both lists in turns and print how long each took."""
    times: tuple[list[float], list[float]] = ([], [])
    ended = [0, 0]
    with httpx.Client(timeout=120) as client:
        for pair in zip(ours, theirs, strict=True):
            for place, address in enumerate(pair):
                begun = time.perf_counter()
                answer = client.get(address)
                times[place].append(time.perf_counter() - begun)
                if answer.status_code in (400, 422) and "too long" in answer.text.replace("longer than", "too long"):
                    ended[place] += 1  # its own limit of time: Datasette's is one second, the record's three
                elif answer.status_code != 200:
                    raise SystemExit(f"{answer.status_code} {address}: {answer.text[:300]}")
    ratio = statistics.median(times[1]) / statistics.median(times[0])
    cut = f"; ended for want of time: record {ended[0]}, Datasette {ended[1]}" if any(ended) else ""
    print(f"{name}: record {spread(times[0])}; Datasette {spread(times[1])}; {ratio:.2f} times{cut}", flush=True)


def datasette(program: str, database: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start Datasette as its users do, with its own defaults."""
    port = free_port()
    process = subprocess.Popen(
        [program, "serve", str(database), "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            if httpx.get(address, timeout=10).is_success:
                return process, address
        except httpx.HTTPError:
            time.sleep(0.2)
    process.kill()
    raise SystemExit("Datasette does not answer")


def main() -> None:
    """Build both, ask both."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--datasette", required=True, help="the datasette program")
    options.add_argument("--passages", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=60)
    chosen = options.parse_args()
    root = Path(tempfile.mkdtemp(prefix="datasette-"))
    home = Home(root / "home")
    shutil.copytree(PACKAGE / "register", home.root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", home.root / "programme.toml")
    without_limits(home)  # all questions come from one address
    try:
        database = build(home).path
        rng = np.random.default_rng(7)
        words = vocabulary(rng)
        add_passages(database, rng, words, 0, chosen.passages)
        update_index(home, database)
        as_sqlite(database, root / "record.db")
        with duckdb.connect(str(database), read_only=True) as record:
            sources = [name for (name,) in record.execute("SELECT source_id FROM source ORDER BY 1").fetchall()]
        server, theirs = datasette(chosen.datasette, root / "record.db")
        try:
            with app_of(home, root / "log") as (ours, pid):
                compare(chosen.rounds, ours, theirs, words, sources, rng)
                held = (memory_of(pid) / 1e6, memory_of(server.pid) / 1e6)
                print(f"memory afterwards: record {held[0]:.0f} MB, with its children; Datasette {held[1]:.0f} MB")
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def compare(
    rounds: int, ours: str, theirs: str, words: np.ndarray, sources: list[str], rng: np.random.Generator
) -> None:
    """Each question of each server, in turns."""
    chances = 1 / np.arange(1, OFTEN + 1)
    pairs = [rng.choice(OFTEN, size=2, replace=False, p=chances / chances.sum()) for _ in range(rounds + 3)]
    asked = [f"{words[a]} {words[b]}" for a, b in pairs]
    chosen = [sources[n % len(sources)] for n in range(rounds + 3)]

    def both(name: str, mine: Callable[[int], str], other: Callable[[int], str]) -> None:
        for n in range(rounds, rounds + 3):  # both warm
            httpx.get(ours + mine(n), timeout=120)
            httpx.get(theirs + other(n), timeout=120)
        in_turns(name, [ours + mine(n) for n in range(rounds)], [theirs + other(n) for n in range(rounds)])

    both(
        "search, 20 results as JSON",
        lambda n: "/api/v1/search?" + urlencode({"q": f"{asked[n]} kind:passage"}),
        lambda n: "/record/passage.json?" + urlencode({"_search": asked[n], "_size": 20, "_shape": "objects"}),
    )
    both(
        "page of one source's passages with facets, HTML",
        lambda n: "/data?" + urlencode({"table": "passage", "source_id": chosen[n], "_facet": "kind"}),
        lambda n: "/record/passage?" + urlencode({"source_id": chosen[n], "_facet": "kind"}),
    )
    both(
        "page of all passages with facets, HTML",
        lambda n: "/data?" + urlencode({"table": "passage", "position__gte": str(n % 45), "_facet": "kind"}),
        lambda n: "/record/passage?" + urlencode({"position__gte": str(n % 45), "_facet": "kind"}),
    )
    for name, sql in (
        ("SQL, a small question", "SELECT kind, count(*) AS n FROM organisation WHERE {n} = {n} GROUP BY kind"),
        (
            "SQL, over every passage",
            "SELECT kind, count(*) AS n, max(length(text)) FROM passage WHERE {n} = {n} GROUP BY 1",
        ),
    ):
        both(
            name,
            lambda n, sql=sql: "/api/v1/sql?" + urlencode({"q": sql.format(n=n)}),  # type: ignore[misc]
            lambda n, sql=sql: "/record.json?" + urlencode({"sql": sql.format(n=n), "_shape": "arrays"}),  # type: ignore[misc]
        )


if __name__ == "__main__":
    sys.exit(main())
