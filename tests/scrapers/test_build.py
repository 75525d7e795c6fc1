"""Register in, published database out: the same twice, nothing where the register is wrong, old ones dropped."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.home import Home
from data.programme import read_programme
from data.published import current_path, open_current, published_files
from data.register_spec import FILES
from data.schema import create_all
from data.vocabulary import ORGANISATION_STATUSES, STRENGTHS, TIMELINE_KINDS
from scrapers import build as build_module
from scrapers.build import RegisterError, WorkError, build, load_register
from scrapers.check import check_home
from scrapers.derive import derive
from scrapers.register import read_register
from scrapers.work import open_work
from tests.support.working import working


def rows_of(home: Home, name: str) -> list[tuple[object, ...]]:
    with open_current(home) as connection:
        return connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()


def command(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim_record", *words, "--home", str(home.root)],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_counts_equal_those_of_the_register(home: Home) -> None:
    done = command(home, "build", "--json")
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["rows"]
    for spec in FILES:
        with (home.register / f"{spec.name}.csv").open(encoding="utf-8", newline="") as handle:
            assert counts[spec.table] == sum(1 for _ in csv.DictReader(handle)), spec.name


def test_two_builds_give_equal_tables(home: Home) -> None:
    names = list(build(home).rows)
    first = {name: rows_of(home, name) for name in names if name != "build"}
    build(home)
    assert {name: rows_of(home, name) for name in first} == first
    assert first["timeline"]


def test_a_finding_publishes_nothing(home: Home) -> None:
    build(home)
    before = current_path(home)
    path = home.register / "adoptions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",live,", ",running,", 1), encoding="utf-8")
    with pytest.raises(RegisterError) as caught:
        build(home)
    assert "adoptions.csv:3: status" in str(caught.value.findings[0])
    assert current_path(home) == before
    done = command(home, "build", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0].startswith("adoptions.csv:3: status:")
    assert done.stderr.startswith("adoptions.csv:3: status:")


def test_the_last_three_stay_and_current_moves(home: Home) -> None:
    made = [build(home).path for _ in range(5)]
    assert [path.name for path in published_files(home)] == [
        "record-3.duckdb",
        "record-4.duckdb",
        "record-5.duckdb",
    ]
    assert current_path(home) == made[-1]


def test_a_lost_pointer_falls_back_to_the_newest(home: Home) -> None:
    build(home)
    newest = build(home).path
    home.current_file.unlink()
    assert current_path(home) == newest
    home.current_file.write_text("record-99.duckdb\n")
    assert current_path(home) == newest
    assert build(home).path.name == "record-100.duckdb"


def test_an_empty_home_builds(empty_home: Home) -> None:
    made = build(empty_home)
    assert made.rows["source"] == 0
    assert rows_of(empty_home, "timeline") == []
    assert rows_of(empty_home, "organisation_status") == []


def test_every_table_view_and_column_has_a_comment(home: Home) -> None:
    build(home)
    with open_current(home) as connection:
        missing = connection.execute(
            """SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''
            UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''
            UNION ALL SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''"""
        ).fetchall()
    assert missing == []


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    import shutil

    from data.home import PACKAGE

    root: Path = tmp_path_factory.mktemp("real") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    home = Home(root)
    build(home)
    return open_current(home)


def test_the_timeline_holds_every_dated_row_once(real: duckdb.DuckDBPyConnection) -> None:
    ids = [row[0] for row in real.execute("SELECT id FROM timeline").fetchall()]
    assert len(ids) == len(set(ids))
    for table, key, date, kind in [
        ("adoption", "adoption_id", "on_date", "adoption"),
        ("statement", "statement_id", "published_on", "statement"),
        ("review_event", "event_id", "on_date", "review_event"),
        ("event", "event_id", "on_date", "event"),
        ("claimed_total", "claim_id", "as_of", "claimed_total"),
    ]:
        wanted = {
            f"{kind}.{row[0]}" for row in real.execute(f"SELECT {key} FROM {table} WHERE {date} IS NOT NULL").fetchall()
        }
        assert wanted and wanted == {i for i in ids if i.startswith(f"{kind}.")}
    assert "statement.acp-uk-2021-05" in ids
    assert "petition.change-org-stopsim.2021-06-17.stopsim-2021-06-17-update" in ids
    kinds = {row[0] for row in real.execute("SELECT DISTINCT kind FROM timeline").fetchall()}
    assert kinds <= set(TIMELINE_KINDS)


def test_timeline_spans_follow_the_precision(real: duckdb.DuckDBPyConnection) -> None:
    wrong = real.execute(
        """SELECT id FROM timeline WHERE last_day IS NULL OR (date_precision = 'before') <> (first_day IS NULL)
        OR first_day > last_day OR (date_precision = 'day' AND first_day <> last_day)"""
    ).fetchall()
    assert wrong == []
    assert real.execute(
        "SELECT first_day::VARCHAR, last_day::VARCHAR FROM timeline WHERE id = 'statement.acp-uk-2021-05'"
    ).fetchall() == [("2021-05-01", "2021-05-31")]


def test_every_trust_and_force_has_one_of_ten_statuses(real: duckdb.DuckDBPyConnection) -> None:
    bodies = real.execute(
        "SELECT count(*) FROM organisation WHERE kind IN ('mental-health-trust', 'police-force')"
    ).fetchone()
    rows = real.execute("SELECT status, strength FROM organisation_status").fetchall()
    assert bodies and len(rows) == bodies[0]
    assert {row[0] for row in rows} <= set(ORGANISATION_STATUSES)
    assert {row[1] for row in rows} <= set(STRENGTHS)


def test_a_merged_body_counts_once(real: duckdb.DuckDBPyConnection) -> None:
    bodies = real.execute("SELECT count(DISTINCT counts_as) FROM organisation_status").fetchone()
    counted = real.execute("SELECT sum(bodies) FROM status_count").fetchone()
    assert bodies and counted and bodies[0] == counted[0]
    rows = dict(
        real.execute("SELECT org_id, counts_as FROM organisation_status WHERE org_id IN ('2gether', 'slam')").fetchall()
    )
    assert rows == {"2gether": "gloucestershire-health-and-care", "slam": "slam"}


RULES = [
    ([], "unknown", "none"),
    ([("live", "2019", "year", "own-word", "name")], "used", "shown"),
    ([("live", "2019", "year", "news", "name")], "used", "reported"),
    ([("live", "2019", "year", "own-word", "area")], "unknown", "claimed"),
    ([("live", "2019", "year", "claim", "name")], "unknown", "claimed"),
    ([("live", "2019", "year", "claim", "name"), ("planned", "", "", "news", "name")], "planned", "reported"),
    ([("live", "2019", "year", "own-word", "name"), ("ended", "2021-05", "month", "news", "name")], "ended", "shown"),
    ([("ended", "2020", "year", "news", "name"), ("live", "2021-05", "month", "own-word", "name")], "used", "shown"),
    ([("ended", "2020", "year", "news", "name"), ("live", "2021-05", "before", "own-word", "name")], "ended", "shown"),
    ([("live", "2019", "year", "news", "name"), ("paused", "2021", "year", "news", "name")], "paused", "reported"),
    ([("live", "2019", "year", "own-word", "name"), ("denied", "2021", "year", "own-word", "name")], "disputed", "shown"),
    ([("similar-model", "2019", "year", "campaign", "team"), ("denied", "2021", "year", "own-word", "name")], "disputed", "shown"),
    ([("live", "2019", "year", "claim", "name"), ("denied", "2021", "year", "own-word", "name")], "denied", "shown"),
    ([("never", "2021", "year", "own-word", "name")], "never", "shown"),
    ([("similar-model", "2019", "year", "news", "name")], "similar-scheme", "reported"),
    ([("similar-model", "2019", "year", "news", "name"), ("live", "2018", "year", "news", "name")], "used", "reported"),
    ([("not-answered", "2021", "year", "record", "name")], "not-answered", "reported"),
    ([("reviewed", "2021", "year", "own-word", "name")], "unknown", "shown"),
]  # fmt: skip


@pytest.mark.parametrize(("assertions", "status", "strength"), RULES)
def test_the_stated_rule_of_the_status(
    empty_home: Home, assertions: list[tuple[str, str, str, str, str]], status: str, strength: str
) -> None:
    (empty_home.register / "organisations.csv").write_text(
        "org_id,name,kind,ods_code,region,latitude,longitude,website,successor_id,note\n"
        "t,T Trust,mental-health-trust,RAA,London,,,,,\n",
        encoding="utf-8",
    )
    (empty_home.register / "sources.csv").write_text(
        "source_id,url,title,publisher_id,published_on,date_precision,format,kind,note\n"
        "s,https://example.org/,S,,,,html,news,\n",
        encoding="utf-8",
    )
    lines = [
        "adoption_id,trust_id,police_id,other_ids,team,status,on_date,date_precision,source_id,where_in_source,summary,basis,matched"
    ]
    for number, (says, on_date, precision, basis, matched) in enumerate(assertions):
        lines.append(f"a{number},t,,,,{says},{on_date},{precision},s,,Said.,{basis},{matched}")
    (empty_home.register / "adoptions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with duckdb.connect() as connection:
        create_all(connection)
        load_register(connection, read_register(empty_home))
        assert connection.execute("SELECT status, strength FROM organisation_status").fetchall() == [(status, strength)]


def test_a_withheld_body_leaves_no_word_in_the_published_file(home: Home) -> None:
    """Not only no row: the file itself is offered for download."""
    held = working(home.work_database)
    words = "Marzipan words of the withheld page about the High Intensity Network."
    with held.connection:
        held.capture("acp-uk-2021-rapid-response", [words, "Another paragraph of it."], 1, title="Marzipan title")
        held.capture("acp-uk-2021-rapid-response", ["Words of another day."], 30)
        sha = held.rows("SELECT body_sha256 FROM capture ORDER BY capture_id")[0]["body_sha256"]
    assert b"Marzipan" in build(home).path.read_bytes()
    path = home.register / "withheld.csv"
    header = path.read_text(encoding="utf-8") if path.is_file() else "withheld_on,body_sha256,why\n"
    path.write_text(f"{header}2026-11-25,{sha},by order of a court\n", encoding="utf-8")
    made = build(home)
    assert b"Marzipan" not in made.path.read_bytes()
    assert made.rows["passage"] == 1 and made.rows["capture"] == 2 and made.rows["vocabulary"] > 50
    assert rows_of(home, "timeline") and rows_of(home, "organisation_status")


def test_a_build_loads_no_data_frames(home: Home) -> None:
    """They are half a second and a hundred megabytes that nothing here needs."""
    program = (
        "import sys; from pathlib import Path; from data.home import Home; from scrapers.build import build; "
        "build(Home(Path(sys.argv[1]))); print([name for name in ('pandas', 'pyarrow', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home.root)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def long_pages(home: Home, number: int) -> None:
    held = working(home.work_database)
    with held.connection:
        for day in range(1, number + 1):
            lines = [f"Line {line}: " + f"{day * line:x} words of a long page. " * 200 for line in range(60)]
            held.capture("acp-uk-2021-rapid-response", lines, day)


def test_where_memory_is_short_all_is_made_anew_with_more(empty_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    long_pages(empty_home, 8)
    tried: list[int] = []
    make = build_module._Making.make

    def watched(making: Any, source: Any, now: Any, base: Any, memory: int) -> Any:
        tried.append(memory)
        return make(making, source, now, base, memory)

    monkeypatch.setattr(build_module._Making, "make", watched)
    monkeypatch.setattr(build_module, "MEMORY_MB", (8, 512))
    made = build(empty_home, anew=True)
    assert tried == [8, 512] and made.rows["passage"] == 480
    assert len(set(rows_of(empty_home, "(SELECT passage_id FROM passage)"))) == 480
    monkeypatch.setattr(build_module, "MEMORY_MB", (8,))
    with pytest.raises(WorkError):
        build(empty_home, anew=True)
    assert current_path(empty_home) == made.path and not list(empty_home.root.glob("*.part*"))


def test_texts_are_not_written_a_second_time_when_the_file_is_finished(tmp_path: Path) -> None:
    """In larger groups of rows, they would take memory for all of them, and leave their first places in the file empty."""
    part = tmp_path / "record-1.part"
    with build_module._database(part, 128) as made:
        create_all(made)
    with duckdb.connect() as source, build_module._attached(source, part, 128):
        for portion in range(4):
            source.execute(
                "INSERT INTO published.main.extraction (extraction_id, capture_id, source_id, extractor, text, text_sha256) "
                f"SELECT '{portion}.' || i, 'c', 's', 'html/1', repeat(sha256(i::VARCHAR), 10), 'x' FROM range(2500) r(i)"
            )
    with build_module._database(part, 128) as made:
        made.execute("DELETE FROM vocabulary")
    with duckdb.connect(str(part), read_only=True) as record:
        groups = record.execute("SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('extraction')").fetchone()
    assert groups is not None and groups[0] >= 5


def test_a_folder_that_takes_no_file_is_said_plainly(home: Home) -> None:
    before = build(home).path
    (home.root / "record-2.part").mkdir()
    with pytest.raises(WorkError, match=r"could not be written into .* What was published before stays in force"):
        build(home)
    assert current_path(home) == before
    done = command(home, "build")
    assert done.returncode == 1 and "Traceback" not in done.stderr


def test_a_working_database_that_may_not_be_written_is_said_plainly(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WorkError, match=r"work\.duckdb cannot be written by this user"):
        open_work(home)


def test_a_check_beside_a_run_says_that_captures_were_not_looked_at(home: Home) -> None:
    with contextlib.closing(open_work(home)):
        found = check_home(home).findings
    assert len(found) == 1 and found[0].startswith("captures: not checked: work.duckdb cannot be opened")


def test_what_a_killed_build_left_is_not_built_on(home: Home) -> None:
    part = home.root / "record-1.part"
    with duckdb.connect(str(part), config={"checkpoint_threshold": "1GB"}) as left:
        left.execute("PRAGMA disable_checkpoint_on_shutdown")
        left.execute("CREATE TABLE organisation (x INTEGER)")
        left.execute("INSERT INTO organisation VALUES (1)")
    assert Path(f"{part}.wal").is_file()
    made = build(home)
    assert made.path.name == "record-1.duckdb" and made.rows["organisation"] > 200
    assert [path.name for path in home.root.glob("*.part*")] == []


def test_one_word_is_told_as_one(home_with_sources: Callable[[dict[str, str]], Home]) -> None:
    home = home_with_sources({"page": "https://a.example/"})
    work = working(home.work_database)
    work.capture("page", ["The board met in May and spoke of the scheme."], 1)
    work.capture("page", ["The board met in June and spoke of the scheme."], 2)
    derive(work.connection, read_register(home), read_programme(home.programme_file))
    build(home, work=work.connection)
    work.connection.close()
    with open_current(home) as connection:
        (told,) = connection.execute("SELECT summary FROM timeline WHERE kind = 'change'").fetchone() or ("",)
    assert told.startswith("1 word added, 1 removed")
