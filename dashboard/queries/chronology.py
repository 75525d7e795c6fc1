"""The timeline as a reader walks through it: entries with the days that they can mean, years, kinds and bodies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dashboard.queries import facts
from dashboard.queries.bodies import body_index
from dashboard.queries.facts import Moment
from dashboard.queries.spans import span_of
from dashboard.record import Record, per_record
from data.dates import Span


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline with the days that its date can mean. It stands under the year of its date."""

    moment: Moment
    days: Span

    @property
    def year(self) -> str:
        """The year of its date, four digits."""
        return self.moment.on_date[:4]

    @property
    def exactness(self) -> str:
        """How exact its date is: "day", "part" (a month or a year) or "before" (only a latest day is known)."""
        if self.days.first is None:
            return "before"
        return "day" if self.days.first == self.days.last else "part"


@dataclass(frozen=True)
class YearCount:
    """How many entries stand under one year, by how exact their dates are."""

    year: str
    day: int
    part: int
    before: int

    @property
    def total(self) -> int:
        """All entries of the year."""
        return self.day + self.part + self.before


@per_record
def entries(record: Record) -> tuple[Entry, ...]:
    """Every entry of the timeline, latest first; an entry whose date cannot be read is left out.

    What was observed on a page lies between two looks at it: its days run from the last look before to the first after.
    """
    last_before = dict(
        record.rows(
            """SELECT 'change.' || source_id || '.' || number, CAST(after_at AS DATE) FROM change
               UNION ALL SELECT 'disappearance.' || source_id || '.' || number, CAST(present_at AS DATE)
               FROM disappearance"""
        )
    )
    found = []
    for moment in facts.timeline(record):
        days = span_of(moment.on_date, moment.date_precision)
        before = last_before.get(moment.id)
        if days is not None and before is not None and before <= days.last:
            days = Span(before, days.last)
        if days is not None:
            found.append(Entry(moment, days))
    return tuple(found)


@per_record
def entry_index(record: Record) -> dict[str, Entry]:
    """Every entry by its id."""
    return {entry.moment.id: entry for entry in entries(record)}


@per_record
def matching(record: Record, kind: str, body: str, year: str) -> tuple[Entry, ...]:
    """The entries of a kind, about a body and of a year, latest first; "" stands for any."""
    return tuple(
        entry
        for entry in entries(record)
        if kind in ("", entry.moment.kind) and (not body or body in entry.moment.org_ids) and year in ("", entry.year)
    )


def by_year(found: tuple[Entry, ...]) -> tuple[YearCount, ...]:
    """Entries by year, every year from the first to the last."""
    if not found:
        return ()
    counts = Counter((entry.year, entry.exactness) for entry in found)
    years = [int(entry.year) for entry in found]
    return tuple(
        YearCount(f"{year:04}", *(counts[f"{year:04}", kind] for kind in ("day", "part", "before")))
        for year in range(min(years), max(years) + 1)
    )


def kinds_of(found: tuple[Entry, ...]) -> list[tuple[str, int]]:
    """(kind, number of entries), the most frequent first."""
    return Counter(entry.moment.kind for entry in found).most_common()


@per_record
def bodies_there(record: Record) -> tuple[tuple[str, str], ...]:
    """(id, name) of every body that an entry concerns, by name; two of one name are told apart by their ids."""
    index = body_index(record)
    there = {org_id for entry in entries(record) for org_id in entry.moment.org_ids if org_id in index}
    names = Counter(index[org_id].name for org_id in there)
    found = [
        (org_id, index[org_id].name if names[index[org_id].name] == 1 else f"{index[org_id].name} ({org_id})")
        for org_id in there
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].casefold(), pair[0])))
