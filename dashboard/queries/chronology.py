"""The timeline as a reader walks through it: entries with the days that they can mean, years, kinds and bodies."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.queries.bodies import body_index
from dashboard.queries.facts import Moment
from dashboard.record import Record, can_be_asked, per_record
from data.dates import Span


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline with the days that its date can mean. It stands under the year of its date.

    What was observed on a page lies between two looks at it: its days run from the last look before to the first after.
    """

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
class Counted:
    """How many entries of a year and kind have dates that are exact to the same degree (Entry.exactness)."""

    year: str
    kind: str
    exactness: str
    entries: int


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


_ROW: Final = """SELECT id, on_date, date_precision, kind, title, summary, coalesce(org_ids, []), source_id, first_day,
  last_day FROM timeline"""


def _entries(record: Record, rest: str, values: Sequence[object]) -> tuple[Entry, ...]:
    """The entries that a statement goes on to choose, in its order."""
    rows = record.rows(f"{_ROW} {rest}", values)
    before: dict[str, dt.date] = {}
    for kind, seen in (("change", "after_at"), ("disappearance", "present_at")):
        names = [row[0].removeprefix(f"{kind}.") for row in rows if row[3] == kind]
        if names:
            marks = ", ".join("?" * len(names))
            found = record.rows(
                f"SELECT {kind}_id, CAST({seen} AS DATE) FROM {kind} WHERE {kind}_id IN ({marks})",  # noqa: S608
                names,
            )
            before |= {f"{kind}.{name}": day for name, day in found}
    made = []
    for name, on_date, precision, kind, title, summary, org_ids, source_id, first, last in rows:
        moment = Moment(name, on_date, precision, kind, title, summary, tuple(org_ids), source_id)
        looked = before.get(name)
        made.append(Entry(moment, Span(looked if looked is not None and looked <= last else first, last)))
    return tuple(made)


@per_record
def some(
    record: Record, kind: str, body: str, year: str, *, oldest: bool = False, start: int, stop: int
) -> tuple[Entry, ...]:
    """Entries `start` to `stop` (exclusive) of those of a kind, about a body and of a year, latest or oldest first;
    "" stands for any."""
    wanted = {"kind = ?": kind, "list_contains(org_ids, ?)": body, "on_date[:4] = ?": year}
    asked = {where: value for where, value in wanted.items() if value}
    order = "last_day, id DESC" if oldest else "last_day DESC, id"
    where = f"WHERE {' AND '.join(asked)} " if asked else ""
    return _entries(record, f"{where}ORDER BY {order} LIMIT ? OFFSET ?", [*asked.values(), stop - start, start])


def entry(record: Record, entry_id: str) -> Entry | None:
    """The entry of that name, or None."""
    found = _entries(record, "WHERE id = ?", [entry_id]) if entry_id and can_be_asked(entry_id) else ()
    return found[0] if found else None


@per_record
def of_kinds(record: Record, *kinds: str) -> tuple[Entry, ...]:
    """Every entry of these kinds, oldest first: for kinds that the register holds, of which there are few."""
    marks = ", ".join("?" * len(kinds))
    return _entries(record, f"WHERE kind IN ({marks}) ORDER BY last_day, id", kinds)


@per_record
def _counted(record: Record) -> dict[str, list[Counted]]:
    """Entries counted by body; under "" all of them. The database counts: there are as many as pages ever changed."""
    found: dict[str, list[Counted]] = {}
    for body, *rest in record.rows(
        """WITH seen AS (
             SELECT 'change.' || change_id AS id, CAST(after_at AS DATE) AS day FROM change
             UNION ALL SELECT 'disappearance.' || disappearance_id, CAST(present_at AS DATE) FROM disappearance
           ), told AS (
             SELECT t.on_date[:4] AS year, t.kind, coalesce(t.org_ids, []) AS org_ids, t.last_day,
               CASE WHEN s.day <= t.last_day THEN s.day ELSE t.first_day END AS first
             FROM timeline t LEFT JOIN seen s USING (id)
           ), exact AS (
             SELECT year, kind, org_ids,
               CASE WHEN first IS NULL THEN 'before' WHEN first = last_day THEN 'day' ELSE 'part' END AS exactness
             FROM told
           )
           SELECT '' AS body, year, kind, exactness, count(*) FROM exact GROUP BY ALL
           UNION ALL SELECT body, year, kind, exactness, count(*)
           FROM (SELECT unnest(org_ids) AS body, year, kind, exactness FROM exact) GROUP BY ALL
           ORDER BY ALL"""
    ):
        found.setdefault(body, []).append(Counted(*rest))
    return found


def counted(record: Record, kind: str = "", body: str = "", year: str = "") -> tuple[Counted, ...]:
    """How many entries there are of a kind, about a body and of a year; "" stands for any."""
    return tuple(one for one in _counted(record).get(body, ()) if kind in ("", one.kind) and year in ("", one.year))


def total(found: Iterable[Counted]) -> int:
    """All entries that were counted."""
    return sum(one.entries for one in found)


@per_record
def sources_there(record: Record) -> int:
    """How many sources show an entry."""
    number: int = record.rows("SELECT count(DISTINCT source_id) FROM timeline")[0][0]
    return number


def by_year(found: Sequence[Counted]) -> tuple[YearCount, ...]:
    """Entries by year, every year from the first to the last."""
    if not found:
        return ()
    counts: Counter[tuple[str, str]] = Counter()
    for one in found:
        counts[one.year, one.exactness] += one.entries
    years = [int(one.year) for one in found]
    return tuple(
        YearCount(f"{year:04}", *(counts[f"{year:04}", kind] for kind in ("day", "part", "before")))
        for year in range(min(years), max(years) + 1)
    )


def kinds_of(found: Iterable[Counted]) -> list[tuple[str, int]]:
    """(kind, number of entries), the most frequent first."""
    counts: Counter[str] = Counter()
    for one in found:
        counts[one.kind] += one.entries
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


@per_record
def bodies_there(record: Record) -> tuple[tuple[str, str], ...]:
    """(id, name) of every body that an entry concerns, by name; two of one name are told apart by their ids."""
    index = body_index(record)
    there = [org_id for org_id in _counted(record) if org_id in index]
    names = Counter(index[org_id].name for org_id in there)
    found = [
        (org_id, index[org_id].name if names[index[org_id].name] == 1 else f"{index[org_id].name} ({org_id})")
        for org_id in there
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].casefold(), pair[0])))
