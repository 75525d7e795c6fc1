"""One row of the record with all that stands about it: what a permanent page shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.parts.permalinks import ROOMS
from dashboard.queries.blocks import Block, block_of
from dashboard.queries.facts import MOMENT, Moment
from dashboard.queries.spans import span_of
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
    """One public correction of a row; `column` is "" where the whole row was withdrawn."""

    corrected_on: dt.date
    column: str
    was: str | None
    now: str | None
    why: str


@dataclass(frozen=True)
class Support:
    """The passage that supports a row in the captures of its source (tables evidence, passage, capture): the latest
    capture in which it stands so, the first one, and how many there are. Times are UTC without a zone."""

    state: str
    text: str | None
    page_number: int | None
    final_url: str | None
    memento_url: str | None
    captured_at: dt.datetime | None
    body_sha256: str | None
    missing_terms: tuple[str, ...]
    origin: str | None
    first_at: dt.datetime | None
    captures: int
    withheld_why: str | None


@dataclass(frozen=True)
class Copy:
    """One stored capture of a source: what it is known by, and where an archive keeps the same page."""

    captured_at: dt.datetime
    origin: str
    body_sha256: str
    memento_url: str | None
    withheld_why: str | None
    held: int
    """How many good copies of the source are held, of which a reader is shown a few."""


@dataclass(frozen=True)
class Withdrawn:
    """A row that was taken out of the record: when, what it stated, why."""

    withdrawn_on: dt.date
    stated: str
    why: str


@dataclass(frozen=True)
class Lost:
    """A change of the page that took away the passage on which a row rests."""

    change_number: int
    raised_at: dt.datetime
    cleared_at: dt.datetime | None
    source_id: str


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
        kind, region, ods_code, successor_id, coalesce(aliases, []) FROM organisation""",
    "source": """SELECT source_id, title, coalesce(note, ''), published_on, date_precision,
        list_filter([publisher_id], x -> x IS NOT NULL), source_id, publisher_id, recorded_on, url, kind,
        format
        FROM source""",
    "adoption": """SELECT a.adoption_id, t.title, a.summary, a.on_date, a.date_precision,
        list_filter([a.trust_id, a.police_id], x -> x IS NOT NULL) || coalesce(a.other_ids, []), a.source_id, NULL,
        a.recorded_on, NULL, a.status, a.team, a.basis, a.matched, a.where_in_source
        FROM adoption a JOIN (SELECT a.adoption_id, coalesce(concat_ws(' and ', x.name, y.name), 'A body') AS title
          FROM adoption a LEFT JOIN organisation x ON x.org_id = a.trust_id
          LEFT JOIN organisation y ON y.org_id = a.police_id) t USING (adoption_id)""",
    "statement": """SELECT s.statement_id, coalesce(o.name, s.org_id), s.summary, s.published_on, s.date_precision,
        [s.org_id], s.source_id, s.org_id, s.recorded_on, NULL, s.position, coalesce(s.asks, [])
        FROM statement s LEFT JOIN organisation o USING (org_id)""",
    "concern": """SELECT c.concern_id, coalesce(o.name, c.raised_by), c.summary, s.published_on, s.date_precision,
        list_filter([c.raised_by, c.reply_by], x -> x IS NOT NULL), c.source_id, c.raised_by, c.recorded_on, NULL,
        c.topic, c.number, c.reply_by, c.reply_summary, r.name
        FROM concern c LEFT JOIN organisation o ON o.org_id = c.raised_by
        LEFT JOIN organisation r ON r.org_id = c.reply_by LEFT JOIN source s USING (source_id)""",
    "review": """SELECT r.review_id, r.title, '', NULL, NULL,
        list_filter([r.commissioner_id], x -> x IS NOT NULL) || coalesce(r.subject_ids, []), r.source_id, NULL,
        r.recorded_on, NULL, r.state, r.scope, o.name
        FROM review r LEFT JOIN organisation o ON o.org_id = r.commissioner_id""",
    "recommendation": """SELECT m.recommendation_id, coalesce(o.name, m.made_by), m.summary, s.published_on,
        s.date_precision, [m.made_by] || coalesce(m.addressed_to, []), m.made_in_source_id, m.made_by, m.recorded_on,
        NULL, m.topic, m.number, m.outcome, m.outcome_summary, p.title
        FROM recommendation m LEFT JOIN organisation o ON o.org_id = m.made_by
        LEFT JOIN source s ON s.source_id = m.made_in_source_id
        LEFT JOIN source p ON p.source_id = m.outcome_source_id""",
    "timeline": """SELECT t.id, t.title, t.summary, t.on_date, t.date_precision, coalesce(t.org_ids, []), t.source_id,
        coalesce(s.org_id, c.claimant_id), t.recorded_on, NULL, t.kind, e.review_id, r.title
        FROM timeline t LEFT JOIN statement s ON t.id = 'statement.' || s.statement_id
        LEFT JOIN claimed_total c ON t.id = 'claimed_total.' || c.claim_id
        LEFT JOIN review_event e ON t.id = 'review_event.' || e.event_id LEFT JOIN review r USING (review_id)""",
}
# Rows of the tables that have no pages of their own, and no date: the timeline passes them over, a reader may not.
_UNDATED: Final = """
  SELECT 'claimed_total.' || c.claim_id AS id,
    coalesce(o.name, 'Somebody') || ' states '
      || coalesce(CASE c.bound WHEN 'at-least' THEN 'at least ' WHEN 'about' THEN 'about ' ELSE '' END || c.value,
        'a share') || CASE WHEN c.value IS NULL THEN ' of trusts' ELSE ' ' || replace(c.unit, '-', ' ') END AS title,
    c.summary, list_filter([c.claimant_id], x -> x IS NOT NULL) AS org_ids, c.source_id, c.claimant_id AS author_id,
    c.recorded_on, 'claimed_total' AS kind, NULL AS review_id, NULL AS review_title
  FROM claimed_total c LEFT JOIN organisation o ON o.org_id = c.claimant_id WHERE c.as_of IS NULL
  UNION ALL
  SELECT 'review_event.' || e.event_id, r.title || ': ' || coalesce(v.label, e.state), e.summary,
    list_filter([r.commissioner_id], x -> x IS NOT NULL) || coalesce(r.subject_ids, []), e.source_id, NULL,
    e.recorded_on, 'review_event', e.review_id, r.title
  FROM review_event e LEFT JOIN review r USING (review_id)
    LEFT JOIN vocabulary v ON v.list = 'review_event.state' AND v.value = e.state WHERE e.on_date IS NULL
  UNION ALL
  SELECT 'event.' || event_id, title, summary, coalesce(org_ids, []), source_id, NULL, recorded_on, 'event', NULL, NULL
  FROM event WHERE on_date IS NULL
  UNION ALL
  SELECT 'petition.' || petition_id || '.' || source_id,
    'Petition: ' || CASE bound WHEN 'at-least' THEN 'more than ' ELSE '' END || format('{:,}', signatures)
      || ' signatures',
    CASE bound WHEN 'at-least' THEN 'A page gives more than ' ELSE 'A page gives ' END || format('{:,}', signatures)
      || ' signatures' || coalesce(', with a goal of ' || format('{:,}', target), '') || '.',
    [], source_id, NULL, recorded_on, 'petition', NULL, NULL
  FROM petition_reading WHERE on_date IS NULL"""
_UNDATED_ITEMS: Final = f"""SELECT id, title, summary, NULL, NULL, org_ids, source_id, author_id, recorded_on, NULL,
    kind, review_id, review_title FROM ({_UNDATED})"""  # noqa: S608 - constants


@per_record
def _rows(record: Record, table: str) -> dict[str, tuple[Any, ...]]:
    """Every row of a table by its id: one question for all pages, where one for each would cost more than the page."""
    found = (
        [*record.rows(_UNDATED_ITEMS), *record.rows(_SQL[table])] if table == "timeline" else record.rows(_SQL[table])
    )
    return {row[0]: row for row in found}


def item(record: Record, table: str, row_id: str) -> Item | None:
    """The row of that name, or None."""
    found = _rows(record, table).get(row_id)
    if found is None:
        return None
    key, title, claim, on_date, precision, org_ids, source_id, author_id, recorded_on, url, *rest = found
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
        case "recommendation", [topic, number, outcome, became, shown_by]:
            place = f"recommendation {number}" if number else "a recommendation"
            told = (
                f"{label('recommendation.outcome', str(outcome))}. {became} Shown by: {shown_by}" if outcome else None
            )
            return f"{title}, {place}: {str(topic).replace('-', ' ')}", [
                ("What became of it", told or "nobody has shown this")
            ]
        case "timeline", [kind, _review_id, review]:
            return title, [("Kind", label("timeline.kind", str(kind))), ("Step of", review)]
        case _:
            raise ValueError(f"{table} has no page of its own")


Named = tuple[str, str]
"""Table and id of a row."""
MOST_SUPPORTS: Final = 20
MOST_NEIGHBOURS: Final = 40
_TABLE_OF_KIND: Final = {"petition": "petition_reading"}


def row_behind(table: str, row_id: str) -> tuple[str, str]:
    """The table and row that a page speaks of: an entry of the timeline speaks of the row it was made from."""
    if table != "timeline":
        return table, row_id
    kind, _, name = row_id.partition(".")
    return _TABLE_OF_KIND.get(kind, kind), name


def former_names(record: Record, table: str, row_id: str) -> tuple[str, ...]:
    """The names that a row bore before (table redirect), and those of rows that went into it."""
    moves = _moves(record)
    found: set[str] = set()
    if moves:
        wanted = {row_id}
        while wanted:
            wanted = {old for (of, old), new in moves.items() if of == table and new in wanted} - found
            found |= wanted
    return tuple(sorted(found))


@per_record
def _moves(record: Record) -> dict[tuple[str, str], str]:
    return {(table, old): new for table, old, new in record.rows('SELECT "table", old_id, new_id FROM redirect')}


def old_names(record: Record) -> tuple[Named, ...]:
    """(table, former name) of every row that was renamed or went into another."""
    return tuple(_moves(record))


def moved_to(record: Record, table: str, row_id: str) -> str | None:
    """The name under which a row stands now, where this one is a former name; None where nothing was renamed.

    Entries of the timeline follow the row or the page that they are about.
    """
    moves = _moves(record)
    if not moves:
        return None
    if table == "timeline":
        kind, _, name = row_id.partition(".")
        if kind in ("change", "disappearance"):
            name, dot, number = name.rpartition(".")
            to = moved_to(record, "source", name)
            return f"{kind}.{to}{dot}{number}" if to else None
        to = moved_to(record, _TABLE_OF_KIND.get(kind, kind), name)
        return f"{kind}.{to}" if to else None
    at, passed = row_id, {row_id}
    while (table, at) in moves and moves[table, at] not in passed:
        at = moves[table, at]
        passed.add(at)
    return at if at != row_id else None


def first_name(record: Record, entry_id: str) -> str:
    """The name that an entry of the timeline bore first: what a feed knows it by for ever."""
    if not _moves(record):
        return entry_id
    table, name = row_behind("timeline", entry_id)
    kind = entry_id.partition(".")[0]
    end = ""
    if kind in ("change", "disappearance"):
        table, (name, _, number) = "source", name.rpartition(".")
        end = f".{number}"
    found = record.rows(
        """WITH RECURSIVE former(name, depth, on_day) AS (
             SELECT old_id, 1, redirected_on FROM redirect WHERE "table" = $1 AND new_id = $2
             UNION ALL SELECT r.old_id, f.depth + 1, r.redirected_on FROM redirect r JOIN former f ON r.new_id = f.name
             WHERE r."table" = $1 AND f.depth < 50)
           SELECT name FROM former ORDER BY on_day, depth DESC, name LIMIT 1""",
        [table, name],
    )
    return f"{kind}.{found[0][0]}{end}" if found else entry_id


@per_record
def withdrawn(record: Record, table: str, row_id: str) -> Withdrawn | None:
    """What is on record of a row that was taken out; None where there never was such a row."""
    table, row_id = row_behind(table, row_id)
    found = record.rows(
        """SELECT corrected_on, coalesce(was, ''), why FROM correction
           WHERE "table" = ? AND row_id = ? AND "column" IS NULL ORDER BY corrected_on DESC LIMIT 1""",
        [table, row_id],
    )
    return Withdrawn(*found[0]) if found else None


@per_record
def withdrawn_rows(record: Record) -> tuple[tuple[str, str], ...]:
    """(table, name) of every row that was taken out of a table whose rows have pages, directly or in the timeline."""
    return tuple(
        record.rows('SELECT DISTINCT "table", row_id FROM correction WHERE "column" IS NULL ORDER BY "table", row_id')
    )


@per_record
def _all_corrections(record: Record) -> dict[Named, list[Correction]]:
    found: dict[Named, list[Correction]] = {}
    for table, row_id, *rest in record.rows(
        """SELECT "table", row_id, corrected_on, coalesce("column", ''), was, "is", why FROM correction
           ORDER BY corrected_on DESC, coalesce("column", '')"""
    ):
        found.setdefault((table, row_id), []).append(Correction(*rest))
    return found


def corrections(record: Record, table: str, row_id: str) -> tuple[Correction, ...]:
    """Public corrections of a row, latest first, those made under a former name included. A timeline entry shares those
    of the row behind it."""
    table, row_id = row_behind(table, row_id)
    known = _all_corrections(record)
    names = (row_id, *former_names(record, table, row_id)) if known else ()
    found = [one for name in names for one in known.get((table, name), ())]
    return tuple(sorted(found, key=lambda one: (-one.corrected_on.toordinal(), one.column)))


@per_record
def _sources_of_evidence(record: Record) -> dict[Named, tuple[str, ...]]:
    """By row of the register, the sources in which it was looked for."""
    found = record.rows(
        'SELECT "table", row_id, list(DISTINCT source_id ORDER BY source_id) FROM evidence GROUP BY ALL'
    )
    return {(table, row_id): tuple(source_ids) for table, row_id, source_ids in found}


@per_record
def _supports_in(record: Record, block: Block) -> dict[Named, list[Support]]:
    found: dict[Named, list[Support]] = {}
    for table, row_id, *rest in record.rows(
        """WITH each AS (
             SELECT e."table", e.row_id, e.state, p.text, p.page_number, c.final_url, c.memento_url, c.captured_at,
               c.body_sha256, coalesce(e.missing_terms, []) AS missing_terms, c.origin, w.why AS withheld_why,
               e.passage_id
             FROM (SELECT * FROM evidence WHERE source_id BETWEEN $1 AND $2) e
               LEFT JOIN (SELECT * FROM passage WHERE source_id BETWEEN $1 AND $2) p USING (passage_id)
               LEFT JOIN (SELECT * FROM capture WHERE source_id BETWEEN $1 AND $2) c
                 ON c.capture_id = e.capture_id
               LEFT JOIN withheld w USING (body_sha256)),
           once AS (
             SELECT *, min(captured_at) OVER same AS first_at, count(captured_at) OVER same AS captures
             FROM each WINDOW same AS (PARTITION BY "table", row_id, state, text, missing_terms, withheld_why)
             QUALIFY row_number() OVER (PARTITION BY "table", row_id, state, text, missing_terms, withheld_why
               ORDER BY captured_at DESC NULLS LAST, passage_id) = 1)
           SELECT "table", row_id, state, text, page_number, final_url, memento_url, captured_at, body_sha256,
             missing_terms, origin, first_at, captures, withheld_why
           FROM once QUALIFY row_number() OVER (
             PARTITION BY "table", row_id ORDER BY captured_at DESC NULLS LAST, text) <= ?
           ORDER BY captured_at DESC NULLS LAST, text""".replace("?", str(MOST_SUPPORTS)),
        block.bounds,
    ):
        cells: list[Any] = [tuple(cell) if isinstance(cell, list) else cell for cell in rest]
        found.setdefault((table, row_id), []).append(Support(*cells))
    return found


def supports(record: Record, table: str, row_id: str) -> tuple[Support, ...]:
    """What the captures of its source show of a row: each passage once, with its latest capture; latest first, at most
    20."""
    named = row_behind(table, row_id)
    blocks = dict.fromkeys(block_of(record, source_id) for source_id in _sources_of_evidence(record).get(named, ()))
    found = [one for block in blocks for one in _supports_in(record, block).get(named, ())]
    return tuple(found[:MOST_SUPPORTS])


@per_record
def _copies_in(record: Record, block: Block) -> dict[str, tuple[Copy, ...]]:
    found: dict[str, list[Copy]] = {}
    for source_id, *rest in record.rows(
        """SELECT c.source_id, c.captured_at, c.origin, c.body_sha256, c.memento_url, w.why,
             count(*) OVER (PARTITION BY c.source_id)
           FROM capture c LEFT JOIN withheld w USING (body_sha256)
           WHERE c.part = 'page' AND c.verdict = 'good' AND c.source_id BETWEEN ? AND ?
           QUALIFY row_number() OVER (
               PARTITION BY c.source_id, c.origin = 'live' ORDER BY c.captured_at DESC, c.capture_id DESC) = 1
             OR row_number() OVER (PARTITION BY c.source_id ORDER BY c.captured_at, c.capture_id) = 1
           ORDER BY c.captured_at DESC, c.capture_id DESC""",
        block.bounds,
    ):
        found.setdefault(source_id, []).append(Copy(*rest))
    return {source_id: tuple(copies) for source_id, copies in found.items()}


def copies(record: Record, source_id: str) -> tuple[Copy, ...]:
    """The good captures that a reader is shown of a source: the latest live one, the latest from an archive, and the
    first of all, each once, latest first."""
    return _copies_in(record, block_of(record, source_id)).get(source_id, ())


@per_record
def _ends_in(record: Record, block: Block) -> dict[str, Copy]:
    """The first and last capture of each version of these sources, by name."""
    found = record.rows(
        """WITH ends AS (
             SELECT first_capture_id AS capture_id FROM version WHERE source_id BETWEEN $1 AND $2
             UNION SELECT last_capture_id FROM version WHERE source_id BETWEEN $1 AND $2)
           SELECT c.capture_id, c.captured_at, c.origin, c.body_sha256, c.memento_url, w.why, 1
           FROM capture c JOIN ends USING (capture_id) LEFT JOIN withheld w USING (body_sha256)
           WHERE c.source_id BETWEEN $1 AND $2""",
        block.bounds,
    )
    return {capture_id: Copy(*rest) for capture_id, *rest in found}


def end_of_version(record: Record, source_id: str, capture_id: str) -> Copy | None:
    """The capture of that name of a source, with which one of its versions begins or ends."""
    return _ends_in(record, block_of(record, source_id)).get(capture_id)


@dataclass(frozen=True)
class _Archived:
    """The copies in web archives by source, and the sources whose captures ended at an address."""

    mementos: dict[str, list[tuple[str, dt.datetime, str]]]
    sources_at: dict[str, set[str]]


@per_record
def _archived(record: Record) -> _Archived:
    found = _Archived({}, {})
    for source_id, address, moment, capture_id in record.rows(
        """SELECT source_id, memento_url, captured_at, capture_id FROM capture
           WHERE memento_url IS NOT NULL AND verdict = 'good'"""
    ):
        found.mementos.setdefault(source_id, []).append((address, moment, capture_id))
    if found.mementos:
        for source_id, final_url in record.rows(
            """SELECT DISTINCT source_id, final_url FROM capture WHERE source_id IN (
                 SELECT source_id FROM capture WHERE memento_url IS NOT NULL AND verdict = 'good')"""
        ):
            found.sources_at.setdefault(final_url, set()).add(source_id)
    return found


def nearest_memento(record: Record, final_url: str, moment: dt.datetime | None) -> tuple[str, dt.datetime] | None:
    """The address and time of the copy in a web archive, among those on record, that lies nearest to a moment."""
    if moment is None:
        return None
    known = _archived(record)
    found = [one for source_id in known.sources_at.get(final_url, ()) for one in known.mementos[source_id]]
    if not found:
        return None
    address, at, _ = min(found, key=lambda one: (abs(one[1] - moment), one[2]))
    return address, at


@per_record
def not_read(record: Record, source_id: str | None) -> tuple[str, ...]:
    """Why good captures of a source were not read, or not to their end, by any reader."""
    found = record.rows(
        """SELECT DISTINCT problem FROM (
             SELECT min(problem) AS problem FROM extraction WHERE source_id = ?
             GROUP BY capture_id HAVING count(*) = count(problem)) ORDER BY problem""",
        [source_id],
    )
    return tuple(problem for (problem,) in found)


@per_record
def _all_lost(record: Record) -> dict[Named, list[Lost]]:
    found: dict[Named, list[Lost]] = {}
    for table, row_id, *rest in record.rows(
        """SELECT a."table", a.row_id, c.number, a.raised_at, a.cleared_at, a.source_id
           FROM alarm a JOIN change c USING (change_id) ORDER BY a.raised_at DESC, a.alarm_id"""
    ):
        found.setdefault((table, row_id), []).append(Lost(*rest))
    return found


def lost_passages(record: Record, table: str, row_id: str) -> tuple[Lost, ...]:
    """Changes that took away the passage on which a row rests, latest first."""
    return tuple(_all_lost(record).get(row_behind(table, row_id), ()))


@per_record
def last_touched(record: Record) -> dict[tuple[str, str], dt.date]:
    """By table and row: the day of its last correction, for rows that were corrected."""
    found = record.rows(
        'SELECT "table", row_id, max(corrected_on) FROM correction WHERE "column" IS NOT NULL GROUP BY ALL'
    )
    moves = _moves(record)
    days: dict[tuple[str, str], dt.date] = {}
    for table, row_id, day in found:
        name = (moved_to(record, table, row_id) if moves else None) or row_id
        days[table, name] = max(day, days.get((table, name), day))
    return days


def touched_on(record: Record, item: Item) -> dt.date | None:
    """The last day on which the row was written or corrected; None where that is not known."""
    corrected = last_touched(record).get(row_behind(item.table, item.row_id))
    return max((day for day in (item.recorded_on, corrected) if day), default=None)


@per_record
def _moments_in(record: Record, block: Block) -> dict[str, list[Moment]]:
    """The entries of the timeline that sources of a block show, by source, oldest first."""
    found: dict[str, list[Moment]] = {}
    for moment in record.fetch(Moment, f"{MOMENT} WHERE source_id BETWEEN ? AND ? {_OLDEST}", block.bounds):
        found.setdefault(moment.source_id or "", []).append(moment)
    return found


_OLDEST: Final = "ORDER BY last_day, id DESC"


def _moments_of_source(record: Record, source_id: str) -> list[Moment]:
    return _moments_in(record, block_of(record, source_id)).get(source_id, [])


@per_record
def _moments_of_review(record: Record, review_id: str) -> tuple[Moment, ...]:
    return record.fetch(
        Moment,
        f"""{MOMENT} WHERE kind = 'review_event'
            AND id IN (SELECT 'review_event.' || event_id FROM review_event WHERE review_id = ?) {_OLDEST}""",  # noqa: S608
        [review_id],
    )


@per_record
def _assertions(record: Record) -> dict[str, list[Moment]]:
    """The assertions of the timeline by body."""
    found: dict[str, list[Moment]] = {}
    for moment in record.fetch(Moment, f"{MOMENT} WHERE kind = 'adoption' {_OLDEST}"):
        for org_id in moment.org_ids:
            found.setdefault(org_id, []).append(moment)
    return found


def related(record: Record, table: str, row_id: str) -> tuple[Related, ...]:
    """Other entries of the timeline on the same matter, oldest first: those about the same body or page, the steps of
    the review, and beside an assertion the other assertions about its bodies."""
    chosen: Sequence[Moment]
    if table == "organisation":
        chosen = record.fetch(Moment, f"{MOMENT} WHERE list_contains(org_ids, ?) {_OLDEST}", [row_id])
    elif table == "source":
        chosen = _moments_of_source(record, row_id)
    elif table == "review":
        chosen = _moments_of_review(record, row_id)
    else:
        chosen = _neighbours(record, table, row_id)
    return tuple(
        Related("timeline", moment.id, moment.title, moment.on_date, moment.date_precision, moment.source_id)
        for moment in chosen
    )


def _neighbours(record: Record, table: str, row_id: str) -> list[Moment]:
    row = item(record, table, row_id)
    if row is None:
        return []
    own = row_id if table == "timeline" else f"{table}.{row_id}"
    found = {moment.id: moment for moment in _moments_of_source(record, row.source_id)} if row.source_id else {}
    for org_id in row.org_ids if own.startswith("adoption.") else ():
        found |= {moment.id: moment for moment in _assertions(record).get(org_id, ())}
    found.pop(own, None)
    by_name = sorted(found.values(), key=lambda moment: moment.id, reverse=True)
    return sorted(by_name, key=_last_day)[:MOST_NEIGHBOURS]


def _last_day(moment: Moment) -> dt.date:
    days = span_of(moment.on_date, moment.date_precision)
    return days.last if days else dt.date.min


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
    found = record.rows(statements[table])
    if table == "timeline":
        found += record.rows(f"SELECT id, title FROM ({_UNDATED}) ORDER BY id")  # noqa: S608 - constants
    return tuple(found)


@per_record
def touched_days(record: Record) -> dict[tuple[str, str], str]:
    """By table with pages and row: the day on which it was last written or corrected, as ISO 8601."""
    corrected = last_touched(record)
    statements = {
        "organisation": "SELECT org_id, recorded_on FROM organisation",
        "source": "SELECT source_id, recorded_on FROM source",
        "adoption": "SELECT adoption_id, recorded_on FROM adoption",
        "statement": "SELECT statement_id, recorded_on FROM statement",
        "concern": "SELECT concern_id, recorded_on FROM concern",
        "review": "SELECT review_id, recorded_on FROM review",
        "recommendation": "SELECT recommendation_id, recorded_on FROM recommendation",
        "timeline": f"SELECT id, recorded_on FROM timeline UNION ALL SELECT id, recorded_on FROM ({_UNDATED})",  # noqa: S608
    }
    found: dict[tuple[str, str], str] = {}
    for table, statement in statements.items():
        for row_id, recorded in record.rows(statement):
            days = [day for day in (recorded, corrected.get(row_behind(table, row_id))) if day]
            if days:
                found[table, row_id] = max(days).isoformat()
    return found


@per_record
def change_days(record: Record) -> tuple[tuple[str, int, str], ...]:
    """(source, number, day on which it was seen) of every change."""
    return tuple(
        record.rows("SELECT source_id, number, strftime(before_at, '%Y-%m-%d') FROM change ORDER BY source_id, number")
    )
