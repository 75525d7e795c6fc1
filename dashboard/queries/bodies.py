"""Bodies and their statuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.record import Record, per_record


@dataclass(frozen=True)
class Body:
    """One organisation as reference data."""

    org_id: str
    name: str
    kind: str
    region: str | None
    website: str | None
    successor_id: str | None
    successor: str | None
    note: str | None
    aliases: tuple[str, ...]
    tile_x: int | None
    tile_y: int | None
    tile_label: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Standing:
    """One trust or force with its status (view organisation_status)."""

    org_id: str
    name: str
    kind: str
    region: str | None
    status: str
    strength: str
    sources: int
    firm_sources: int
    assertions: int
    first_date: str | None
    latest_date: str | None
    latest_precision: str | None
    ever_used: bool
    weak_statuses: tuple[str, ...]
    counts_as: str


@dataclass(frozen=True)
class StatusCount:
    """How many bodies of one kind have one status; merged bodies count once."""

    kind: str
    status: str
    bodies: int


@dataclass(frozen=True)
class Assertion:
    """One adoption row that touches one body."""

    adoption_id: str
    trust_id: str | None
    police_id: str | None
    team: str | None
    status: str
    on_date: str | None
    date_precision: str | None
    source_id: str
    where_in_source: str | None
    summary: str
    basis: str | None
    matched: str | None
    strength: str


@per_record
def all_bodies(record: Record) -> tuple[Body, ...]:
    """Every organisation, by name."""
    return record.fetch(
        Body,
        """SELECT o.org_id, o.name, o.kind, o.region, o.website, o.successor_id, s.name AS successor, o.note,
                  coalesce(o.aliases, []) AS aliases, o.tile_x, o.tile_y, o.tile_label, o.latitude, o.longitude
           FROM organisation o LEFT JOIN organisation s ON s.org_id = o.successor_id
           ORDER BY lower(o.name), o.org_id""",
    )


@per_record
def body_index(record: Record) -> dict[str, Body]:
    """Every organisation by its id."""
    return {body.org_id: body for body in all_bodies(record)}


def name_of(record: Record, org_id: str | None) -> str:
    """The name of a body; its id where there is no such row, "" where there is no id."""
    if not org_id:
        return ""
    body = body_index(record).get(org_id)
    return body.name if body else org_id


@per_record
def standings(record: Record) -> tuple[Standing, ...]:
    """Every trust and force with its status, by kind and name."""
    return record.fetch(
        Standing,
        """SELECT org_id, name, kind, region, status, strength, sources, firm_sources, assertions, first_date,
                  latest_date, latest_precision, ever_used, weak_statuses, counts_as
           FROM organisation_status ORDER BY kind, lower(name), org_id""",
    )


@per_record
def standing_index(record: Record) -> dict[str, Standing]:
    """Every trust and force with its status, by id."""
    return {standing.org_id: standing for standing in standings(record)}


@per_record
def status_counts(record: Record) -> tuple[StatusCount, ...]:
    """Bodies by kind and status; merged bodies count once, under their successor."""
    return record.fetch(StatusCount, "SELECT kind, status, bodies FROM status_count ORDER BY kind, status")


def bodies_with(record: Record, kind: str, *statuses: str) -> int:
    """How many bodies of `kind` have one of the statuses."""
    return sum(row.bodies for row in status_counts(record) if row.kind == kind and row.status in statuses)


@per_record
def assertions_about(record: Record, org_id: str) -> tuple[Assertion, ...]:
    """What each page says of one trust or force, oldest first, undated last."""
    return record.fetch(
        Assertion,
        """SELECT a.adoption_id, a.trust_id, a.police_id, a.team, a.status, a.on_date, a.date_precision, a.source_id,
                  a.where_in_source, a.summary, a.basis, a.matched, b.strength
           FROM adoption_body b JOIN adoption a USING (adoption_id) WHERE b.org_id = ?
           ORDER BY a.on_date IS NULL, a.on_date, a.adoption_id""",
        [org_id],
    )


@per_record
def adoption_totals(record: Record) -> tuple[int, int]:
    """Number of assertions, and of sources that make them."""
    assertions, sources = record.rows("SELECT count(*), count(DISTINCT source_id) FROM adoption")[0]
    return assertions, sources


@dataclass(frozen=True)
class Mark:
    """One dated assertion about one body, for its life line. `day` is the last day that the date can mean."""

    org_id: str
    status: str
    on_date: str
    date_precision: str | None
    day: dt.date
    strength: str


@per_record
def marks(record: Record) -> tuple[Mark, ...]:
    """Every dated assertion about a trust or force, oldest first."""
    return record.fetch(
        Mark,
        """SELECT org_id, status, on_date, date_precision, last_day_of(on_date) AS day, strength
           FROM adoption_body WHERE on_date IS NOT NULL ORDER BY org_id, last_day_of(on_date), adoption_id""",
    )


@per_record
def predecessors(record: Record, org_id: str) -> tuple[Body, ...]:
    """Bodies whose services this body runs now."""
    return tuple(body for body in all_bodies(record) if body.successor_id == org_id)
