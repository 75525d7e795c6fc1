"""Several machines, one record: rows through a lake in PostgreSQL, Parquet and WARC files on S3 or in a folder."""

from __future__ import annotations

import builtins
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.editions.make import issue
from data import bodies
from data.bodies import bodies_of
from data.home import Home
from data.programme import ProgrammeError, read_programme
from data.published import current_path
from scrapers import warc, work
from scrapers.build import build
from scrapers.check import check_home
from scrapers.collect import CollectOptions, collect
from scrapers.errors import WorkError
from scrapers.lake import checkout, open_lake, snapshot_of
from scrapers.report import RunSummary
from scrapers.share import open_share
from tests.conftest import ROOT, need
from tests.support import postgres as pg
from tests.support.lake_home import home_of, lake_lines
from tests.support.slow_sites import Sites, slow_sites

pytest.importorskip("duckdb_extensions", reason="the extra `cluster` is not installed")
from tests.support.s3_server import CREDENTIALS, files, s3_server

HOSTS, PAGES, READ = 3, 2, 8


@pytest.fixture(scope="module")
def server() -> Iterator[pg.Postgres]:
    need(not pg.missing(), pg.missing())
    with pg.postgres() as made:
        yield made


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        with s3_server("bucket") as made:
            yield made


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    with slow_sites(HOSTS, PAGES) as made:
        yield made


def collector(home: Home, *words: str) -> subprocess.Popen[str]:
    """A collector as a process of its own."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sim_record",
            "collect",
            *words,
            "--allow-private",
            "--no-archive",
            "--home",
            str(home.root),
        ],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def collected(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """What was collected, without names and times, which no two runs share."""
    with duckdb.connect(str(home.work_database), read_only=True) as work:
        return {
            name: work.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall()
            for name, columns in {
                "attempt": "source_id, outcome, live_outcome, http_status",
                "capture": "source_id, verdict, status, body_sha256, final_url",
                "extraction": "source_id, title, text_sha256, extractor",
                "passage": "source_id, position, kind, text, char_start, char_end",
                "link": "source_id, position, url",
            }.items()
        }


def names(first: int) -> list[str]:
    return [f"page-{n}" for n in range(first, HOSTS * PAGES, 2)]


def read_by_hand(home: Home) -> None:
    """One reading for each capture that was made in the home, without the readers' processes."""
    with (
        work.open_work(home) as connection,
        open_share(home, read_programme(home.programme_file).store, connection) as share,
    ):
        inserter = work.Inserter(connection)
        for row in list(work.captures(connection)):
            if not (home.captures / row["warc_file"]).is_file():
                continue
            told = [f"Words {n} of {row['final_url'].rpartition('/')[2]}." for n in range(READ)]
            passages = [
                {"position": n, "kind": "paragraph", "text": text, "char_start": n, "char_end": n + len(text)}
                for n, text in enumerate(told, 1)
            ]
            links = [{"position": 1, "url": row["final_url"], "text": "itself"}]
            reading = {"extractor": "test/1", "text": " ".join(told), "passages": passages, "links": links}
            connection.execute("BEGIN")
            work.insert_readings(connection, inserter, work.reading_rows(row["capture_id"], row["source_id"], reading))
            connection.execute("COMMIT")
        assert share.give() == []


@pytest.mark.slow
def test_two_collectors_at_once_end_with_the_rows_of_one(
    server: pg.Postgres, endpoint: str, sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.collect._publish", lambda home, _: home.root / "unpublished")
    store = lake_lines(server.create("both"), "s3://bucket/lake", "s3://bucket/captures", endpoint)
    homes = [home_of(tmp_path / name, sites, *store) for name in ("one", "two")]
    alone = home_of(tmp_path / "alone", sites)
    summaries: list[RunSummary] = []

    def run(home: Home, *sources: str) -> None:
        given = CollectOptions(allow_private=True, quiet=True, use_archives=False, read=False, sources=sources)
        summaries.append(collect(home, read_programme(home.programme_file), given))

    threads = [threading.Thread(target=run, args=(home, *names(n))) for n, home in enumerate(homes)]
    for thread in threads:
        thread.start()
    run(alone)
    for thread in threads:
        thread.join()
    assert len(summaries) == 3 and all(summary.clean and not summary.notes for summary in summaries)
    for home in (*homes, alone):
        read_by_hand(home)

    # a third machine, which collects nothing, publishes all of it
    third = home_of(tmp_path / "three", sites, *store)
    made = build(third)
    assert collected(third) == collected(alone)
    assert made.rows["capture"] == HOSTS * PAGES
    assert [file for file in files(endpoint).find("bucket/lake") if file.endswith(".parquet")]
    with duckdb.connect(str(third.work_database), read_only=True) as connection:
        rows = connection.execute("SELECT warc_file, warc_offset, final_url FROM capture").fetchall()
    for name, offset, url in rows:  # bytes come from the shared place
        assert url.encode().rpartition(b"/")[2] in warc.read_body(third, {"warc_file": name, "warc_offset": offset})
    report = check_home(third)
    assert (report.findings, report.checked["captures"]) == ([], HOSTS * PAGES)

    # taking and giving again brings nothing twice, and every state of the lake can be had again
    programme = read_programme(third.programme_file)
    with work.open_work(homes[0]) as connection, open_share(homes[0], programme.store, connection) as share:
        share.take()
        assert share.give() == []
    assert collected(homes[0]) == collected(alone)
    with open_lake(third, programme.store) as lake:
        numbers = [snapshot.number for snapshot in lake.snapshots()]
        lake.tidy()
    checkout(third, programme.store, numbers[-1], tmp_path / "now")
    assert collected(Home(tmp_path / "now")) == collected(alone)
    checkout(third, programme.store, numbers[len(numbers) // 2], tmp_path / "then")
    assert len(collected(Home(tmp_path / "then"))["passage"]) < READ * HOSTS * PAGES


@pytest.mark.slow
def test_a_collector_killed_half_way_goes_on_and_the_rows_are_those_of_one(server: pg.Postgres, tmp_path: Path) -> None:
    """Two collectors as processes of their own, with their readers; captures and data in folders."""
    with slow_sites(4, 6) as sites:
        sites.seconds = 0.3
        alone = home_of(tmp_path / "alone", sites)
        process = collector(alone)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        store = lake_lines(server.create("killed"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        homes = [home_of(tmp_path / name, sites, *store) for name in ("one", "two")]
        everything = [f"page-{n}" for n in range(24)]
        before = sites.pages_asked()
        running = [collector(home, *everything[n::2]) for n, home in enumerate(homes)]
        sites.wait_for(before + 12, 120)
        running[1].kill()
        said, _ = running[0].communicate(timeout=300)
        assert running[0].returncode == 0, said
        running[1].communicate(timeout=60)
        again = collector(homes[1], "--resume")
        said, _ = again.communicate(timeout=300)
        assert again.returncode == 0, said
        third = home_of(tmp_path / "three", sites, *store)
        build(third)
        assert collected(third) == collected(alone)
        assert not check_home(third).findings


@pytest.mark.slow
def test_a_run_that_was_cut_off_here_is_gone_on_with_though_another_ended_since(
    server: pg.Postgres, tmp_path: Path
) -> None:
    with slow_sites(2, 6) as sites:
        sites.seconds = 0.3
        store = lake_lines(server.create("resumed"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        one, two = (home_of(tmp_path / name, sites, *store) for name in ("one", "two"))
        before = sites.pages_asked()
        first = collector(one)
        sites.wait_for(before + 4, 120)
        first.terminate()  # the run ends well, and is not finished
        said, _ = first.communicate(timeout=120)
        with duckdb.connect(str(one.work_database), read_only=True) as connection:
            runs = connection.execute("SELECT run_id, state FROM run").fetchall()
        assert [state for _, state in runs] == ["interrupted"], said
        whole = collector(two)
        said, _ = whole.communicate(timeout=120)
        assert whole.returncode == 0, said
        build(one)  # which takes in the other's run
        again = collector(one, "--resume")
        said, _ = again.communicate(timeout=120)
        assert again.returncode == 0, said
        with duckdb.connect(str(one.work_database), read_only=True) as connection:
            states = dict(connection.execute("SELECT run_id, state FROM run").fetchall())
            asked = dict(connection.execute("SELECT run_id, count(*) FROM attempt GROUP BY 1").fetchall())
        assert set(states.values()) == {"finished"} and len(states) == 2 and set(asked.values()) == {12}, (
            states,
            asked,
        )
        nothing = collector(one, "--resume")
        said, _ = nothing.communicate(timeout=120)
        assert nothing.returncode == 1 and "No run was cut off" in said, said


def test_captures_alone_may_be_shared_in_a_folder(sites: Sites, tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", sites, 'kind = "file"', f'captures = "{tmp_path / "shared"}"')
    given = CollectOptions(allow_private=True, quiet=True, use_archives=False, sources=("page-0",), read=False)
    summary = collect(home, read_programme(home.programme_file), given)
    assert summary.clean and not summary.notes
    shared = {path.name: path.read_bytes() for path in (tmp_path / "shared").iterdir()}
    assert shared == {path.name: path.read_bytes() for path in home.captures.iterdir()}
    shutil.rmtree(home.captures)
    assert not check_home(home).findings
    assert set(bodies_of(home).sizes()) == set(shared)


WRONG = {
    "unknown kind": (['kind = "postgres"'], r"programme\.toml:{kind}: store\.kind: .*'file' or 'ducklake'"),
    "no catalog": (['kind = "ducklake"'], r"programme\.toml:{store}: store: .*needs catalog, for example catalog = "),
    "a password": (
        lake_lines("host=db.example password=x dbname=lake", "/x", "/y"),
        r"programme\.toml:{store}: store: .*~/\.pgpass or PGPASSWORD",
    ),
    "catalog beside file": (['kind = "file"', 'catalog = "x"'], r"programme\.toml:{store}: store: .*belong to kind"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_store_that_is_wrong_names_its_line(case: str, sites: Sites, tmp_path: Path) -> None:
    lines, words = WRONG[case]
    home = home_of(tmp_path / "home", sites, *lines)
    told = home.programme_file.read_text(encoding="utf-8").splitlines()
    numbers = {"store": str(told.index("[store]") + 1), "kind": str(told.index(lines[0]) + 1)}
    with pytest.raises(ProgrammeError) as caught:
        read_programme(home.programme_file)
    assert re.match(re.sub(r"\{(\w+)\}", lambda found: numbers[found[1]], words), str(caught.value))


@pytest.mark.parametrize("what", ["catalog", "captures", "extra"])
def test_a_store_that_is_not_there_names_its_line(
    what: str, sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"
    captures = "s3://bucket/captures" if what == "captures" else str(tmp_path / "captures")
    lines = lake_lines("host=127.0.0.1 port=9 user=sim dbname=lake", str(tmp_path / "lake"), captures, nowhere)
    home = home_of(tmp_path / "home", sites, *lines)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    inner = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "duckdb_extensions":
            raise ImportError(name)
        return inner(name, *rest)

    if what == "extra":
        monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr(bodies, "ATTEMPTS", 2)  # the pauses between more of them take up to a minute
    key = {"extra": "kind"}.get(what, what)
    told = home.programme_file.read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(told, 1) if n > told.index("[store]") and text.startswith(f"{key} = "))
    with pytest.raises(WorkError) as caught:
        build(home)
    said = str(caught.value)
    assert said.startswith(f"programme.toml:{line}: store.{key} = "), said
    assert {"catalog": "See that PostgreSQL runs", "captures": "may read and write", "extra": "pip install"}[
        what
    ] in said


def published(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a published database, but when it was built and in which snapshot."""
    with duckdb.connect(str(path), read_only=True) as record:
        tables = [row[0] for row in record.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {
            table: record.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall()
            for table in tables
            if table != "build"
        }


def snapshot_in(path: Path) -> int | None:
    with duckdb.connect(str(path), read_only=True) as record:
        found: tuple[int | None] | None = record.execute("SELECT lake_snapshot FROM build").fetchone()
    assert found
    return found[0]


@pytest.mark.slow
def test_an_edition_is_made_again_from_the_snapshot_that_it_names(server: pg.Postgres, tmp_path: Path) -> None:
    """Two machines collect; an edition is issued; both collect on, files are joined; the snapshot gives every row."""
    with slow_sites(2, 2) as sites:
        store = lake_lines(server.create("editions"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        one, two = (home_of(tmp_path / name, sites, *store) for name in ("one", "two"))
        programme = read_programme(one.programme_file)
        given = CollectOptions(allow_private=True, quiet=True, use_archives=False)
        for home in (two, one):
            assert not collect(home, programme, given).notes
        path = current_path(one)
        edition = issue(one, programme).edition
        number = edition.facts["lake_snapshot"]
        assert not check_home(one).findings
        assert number == snapshot_in(path) and isinstance(number, int)
        with open_lake(one, programme.store) as lake:
            assert lake.newest() == number, "the record is not that of the newest snapshot"
        with duckdb.connect(str(path), read_only=True) as record:
            runs = record.execute("SELECT lake_snapshot FROM run ORDER BY run_id").fetchall()
        assert len(runs) == 2 and runs[0] < runs[1] == (number,)

        sites.told = "A sentence that was added after the edition."
        for home in (one, two):
            assert not collect(home, programme, given).notes
        with open_lake(one, programme.store) as lake:
            lake.tidy()
        assert published(current_path(two)) != published(path)
        assert snapshot_of(two, str(number)) == (number, "")
        assert snapshot_of(one, edition.name) == (number, "")
        checkout(one, programme.store, number, tmp_path / "then")
        made = build(Home((tmp_path / "then").resolve()))
        assert published(made.path) == published(edition.folder / "record.duckdb")

        with (one.register / "sources.csv").open("a", encoding="utf-8") as file:
            file.write("later,https://example.org/later,Later,,,,html,reference,,2026-11-23\n")
        assert "register here is not the one of edition" in snapshot_of(one, edition.name)[1]
        with pytest.raises(WorkError, match="neither the number of a snapshot"):
            snapshot_of(one, "2020-01-01")


def test_a_record_with_rows_that_are_not_shared_names_no_snapshot(server: pg.Postgres, tmp_path: Path) -> None:
    with slow_sites(1, 2) as sites:
        store = lake_lines(server.create("unshared"), str(tmp_path / "lake"), str(tmp_path / "captures"))
        home = home_of(tmp_path / "home", sites, *store)
        programme = read_programme(home.programme_file)
        given = CollectOptions(allow_private=True, quiet=True, use_archives=False, read=False)
        assert not collect(home, programme, given).notes
        assert snapshot_in(current_path(home)) is not None
        with work.open_work(home) as connection:  # as a run leaves it that lost its lake
            connection.execute("UPDATE run SET state = 'interrupted', ended_at = now()::TIMESTAMP")
        assert snapshot_in(build(home).path) is None
        assert "lake_snapshot" not in issue(home, programme).edition.facts
        assert not collect(home, programme, given).notes
        assert snapshot_in(current_path(home)) is not None
