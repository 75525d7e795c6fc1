"""sim-record query on one's own machine: the same questions are refused, and nothing is cut unless one asks for it."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from data.home import PACKAGE, Home


def ask(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim_record", "query", *words, "--home", str(home.root)],
        capture_output=True, text=True, encoding="utf-8", timeout=120, cwd=PACKAGE.parent,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select getenv('HOME')", "getenv is not answered here"),
        ("from duckdb_settings()", "duckdb_settings is disabled"),
        ("select * from query('select 1')", "query is disabled"),
        ("create temp table z (a int)", "CREATE is not a question"),
    ],
)
def test_the_same_questions_are_refused(published_home: Home, sql: str, words: str) -> None:
    done = ask(published_home, sql, "--json")
    assert done.returncode == 2 and words in json.loads(done.stdout)["error"]


def test_a_slip_shows_its_place(published_home: Home) -> None:
    done = ask(published_home, "select 1,\n  froom x y z")
    assert done.returncode == 2 and "LINE 2:" in done.stderr and done.stderr.rstrip().endswith("^")


def test_rows_are_not_cut_unless_a_limit_is_given(published_home: Home) -> None:
    whole = ask(published_home, "from range(5000)", "--format", "csv")
    assert len(whole.stdout.splitlines()) == 5001
    assert len(ask(published_home, "from range(5000)", "--format", "csv", "--limit", "7").stdout.splitlines()) == 8
    assert ask(published_home, "select '=1+1' as \"@x\", -5 as y", "--format", "csv").stdout == "'@x,y\n'=1+1,-5\n"


@pytest.mark.parametrize(
    "sql",
    [
        "select max(sha256(a::varchar)) from range(10000000000) t(a)",
        "select levenshtein(repeat('a', 200000), repeat('b', 200000))",
    ],
    ids=["listens", "does not listen"],
)
def test_seconds_end_a_question(published_home: Home, sql: str) -> None:
    begun = time.monotonic()
    done = ask(published_home, sql, "--seconds", "0.5")
    assert done.returncode == 2 and "longer than 0.5 seconds" in done.stderr
    assert time.monotonic() - begun < 60
