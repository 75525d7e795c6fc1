"""What contradicts a row of the record: sources that do not say the same are shown beside each other, never settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.queries.items import row_behind
from dashboard.queries.reviews import track_index
from dashboard.record import Record, per_record


@dataclass(frozen=True)
class Against:
    """One row that says otherwise: its table and name, what it says, its date, the page that says so."""

    table: str
    row_id: str
    says: str
    on_date: str | None
    date_precision: str | None
    source_id: str | None


_SENSES: Final = """WITH told AS (
    SELECT b.adoption_id, b.org_id, b.says IN ('use', 'similar') AS yes, b.says = 'no' AS no,
      a.summary, a.on_date, a.date_precision, a.source_id
    FROM adoption_body b JOIN adoption a USING (adoption_id) WHERE b.says IN ('use', 'similar', 'no'))"""
# The first column names the row that is contradicted, the others are those of Against.
_SQL: Final[dict[str, str]] = {
    "adoption": f"""{_SENSES}
          SELECT DISTINCT t.adoption_id, 'adoption' AS "table", o.adoption_id AS row_id, o.summary AS says, o.on_date,
            o.date_precision, o.source_id
          FROM told t JOIN told o ON o.org_id = t.org_id AND ((t.yes AND o.no) OR (t.no AND o.yes))
          ORDER BY o.on_date NULLS LAST, row_id""",  # noqa: S608 - constants
    "organisation": f"""{_SENSES}
          SELECT org_id, 'adoption' AS "table", adoption_id AS row_id, summary AS says, on_date, date_precision,
            source_id
          FROM told QUALIFY bool_or(yes) OVER (PARTITION BY org_id) AND bool_or(no) OVER (PARTITION BY org_id)
          ORDER BY on_date NULLS LAST, row_id""",  # noqa: S608 - constants
    "claimed_total": """SELECT t.claim_id, 'claimed_total' AS "table", o.claim_id AS row_id, o.summary AS says,
            o.as_of AS on_date, o.date_precision, o.source_id
          FROM claimed_total t JOIN claimed_total o ON o.unit = t.unit AND o.as_of = t.as_of
            AND o.claim_id <> t.claim_id
            AND o.value <> t.value AND 'about' NOT IN (t.bound, o.bound)
            AND NOT (t.bound = 'at-least' AND t.value < o.value) AND NOT (o.bound = 'at-least' AND o.value < t.value)
          ORDER BY row_id""",
    "petition_reading": """SELECT concat_ws('.', t.petition_id, t.on_date, t.source_id), 'petition_reading',
            concat_ws('.', o.petition_id, o.on_date, o.source_id) AS row_id,
            CASE o.bound WHEN 'at-least' THEN 'more than ' ELSE '' END || format('{:,}', o.signatures)
              || ' signatures' AS says,
            o.on_date, o.date_precision, o.source_id
          FROM petition_reading t JOIN petition_reading o USING (petition_id)
          WHERE o.on_date = t.on_date
            AND o.source_id <> t.source_id AND o.signatures <> t.signatures
            AND NOT (t.bound = 'at-least' AND t.signatures < o.signatures)
            AND NOT (o.bound = 'at-least' AND o.signatures < t.signatures) ORDER BY row_id""",
}


@per_record
def _against(record: Record, table: str) -> dict[str, tuple[Against, ...]]:
    found: dict[str, list[Against]] = {}
    for row_id, *rest in record.rows(_SQL[table]):
        found.setdefault(row_id, []).append(Against(*rest))
    return {row_id: tuple(rows) for row_id, rows in found.items()}


def against(record: Record, table: str, row_id: str) -> tuple[Against, ...]:
    """The rows that contradict this one. Of a body: its rows on both sides, where they contradict each other."""
    table, row_id = row_behind(table, row_id)
    if table in _SQL:
        return _against(record, table).get(row_id, ())
    if table in ("review", "review_event"):
        return _of_reviews(record, table, row_id)
    return ()


def _of_reviews(record: Record, table: str, row_id: str) -> tuple[Against, ...]:
    found: dict[str, Against] = {}
    for track in track_index(record).values():
        for conflict in track.conflicts:
            names = {step.step.event_id for step in conflict.steps}
            if row_id in names if table == "review_event" else track.review.review_id == row_id:
                for one in (step.step for step in conflict.steps if step.step.event_id != row_id):
                    found[one.event_id] = Against(
                        "review_event", one.event_id, one.summary, one.on_date, one.date_precision, one.source_id
                    )
    return tuple(found.values())
