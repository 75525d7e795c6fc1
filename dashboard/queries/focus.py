"""The few rows that programme.toml chooses for the first page, and what can be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dashboard.queries import facts
from dashboard.queries.bodies import body_index, name_of, standings, status_counts
from dashboard.record import Record, per_record

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


class Named(NamedTuple):
    """A body that can be named, by name and id."""

    name: str
    org_id: str


@dataclass(frozen=True)
class Stated:
    """A stated total of one kind of body beside the bodies that can be named, by name.

    `weak` are bodies that only a bare claim, or a match by area, says to have used it.
    """

    claim: facts.ClaimedTotal
    kind: str
    used: tuple[Named, ...]
    disputed: tuple[Named, ...]
    weak: tuple[Named, ...]

    @property
    def unnamed(self) -> int:
        """How many of the stated number no row names, not even weakly."""
        return max(0, (self.claim.value or 0) - len(self.used) - len(self.disputed) - len(self.weak))


@per_record
def ending(record: Record, event_id: str) -> Ending | None:
    """The ending named by `event_id`, a step of a review or an event; None where there is no such dated row."""
    commissioners = {review.review_id: review.commissioner for review in facts.reviews(record)}
    for step in facts.review_steps(record):
        if step.event_id == event_id and step.on_date and commissioners.get(step.review_id):
            return Ending(commissioners[step.review_id] or "", step.on_date, step.date_precision, step.source_id)
    moment = facts.moment(record, f"event.{event_id}")
    if moment and moment.org_ids and moment.source_id:
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


def _names(record: Record, kind: str) -> tuple[tuple[Named, ...], tuple[Named, ...], tuple[Named, ...]]:
    index = body_index(record)
    used: dict[str, Named] = {}
    disputed: dict[str, Named] = {}
    weak: dict[str, Named] = {}
    for standing in standings(record):
        if standing.kind != kind:
            continue
        if standing.status == "disputed":
            disputed[standing.counts_as] = Named(standing.name, standing.org_id)
        elif standing.status in NAMED:
            used.setdefault(standing.counts_as, Named(standing.name, standing.org_id))
        elif standing.status == "unknown" and USE_WORDS & set(standing.weak_statuses):
            weak.setdefault(standing.counts_as, Named(standing.name, standing.org_id))
    for counts_as in disputed:
        used.pop(counts_as, None)
    firm = {standing.counts_as for standing in standings(record) if standing.status != "unknown"}
    weak = {key: name for key, name in weak.items() if key not in firm and key in index}
    return tuple(sorted(used.values())), tuple(sorted(disputed.values())), tuple(sorted(weak.values()))


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
