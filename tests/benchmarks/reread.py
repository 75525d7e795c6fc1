"""How long it takes to read stored captures again, and what memory: python tests/benchmarks/reread.py [--captures 10000]

Makes a home with so many captures of made-up pages of about 40 kB (twenty of each page, each with bytes of its own, the
text changing at every fifth), reads them once, names those readings after an older extractor, and then times
`sim-record extract --all`. Prints its wall and processor seconds, the peak resident memory of the command with its
readers, and how many change rows there were before and after: a reading anew makes none. With --html FOLDER the pages
are cut from saved ones.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from data.home import PACKAGE, Home  # noqa: E402
from scrapers import work  # noqa: E402
from scrapers.capture import Response  # noqa: E402
from scrapers.warc import WarcFile, records_of  # noqa: E402
from tests.support.processes import held_by  # noqa: E402

OF_EACH = 20
WORDS = (  # noqa: SIM905 - easier to read
    "statement policy clinical guidance trust force officer consent capture survey council review evidence response "
    "published request information act record board college royal society public body tool trial patient data privacy "
    "assessment impact equality report minutes member update adopt pause withdraw Serenity Integrated Mentoring"
).split()


def page(number: int, version: int, nonce: int, size: int) -> bytes:
    """A made-up page: its text depends on its number, one paragraph on the version, and its bytes on the nonce too."""
    rng = random.Random(number)
    parts = [
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Paper {number}</title></head><body>'
        '<header><nav><a href="/">Home</a> <a href="/news">News</a></nav></header><main><article>'
        f"<h1>Paper {number}</h1><p><time datetime='2021-05-0{1 + number % 9}'>May 2021</time></p>"
    ]
    length = 0
    while length < size:
        words = " ".join(rng.choice(WORDS) for _ in range(90))
        kind = rng.choice(("p", "p", "p", "li", "h2"))
        parts.append(f"<{kind}>{words[: 60 if kind == 'h2' else 600]}.</{kind}>")
        length += len(parts[-1])
    changed = " ".join(random.Random(f"{number}/{version}").choice(WORDS) for _ in range(40))
    parts.append(f"<p>As of version {version}: {changed}.</p>")
    parts.append(f'<input type="hidden" name="csrf" value="{nonce}"></article></main></body></html>')
    return "".join(parts).encode()


def saved_pages(folder: Path) -> list[bytes]:
    """Saved pages of 20 to 150 kB."""
    found = (path.read_bytes() for path in sorted(folder.rglob("*.htm*")))
    return [body for body in found if 20_000 <= len(body) <= 150_000]


def fill(home: Home, captures: int, saved: list[bytes], size: int) -> None:
    """Captures of made-up pages, in WARC files and rows."""
    pages = max(1, captures // OF_EACH)
    lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note"]
    lines += [f"s{n},https://a.example/p/{n}.html,Paper {n},,,,html,report," for n in range(pages)]
    home.register.mkdir(parents=True)
    (home.register / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home.root / "programme.toml").write_bytes((PACKAGE / "programme.toml").read_bytes())
    warc = WarcFile(home.captures, "20240101T000000000000-bench0", {"software": "benchmark"})
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    with work.open_work(home) as connection:
        inserter = work.Inserter(connection)
        rows: list[work.Row] = []
        for number in range(captures):
            source, copy = number % pages, number // pages
            url = f"https://a.example/p/{source}.html"
            if saved:
                told = f"<p>Version {copy // 5} of paper {source}.</p><!-- {number} --></body>".encode()
                body = saved[source % len(saved)].replace(b"</body>", told)
            else:
                body = page(source, copy // 5, number, size)
            at = start + dt.timedelta(days=copy, seconds=source)
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            answer = Response(url, url, 200, "OK", headers, body, body, at, at, None)
            records = records_of(answer)
            moment = at.replace(tzinfo=None).isoformat()
            rows.append(
                {
                    "capture_id": f"c{number:06}", "source_id": f"s{source}", "run_id": "bench", "origin": "live",
                    "requested_url": url, "final_url": url, "captured_at": moment, "fetched_at": moment, "status": 200,
                    "headers": json.dumps(headers), "media_type": "text/html", "charset": "utf-8",
                    "body_sha256": hashlib.sha256(body).hexdigest(), "body_bytes": len(body),
                    "payload_sha256": records.payload_sha256, "warc_file": warc.name,
                    "warc_offset": warc.append(records.data) + records.response_at,
                    "warc_record_id": records.record_id, "is_revisit": False, "verdict": "good", "fetcher": "benchmark",
                }
            )  # fmt: skip
            if len(rows) >= 500:
                inserter.insert("capture", rows)
                rows.clear()
        if rows:
            inserter.insert("capture", rows)
    warc.close()


def count(home: Home, table: str) -> int:
    with work.open_work(home, read_only=True) as connection:
        found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return int(found[0]) if found else 0


def as_older(home: Home) -> None:
    """Names the readings there are after an extractor that is no more."""
    with work.open_work(home) as connection:
        for table, column in (("extraction", "extraction_id"), ("passage", "extraction_id"), ("passage", "passage_id")):
            connection.execute(f"UPDATE \"{table}\" SET {column} = 'old-' || {column}")
        connection.execute("UPDATE extraction SET extractor = 'html/0'")


@dataclass(frozen=True)
class Cost:
    """What a command took, with all that it started: seconds of wall and processor, and the most bytes it held, summed
    over its processes and with what they share counted once."""

    wall: float
    cpu: float
    summed: int
    once: int

    def __str__(self) -> str:
        memory = f"{self.once / 1e6:.0f} MB ({self.summed / 1e6:.0f} MB where shared libraries count in each process)"
        return f"{self.wall:.0f} s, {self.cpu:.0f} s of processor, {memory}"


def timed(home: Home, *arguments: str) -> Cost:
    """Run a command of the program to its end."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "sim_record", *arguments, "--home", str(home.root), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    most = [0, 0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            with contextlib.suppress(psutil.Error):
                most[:] = map(max, most, held_by(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    before = os.times()
    out, _ = process.communicate()
    ended.set()
    after = os.times()
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    print(out.strip())
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(time.perf_counter() - start, cpu, *most)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=10_000)
    parser.add_argument("--kb", type=int, default=40, help="size of a made-up page")
    parser.add_argument("--html", type=Path, help="a folder of saved pages to take instead")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reread-") as folder:
        home = Home(Path(folder))
        fill(home, chosen.captures, saved_pages(chosen.html) if chosen.html else [], chosen.kb * 1000)
        print(f"first reading: {timed(home, 'extract')}")
        as_older(home)
        before = count(home, "change")
        print(f"reading anew: {timed(home, 'extract', '--all')}")
        print(f"change rows before and after: {before}, {count(home, 'change')}")


if __name__ == "__main__":
    main()
