"""The facts of the register other than adoptions, as typed rows, and what is counted over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.record import Record, per_record


@dataclass(frozen=True)
class Reading:
    """One count of a petition's signatures."""

    petition_id: str
    url: str | None
    on_date: str | None
    date_precision: str | None
    signatures: int
    bound: str
    target: int | None
    source_id: str


@dataclass(frozen=True)
class Statement:
    """One public position of one body."""

    statement_id: str
    org_id: str
    name: str
    kind: str
    published_on: str | None
    date_precision: str | None
    source_id: str
    position: str
    asks: tuple[str, ...]
    summary: str


@dataclass(frozen=True)
class Review:
    """One review, inquiry or study."""

    review_id: str
    title: str
    commissioner_id: str | None
    commissioner: str | None
    subject_ids: tuple[str, ...]
    scope: str | None
    state: str
    source_id: str


@dataclass(frozen=True)
class ReviewStep:
    """One step of a review."""

    event_id: str
    review_id: str
    on_date: str | None
    date_precision: str | None
    state: str
    source_id: str
    summary: str
    expected_on: str | None
    """Date by which the outcome had been expected, YYYY to YYYY-MM-DD; None where the page gives none."""


@dataclass(frozen=True)
class ClaimedTotal:
    """One total that somebody stated."""

    claim_id: str
    as_of: str | None
    date_precision: str | None
    claimant_id: str | None
    claimant: str | None
    unit: str
    value: int | None
    bound: str
    source_id: str
    summary: str


@dataclass(frozen=True)
class Moment:
    """One row of the view timeline."""

    id: str
    on_date: str
    date_precision: str | None
    kind: str
    title: str
    summary: str
    org_ids: tuple[str, ...]
    source_id: str | None


@dataclass(frozen=True)
class TableSize:
    """One table or view of the record with its meaning."""

    name: str
    is_view: bool
    rows: int
    comment: str


@per_record
def petition_readings(record: Record) -> tuple[Reading, ...]:
    """Every reading, oldest first, undated last."""
    return record.fetch(
        Reading,
        """SELECT petition_id, url, on_date, date_precision, signatures, bound, target, source_id
           FROM petition_reading ORDER BY on_date IS NULL, on_date, signatures, source_id""",
    )


@per_record
def statements(record: Record) -> tuple[Statement, ...]:
    """Every statement, oldest first, undated last."""
    return record.fetch(
        Statement,
        """SELECT s.statement_id, s.org_id, coalesce(o.name, s.org_id) AS name, coalesce(o.kind, 'other') AS kind,
                  s.published_on, s.date_precision, s.source_id, s.position, coalesce(s.asks, []) AS asks, s.summary
           FROM statement s LEFT JOIN organisation o USING (org_id)
           ORDER BY s.published_on IS NULL, s.published_on, s.statement_id""",
    )


@per_record
def reviews(record: Record) -> tuple[Review, ...]:
    """Every review, by title."""
    return record.fetch(
        Review,
        """SELECT r.review_id, r.title, r.commissioner_id, o.name AS commissioner,
                  coalesce(r.subject_ids, []) AS subject_ids, r.scope, r.state, r.source_id
           FROM review r LEFT JOIN organisation o ON o.org_id = r.commissioner_id ORDER BY r.title, r.review_id""",
    )


@per_record
def review_steps(record: Record) -> tuple[ReviewStep, ...]:
    """Every step of every review, oldest first, undated last."""
    return record.fetch(
        ReviewStep,
        """SELECT event_id, review_id, on_date, date_precision, state, source_id, summary, expected_on
           FROM review_event ORDER BY on_date IS NULL, on_date, event_id""",
    )


@per_record
def claimed_totals(record: Record) -> tuple[ClaimedTotal, ...]:
    """Every total that somebody stated, oldest first, undated last."""
    return record.fetch(
        ClaimedTotal,
        """SELECT c.claim_id, c.as_of, c.date_precision, c.claimant_id, o.name AS claimant, c.unit, c.value, c.bound,
                  c.source_id, c.summary
           FROM claimed_total c LEFT JOIN organisation o ON o.org_id = c.claimant_id
           ORDER BY c.as_of IS NULL, c.as_of, c.claim_id""",
    )


MOMENT: Final = """SELECT id, on_date, date_precision, kind, title, summary, coalesce(org_ids, []) AS org_ids, source_id
  FROM timeline"""


@per_record
def moment(record: Record, entry_id: str) -> Moment | None:
    """The entry of the timeline of that name, or None."""
    found = record.fetch(Moment, f"{MOMENT} WHERE id = ?", [entry_id])
    return found[0] if found else None


@per_record
def tables(record: Record) -> tuple[TableSize, ...]:
    """Every table and view with its comment and number of rows, tables first."""
    named = record.rows(
        """SELECT table_name, false, comment FROM duckdb_tables() WHERE schema_name = 'main' AND NOT internal
           UNION ALL
           SELECT view_name, true, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal
           ORDER BY 2, 1"""
    )
    return tuple(
        TableSize(name, is_view, record.rows(f'SELECT count(*) FROM "{name}"')[0][0], comment or "")  # noqa: S608
        for name, is_view, comment in named
    )
