"""The command line: exit codes, JSON on stdout and nothing else, errors that say what to do next."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.home import HOME_VARIABLE, PACKAGE, Home
from scrapers.build import build


def run(
    *words: str, home: Home | None = None, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "sim_record", *words, *(["--home", str(home.root)] if home else [])]
    settings = {key: value for key, value in os.environ.items() if key != HOME_VARIABLE} | (env or {})
    settings["PYTHONPATH"] = str(PACKAGE.parent)
    return subprocess.run(command, capture_output=True, timeout=120, env=settings, cwd=cwd)


@pytest.fixture
def built(home: Home) -> Home:
    build(home)
    return home


def test_query_as_csv_prints_header_and_rows_and_nothing_else(built: Home) -> None:
    done = run(
        "query", "select status, count(*) as bodies from organisation_status group by 1", "--format", "csv", home=built
    )
    assert done.returncode == 0 and done.stderr == b""
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert rows and set(rows[0]) == {"status", "bodies"}
    assert sum(int(row["bodies"]) for row in rows) == 102


def test_query_in_the_other_formats(built: Home, tmp_path: Path) -> None:
    sql = "select org_id, aliases, recorded_on from organisation where org_id = 'slam'"
    as_json = json.loads(run("query", sql, "--format", "json", home=built).stdout)
    assert (
        as_json[0]["org_id"] == "slam" and "SLaM" in as_json[0]["aliases"] and as_json[0]["recorded_on"] == "2026-11-23"
    )
    as_csv = run("query", sql, "--format", "csv", home=built).stdout.decode()
    assert ";" in next(iter(csv.DictReader(io.StringIO(as_csv))))["aliases"]
    file = tmp_path / "answer.parquet"
    assert run("query", sql, "--format", "parquet", "--output", str(file), home=built).returncode == 0
    assert pq.read_table(file).to_pylist()[0]["org_id"] == "slam"
    table = run("query", sql, home=built)
    assert b"slam" in table.stdout and table.returncode == 0
    whole = json.loads(run("query", sql, "--json", home=built).stdout)
    assert whole["columns"] == ["org_id", "aliases", "recorded_on"] and len(whole["rows"]) == 1


def test_query_limit(built: Home) -> None:
    done = run("query", "select * from source", "--limit", "3", "--format", "csv", home=built)
    assert len(done.stdout.decode().splitlines()) == 4


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 1; select 2", "2 statements"),
        ("drop table source", "DROP is not a question"),
        ("", "empty"),
        ("select * from nowhere", "nowhere"),
        ("selec 1", "syntax error"),
        ("select * from read_csv('/etc/passwd')", "disabled"),
        ("copy source to '/tmp/x.csv'", "COPY is not a question"),
    ],
)
def test_a_bad_question_is_refused_with_a_reason(built: Home, sql: str, words: str) -> None:
    done = run("query", sql, home=built)
    assert done.returncode == 2
    assert words in done.stderr.decode() and done.stdout == b""


def test_before_anything_is_published_the_next_step_is_said(home: Home) -> None:
    done = run("query", "select 1", home=home)
    assert done.returncode == 1
    assert "sim-record build" in done.stderr.decode()


def test_a_folder_that_is_no_home_is_a_usage_error(tmp_path: Path) -> None:
    for folder, words in [(tmp_path / "none", "there is no such folder"), (tmp_path, "no programme.toml here")]:
        done = run("build", "--json", home=Home(folder))
        assert done.returncode == 2
        assert words in json.loads(done.stdout)["error"]


def test_the_environment_names_the_home(built: Home) -> None:
    done = run("query", "select count(*) from source", "--format", "csv", env={HOME_VARIABLE: str(built.root)})
    assert done.stdout.decode().splitlines()[1] == "147"


def test_a_broken_programme_file_names_the_place(home: Home) -> None:
    text = home.programme_file.read_text(encoding="utf-8")
    home.programme_file.write_text(text.replace("\ndelay = 1\n", '\ndelay = "soon"\nhurry = true\n'), encoding="utf-8")
    done = run("build", "--json", home=home)
    assert done.returncode == 1
    found = json.loads(done.stdout)["findings"]
    line = text.splitlines().index("delay = 1") + 1
    assert any(said.startswith(f"programme.toml:{line}: collect.delay:") for said in found)
    assert any(said.startswith(f"programme.toml:{line + 1}: collect.hurry:") for said in found)
    home.programme_file.write_text("title = [", encoding="utf-8")
    assert "is not TOML" in json.loads(run("build", "--json", home=home).stdout)["findings"][0]


def test_check_is_clean_on_the_real_register_and_finds_what_is_wrong(built: Home) -> None:
    done = run("check", "--json", home=built)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == []
    newest = built.root / built.current_file.read_text(encoding="utf-8").strip()
    newest.write_bytes(newest.read_bytes()[:5000])
    done = run("check", "--json", home=built)
    assert done.returncode == 1
    assert newest.name in json.loads(done.stdout)["findings"][0]


def test_unknown_kind_of_source_is_a_usage_error(home: Home) -> None:
    done = run("collect", "--kind", "poem", home=home)
    assert done.returncode == 2
    assert "statement" in done.stderr.decode()


def test_help_names_every_command() -> None:
    shown = run("--help").stdout.decode()
    for name in ("up", "collect", "build", "check", "query", "serve"):
        assert name in shown


def test_a_bug_ends_with_three(home: Home) -> None:
    code = (
        "import sys, sim_record, scrapers.build\n"
        "def broken(*_a, **_k): raise RuntimeError('planted')\n"
        "scrapers.build.build = broken\n"
        f"sys.argv = ['sim-record', 'build', '--home', {str(home.root)!r}]\n"
        "sim_record.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=PACKAGE.parent)
    assert done.returncode == 3
    assert "planted" in done.stderr and "bug" in done.stderr


def test_ctrl_c_in_the_middle_of_a_query_is_no_bug(home: Home) -> None:
    code = (
        "import sys, sim_record, scrapers.build\n"
        "def stopped(*_a, **_k):\n"
        "    try: raise KeyboardInterrupt\n"
        "    except KeyboardInterrupt as error: raise RuntimeError('Query interrupted') from error\n"
        "scrapers.build.build = stopped\n"
        f"sys.argv = ['sim-record', 'build', '--home', {str(home.root)!r}]\n"
        "sim_record.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=PACKAGE.parent)
    assert done.returncode == 1
    assert "Stopped" in done.stderr and "bug" not in done.stderr
