"""Pages a second and peak memory of fetching, beside Scrapy, on a site on loopback.

    python tests/benchmarks/fetch.py --site PATH [--scrapy PYTHON] [--pages 2000] [--runs 3]

PATH is a script that serves such a site: it takes --port, --hosts, --pages, --bomb-mb, --huge-mb, --max-seconds and
--no-tls, prints a line with "ready" when it listens on 127.0.0.2 and on, and serves /p/N.html on host N % hosts with
ETag and 304. The pages of 127.0.0.4 to .9 are asked, with no delay between them, by both in turn: a first pass, and a
second in which nothing has changed. Ours is fetch, gate, WARC and rows, without reading; its time is from the first
attempt's start to the last one's end. Scrapy's is its own elapsed time, and its second pass runs with its RFC 2616
cache. Memory is the peak of the whole process before publishing. --scrapy names the Python of an environment that has
Scrapy; without one its half is left out, and so is said.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

OURS = """
import json, sys
from pathlib import Path
import scrapers.collect as collecting
from data.home import Home
from data.programme import read_programme
peak = 0
def measured(home, connection):
    global peak
    status = Path("/proc/self/status").read_text()
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    return home.root / "unpublished"
collecting._publish = measured
home = Home(Path(sys.argv[1]))
options = collecting.CollectOptions(allow_private=True, use_archives=False, quiet=True, read=False)
summary = collecting.collect(home, read_programme(home.programme_file), options)
import duckdb
with duckdb.connect(str(home.work_database), read_only=True) as connection:
    seconds = connection.execute(
        "SELECT epoch(max(ended_at)) - epoch(min(started_at)) FROM attempt "
        f"WHERE run_id = '{summary.run_id}'").fetchone()[0]
print(json.dumps({"seconds": seconds, "pages": summary.done, "mb": peak, "outcomes": summary.outcomes}))
"""

THEIRS = """
import json, resource, sys
import scrapy
from scrapy.crawler import CrawlerProcess
urls, cache = json.load(open(sys.argv[1])), sys.argv[2]
class Pages(scrapy.Spider):
    name = "pages"
    got = 0
    async def start(self):
        for url in urls:
            yield scrapy.Request(url)
    def parse(self, response):
        Pages.got += len(response.body) > 1000
process = CrawlerProcess({"ROBOTSTXT_OBEY": True, "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS": int(sys.argv[3]),
    "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[3]), "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False,
    "USER_AGENT": "Benchmark/1 (loopback)", "HTTPCACHE_ENABLED": bool(cache), "HTTPCACHE_DIR": cache or "none",
    "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy"})
crawler = process.create_crawler(Pages)
process.crawl(crawler)
process.start()
print(json.dumps({"seconds": crawler.stats.get_value("elapsed_time_seconds"), "pages": Pages.got,
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        return int(probe.getsockname()[1])


def start_site(script: Path, port: int, pages: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(script), "--port", str(port), "--hosts", "8", "--pages", str(pages)]
    command += ["--bomb-mb", "1", "--huge-mb", "1", "--max-seconds", "1800", "--no-tls"]
    site = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert site.stdout is not None
    if "ready" not in site.stdout.readline():
        raise SystemExit("the site did not start")
    return site


def make_home(root: Path, urls: list[str]) -> None:
    (root / "register").mkdir(parents=True)
    lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on"]
    lines += [f"s{n},{url},Page {n},,,,html,reference,,2026-11-23" for n, url in enumerate(urls)]
    (root / "register" / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    programme = (ROOT / "data" / "programme.toml").read_text(encoding="utf-8")
    (root / "programme.toml").write_text(re.sub(r"(?m)^delay *=.*", "delay = 0", programme), encoding="utf-8")


def run(python: str, code: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [python, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode:
        raise SystemExit(f"a pass failed: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    found["rate"] = found["pages"] / found["seconds"]
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--scrapy", default=None, help="a Python that can import scrapy")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=100, help="Scrapy's concurrent requests; 100 is its fastest")
    given = parser.parse_args()
    has_scrapy = (
        given.scrapy is not None
        and not subprocess.run([given.scrapy, "-c", "import scrapy"], capture_output=True, check=False).returncode
    )
    if not has_scrapy:
        print("Scrapy is left out: name a Python that has it with --scrapy")
    port = free_port()
    site = start_site(given.site, port, given.pages)
    folder = Path(tempfile.mkdtemp(prefix="fetch-benchmark-"))
    try:
        urls = [f"http://127.0.0.{n % 8 + 2}:{port}/p/{n}.html" for n in range(given.pages) if n % 8 >= 2]
        (folder / "urls.json").write_text(json.dumps(urls), encoding="utf-8")
        found: dict[str, list[dict[str, float]]] = {}
        for turn in range(given.runs):
            home, cache = folder / f"home{turn}", folder / f"cache{turn}"
            make_home(home, urls)
            for name in ("ours, first pass", "ours, unchanged"):
                found.setdefault(name, []).append(run(sys.executable, OURS, str(home)))
            if has_scrapy:
                asked = (str(folder / "urls.json"), "", str(given.at_once))
                found.setdefault("scrapy, first pass", []).append(run(given.scrapy, THEIRS, *asked))
                asked = (str(folder / "urls.json"), str(cache), str(given.at_once))
                run(given.scrapy, THEIRS, *asked)  # fills the cache
                found.setdefault("scrapy, unchanged", []).append(run(given.scrapy, THEIRS, *asked))
            shutil.rmtree(home)
            shutil.rmtree(cache, ignore_errors=True)
            time.sleep(1)
        medians = {name: statistics.median(one["rate"] for one in passes) for name, passes in found.items()}
        for name, passes in found.items():
            memory = max(one["mb"] for one in passes)
            print(
                f"{name}: {medians[name]:.0f} pages/s (of {len(passes)}), peak {memory:.0f} MB, {passes[0]['pages']:.0f} pages"
            )
        if has_scrapy:
            for name in ("first pass", "unchanged"):
                print(f"{name}: {medians[f'ours, {name}'] / medians[f'scrapy, {name}']:.2f} times Scrapy")
    finally:
        site.terminate()
        site.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
