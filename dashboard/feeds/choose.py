"""Which entries a feed holds: everything, one kind, one body, one source, one review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from dashboard.record import Record, per_record

MOST: Final = 200


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline as a feed holds it."""

    id: str
    title: str
    summary: str
    on_date: str
    date_precision: str | None
    kind: str
    org_ids: tuple[str, ...]
    source_id: str | None
    recorded_on: dt.date | None


_CONDITIONS: Final[dict[str, str]] = {
    "timeline": "true",
    "kind": "kind = ?",
    "organisation": "list_contains(org_ids, ?)",
    "source": "source_id = ?",
    "review": """kind = 'review_event'
        AND split_part(id, '.', 2) IN (SELECT event_id FROM review_event WHERE review_id = ?)""",
}
_EXISTS: Final[dict[str, str]] = {
    "kind": "SELECT 1 FROM vocabulary WHERE list = 'timeline.kind' AND value = ?",
    "organisation": "SELECT 1 FROM organisation WHERE org_id = ?",
    "source": "SELECT 1 FROM source WHERE source_id = ?",
    "review": "SELECT 1 FROM review WHERE review_id = ?",
}
_TITLES: Final[dict[str, str]] = {
    "kind": "SELECT label FROM vocabulary WHERE list = 'timeline.kind' AND value = ?",
    "organisation": "SELECT name FROM organisation WHERE org_id = ?",
    "source": "SELECT title FROM source WHERE source_id = ?",
    "review": "SELECT title FROM review WHERE review_id = ?",
}


@per_record
def title_of(record: Record, part: str, value: str) -> str | None:
    """What a feed is about, or None where there is no such feed. "" for the whole timeline."""
    if part == "timeline":
        return "" if not value else None
    if part not in _EXISTS or not record.rows(_EXISTS[part], [value]):
        return None
    return str(record.rows(_TITLES[part], [value])[0][0])


@per_record
def entries(record: Record, part: str, value: str) -> tuple[Entry, ...]:
    """Newest on record first, at most 200. What our own re-reading altered is in no timeline, and so in no feed."""
    return record.fetch(
        Entry,
        f"""SELECT id, title, summary, on_date, date_precision, kind, coalesce(org_ids, []) AS org_ids, source_id,
                   recorded_on FROM timeline WHERE {_CONDITIONS[part]}
            ORDER BY recorded_on DESC NULLS LAST, last_day DESC, id LIMIT {MOST}""",  # noqa: S608 - constants
        [value] if part != "timeline" else [],
    )
