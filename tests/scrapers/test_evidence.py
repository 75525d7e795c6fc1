"""The passage behind each row: on the statement this began with, without its passages, and on pages of other kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from data.home import PACKAGE, Home
from data.programme import read_programme
from scrapers.evidence import TABLES, Evidence, Page, look_for, nothing, row_id_of, source_of, stem
from scrapers.extract import read as read_body
from scrapers.find.candidates import candidates_in
from scrapers.find.mentions import Document, Read, Words, look_through, mentions_of
from scrapers.find.names import Matcher, build_matcher
from scrapers.register import Register, read_register
from tests.support import seed

SOURCE = "acp-uk-2021-rapid-response"


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(Home(PACKAGE))


@pytest.fixture(scope="module")
def matcher(register: Register) -> Matcher:
    subject = read_programme(Home(PACKAGE).programme_file).programme
    return build_matcher(register.tables["organisation"], subject.terms, subject.weak_terms, subject.not_terms)


def document(texts: Sequence[str], **known: Any) -> Document:
    passages = tuple(Words(f"p{i}", i, "paragraph", None, text) for i, text in enumerate(texts, 1))
    return Document(known.pop("source_id", "s"), "c", passages, **known)


# -- the statement

needs_seed = pytest.mark.skipif(not seed.SEED.is_file(), reason="the statement's text is not beside this checkout")


def seed_document(without: str | None = None) -> Document:
    text = seed.SEED.read_text(encoding="utf-8")
    if without:
        assert without in text
        text = "\n".join(line for line in text.splitlines() if without not in line)
    found = read_body(seed.as_html(text), url="https://acp.example/statement", media_type="text/html")
    passages = tuple(Words(f"p{p.position}", p.position, p.kind, p.heading, p.text) for p in found.passages)
    return Document(SOURCE, "c", passages, found.title, "acp-uk", "statement", "2021-05", "month")


@pytest.fixture(scope="module")
def statement(matcher: Matcher) -> Read:
    return look_through(seed_document(), matcher)


@needs_seed
def test_every_fact_of_the_statement_is_found(statement: Read, matcher: Matcher, register: Register) -> None:
    page = Page(statement, matcher)
    rows = [(table, row) for table in TABLES for row in register.tables[table] if source_of(table, row) == SOURCE]
    assert len(rows) >= 25
    found = [look_for(table, row, page) for table, row in rows]
    assert [f"{e.table} {e.row_id}: {e.state} {e.missing_terms}" for e in found if e.state != "found"] == []
    assert all(e.passage_id for e in found)


@needs_seed
def test_bodies_of_the_statement_are_named(statement: Read) -> None:
    named = {mention.org_id for mention in mentions_of(statement)}
    assert {"acp-uk", "basw", "rcot", "bps", "nhs-england", "ahsn-network"} <= named


@needs_seed
def test_its_totals_become_candidates_equal_to_the_register(
    statement: Read, matcher: Matcher, register: Register
) -> None:
    columns = ("as_of", "date_precision", "claimant_id", "unit", "value", "bound")
    found = [
        tuple(c.reading[k] for k in columns) for c in candidates_in(statement, matcher) if c.kind == "claimed_total"
    ]
    known = [tuple(r[k] for k in columns) for r in register.tables["claimed_total"] if r["source_id"] == SOURCE]
    assert sorted(found) == sorted(known)
    assert len(found) == 2


@needs_seed
def test_rows_of_other_pages_are_seldom_found_in_it(statement: Read, matcher: Matcher, register: Register) -> None:
    page = Page(statement, matcher)
    rows = [(table, row) for table in TABLES for row in register.tables[table] if source_of(table, row) != SOURCE]
    wrong = [f"{table} {row_id_of(table, row)}" for table, row in rows if look_for(table, row, page).state == "found"]
    assert len(wrong) <= 0.05 * len(rows), wrong


@needs_seed
def test_what_is_taken_out_is_no_longer_found(matcher: Matcher, register: Register) -> None:
    read = look_through(seed_document(without="23 Mental Health Trusts"), matcher)
    page = Page(read, matcher)
    for row in register.tables["claimed_total"]:
        if row["source_id"] == SOURCE:
            assert look_for("claimed_total", row, page).state == "not-found"


# -- rows of each kind


def evidence(matcher: Matcher, table: str, row: dict[str, Any], *texts: str, **known: Any) -> Evidence:
    page = Page(look_through(document(texts, **known), matcher), matcher)
    return look_for(table, row, page)


def total(**cells: Any) -> dict[str, Any]:
    return {
        "claim_id": "x", "as_of": "2021-05", "date_precision": "month", "claimant_id": "bps", "unit": "mental-health-trusts",
        "value": 23, "bound": "exact", "source_id": "s", "summary": "Trusts using it.", **cells,
    }  # fmt: skip


S = "Serenity Integrated Mentoring"


@pytest.mark.parametrize(
    "text",
    [
        f"{S} is used by 23 mental health trusts, the BPS wrote in May 2021.",
        f"{S} is used by twenty-three trusts (BPS, 12/05/2021).",
        f"The BPS, 12th May, 2021: {S} has reached twenty three NHS trusts.",
    ],
)
def test_a_total_in_any_spelling(matcher: Matcher, text: str) -> None:
    assert evidence(matcher, "claimed_total", total(), text).state == "found"


def test_a_total_that_is_only_partly_there(matcher: Matcher) -> None:
    found = evidence(matcher, "claimed_total", total(), f"{S} is used by 23 mental health trusts.")
    assert found.state == "partly"
    assert set(found.missing_terms) == {"British Psychological Society", "May 2021"}
    assert evidence(matcher, "claimed_total", total(), f"{S} is used by 24 trusts, BPS, May 2021.").state == "not-found"
    other = evidence(matcher, "claimed_total", total(), f"{S}: 23 parrots, BPS, May 2021.")
    assert other.state == "partly"
    assert "mental health trusts" in other.missing_terms


def test_a_bound_is_looked_for(matcher: Matcher) -> None:
    row = total(bound="at-least", value=40, unit="teams")
    assert evidence(matcher, "claimed_total", row, f"More than 40 teams use {S}, BPS, May 2021").state == "found"
    found = evidence(matcher, "claimed_total", row, f"40 teams use {S}, BPS, May 2021")
    assert found.missing_terms == ("more than",)


def adoption(**cells: Any) -> dict[str, Any]:
    return {
        "adoption_id": "x", "trust_id": "oxleas", "police_id": "kent-police", "other_ids": [], "team": None, "status": "paused",
        "on_date": "2021-05", "date_precision": "month", "source_id": "s", "summary": "Paused.", **cells,
    }  # fmt: skip


def test_an_adoption_needs_status_bodies_and_date(matcher: Matcher) -> None:
    whole = f"Oxleas and Kent Police suspended {S} in May 2021."
    assert evidence(matcher, "adoption", adoption(), whole).state == "found"
    found = evidence(matcher, "adoption", adoption(), f"Oxleas suspended {S} in May 2021.")
    assert (found.state, found.missing_terms) == ("partly", ("Kent Police",))
    assert evidence(matcher, "adoption", adoption(), f"Oxleas and Kent Police like {S}, May 2021.").state == "not-found"
    far = [f"{S} was suspended.", *("Nothing here." for _ in range(9)), "Oxleas and Kent Police, May 2021."]
    assert evidence(matcher, "adoption", adoption(), *far).state == "partly"


def test_a_petition_count_with_its_goal(matcher: Matcher) -> None:
    row = {
        "petition_id": "p", "url": None, "on_date": None, "date_precision": None, "signatures": 64828, "bound": "exact",
        "target": 75000, "source_id": "s",
    }  # fmt: skip
    assert evidence(matcher, "petition_reading", row, "64,828 have signed.", "Next goal: 75,000").state == "found"
    assert evidence(matcher, "petition_reading", row, "64,828 have signed.").missing_terms == ("goal of 75,000",)
    assert evidence(matcher, "petition_reading", row, "64,829 have signed.", "Goal 75,000").state == "not-found"


def test_an_older_fact_needs_no_date_on_the_page(matcher: Matcher) -> None:
    row = adoption(on_date="2024-05-01", date_precision="before")
    assert evidence(matcher, "adoption", row, f"Oxleas and Kent Police suspended {S}.").state == "found"


def test_empty_and_odd_pages(matcher: Matcher, register: Register) -> None:
    for texts in ([], [""], ["\u202e\x00"], ["Home | About us | News | Contact us | Search"]):
        page = Page(look_through(document(texts), matcher), matcher)
        for table in TABLES:
            for row in register.tables[table][:3]:
                assert look_for(table, row, page).state == "not-found"


def test_no_capture_says_so(register: Register) -> None:
    row = register.tables["statement"][0]
    assert (nothing("statement", row).state, nothing("statement", row).capture_id) == ("no-capture", None)


def test_stems_meet() -> None:
    assert stem("evaluated") == stem("evaluation") == stem("evaluating")
    assert stem("police's") == stem("police")


def test_a_bare_answer_supports_what_was_read_from_it(matcher: Matcher) -> None:
    row = {
        "adoption_id": "x", "trust_id": "solent", "police_id": None, "other_ids": [], "status": "never", "on_date": None,
        "date_precision": None, "source_id": "s", "summary": "Said that it had not.",
    }  # fmt: skip
    texts = (f"Has the Trust ever used {S}?", "No.")
    known = {"publisher_id": "solent", "source_kind": "foi"}
    found = evidence(matcher, "adoption", row, *texts, **known)
    assert (found.state, found.passage_id) == ("found", "p2")
    assert evidence(matcher, "adoption", row | {"status": "live"}, *texts, **known).state != "found"
