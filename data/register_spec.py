"""What each register file holds: its columns, their kinds and rules. The one place that says so.

The reader checks rows against this, the build loads them by it, and the data dictionary is written from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from data import vocabulary as words

Kind = Literal[
    "id", "text", "summary", "word", "words", "ref", "refs", "date", "precision", "due", "day", "int", "float", "url",
    "sha256",
]  # fmt: skip

MAX_ID: Final = 60
MAX_SUMMARY_WORDS: Final = 40


@dataclass(frozen=True)
class Column:
    """One column: `of` the vocabulary of a word, `to` the file of a reference, `low` and `high` bounds of a number."""

    name: str
    kind: Kind
    required: bool = False
    of: tuple[str, ...] = ()
    to: str = ""
    low: float | None = None
    high: float | None = None
    may_be_missing: bool = False
    """The file may lack the whole column: it was added after the register began."""


@dataclass(frozen=True)
class RegisterFile:
    """One file of the register: `<name>.csv`, loaded into `table`."""

    name: str
    table: str
    columns: tuple[Column, ...]
    key: str | None = None
    """The column that names a row; None where a row is known by several columns together."""
    unique: tuple[str, ...] = field(default=())
    """Columns that together must not repeat, beside the key."""


def _id(name: str) -> Column:
    return Column(name, "id", required=True)


def _ref(name: str, to: str = "organisations", *, required: bool = False) -> Column:
    return Column(name, "ref", to=to, required=required)


def _refs(name: str) -> Column:
    return Column(name, "refs", to="organisations")


def _word(name: str, of: tuple[str, ...], *, required: bool = True, missing: bool = False) -> Column:
    return Column(name, "word", of=of, required=required, may_be_missing=missing)


def _date(name: str) -> tuple[Column, Column]:
    return Column(name, "date"), Column("date_precision", "precision", of=words.PRECISIONS)


_SOURCE = _ref("source_id", "sources", required=True)
_SUMMARY = Column("summary", "summary", required=True)
_RECORDED = Column("recorded_on", "day", may_be_missing=True)

FILES: Final[tuple[RegisterFile, ...]] = (
    RegisterFile(
        "organisations",
        "organisation",
        (
            _id("org_id"),
            Column("name", "text", required=True),
            _word("kind", words.ORGANISATION_KINDS),
            Column("ods_code", "text"),
            _word("region", words.REGIONS, required=False),
            Column("latitude", "float", low=49.8, high=60.9),
            Column("longitude", "float", low=-8.7, high=1.8),
            Column("website", "url"),
            _ref("successor_id"),
            Column("note", "text"),
            Column("aliases", "words", may_be_missing=True),
            Column("tile_x", "int", low=0, high=99, may_be_missing=True),
            Column("tile_y", "int", low=0, high=99, may_be_missing=True),
            Column("tile_label", "text", may_be_missing=True),
            _RECORDED,
        ),
        key="org_id",
        unique=("tile_x", "tile_y"),
    ),
    RegisterFile(
        "sources",
        "source",
        (
            _id("source_id"),
            Column("url", "url"),
            Column("title", "text", required=True),
            _ref("publisher_id"),
            *_date("published_on"),
            _word("format", words.SOURCE_FORMATS),
            _word("kind", words.SOURCE_KINDS),
            Column("note", "text"),
            _RECORDED,
        ),
        key="source_id",
    ),
    RegisterFile(
        "adoptions",
        "adoption",
        (
            _id("adoption_id"),
            _ref("trust_id"),
            _ref("police_id"),
            _refs("other_ids"),
            Column("team", "text"),
            _word("status", words.ADOPTION_STATUSES),
            *_date("on_date"),
            _SOURCE,
            Column("where_in_source", "text"),
            _SUMMARY,
            _word("basis", words.ADOPTION_BASES, missing=True),
            _word("matched", words.MATCHED, missing=True),
            _RECORDED,
        ),
        key="adoption_id",
    ),
    RegisterFile(
        "claimed_totals",
        "claimed_total",
        (
            _id("claim_id"),
            *_date("as_of"),
            _ref("claimant_id"),
            Column("unit", "text", required=True),
            Column("value", "int", low=0),
            _word("bound", words.BOUNDS),
            _SOURCE,
            _SUMMARY,
            _RECORDED,
        ),
        key="claim_id",
    ),
    RegisterFile(
        "statements",
        "statement",
        (
            _id("statement_id"),
            _ref("org_id", required=True),
            *_date("published_on"),
            _SOURCE,
            _word("position", words.POSITIONS),
            Column("asks", "words", of=words.ASKS),
            _SUMMARY,
            _RECORDED,
        ),
        key="statement_id",
    ),
    RegisterFile(
        "concerns",
        "concern",
        (
            _id("concern_id"),
            _ref("raised_by", required=True),
            Column("number", "text"),
            Column("topic", "text", required=True),
            _SUMMARY,
            _ref("reply_by"),
            Column("reply_summary", "summary"),
            _SOURCE,
            _RECORDED,
        ),
        key="concern_id",
    ),
    RegisterFile(
        "reviews",
        "review",
        (
            _id("review_id"),
            Column("title", "text", required=True),
            _ref("commissioner_id"),
            _refs("subject_ids"),
            Column("scope", "text"),
            _word("state", words.REVIEW_STATES),
            _SOURCE,
            _RECORDED,
        ),
        key="review_id",
    ),
    RegisterFile(
        "review_events",
        "review_event",
        (
            _id("event_id"),
            _ref("review_id", "reviews", required=True),
            *_date("on_date"),
            _word("state", words.REVIEW_STATES),
            _SOURCE,
            _SUMMARY,
            _RECORDED,
            Column("expected_on", "due", may_be_missing=True),
        ),
        key="event_id",
    ),
    RegisterFile(
        "recommendations",
        "recommendation",
        (
            _id("recommendation_id"),
            _ref("made_by", required=True),
            _ref("made_in_source_id", "sources", required=True),
            Column("number", "text"),
            Column("topic", "text", required=True),
            _SUMMARY,
            _refs("addressed_to"),
            _RECORDED,
            _word("outcome", words.RECOMMENDATION_OUTCOMES, required=False, missing=True),
            Column("outcome_source_id", "ref", to="sources", may_be_missing=True),
            Column("outcome_summary", "summary", may_be_missing=True),
        ),
        key="recommendation_id",
    ),
    RegisterFile(
        "petition_readings",
        "petition_reading",
        (
            _id("petition_id"),
            Column("url", "url"),
            *_date("on_date"),
            Column("signatures", "int", required=True, low=0),
            _word("bound", words.PETITION_BOUNDS),
            Column("target", "int", low=0),
            _SOURCE,
            _RECORDED,
        ),
        unique=("petition_id", "on_date", "source_id"),
    ),
    RegisterFile(
        "events",
        "event",
        (
            _id("event_id"),
            *_date("on_date"),
            Column("title", "text", required=True),
            _SUMMARY,
            _refs("org_ids"),
            _word("kind", words.EVENT_KINDS),
            _SOURCE,
            _RECORDED,
        ),
        key="event_id",
    ),
    RegisterFile(
        "corrections",
        "correction",
        (
            Column("corrected_on", "day", required=True),
            Column("table", "text", required=True),
            Column("row_id", "text", required=True),
            Column("column", "text"),
            Column("was", "text"),
            Column("is", "text"),
            Column("why", "text", required=True),
        ),
        unique=("corrected_on", "table", "row_id", "column"),
    ),
    RegisterFile(
        "redirects",
        "redirect",
        (
            Column("redirected_on", "day", required=True),
            Column("table", "text", required=True),
            Column("old_id", "text", required=True),
            Column("new_id", "text", required=True),
            Column("why", "text", required=True),
        ),
        unique=("table", "old_id"),
    ),
    RegisterFile(
        "withheld",
        "withheld",
        (
            Column("withheld_on", "day", required=True),
            Column("body_sha256", "sha256", required=True),
            Column("why", "text", required=True),
        ),
        unique=("body_sha256",),
    ),
    RegisterFile(
        "decisions",
        "decision",
        (
            Column("decided_on", "day", required=True),
            Column("candidate_id", "text", required=True),
            Column("kind", "text", required=True),
            _SOURCE,
            Column("capture_sha256", "text"),
            Column("passage_sha256", "text"),
            _word("decision", words.DECISIONS),
            Column("by", "text", required=True),
            Column("why", "text"),
            Column("reading", "text", required=True),
            Column("decided", "text"),
        ),
    ),
)

ABOUT_OTHERS: Final = frozenset({"correction", "redirect", "withheld", "decision"})
"""Tables whose rows speak of other rows or of captures: none of them can be corrected, renamed or taken out itself."""

BY_NAME: Final = {file.name: file for file in FILES}
BY_TABLE: Final = {file.table: file for file in FILES}


def table_named(name: str) -> RegisterFile | None:
    """The file of facts that corrections and redirects may name, by its table ("statement") or file ("statements")."""
    spec = BY_TABLE.get(name) or BY_NAME.get(name)
    return None if spec is None or spec.table in ABOUT_OTHERS else spec


def row_id_of(spec: RegisterFile, row: dict[str, Any]) -> str:
    """How a row is named: its key, or the columns that name it together, joined by full stops."""
    if spec.key:
        return str(row[spec.key])
    return ".".join(str(row[column]) for column in spec.unique if row[column] is not None)
