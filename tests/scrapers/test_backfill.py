"""pywb as a real archive on loopback: pages gone live are found there, their past is fetched, and what is kept replays."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
import typer
from typer.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from data.home import Home
from data.programme import Programme, read_programme
from scrapers.archives import archive_hook
from scrapers.archives.limits import ArchiveLimits, SharedLimits
from scrapers.archives.memento import read_http_date
from scrapers.backfill import BackfillOptions, backfill
from scrapers.backfill_summary import BackfillSummary
from scrapers.check import check_home
from scrapers.cli import add_commands
from scrapers.collect import CollectError, CollectOptions, collect
from scrapers.hooks import Hooks
from scrapers.report import RunSummary
from tests.conftest import ROOT, TOOLS, need
from tests.support.processes import free_port, running

PYWB = TOOLS / "pywb" / "bin"
MAKE_HOME = Callable[[dict[str, str]], Home]


def page(title: str, seed: int) -> bytes:
    """A page of a few paragraphs."""
    words = [
        "the",
        "trust",
        "ran",
        "a",
        "scheme",
        "with",
        "officers",
        "and",
        "wards",
        "to",
        "help",
        "people",
        "who",
        "called",
        "often",
        "in",
        "crisis",
    ]
    chance = random.Random(seed)
    paragraphs = "".join(f"<p>{' '.join(chance.choices(words, k=40))} (édition {seed}).</p>" for _ in range(12))
    return f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body><main><h1>{title}</h1>{paragraphs}</main></body></html>".encode()


# -- the live site


@dataclass(frozen=True)
class Site:
    """A live site on loopback: some pages answer, all others are gone."""

    url: str
    pages: dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    plain, packed = page("Live and plain", 1), page("Live and packed", 2)
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {
        "/live": (200, {"Content-Type": "text/html; charset=utf-8"}, plain),
        "/packed": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(packed)),
        "/chunked": (200, {"Content-Type": "text/html", "Transfer-Encoding": "chunked"}, page("Live in chunks", 3)),
        "/moved": (301, {"Location": "/live"}, b"moved"),
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = pages.get(
                self.path, (404, {"Content-Type": "text/html"}, b"<h1>Page not found</h1>")
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" in headers:
                self.end_headers()
                for start in range(0, len(body), 1000):
                    piece = body[start : start + 1000]
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.write(b"0\r\n\r\n")
                return
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", pages)
    finally:
        server.shutdown()
        server.server_close()


# -- the archive


@dataclass(frozen=True)
class Held:
    """One response that the archive holds."""

    path: str
    when: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    packed: bool = False


PAST = (
    Held("/statement", "2021-03-04T05:06:07Z", 200, page("Statement", 10), (("ETag", '"a"'), ("Server", "Apache"))),
    Held("/statement", "2021-03-20T05:06:07Z", 200, page("Statement, second", 11), packed=True),
    Held("/statement", "2021-04-02T00:00:00Z", 200, page("Statement, second", 11), packed=True),
    Held("/statement", "2021-04-02T12:00:00Z", 200, page("Statement, third", 12)),
    Held("/statement", "2021-04-20T00:00:00Z", 404, b"<h1>Page not found</h1>"),
    Held("/statement", "2022-06-01T00:00:00Z", 404, b"<h1>Page not found</h1>"),
    Held("/old?year=2020&month=a%20b", "2020-01-02T03:04:05Z", 200, page("Old address", 13)),
    Held("/renamed", "2020-05-01T00:00:00Z", 301, b"moved", (("Location", "/renamed-new"),)),
    Held("/renamed-new", "2020-05-03T00:00:00Z", 200, page("Renamed", 14)),
    Held("/lost", "2020-05-01T00:00:00Z", 302, b"moved", (("Location", "/never-kept"),)),
    Held("/latin", "2019-07-08T09:10:11Z", 200, "<h1>Caf\xe9</h1>".encode("latin-1") + page("Latin", 15), (("Content-Type", "text/html; charset=iso-8859-1"),)),
)  # fmt: skip


def write_past(path: Path, base: str) -> None:
    """A WARC that nobody here wrote the writer of."""
    reasons = {200: "OK", 301: "Moved Permanently", 302: "Found", 404: "Not Found"}
    with path.open("wb") as handle:
        writer = WARCWriter(handle, gzip=True, warc_version="WARC/1.1")
        for held in PAST:
            body = gzip.compress(held.body, mtime=0) if held.packed else held.body
            lines = [(name, base + value if name == "Location" else value) for name, value in held.headers]
            if not any(name == "Content-Type" for name, _ in lines):
                lines.append(("Content-Type", "text/html; charset=utf-8"))
            lines += [("Content-Encoding", "gzip")] if held.packed else []
            lines.append(("Content-Length", str(len(body))))
            head = StatusAndHeaders(f"{held.status} {reasons[held.status]}", lines, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                base + held.path,
                "response",
                payload=io.BytesIO(body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": held.when},
            )
            writer.write_record(record)


@dataclass(frozen=True)
class Pywb:
    """pywb, serving the collections in a folder."""

    url: str
    folder: Path

    def add(self, name: str, files: list[Path]) -> str:
        """A new collection of these files; gives its address."""
        manage(self.folder, "init", name)
        manage(self.folder, "add", name, *map(str, files))
        return f"{self.url}/{name}"


def manage(folder: Path, *words: str) -> None:
    done = subprocess.run(
        [str(PYWB / "wb-manager"), *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def pywb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pywb]:
    need((PYWB / "wayback").exists(), f"pywb in {TOOLS / 'pywb'} (bash .ci/run makes it)")
    folder = tmp_path_factory.mktemp("pywb")
    with running(
        lambda port: [PYWB / "wayback", "-b", "127.0.0.1", "-p", str(port)], "pywb", cwd=folder, log=folder / "log"
    ) as (address, _):
        yield Pywb(address, folder)


@pytest.fixture(scope="module")
def archive(pywb: Pywb, site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a collection that holds the site's past."""
    path = tmp_path_factory.mktemp("past") / "past.warc.gz"
    write_past(path, site.url)
    return pywb.add("past", [path])


# -- helpers


def quick(home: Home, archives: dict[str, dict[str, str]] | None = None) -> Programme:
    """The home's programme, without a delay and with these archives alone."""
    given = read_programme(home.programme_file).model_dump(mode="json")
    given["collect"] |= {"delay": 0, "deadline": 10, "tries": 2}
    given["archives"] = {"use": list(archives or {}), **(archives or {})}
    return Programme.model_validate(given)


def fetch_past(home: Home, archive: str, **options: Any) -> BackfillSummary:
    limits = SharedLimits(lambda: ArchiveLimits(searches=1000, copies=1000))
    given = BackfillOptions(archive_urls=(archive,), allow_private=True, quiet=True, **options)
    return backfill(home, quick(home), given, limits=limits)


def collect_once(home: Home, archive: str | None) -> RunSummary:
    programme = quick(home)
    hooks = Hooks(archives=archive_hook(programme, [archive] if archive else []))
    return collect(home, programme, CollectOptions(allow_private=True, quiet=True), hooks=hooks)


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.work_database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def captures_of(home: Home, source_id: str) -> list[tuple[Any, ...]]:
    """(captured_at, status, verdict, body_sha256) by time."""
    return rows(
        home,
        f"SELECT captured_at, status, verdict, body_sha256 FROM capture WHERE source_id = '{source_id}' ORDER BY captured_at",
    )


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def warcio_check(home: Home) -> None:
    for path in home.captures.glob("*.warc.gz"):
        done = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def replay_all(pywb: Pywb, home: Home, name: str) -> int:
    """Load every file of a home into a collection of its own and compare each capture with what replays. Gives their number."""
    place = pywb.add(name, sorted(home.captures.glob("*.warc.gz")))
    found = rows(home, "SELECT final_url, captured_at, status, body_sha256 FROM capture")
    with httpx.Client(timeout=30) as client:
        for url, when, status, digest in found:
            answer = client.get(f"{place}/{when:%Y%m%d%H%M%S}id_/{url}")
            assert answer.status_code == status, (url, when)
            assert sha(answer.content) == digest, (url, when)
            told = read_http_date(answer.headers["memento-datetime"])
            assert told == when.replace(microsecond=0, tzinfo=dt.UTC), (url, when)
    return len(found)


# -- collect looks in the archive


def test_a_site_that_is_gone_is_found_in_the_archive(
    pywb: Pywb, site: Site, archive: str, home_with_sources: MAKE_HOME
) -> None:
    home = home_with_sources({
        "statement": f"{site.url}/statement",
        "dead": f"http://127.0.0.1:{free_port()}/statement",
        "old": f"{site.url}/old?year=2020&month=a%20b",
        "live": f"{site.url}/live",
        "renamed": f"{site.url}/renamed",
    })  # fmt: skip
    summary = collect_once(home, archive)
    assert summary.outcomes == {"captured": 4, "connect-error": 1}
    found = rows(home, "SELECT source_id, outcome, live_outcome FROM attempt ORDER BY source_id")
    assert found == [
        ("dead", "connect-error", "connect-error"),
        ("live", "captured", "captured"),
        ("old", "captured", "not-found"),
        ("renamed", "captured", "not-found"),
        ("statement", "captured", "not-found"),
    ]
    taken = rows(
        home,
        "SELECT source_id, captured_at, body_sha256, final_url, memento_url FROM capture WHERE origin <> 'live' ORDER BY source_id",
    )
    assert taken == [
        ("old", at("2020-01-02T03:04:05"), sha(PAST[6].body), f"{site.url}/old?year=2020&month=a%20b",
         f"{archive}/20200102030405/{site.url}/old?year=2020&month=a%20b"),
        ("renamed", at("2020-05-03T00:00:00"), sha(PAST[8].body), f"{site.url}/renamed-new",
         f"{archive}/20200503000000/{site.url}/renamed-new"),
        ("statement", at("2021-04-02T12:00:00"), sha(PAST[3].body), f"{site.url}/statement",
         f"{archive}/20210402120000/{site.url}/statement"),
    ]  # fmt: skip
    assert {row[0] for row in rows(home, "SELECT origin FROM capture")} == {"live", archive.removeprefix("http://")}

    again = collect_once(home, archive)
    assert again.outcomes == {"unchanged": 4, "connect-error": 1}
    assert rows(home, "SELECT count(*) FROM capture WHERE origin <> 'live'") == [(3,)], "held already: not stored twice"
    warcio_check(home)
    assert check_home(home).findings == []
    assert replay_all(pywb, home, "collected") >= 5


def test_without_archives_a_page_that_is_gone_stays_gone(site: Site, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({"statement": f"{site.url}/statement"})
    assert collect_once(home, None).outcomes == {"not-found": 1}


# -- backfill


def test_the_whole_past_byte_for_byte(pywb: Pywb, site: Site, archive: str, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({
        "statement": f"{site.url}/statement",
        "latin": f"{site.url}/latin",
        "renamed": f"{site.url}/renamed",
        "none": f"{site.url}/none",
    })  # fmt: skip
    summary = fetch_past(home, archive, every="all")
    assert summary.clean, summary.to_text()
    assert (summary.captured, summary.present, summary.missed) == (8, 0, 0)
    assert summary.verdicts == {"good": 6, "soft-404": 2}
    assert captures_of(home, "statement") == [
        (at("2021-03-04T05:06:07"), 200, "good", sha(PAST[0].body)),
        (at("2021-03-20T05:06:07"), 200, "good", sha(PAST[1].body)),
        (at("2021-04-02T00:00:00"), 200, "good", sha(PAST[2].body)),
        (at("2021-04-02T12:00:00"), 200, "good", sha(PAST[3].body)),
        (at("2021-04-20T00:00:00"), 404, "soft-404", sha(PAST[4].body)),
        (at("2022-06-01T00:00:00"), 404, "soft-404", sha(PAST[5].body)),
    ]
    assert captures_of(home, "latin") == [(at("2019-07-08T09:10:11"), 200, "good", sha(PAST[10].body))]
    headers = json.loads(rows(home, "SELECT headers FROM capture WHERE captured_at = '2021-03-04 05:06:07'")[0][0])
    assert ["ETag", '"a"'] in headers
    assert ["Server", "Apache"] in headers
    assert not any("memento" in name.lower() or name.lower() == "link" for name, _ in headers)
    redirects = rows(home, "SELECT redirects, captured_at FROM capture WHERE source_id = 'renamed'")
    assert redirects[0][1] == at("2020-05-03T00:00:00")
    assert json.loads(redirects[0][0]) == [
        {"status": 301, "url": f"{site.url}/renamed", "location": f"{site.url}/renamed-new"}
    ]
    assert rows(home, "SELECT captured_at FROM capture WHERE is_revisit ORDER BY 1") == [
        (at("2021-04-02T00:00:00"),),
        (at("2022-06-01T00:00:00"),),
    ], "the same bytes again are kept once"
    read = rows(
        home,
        "SELECT count(DISTINCT e.capture_id) FROM extraction e JOIN capture c USING (capture_id) WHERE e.text <> ''",
    )
    assert read == [(5,)], "every good body was read"

    assert replay_all(pywb, home, "whole") == 8
    renamed = httpx.get(f"{pywb.url}/whole/20200501000000id_/{site.url}/renamed")
    assert (renamed.status_code, renamed.headers["location"]) == (301, f"{site.url}/renamed-new"), (
        "redirects replay too"
    )
    warcio_check(home)
    assert check_home(home).findings == []


def test_a_second_backfill_fetches_nothing_and_remembers_what_cannot_be_had(
    site: Site, archive: str, home_with_sources: MAKE_HOME
) -> None:
    home = home_with_sources(
        {"statement": f"{site.url}/statement", "lost": f"{site.url}/lost", "renamed": f"{site.url}/renamed"}
    )
    first = fetch_past(home, archive, every="all")
    assert not first.clean
    assert [(cause.outcome, [name for name, _ in cause.sources]) for cause in first.failures] == [
        ("not-found", ["lost"])
    ]
    assert (first.captured, first.missed) == (7, 1)
    second = fetch_past(home, archive, every="all")
    assert (second.captured, second.present, second.missed, second.remembered) == (0, 7, 0, 1)
    assert second.requests == 3, "three lists and not one copy"
    assert second.clean


def test_one_of_each_month_or_year_between_two_days(site: Site, archive: str, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({"statement": f"{site.url}/statement"})

    def times(**options: Any) -> list[str]:
        fetch_past(home, archive, **options)
        return [row[0].isoformat() for row in captures_of(home, "statement")]

    assert times(every="year", end=dt.date(2021, 4, 19)) == ["2021-03-04T05:06:07"]
    assert times(every="month", start=dt.date(2021, 4, 1), end=dt.date(2021, 4, 19)) == [
        "2021-03-04T05:06:07", "2021-04-02T00:00:00",
    ]  # fmt: skip
    assert times(every="month", start=dt.date(2021, 4, 20), end=dt.date(2021, 4, 20))[-1] == "2021-04-20T00:00:00"
    assert len(times(every="all", limit=1)) == 4, "no more than asked for"
    assert len(times(every="month")) == 5, "June 2022 is the one month not here yet"
    assert len(times(every="all")) == 6


def test_cut_off_and_started_again(site: Site, archive: str, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({"statement": f"{site.url}/statement"})
    stop = threading.Event()
    stop.set()
    limits = SharedLimits(lambda: ArchiveLimits(searches=1000, copies=1000))
    options = BackfillOptions(every="all", archive_urls=(archive,), allow_private=True, quiet=True)
    stopped = backfill(home, quick(home), options, stop=stop, limits=limits)
    assert (stopped.state, stopped.done) == ("interrupted", 0)
    assert not stopped.clean
    assert rows(home, "SELECT state FROM run") == [("interrupted",)]
    assert fetch_past(home, archive, every="all", limit=2).captured == 2
    file = max(home.captures.glob("*.warc.gz"))
    with file.open("ab") as handle:
        handle.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n")[:-9])
    with duckdb.connect(str(home.work_database)) as connection:
        connection.execute("UPDATE run SET state = 'running'")
    rest = fetch_past(home, archive, every="all")
    assert (rest.captured, rest.present) == (4, 2)
    assert any("cut off" in note for note in rest.notes), "the torn tail of the killed run was mended"
    warcio_check(home)
    assert check_home(home).findings == []


def test_collect_does_not_go_on_with_a_backfill(site: Site, archive: str, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({"statement": f"{site.url}/statement"})
    fetch_past(home, archive, every="year")
    with duckdb.connect(str(home.work_database)) as connection:
        connection.execute("UPDATE run SET state = 'interrupted'")
    with pytest.raises(CollectError):
        collect(home, quick(home), CollectOptions(allow_private=True, quiet=True, resume=True))


def test_an_archive_that_is_not_there_takes_nothing_from_the_others(
    site: Site, archive: str, home_with_sources: MAKE_HOME
) -> None:
    home = home_with_sources({"statement": f"{site.url}/statement", "latin": f"{site.url}/latin"})
    programme = quick(
        home,
        {
            "nowhere": {"name": "Nowhere", "kind": "wayback", "url": "http://no-such-archive.invalid"},
            "past": {"name": "The past", "kind": "memento", "url": archive},
        },
    )
    summary = backfill(home, programme, BackfillOptions(every="month", allow_private=True, quiet=True))
    assert summary.captured == 4, "three months and one; a TimeMap does not say that April ended with a 404"
    assert not summary.clean
    assert [cause.outcome for cause in summary.failures] == ["dns-error"]
    assert summary.archives["nowhere"].left is not None
    assert summary.archives["past"].fetched == 4
    assert {row[0] for row in rows(home, "SELECT origin FROM capture")} == {"past"}
    nowhere = summary.archives["nowhere"]
    asked = [detail for cause in summary.failures for _, detail in cause.sources if "Nowhere" in detail]
    assert len(asked) + nowhere.unasked == 2, "told once for each source, or counted as not asked"
    assert "Nowhere" in summary.to_text()
    assert json.loads(json.dumps(summary.to_json()))["copies"]["captured"] == 4


# -- what collect keeps, and the command


def test_every_live_capture_replays(pywb: Pywb, site: Site, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({name: f"{site.url}/{name}" for name in ("live", "packed", "chunked", "moved", "gone")})
    collect_once(home, None)
    time.sleep(1.1)  # replay knows seconds
    site.pages["/live"] = (200, {"Content-Type": "text/html; charset=utf-8"}, page("Live and changed", 4))
    collect_once(home, None)
    assert rows(home, "SELECT count(*) FROM capture WHERE is_revisit")[0][0] >= 2
    assert replay_all(pywb, home, "live") >= 9
    warcio_check(home)


def test_the_command(site: Site, archive: str, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({"statement": f"{site.url}/statement"})
    text = home.programme_file.read_text(encoding="utf-8")
    home.programme_file.write_text(text.replace('use = ["internet-archive", "ukgwa"]', "use = []"), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sim_record", "backfill", "--home", str(home.root), *words],
            capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
        )  # fmt: skip

    done = run("statement", "--archive", archive, "--allow-private", "--from", "2021-04", "--to", "2021-04", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"]
    assert told["copies"]["captured"] == 2, "the first copy of the month, and the day on which it was gone"
    assert told["published"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--every", "week"], 2),
        (["--from", "2021-13"], 2),
        (["--from", "2021-05", "--to", "2021-04"], 2),
        (["--archive", "pywb"], 2),
        (["no-such-source", "--archive", "http://127.0.0.1:9/coll"], 1),
        (["statement"], 1),
    ],
)
def test_the_command_says_what_is_wrong(words: list[str], code: int, home_with_sources: MAKE_HOME) -> None:
    home = home_with_sources({"statement": "http://127.0.0.1:9/statement"})
    text = home.programme_file.read_text(encoding="utf-8")
    home.programme_file.write_text(text.replace('use = ["internet-archive", "ukgwa"]', "use = []"), encoding="utf-8")
    app = typer.Typer()
    add_commands(app)
    done = CliRunner().invoke(app, ["backfill", *words, "--home", str(home.root)])
    assert done.exit_code == code, done.output
    assert done.output.strip()
