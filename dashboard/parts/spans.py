"""Uncertain dates drawn as what they are: a day as a mark, a month or a year as a band, "by" as an open end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.parts.html import EMPTY, fill, join, many
from data.dates import Span

DAYS_OF_YEAR = 366


def gap_words(before: Span, after: Span, since: str = "") -> str:
    """How long after `before` the thing of `after` happened, as far as the dates can say.

    "the same day", "12 days later", "12 to 42 days later", "at most 42 days later"; "" where they cannot say. With
    `since`, the date of `before` in words, "12 days after May 2021".
    """
    words = _gap(before, after)
    if since and words:
        return f"{words} as {since}" if words == "the same day" else f"{words.removesuffix(' later')} after {since}"
    return words


def _gap(before: Span, after: Span) -> str:
    longest = None if before.first is None else (after.last - before.first).days
    shortest = 0 if after.first is None else max(0, (after.first - before.last).days)
    if longest is None:
        return f"at least {many(shortest, 'day')} later" if shortest else ""
    if longest < 0:
        return ""
    if shortest == longest:
        return f"{many(longest, 'day')} later" if longest else "the same day"
    if shortest:
        return f"{shortest:,} to {many(longest, 'day')} later"
    return f"at most {many(longest, 'day')} later"


@dataclass(frozen=True)
class Scale:
    """A line of time from the first to the last day, drawn from left to right."""

    first: dt.date
    last: dt.date

    @classmethod
    def of_years(cls, days: Sequence[dt.date]) -> Scale:
        """Whole years that hold all of `days`, which must not be empty."""
        return cls(dt.date(min(days).year, 1, 1), dt.date(max(days).year, 12, 31))

    def place(self, day: dt.date) -> float:
        """Where a day lies, in hundredths of the line; days beyond an end lie at that end."""
        whole = (self.last - self.first).days or 1
        return max(0.0, min(100.0, 100 * (day - self.first).days / whole))

    def axis(self) -> Markup:
        """The years under the line, at most nine of them."""
        years = range(self.first.year, self.last.year + 1)
        step = -(-len(years) // 9)
        return fill(
            '<div class="axis" aria-hidden="true">{years}</div>',
            years=join(
                fill('<span style="left:{x:.1f}%">{y}</span>', x=self.place(dt.date(year, 1, 1)), y=year)
                for year in years[::step]
            ),
        )


@dataclass(frozen=True)
class Mark:
    """One dated thing on a line: its days, its shape, and what it says to the reader."""

    days: Span
    shape: str
    words: str


def line(scale: Scale, marks: Sequence[Mark], told: str, *, waiting: tuple[dt.date, dt.date] | None = None) -> Markup:
    """Marks on one line; `told` says the same in words. `waiting` draws the days after an expected date."""
    bands = join(_band(scale, mark.days) for mark in marks)
    shapes = join(_shape(scale, mark) for mark in marks)
    late = EMPTY
    if waiting is not None and waiting[1] > waiting[0]:
        left = scale.place(waiting[0])
        late = fill('<span class="late" style="left:{a:.2f}%;width:{b:.2f}%"></span>', a=left,
                    b=scale.place(waiting[1]) - left)  # fmt: skip
    return fill(
        '<div class="line" role="img" aria-label="{told}">{bands}{late}{shapes}</div>',
        told=told, late=late, bands=bands, shapes=shapes,
    )  # fmt: skip


def _band(scale: Scale, days: Span) -> Markup:
    if days.first == days.last:
        return EMPTY
    open_end = days.first is None
    right = scale.place(days.last)
    left = max(0.0, right - 4) if days.first is None else scale.place(days.first)
    return fill(
        '<span class="band{o}" style="left:{a:.2f}%;width:{b:.2f}%"></span>',
        o=" is-open" if open_end else "",
        a=left,
        b=max(0.6, right - left),
    )


def _shape(scale: Scale, mark: Mark) -> Markup:
    middle = mark.days.last if mark.days.first is None else mark.days.first + (mark.days.last - mark.days.first) / 2
    return fill(
        '<span class="mark" style="left:{x:.2f}%" title="{w}">{s}</span>',
        x=scale.place(middle),
        w=mark.words,
        s=mark.shape,
    )


def year_strip(days: Span) -> Markup:
    """The twelve months of the year in which `days` ends, with the days marked: a picture of how exact a date is."""
    start = dt.date(days.last.year, 1, 1)

    def part(day: dt.date) -> float:
        return 100 * (day - start).days / DAYS_OF_YEAR

    if days.first is None:
        kind, left, width = " is-open", 0.0, part(days.last)
    else:
        left = part(max(days.first, start))
        kind, width = "", part(days.last) - left
    if days.first == days.last:
        kind = " is-day"
    return fill(
        '<span class="strip" aria-hidden="true">'
        '<span class="band{k}" style="left:{a:.1f}%;width:{b:.1f}%"></span></span>',
        k=kind,
        a=min(left, 97.0),
        b=max(3.0, width),
    )
