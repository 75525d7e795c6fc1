"""Petitions: their readings as what they are, when they opened, and what happened meanwhile."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from dashboard.queries import chronology, facts
from dashboard.queries.facts import Moment
from dashboard.queries.sources import sources_of_kind
from dashboard.queries.spans import span_of
from dashboard.record import Record, per_record
from data.dates import Span

MOVING: Final = frozenset({"campaign", "closure"})
"""Kinds of event that stand beside a petition."""


@dataclass(frozen=True)
class Count:
    """One count of signatures on one date, with every page that gives it. `bound` is "exact" or "at-least"."""

    on_date: str | None
    date_precision: str | None
    days: Span | None
    signatures: int
    bound: str
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Petition:
    """One petition. `opened` is the source that is the petition's own page, where its date is known."""

    petition_id: str
    title: str
    url: str | None
    opened_on: str | None
    opened_precision: str | None
    opened_source: str | None
    counts: tuple[Count, ...]
    goal: int | None
    goal_source: str | None

    @property
    def dated(self) -> tuple[Count, ...]:
        """The counts with a date, oldest first."""
        return tuple(count for count in self.counts if count.days)

    @property
    def undated(self) -> tuple[Count, ...]:
        """The counts without one."""
        return tuple(count for count in self.counts if not count.days)

    @property
    def best(self) -> Count | None:
        """The highest dated count; the earliest of equal ones."""
        return max(self.dated, key=lambda count: count.signatures, default=None)

    @property
    def highest(self) -> Count | None:
        """The highest count of all."""
        return max(self.counts, key=lambda count: count.signatures, default=None)


@per_record
def petitions(record: Record) -> tuple[Petition, ...]:
    """Every petition, by id, with its counts: oldest first, undated last, equal ones of several pages as one."""
    by_id: dict[str, list[facts.Reading]] = {}
    for reading in facts.petition_readings(record):
        by_id.setdefault(reading.petition_id, []).append(reading)
    pages = {source.url: source for source in sources_of_kind(record, "petition") if source.url}
    found = []
    for petition_id, readings in sorted(by_id.items()):
        grouped: dict[tuple[str | None, str | None, int, str], list[str]] = {}
        for one in readings:
            grouped.setdefault((one.on_date, one.date_precision, one.signatures, one.bound), []).append(one.source_id)
        counts = [
            Count(on_date, precision, span_of(on_date, precision), signatures, bound, tuple(dict.fromkeys(sources)))
            for (on_date, precision, signatures, bound), sources in grouped.items()
        ]
        counts.sort(key=lambda one: (one.days is None, one.days.last if one.days else dt.date.max, one.signatures))
        url = next((one.url for one in readings if one.url), None)
        page = pages.get(url or "")
        aimed = max((one for one in readings if one.target), key=lambda one: one.target or 0, default=None)
        found.append(
            Petition(
                petition_id=petition_id,
                title=page.title if page else petition_id.replace("-", " "),
                url=url,
                opened_on=page.published_on if page else None,
                opened_precision=page.date_precision if page else None,
                opened_source=page.source_id if page else None,
                counts=tuple(counts),
                goal=aimed.target if aimed else None,
                goal_source=aimed.source_id if aimed else None,
            )
        )
    return tuple(found)


@per_record
def meanwhile(record: Record, petition_id: str, review_id: str, ended_event: str) -> tuple[Moment, ...]:
    """What happened from the opening of a petition to its last count, oldest first: the first step of each state of a
    review, the ending of the programme, and events of the kinds in MOVING. Things known only to the year are left out.
    """
    petition = next((one for one in petitions(record) if one.petition_id == petition_id), None)
    opened = span_of(petition.opened_on, petition.opened_precision) if petition else None
    if petition is None or not petition.dated:
        return ()
    ends = [count.days.last for count in petition.dated if count.days]
    start, end = (opened.last if opened else min(ends)), max(ends)
    kinds = dict(record.rows("SELECT event_id, kind FROM event"))
    of_review = {step.event_id: step.state for step in facts.review_steps(record) if step.review_id == review_id}
    found: list[Moment] = []
    states: set[str] = set()
    for entry in chronology.of_kinds(record, "event", "review_event"):
        moment = entry.moment
        kind, _, row_id = moment.id.partition(".")
        first_of_state = kind == "review_event" and row_id in of_review and of_review[row_id] not in states
        if first_of_state:
            states.add(of_review[row_id])
        if len(moment.on_date) < 7 or not start <= entry.days.last <= end:
            continue
        moving = kind == "event" and kinds.get(row_id) in MOVING
        if first_of_state or moving or (row_id == ended_event and kind in ("event", "review_event")):
            found.append(moment)
    return tuple(found)
