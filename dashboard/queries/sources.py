"""Sources: the pages and files on which the record rests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dashboard.record import Record, can_be_asked, per_record


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


_SOURCE: Final = """SELECT s.source_id, s.url, s.title, s.publisher_id, o.name AS publisher, s.published_on,
    s.date_precision, s.kind, s.format, s.note, t.state
  FROM source s LEFT JOIN organisation o ON o.org_id = s.publisher_id
    LEFT JOIN source_state t ON t.source_id = s.source_id"""
FEW: Final = 5_000
"""Sources that are read all at once where one of them is asked for."""
MOST_ALONE: Final = 50
"""Sources that are read one by one before all are: the page of a body may name thousands."""


@per_record
def all_sources(record: Record) -> tuple[Source, ...]:
    """Every source, by title."""
    return record.fetch(Source, f"{_SOURCE} ORDER BY lower(s.title), s.source_id")


@per_record
def source_count(record: Record) -> int:
    """How many sources are declared."""
    counted: int = record.rows("SELECT count(*) FROM source")[0][0]
    return counted


@per_record
def sources_of_kind(record: Record, kind: str) -> tuple[Source, ...]:
    """The sources of a kind, by title."""
    return record.fetch(Source, f"{_SOURCE} WHERE s.kind = ? ORDER BY lower(s.title), s.source_id", [kind])


def sources_at(record: Record, urls: Collection[str]) -> dict[str, str]:
    """By address, the source that has it; addresses of none are left out."""
    marks = ", ".join("?" * len(urls))
    sql = f"SELECT url, max(source_id) FROM source WHERE url IN ({marks}) GROUP BY url"  # noqa: S608
    return dict(record.rows(sql, list(urls))) if urls else {}


@per_record
def _indexed(record: Record) -> dict[str, Source]:
    return {source.source_id: source for source in all_sources(record)}


@per_record
def _named_by_facts(record: Record) -> dict[str, Source]:
    """The sources that rows of the register name, of which every page shows some."""
    named = " UNION ".join(f"SELECT source_id FROM {table}" for table in _FACTS)  # noqa: S608 - constants
    found = record.fetch(Source, f"{_SOURCE} WHERE s.source_id IN ({named})")
    return {source.source_id: source for source in found}


_FACTS: Final = (
    "adoption", "claimed_total", "statement", "concern", "review", "review_event", "petition_reading", "event",
)  # fmt: skip


@per_record
def _one(record: Record, source_id: str) -> Source | None:
    found = record.fetch(Source, f"{_SOURCE} WHERE s.source_id = ?", [source_id])
    return found[0] if found else None


@per_record
def _read_alone(record: Record) -> list[str]:
    """The sources that were read one by one."""
    del record
    return []


class SourceIndex(Mapping[str, Source]):
    """Every source by its id. Of very many, only those that are asked for are read: a few one by one, then all."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def __getitem__(self, source_id: str) -> Source:
        alone = _read_alone(self._record)
        if source_count(self._record) <= FEW or self._record.neighbours > 1 or len(alone) >= MOST_ALONE:
            return _indexed(self._record)[source_id]
        if not can_be_asked(source_id):
            raise KeyError(source_id)
        found = _named_by_facts(self._record).get(source_id)
        if found is None:
            found = _one(self._record, source_id)
            if found is None:
                raise KeyError(source_id)
            alone.append(source_id)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_indexed(self._record))

    def __len__(self) -> int:
        return source_count(self._record)


def source_index(record: Record) -> SourceIndex:
    """Every source by its id."""
    return SourceIndex(record)
