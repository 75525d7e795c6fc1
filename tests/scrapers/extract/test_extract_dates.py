"""A date only where the page states one, with how it was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.extract.dates import Dates, beside, in_path, iso, machine, of_page, settle, written
from scrapers.extract.model import StatedDate
from scrapers.extract.page import prepare

URL = "https://www.example.org.uk/news/answer"
FILLER = "<p>" + "The review looked at how the scheme was used and by whom. " * 6 + "</p>"


def dates(head: str = "", body: str = "", url: str = URL) -> Dates:
    ready = prepare(
        f"<html lang='en'><head>{head}</head><body><h1>Our answer</h1>{body}{FILLER}</body></html>".encode()
    )
    assert ready is not None
    return of_page(ready.page, ready.meta, url, "Our answer")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 May 2021", ["2021-05-12"]),
        ("12th of May 2021", ["2021-05-12"]),
        ("Wednesday, May 12, 2021", ["2021-05-12"]),
        ("May, 2021", ["2021-05"]),
        ("12-May-2021", ["2021-05-12"]),
        ("12 Sept. 2021", ["2021-09-12"]),
        ("2021-05-12T10:00", ["2021-05-12"]),
        ("12/05/2021", ["2021-05-12"]),
        ("12.05.21", ["2021-05-12"]),
        ("25/12/2021 and 1 January 2022", ["2021-12-25", "2022-01-01"]),
        ("12 Mai 2021", ["2021-05-12"]),
        ("7 Gorffennaf 2021", ["2021-07-07"]),
        ("31 February 2021", []),
        ("12 May 21:30", []),
        ("version 1.2.3.4", []),
        ("section 12/13", []),
        ("May 1", []),
    ],
)
def test_dates_as_people_write_them(text: str, expected: list[str]) -> None:
    assert [value for value, _, _ in written(text, day_first=True)] == expected


def test_a_date_with_two_readings_is_none_where_the_page_does_not_say_which() -> None:
    assert list(written("4/5/2021", day_first=None)) == []
    assert [value for value, _, _ in written("4/5/2021", day_first=False)] == ["2021-04-05"]
    assert [value for value, _, _ in written("14/5/2021", day_first=None)] == ["2021-05-14"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-05-12T09:00:00+01:00", "2021-05-12"),
        ("20210512", "2021-05-12"),
        ("2021-05", "2021-05"),
        ("2021", "2021"),
        ("Wed, 12 May 2021 09:00:00 GMT", "2021-05-12"),
        ("2021-13-40", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (20210512, None),
        ({"@value": "2021-05-12"}, None),
    ],
)
def test_dates_as_machines_write_them(value: object, expected: str | None) -> None:
    assert machine(value) == expected


@given(st.text(max_size=200))
def test_no_text_gives_a_date_that_does_not_exist(text: str) -> None:
    for value, start, end in written(text, day_first=True):
        assert 0 <= start < end <= len(text)
        assert iso(*(int(part) for part in value.split("-"))) == value


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ('<meta property="article:published_time" content="2021-05-12T08:00Z">', "", ("2021-05-12", "meta")),
        ('<meta name="DCTERMS.issued" content="2021-05-12">', "", ("2021-05-12", "meta")),
        ("", "<p>Published: 12 May 2021</p>", ("2021-05-12", "label")),
        ("", "<p>By the policy team | 12 May 2021 | 4 min read</p>", ("2021-05-12", "label")),
        ("", "<div>Date</div><div>12/05/2021</div>", ("2021-05-12", "label")),
        ("", "<ul><li>The Board</li><li>May, 2021</li></ul>", ("2021-05", "label")),
        ("", "<p>Posted <time datetime='2021-05-12'>last week</time></p>", ("2021-05-12", "time")),
        ("", "<p>Last updated: 12 May 2021</p>", (None, None)),
        (
            "",
            "<p>The scheme began on 12 May 2018 in one county and spread to others in the years after that day.</p>",
            (None, None),
        ),
        ("", f"{FILLER * 12}<p>12 May 2021</p>", (None, None)),
        ("", "<p>Closing date: deadline 12 May 2021</p>", (None, None)),
        ("<meta name='date' content='not a date'>", "", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_what_counts_as_stated(head: str, body: str, expected: tuple[str | None, str | None]) -> None:
    found = dates(head, body)
    assert (found.published_on, found.published_how) == expected


def test_an_updated_date_is_not_a_date_of_publication() -> None:
    found = dates("", "<p>First published 3 March 2020. Last updated 12 May 2021</p>")
    assert (found.published_on, found.updated_on) == ("2020-03-03", "2021-05-12")


def test_rows_of_a_list_below_the_title_give_no_date() -> None:
    rows = "".join(f"<div><a href='/{n}'>Answer {n}</a><span> {n} May 2021</span></div>" for n in range(1, 7))
    found = dates("", rows)
    assert found.published_on is None
    assert {date.role for date in found.found} == {"candidate"}


def test_dates_of_other_articles_on_the_page_are_not_its_own() -> None:
    things = ",".join(
        f'{{"@type":"Article","headline":"Story {n}","datePublished":"2021-05-0{n}"}}' for n in range(1, 5)
    )
    assert dates(f'<script type="application/ld+json">[{things}]</script>').published_on is None
    own = '{"@type":"Article","headline":"Our answer","datePublished":"2021-06-01"}'
    assert dates(f'<script type="application/ld+json">[{things},{own}]</script>').published_on == "2021-06-01"


@pytest.mark.parametrize(
    "json", ["{", "[[[[", '{"@type": 7}', '{"@graph": null}', '{"@type":"Article","datePublished":["x"]}', '""', "null"]
)
def test_broken_structured_data_is_no_error(json: str) -> None:
    assert dates(f'<script type="application/ld+json">{json}</script>').published_on is None


def test_a_day_in_the_address_counts_and_a_month_is_a_candidate() -> None:
    assert in_path("/2021/05/12/our-answer") == StatedDate("2021-05-12", "url", "published")
    assert in_path("/wp-content/uploads/2021/05/report.pdf") == StatedDate("2021-05", "url", "candidate")
    assert in_path("/case/2021/99/12/") is None
    assert dates(url="https://www.example.org/2021/05/our-answer").published_on is None


def test_of_two_readings_that_agree_the_fuller_is_taken() -> None:
    found = settle([StatedDate("2021-05", "meta", "published"), StatedDate("2021-05-12", "label", "published")])
    assert (found.published_on, found.published_how) == ("2021-05-12", "label")


def test_a_word_before_a_date_may_stand_in_the_piece_before() -> None:
    assert beside(["Published", "12 May 2021"], day_first=True)[0].role == "published"
    assert beside(["Last updated", "12 May 2021"], day_first=True)[0].role == "updated"
