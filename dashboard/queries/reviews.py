"""Reviews as tracks of dated steps: what was expected when, what contradicts what, and who was asked."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from dashboard.queries import facts
from dashboard.queries.bodies import Standing, standings
from dashboard.queries.facts import Review, ReviewStep
from dashboard.queries.spans import span_of
from dashboard.record import Record, per_record
from data.dates import MONTHS, Span

EXPECTED: Final = re.compile(r"\b(?:expected|expects|deadline|due)\b", re.IGNORECASE)
CONFLICT: Final = re.compile(r"^conflicting\b", re.IGNORECASE)
COMPARE: Final = re.compile(r"(?:^|\.\s)compare ([^.]+)", re.IGNORECASE)
NAMED_MONTH: Final = re.compile(rf"\b({'|'.join(MONTHS[1:])})(?: (\d{{4}}))?\b")
ENDED: Final = frozenset({"published", "implemented", "abandoned"})
DONE: Final = frozenset({"completed", "published", "accepted", "implemented"})
ALL_TRUSTS: Final = "all trusts"
"""How the register's column scope says that a review was asked of every trust."""


@dataclass(frozen=True)
class Step:
    """One step with the days that its date can mean (None: undated). `expected_on` is the date by which, it says, the
    outcome had been expected; `conflicting` marks a step that the register says other pages contradict."""

    step: ReviewStep
    days: Span | None
    expected_on: str | None
    conflicting: bool

    @property
    def expected(self) -> Span | None:
        """The days that the expected date can mean."""
        return span_of(self.expected_on, None)


@dataclass(frozen=True)
class Conflict:
    """Steps of one review that do not say the same, each with its source."""

    state: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Track:
    """One review with its steps: dated ones by the last day they can mean, undated ones after them."""

    review: Review
    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def dated(self) -> tuple[Step, ...]:
        """The steps with a date."""
        return tuple(step for step in self.steps if step.days)

    @property
    def first(self) -> Step | None:
        """The first dated step whose date no other page contradicts."""
        return next((step for step in self.dated if not step.conflicting), None)

    @property
    def latest(self) -> Step | None:
        """The last dated step."""
        return self.dated[-1] if self.dated else None

    @property
    def published(self) -> bool:
        """Whether a row says that it was published."""
        return self.review.state == "published" or any(step.step.state == "published" for step in self.steps)

    @property
    def out(self) -> Step | None:
        """The first dated step that says that the outcome was published."""
        return next((step for step in self.dated if step.step.state == "published"), None)

    @property
    def expected(self) -> Step | None:
        """The step that gives the latest date by which the outcome had been expected."""
        found = [step for step in self.steps if step.expected]
        return max(found, key=lambda step: step.expected.last if step.expected else dt.date.min, default=None)

    @property
    def is_open(self) -> bool:
        """Whether nothing on record ends it: it was not published, carried out or given up."""
        return self.review.state not in ENDED and not self.published

    def days_overdue(self, today: dt.date) -> int | None:
        """Days from the last day that the expected date can mean until today; None where it is not overdue."""
        expected = self.expected.expected if self.expected else None
        if not self.is_open or expected is None:
            return None
        days = (today - expected.last).days
        return days if days > 0 else None


def _conflicts(steps: list[Step]) -> tuple[Conflict, ...]:
    """Steps whose summary says that another page gives another date, or is to be compared, with those others.

    Beside a step that begins "Conflicting" stand the steps of the same state that do so too, and those of the same
    state whose date lies in a month that it names. Beside one that says "Compare ..." stand the steps of the same state
    that share two longer words with it.
    """
    found: dict[str, list[Step]] = {}
    for step in steps:
        summary = step.step.summary
        near = [other for other in steps if other is not step and other.step.state == step.step.state]
        if step.conflicting:
            named = {(MONTHS.index(m[1]), int(m[2]) if m[2] else None) for m in NAMED_MONTH.finditer(summary)}
            others = [one for one in near if one.conflicting or _lies_in(one, named)]
        elif (compared := COMPARE.search(summary)) is not None:
            words = _long_words(compared[1])
            others = [one for one in near if len(words & _long_words(one.step.summary)) >= 2]
        else:
            continue
        group = found.setdefault(step.step.state, [])
        group += [one for one in (step, *others) if one not in group]
    return tuple(
        Conflict(state, tuple(one for one in steps if one in group)) for state, group in found.items() if len(group) > 1
    )


def _lies_in(step: Step, months: set[tuple[int, int | None]]) -> bool:
    if step.days is None or len(step.step.on_date or "") < 7:
        return False
    last = step.days.last
    return (last.month, last.year) in months or (last.month, None) in months


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 4}


@per_record
def tracks(record: Record) -> tuple[Track, ...]:
    """Every review as a track: those that ended last or are not ended first come by the number of their steps."""
    by_review: dict[str, list[Step]] = {}
    said = {step.review_id for step in facts.review_steps(record) if step.expected_on}
    for step in facts.review_steps(record):
        days = span_of(step.on_date, step.date_precision)
        expected_on = step.expected_on
        if step.review_id not in said and step.state == "delayed" and days and EXPECTED.search(step.summary):
            expected_on = step.on_date  # a register without the column: such a step bears the expected date itself
        conflicting = CONFLICT.search(step.summary) is not None
        by_review.setdefault(step.review_id, []).append(Step(step, days, expected_on, conflicting))
    found = []
    for review in facts.reviews(record):
        steps = by_review.get(review.review_id, [])
        steps.sort(key=lambda one: (one.days is None, one.days.last if one.days else dt.date.max, one.step.event_id))
        found.append(Track(review, tuple(steps), _conflicts(steps)))
    return tuple(sorted(found, key=lambda track: (-len(track.steps), track.review.title.casefold())))


@per_record
def track_index(record: Record) -> dict[str, Track]:
    """Every track by the id of its review."""
    return {track.review.review_id: track for track in tracks(record)}


# --- recommendations ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recommendation:
    """One thing recommended. `outcome` is what a page shows to have become of it (None: nobody has shown it);
    `review_ids` are the reviews for which a step on the same page calls."""

    recommendation_id: str
    made_by: str
    maker: str
    source_id: str
    number: str | None
    topic: str
    summary: str
    addressed_to: tuple[str, ...]
    outcome: str | None
    outcome_source_id: str | None
    outcome_summary: str | None
    review_ids: tuple[str, ...]


@per_record
def recommendations(record: Record) -> tuple[Recommendation, ...]:
    """Every recommendation: by body, numbered ones first and in order."""
    return record.fetch(
        Recommendation,
        """SELECT m.recommendation_id, m.made_by, coalesce(o.name, m.made_by) AS maker,
                  m.made_in_source_id AS source_id, m.number, m.topic, m.summary,
                  coalesce(m.addressed_to, []) AS addressed_to, m.outcome, m.outcome_source_id, m.outcome_summary,
                  coalesce((SELECT list_sort(list(DISTINCT e.review_id)) FROM review_event e
                            WHERE e.source_id = m.made_in_source_id AND e.state = 'called-for'), []) AS review_ids
           FROM recommendation m LEFT JOIN organisation o ON o.org_id = m.made_by
           ORDER BY lower(coalesce(o.name, m.made_by)), m.made_by, m.number IS NULL, m.made_in_source_id,
                    try_cast(m.number AS INTEGER) NULLS LAST, m.number, m.recommendation_id""",
    )


# --- trust by trust -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrustAnswer:
    """What is on record of one trust's own review. Each of `asked`, `done`, `published` and `silent` holds the source
    that shows it, or None where nobody has shown it."""

    standing: Standing
    asked: str | None
    said: str | None
    done: str | None
    published: str | None
    silent: str | None
    review_ids: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether anything beyond the request to all trusts is on record."""
        return any((self.said, self.done, self.published, self.silent, self.review_ids))


@per_record
def request_to_all_trusts(record: Record) -> Step | None:
    """The first dated step of the review that was asked of every trust; None where there is no such review."""
    for track in tracks(record):
        if ALL_TRUSTS in (track.review.scope or "") and not track.review.subject_ids:
            asked = [step for step in track.dated if step.step.state in ("announced", "called-for")]
            if asked:
                return asked[0]
    return None


@per_record
def trust_answers(record: Record) -> tuple[TrustAnswer, ...]:
    """Every mental health trust with what is on record of its own review, by name.

    A review counts as a trust's own where the trust commissioned it; other reviews that are about it are named beside.
    An assertion that it reviewed, or that it was asked and did not answer, counts too.
    """
    request = request_to_all_trusts(record)
    told: dict[tuple[str, str], str] = {}
    for trust_id, status, source_id in record.rows(
        """SELECT trust_id, status, source_id FROM adoption
           WHERE trust_id IS NOT NULL AND status IN ('reviewed', 'not-answered') ORDER BY adoption_id DESC"""
    ):
        told[trust_id, status] = source_id
    found = []
    for standing in standings(record):
        if standing.kind != "mental-health-trust":
            continue
        org_id = standing.org_id
        about = [t for t in tracks(record) if org_id in (*t.review.subject_ids, t.review.commissioner_id)]
        own = [track for track in about if track.review.commissioner_id == org_id]
        found.append(
            TrustAnswer(
                standing=standing,
                asked=request.step.source_id if request else None,
                said=next((track.review.source_id for track in own), None),
                done=next((t.review.source_id for t in own if t.review.state in DONE), told.get((org_id, "reviewed"))),
                published=next((track.review.source_id for track in own if track.published), None),
                silent=told.get((org_id, "not-answered")),
                review_ids=tuple(track.review.review_id for track in about),
            )
        )
    return tuple(found)
