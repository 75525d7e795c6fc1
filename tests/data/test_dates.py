"""Partial dates: what they cover and how they read."""

from __future__ import annotations

import datetime as dt

import pytest

from data.dates import in_words, phrase, span


@pytest.mark.parametrize(
    ("text", "precision", "first", "last"),
    [
        ("2021-05-12", "day", dt.date(2021, 5, 12), dt.date(2021, 5, 12)),
        ("2020-02", "month", dt.date(2020, 2, 1), dt.date(2020, 2, 29)),
        ("2019", "year", dt.date(2019, 1, 1), dt.date(2019, 12, 31)),
        ("2018-11", "before", None, dt.date(2018, 11, 30)),
    ],
)
def test_span(text: str, precision: str, first: dt.date | None, last: dt.date) -> None:
    assert (span(text, precision).first, span(text, precision).last) == (first, last)


@pytest.mark.parametrize(
    ("text", "precision"), [("2021-05", "day"), ("2021", "month"), ("2021-02-30", "day"), ("2021", "")]
)
def test_a_date_that_does_not_fit_its_precision_is_refused(text: str, precision: str) -> None:
    with pytest.raises(ValueError):
        span(text, precision)


def test_words() -> None:
    assert in_words("2021-05-12", "day") == "12 May 2021"
    assert in_words("2021-05", "before") == "by May 2021"
    assert in_words(None, None) == "no date"
    assert phrase("2021-05", "month") == "in May 2021"
    assert phrase("2021-05-12", "day") == "on 12 May 2021"
    assert phrase("2019", "before") == "by 2019"
    assert phrase("", "") == "on a date not known"
