"""Sources: the pages and files on which the record rests."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.record import Record, per_record


@dataclass(frozen=True)
class Source:
    """One source with its publisher's name and what has become of it (view source_state)."""

    source_id: str
    url: str | None
    title: str
    publisher_id: str | None
    publisher: str | None
    published_on: str | None
    date_precision: str | None
    kind: str
    format: str
    note: str | None
    state: str


@per_record
def all_sources(record: Record) -> tuple[Source, ...]:
    """Every source, by title."""
    return record.fetch(
        Source,
        """SELECT s.source_id, s.url, s.title, s.publisher_id, o.name AS publisher, s.published_on, s.date_precision,
                  s.kind, s.format, s.note, t.state
           FROM source s LEFT JOIN organisation o ON o.org_id = s.publisher_id
             LEFT JOIN source_state t USING (source_id)
           ORDER BY lower(s.title), s.source_id""",
    )


@per_record
def source_index(record: Record) -> dict[str, Source]:
    """Every source by its id."""
    return {source.source_id: source for source in all_sources(record)}
