"""What follows from the captures and the register: versions, changes, disappearances, mentions, candidates, evidence.

All of it can be made again at any time and comes out the same. What a source's rows were made of is remembered as a
digest, so that only sources whose captures, readings, register rows or rules changed are made again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb

from data.programme import Programme
from data.schema import create_missing
from scrapers import evidence as proof
from scrapers.compare.disappearances import ABSENT, PRESENT, Memento, Sighting, disappearances
from scrapers.compare.noise import lines_of
from scrapers.compare.versions import Good, History, Reading, family, history, newness, reading
from scrapers.decisions import TABLE_OF, passage_digest
from scrapers.decisions import latest as latest_decisions
from scrapers.find.candidates import candidate_id, candidates_in
from scrapers.find.frame import Candidate
from scrapers.find.mentions import Document, Mention, Read, Words, look_through, mentions_of
from scrapers.find.names import Matcher, build_matcher
from scrapers.find.text import words
from scrapers.register import Register
from scrapers.rules import rules_digest
from scrapers.statements import Inserter, filled

Row = dict[str, Any]
Connection = duckdb.DuckDBPyConnection

TABLES: Final = ("version", "change", "disappearance", "mention", "candidate", "evidence", "rereading", "alarm")
PASSAGES_AT_ONCE: Final = 20_000
"""Passages read together, of whole sources: each time the names of all sources are gone through."""
_FOLDER: Final = Path(__file__).resolve().parent


@dataclass
class Derived:
    """What was made: how many sources were looked at anew, rows made for them by table, and captures that cannot be
    compared until the present extractors have read them (`sim-record extract` does that)."""

    sources: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)


def derive(
    connection: Connection, register: Register, programme: Programme, *, sources: set[str] | None = None
) -> Derived:
    """Bring the derived tables up to date, for the given sources or all of them.

    `connection` is open for writing, holds the collected tables and is not within a transaction. Sources whose inputs
    are as they were cost next to nothing. The same inputs give the same rows, names included.
    """
    create_missing(connection)
    connection.execute("CREATE TABLE IF NOT EXISTS derived (source_id VARCHAR PRIMARY KEY, digest VARCHAR NOT NULL)")
    subject = programme.programme
    matcher = build_matcher(
        register.tables["organisation"], subject.terms, subject.weak_terms, subject.not_terms, subject.short_name
    )
    known = _Known(register, matcher)
    wanted = _digests(connection, known)
    held = dict(connection.execute("SELECT source_id, digest FROM derived").fetchall())
    stale = sorted(name for name, digest in wanted.items() if held.get(name) != digest)
    if sources is not None:
        stale = [name for name in stale if name in sources]
    _forget(connection, sorted(set(held) - set(wanted)))
    made = Derived()
    writer = Inserter(connection)
    for batch in _batches(connection, stale):
        rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        for source in _load(connection, batch):
            made.sources += 1
            for table, found in _derive_source(source, known).items():
                rows[table] += found
            made.unread += source.unread
        _forget(connection, batch)
        for table, found in rows.items():
            writer.insert(table, found)
            made.rows[table] += len(found)
        _decide_others(connection, known, batch)
        writer.insert("derived", [{"source_id": name, "digest": wanted[name]} for name in batch])
    return made


class _Known:
    """The register by source, and everything else that is the same for all sources."""

    def __init__(self, register: Register, matcher: Matcher) -> None:
        self.matcher = matcher
        self.sources: dict[str, Row] = {row["source_id"]: row for row in register.tables["source"]}
        self.rows: dict[str, list[tuple[str, Row]]] = defaultdict(list)
        for table in proof.TABLES:
            for row in register.tables[table]:
                self.rows[proof.source_of(table, row)].append((table, row))
        self.decisions: dict[str, dict[str, Row]] = defaultdict(dict)
        for name, row in latest_decisions(register).items():
            self.decisions[row["source_id"]][name] = row
        self.urls = {row["url"].rstrip("/"): row["source_id"] for row in register.tables["source"] if row["url"]}
        self.rules = hashlib.sha256((matcher.digest + _rules_digest()).encode()).hexdigest()

    def digest(self, source_id: str) -> str:
        told = [self.rules, self.sources.get(source_id), self.rows.get(source_id), self.decisions.get(source_id)]
        return _as_json(told)


_as_json: Final = json.JSONEncoder(ensure_ascii=False, default=str).encode
"""One encoder for all: json.dumps makes one for each source."""


def _rules_digest() -> str:
    """A digest of the rules themselves: where they change, everything is made again."""
    files = [*_FOLDER.glob("find/*.py"), *_FOLDER.glob("compare/*.py"), _FOLDER / "evidence.py", _FOLDER / "derive.py"]
    return rules_digest(sorted(files))


def _digests(connection: Connection, known: _Known) -> dict[str, str]:
    """By source, a digest of all that its rows are made of."""
    parts: dict[str, list[str]] = defaultdict(list)
    # one pass over a few columns each: a number of rows and their hashes joined cost a tenth of their words joined
    queries = (
        "SELECT source_id, count(*) || '.' || bit_xor(hash(capture_id, verdict, origin, captured_at, body_sha256)) "
        "FROM capture WHERE part = 'page' GROUP BY source_id",
        "SELECT source_id, count(*) || '.' || bit_xor(hash(extraction_id, text_sha256, title, published_on)) "
        "FROM extraction GROUP BY source_id",
        "SELECT source_id, count(*) || '.' || bit_xor(hash(attempt_id, started_at, coalesce(live_outcome, outcome))) "
        "FROM attempt WHERE coalesce(live_outcome, outcome) IN ('captured', 'unchanged', 'not-found', 'gone') "
        "GROUP BY source_id",
        "SELECT source_id, count(*) || '.' || bit_xor(hash(candidate_id)) FROM candidate "
        "WHERE rule LIKE '%/%' AND source_id IS NOT NULL GROUP BY source_id",
    )
    for query in queries:
        for source_id, told in connection.execute(query).fetchall():
            parts[source_id].append(str(told))
    names = set(parts) | set(known.sources)
    return {
        name: hashlib.sha256("\n".join([*parts.get(name, ()), known.digest(name)]).encode()).hexdigest()[:32]
        for name in names
    }


def _batches(connection: Connection, names: Sequence[str]) -> Iterator[list[str]]:
    if not names:
        return
    counts = dict(
        connection.execute(
            filled(
                "SELECT source_id, count(*) FROM passage WHERE source_id IN (SELECT unnest(?)) GROUP BY source_id",
                names,
            )
        ).fetchall()
    )
    batch: list[str] = []
    size = 0
    for name in names:
        if batch and (size + counts.get(name, 0) > PASSAGES_AT_ONCE or len(batch) >= 1000):
            yield batch
            batch, size = [], 0
        batch.append(name)
        size += counts.get(name, 0)
    if batch:
        yield batch


def _forget(connection: Connection, names: Sequence[str]) -> None:
    """Drop what was derived for these sources. What families of sites read into candidate is theirs and stays."""
    if not names:
        return
    connection.execute(filled("DELETE FROM derived WHERE source_id IN (SELECT unnest(?))", names))
    for table in TABLES:
        own = " AND rule NOT LIKE '%/%'" if table == "candidate" else ""
        connection.execute(filled(f'DELETE FROM "{table}" WHERE source_id IN (SELECT unnest(?)){own}', names))  # noqa: S608


# -- one source, out of the database


@dataclass(frozen=True)
class _Extraction:
    extraction_id: str
    capture_id: str
    extractor: str
    title: str | None
    published_on: str | None
    text_sha256: str
    passages: tuple[Words, ...]


@dataclass(frozen=True)
class _Capture:
    capture_id: str
    origin: str
    memento_url: str | None
    captured_at: dt.datetime
    fetched_at: dt.datetime
    verdict: str
    body_sha256: str


@dataclass
class _Source:
    source_id: str
    captures: list[_Capture] = field(default_factory=list)
    readings: dict[str, dict[str, _Extraction]] = field(default_factory=lambda: defaultdict(dict))
    """By body SHA-256, then by extractor."""
    sightings: list[Sighting] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def _load(connection: Connection, names: Sequence[str]) -> Iterator[_Source]:
    found = {name: _Source(name) for name in names}
    bodies: dict[str, str] = {}
    for row in connection.execute(
        filled(
            "SELECT source_id, capture_id, origin, memento_url, captured_at, fetched_at, verdict, body_sha256 "
            "FROM capture WHERE part = 'page' AND source_id IN (SELECT unnest(?)) ORDER BY captured_at, capture_id",
            names,
        )
    ).fetchall():
        found[row[0]].captures.append(_Capture(*row[1:]))
        bodies[row[1]] = row[7]
    passages: dict[str, list[Words]] = defaultdict(list)
    for row in connection.execute(
        filled(
            "SELECT extraction_id, passage_id, position, kind, heading, text FROM passage "
            "WHERE source_id IN (SELECT unnest(?)) ORDER BY extraction_id, position",
            names,
        )
    ).fetchall():
        passages[row[0]].append(Words(*row[1:]))
    for source_id, extraction_id, capture_id, extractor, title, published_on, text_sha256 in connection.execute(
        filled(
            "SELECT source_id, extraction_id, capture_id, extractor, title, published_on, text_sha256 "
            "FROM extraction WHERE source_id IN (SELECT unnest(?)) AND text <> '' ORDER BY capture_id, extraction_id",
            names,
        )
    ).fetchall():
        if capture_id in bodies:
            held = tuple(passages.get(extraction_id, ()))
            made = _Extraction(extraction_id, capture_id, extractor, title, published_on, text_sha256, held)
            found[source_id].readings[bodies[capture_id]].setdefault(made.extractor, made)
    for source_id, at, outcome in connection.execute(
        filled(
            "SELECT source_id, started_at, coalesce(live_outcome, outcome) FROM attempt "
            "WHERE source_id IN (SELECT unnest(?)) ORDER BY started_at, attempt_id",
            names,
        )
    ).fetchall():
        if outcome in ABSENT or outcome in PRESENT:
            found[source_id].sightings.append(Sighting(at, outcome))
    yield from found.values()


# -- one source, made


@dataclass
class _Analysis:
    """What was found in one text; shared by all captures that read the same."""

    read: Read
    mentions: list[tuple[int, Mention]]
    candidates: list[tuple[int, Candidate]]
    proofs: list[tuple[proof.Evidence, int | None]]


def _derive_source(source: _Source, known: _Known) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    declared = known.sources.get(source.source_id)
    good = [capture for capture in source.captures if capture.verdict == "good"]
    past = _history(source, good, declared, known.matcher)
    source.unread = [item.capture_id for item in past.unread]
    rows["version"], rows["change"] = _version_rows(source.source_id, past)
    rows["disappearance"] = _disappearance_rows(source, good)
    rows["rereading"] = _rereading_rows(source)
    analyses: dict[tuple[str, str | None, str | None], _Analysis] = {}
    done: dict[str, tuple[_Extraction, _Analysis]] = {}
    mentioned: set[str] = set()
    for capture in good:
        extraction = _newest(source, capture)
        if extraction is None:
            continue
        key = (extraction.text_sha256, extraction.title, extraction.published_on)
        if key not in analyses:
            analyses[key] = _analyse(source.source_id, extraction, declared, known)
        analysis = analyses[key]
        done[capture.capture_id] = (extraction, analysis)
        if extraction.extraction_id not in mentioned:
            mentioned.add(extraction.extraction_id)
            rows["mention"] += _mention_rows(source.source_id, extraction, analysis)
    rows["candidate"] = _candidate_rows(source, good, done, past, known)
    rows["evidence"], rows["alarm"] = _evidence_rows(source, good, done, past, known)
    return rows


def _newest(source: _Source, capture: _Capture) -> _Extraction | None:
    return max(
        source.readings.get(capture.body_sha256, {}).values(), key=lambda found: newness(found.extractor), default=None
    )


def _history(source: _Source, good: Sequence[_Capture], declared: Row | None, matcher: Matcher) -> History:
    petition = bool(declared and declared["kind"] == "petition")
    made: dict[str, Reading] = {}

    def lines(extraction: _Extraction) -> Reading:
        name = extraction.extraction_id
        if name not in made:
            passages = ((p.position, p.kind, p.heading, p.text) for p in extraction.passages)
            found = lines_of(passages, extraction.title, petition=petition)
            made[name] = reading(extraction.extractor, name, found)
        return made[name]

    captures = [
        Good(
            c.capture_id,
            c.captured_at,
            c.fetched_at,
            c.body_sha256,
            {name: lines(found) for name, found in source.readings.get(c.body_sha256, {}).items()},
        )
        for c in good
    ]
    return history(captures, matcher)


def _version_rows(source_id: str, past: History) -> tuple[list[Row], list[Row]]:
    versions = [
        {
            "version_id": f"{source_id}.{version.number}",
            "source_id": source_id,
            "number": version.number,
            "first_capture_id": version.captures[0].capture_id,
            "last_capture_id": version.captures[-1].capture_id,
            "first_at": version.captures[0].captured_at,
            "last_at": version.captures[-1].captured_at,
            "captures": len(version.captures),
            "extractor": version.extractor,
            "compared_sha256": version.sha256,
        }
        for version in past.versions
    ]
    changes = [
        {
            "change_id": f"{source_id}.{change.number}",
            "source_id": source_id,
            "number": change.number,
            "from_version_id": f"{source_id}.{change.from_version}",
            "to_version_id": f"{source_id}.{change.to_version}",
            "after_at": change.before.captured_at,
            "before_at": change.after.captured_at,
            "level": change.difference.level,
            "words_added": change.difference.added,
            "words_removed": change.difference.removed,
            "share_changed": change.difference.share,
            "passages": change.difference.passages_json(),
        }
        for change in past.changes
    ]
    return versions, changes


def _disappearance_rows(source: _Source, good: Sequence[_Capture]) -> list[Row]:
    sightings = [*source.sightings, *(Sighting(capture.captured_at, "captured") for capture in good)]
    mementos = [Memento(c.captured_at, c.memento_url) for c in good if c.origin != "live" and c.memento_url]
    return [
        {
            "disappearance_id": f"{source.source_id}.{found.number}",
            "source_id": source.source_id,
            "number": found.number,
            "present_at": found.present_at,
            "absent_at": found.absent_at,
            "confirmed_at": found.confirmed_at,
            "outcome": found.outcome,
            "returned_at": found.returned_at,
            "memento_url": found.memento.url if found.memento else None,
            "memento_at": found.memento.at if found.memento else None,
        }
        for found in disappearances(sightings, mementos)
    ]


def _rereading_rows(source: _Source) -> list[Row]:
    rows = []
    for by_extractor in source.readings.values():
        line = sorted(by_extractor.values(), key=lambda found: newness(found.extractor))
        for older, newer in pairwise(line):
            if older.text_sha256 == newer.text_sha256 or family(older.extractor) != family(newer.extractor):
                continue
            old = Counter(word for passage in older.passages for word in words(passage.text))
            new = Counter(word for passage in newer.passages for word in words(passage.text))
            rows.append(
                {
                    "capture_id": newer.capture_id,
                    "source_id": source.source_id,
                    "from_extractor": older.extractor,
                    "to_extractor": newer.extractor,
                    "words_added": (new - old).total(),
                    "words_removed": (old - new).total(),
                }
            )
    return rows


def _analyse(source_id: str, extraction: _Extraction, declared: Row | None, known: _Known) -> _Analysis:
    published, precision = (declared["published_on"], declared["date_precision"]) if declared else (None, None)
    if not published and extraction.published_on:
        published = extraction.published_on
        precision = {4: "year", 7: "month"}.get(len(published), "day")
    document = Document(
        source_id,
        extraction.capture_id,
        extraction.passages,
        extraction.title or (declared["title"] if declared else None),
        declared["publisher_id"] if declared else None,
        declared["kind"] if declared else None,
        published,
        precision,
    )
    read = look_through(document, known.matcher)
    at = {passage.passage_id: index for index, passage in enumerate(extraction.passages)}
    proofs = []
    if listed := known.rows.get(source_id):
        page = proof.Page(read, known.matcher)
        for table, row in listed:
            found = proof.look_for(table, row, page)
            proofs.append((found, at[found.passage_id] if found.passage_id else None))
    return _Analysis(
        read,
        [(at[mention.passage_id], mention) for mention in mentions_of(read)],
        [(at[candidate.passage_id], candidate) for candidate in candidates_in(read, known.matcher)],
        proofs,
    )


def _mention_rows(source_id: str, extraction: _Extraction, analysis: _Analysis) -> list[Row]:
    rows = []
    for index, mention in analysis.mentions:
        passage_id = extraction.passages[index].passage_id
        rows.append(
            {
                "mention_id": replace(mention, passage_id=passage_id).mention_id,
                "passage_id": passage_id,
                "capture_id": extraction.capture_id,
                "source_id": source_id,
                "org_id": mention.org_id,
                "words": mention.words,
                "char_start": mention.start,
                "char_end": mention.end,
                "near": mention.near,
            }
        )
    return rows


# -- candidates and decisions


def _candidate_rows(
    source: _Source,
    good: Sequence[_Capture],
    done: Mapping[str, tuple[_Extraction, _Analysis]],
    past: History,
    known: _Known,
) -> list[Row]:
    rows: dict[str, Row] = {}
    for capture in good:
        if capture.capture_id not in done:
            continue
        extraction, analysis = done[capture.capture_id]
        for index, candidate in analysis.candidates:
            name = candidate_id(source.source_id, candidate)
            if name in rows:
                continue
            rows[name] = {
                "candidate_id": name,
                "kind": candidate.kind,
                "source_id": source.source_id,
                "capture_id": capture.capture_id,
                "passage_id": extraction.passages[index].passage_id,
                "reading": json.dumps(candidate.reading, ensure_ascii=False, sort_keys=True),
                "confidence": candidate.confidence,
                "rule": candidate.rule,
                "found_at": capture.captured_at,
                "state": "open",
                "row_id": _known_row(candidate.kind, candidate.reading, known.rows.get(source.source_id, ())),
            }
    decisions = known.decisions.get(source.source_id, {})
    for name, decision in decisions.items():
        if name not in rows and "." not in name:
            rows[name] = _row_of_decision(name, decision, good)
    still = _Still(good, done, past)
    for name, row in rows.items():
        _apply(row, decisions.get(name), still)
    return list(rows.values())


def _row_of_decision(name: str, decision: Row, good: Sequence[_Capture]) -> Row:
    """A candidate that no rule reads any more stays, as it was when it was decided on."""
    capture = next((c for c in good if c.body_sha256 == decision["capture_sha256"]), None)
    at = capture.captured_at if capture else dt.datetime.combine(decision["decided_on"], dt.time())
    return {
        "candidate_id": name,
        "kind": decision["kind"],
        "source_id": decision["source_id"],
        "capture_id": capture.capture_id if capture else None,
        "passage_id": None,
        "reading": decision["reading"],
        "confidence": 0.0,
        "rule": "decision",
        "found_at": at,
        "state": "open",
        "row_id": None,
    }


def _apply(row: Row, decision: Row | None, still: _Still) -> None:
    if decision is None:
        row["state"] = "accepted" if row["row_id"] else "open"
        return
    held = still.holds(decision["capture_sha256"], decision["passage_sha256"])
    row["state"] = decision["decision"] if held else "reopened"
    row["decided_by"] = decision["by"]
    row["decided_on"] = decision["decided_on"]
    row["decision"] = decision["decided"] or json.dumps({"why": decision["why"]}, ensure_ascii=False)
    if decision["decided"]:
        row["row_id"] = row["row_id"] or _decided_row(decision["decided"])


def _decided_row(told: str) -> str | None:
    try:
        decided = json.loads(told)
    except ValueError:
        return None
    if not isinstance(decided, dict):
        return None
    if decided.get("row_id"):
        return str(decided["row_id"])
    cells = decided.get("row") or {}
    if decided.get("table") == "petition_reading":
        return ".".join(str(cells[key]) for key in ("petition_id", "on_date", "source_id") if cells.get(key)) or None
    key = {"claimed_total": "claim_id", "review_event": "event_id"}.get(
        decided.get("table", ""), f"{decided.get('table')}_id"
    )
    return cells.get(key)


class _Still:
    """Whether what a person decided on still stands in the latest good capture."""

    def __init__(
        self, good: Sequence[_Capture], done: Mapping[str, tuple[_Extraction, _Analysis]], past: History
    ) -> None:
        self.last = good[-1] if good else None
        self.bodies: dict[str, set[int]] = {}
        for version in past.versions:
            for capture in version.captures:
                self.bodies.setdefault(capture.body_sha256, set()).add(version.number)
        self.last_version = past.versions[-1].number if past.versions else None
        found = done.get(self.last.capture_id) if self.last else None
        self.passages = {passage_digest(p.text) for p in found[0].passages} if found else None

    def holds(self, capture_sha256: str | None, passage_sha256: str | None) -> bool:
        """True also where it cannot be told: a decision is reopened only by what was seen."""
        if self.last is None or not passage_sha256 or self.passages is None:
            return True
        if self.last.body_sha256 == capture_sha256 or passage_sha256 in self.passages:
            return True
        versions = self.bodies.get(capture_sha256 or "", set())
        return self.last_version in versions


def _known_row(kind: str, read: Row, rows: Iterable[tuple[str, Row]]) -> str | None:
    """The register row of this source that says what the candidate says."""
    for table, row in rows:
        if table == TABLE_OF.get(kind) and _same(table, read, row):
            return proof.row_id_of(table, row)
    return None


def _same(table: str, read: Row, row: Row) -> bool:
    if table == "adoption":
        bodies = [(read.get(key), row[key]) for key in ("trust_id", "police_id")]
        agree = all(ours is None or ours == theirs for ours, theirs in bodies)
        named = any(ours is not None for ours, _ in bodies) or bool(
            set(read.get("other_ids") or ()) & set(row["other_ids"])
        )
        return agree and named and read.get("status") == row["status"]
    columns = {
        "claimed_total": ("unit", "value", "bound", "claimant_id"),
        "petition_reading": ("signatures", "bound"),
        "statement": ("org_id",),
        "review_event": ("state", "on_date"),
    }[table]
    return all(read.get(column) == row[column] for column in columns)


def _decide_others(connection: Connection, known: _Known, names: Sequence[str]) -> None:
    """Candidates that families of sites read: their state by the decisions on them."""
    found = connection.execute(
        filled(
            "SELECT candidate_id, kind, source_id, reading FROM candidate WHERE rule LIKE '%/%' "
            "AND source_id IN (SELECT unnest(?)) ORDER BY candidate_id",
            names,
        )
    ).fetchall()
    for name, kind, source_id, told in found:
        decision = known.decisions.get(source_id, {}).get(name)
        read = json.loads(told)
        row_id = _known_row(kind, read, known.rows.get(source_id, ()))
        if kind == "source":
            row_id = known.urls.get(str(read.get("url") or "").rstrip("/"))
        row: Row = {"row_id": row_id, "decided_by": None, "decided_on": None, "decision": None}
        _apply(row, decision, _NEVER_REOPENED)
        connection.execute(
            filled(
                "UPDATE candidate SET state = ?, row_id = ?, decided_by = ?, decided_on = ?, decision = ? "
                "WHERE candidate_id = ?",
                row["state"], row["row_id"], row["decided_by"], row["decided_on"], row["decision"], name,
            )
        )  # fmt: skip


_NEVER_REOPENED: Final = _Still((), {}, History())


# -- evidence and alarms


def _evidence_rows(
    source: _Source,
    good: Sequence[_Capture],
    done: Mapping[str, tuple[_Extraction, _Analysis]],
    past: History,
    known: _Known,
) -> tuple[list[Row], list[Row]]:
    listed = known.rows.get(source.source_id, [])
    rows: list[Row] = []
    if not good:
        return [_evidence_row(proof.nothing(table, row), None, None) for table, row in listed], []
    for capture in good:
        if capture.capture_id not in done:
            for table, row in listed:
                unread = replace(proof.nothing(table, row), state="not-found", missing_terms=("no text could be read",))
                rows.append(_evidence_row(unread, capture.capture_id, None))
            continue
        extraction, analysis = done[capture.capture_id]
        for found, index in analysis.proofs:
            passage_id = extraction.passages[index].passage_id if index is not None else None
            rows.append(_evidence_row(found, capture.capture_id, passage_id))
    return rows, _alarm_rows(source.source_id, rows, past)


def _evidence_row(found: proof.Evidence, capture_id: str | None, passage_id: str | None) -> Row:
    return {
        "table": found.table,
        "row_id": found.row_id,
        "source_id": found.source_id,
        "capture_id": capture_id,
        "passage_id": passage_id,
        "state": found.state,
        "found_terms": list(found.found_terms),
        "missing_terms": list(found.missing_terms),
    }


def _alarm_rows(source_id: str, evidence: Sequence[Row], past: History) -> list[Row]:
    """A row of the register that one version supported and the next does not; cleared when a later one does again."""
    by_capture: dict[str, dict[tuple[str, str], Row]] = defaultdict(dict)
    for row in evidence:
        by_capture[row["capture_id"]][(row["table"], row["row_id"])] = row
    later = {version.number: version.captures for version in past.versions}
    alarms: list[Row] = []
    for change in past.changes:
        before, after = by_capture[change.before.capture_id], by_capture[change.after.capture_id]
        for key, held in before.items():
            now = after.get(key)
            if held["state"] != "found" or now is None or now["state"] == "found":
                continue
            cleared = next(
                (
                    capture.captured_at
                    for number in sorted(later)
                    if number >= change.to_version
                    for capture in later[number]
                    if by_capture[capture.capture_id].get(key, {}).get("state") == "found"
                ),
                None,
            )
            alarms.append(
                {
                    "alarm_id": f"evidence-lost.{key[0]}.{key[1]}.{change.number}",
                    "kind": "evidence-lost",
                    "table": key[0],
                    "row_id": key[1],
                    "source_id": source_id,
                    "change_id": f"{source_id}.{change.number}",
                    "from_capture_id": change.before.capture_id,
                    "to_capture_id": change.after.capture_id,
                    "passage_id": held["passage_id"],
                    "raised_at": change.after.captured_at,
                    "cleared_at": cleared,
                    "missing_terms": now["missing_terms"],
                }
            )
    return alarms
