"""One row of the record with all that stands about it: what a permanent page shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from dashboard.parts.permalinks import ROOMS
from dashboard.queries.facts import Moment, review_steps, timeline
from dashboard.record import Record, per_record
from data.labels import label

TABLE_OF_ROOM: Final = {room: table for table, room in ROOMS.items()}


@dataclass(frozen=True)
class Item:
    """One row as a reader meets it. `facts` are (label, value) in reading order; `author_id` is whose words it records,
    None where the row is this record's own account."""

    table: str
    row_id: str
    title: str
    claim: str
    on_date: str | None
    date_precision: str | None
    org_ids: tuple[str, ...]
    source_id: str | None
    author_id: str | None
    facts: tuple[tuple[str, str], ...]
    recorded_on: dt.date | None
    url: str | None = None

    @property
    def room(self) -> str:
        """The first part of its address."""
        return ROOMS[self.table]


@dataclass(frozen=True)
class Correction:
    """One public correction of a row."""

    corrected_on: dt.date
    column: str
    was: str | None
    now: str | None
    why: str


@dataclass(frozen=True)
class Support:
    """The passage that supports a row in one capture of its source (tables evidence, passage, capture)."""

    state: str
    text: str | None
    page_number: int | None
    final_url: str | None
    memento_url: str | None
    captured_at: dt.datetime | None
    body_sha256: str | None
    missing_terms: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """Another row that a reader of this one should know of."""

    table: str
    row_id: str
    title: str
    on_date: str | None
    date_precision: str | None
    source_id: str | None


_SQL: Final[dict[str, str]] = {
    "organisation": """SELECT org_id, name, coalesce(note, ''), NULL, NULL, [org_id], NULL, NULL, recorded_on, website,
        kind, region, ods_code, successor_id, coalesce(aliases, []) FROM organisation WHERE org_id = ?""",
    "source": """SELECT source_id, title, coalesce(note, ''), published_on, date_precision,
        list_filter([publisher_id], x -> x IS NOT NULL), source_id, publisher_id, recorded_on, url, kind,
        format
        FROM source WHERE source_id = ?""",
    "adoption": """SELECT a.adoption_id, t.title, a.summary, a.on_date, a.date_precision,
        list_filter([a.trust_id, a.police_id], x -> x IS NOT NULL) || coalesce(a.other_ids, []), a.source_id, NULL,
        a.recorded_on, NULL, a.status, a.team, a.basis, a.matched, a.where_in_source
        FROM adoption a JOIN (SELECT a.adoption_id, coalesce(concat_ws(' and ', x.name, y.name), 'A body') AS title
          FROM adoption a LEFT JOIN organisation x ON x.org_id = a.trust_id
          LEFT JOIN organisation y ON y.org_id = a.police_id) t USING (adoption_id) WHERE a.adoption_id = ?""",
    "statement": """SELECT s.statement_id, coalesce(o.name, s.org_id), s.summary, s.published_on, s.date_precision,
        [s.org_id], s.source_id, s.org_id, s.recorded_on, NULL, s.position, coalesce(s.asks, [])
        FROM statement s LEFT JOIN organisation o USING (org_id) WHERE s.statement_id = ?""",
    "concern": """SELECT c.concern_id, coalesce(o.name, c.raised_by), c.summary, s.published_on, s.date_precision,
        list_filter([c.raised_by, c.reply_by], x -> x IS NOT NULL), c.source_id, c.raised_by, c.recorded_on, NULL,
        c.topic, c.number, c.reply_by, c.reply_summary, r.name
        FROM concern c LEFT JOIN organisation o ON o.org_id = c.raised_by
        LEFT JOIN organisation r ON r.org_id = c.reply_by LEFT JOIN source s USING (source_id)
        WHERE c.concern_id = ?""",
    "review": """SELECT r.review_id, r.title, '', NULL, NULL,
        list_filter([r.commissioner_id], x -> x IS NOT NULL) || coalesce(r.subject_ids, []), r.source_id, NULL,
        r.recorded_on, NULL, r.state, r.scope, o.name
        FROM review r LEFT JOIN organisation o ON o.org_id = r.commissioner_id WHERE r.review_id = ?""",
    "recommendation": """SELECT m.recommendation_id, coalesce(o.name, m.made_by), m.summary, s.published_on,
        s.date_precision, [m.made_by] || coalesce(m.addressed_to, []), m.made_in_source_id, m.made_by, m.recorded_on,
        NULL, m.topic, m.number
        FROM recommendation m LEFT JOIN organisation o ON o.org_id = m.made_by
        LEFT JOIN source s ON s.source_id = m.made_in_source_id WHERE m.recommendation_id = ?""",
    "timeline": """SELECT id, title, summary, on_date, date_precision, coalesce(org_ids, []), source_id, NULL,
        recorded_on, NULL, kind FROM timeline WHERE id = ?""",
}


@per_record
def item(record: Record, table: str, row_id: str) -> Item | None:
    """The row of that name, or None."""
    found = record.rows(_SQL[table], [row_id])
    if not found:
        return None
    key, title, claim, on_date, precision, org_ids, source_id, author_id, recorded_on, url, *rest = found[0]
    title, facts = _described(table, title, rest)
    return Item(
        table, key, title, claim, on_date, precision, tuple(dict.fromkeys(org_ids)), source_id, author_id,
        tuple((name, str(value)) for name, value in facts if value), recorded_on, url,
    )  # fmt: skip


def _described(table: str, title: str, rest: list[object]) -> tuple[str, list[tuple[str, object]]]:
    """The title of a row's page, and what else its columns say, in plain words."""
    words = [None if value is None else value for value in rest]
    match table, words:
        case "organisation", [kind, region, ods_code, _successor, aliases]:
            return title, [
                ("Kind", label("organisation.kind", str(kind))),
                ("Region", region),
                ("ODS code", ods_code),
                ("Also called", ", ".join(map(str, aliases)) if isinstance(aliases, list) else None),
            ]
        case "source", [kind, form]:
            return title, [("Kind", label("source.kind", str(kind))), ("Format", form)]
        case "adoption", [status, team, basis, matched, where]:
            return f"{title}: {label('adoption.status', str(status))}", [
                ("Team or scheme", team),
                ("On whose word", label("adoption.basis", str(basis)) if basis else None),
                ("How the body was recognised", label("adoption.matched", str(matched)) if matched else None),
                ("Where in the source", where),
            ]
        case "statement", [position, asks]:
            named = [label("statement.asks", str(ask)) for ask in asks] if isinstance(asks, list) else []
            return f"{title}: {label('statement.position', str(position))}", [("Asks for", ", ".join(named))]
        case "concern", [topic, number, _reply_by, reply, replier]:
            place = f"concern {number}" if number else "a concern"
            return f"{title}, {place}: {str(topic).replace('-', ' ')}", [(f"Reply by {replier or 'nobody'}", reply)]
        case "review", [state, scope, commissioner]:
            return title, [
                ("State", label("review.state", str(state))),
                ("Commissioned by", commissioner or "nobody yet"),
                ("Reach", scope),
            ]
        case "recommendation", [topic, number]:
            place = f"recommendation {number}" if number else "a recommendation"
            return f"{title}, {place}: {str(topic).replace('-', ' ')}", []
        case "timeline", [kind]:
            return title, [("Kind", label("timeline.kind", str(kind)))]
        case _:
            raise ValueError(f"{table} has no page of its own")


@per_record
def corrections(record: Record, table: str, row_id: str) -> tuple[Correction, ...]:
    """Public corrections of a row, latest first. A timeline entry shares those of the row behind it."""
    if table == "timeline":
        table, _, row_id = row_id.partition(".")
    return record.fetch(
        Correction,
        """SELECT corrected_on, "column", was, "is" AS now, why FROM correction WHERE "table" = ? AND row_id = ?
           ORDER BY corrected_on DESC, "column" """,
        [table, row_id],
    )


@per_record
def supports(record: Record, table: str, row_id: str) -> tuple[Support, ...]:
    """What the captures of its source show of a row, latest capture first."""
    if table == "timeline":
        table, _, row_id = row_id.partition(".")
    return record.fetch(
        Support,
        """SELECT e.state, p.text, p.page_number, c.final_url, c.memento_url, c.captured_at, c.body_sha256,
                  coalesce(e.missing_terms, []) AS missing_terms
           FROM evidence e LEFT JOIN passage p USING (passage_id) LEFT JOIN capture c ON c.capture_id = e.capture_id
           WHERE e."table" = ? AND e.row_id = ? ORDER BY c.captured_at DESC NULLS LAST, e.passage_id LIMIT 20""",
        [table, row_id],
    )


@per_record
def related(record: Record, table: str, row_id: str) -> tuple[Related, ...]:
    """Other entries of the timeline on the same matter, oldest first: those about the same body or page, the steps of
    the review, and beside an assertion the other assertions about its bodies."""
    moments = timeline(record)[::-1]
    if table == "organisation":
        chosen = [moment for moment in moments if row_id in moment.org_ids]
    elif table == "source":
        chosen = [moment for moment in moments if moment.source_id == row_id]
    elif table == "review":
        steps = {f"review_event.{step.event_id}" for step in review_steps(record) if step.review_id == row_id}
        chosen = [moment for moment in moments if moment.id in steps]
    else:
        chosen = _neighbours(record, table, row_id, moments)
    return tuple(
        Related("timeline", moment.id, moment.title, moment.on_date, moment.date_precision, moment.source_id)
        for moment in chosen
    )


def _neighbours(record: Record, table: str, row_id: str, moments: tuple[Moment, ...]) -> list[Moment]:
    row = item(record, table, row_id)
    if row is None:
        return []
    own = row_id if table == "timeline" else f"{table}.{row_id}"
    bodies = set(row.org_ids) if own.startswith("adoption.") else set()
    return [
        moment
        for moment in moments
        if moment.id != own
        and (
            (row.source_id and moment.source_id == row.source_id)
            or (moment.kind == "adoption" and bodies.intersection(moment.org_ids))
        )
    ][:40]


@per_record
def ids(record: Record, table: str) -> tuple[tuple[str, str], ...]:
    """(id, title) of every row of a table that has pages, in reading order."""
    statements = {
        "organisation": "SELECT org_id, name FROM organisation ORDER BY lower(name), org_id",
        "source": "SELECT source_id, title FROM source ORDER BY lower(title), source_id",
        "adoption": "SELECT adoption_id, summary FROM adoption ORDER BY adoption_id",
        "statement": """SELECT statement_id, coalesce(o.name, org_id) || ': ' || summary FROM statement
            LEFT JOIN organisation o USING (org_id) ORDER BY published_on NULLS LAST, statement_id""",
        "concern": "SELECT concern_id, summary FROM concern ORDER BY concern_id",
        "review": "SELECT review_id, title FROM review ORDER BY title, review_id",
        "recommendation": "SELECT recommendation_id, summary FROM recommendation ORDER BY recommendation_id",
        "timeline": "SELECT id, title FROM timeline ORDER BY last_day, id",
    }
    return tuple(record.rows(statements[table]))
