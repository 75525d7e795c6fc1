"""All that follows from captures and register: the same twice, only where something changed, with alarms and decisions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data.home import PACKAGE, Home
from data.programme import read_programme
from scrapers import decisions
from scrapers.derive import TABLES, Derived, derive
from scrapers.register import read_register
from tests.support.working import Working, working

S = "Serenity Integrated Mentoring"
SOURCES = "source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on\n"
TOTALS = "claim_id,as_of,date_precision,claimant_id,unit,value,bound,source_id,summary,recorded_on\n"
CLAIM = f"The British Psychological Society says that 23 mental health trusts use {S}."
OTHER = "Nurses meet people at home and write a plan with them, which takes some weeks."
THIRD = "A quiet paragraph on the history of the building stands here as well, of no great interest."


@pytest.fixture
def record(tmp_path: Path) -> Home:
    """A home with the real bodies, two sources and one stated total."""
    root = tmp_path / "home"
    (root / "register").mkdir(parents=True)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    shutil.copyfile(PACKAGE / "register" / "organisations.csv", root / "register" / "organisations.csv")
    (root / "register" / "sources.csv").write_text(
        f"{SOURCES}page,https://a.example/page,Page,bps,2021-05,month,html,statement,,2026-11-23\n"
        "other,https://a.example/other,Other,,,,html,news,,2026-11-23\n"
    )
    (root / "register" / "claimed_totals.csv").write_text(
        f"{TOTALS}claim-23,2021-05,month,bps,mental-health-trusts,23,exact,page,Trusts using it.,2026-11-23\n"
    )
    return Home(root)


@pytest.fixture
def work(tmp_path: Path) -> Working:
    return working(tmp_path / "work.duckdb")


@pytest.fixture
def run(record: Home, work: Working) -> Callable[[], Derived]:
    def again() -> Derived:
        register = read_register(record)
        assert register.findings == []
        return derive(work.connection, register, read_programme(record.programme_file))

    return again


def everything(work: Working) -> dict[str, list[tuple[object, ...]]]:
    return {table: work.connection.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall() for table in TABLES}


def test_without_captures_every_row_says_so(work: Working, run: Callable[[], Derived]) -> None:
    run()
    assert [(r["row_id"], r["state"], r["capture_id"]) for r in work.rows("SELECT * FROM evidence")] == [
        ("claim-23", "no-capture", None)
    ]


def test_the_same_inputs_give_the_same_rows(work: Working, run: Callable[[], Derived]) -> None:
    for on, texts in enumerate([[CLAIM, OTHER], [CLAIM, OTHER, THIRD], [OTHER, THIRD], [CLAIM, OTHER]], 1):
        work.capture("page", texts, on)
    run()
    first = everything(work)
    assert len(first["change"]) == 3
    assert first["mention"] and first["candidate"] and first["evidence"]
    work.connection.execute("DELETE FROM derived")
    run()
    assert everything(work) == first


def test_only_what_changed_is_made_again(record: Home, work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM], 1)
    work.capture("other", [OTHER], 1)
    assert run().sources == 2
    assert run().sources == 0
    work.capture("other", [OTHER, THIRD], 2)
    assert run().sources == 1
    with (record.register / "claimed_totals.csv").open("a") as file:
        file.write("claim-24,2021-05,month,bps,teams,24,exact,page,Teams using it.,2026-11-23\n")
    assert run().sources == 1
    assert {r["row_id"]: r["state"] for r in work.rows("SELECT * FROM evidence")} == {
        "claim-23": "found",
        "claim-24": "not-found",
    }


def test_a_source_that_is_no_more_takes_its_rows_along(record: Home, work: Working, run: Callable[[], Derived]) -> None:
    run()
    (record.register / "claimed_totals.csv").unlink()
    (record.register / "sources.csv").write_text(
        SOURCES + "other,https://a.example/other,Other,,,,html,news,,2026-11-23\n"
    )
    run()
    assert work.rows("SELECT * FROM evidence") == []


def test_bad_captures_become_no_version(work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM, OTHER], 1)
    work.capture("page", ["Checking your browser before you go on."], 2, verdict="challenge")
    work.capture("page", [CLAIM, OTHER], 3)
    run()
    assert [(r["number"], r["captures"]) for r in work.rows("SELECT * FROM version")] == [(1, 2)]
    assert work.rows("SELECT * FROM change") == []


def test_data_beside_the_page_is_never_compared(work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM, OTHER], 1)
    work.capture("page", ["signatures 64828"], 1, part="data")
    work.capture("page", [CLAIM, OTHER], 2)
    run()
    assert len(work.rows("SELECT * FROM version")) == 1
    assert work.rows("SELECT * FROM change") == []
    assert len(work.rows("SELECT * FROM evidence")) == 2


def test_reading_again_is_ours(work: Working, run: Callable[[], Derived]) -> None:
    one, two = work.capture("page", [CLAIM, OTHER], 1), work.capture("page", [CLAIM, OTHER], 2, body="other bytes")
    run()
    work.read(one, "page", [CLAIM, OTHER], extractor="html/2")
    work.read(two, "page", [CLAIM, OTHER, THIRD], extractor="html/2")
    run()
    assert work.rows("SELECT * FROM change") == []
    (again,) = work.rows("SELECT * FROM rereading")
    assert (again["capture_id"], again["from_extractor"], again["to_extractor"]) == (two, "html/1", "html/2")
    assert again["words_added"] > 10
    assert again["words_removed"] == 0


def test_lost_evidence_raises_an_alarm_that_clears(work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM, OTHER], 1)
    run()
    assert work.rows("SELECT * FROM alarm") == []
    work.capture("page", [THIRD, OTHER], 2)
    run()
    (alarm,) = work.rows("SELECT * FROM alarm")
    assert (alarm["table"], alarm["row_id"], alarm["cleared_at"]) == ("claimed_total", "claim-23", None)
    (held,) = work.rows(f"SELECT text FROM passage WHERE passage_id = '{alarm['passage_id']}'")
    assert held["text"] == CLAIM
    work.capture("page", [CLAIM, OTHER], 3)
    run()
    (cleared,) = work.rows("SELECT * FROM alarm")
    assert cleared["alarm_id"] == alarm["alarm_id"]
    assert cleared["cleared_at"] is not None


def test_disappearance_with_the_archives_last_copy(work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM], 1, origin="an-archive", fetched=5)
    for on in (5, 7):
        work.attempt("page", on, "not-found")
    run()
    (found,) = work.rows("SELECT * FROM disappearance")
    assert found["memento_url"] == "https://archive.example/c0001"
    assert (found["absent_at"].day, found["confirmed_at"].day, found["returned_at"]) == (5, 7, None)


def test_what_the_register_says_already_is_not_asked(work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM, f"Over 18 police forces run {S}."], 1)
    run()
    rows = {r["state"]: r for r in work.rows("SELECT * FROM candidate WHERE kind = 'claimed_total'")}
    assert rows["accepted"]["row_id"] == "claim-23"
    assert json.loads(rows["open"]["reading"])["value"] == 18


def test_a_candidate_is_one_in_many_captures(work: Working, run: Callable[[], Derived]) -> None:
    for on in range(1, 6):
        work.capture("page", [CLAIM, f"Paragraph number {on} is new here."], on)
    run()
    (row,) = work.rows("SELECT * FROM candidate WHERE kind = 'claimed_total'")
    assert row["capture_id"] == "c0001"


def test_families_of_sites_keep_their_candidates(work: Working, run: Callable[[], Derived]) -> None:
    work.capture("page", [CLAIM], 1)
    work.connection.execute(
        "INSERT INTO candidate (candidate_id, kind, source_id, reading, confidence, rule, found_at, state) VALUES "
        "('source.1', 'source', 'page', '{\"url\": \"https://a.example/other/\"}', 1, 'a-family/1', now()::TIMESTAMP, 'open')"
    )
    run()
    (row,) = work.rows("SELECT * FROM candidate WHERE rule = 'a-family/1'")
    assert (row["state"], row["row_id"]) == ("accepted", "other")


def candidate_of(work: Working, value: int) -> decisions.Candidate:
    (row,) = work.rows(
        "SELECT c.*, p.text, k.body_sha256 FROM candidate c JOIN passage p USING (passage_id) JOIN capture k ON "
        f"k.capture_id = c.capture_id WHERE c.reading LIKE '%\"value\": {value}%'"
    )
    return decisions.Candidate(
        row["candidate_id"], row["kind"], row["source_id"], json.loads(row["reading"]), row["body_sha256"],
        decisions.passage_digest(row["text"]), row["row_id"],
    )  # fmt: skip


def test_a_decision_is_reopened_when_its_passage_goes(record: Home, work: Working, run: Callable[[], Derived]) -> None:
    forces = f"Over 18 police forces run {S}."
    work.capture("page", [CLAIM, forces, OTHER], 1)
    run()
    candidate = candidate_of(work, 18)
    decisions.reject(
        record, candidate, "A Checker", "Not stated of this scheme.", today=decisions.dt.date(2026, 11, 23)
    )
    run()
    sql = f"SELECT * FROM candidate WHERE candidate_id = '{candidate.candidate_id}'"
    (row,) = work.rows(sql)
    assert (row["state"], row["decided_by"]) == ("rejected", "A Checker")
    work.capture("page", [CLAIM, forces, OTHER, THIRD], 2)
    run()
    assert work.rows(sql)[0]["state"] == "rejected", "another passage changed"
    work.capture("page", [CLAIM, OTHER, THIRD], 3)
    run()
    assert work.rows(sql)[0]["state"] == "reopened"


def test_another_reading_does_not_reopen(record: Home, work: Working, run: Callable[[], Derived]) -> None:
    forces = f"Over 18 police forces run {S}."
    work.capture("page", [CLAIM, forces], 1)
    run()
    candidate = candidate_of(work, 18)
    decisions.reject(record, candidate, "A Checker", "No.", today=decisions.dt.date(2026, 11, 23))
    work.read("c0001", "page", [f"{CLAIM} {forces}"], extractor="html/2")
    run()
    (row,) = work.rows(f"SELECT * FROM candidate WHERE candidate_id = '{candidate.candidate_id}'")
    assert row["state"] == "rejected"
