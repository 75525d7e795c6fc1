"""What bodies said: statements with how well their page has been read, and concerns with the replies to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.queries import facts
from dashboard.queries.facts import Statement
from dashboard.record import Record, per_record

UNREAD_NOTE: Final = re.compile(r"(?:^|[.;:]\s)(?:(?:home )?page |file )?not read\b", re.IGNORECASE)
UNREAD_SUMMARY: Final = re.compile(
    r"\bknown only from\b|\b(?:content|page|text) (?:has )?not (?:been )?read\b", re.IGNORECASE
)
WHOLE_NOTE: Final = re.compile(r"\bread whole\b", re.IGNORECASE)


@dataclass(frozen=True)
class Voice:
    """One statement. `read` says how much of its page a person read: "whole", "part" or "unread"; `copies` how many
    good copies of the page this record holds."""

    statement: Statement
    read: str
    copies: int


@dataclass(frozen=True)
class Concern:
    """One concern with the reply to it, both in this record's words."""

    concern_id: str
    raised_by: str
    raiser: str
    number: str | None
    topic: str
    summary: str
    reply_by: str | None
    replier: str | None
    reply_summary: str | None
    source_id: str


def how_read(note: str | None, summary: str) -> str:
    """How much of a page was read, by the register's own words: its source's note and the summary of the row.

    The register's rule: unless the note says that a page was read whole, take it that only a part has been read.
    """
    if UNREAD_NOTE.search(note or "") or UNREAD_SUMMARY.search(summary):
        return "unread"
    return "whole" if WHOLE_NOTE.search(note or "") else "part"


@per_record
def voices(record: Record) -> tuple[Voice, ...]:
    """Every statement, oldest first, undated last."""
    rows = record.rows(
        "SELECT source_id, s.note, t.good_captures FROM source s LEFT JOIN source_state t USING (source_id)"
    )
    known = {source_id: (note, copies or 0) for source_id, note, copies in rows}
    found = []
    for statement in facts.statements(record):
        note, copies = known.get(statement.source_id, (None, 0))
        found.append(Voice(statement, how_read(note, statement.summary), copies))
    return tuple(found)


@per_record
def voice_index(record: Record) -> dict[str, Voice]:
    """Every statement by its id."""
    return {voice.statement.statement_id: voice for voice in voices(record)}


@per_record
def concerns(record: Record) -> tuple[Concern, ...]:
    """Every concern: by body, then by its number where it has one."""
    return record.fetch(
        Concern,
        """SELECT c.concern_id, c.raised_by, coalesce(o.name, c.raised_by) AS raiser, c.number, c.topic, c.summary,
                  c.reply_by, coalesce(r.name, c.reply_by) AS replier, c.reply_summary, c.source_id
           FROM concern c LEFT JOIN organisation o ON o.org_id = c.raised_by
             LEFT JOIN organisation r ON r.org_id = c.reply_by
           ORDER BY lower(coalesce(o.name, c.raised_by)), try_cast(c.number AS INTEGER) NULLS LAST, c.number NULLS LAST,
                    c.concern_id""",
    )


def bodies_asking(found: tuple[Voice, ...]) -> list[tuple[str, int]]:
    """(ask, number of bodies that asked for it), what most bodies asked for first; "other" last."""
    asked: dict[str, set[str]] = {}
    for voice in found:
        for ask in voice.statement.asks:
            asked.setdefault(ask, set()).add(voice.statement.org_id)
    counted = [(ask, len(orgs)) for ask, orgs in asked.items()]
    return sorted(counted, key=lambda pair: (pair[0] == "other", -pair[1], pair[0]))
