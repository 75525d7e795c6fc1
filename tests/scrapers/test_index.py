"""The search index follows the record: what is new comes, what has gone goes, what stays is not touched."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from data.home import Home
from data.search import SOURCE_SHIFT, NotIndexed, beside, index_path, open_index, row_number, rows_of_source
from scrapers.build import build
from scrapers.index import IndexTrouble, update_index
from tests.support.grown_home import Size, grown_home
from tests.support.pages import add_page, remove_capture

ONE, TWO = "stopsim-petition-page", "acp-uk-2021-rapid-response"


@pytest.fixture
def built(home: Home) -> tuple[Home, Path]:
    database = build(home).path
    index_path(home).unlink(missing_ok=True)
    return home, database


@pytest.fixture
def index(built: tuple[Home, Path]) -> Iterator[sqlite3.Connection]:
    update_index(*built)
    with closing(open_index(index_path(built[0]))) as connection:
        yield connection


def texts(index: sqlite3.Connection) -> list[str]:
    return sorted(text for (text,) in index.execute("SELECT text FROM passages"))


def matching(index: sqlite3.Connection, table: str, words: str) -> int:
    return int(index.execute(f"SELECT count(*) FROM {table} WHERE {table} MATCH ?", [words]).fetchone()[0])


def test_the_register_alone_makes_an_index_of_facts(built: tuple[Home, Path]) -> None:
    home, database = built
    report = update_index(home, database)
    assert report.begun and report.facts_added > 500 and report.passages == 0
    with closing(open_index(index_path(home))) as index:
        kinds = {kind for (kind,) in index.execute("SELECT DISTINCT kind FROM fact")}
        assert {"organisation", "source", "statement", "adoption", "event", "review", "concern", "recommendation",
                "claimed_total", "petition", "review_event"} <= kinds  # fmt: skip
        assert matching(index, "facts", "SLaM") >= 5
    assert not list(home.root.glob("search.part*"))


def test_nothing_new_changes_nothing(built: tuple[Home, Path], index: sqlite3.Connection) -> None:
    before = list(index.iterdump())
    again = update_index(*built)
    assert (again.facts_added, again.facts_removed, again.passages_added, again.passages_removed) == (0, 0, 0, 0)
    assert not again.begun
    after = list(index.iterdump())
    assert [line for line in before if "stamp" not in line] == [line for line in after if "stamp" not in line]


def test_portions_of_sources_make_the_index_that_all_at_once_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = grown_home(tmp_path / "home", Size(9, 4, 23))
    database = build(home).path
    made = []
    for at_once in (1, 4, 10_000):
        index_path(home).unlink()
        monkeypatch.setattr("scrapers.index.SOURCES_AT_ONCE", at_once)
        report = update_index(home, database)
        assert report.passages_added > 9 * 23
        with closing(open_index(index_path(home))) as index:
            assert index.execute("SELECT count(*) FROM mention").fetchone()[0] > 0
            made.append([line for line in index.iterdump() if "stamp" not in line])
    assert made[0] == made[1] == made[2]


def test_only_changed_facts_are_written(home: Home) -> None:
    update_index(home, build(home).path)
    file = home.register / "events.csv"
    file.write_text(
        file.read_text(encoding="utf-8") + f"okapi,2021,year,An okapi,An okapi was seen.,,context,{TWO},2026-11-23\n",
        encoding="utf-8",
    )
    added = update_index(home, build(home).path)
    assert (added.facts_added, added.facts_removed) in ((1, 0), (0, 0))  # 0 where the build itself keeps the index
    with closing(open_index(index_path(home))) as index:
        assert matching(index, "facts", "okapi") == 1
    file.write_text(file.read_text(encoding="utf-8").replace("okapi", "tapir"), encoding="utf-8")
    update_index(home, build(home).path)
    with closing(open_index(index_path(home))) as index:
        assert (matching(index, "facts", "okapi"), matching(index, "facts", "tapir")) == (0, 1)


def test_passages_come_once_however_often_a_page_is_captured(
    built: tuple[Home, Path], index: sqlite3.Connection
) -> None:
    add_page(built[1], ONE, "c1", ["# Head", "one", "two", "two"])
    assert update_index(*built).passages_added == 3
    add_page(built[1], ONE, "c2", ["# Head", "one", "two", "two"], day=dt.date(2026, 4, 1))
    assert update_index(*built).passages_added == 0
    add_page(built[1], ONE, "c3", ["# Head", "one", "three"], day=dt.date(2026, 5, 1))
    report = update_index(*built)
    assert (report.passages_added, report.passages_removed, report.passages) == (1, 0, 4)
    assert texts(index) == ["Head", "one", "three", "two"]
    add_page(built[1], TWO, "c4", ["one"])
    assert update_index(*built).passages_added == 1  # another source says it itself


def test_what_no_capture_holds_any_more_goes(built: tuple[Home, Path], index: sqlite3.Connection) -> None:
    add_page(built[1], ONE, "c1", ["one", "two"], mentions=[(1, "slam"), (2, "slam")])
    add_page(built[1], ONE, "c2", ["one", "three"])
    update_index(*built)
    assert index.execute("SELECT count(*) FROM mention").fetchone() == (2,)
    remove_capture(built[1], "c1")
    assert update_index(*built).passages_removed == 1
    assert texts(index) == ["one", "three"]
    assert index.execute("SELECT count(*) FROM mention").fetchone() == (0,)
    remove_capture(built[1], "c2")
    assert update_index(*built).passages == 0
    for table in ("passage", "holds", "text", "reading", "seen", "mention"):
        assert index.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    assert matching(index, "passages", "one") == 0


def test_a_verdict_that_changes_takes_the_passages_away(built: tuple[Home, Path], index: sqlite3.Connection) -> None:
    add_page(built[1], ONE, "c1", ["one"])
    update_index(*built)
    with duckdb.connect(str(built[1])) as record:
        record.execute("UPDATE capture SET verdict = 'soft-404'")
    assert update_index(*built).passages_removed == 1
    assert texts(index) == []


def test_a_better_extractor_replaces_what_the_old_one_read(built: tuple[Home, Path], index: sqlite3.Connection) -> None:
    add_page(built[1], ONE, "c1", ["menu", "one"])
    update_index(*built)
    remove_capture(built[1], "c1")
    add_page(built[1], ONE, "c1", ["one", "more"], extractor="better", mentions=[(1, "slam")])
    report = update_index(*built)
    assert (report.passages_added, report.passages_removed) == (1, 1)
    assert texts(index) == ["more", "one"]
    assert index.execute("SELECT org_id FROM mention").fetchall() == [("slam",)]


def test_mentions_follow_by_themselves(built: tuple[Home, Path], index: sqlite3.Connection) -> None:
    add_page(built[1], ONE, "c1", ["one", "two"], mentions=[(1, "slam")])
    update_index(*built)
    with duckdb.connect(str(built[1])) as record:
        record.execute("UPDATE mention SET org_id = 'rcn', passage_id = 'c1-test.2'")
    update_index(*built)
    found = index.execute("SELECT text, org_id FROM mention m JOIN passages p ON p.rowid = m.row").fetchall()
    assert found == [("two", "rcn")]


def test_a_source_that_left_the_register_keeps_its_passages(
    built: tuple[Home, Path], index: sqlite3.Connection
) -> None:
    add_page(built[1], "left-long-ago", "c1", ["one"])
    assert update_index(*built).passages == 1
    assert index.execute("SELECT title FROM source WHERE source_id = 'left-long-ago'").fetchone() == ("left-long-ago",)


def test_text_with_marks_of_its_own_is_cleaned(built: tuple[Home, Path], index: sqlite3.Connection) -> None:
    add_page(built[1], ONE, "c1", ["a\x02b\x03c"])
    update_index(*built)
    assert texts(index) == ["abc"]


@pytest.mark.parametrize("harm", ["garbage", "other-version", "no-tables", "stale-log"])
def test_an_index_that_cannot_be_used_is_begun_anew(built: tuple[Home, Path], harm: str) -> None:
    home, database = built
    path = index_path(home)
    if harm == "garbage":
        path.write_bytes(b"no index" * 1000)
    elif harm == "no-tables":
        sqlite3.connect(path).close()
    else:
        update_index(home, database)
        with closing(sqlite3.connect(path)) as index:
            index.execute("UPDATE meta SET value = '0' WHERE name = 'format'")
            index.commit()
    if harm == "stale-log":
        beside(path)[0].write_bytes(b"left over")
    report = update_index(home, database)
    assert report.begun and report.facts_added > 500
    assert not any(each.exists() for each in beside(path))


def test_an_update_that_fails_leaves_the_old_index(
    built: tuple[Home, Path], index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    import scrapers.index as module

    add_page(built[1], ONE, "c1", ["one"])

    def broken(*_args: object) -> None:
        raise sqlite3.OperationalError("disk is full")

    monkeypatch.setattr(module, "_write_mentions", broken)
    with pytest.raises(IndexTrouble, match="disk is full"):
        update_index(*built)
    assert texts(index) == []
    monkeypatch.undo()
    assert update_index(*built).passages_added == 1


def test_a_database_that_is_missing_is_said(home: Home) -> None:
    with pytest.raises(IndexTrouble):
        update_index(home, home.root / "record-9.duckdb")
    assert not list(home.root.glob("search*"))
    with pytest.raises(NotIndexed):
        open_index(index_path(home))


def test_row_numbers_say_source_and_heading() -> None:
    row = row_number(7, 3, heading=True)
    first, last = rows_of_source(7)
    assert first <= row <= last and row >> SOURCE_SHIFT == 7 and row & 1 == 1
    assert row_number(7, 3, heading=False) & 1 == 0
