"""Partial dates of the record as the days that they can mean."""

from __future__ import annotations

from typing import Final

from data import dates
from data.dates import Span

PRECISIONS: Final = {4: "year", 7: "month", 10: "day"}


def span_of(text: str | None, precision: str | None) -> Span | None:
    """The days that a date of the record can mean; None where there is no date, or it is none that can be read.

    Without a precision its length decides.
    """
    if not text:
        return None
    try:
        return dates.span(text, precision or PRECISIONS.get(len(text), ""))
    except ValueError:
        return None
