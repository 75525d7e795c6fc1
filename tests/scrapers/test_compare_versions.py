"""Versions and changes out of captures in time: A-B-A, archives that come later, and readings that change by our doing."""

from __future__ import annotations

import datetime as dt

from scrapers.compare.noise import Line
from scrapers.compare.versions import Good, History, history, newness, reading
from scrapers.find.names import build_matcher

MATCHER = build_matcher([], ["Serenity Integrated Mentoring"], ["SIM"])
A = "The page says this and nothing else about it at all."
B = "Quite other words stand here now, and there are more of them."
C = "A third text, unlike both of those that stood here earlier on."


def day(number: int) -> dt.datetime:
    return dt.datetime(2024, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None) + dt.timedelta(days=number)


def good(name: str, on: int, fetched: int | None = None, **texts: str) -> Good:
    """A capture; `texts` are what each extractor read, html_2 for html/2."""
    readings = {}
    for extractor, text in texts.items():
        told = extractor.replace("_", "/")
        readings[told] = reading(told, f"{name}.{told}", [Line(text, text, None, 1)])
    return Good(name, day(on), day(on if fetched is None else fetched), f"body-{name}", readings)


def numbers(found: History) -> list[tuple[int, str, str]]:
    return [(change.number, change.before.capture_id, change.after.capture_id) for change in found.changes]


def test_a_b_a_is_three_versions_and_two_changes() -> None:
    found = history([good("1", 1, html_1=A), good("2", 2, html_1=B), good("3", 3, html_1=A)], MATCHER)
    assert [version.number for version in found.versions] == [1, 2, 3]
    assert numbers(found) == [(1, "1", "2"), (2, "2", "3")]


def test_captures_that_say_the_same_are_one_version() -> None:
    found = history([good("1", 1, html_1=A), good("2", 2, html_1=A), good("3", 3, html_1=A)], MATCHER)
    assert len(found.versions) == 1
    assert [capture.capture_id for capture in found.versions[0].captures] == ["1", "2", "3"]
    assert not found.changes


def test_the_order_is_that_of_capture_not_of_fetching() -> None:
    found = history([good("new", 5, fetched=5, html_1=B), good("old", 1, fetched=9, html_1=A)], MATCHER)
    assert numbers(found) == [(1, "old", "new")]


def test_numbers_stay_when_an_older_copy_comes_in() -> None:
    seen = [good("1", 10, html_1=A), good("2", 20, html_1=B), good("3", 30, html_1=C)]
    assert numbers(history(seen, MATCHER)) == [(1, "1", "2"), (2, "2", "3")]
    before = [*seen, good("0", 1, fetched=40, html_1=C)]
    assert numbers(history(before, MATCHER)) == [(3, "0", "1"), (1, "1", "2"), (2, "2", "3")]
    narrowed = [*seen, good("x", 15, fetched=40, html_1=A)]
    assert numbers(history(narrowed, MATCHER)) == [(1, "x", "2"), (2, "2", "3")]
    between = [*seen, good("y", 15, fetched=40, html_1=C)]
    assert numbers(history(between, MATCHER)) == [(3, "1", "y"), (1, "y", "2"), (2, "2", "3")]


def test_reading_again_makes_no_change() -> None:
    first = [good("1", 1, html_1=A), good("2", 2, html_1=A)]
    assert not history(first, MATCHER).changes
    again = [good("1", 1, html_1=A, html_2=A), good("2", 2, html_1=A, html_2=B)]
    assert not history(again, MATCHER).changes, "only the newer reading differs: ours"
    other = [good("1", 1, html_1=A, html_2=A), good("2", 2, html_1=B, html_2=A)]
    assert not history(other, MATCHER).changes, "the newer reading sees that it was noise"
    both = [good("1", 1, html_1=A, html_2=A), good("2", 2, html_1=B, html_2=C)]
    assert numbers(history(both, MATCHER)) == [(1, "1", "2")]


def test_numbers_stay_when_a_newer_reading_takes_a_change_back() -> None:
    line = [
        good("1", 1, html_1=A, html_2=A),
        good("2", 2, html_1=B, html_2=A),
        good("3", 3, html_1=C, html_2=C),
    ]
    assert numbers(history(line, MATCHER)) == [(2, "2", "3")]


def test_captures_without_a_common_reading_are_not_compared() -> None:
    found = history([good("1", 1, html_1=A), good("2", 2, html_2=B)], MATCHER)
    assert not found.changes
    assert {item.capture_id for item in found.unread} == {"1", "2"}


def test_another_kind_of_file_is_compared() -> None:
    assert numbers(history([good("1", 1, html_3=A), good("2", 2, pdf_1=B)], MATCHER)) == [(1, "1", "2")]


def test_extractors_sort_by_the_value_of_their_numbers() -> None:
    listed = ["html/10 trafilatura 2.3.1", "html/9 trafilatura 2.10.0", "html/9 trafilatura 2.9.1"]
    assert sorted(listed, key=newness) == [listed[2], listed[1], listed[0]]


def test_nothing_read_is_no_version() -> None:
    assert history([good("1", 1)], MATCHER) == History()
