"""What grows when pages are captured again and again, and what must not: rows read for a page, what blocks say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.downloads.files import write_table
from dashboard.feeds import choose
from dashboard.parts.params import Params
from dashboard.permalinks.pages import change_page, page_of
from dashboard.plain import ADDRESSES
from dashboard.queries import blocks, chronology, documents, items, sources
from dashboard.queries.dictionary import all_tables
from dashboard.queries.spans import span_of
from dashboard.record import Record
from dashboard.start import Context
from data.dates import Span
from data.home import Home
from scrapers.build import build
from tests.support.grown_home import Size, grown_home, source_id

SOURCES = 70
"""More than lie in one block."""
FEW, MANY = 3, 9
Contexts = Callable[[Home], Context]


def grown(root: Path, captures: int) -> Home:
    home = grown_home(root, Size(SOURCES, captures, 4))
    build(home)
    return home


@pytest.fixture(scope="module")
def long_watched(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return grown(tmp_path_factory.mktemp("many") / "home", MANY)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return grown(tmp_path_factory.mktemp("few") / "home", FEW)


@pytest.fixture
def record(context_of: Contexts, long_watched: Home) -> Record:
    return context_of(long_watched).record


def rows_read(context: Context, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """By address, the rows that its first reader has read out of the database."""
    read = [0]

    def counting(ask: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*given: Any) -> Any:
            found = ask(*given)
            read[0] += len(found)
            return found

        return answer

    monkeypatch.setattr(Record, "rows", counting(Record.rows))
    monkeypatch.setattr(Record, "fetch", counting(Record.fetch))
    some = source_id(SOURCES // 2)
    asked: dict[str, Callable[[], object]] = {
        one.path: (lambda one=one: one.plain(context, Params())) for one in ADDRESSES
    }
    asked["a document"] = lambda: page_of(context, "source", some)
    asked["its feed"] = lambda: choose.entries(context.record, "source", some)
    asked["all feeds"] = lambda: choose.entries(context.record, "timeline", "")
    found = {}
    for name, ask in asked.items():
        context.record._memo.clear()
        read[0] = 0
        ask()
        found[name] = read[0]
    monkeypatch.undo()
    return found


def test_the_first_reader_of_a_page_reads_no_row_for_each_change(
    context_of: Contexts, watched: Home, long_watched: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_read(context_of(watched), monkeypatch)
    after = rows_read(context_of(long_watched), monkeypatch)
    [[changes]] = context_of(long_watched).record.rows("SELECT count(*) FROM change")
    assert changes >= 2 * SOURCES
    shown = {"/": 60, "/timeline": 60, "/documents": 60, "a document": 30, "its feed": 10, "all feeds": 99}
    grew = {name: after[name] - before[name] for name in after if after[name] - before[name] > shown.get(name, 5)}
    assert not grew, "more captures of the same pages, and so much more is read"


@pytest.mark.parametrize("neighbours", [1, 50])
def test_blocks_say_of_each_source_what_is_on_record_of_it(record: Record, neighbours: int) -> None:
    record.neighbours = neighbours
    names = [name for (name,) in record.rows("SELECT source_id FROM source ORDER BY source_id")]
    assert len({blocks.block_of(record, name) for name in names}) == -(-len(names) // neighbours)
    for name in (*names[:3], source_id(0), source_id(SOURCES - 1), "", "zzz", f"{names[7]}.5", "\U0010fffe"):
        block = blocks.block_of(record, name)
        assert block.first <= name <= block.last
        changes = [row[0] for row in record.rows(
            "SELECT change_id FROM change WHERE source_id = ? ORDER BY before_at DESC, number DESC", [name]
        )]  # fmt: skip
        assert [one.change_id for one in documents.changes_of(record, name)] == changes
        versions = record.rows("SELECT version_id FROM version WHERE source_id = ? ORDER BY number", [name])
        assert [(one.version_id,) for one in documents.versions_of(record, name)] == versions
        held = record.rows("SELECT count(*) FROM capture WHERE source_id = ? AND verdict = 'good'", [name])[0][0]
        assert [one.held for one in items.copies(record, name)] == [held] * min(held, 2)
        seen = record.rows("SELECT id FROM timeline WHERE source_id = ? ORDER BY last_day, id DESC", [name])
        assert [(one.row_id,) for one in items.related(record, "source", name)] == seen
        fed = [one.row_id for one in choose.entries(record, "source", name)]
        assert sorted(fed) == sorted(row_id for (row_id,) in seen)
        assert [one.row_id for one in choose.entries(record, "changes", name)] == [
            row_id for row_id in fed if row_id.startswith("change.")
        ]


def test_the_timeline_is_counted_and_cut_as_its_rows_are(record: Record) -> None:
    """Against every row read and looked at one by one."""
    seen = dict(record.rows("SELECT 'change.' || source_id || '.' || number, CAST(after_at AS DATE) FROM change"))
    wanted = []
    for name, on_date, precision, kind, org_ids in record.rows(
        "SELECT id, on_date, date_precision, kind, org_ids FROM timeline ORDER BY last_day DESC, id"
    ):
        days = span_of(on_date, precision)
        assert days is not None
        days = Span(seen[name], days.last) if name in seen else days
        wanted.append((name, days, kind, on_date[:4], org_ids))
    found = chronology.some(record, "", "", "", start=0, stop=10_000)
    assert [(one.moment.id, one.days) for one in found] == [row[:2] for row in wanted]
    assert found[5:45] == chronology.some(record, "", "", "", start=5, stop=45)
    assert found[::-1][:7] == chronology.some(record, "", "", "", oldest=True, start=0, stop=7)
    for kind, body, year in (
        ("change", "", ""),
        ("", "synthetic-body-3", ""),
        ("change", "synthetic-body-3", "2016"),
        ("x", "", ""),
    ):
        chosen = [
            one for one, row in zip(found, wanted, strict=True)
            if kind in ("", row[2]) and (not body or body in row[4]) and year in ("", row[3])
        ]  # fmt: skip
        assert chosen == list(chronology.some(record, kind, body, year, start=0, stop=10_000))
        counted = chronology.counted(record, kind, body, year)
        assert chronology.total(counted) == len(chosen)
        for exactness in ("day", "part", "before"):
            told = sum(one.entries for one in counted if one.exactness == exactness)
            assert told == sum(one.exactness == exactness for one in chosen)
    assert chronology.entry(record, found[3].moment.id) == found[3]
    for nothing in ("change.synthetic-000001.99", "", "'", "\ud800", "a\0b"):
        assert chronology.entry(record, nothing) is None


def test_a_page_of_a_change_names_the_copies_on_both_sides(context_of: Contexts, long_watched: Home) -> None:
    page = change_page(context_of(long_watched), source_id(SOURCES - 1), 1, 2)
    assert page is not None
    assert page.body.count("SHA-256 <code>") == 2 and "not held" not in page.body


@pytest.mark.parametrize(("few", "alone"), [(1, 50), (1, 10_000), (5_000, 50)])
def test_sources_are_known_by_name_whether_all_are_read_or_some(
    record: Record, monkeypatch: pytest.MonkeyPatch, few: int, alone: int
) -> None:
    monkeypatch.setattr("dashboard.queries.sources.FEW", few)
    monkeypatch.setattr("dashboard.queries.sources.MOST_ALONE", alone)
    index = sources.source_index(record)
    every = {one.source_id: one for one in sources.all_sources(record)}
    assert {name: index[name] for name in every} == every and len(index) == len(every)
    assert set(sources.source_index(record)) == set(every)
    for nothing in ("", "synthetic", "synthetic-000001x", "\ud800", "\U0010ffff", "a\0b"):
        assert nothing not in index and index.get(nothing) is None
    petitions = [one for one in every.values() if one.kind == "petition"]
    assert sorted(map(str, sources.sources_of_kind(record, "petition"))) == sorted(map(str, petitions))
    at = {one.url: one.source_id for one in every.values() if one.url}
    assert sources.sources_at(record, [*list(at)[::9], "https://nobody.example/"]) == dict(list(at.items())[::9])
    assert sources.sources_at(record, ()) == {}


def test_how_one_source_fared_is_what_the_list_of_all_says(record: Record) -> None:
    every = documents.courses(record)
    assert all(documents.course_of(record, name) == one for name, one in list(every.items())[::5])
    assert documents.course_of(record, "nothing") is None
    ordered = documents.changes(record, 0, 1_000)
    assert len(ordered) == documents.change_count(record) == sum(one.changes for one in every.values())
    assert [(one.before_at, one.source_id) for one in ordered] == sorted(
        ((one.before_at, one.source_id) for one in ordered), key=lambda pair: (-pair[0].timestamp(), pair[1])
    )
    assert documents.changes(record, 3, 9) == ordered[3:9]
    assert all(one.from_number + 1 == one.to_number for one in ordered)


def test_what_is_found_and_not_checked_comes_with_its_passage(record: Record) -> None:
    wanted = record.rows(
        """SELECT candidate_id, text FROM candidate LEFT JOIN passage USING (passage_id)
           WHERE state IN ('open', 'reopened') ORDER BY confidence DESC, found_at DESC, candidate_id"""
    )
    assert len(wanted) == documents.unchecked_count(record) > 5 and all(text for _, text in wanted)
    found = [(one.candidate_id, one.passage) for one in documents.unchecked(record, 0, 10_000)]
    assert found == wanted
    assert [(one.candidate_id, one.passage) for one in documents.unchecked(record, 2, 2)] == wanted[2:4]
    some = documents.unchecked(record, 0, 1)[0].source_id
    assert some is not None
    of_it = [(one.candidate_id, one.passage) for one in documents.unchecked_of(record, some)]
    assert of_it and of_it == [row for row in wanted if row in of_it]
    assert documents.unchecked_of(record, "nothing") == ()


@pytest.mark.parametrize("name", ["passage", "capture", "evidence"])
def test_a_table_written_in_portions_is_the_table_written_at_once(
    record: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    info = next(one.info for one in all_tables(record) if one.info.name == name)
    whole = write_table(record, info, tmp_path / "whole")
    monkeypatch.setattr("dashboard.downloads.files.MOST_AT_ONCE", 97)
    parts = write_table(record, info, tmp_path / "parts")
    assert parts.rows == whole.rows > 3 * 97
    assert parts.csv.sha256 == whole.csv.sha256
