"""Which entries a feed holds: everything, one kind, one body, one source, a source's changes, one review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.parts.permalinks import permalink
from dashboard.queries import items
from dashboard.queries.blocks import Block, block_of
from dashboard.queries.documents import changes_of
from dashboard.queries.documents import rows_that_lost as lost_by
from dashboard.record import Record, per_record
from data.labels import label

MOST: Final = 200


@dataclass(frozen=True)
class Entry:
    """One entry as a feed holds it. `id` is the name that stays for ever, `address` its page, `updated` the time at
    which it came into the record or was last corrected, `row_id` the row of the timeline."""

    id: str
    row_id: str
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


_TITLES: Final[dict[str, str]] = {
    "kind": "SELECT value, label FROM vocabulary WHERE list = 'timeline.kind'",
    "organisation": "SELECT org_id, name FROM organisation",
    "source": "SELECT source_id, title FROM source",
    "changes": "SELECT source_id, 'changes of ' || title FROM source",
    "review": "SELECT review_id, title FROM review",
}
TABLES: Final[dict[str, str]] = {
    "organisation": "organisation", "source": "source", "changes": "source", "review": "review",
}  # fmt: skip
"""The table whose row a part of the feeds is about."""


@per_record
def _titles(record: Record, part: str) -> dict[str, str]:
    return {value: str(title) for value, title in record.rows(_TITLES[part])}


def title_of(record: Record, part: str, value: str) -> str | None:
    """What a feed is about, or None where there is no such feed. "" for the whole timeline."""
    if part == "timeline":
        return "" if not value else None
    return _titles(record, part).get(value) if part in _TITLES else None


def about_address(part: str, value: str) -> str:
    """The page that shows the same to a reader."""
    if part in TABLES:
        return permalink(TABLES[part], value)
    return f"/timeline?kind={value}" if part == "kind" else "/timeline"


def entries(record: Record, part: str, value: str) -> tuple[Entry, ...]:
    """Newest on record first, at most 200. What our own re-reading altered is in no timeline, and so in no feed."""
    if part in ("source", "changes"):
        return tuple(_of_sources(record, part, block_of(record, value)).get(value, ()))
    return tuple(entry for _, entry in _chosen(record, _WHERE[part], [value] if value else [], f"LIMIT {MOST}"))


_WHERE: Final = {
    "timeline": "true",
    "kind": "t.kind = ?",
    "organisation": "list_contains(t.org_ids, ?)",
    "review": "t.id IN (SELECT 'review_event.' || event_id FROM review_event WHERE review_id = ?)",
}


@per_record
def _of_sources(record: Record, part: str, block: Block) -> dict[str, list[Entry]]:
    """The entries of the feeds of neighbouring sources, by source: they are written one after the other."""
    observed = "AND t.kind IN ('change', 'disappearance') " if part == "changes" else ""
    found: dict[str, list[Entry]] = {}
    for source_id, entry in _chosen(
        record,
        f"t.source_id BETWEEN ? AND ? {observed}"
        f"QUALIFY row_number() OVER (PARTITION BY t.source_id ORDER BY {_NEWEST}) <= {MOST}",
        block.bounds,
    ):
        found.setdefault(source_id, []).append(entry)
    return found


_NEWEST: Final = "t.recorded_on DESC NULLS LAST, t.last_day DESC, t.id"


def _chosen(record: Record, where: str, values: list[str], end: str = "") -> Iterator[tuple[str, Entry]]:
    """(source, entry) of the rows of the timeline that a condition chooses, newest on record first."""
    corrected = items.last_touched(record)
    for row_id, title, summary, on_date, precision, kind, org_ids, source_id, recorded, moment in record.rows(
        f"""WITH chosen AS (SELECT * FROM timeline t WHERE {where} ORDER BY {_NEWEST} {end})
            SELECT t.id, t.title, t.summary, t.on_date, t.date_precision, t.kind, coalesce(t.org_ids, []), t.source_id,
              t.recorded_on, coalesce(d.returned_at, d.confirmed_at)
            FROM chosen t
              LEFT JOIN disappearance d ON t.id = 'disappearance.' || d.disappearance_id
            ORDER BY {_NEWEST}""",  # noqa: S608 - constants
        values,
    ):
        published = _start(recorded) or begun(record)
        later = [_start(corrected.get(items.row_behind("timeline", row_id))), moment and moment.replace(tzinfo=dt.UTC)]
        yield (
            source_id or "",
            Entry(
                id=items.first_name(record, row_id),
                row_id=row_id,
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
            ),
        )


def _change_of(entry: Entry) -> tuple[str, str]:
    """The source of a change, and its number."""
    source_id, _, number = entry.row_id.removeprefix("change.").rpartition(".")
    return source_id, number


def rows_that_lost(record: Record, entry: Entry) -> tuple[tuple[str, str], ...]:
    """The rows of the register, (table, name), whose passage a change took away; none for anything else."""
    source_id, number = _change_of(entry)
    return lost_by(record, source_id, (int(number),)) if entry.kind == "change" and number.isdigit() else ()


def passages_of(record: Record, entry: Entry) -> str | None:
    """The removed and added words of a change, as JSON; None for anything else."""
    if entry.kind != "change":
        return None
    source_id, number = _change_of(entry)
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
