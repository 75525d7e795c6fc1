"""Search at size: how long an index takes to make, to grow by 100 passages, and to answer.

    python tests/benchmarks/search.py 100000            # passages; a folder for the files may follow

Words follow Zipf's law over 50,000 made-up words, 40 a passage, 50 passages a page. Questions are pairs of words drawn
by the same law from the 5,000 most frequent ones, which is harder than what people ask. Times are of the machine at
hand, and of all that runs beside; the processor's time is given too, which is what a quiet machine would need.
"""

from __future__ import annotations

import datetime as dt
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from dashboard.search.opened import close_all
from dashboard.search.query import TooLong, search
from data.home import PACKAGE, Home
from data.search import index_path
from scrapers.build import build
from scrapers.index import update_index

WORDS, OFTEN, LENGTH, PER_PAGE = 50_000, 5_000, 40, 50
SYLLABLES = [a + b for a in "bdgklmnprstvz" for b in "aeiou"]


def vocabulary(rng: np.random.Generator) -> np.ndarray:
    """Made-up words, the most frequent first."""
    known: dict[str, None] = {}
    while len(known) < WORDS:
        known["".join(rng.choice(SYLLABLES, size=int(rng.integers(2, 5))))] = None
    return np.array(list(known), dtype=object)


def texts(rng: np.random.Generator, words: np.ndarray, count: int) -> Iterator[str]:
    """Passages of 40 words."""
    chances = np.cumsum(1 / np.arange(1, WORDS + 1))
    picks = np.searchsorted(chances / chances[-1], rng.random((count, LENGTH)))
    for row in words[np.minimum(picks, WORDS - 1)]:
        yield " ".join(row)


def add_passages(database: Path, rng: np.random.Generator, words: np.ndarray, begin: int, count: int) -> None:
    """Add captures, extractions and passages to a published database, as a collection would."""
    with duckdb.connect(str(database)) as connection:
        sources = [name for (name,) in connection.execute("SELECT source_id FROM source ORDER BY 1").fetchall()]
        bodies = [name for (name,) in connection.execute("SELECT org_id FROM organisation ORDER BY 1").fetchall()]
        for first in range(begin, begin + count, 50_000):
            size = min(50_000, begin + count - first)
            pages = [(first + n) // PER_PAGE for n in range(size)]
            passages = pa.table(
                {
                    "passage_id": [f"e{page}.{(first + n) % PER_PAGE + 1}" for n, page in enumerate(pages)],
                    "extraction_id": [f"e{page}" for page in pages],
                    "capture_id": [f"c{page}" for page in pages],
                    "source_id": [sources[page % len(sources)] for page in pages],
                    "position": [(first + n) % PER_PAGE + 1 for n in range(size)],
                    "kind": ["heading" if (first + n) % 10 == 0 else "paragraph" for n in range(size)],
                    "text": list(texts(rng, words, size)),
                }
            )
            connection.register("incoming", passages)
            connection.execute("INSERT INTO passage BY NAME SELECT *, 0 AS char_start, 0 AS char_end FROM incoming")
            connection.execute(
                """INSERT INTO capture BY NAME SELECT DISTINCT capture_id, source_id, 'r' AS run_id, 'live' AS origin,
                     'http://x/' AS requested_url, 'http://x/' AS final_url, ?::TIMESTAMP AS captured_at,
                     captured_at AS fetched_at, 200 AS status, '[]' AS headers, capture_id AS body_sha256,
                     1 AS body_bytes, 'w' AS warc_file, 0 AS warc_offset, 'w' AS warc_record_id, false AS is_revisit,
                     'good' AS verdict, 'bench' AS fetcher FROM incoming""",
                [dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)],
            )
            connection.execute(
                """INSERT INTO extraction BY NAME SELECT DISTINCT extraction_id, capture_id, source_id,
                     'bench' AS extractor, '' AS text, extraction_id AS text_sha256 FROM incoming"""
            )
            named = [n for n in range(size) if (first + n) % 20 == 0]
            mentions = pa.table(
                {
                    "passage_id": [passages["passage_id"][n].as_py() for n in named],
                    "source_id": [passages["source_id"][n].as_py() for n in named],
                    "org_id": [bodies[(first + n) % len(bodies)] for n in named],
                }
            )
            connection.register("named", mentions)
            connection.execute(
                """INSERT INTO mention BY NAME SELECT *, passage_id AS mention_id, '' AS capture_id, '' AS words,
                     0 AS char_start, 0 AS char_end, 'passage' AS near FROM named"""
            )
            connection.unregister("incoming")
            connection.unregister("named")


def spread(times: list[float]) -> str:
    """p50, p95 and the longest, in milliseconds."""
    times = sorted(times)
    cut = times[min(len(times) - 1, int(len(times) * 0.95))]
    return f"p50 {statistics.median(times) * 1000:.1f} ms, p95 {cut * 1000:.1f} ms, most {times[-1] * 1000:.1f} ms"


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Build, grow, ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    root = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="search-"))
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(PACKAGE / "register", root / "register", dirs_exist_ok=True)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    home = Home(root)
    database = build(home).path
    rng = np.random.default_rng(7)
    words = vocabulary(rng)
    add_passages(database, rng, words, 0, count)
    index_path(home).unlink(missing_ok=True)
    report = update_index(home, database)
    print(
        f"{report.passages:,} passages indexed in {report.seconds:.1f} s, {index_path(home).stat().st_size / 1e6:.0f} MB"
    )
    grown, costs, at = [], [], count
    for _ in range(10):
        add_passages(database, rng, words, at, 100)
        at += 100
        begun = time.process_time()
        report = update_index(home, database)
        costs.append(time.process_time() - begun)
        assert report.passages_added >= 99, report
        grown.append(report.seconds)
    print(f"100 more passages, ten times: {spread(grown)}; processor {spread(costs)}", flush=True)
    print(f"nothing new: {timed(lambda: update_index(home, database)) * 1000:.0f} ms")
    print(f"first search of a process: {timed(lambda: search(home, str(words[500]))) * 1000:.0f} ms")
    chances = 1 / np.arange(1, OFTEN + 1)
    pairs = [rng.choice(OFTEN, size=2, replace=False, p=chances / chances.sum()) for _ in range(200)]
    for name, made in {
        "all words": [f"{words[a]} {words[b]}" for a, b in pairs],
        "any word": [f"{words[a]} OR {words[b]}" for a, b in pairs],
        "phrase": [f'"{words[a]} {words[b]}"' for a, b in pairs],
        "prefix": [f"{words[a][:4]}* {words[b]}" for a, b in pairs],
        "near": [f"NEAR({words[a]} {words[b]}, 5)" for a, b in pairs],
        "words and filters": [f"{words[a]} {words[b]} org:slam year:2021" for a, b in pairs],
    }.items():
        times, costs, ended = [], [], 0
        for text in made:
            begun = time.process_time()
            try:
                times.append(search(home, text).seconds)
                costs.append(time.process_time() - begun)
            except TooLong:
                ended += 1
        late = f", {ended} ended for want of time" if ended else ""
        print(f"{name}: {spread(times)}; processor {spread(costs)}{late}", flush=True)
    close_all()


if __name__ == "__main__":
    main()
