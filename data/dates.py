"""Dates as the register keeps them: an ISO date of full or partial length, and a precision.

A date is `2021-05-12` (day), `2021-05` (month) or `2021` (year); `before` means that the page bears this date and the
fact is older.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

LENGTHS = {"day": (10,), "month": (7,), "year": (4,), "before": (4, 7, 10)}
MONTHS = tuple(calendar.month_name)


@dataclass(frozen=True)
class Span:
    """First and last day on which a thing can have happened; `first` is None where only a latest day is known."""

    first: dt.date | None
    last: dt.date


def span(text: str, precision: str) -> Span:
    """The days that a partial date covers. Raises ValueError where text and precision do not agree."""
    if len(text) not in LENGTHS.get(precision, ()):
        raise ValueError(f"{text!r} is no date of precision {precision!r}")
    parts = [int(part) for part in text.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else None
    first = dt.date(year, month or 1, parts[2] if len(parts) > 2 else 1)
    if len(parts) == 3:
        last = first
    elif month:
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
    else:
        last = dt.date(year, 12, 31)
    return Span(None if precision == "before" else first, last)


def in_words(text: str | None, precision: str | None) -> str:
    """A date for reading: "12 May 2021", "May 2021", "2021", "by 12 May 2021", "no date"."""
    if not text:
        return "no date"
    parts = text.split("-")
    words = parts[0]
    if len(parts) > 1:
        words = f"{MONTHS[int(parts[1])]} {words}"
    if len(parts) > 2:
        words = f"{int(parts[2])} {words}"
    return f"by {words}" if precision == "before" else words


def phrase(text: str | None, precision: str | None) -> str:
    """The same inside a sentence: "on 12 May 2021", "in May 2021", "by 12 May 2021", "on a date not known"."""
    if not text:
        return "on a date not known"
    words = in_words(text, precision)
    if precision == "before":
        return words
    return f"on {words}" if len(text) == 10 else f"in {words}"
