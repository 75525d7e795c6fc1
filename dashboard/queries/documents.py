"""What became of each page and file: tries, copies, versions, changes, absences, and what rests on it."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Final

from dashboard.queries.blocks import Block, block_of
from dashboard.record import Record, per_record

UNCHECKED: Final = ("open", "reopened")
"""States of a candidate on which nobody has decided yet."""


@dataclass(frozen=True)
class Course:
    """How one source has fared (view source_state and what was compared). Times are UTC, without a zone.

    `changed_before` is when the latest change was first seen, `changed_after` when the page still looked as before.
    `unchecked` counts candidates that nobody has decided on, `absences` its disappearances.
    """

    source_id: str
    state: str
    last_tried_at: dt.datetime | None
    last_outcome: str | None
    last_live_outcome: str | None
    last_detail: str | None
    attempts: int
    last_good_at: dt.datetime | None
    captures: int
    good_captures: int
    versions: int
    changes: int
    changed_after: dt.datetime | None
    changed_before: dt.datetime | None
    absences: int
    unchecked: int


@dataclass(frozen=True)
class Change:
    """One step between two versions of a source, whose numbers are given; `passages` is JSON as the table holds it."""

    change_id: str
    source_id: str
    number: int
    from_number: int
    to_number: int
    after_at: dt.datetime
    before_at: dt.datetime
    level: str
    words_added: int
    words_removed: int
    share_changed: float
    passages: str | None


@dataclass(frozen=True)
class Absence:
    """One disappearance: present at one time, absent at a later one, confirmed at a third."""

    disappearance_id: str
    source_id: str
    number: int
    present_at: dt.datetime
    absent_at: dt.datetime
    confirmed_at: dt.datetime
    outcome: str
    returned_at: dt.datetime | None
    memento_url: str | None
    memento_at: dt.datetime | None


@dataclass(frozen=True)
class Candidate:
    """One thing that the machine read, with the passage it was read in. `reading` is JSON."""

    candidate_id: str
    kind: str
    source_id: str | None
    reading: str
    confidence: float
    rule: str
    found_at: dt.datetime
    state: str
    row_id: str | None
    passage: str | None


@dataclass(frozen=True)
class Version:
    """A stretch of captures that say the same."""

    version_id: str
    number: int
    first_capture_id: str
    last_capture_id: str
    first_at: dt.datetime
    last_at: dt.datetime
    captures: int
    extractor: str


@dataclass(frozen=True)
class Capture:
    """Bytes as served at one moment."""

    capture_id: str
    origin: str
    captured_at: dt.datetime
    fetched_at: dt.datetime
    status: int
    verdict: str
    verdict_why: str | None
    media_type: str | None
    body_sha256: str
    body_bytes: int
    memento_url: str | None
    final_url: str
    is_revisit: bool
    not_read: str | None
    """Why its bytes were not read, or not to their end; None where they were."""


@dataclass(frozen=True)
class Attempt:
    """One try at a source."""

    attempt_id: str
    started_at: dt.datetime
    outcome: str
    live_outcome: str | None
    http_status: int | None
    detail: str
    tries: int


@dataclass(frozen=True)
class Resting:
    """One row of the register that names a source. `entry_id` is its entry in the timeline, `state` its evidence."""

    table: str
    row_id: str
    summary: str
    on_date: str | None
    date_precision: str | None
    entry_id: str | None
    state: str | None


@dataclass(frozen=True)
class Mark:
    """A passage that matters: what supports a row (`table`, `row_id`, `terms`) or names a body (`org_id`, place)."""

    passage_id: str
    capture_id: str
    captured_at: dt.datetime
    final_url: str
    memento_url: str | None
    position: int
    heading: str | None
    text: str
    page_number: int | None
    table: str | None
    row_id: str | None
    state: str | None
    terms: tuple[str, ...]
    org_id: str | None
    char_start: int | None
    char_end: int | None


@dataclass(frozen=True)
class Outgoing:
    """One link of a captured page."""

    position: int
    url: str
    text: str | None


@dataclass(frozen=True)
class Passage:
    """One piece of a text, in order."""

    kind: str
    heading: str | None
    text: str


_COURSE: Final = """SELECT t.source_id, t.state, t.last_tried_at, t.last_outcome, t.last_live_outcome, t.last_detail,
         t.attempts, t.last_good_at, t.captures, t.good_captures, coalesce(v.versions, 0) AS versions,
         coalesce(c.changes, 0) AS changes, c.changed_after, c.changed_before,
         coalesce(d.absences, 0) AS absences, coalesce(u.unchecked, 0) AS unchecked
  FROM (SELECT * FROM source_state WHERE {which}) t
    LEFT JOIN (SELECT source_id, count(*) AS versions FROM version WHERE {which} GROUP BY 1) v USING (source_id)
    LEFT JOIN (SELECT source_id, count(*) AS changes, arg_max(after_at, before_at) AS changed_after,
                      max(before_at) AS changed_before FROM change WHERE {which} GROUP BY 1) c USING (source_id)
    LEFT JOIN (SELECT source_id, count(*) AS absences FROM disappearance WHERE {which} GROUP BY 1) d USING (source_id)
    LEFT JOIN (SELECT source_id, count(*) AS unchecked FROM candidate
               WHERE state IN ('open', 'reopened') AND {which} GROUP BY 1) u USING (source_id)
  ORDER BY t.source_id"""


@per_record
def courses(record: Record) -> dict[str, Course]:
    """How every source has fared, by its id."""
    return {one.source_id: one for one in record.fetch(Course, _COURSE.format(which="true"))}


@per_record
def course_of(record: Record, source_id: str) -> Course | None:
    """How one source has fared, or None where there is none of that name."""
    found = record.fetch(Course, _COURSE.format(which="source_id = $1"), [source_id])
    return found[0] if found else None


_CHANGE: Final = """SELECT c.change_id, c.source_id, c.number, f.number AS from_number, t.number AS to_number,
         c.after_at, c.before_at, c.level, c.words_added, c.words_removed, c.share_changed, {passages} AS passages
  FROM {change} c JOIN {version} f ON f.version_id = c.from_version_id
  JOIN {version} t ON t.version_id = c.to_version_id JOIN source s ON s.source_id = c.source_id"""


@per_record
def change_count(record: Record) -> int:
    """How many changes of how the declared sources look are on record."""
    counted: int = record.rows("SELECT count(*) FROM change WHERE source_id IN (SELECT source_id FROM source)")[0][0]
    return counted


@per_record
def changes(record: Record, start: int, stop: int) -> tuple[Change, ...]:
    """Changes `start` to `stop` (exclusive) of all sources, latest first, without their passages."""
    order = "ORDER BY c.before_at DESC, c.source_id, c.number DESC"
    chosen = f"""(SELECT * FROM change c WHERE source_id IN (SELECT source_id FROM source) {order} LIMIT ? OFFSET ?)"""  # noqa: S608
    return record.fetch(
        Change, _CHANGE.format(passages="NULL", change=chosen, version="version") + f" {order}", [stop - start, start]
    )


@per_record
def _changes_in(record: Record, block: Block) -> dict[str, list[Change]]:
    bounds = "source_id BETWEEN $1 AND $2"
    found: dict[str, list[Change]] = {}
    change, version = (f"(SELECT * FROM {table} WHERE {bounds})" for table in ("change", "version"))  # noqa: S608
    chosen = _CHANGE.format(passages="c.passages", change=change, version=version)
    for one in record.fetch(Change, f"{chosen} ORDER BY c.before_at DESC, c.number DESC", block.bounds):
        found.setdefault(one.source_id, []).append(one)
    return found


def changes_of(record: Record, source_id: str) -> tuple[Change, ...]:
    """The changes of one source with their passages, latest first."""
    return tuple(_changes_in(record, block_of(record, source_id)).get(source_id, ()))


@per_record
def absences(record: Record) -> tuple[Absence, ...]:
    """Every disappearance, latest first."""
    return record.fetch(
        Absence,
        """SELECT d.disappearance_id, d.source_id, d.number, d.present_at, d.absent_at, d.confirmed_at, d.outcome,
                  d.returned_at, d.memento_url, d.memento_at
           FROM disappearance d JOIN source s USING (source_id)
           ORDER BY d.absent_at DESC, d.source_id, d.number DESC""",
    )


@per_record
def unchecked_count(record: Record) -> int:
    """How many candidates nobody has decided on."""
    found: int = record.rows("SELECT count(*) FROM candidate WHERE state IN ('open', 'reopened')")[0][0]
    return found


def _unchecked(record: Record, where: str, rest: str, values: list[object]) -> tuple[Candidate, ...]:
    """Candidates that nobody has decided on, the surest first; their passages are asked for by themselves, which costs
    the same however many there are."""
    found = record.rows(
        f"""SELECT candidate_id, kind, source_id, reading, confidence, rule, found_at, state, row_id, passage_id
            FROM candidate WHERE state IN ('open', 'reopened') {where}
            ORDER BY confidence DESC, found_at DESC, candidate_id {rest}""",  # noqa: S608 - constants
        values,
    )
    passages = [(row[2], row[9]) for row in found if row[9]]  # the sources tell the database where to look
    texts: dict[str, str] = {}
    if passages:
        wanted = f"(VALUES {', '.join(['(?, ?)'] * len(passages))}) wanted(source_id, passage_id)"
        sql = f"SELECT passage_id, text FROM passage JOIN {wanted} USING (source_id, passage_id)"  # noqa: S608
        texts = dict(record.rows(sql, [value for pair in passages for value in pair]))
    return tuple(
        Candidate(name, kind, source_id, reading, confidence, rule, found_at, state, row_id, texts.get(passage_id))
        for name, kind, source_id, reading, confidence, rule, found_at, state, row_id, passage_id in found
    )


@per_record
def unchecked(record: Record, start: int, size: int) -> tuple[Candidate, ...]:
    """Candidates that nobody has decided on, `size` from number `start`, the surest first."""
    return _unchecked(record, "", "LIMIT ? OFFSET ?", [size, start])


@per_record
def unchecked_of(record: Record, source_id: str) -> tuple[Candidate, ...]:
    """Candidates read in one source that nobody has decided on, the surest first; at most 50."""
    return _unchecked(record, "AND source_id = ?", "LIMIT 50", [source_id])


@per_record
def _versions_in(record: Record, block: Block) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for source_id, *rest in record.rows(
        """SELECT source_id, version_id, number, first_capture_id, last_capture_id, first_at, last_at, captures,
             extractor
           FROM version WHERE source_id BETWEEN ? AND ? ORDER BY number""",
        block.bounds,
    ):
        found.setdefault(source_id, []).append(Version(*rest))
    return found


def versions_of(record: Record, source_id: str) -> tuple[Version, ...]:
    """The versions of one source, the first first."""
    return tuple(_versions_in(record, block_of(record, source_id)).get(source_id, ()))


@per_record
def captures_of(record: Record, source_id: str, most: int) -> tuple[Capture, ...]:
    """The latest `most` captures of one source, by the time at which the page looked so."""
    return record.fetch(
        Capture,
        """SELECT capture_id, origin, captured_at, fetched_at, status, verdict, verdict_why, media_type, body_sha256,
                  body_bytes, memento_url, final_url, is_revisit, unread.problem AS not_read
           FROM capture LEFT JOIN (
             SELECT body_sha256, min(problem) AS problem FROM extraction JOIN capture USING (capture_id)
             WHERE capture.source_id = $1 GROUP BY body_sha256 HAVING count(*) = count(problem)) unread
             USING (body_sha256)
           WHERE part = 'page' AND source_id = $1 ORDER BY captured_at DESC, capture_id DESC LIMIT $2""",
        [source_id, most],
    )


@per_record
def attempts_of(record: Record, source_id: str, most: int) -> tuple[Attempt, ...]:
    """The latest `most` tries at one source."""
    return record.fetch(
        Attempt,
        """SELECT attempt_id, started_at, outcome, live_outcome, http_status, detail, tries
           FROM attempt WHERE source_id = ? ORDER BY attempt_id DESC LIMIT ?""",
        [source_id, most],
    )


@per_record
def rests_on(record: Record, source_id: str) -> tuple[Resting, ...]:
    """The rows of the register that name this source, by table and date, each with the best state of its evidence."""
    return record.fetch(
        Resting,
        """WITH rows AS (
             SELECT 'adoption' AS "table", adoption_id AS row_id, summary, on_date, date_precision, 1 AS place
               FROM adoption WHERE source_id = $1
             UNION ALL SELECT 'claimed_total', claim_id, summary, as_of, date_precision, 2
               FROM claimed_total WHERE source_id = $1
             UNION ALL SELECT 'statement', statement_id, summary, published_on, date_precision, 3
               FROM statement WHERE source_id = $1
             UNION ALL SELECT 'concern', concern_id, summary, NULL, NULL, 4 FROM concern WHERE source_id = $1
             UNION ALL SELECT 'recommendation', recommendation_id, summary, NULL, NULL, 5
               FROM recommendation WHERE made_in_source_id = $1
             UNION ALL SELECT 'review', review_id, title, NULL, NULL, 6 FROM review WHERE source_id = $1
             UNION ALL SELECT 'recommendation', recommendation_id, outcome_summary, NULL, NULL, 6
               FROM recommendation WHERE outcome_source_id = $1
             UNION ALL SELECT 'review_event', event_id, summary, on_date, date_precision, 7
               FROM review_event WHERE source_id = $1
             UNION ALL SELECT 'petition_reading', concat_ws('.', petition_id, on_date, source_id),
               CASE bound WHEN 'at-least' THEN 'More than ' ELSE '' END || format('{:,}', signatures) || ' signatures.',
               on_date, date_precision, 8 FROM petition_reading WHERE source_id = $1
             UNION ALL SELECT 'event', event_id, summary, on_date, date_precision, 9 FROM event WHERE source_id = $1
           ), best AS (
             SELECT "table", row_id,
               min(list_position(['found', 'partly', 'not-found', 'no-capture'], state)) AS state
             FROM evidence WHERE source_id = $1 GROUP BY ALL
           )
           SELECT r."table", r.row_id, r.summary, r.on_date, r.date_precision,
             CASE WHEN r.on_date IS NULL THEN NULL
                  WHEN r."table" = 'petition_reading' THEN 'petition.' || r.row_id
                  ELSE r."table" || '.' || r.row_id END AS entry_id,
             ['found', 'partly', 'not-found', 'no-capture'][b.state] AS state
           FROM rows r LEFT JOIN best b USING ("table", row_id)
           ORDER BY r.place, r.on_date NULLS LAST, r.row_id""",
        [source_id],
    )


@per_record
def _lost_in(record: Record, block: Block) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """By source and number of a change, the register rows whose passage it took away."""
    found: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for source_id, number, table, row_id in record.rows(
        """SELECT DISTINCT a.source_id, c.number, a."table", a.row_id
           FROM alarm a JOIN (SELECT * FROM change WHERE source_id BETWEEN $1 AND $2) c USING (change_id)
           WHERE a.source_id BETWEEN $1 AND $2 ORDER BY ALL""",
        block.bounds,
    ):
        found.setdefault((source_id, number), []).append((table, row_id))
    return found


def rows_that_lost(record: Record, source_id: str, numbers: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """(table, name) of the register rows whose passage one of these changes of a source took away."""
    known = _lost_in(record, block_of(record, source_id))
    return tuple(sorted({row for number in numbers for row in known.get((source_id, number), ())}))


@per_record
def marks_of(record: Record, source_id: str) -> tuple[Mark, ...]:
    """The passages of a source that matter, latest capture first: for each row the latest capture that supports it, for
    each mention the latest capture in which it stands. At most 400 marks."""
    return record.fetch(
        Mark,
        """WITH proof AS (
             SELECT e.passage_id, e."table", e.row_id, e.state, coalesce(e.found_terms, []) AS terms,
               NULL::VARCHAR AS org_id, NULL::INTEGER AS char_start, NULL::INTEGER AS char_end
             FROM evidence e JOIN capture c USING (capture_id)
             WHERE e.source_id = $1 AND e.passage_id IS NOT NULL AND e.state IN ('found', 'partly')
             QUALIFY row_number() OVER (PARTITION BY e."table", e.row_id ORDER BY
               e.state = 'partly', c.captured_at DESC, e.passage_id) = 1
           ), named AS (
             SELECT m.passage_id, NULL, NULL, NULL, []::VARCHAR[], m.org_id, m.char_start, m.char_end
             FROM mention m JOIN capture c USING (capture_id) JOIN passage p USING (passage_id)
             WHERE m.source_id = $1
             QUALIFY rank() OVER (PARTITION BY p.text ORDER BY c.captured_at DESC, m.passage_id) = 1
           )
           SELECT p.passage_id, p.capture_id, c.captured_at, c.final_url, c.memento_url, p.position, p.heading, p.text,
             p.page_number, x."table", x.row_id, x.state, x.terms, x.org_id, x.char_start, x.char_end
           FROM (SELECT * FROM proof UNION ALL SELECT * FROM named) x JOIN passage p USING (passage_id)
             JOIN capture c USING (capture_id)
           ORDER BY x."table" IS NULL, c.captured_at DESC, p.position, x."table", x.row_id, x.char_start LIMIT 400""",
        [source_id],
    )


@per_record
def outgoing(record: Record, source_id: str) -> tuple[Outgoing, ...]:
    """Where the latest good capture that has links leads, in the order of the page; at most 200."""
    return record.fetch(
        Outgoing,
        """SELECT l.position, l.url, l.text FROM link l WHERE l.capture_id = (
             SELECT arg_max(c.capture_id, c.captured_at) FROM capture c
             WHERE c.source_id = $1 AND c.verdict = 'good'
               AND c.capture_id IN (SELECT capture_id FROM link WHERE source_id = $1))
           ORDER BY l.position LIMIT 200""",
        [source_id],
    )


def passages_between(
    record: Record, before_capture_id: str, after_capture_id: str
) -> tuple[tuple[Passage, ...], tuple[Passage, ...]] | None:
    """The texts of two captures as one extractor read both, the newest that did; None where none did.

    A capture whose body is that of an earlier one is read there.
    """
    shared = record.rows(
        """WITH read AS (
             SELECT w.capture_id, e.extraction_id, e.extractor
             FROM capture w JOIN capture c ON c.body_sha256 = w.body_sha256 AND c.source_id = w.source_id
               JOIN extraction e ON e.capture_id = c.capture_id
             WHERE w.capture_id IN ($1, $2))
           SELECT a.extractor, a.extraction_id, b.extraction_id FROM read a JOIN read b USING (extractor)
           WHERE a.capture_id = $1 AND b.capture_id = $2 ORDER BY ALL""",
        [before_capture_id, after_capture_id],
    )
    if not shared:
        return None
    newest = max(shared, key=lambda row: [int(part) for part in re.findall(r"\d+", row[0])])
    before, after = (
        record.fetch(
            Passage,
            "SELECT kind, heading, text FROM passage WHERE extraction_id = ? ORDER BY position",
            [extraction_id],
        )
        for extraction_id in newest[1:]
    )
    return before, after


def reading_of(candidate: Candidate) -> dict[str, object]:
    """What was read, by column; empty where it cannot be read itself."""
    try:
        value = json.loads(candidate.reading)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
