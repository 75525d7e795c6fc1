"""The review desk on the command line: list, show, accept, correct, reject; the register stays whole."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from data.home import PACKAGE, Home
from data.programme import read_programme
from data.published import open_current
from scrapers.build import build
from scrapers.decisions import DecisionError, accept, reject
from scrapers.derive import derive
from scrapers.register import read_register
from scrapers.reviewdesk import show
from sim_record import app
from tests.conftest import ROOT
from tests.support.working import working

S = "Serenity Integrated Mentoring"
PAGE = [
    "The board met in May.",
    f"Oxleas NHS Foundation Trust and Kent Police launched {S} in April 2018.",
    f"{S} is used by 23 mental health trusts.",
    f"The Royal College of Nursing has called for {S} to be halted.",
]


@pytest.fixture
def desk(tmp_path: Path) -> Home:
    root = tmp_path / "home"
    (root / "register").mkdir(parents=True)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    shutil.copyfile(PACKAGE / "register" / "organisations.csv", root / "register" / "organisations.csv")
    (root / "register" / "sources.csv").write_text(
        "source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on\n"
        "page,https://a.example/page,Page,bbc,2021-06-01,day,html,news,,2026-11-23\n"
    )
    home = Home(root)
    work = working(home.work_database)
    work.capture("page", PAGE, 1)
    derive(work.connection, read_register(home), read_programme(home.programme_file))
    build(home, work=work.connection)
    work.connection.close()
    return home


def call(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["review", *words, "--home", str(home.root)])


def told(home: Home, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call(home, *words, "--json").stdout)
    return found


def name_of(home: Home, kind: str) -> str:
    (row,) = told(home, "--kind", kind)["candidates"]
    return str(row["candidate_id"])


def rows(home: Home, name: str) -> list[dict[str, str]]:
    path = home.register / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_list_with_filters(desk: Home) -> None:
    found = told(desk)["candidates"]
    assert {row["kind"] for row in found} == {"adoption", "claimed_total", "statement"}
    assert [row["kind"] for row in told(desk, "--body", "kent-police")["candidates"]] == ["adoption"]
    assert told(desk, "--source", "nowhere")["candidates"] == []
    assert told(desk, "--state", "rejected")["candidates"] == []
    assert call(desk, "--kind", "rumour").exit_code == 2
    plain = call(desk)
    assert "trust_id=oxleas" in plain.stdout


def test_show_has_the_passage_in_its_context(desk: Home) -> None:
    shown = call(desk, "show", name_of(desk, "adoption"))
    assert f">> {PAGE[1]}" in shown.stdout
    assert PAGE[0] in shown.stdout
    assert "status = live" in shown.stdout
    assert call(desk, "show", "no-such-thing").exit_code == 1


def test_the_beginning_of_a_name_is_enough(desk: Home) -> None:
    name = name_of(desk, "adoption")
    assert call(desk, "show", name[:15]).stdout == call(desk, "show", name).stdout
    assert "3 candidates have names that begin with ''" in call(desk, "show", "").stderr
    assert "No candidate is called 'rumour'" in call(desk, "show", "rumour").stderr


def test_accept_appends_row_and_decision(desk: Home) -> None:
    name = name_of(desk, "adoption")
    done = told(desk, "accept", name, "--by", "A Checker")
    assert done["ok"], done
    (row,) = rows(desk, "adoptions")
    assert (row["trust_id"], row["police_id"], row["status"], row["on_date"], row["source_id"]) == (
        "oxleas",
        "kent-police",
        "live",
        "2018-04",
        "page",
    )
    assert row["recorded_on"]
    assert 3 < len(row["summary"].split()) <= 40
    (decision,) = rows(desk, "decisions")
    assert (decision["decision"], decision["by"], decision["candidate_id"]) == ("accepted", "A Checker", name)
    assert json.loads(decision["reading"])["trust_id"] == "oxleas"
    assert json.loads(decision["decided"])["row"]["adoption_id"] == row["adoption_id"]
    assert len(decision["capture_sha256"]) == len(decision["passage_sha256"]) == 64
    assert read_register(desk).findings == []
    with open_current(desk) as connection:
        assert connection.execute("SELECT state, row_id FROM candidate WHERE kind = 'adoption'").fetchall() == [
            ("accepted", row["adoption_id"])
        ]
        assert connection.execute('SELECT "by" FROM decision').fetchall() == [("A Checker",)]
    assert call(desk, "accept", name, "--by", "Another").exit_code == 1
    assert len(rows(desk, "adoptions")) == 1


def test_correcting_keeps_both_readings(desk: Home) -> None:
    told(
        desk,
        "accept",
        name_of(desk, "adoption"),
        "--by",
        "A Checker",
        "--set",
        "on_date=2018",
        "--set",
        "date_precision=year",
    )
    (row,) = rows(desk, "adoptions")
    assert row["on_date"] == "2018"
    (decision,) = rows(desk, "decisions")
    assert decision["decision"] == "corrected"
    assert json.loads(decision["reading"])["on_date"] == "2018-04"
    assert json.loads(decision["decided"])["row"]["on_date"] == "2018"


def test_a_summary_of_ones_own(desk: Home) -> None:
    told(desk, "accept", name_of(desk, "statement"), "--by", "A", "--summary", "The college asks for a halt.")
    assert rows(desk, "statements")[0]["summary"] == "The college asks for a halt."


def test_missing_columns_are_asked_for_by_name(desk: Home) -> None:
    work = working_again(desk, ["NHS England announced a review of Serenity Integrated Mentoring on 11 May 2021."])
    assert work
    done = call(desk, "accept", name_of(desk, "review_event"), "--by", "A Checker")
    assert done.exit_code == 1
    assert "--set review_id=" in done.stderr
    assert rows(desk, "decisions") == []


def working_again(home: Home, texts: list[str]) -> bool:
    from scrapers import work as store
    from tests.support.working import Working

    connection = store.open_work(home)
    Working(connection, count=100).capture("page", texts, 2)
    derive(connection, read_register(home), read_programme(home.programme_file))
    build(home, work=connection)
    connection.close()
    return True


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("status=running", "not in the vocabulary"),
        ("trust_id=no-such-trust", "stands in no row"),
        ("colour=red", "no column"),
        ("on_date=soon", "no date"),
    ],
)
def test_what_the_register_refuses_is_not_written(desk: Home, setting: str, said: str) -> None:
    before = {path.name: path.read_bytes() for path in desk.register.glob("*.csv")}
    done = call(desk, "accept", name_of(desk, "adoption"), "--by", "A Checker", "--set", setting)
    assert done.exit_code == 1
    assert said in done.stderr
    assert {path.name: path.read_bytes() for path in desk.register.glob("*.csv")} == before


def test_reject_needs_a_reason_and_a_name(desk: Home) -> None:
    name = name_of(desk, "claimed_total")
    assert call(desk, "reject", name, "--by", "A").exit_code == 2
    assert call(desk, "reject", name, "--why", "x").exit_code == 2
    assert call(desk, "reject", name, "--why", " ", "--by", "A").exit_code == 1
    assert told(desk, "reject", name, "--why", 'Counted something else, "teams".', "--by", "A Checker")["ok"]
    (decision,) = rows(desk, "decisions")
    assert (decision["decision"], decision["why"], decision["decided"]) == (
        "rejected",
        'Counted something else, "teams".',
        "",
    )
    assert rows(desk, "claimed_totals") == []
    assert name not in [row["candidate_id"] for row in told(desk)["candidates"]]
    assert name in [row["candidate_id"] for row in told(desk, "--state", "rejected")["candidates"]]


def test_nothing_published_yet(empty_home: Home) -> None:
    done = call(empty_home)
    assert done.exit_code == 1
    assert "sim-record build" in done.stderr


def test_what_the_register_says_is_not_rejected(desk: Home) -> None:
    name = name_of(desk, "adoption")
    assert told(desk, "accept", name, "--by", "A Checker")["ok"]
    refused = call(desk, "reject", name, "--why", "Misread.", "--by", "B Checker")
    assert refused.exit_code == 1
    assert "adoptions.csv" in refused.stderr
    assert [row["decision"] for row in rows(desk, "decisions")] == ["accepted"]


def test_a_second_rejection_is_no_second_row(desk: Home) -> None:
    name = name_of(desk, "claimed_total")
    assert call(desk, "reject", name, "--why", "No.", "--by", "A Checker").exit_code == 0
    again = call(desk, "reject", name, "--why", "No.", "--by", "B Checker")
    assert again.exit_code == 1
    assert "rejected by A Checker already" in again.stderr
    assert len(rows(desk, "decisions")) == 1


def test_what_another_decided_meanwhile_is_seen(desk: Home) -> None:
    with open_current(desk) as connection:
        shown = show(connection, name_of(desk, "claimed_total"))
    assert shown is not None
    reject(desk, shown.candidate, "A Checker", "No.", today=dt.date(2026, 11, 24))
    with pytest.raises(DecisionError, match="rejected by A Checker on 2026-11-24 meanwhile"):
        accept(desk, shown.candidate, "B Checker", today=dt.date(2026, 11, 24))
    assert len(rows(desk, "decisions")) == 1
    assert rows(desk, "claimed_totals") == []


_REJECTS = """
import sys, datetime as dt
from pathlib import Path
from data.home import Home
from scrapers.decisions import Candidate, reject
for number in range(6):
    one = Candidate(f"statement-{sys.argv[2]}{number}", "statement", "page", {}, None, None)
    reject(Home(Path(sys.argv[1])), one, "A Checker", "No.", today=dt.date(2026, 11, 24))
"""


def test_people_who_decide_at_once_lose_no_decision(desk: Home) -> None:
    command = [sys.executable, "-c", _REJECTS, str(desk.root)]
    both = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in both] == [0, 0, 0]
    assert len(rows(desk, "decisions")) == 18


def test_lines_end_as_an_editor_left_them(desk: Home) -> None:
    assert call(desk, "reject", name_of(desk, "claimed_total"), "--why", "No.", "--by", "A Checker").exit_code == 0
    path = desk.register / "decisions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert call(desk, "reject", name_of(desk, "adoption"), "--why", "No.", "--by", "A Checker").exit_code == 0
    held = path.read_bytes()
    assert held.startswith(b"\xef\xbb\xbfdecided_on")
    assert held.count(b"\n") == held.count(b"\r\n") == 3
    assert read_register(desk).findings == []


def test_a_state_that_there_is_not_is_said(desk: Home) -> None:
    assert call(desk, "--state", "doubtful").exit_code == 2
