"""Which entries a feed holds: everything, one kind, one body, one source, a source's changes, one review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from dashboard.parts.permalinks import permalink
from dashboard.queries import items
from dashboard.queries.documents import changes_of
from dashboard.record import Record, per_record
from data.labels import label

MOST: Final = 200


@dataclass(frozen=True)
class Entry:
    """One entry as a feed holds it. `id` is the name that stays for ever, `address` its page, `updated` the time at
    which it came into the record or was last corrected, `passages` the removed and added words of a change, as JSON."""

    id: str
    address: str
    title: str
    summary: str
    on_date: str | None
    date_precision: str | None
    kind: str
    kind_words: str
    org_ids: tuple[str, ...]
    source_id: str | None
    published: dt.datetime
    updated: dt.datetime
    passages: str | None = None


_CONDITIONS: Final[dict[str, str]] = {
    "timeline": "true",
    "kind": "t.kind = ?",
    "organisation": "list_contains(t.org_ids, ?)",
    "source": "t.source_id = ?",
    "changes": "t.source_id = ? AND t.kind IN ('change', 'disappearance')",
    "review": """t.kind = 'review_event'
        AND split_part(t.id, '.', 2) IN (SELECT event_id FROM review_event WHERE review_id = ?)""",
}
_TITLES: Final[dict[str, str]] = {
    "kind": "SELECT label FROM vocabulary WHERE list = 'timeline.kind' AND value = ?",
    "organisation": "SELECT name FROM organisation WHERE org_id = ?",
    "source": "SELECT title FROM source WHERE source_id = ?",
    "changes": "SELECT 'changes of ' || title FROM source WHERE source_id = ?",
    "review": "SELECT title FROM review WHERE review_id = ?",
}
TABLES: Final[dict[str, str]] = {
    "organisation": "organisation", "source": "source", "changes": "source", "review": "review",
}  # fmt: skip
"""The table whose row a part of the feeds is about."""


@per_record
def title_of(record: Record, part: str, value: str) -> str | None:
    """What a feed is about, or None where there is no such feed. "" for the whole timeline."""
    if part == "timeline":
        return "" if not value else None
    if part not in _TITLES:
        return None
    found = record.rows(_TITLES[part], [value])
    return str(found[0][0]) if found else None


def about_address(part: str, value: str) -> str:
    """The page that shows the same to a reader."""
    if part in TABLES:
        return permalink(TABLES[part], value) + ("/changes" if part == "changes" else "")
    return f"/timeline?kind={value}" if part == "kind" else "/timeline"


@per_record
def entries(record: Record, part: str, value: str) -> tuple[Entry, ...]:
    """Newest on record first, at most 200. What our own re-reading altered is in no timeline, and so in no feed."""
    corrected = items.last_touched(record)
    found = []
    for row_id, title, summary, on_date, precision, kind, org_ids, source_id, recorded, moment in record.rows(
        f"""SELECT t.id, t.title, t.summary, t.on_date, t.date_precision, t.kind, coalesce(t.org_ids, []), t.source_id,
              t.recorded_on, coalesce(d.returned_at, d.confirmed_at)
            FROM timeline t
              LEFT JOIN disappearance d ON t.id = 'disappearance.' || d.source_id || '.' || d.number
            WHERE {_CONDITIONS[part]} ORDER BY t.recorded_on DESC NULLS LAST, t.last_day DESC, t.id LIMIT {MOST}""",  # noqa: S608
        [value] if part != "timeline" else [],
    ):
        published = _start(recorded) or begun(record)
        later = [_start(corrected.get(items.row_behind("timeline", row_id))), moment and moment.replace(tzinfo=dt.UTC)]
        found.append(
            Entry(
                id=items.first_name(record, row_id),
                address=permalink("timeline", row_id),
                title=title,
                summary=summary,
                on_date=on_date,
                date_precision=precision,
                kind=kind,
                kind_words=label("timeline.kind", kind),
                org_ids=tuple(org_ids),
                source_id=source_id,
                published=published,
                updated=max([published, *(one for one in later if one)]),
                passages=_passages(record, row_id) if kind == "change" else None,
            )
        )
    return tuple(found)


def _passages(record: Record, row_id: str) -> str | None:
    source_id, _, number = row_id.removeprefix("change.").rpartition(".")
    return next((one.passages for one in changes_of(record, source_id) if str(one.number) == number), None)


def _start(day: dt.date | None) -> dt.datetime | None:
    """Midnight UTC at which a day begins."""
    return dt.datetime.combine(day, dt.time(), dt.UTC) if day else None


@per_record
def begun(record: Record) -> dt.datetime:
    """When the record began: the first day on which a row was written into it."""
    days = [day for (day,) in record.rows("SELECT min(recorded_on) FROM timeline") if day]
    days += [day for (day,) in record.rows("SELECT min(recorded_on) FROM source") if day]
    first = min(days, default=record.built_on)
    return dt.datetime.combine(first, dt.time(), dt.UTC)
