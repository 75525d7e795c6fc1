"""How fresh and how well shown the record is: runs, captures, evidence, and what is new in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.record import Record, per_record


@dataclass(frozen=True)
class LastRun:
    """The run that began last. Times are UTC, without a zone. `sources` is how many it set out to ask."""

    run_id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    state: str
    sources: int
    asked: int
    good: int


@dataclass(frozen=True)
class EvidenceCount:
    """How many facts have their best evidence in this state ("not-looked" where none was looked for)."""

    state: str
    facts: int


@dataclass(frozen=True)
class News:
    """Something that came into the record on one day. `table` says which kind; `source_id` may be empty."""

    on: dt.date
    table: str
    title: str
    summary: str
    source_id: str | None


@dataclass(frozen=True)
class Correction:
    """One public correction."""

    corrected_on: dt.date
    table: str
    row_id: str
    column: str
    was: str | None
    now: str | None
    why: str


FACTS = """
  SELECT 'adoption' AS "table", adoption_id AS row_id, recorded_on, source_id FROM adoption
  UNION ALL SELECT 'claimed_total', claim_id, recorded_on, source_id FROM claimed_total
  UNION ALL SELECT 'statement', statement_id, recorded_on, source_id FROM statement
  UNION ALL SELECT 'concern', concern_id, recorded_on, source_id FROM concern
  UNION ALL SELECT 'review', review_id, recorded_on, source_id FROM review
  UNION ALL SELECT 'review_event', event_id, recorded_on, source_id FROM review_event
  UNION ALL SELECT 'recommendation', recommendation_id, recorded_on, made_in_source_id FROM recommendation
  UNION ALL SELECT 'petition_reading', concat_ws('.', petition_id, on_date, source_id), recorded_on, source_id
    FROM petition_reading
  UNION ALL SELECT 'event', event_id, recorded_on, source_id FROM event
"""


@per_record
def last_run(record: Record) -> LastRun | None:
    """The last run with how many sources it asked and how many answered well; None where nothing was collected yet."""
    rows = record.fetch(
        LastRun,
        """SELECT r.run_id, r.started_at, r.ended_at, r.state, r.sources, count(a.attempt_id) AS asked,
                  count(a.attempt_id) FILTER (a.outcome IN ('captured', 'unchanged')) AS good
           FROM run r LEFT JOIN attempt a USING (run_id)
           GROUP BY ALL ORDER BY r.started_at DESC LIMIT 1""",
    )
    return rows[0] if rows else None


@per_record
def last_good_at(record: Record) -> dt.datetime | None:
    """When a page was last captured well, UTC."""
    found: dt.datetime | None = record.rows("SELECT max(fetched_at) FROM capture WHERE verdict = 'good'")[0][0]
    return found


@per_record
def fact_count(record: Record) -> int:
    """Number of rows of the register that state something and name a source."""
    counted: int = record.rows(f"SELECT count(*) FROM ({FACTS})")[0][0]  # noqa: S608
    return counted


@per_record
def evidence_counts(record: Record) -> tuple[EvidenceCount, ...]:
    """Facts by the best state of their evidence. A page that was never asked for is "not-looked", not "no-capture"."""
    return record.fetch(
        EvidenceCount,
        f"""WITH best AS (
              SELECT "table", row_id,
                min(list_position(['found', 'partly', 'not-found', 'no-capture'], state)) AS place
              FROM evidence GROUP BY ALL)
            SELECT CASE WHEN b.place < 4 THEN ['found', 'partly', 'not-found'][b.place]
                        WHEN b.place = 4 AND f.source_id IN (SELECT source_id FROM attempt) THEN 'no-capture'
                        ELSE 'not-looked' END AS state, count(*) AS facts
            FROM ({FACTS}) f LEFT JOIN best b USING ("table", row_id) GROUP BY ALL ORDER BY 1""",  # noqa: S608
    )


@per_record
def recorded_days(record: Record, since: dt.date) -> tuple[tuple[dt.date, str, int], ...]:
    """(day, table, rows) of what was written into the register on or after `since`, latest first."""
    rows = record.rows(
        f"""SELECT recorded_on, "table", count(*) FROM ({FACTS}) WHERE recorded_on >= ?
            GROUP BY ALL ORDER BY recorded_on DESC, count(*) DESC""",  # noqa: S608
        [since],
    )
    return tuple((day, table, size) for day, table, size in rows)


@per_record
def observed(record: Record, since: dt.date) -> tuple[News, ...]:
    """Changes, disappearances and corrections on or after `since`, latest first."""
    return record.fetch(
        News,
        """SELECT last_day AS "on", kind AS "table", title, summary, source_id FROM timeline
           WHERE kind IN ('change', 'disappearance', 'correction') AND last_day >= ?
           ORDER BY last_day DESC, id LIMIT 200""",
        [since],
    )


@per_record
def recorded_rows(record: Record, since: dt.date) -> tuple[News, ...]:
    """Dated facts written into the register on or after `since`, latest first; at most 40."""
    return record.fetch(
        News,
        f"""SELECT f.recorded_on AS "on", f."table", t.title, t.summary, t.source_id
            FROM ({FACTS}) f JOIN timeline t
              ON t.id = CASE f."table" WHEN 'petition_reading' THEN 'petition' ELSE f."table" END || '.' || f.row_id
            WHERE f.recorded_on >= ? ORDER BY f.recorded_on DESC, t.last_day DESC, t.id LIMIT 40""",  # noqa: S608
        [since],
    )


@per_record
def corrections(record: Record) -> tuple[Correction, ...]:
    """Every public correction, latest first."""
    return record.fetch(
        Correction,
        """SELECT corrected_on, "table", row_id, coalesce("column", '') AS "column", was, "is" AS now, why
           FROM correction ORDER BY corrected_on DESC, "table", row_id, "column" """,
    )
