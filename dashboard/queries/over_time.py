"""Stated totals over time, beside the number of bodies that can be named as having used the programme by then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.queries import bodies, facts
from dashboard.queries.focus import NAMED, USE_WORDS
from dashboard.queries.spans import span_of
from dashboard.record import Record, per_record
from data.dates import Span


@dataclass(frozen=True)
class Point:
    """One stated total with the days that its date can mean."""

    claim: facts.ClaimedTotal
    days: Span


@dataclass(frozen=True)
class Course:
    """Totals of one kind of body over time. `named` are (last day that the date can mean, how many could be named by
    then), oldest first; `undated` counts bodies that can be named, but not since when."""

    kind: str
    points: tuple[Point, ...]
    named: tuple[tuple[dt.date, int], ...]
    undated: int

    def named_by(self, day: dt.date) -> int:
        """How many bodies can be named as having used it by the end of a day."""
        return max((size for when, size in self.named if when <= day), default=0)


@per_record
def courses(record: Record) -> tuple[Course, ...]:
    """One course for each kind of body of which somebody stated a dated total, in the order of their statuses."""
    found = []
    for kind in ("mental-health-trust", "police-force"):
        points = [
            Point(claim, days)
            for claim in facts.claimed_totals(record)
            if claim.unit.removesuffix("s") == kind
            and claim.value is not None
            and (days := span_of(claim.as_of, claim.date_precision)) is not None
        ]
        if points:
            points.sort(key=lambda one: (one.days.last, one.claim.claim_id))
            firsts = _first_use(record, kind)
            known = sorted(day for day in firsts.values() if day is not None)
            steps = {day: place for place, day in enumerate(known, 1)}
            found.append(Course(kind, tuple(points), tuple(steps.items()), sum(day is None for day in firsts.values())))
    return tuple(found)


def _first_use(record: Record, kind: str) -> dict[str, dt.date | None]:
    """For each body that can be named, under the body that runs its services now: the last day that its earliest firm
    date of use can mean; None where no firm word on its use bears a date."""
    disputed = {one.counts_as for one in bodies.standings(record) if one.kind == kind and one.status == "disputed"}
    used = {
        one.org_id: one.counts_as
        for one in bodies.standings(record)
        if one.kind == kind and one.status in NAMED and one.counts_as not in disputed
    }
    found: dict[str, dt.date | None] = dict.fromkeys(used.values())
    for mark in bodies.marks(record):
        counts_as = used.get(mark.org_id)
        if counts_as is None or mark.strength == "claimed" or mark.status not in USE_WORDS:
            continue
        known = found[counts_as]
        found[counts_as] = mark.day if known is None else min(known, mark.day)
    return found
