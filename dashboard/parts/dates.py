"""Dates as HTML: what a reader sees in words, what a machine reads beside it."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from dashboard.parts.html import fill
from data import dates


def date_words(text: str | None, precision: str | None) -> Markup:
    """ "12 May 2021", "May 2021", "by 12 May 2021" or "no date", as a <time> where there is one."""
    if not text:
        return Markup('<span class="quiet">no date</span>')
    return fill('<time datetime="{t}">{w}</time>', t=text, w=dates.in_words(text, precision))


def date_phrase(text: str | None, precision: str | None) -> Markup:
    """The same inside a sentence: "on 12 May 2021", "in May 2021"."""
    if not text:
        return Markup("on a date not known")
    return fill('<time datetime="{t}">{w}</time>', t=text, w=dates.phrase(text, precision))


def day_words(day: dt.date | dt.datetime | None) -> Markup:
    """A whole day: "23 November 2026"; of a time in UTC, its day."""
    if day is None:
        return Markup('<span class="quiet">no date</span>')
    if isinstance(day, dt.datetime):
        day = day.date()
    return date_words(day.isoformat(), "day")


def time_ago(start: dt.date, end: dt.date) -> str:
    """Whole years and months from `start` to `end`: "4 years 1 month", "12 days"; "" where end is before."""
    if end < start:
        return ""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    if months < 1:
        days = (end - start).days
        return f"{days} day{'' if days == 1 else 's'}"
    years, rest = divmod(months, 12)
    words = []
    if years:
        words.append(f"{years} year{'' if years == 1 else 's'}")
    if rest:
        words.append(f"{rest} month{'' if rest == 1 else 's'}")
    return " ".join(words)
