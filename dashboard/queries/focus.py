"""The few rows that programme.toml chooses for the first page, and what can be said of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.queries import facts
from dashboard.queries.bodies import body_index, name_of, standings, status_counts
from dashboard.record import Record, per_record
from data import dates

NAMED = ("used", "ended", "paused")
"""Statuses by which a body can be named as having used the programme."""
USE_WORDS = frozenset({"piloting", "live", "paused", "ended"})


@dataclass(frozen=True)
class Ending:
    """The row that ended the programme: who did it, when, and the page that shows it."""

    body: str
    on_date: str
    date_precision: str | None
    source_id: str


@dataclass(frozen=True)
class Stated:
    """A stated total of one kind of body beside the bodies that can be named, by name.

    `weak` are bodies that only a bare claim, or a match by area, says to have used it.
    """

    claim: facts.ClaimedTotal
    kind: str
    used: tuple[str, ...]
    disputed: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def unnamed(self) -> int:
        """How many of the stated number no row names, not even weakly."""
        return max(0, (self.claim.value or 0) - len(self.used) - len(self.disputed) - len(self.weak))


@dataclass(frozen=True)
class ReviewState:
    """Where the review in focus stands. `expected` is the step by which it was late, if there is one."""

    review: facts.Review
    steps: tuple[facts.ReviewStep, ...]
    published: bool
    expected: facts.ReviewStep | None
    expected_last: dt.date | None
    latest: facts.ReviewStep | None


@per_record
def ending(record: Record, event_id: str) -> Ending | None:
    """The ending named by `event_id`, a step of a review or an event; None where there is no such dated row."""
    commissioners = {review.review_id: review.commissioner for review in facts.reviews(record)}
    for step in facts.review_steps(record):
        if step.event_id == event_id and step.on_date and commissioners.get(step.review_id):
            return Ending(commissioners[step.review_id] or "", step.on_date, step.date_precision, step.source_id)
    for moment in facts.timeline(record):
        if moment.id == f"event.{event_id}" and moment.org_ids and moment.source_id:
            return Ending(name_of(record, moment.org_ids[0]), moment.on_date, moment.date_precision, moment.source_id)
    return None


@per_record
def stated_totals(record: Record, claim_ids: tuple[str, ...]) -> tuple[Stated, ...]:
    """The stated totals in focus, each beside the bodies that can be named; merged bodies count once."""
    by_id = {claim.claim_id: claim for claim in facts.claimed_totals(record)}
    found = []
    for claim_id in claim_ids:
        claim = by_id.get(claim_id)
        if claim is None or claim.value is None:
            continue
        kind = claim.unit.removesuffix("s")
        found.append(Stated(claim, kind, *_names(record, kind)))
    return tuple(found)


def _names(record: Record, kind: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    index = body_index(record)
    used: dict[str, str] = {}
    disputed: dict[str, str] = {}
    weak: dict[str, str] = {}
    for standing in standings(record):
        if standing.kind != kind:
            continue
        if standing.status == "disputed":
            disputed[standing.counts_as] = standing.name
        elif standing.status in NAMED:
            used.setdefault(standing.counts_as, standing.name)
        elif standing.status == "unknown" and USE_WORDS & set(standing.weak_statuses):
            weak.setdefault(standing.counts_as, standing.name)
    for counts_as in disputed:
        used.pop(counts_as, None)
    firm = {standing.counts_as for standing in standings(record) if standing.status != "unknown"}
    weak = {key: name for key, name in weak.items() if key not in firm and key in index}
    return tuple(sorted(used.values())), tuple(sorted(disputed.values())), tuple(sorted(weak.values()))


@per_record
def review_state(record: Record, review_id: str) -> ReviewState | None:
    """Where the review in focus stands; None where the register has no such review."""
    review = next((one for one in facts.reviews(record) if one.review_id == review_id), None)
    if review is None:
        return None
    steps = tuple(step for step in facts.review_steps(record) if step.review_id == review_id)
    dated = [step for step in steps if step.on_date]
    late = [step for step in dated if step.state == "delayed"]
    expected = late[-1] if late else None
    return ReviewState(
        review=review,
        steps=steps,
        published=review.state == "published" or any(step.state == "published" for step in steps),
        expected=expected,
        expected_last=dates.span(expected.on_date or "", expected.date_precision or "").last if expected else None,
        latest=dated[-1] if dated else None,
    )


def has_bodies(record: Record) -> bool:
    """Whether any trust or force is on record."""
    return bool(standings(record))


def named_counts(record: Record) -> dict[str, int]:
    """How many bodies of each kind can be named as having used it; merged bodies count once."""
    counts: dict[str, int] = {}
    for row in status_counts(record):
        if row.status in NAMED:
            counts[row.kind] = counts.get(row.kind, 0) + row.bodies
    return counts
