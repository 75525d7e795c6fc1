"""Dates as English pages write them, read into the register's form."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scrapers.find.text import Taken

_MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_NAMES: Final = {**_MONTHS, **{name[:3]: number for name, number in _MONTHS.items()}, "sept": 9}
_MONTH: Final = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
_YEAR: Final = r"(?:19|20)\d\d"
_HINT: Final = re.compile(r"(?:19|20)\d\d|\d[./]\d{1,2}[./]\d\d")
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<y>{_YEAR})-(?P<m>\d\d)-(?P<d>\d\d)\b",
        rf"\b(?P<d>\d\d?)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n>{_MONTH})\b\.?,?\s+(?P<y>{_YEAR})\b",
        rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>{_YEAR})\b",
        rf"\b(?P<d>\d\d?)[./](?P<m>\d\d?)[./](?P<y>{_YEAR}|\d\d)\b(?![./]\d)",
        rf"\b(?P<n>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y>{_YEAR})\b",
        rf"(?<![\d/.,£$-])(?P<y>{_YEAR})(?![\d/]|-\d\d|\.\d|,\d)",
    )
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text: `text[start:end]` reads as `value` (YYYY, YYYY-MM or YYYY-MM-DD) of `precision`."""

    start: int
    end: int
    value: str
    precision: str


@lru_cache(maxsize=4096)
def find_dates(text: str) -> tuple[Dated, ...]:
    """Dates in their order; where one holds another, the fuller one. Numbers between strokes are day/month/year."""
    found: list[Dated] = []
    taken = Taken()
    if not _HINT.search(text):
        return ()
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if taken.overlaps(*match.span()):
                continue
            read = _read(match.groupdict())
            if read:
                taken.take(*match.span())
                found.append(Dated(match.start(), match.end(), *read))
    return tuple(sorted(found, key=lambda date: date.start))


def _read(parts: dict[str, str | None]) -> tuple[str, str] | None:
    year = int(parts["y"] or 0)
    if year < 100:
        year += 2000
    name = parts.get("n")
    month = _NAMES[name.lower().rstrip(".")] if name else int(parts.get("m") or 0)
    day = int(parts.get("d") or 0)
    if not 1990 <= year <= 2100 or month > 12:
        return None
    if not month:
        return f"{year:04}", "year"
    if not day:
        return f"{year:04}-{month:02}", "month"
    if day > calendar.monthrange(year, month)[1]:
        return None
    return f"{year:04}-{month:02}-{day:02}", "day"
