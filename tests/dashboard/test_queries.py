"""What pages ask of the record, on the real register: the answers agree with the tables."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.queries import bodies, chronology, find, focus, items, over_time, reviews, state
from dashboard.record import Record, Store, per_record
from dashboard.start import Context
from data.home import Home
from data.published import NotPublished, open_current
from scrapers.build import build

Contexts = Callable[[Home], Context]


@pytest.fixture
def record(context_of: Contexts, published_home: Home) -> Record:
    return context_of(published_home).record


def test_standings_are_one_row_a_trust_or_force(record: Record) -> None:
    found = bodies.standings(record)
    kinds = ("mental-health-trust", "police-force")
    assert len(found) == sum(body.kind in kinds for body in bodies.all_bodies(record))
    assert sum(row.bodies for row in bodies.status_counts(record)) <= len(found)


def test_stated_and_named_add_up(record: Record, context_of: Contexts, published_home: Home) -> None:
    claims = context_of(published_home).programme.focus.claims
    stated = focus.stated_totals(record, claims)
    assert len(stated) == len(claims)
    for one in stated:
        counted = bodies.bodies_with(record, one.kind, *focus.NAMED)
        assert len(one.used) == counted, "names and counts come by two ways"
        assert len(one.disputed) == bodies.bodies_with(record, one.kind, "disputed")
        assert not set(one.used) & set(one.weak)
        assert one.unnamed + len(one.used) + len(one.disputed) + len(one.weak) == one.claim.value


def test_what_can_be_named_grows_with_its_dates_up_to_what_is_counted(record: Record) -> None:
    found = over_time.courses(record)
    assert {one.kind for one in found} == {"mental-health-trust", "police-force"}
    for one in found:
        sizes = [size for _, size in one.named]
        assert sizes == sorted(sizes) and [day for day, _ in one.named] == sorted(day for day, _ in one.named)
        assert sizes[-1] + one.undated == bodies.bodies_with(record, one.kind, *focus.NAMED)
        assert one.named_by(one.named[0][0]) >= 1 and one.named_by(dt.date(1900, 1, 1)) == 0
        assert all(point.claim.value is not None and point.days for point in one.points)


def test_focus_names_rows_that_exist(record: Record, context_of: Contexts, published_home: Home) -> None:
    chosen = context_of(published_home).programme.focus
    end = focus.ending(record, chosen.ended_event)
    assert end is not None and end.source_id
    assert reviews.track_index(record)[chosen.review].steps
    assert focus.ending(record, "no-such-row") is None
    assert focus.stated_totals(record, ("no-such-row",)) == ()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("SLaM", "slam"),
        ("slam", "slam"),
        ("south london & maudsley", "slam"),
        ("Metropolitan Police", "metropolitan-police"),
        ("  gloucestershire   constabulary ", "gloucestershire-police"),
        ("isle of wight nhs", "isle-of-wight"),
    ],
)
def test_a_body_is_found_by_its_names(record: Record, words: str, first: str) -> None:
    assert find.find(record, words).found[0].body.org_id == first


def test_a_region_finds_its_bodies(record: Record) -> None:
    answer = find.find(record, "north east")
    assert answer.total > 1
    assert any(one.body.region == "North East" and one.body.kind == "police-force" for one in answer.found)


def test_a_slip_is_answered_with_names_that_are_alike(record: Record) -> None:
    answer = find.find(record, "glocestershire")
    assert not answer.found and "gloucestershire" in answer.alike


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_words_break_the_search(record: Record, words: str) -> None:
    answer = find.find(record, words)
    assert len(answer.found) <= find.MOST


def test_facts_are_counted_once(record: Record) -> None:
    tables = ("adoption", "claimed_total", "statement", "concern", "review", "review_event", "recommendation",
              "petition_reading", "event")  # fmt: skip
    total = sum(record.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)
    assert state.fact_count(record) == total
    assert sum(one.facts for one in state.evidence_counts(record)) == total
    assert sum(size for _, _, size in state.recorded_days(record, dt.date(2000, 1, 1))) == total
    assert state.recorded_days(record, dt.date(2999, 1, 1)) == ()


def test_an_empty_record_answers_everything(context_of: Contexts, published_empty_home: Home) -> None:
    record = context_of(published_empty_home).record
    assert bodies.standings(record) == ()
    assert state.fact_count(record) == 0
    assert state.last_run(record) is None and state.last_good_at(record) is None
    assert find.find(record, "anything").found == ()
    assert chronology.counted(record) == () and chronology.some(record, "", "", "", start=0, stop=9) == ()
    assert focus.named_counts(record) == {}


@dataclass(frozen=True)
class Wrong:
    org_id: str
    title: str


def test_a_shape_that_does_not_fit_is_refused(record: Record) -> None:
    with pytest.raises(TypeError, match="gives"):
        record.fetch(Wrong, "SELECT org_id, name FROM organisation")


def test_answers_are_kept_with_the_record(record: Record) -> None:
    calls = []

    @per_record
    def answer(record: Record, number: int) -> int:
        calls.append(number)
        return number + 1

    assert [answer(record, 1), answer(record, 1), answer(record, 2)] == [2, 2, 3]
    assert calls == [1, 2]


def test_a_newly_published_record_is_picked_up(home: Home) -> None:
    build(home)
    store = Store(home)
    first = store.current()
    assert store.current() is first
    with (home.register / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write("added,2021,year,Added,Added.,,context,acp-uk-2021-rapid-response,2026-11-23\n")
    build(home)
    second = store.current()
    assert second is not first and second.number == first.number + 1
    events = "SELECT count(*) FROM event"
    assert second.rows(events)[0][0] == first.rows(events)[0][0] + 1, "the old one still answers its readers"
    store.close()


def test_a_home_without_a_record_says_so(home: Home) -> None:
    with pytest.raises(NotPublished):
        Store(home).current()
    (home.root / "record-1.duckdb").write_bytes(os.urandom(4096))
    home.current_file.write_text("record-1.duckdb\n", encoding="utf-8")
    with pytest.raises(NotPublished, match="cannot be opened"):
        Store(home).current()


def test_corrections_stand_beside_their_row_whichever_name_the_table_has(home: Home, context_of: Contexts) -> None:
    """By the file's name, as the register's README says, or the table's; a row that was taken out names no column."""
    path = home.register / "corrections.csv"
    path.write_text(
        "corrected_on,table,row_id,column,was,is,why\n"
        "2026-11-24,statements,acp-uk-2021-05,asks,halt,apology,typing slip\n"
        "2026-11-24,petition_readings,change-org-stopsim.2021-06-17.stopsim-2021-06-17-update,signatures,1,2,typing slip\n"
        "2026-11-25,events,a-row-of-before,,It happened.,,the page does not say so\n",
        encoding="utf-8",
    )
    build(home)
    record = context_of(home).record
    assert [one.column for one in items.corrections(record, "statement", "acp-uk-2021-05")] == ["asks"]
    reading = "petition.change-org-stopsim.2021-06-17.stopsim-2021-06-17-update"
    assert [one.now for one in items.corrections(record, "timeline", reading)] == ["2"]
    assert [one.column for one in state.corrections(record)] == ["", "signatures", "asks"]
    with open_current(home) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM timeline WHERE kind = 'correction'").fetchall()]
    assert "correction.event.a-row-of-before.row.2026-11-25" in ids and len(ids) == 3
