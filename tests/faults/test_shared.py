"""Where machines share: PostgreSQL started anew in the middle of a run, an S3 that refuses one request in five."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data.home import Home
from scrapers import warc
from scrapers.check import check_home
from tests.conftest import need
from tests.faults.injected import Chance, Ended, run, start, until
from tests.support import postgres as pg
from tests.support.failing_proxy import failing_proxy
from tests.support.lake_home import home_of, lake_lines
from tests.support.slow_sites import slow_sites

pytest.importorskip("duckdb_extensions", reason="the extra `cluster` is not installed")
from tests.support.s3_server import CREDENTIALS, s3_server

COLLECT = ("collect", "--allow-private", "--no-archive")


@pytest.fixture(scope="module")
def server() -> Iterator[pg.Postgres]:
    need(not pg.missing(), pg.missing())
    with pg.postgres() as made:
        yield made


def stop(server: pg.Postgres) -> None:
    """End the server at once, connections and all (what `pg_ctl restart -m immediate` does first)."""
    server.process.send_signal(signal.SIGQUIT)
    server.process.wait(20)


def collected(home: Home) -> list[tuple[str, str]]:
    """(page, hash of its body) of every capture in the record that readers get."""
    done = run(home, "query", "select source_id, body_sha256 from capture order by all", "--format", "csv")
    assert done.code == 0, done.said
    rows = [line.split(",") for line in done.out.split()[1:]]
    return [(row[0], row[1]) for row in rows]


def same_everywhere(home: Home, other: Home, pages: int) -> None:
    """What one machine collected, another one takes in whole, bytes and all; and nothing twice."""
    built = run(other, "build")
    assert built.code == 0, built.said
    rows = collected(other)
    assert len(rows) == len({name for name, _ in rows}) == pages
    assert rows == collected(home)
    with duckdb.connect(str(other.work_database), read_only=True) as work:
        places = work.execute("SELECT warc_file, warc_offset FROM capture").fetchall()
    for name, offset in places:
        assert warc.read_body(other, {"warc_file": name, "warc_offset": offset})
    assert not check_home(other).findings


@pytest.mark.parametrize("away", [1.0, pytest.param(3.0, marks=pytest.mark.slow)])
def test_postgresql_started_anew_while_a_run_shares(server: pg.Postgres, tmp_path: Path, away: float) -> None:
    pages = 16
    with slow_sites(2, pages // 2) as sites:
        sites.seconds = 0.15
        store = lake_lines(server.create(f"anew{away:g}"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        home, other = (home_of(tmp_path / name, sites, *store) for name in ("one", "two"))
        since = time.monotonic()
        process = start(home, *COLLECT)
        sites.wait_for(4)
        stop(server)
        time.sleep(away)
        server.process = pg.start_server(server.folder, server.port)
        out, said = process.communicate(timeout=120)
        done = Ended(process.returncode, said, out, time.monotonic() - since)
        assert done.code == 0, done.said
        assert "Not shared yet" not in done.said, done.said
        same_everywhere(home, other, pages)


@pytest.mark.slow
def test_postgresql_gone_for_good_costs_no_capture(server: pg.Postgres, tmp_path: Path) -> None:
    """It stays away: the run ends and says what is not shared; the next one makes up for it. A build says what to do."""
    pages = 8
    with slow_sites(2, pages // 2) as sites:
        sites.seconds = 0.15
        store = lake_lines(server.create("away"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        home, other = (home_of(tmp_path / name, sites, *store) for name in ("one", "two"))
        process = start(home, *COLLECT)
        sites.wait_for(3)
        stop(server)
        try:
            _, said = process.communicate(timeout=240)
            assert process.returncode == 0 and "Not shared yet, and safe here" in said, said
            assert len(collected(home)) == pages
            for command in (("build",), COLLECT):
                told = run(home, *command)
                assert told.code == 1 and told.in_words and "See that PostgreSQL runs there" in told.said, told.said
        finally:
            server.process = pg.start_server(server.folder, server.port)
        assert run(home, *COLLECT).code == 0
        built = run(other, "build")
        assert built.code == 0 and len(collected(other)) == 2 * pages
        assert not check_home(other).findings


@pytest.mark.slow
def test_postgresql_started_anew_while_another_machine_builds(server: pg.Postgres, tmp_path: Path) -> None:
    with slow_sites(2, 2) as sites:
        store = lake_lines(server.create("builds"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        home, other = (home_of(tmp_path / name, sites, *store) for name in ("one", "two"))
        assert run(home, *COLLECT).code == 0
        process = start(other, "build")
        until(lambda: other.work_database.exists() or process.poll() is not None, "the build begins")
        stop(server)
        server.process = pg.start_server(server.folder, server.port)
        _, said = process.communicate(timeout=120)
        told = Ended(process.returncode, said, "", 0)
        assert told.in_words, said
        assert told.code == 0 or "See that" in said, said
        same_everywhere(home, other, 4)


@pytest.mark.parametrize("pages", [4, pytest.param(24, marks=pytest.mark.slow)])
def test_an_s3_that_refuses_one_request_in_five(
    server: pg.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    chance = Chance()
    with (
        s3_server("bucket") as endpoint,
        failing_proxy(endpoint, 0.2, chance.seed) as proxy,
        slow_sites(2, pages // 2) as sites,
    ):
        store = lake_lines(server.create(f"s3n{pages}"), "s3://bucket/lake", "s3://bucket/captures", proxy.endpoint)
        home, other = (home_of(tmp_path / name, sites, *store) for name in ("one", "two"))
        done = run(home, *COLLECT)
        assert done.code == 0 and "Not shared" not in done.said, done.said
        same_everywhere(home, other, pages)
        print(f"{proxy.failed} of {proxy.asked} requests failed")
        assert proxy.failed >= 3 and proxy.asked > proxy.failed
