"""What a reader types is never an error, neither here nor in FTS5; what was mended is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.search.language import Filter, expression, read, stricter
from data.search import TOKENS


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, tokenize = '{TOKENS}')")
    for text in (
        "crisis plans and police on the ward",
        "police halt the crisis plan",
        "a review of the ward",
        "café co-production",
    ):
        connection.execute("INSERT INTO t VALUES (?)", [text])
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("crisis plan", {1, 2}),
        ('"crisis plan"', {1, 2}),
        ('"plan crisis"', set()),
        ("CRISIS Police", {1, 2}),
        ("cri* ward", {1}),
        ("police -halt", {1}),
        ("police NOT halt", {1}),
        ("halt OR review", {2, 3}),
        ("halt | review", {2, 3}),
        ("halt OR review ward", {3}),
        ("(halt OR police) crisis -ward", {2}),
        ("NEAR(police ward, 3)", {1}),
        ("NEAR(crisis ward, 1)", set()),
        ("NEAR/5(crisis ward)", {1}),
        ("cafe", {4}),
        ("co-production", {4}),
        ("“crisis plan", {1, 2}),
        ("crisis AND plan", {1, 2}),
        ('police -"crisis plan"', set()),
        ("plan's crisis", set()),
    ],
)
def test_what_is_found(table: sqlite3.Connection, text: str, rows: set[int]) -> None:
    found = table.execute("SELECT rowid FROM t WHERE t MATCH ?", [expression(read(text))]).fetchall()
    assert {row for (row,) in found} == rows


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("org:slam", (Filter("org", ("slam",)),)),
        ("org: slam", (Filter("org", ("slam",)),)),
        ("-kind:news", (Filter("kind", ("news",), True),)),
        ('org:"South London",cpft', (Filter("org", ("South London", "cpft")),)),
        ("since:2021-06 until:2022", (Filter("after", ("2021-06",)), Filter("before", ("2022",)))),
        ("Body:x STATUS:gone", (Filter("org", ("x",)), Filter("status", ("gone",)))),
    ],
)
def test_filters(text: str, filters: tuple[Filter, ...]) -> None:
    query = read(text)
    assert query.filters == filters and query.wanted is None


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('"crisis plan', "quotation mark was not closed"),
        ("(a OR b", "bracket was not closed"),
        ("a) b", "closing bracket stood alone"),
        ("NEAR(a b", "NEAR( was not closed"),
        ("NEAR(a)", "at least two words"),
        ("police NEAR ward", "NEAR is written before its words"),
        ("foo:bar", "foo: is not a field"),
        ("org:", "org: stood without a value"),
        ("p*", "at least 2 letters"),
        ("word " * 200, "first 500 characters"),
        (" ".join(f"w{n}" for n in range(60)), "first 32 words"),
        ("(" * 20 + "a", "eight deep"),
    ],
)
def test_what_was_mended_is_said(text: str, note: str) -> None:
    assert any(note in sentence for sentence in read(text).notes), read(text).notes


def test_nothing_asked() -> None:
    for text in ("", "   ", '""', "- -", "*", "!!!", "()", "OR", "\0\x02"):
        assert expression(read(text)) is None
        assert read(text).filters == ()
    assert read("-police").unwanted and expression(read("-police")) is None


def test_what_fits_better_comes_in_order() -> None:
    assert stricter(read("a")) == () and stricter(read("NEAR(a b)")) == ()
    phrase, near = stricter(read("crisis plan -halt"))
    assert phrase.startswith('("crisis plan")') and near.startswith("(NEAR(") and "NOT" in phrase
    assert len(stricter(read("a OR b"))) == 2


PIECES = st.sampled_from(
    ['"', "(", ")", "*", "-", ":", ",", "|", "^", "'", "NEAR(", "NEAR/2(", "OR", "AND", "NOT", "org:", "kind:x", "{", "}",
     "½", "\u0301", "é", "中", "\\", " ", "a", "crisis", '"x y"', "text:", "\0", "\u200b", "٣", "+", "&", "…", "\ud800"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_no_text_is_an_error(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, tokenize = '{TOKENS}')")
    query = read(text)
    for words in filter(None, (expression(query), *stricter(query))):
        connection.execute("SELECT rowid FROM t WHERE t MATCH ?", [words]).fetchall()
    connection.close()
