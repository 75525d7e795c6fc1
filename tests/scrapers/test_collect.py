"""Whole runs against sites on loopback: what is kept, what is said, and what survives."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from data.home import Home
from data.programme import read_programme
from data.progress import read_progress
from data.published import open_current
from scrapers import warc, work
from scrapers.build import RegisterError
from scrapers.capture import Response
from scrapers.collect import CollectError, CollectOptions, collect
from scrapers.hooks import Hooks, Source
from scrapers.report import RunSummary
from scrapers.work import Past, WorkBusy
from tests.conftest import ROOT
from tests.support.scripted import Answer, Ask, Scripted, answer, scripted

HTML = "Content-Type: text/html; charset=utf-8"
MakeHome = Callable[[dict[str, str]], Home]


def page(title: str, words: str = "statement") -> bytes:
    text = "".join(f"<p>Paragraph {n} of the {words}, which says what was done and by whom.</p>" for n in range(8))
    return f"<html lang=en><title>{title}</title><body><main><h1>{title}</h1>{text}</main></body></html>".encode()


def gently(home: Home, **settings: object) -> Home:
    """The home with no delay and short limits."""
    text = home.programme_file.read_text(encoding="utf-8")
    for name, value in {"delay": 0, "deadline": 3, **settings}.items():
        text = re.sub(rf"(?m)^{name} *=.*", f"{name} = {value}", text)
    home.programme_file.write_text(text, encoding="utf-8")
    return home


def run(home: Home, **options: Any) -> RunSummary:
    given = CollectOptions(**{"allow_private": True, "quiet": True, "read": False, **options})
    return collect(home, read_programme(home.programme_file), given)


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.work_database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def kept(home: Home, where: str = "true") -> list[dict[str, Any]]:
    with work.open_work(home, read_only=True) as connection:
        return list(work.captures(connection, where))


def warcio_passes(home: Home) -> None:
    files = [str(path) for path in home.captures.glob("*.warc.gz")]
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def publishing() -> None:
    """Asked for by tests whose runs publish as ever; the others are spared the time."""


@pytest.fixture(autouse=True)
def _spared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "publishing" not in request.fixturenames:
        monkeypatch.setattr("scrapers.collect._publish", lambda home, _: home.root / "unpublished")


@pytest.fixture
def site() -> Iterator[Scripted]:
    pages: dict[str, Answer] = {
        "/good": answer(page("Good"), "200 OK", HTML, 'ETag: "1"'),
        "/plain": answer(page("Plain"), "200 OK", HTML),
        "/gone": answer(b"<h1>Gone</h1>", "410 Gone", HTML),
        "/missing": answer(b"<title>Page not found</title><h1>Page not found</h1>", "404 Not Found", HTML),
        "/refused": answer(b"<h1>Forbidden</h1>", "403 Forbidden", HTML),
        "/moved": answer(b"", "301 Moved Permanently", "Location: /good"),
    }
    with scripted(pages) as made:
        yield made


def test_a_run_keeps_what_it_asked_and_says_what_came_of_it(
    home_with_sources: MakeHome, site: Scripted, publishing: None
) -> None:
    names = ("good", "plain", "gone", "missing", "refused", "moved")
    urls = {name: site.url(f"/{name}") for name in names} | {"nowhere": "", "odd": "http://169.254.1.1/"}
    home = gently(home_with_sources(urls))
    sources = home.register / "sources.csv"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(re.sub("(?m)^(nowhere.*reference,),", r"\1No address is known.,", text), encoding="utf-8")
    summary = run(home)
    assert summary.state == "finished"
    assert not summary.clean
    assert dict(rows(home, "SELECT source_id, outcome FROM attempt")) == {
        "good": "captured", "plain": "captured", "moved": "captured", "gone": "gone", "missing": "not-found",
        "refused": "blocked", "nowhere": "no-address", "odd": "refused-address",
    }  # fmt: skip
    assert summary.outcomes["captured"] == 3
    assert {cause.outcome for cause in summary.failures} == {
        "gone",
        "not-found",
        "blocked",
        "no-address",
        "refused-address",
    }
    assert all(cause.what_to_do for cause in summary.failures)
    assert json.loads(json.dumps(summary.to_json()))["outcomes"] == summary.outcomes
    assert "sources.csv" in summary.to_text()
    kept = {
        row[0]: row[1:] for row in rows(home, "SELECT source_id, verdict, status, body_sha256, final_url FROM capture")
    }
    assert {name: found[0] for name, found in kept.items()} == {
        "good": "good", "plain": "good", "moved": "good", "gone": "soft-404", "missing": "soft-404", "refused": "blocked",
    }  # fmt: skip
    assert kept["good"][2] == hashlib.sha256(page("Good")).hexdigest()
    assert kept["moved"][3] == site.url("/good")
    assert all(detail.endswith(".") for (detail,) in rows(home, "SELECT detail FROM attempt"))
    warcio_passes(home)
    assert warc.verify(home).findings == []
    with open_current(home) as published:
        assert published.execute("SELECT count(*) FROM attempt").fetchone() == (8,)


def test_the_second_run_finds_unchanged_what_is(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({name: site.url(f"/{name}") for name in ("good", "plain", "moved")}))
    run(home)

    def conditional(ask: Ask) -> bytes:
        assert ask.headers.get("if-none-match") == '"1"'
        return answer(b"", "304 Not Modified", 'ETag: "1"', length=False)

    site.pages["/good"] = conditional
    summary = run(home)
    assert summary.outcomes == {"unchanged": 3}
    assert summary.clean
    second = rows(home, f"SELECT * EXCLUDE (part) FROM capture WHERE run_id = '{summary.run_id}'")
    assert len(second) == 3
    for capture in kept(home, f"run_id = '{summary.run_id}'"):
        assert capture["is_revisit"]
        body = page("Plain") if capture["source_id"] == "plain" else page("Good")
        assert warc.read_body(home, capture) == body
        assert capture["body_sha256"] == hashlib.sha256(body).hexdigest()
    sizes = sorted(path.stat().st_size for path in home.captures.iterdir())
    assert len(sizes) == 2
    warcio_passes(home)
    assert warc.verify(home).findings == []


def test_a_b_a_is_three_states_of_a_page(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"page": site.url("/x")}))
    outcomes = []
    for words in ("first", "second", "first", "first"):
        site.pages["/x"] = answer(page("X", words), "200 OK", HTML)
        outcomes += list(run(home).outcomes)
    assert outcomes == ["captured", "captured", "captured", "unchanged"]
    assert rows(home, "SELECT count(*), count(DISTINCT body_sha256) FROM capture") == [(4, 2)]


def test_a_304_that_was_not_asked_for_is_no_answer(home_with_sources: MakeHome, site: Scripted) -> None:
    site.pages["/x"] = answer(b"", "304 Not Modified", length=False)
    home = gently(home_with_sources({"page": site.url("/x")}))
    assert run(home).outcomes == {"protocol-error": 1}


def test_gone_is_remembered_for_thirty_days(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"page": site.url("/gone")}))
    run(home)
    asked = site.paths().count("/gone")
    assert run(home).outcomes == {"gone": 1}
    assert site.paths().count("/gone") == asked
    with duckdb.connect(str(home.work_database)) as connection:
        connection.execute("UPDATE attempt SET ended_at = ended_at - INTERVAL 31 DAY WHERE tries > 0")
    assert run(home).outcomes == {"gone": 1}
    assert site.paths().count("/gone") == asked + 1
    assert rows(home, "SELECT tries, outcome FROM attempt ORDER BY attempt_id") == [
        (1, "gone"),
        (0, "gone"),
        (1, "gone"),
    ]


def test_captures_are_read_from_what_was_stored(home_with_sources: MakeHome, site: Scripted) -> None:
    site.pages["/scan"] = answer(page("Scan").replace(b"<p>", b"<!--").replace(b"</p>", b"-->"), "200 OK", HTML)
    site.pages["/pdf"] = answer(b"%PDF-1.4\nbroken", "200 OK", "Content-Type: application/pdf")
    home = gently(home_with_sources({"good": site.url("/good"), "pdf": site.url("/pdf")}))
    text = (home.register / "sources.csv").read_text(encoding="utf-8").replace("Page pdf,,,,html", "Page pdf,,,,pdf")
    (home.register / "sources.csv").write_text(text, encoding="utf-8")
    summary = run(home, read=True)
    assert summary.outcomes == {"captured": 1, "no-text": 1}
    ((title, words, capture),) = rows(
        home,
        "SELECT e.title, e.text, c.source_id FROM extraction e JOIN capture c USING (capture_id) WHERE e.text <> ''",
    )
    assert (title, capture) == ("Good", "good")
    assert "Paragraph 3" in words
    assert rows(home, "SELECT count(*) > 5 FROM passage") == [(True,)]
    assert run(home, read=True).outcomes == {"no-text": 1, "unchanged": 1}
    assert rows(home, "SELECT count(*) FROM extraction") == [(2,)]


def test_captures_that_a_killed_run_left_unread_are_read_by_the_next(
    home_with_sources: MakeHome, site: Scripted
) -> None:
    home = gently(home_with_sources({"good": site.url("/good")}))
    run(home, read=False)
    assert rows(home, "SELECT count(*) FROM extraction") == [(0,)]
    run(home, read=True)
    assert rows(home, "SELECT count(*) FROM extraction") == [(1,)]


def test_sources_are_chosen_by_name_kind_and_number(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"a": site.url("/good"), "b": site.url("/plain"), "c": site.url("/missing")}))
    assert run(home, sources=("b",)).sources == 1
    assert run(home, limit=2).sources == 2
    assert run(home, kinds=("petition",)).sources == 0
    with pytest.raises(CollectError, match="'z'"):
        run(home, sources=("z",))
    with pytest.raises(CollectError, match="allowed"):
        run(home, kinds=("poem",))


def test_a_register_with_findings_is_not_collected(home_with_sources: MakeHome) -> None:
    home = home_with_sources({"UPPER CASE": "http://a.example/"})
    with pytest.raises(RegisterError):
        run(home)
    assert not home.work_database.exists()


def test_two_runs_at_once_are_refused(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"good": site.url("/good")}))
    hold = "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; from data.home import Home; "
    hold += "from scrapers.work import open_work; c = open_work(Home(Path(sys.argv[1]))); print('held', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(home.root), str(ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WorkBusy, match="another collect is running"):
            run(home)
    finally:
        other.communicate("\n", timeout=20)


def test_hosts_that_fail_take_nothing_from_the_others(home_with_sources: MakeHome) -> None:
    pages: dict[str, Answer] = {f"/{n}": answer(page(f"Page {n}"), "200 OK", HTML) for n in range(5)}
    hosts = [f"127.0.0.{n}" for n in range(2, 12)]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    sites = {}
    try:
        for n, host in enumerate(hosts):
            if n % 3:
                sites[host] = Scripted(pages, host)
        urls = {}
        for n, host in enumerate(hosts):
            for path in range(5):
                port = sites[host].port if host in sites else nobody
                urls[f"h{n}-{path}"] = f"http://{host}:{port}/{path}"
        summary = run(gently(home_with_sources(urls)))
        assert summary.outcomes == {"captured": 30, "connect-error": 20}
    finally:
        for made in sites.values():
            made.stop()


def test_without_network_every_source_gets_its_outcome(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def fail(host: str, *_: object, **__: object) -> None:
        looked.append(host)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr("scrapers.addresses.socket.getaddrinfo", fail)
    begun = time.monotonic()
    summary = collect(home, read_programme(home.programme_file), CollectOptions(quiet=True))
    assert time.monotonic() - begun < 60
    with_address = rows(home, "SELECT count(*) FROM attempt WHERE outcome = 'dns-error'")[0][0]
    assert summary.outcomes == {"dns-error": with_address, "no-address": summary.sources - with_address}
    assert with_address > 100
    assert len(looked) == len(set(looked))
    assert not list(home.captures.glob("*")) if home.captures.exists() else True


def test_progress_is_there_for_the_dashboard(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"good": site.url("/good"), "gone": site.url("/gone")}))
    seen = []

    def slow(ask: Ask) -> bytes:
        seen.append(read_progress(home.progress_file))
        time.sleep(1.5)
        seen.append(read_progress(home.progress_file))
        return answer(page("Good"), "200 OK", HTML)

    site.pages["/good"] = slow
    run(home)
    assert seen[1] is not None
    assert (seen[1].state, seen[1].sources, seen[1].hosts) == ("collecting", 2, 1)
    last = read_progress(home.progress_file)
    assert last is not None
    assert (last.state, last.done, last.captured, last.failed) == ("ended", 2, 1, 1)


# -- web archives


def test_a_good_copy_takes_the_place_of_a_page_that_is_gone(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"gone": site.url("/gone"), "good": site.url("/good")}))
    then = dt.datetime(2021, 5, 3, 12, 0, tzinfo=dt.UTC)
    asked: list[tuple[str, Past]] = []

    class Copy:
        archive, memento_url, source_url, captured_at = (
            "old-web",
            "http://archive.example/1",
            "http://archive.example/1id_",
            then,
        )
        fetched_at = dt.datetime.now(dt.UTC)
        archive_headers = (("Memento-Datetime", "Mon, 03 May 2021 12:00:00 GMT"),)
        body = page("As it was")
        response = Response(site.url("/gone"), site.url("/gone"), 200, "OK", (("Content-Type", "text/html"),), body, body,
                            then, then, None)  # fmt: skip

    def find(source: Source, past: Past) -> Copy:
        asked.append((source.source_id, past))
        return Copy()

    hooks = Hooks(archives=lambda _: find)
    options = CollectOptions(allow_private=True, quiet=True, read=False)
    summary = collect(home, read_programme(home.programme_file), options, hooks=hooks)
    assert summary.outcomes == {"captured": 2}
    assert [name for name, _ in asked] == ["gone"]
    ((outcome, live, status),) = rows(
        home, "SELECT outcome, live_outcome, http_status FROM attempt WHERE source_id = 'gone'"
    )
    assert (outcome, live, status) == ("captured", "gone", 410)
    found = rows(
        home, "SELECT origin, captured_at, memento_url, verdict FROM capture WHERE source_id = 'gone' ORDER BY origin"
    )
    assert [row[0] for row in found] == ["live", "old-web"]
    assert found[1][1:] == (then.replace(tzinfo=None), "http://archive.example/1", "good")
    assert warc.verify(home).findings == []
    warcio_passes(home)
    again = collect(home, read_programme(home.programme_file), options, hooks=hooks)
    assert again.outcomes == {"unchanged": 2}
    assert rows(home, "SELECT count(*) FROM capture WHERE origin = 'old-web'") == [(1,)]


# -- ends that were not planned


def start(home: Home, *options: str) -> subprocess.Popen[str]:
    """A real process that collects; with "resume" it goes on with the last run, with "publish" it publishes too."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import scrapers.collect; "
        "scrapers.collect._publish = scrapers.collect._publish if 'publish' in sys.argv else lambda home, _: home.root; "
        "from pathlib import Path; from data.home import Home; "
        "from data.programme import read_programme; from scrapers.collect import *; h = Home(Path(sys.argv[1])); "
        "s = collect(h, read_programme(h.programme_file), CollectOptions(allow_private=True, quiet=True, read=False, "
        "resume='resume' in sys.argv)); import json; print(json.dumps(s.to_json()))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home.root), str(ROOT), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def many(home_with_sources: MakeHome, site: Scripted, count: int = 120) -> Home:
    def slow(ask: Ask) -> bytes:
        time.sleep(0.02)
        return answer(page(ask.path) * 20, "200 OK", HTML)

    for n in range(count):
        site.pages[f"/{n}"] = slow
    return gently(home_with_sources({f"s{n}": site.url(f"/{n}") for n in range(count)}))


def killed_again_and_again(home: Home, site: Scripted, kills: int, wait: Callable[[int], float]) -> None:
    """Kill a run some times, then let it end; nothing finished may be lost, nothing finished be asked again."""
    asked: dict[str, int] = {}
    for turn in range(kills):
        process = start(home, *_resume(home))
        before = len(site.asks)
        while len(site.asks) == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(wait(turn))
        process.kill()
        process.communicate(timeout=20)
        assert {path: site.paths().count(path) for path in asked} == asked
        if home.work_database.exists():
            for capture in kept(home):
                body = warc.read_body(home, capture)
                assert hashlib.sha256(body).hexdigest() == capture["body_sha256"]
            for (source_id,) in rows(home, "SELECT source_id FROM attempt"):
                asked.setdefault(f"/{source_id[1:]}", site.paths().count(f"/{source_id[1:]}"))
    process = start(home, *_resume(home))
    out, err = process.communicate(timeout=120)
    summary = json.loads(out) if process.returncode == 0 else pytest.fail(err)
    assert summary["state"] == "finished"
    assert asked
    assert {path: site.paths().count(path) for path in asked} == asked, "a finished source was asked again"
    total = summary["sources"]
    counts = "SELECT count(*), count(DISTINCT source_id), count(DISTINCT run_id) FROM attempt"
    assert rows(home, counts) == [(total, total, 1)]
    assert summary["outcomes"] == {"captured": total}
    assert warc.verify(home).findings == []
    warcio_passes(home)


def _resume(home: Home) -> list[str]:
    """Go on with a run where one was begun: a kill may come before that."""
    return ["resume"] if home.work_database.exists() and rows(home, "SELECT 1 FROM run") else []


def test_a_killed_run_loses_nothing_that_was_finished(home_with_sources: MakeHome, site: Scripted) -> None:
    home = many(home_with_sources, site)
    killed_again_and_again(home, site, 3, lambda turn: (0.9, 0.5, 1.2)[turn])


@pytest.mark.slow
def test_a_run_killed_twenty_times_loses_nothing(home_with_sources: MakeHome, site: Scripted) -> None:
    home = many(home_with_sources, site, 600)
    killed_again_and_again(home, site, 20, lambda turn: 0.05 + 0.07 * turn)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_cleanly(home_with_sources: MakeHome, site: Scripted, number: signal.Signals) -> None:
    home = many(home_with_sources, site)
    publishes = ["publish"] if number == signal.SIGTERM else []
    site.pages["/60"] = lambda ask: time.sleep(30)
    process = start(home, *publishes)
    while "/60" not in site.paths() and process.poll() is None:
        time.sleep(0.02)
    begun = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert time.monotonic() - begun < 10
    summary = json.loads(out)
    assert summary["state"] == "interrupted"
    assert 1 <= summary["done"] < summary["sources"]
    assert rows(home, "SELECT count(*) FROM capture") == [(summary["done"],)]
    if publishes:
        with open_current(home) as published:
            found = published.execute("SELECT count(*), min(state) FROM attempt, run").fetchone()
        assert found == (summary["done"], "interrupted")
    site.pages["/60"] = answer(page("60"), "200 OK", HTML)
    again = run(home, resume=True)
    assert (again.state, again.done, again.run_id) == ("finished", 120, summary["run_id"])
    with pytest.raises(CollectError, match="cut off"):
        run(home, resume=True)


def test_a_stop_from_another_thread_ends_a_run(home_with_sources: MakeHome, site: Scripted) -> None:
    home = many(home_with_sources, site)
    stop = threading.Event()
    threading.Timer(0.6, stop.set).start()
    options = CollectOptions(allow_private=True, quiet=True, read=False)
    summary = collect(home, read_programme(home.programme_file), options, stop=stop)
    assert summary.state == "interrupted"
    assert summary.done < summary.sources


def test_bytes_that_are_gone_are_noticed_and_fetched_again(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"good": site.url("/good")}))
    run(home)
    (path,) = home.captures.iterdir()
    path.write_bytes(path.read_bytes()[:200])
    assert any("no record" in finding or "no whole" in finding for finding in warc.verify(home).findings)
    summary = run(home)
    assert summary.outcomes == {"captured": 1}
    assert any("check" in note for note in summary.notes)
    assert "if-none-match" not in site.asks[-1].headers


def test_a_wrong_byte_is_found(home_with_sources: MakeHome, site: Scripted) -> None:
    home = gently(home_with_sources({"good": site.url("/good")}))
    run(home)
    with duckdb.connect(str(home.work_database)) as connection:
        connection.execute("UPDATE capture SET body_sha256 = repeat('0', 64)")
    assert any("another SHA-256" in finding for finding in warc.verify(home).findings)
