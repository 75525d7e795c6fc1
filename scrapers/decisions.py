"""Decisions on candidates: both readings, who, when, on which capture; and what accepting writes into the register."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.dates import phrase
from data.home import Home
from data.labels import label
from data.register_spec import BY_TABLE, MAX_ID, MAX_SUMMARY_WORDS, RegisterFile
from scrapers.alone import alone
from scrapers.evidence import row_id_of
from scrapers.find.text import words
from scrapers.register import Finding, Register, read_register

Row = dict[str, Any]

TABLE_OF: Final = {
    "adoption": "adoption",
    "foi": "adoption",
    "claimed_total": "claimed_total",
    "petition_reading": "petition_reading",
    "statement": "statement",
    "review_event": "review_event",
    "source": "source",
}
"""The register table that a kind of candidate becomes a row of."""


WAIT_SECONDS: Final = 30


class DecisionError(Exception):
    """The decision cannot be written; the message says what to do next."""


class MissingColumns(DecisionError):
    """The row lacks columns that it must have: `columns` names them, each with what is allowed."""

    def __init__(self, table: str, columns: dict[str, str]) -> None:
        told = "; ".join(
            f"--set {name}=… ({allowed})" if allowed else f"--set {name}=…" for name, allowed in columns.items()
        )
        super().__init__(f"A row of {table} also needs: {told}")
        self.columns = columns


class Refused(DecisionError):
    """The register would not be whole with the new row: `findings` says why. Nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = list(findings)


@dataclass(frozen=True)
class Candidate:
    """One row of candidate as the desk needs it, with the hashes of what the person sees."""

    candidate_id: str
    kind: str
    source_id: str
    reading: Row
    capture_sha256: str | None
    passage_sha256: str | None
    row_id: str | None = None
    decisions: int | None = None
    """How many decisions on it the person knew of; None where that is not asked."""


def passage_digest(text: str) -> str:
    """SHA-256 of the words of a passage: the same when only blanks, quotes or capitals differ."""
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()


def latest(register: Register) -> dict[str, Row]:
    """The decision that counts for each candidate: the last in the file."""
    return {row["candidate_id"]: row for row in register.tables["decision"]}


def row_for(
    candidate: Candidate, register: Register, changes: Mapping[str, str], summary: str | None, today: dt.date
) -> Row:
    """The register row that accepting makes, as cells of text. Raises MissingColumns, DecisionError."""
    table = TABLE_OF.get(candidate.kind)
    if table is None:
        raise DecisionError(
            f"A candidate of kind {candidate.kind!r} has no table to go to; reject it or note it by hand."
        )
    spec = BY_TABLE[table]
    allowed = {column.name for column in spec.columns}
    strange = sorted(set(changes) - allowed)
    if strange:
        raise DecisionError(
            f"{strange[0]!r} is no column of {spec.name}.csv; allowed: {', '.join(c.name for c in spec.columns)}"
        )
    cells: Row = {column.name: "" for column in spec.columns}
    for name, value in candidate.reading.items():
        if name in allowed and value not in (None, [], ""):
            cells[name] = ";".join(value) if isinstance(value, list) else str(value)
    if table != "source":
        cells["source_id"] = candidate.source_id
    cells["recorded_on"] = today.isoformat()
    cells |= {name: value.strip() for name, value in changes.items()}
    _fill(table, cells, candidate, register)
    if "summary" in allowed and not cells["summary"]:
        cells["summary"] = summary.strip() if summary else compose(table, cells, register)
    if spec.key and not cells[spec.key]:
        cells[spec.key] = _new_id(spec, cells, register)
    missing = {
        column.name: ", ".join(column.of) for column in spec.columns if column.required and not cells[column.name]
    }
    if table == "adoption" and not (cells["trust_id"] or cells["police_id"] or cells["other_ids"]):
        missing["trust_id"] = "or police_id, or other_ids"
    if missing:
        raise MissingColumns(table, missing)
    return cells


def _fill(table: str, cells: Row, candidate: Candidate, register: Register) -> None:
    """What follows from the rest of the row and from the source, without a guess."""
    source = next((row for row in register.tables["source"] if row["source_id"] == candidate.source_id), None)
    if table == "petition_reading" and source is not None:
        known = [row for row in register.tables["petition_reading"] if row["url"] and row["url"] == source["url"]]
        if known:
            cells["petition_id"] = cells["petition_id"] or known[0]["petition_id"]
            cells["url"] = cells["url"] or known[0]["url"]
    if table == "review_event" and not cells["review_id"]:
        reviews = register.tables["review"]
        bodies = set(candidate.reading.get("org_ids") or ())
        fitting = [r["review_id"] for r in reviews if r["commissioner_id"] in bodies]
        if len(fitting) == 1:
            cells["review_id"] = fitting[0]
    if table == "adoption" and not cells["basis"] and source is not None:
        if source["publisher_id"] in (cells["trust_id"], cells["police_id"]):
            cells["basis"] = "own-word"
        elif source["kind"] in ("news", "campaign-page"):
            cells["basis"] = {"news": "news", "campaign-page": "campaign"}[source["kind"]]


def compose(table: str, cells: Mapping[str, str], register: Register) -> str:
    """A neutral summary of at most 40 words, made of the row's own cells."""
    names = {row["org_id"]: row["name"] for row in register.tables["organisation"]}

    def named(*keys: str) -> str:
        ids = [item for key in keys for item in (cells.get(key) or "").split(";") if item]
        return " and ".join(names.get(org_id, org_id) for org_id in ids)

    when = phrase(cells.get("on_date") or cells.get("as_of") or cells.get("published_on"), cells.get("date_precision"))
    if table == "adoption":
        said = label("adoption.status", cells["status"])
        text = f"The page says of {named('trust_id', 'police_id') or named('other_ids')}: {said}, {when}."
    elif table == "claimed_total":
        bound = {"at-least": "at least ", "about": "about "}.get(cells.get("bound", ""), "")
        counted = f"{cells.get('value') or 'a share'} {cells['unit'].replace('-', ' ')}"
        text = f"{named('claimant_id') or 'The page'} states {bound}{counted}, {when}."
    elif table == "statement":
        asks = ", ".join(label("statement.asks", ask) for ask in (cells.get("asks") or "").split(";") if ask)
        text = f"{named('org_id')}: {label('statement.position', cells['position'])}" + (
            f"; asks for {asks}." if asks else "."
        )
    elif table == "review_event":
        text = f"The page shows the review as {label('review.state', cells['state'])}, {when}."
    else:
        text = ""
    listed = text.split()
    return text if len(listed) <= MAX_SUMMARY_WORDS else " ".join(listed[: MAX_SUMMARY_WORDS - 1]) + " …"


def _slug(*parts: str) -> str:
    text = "-".join(part for part in parts if part)
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _new_id(spec: RegisterFile, cells: Mapping[str, str], register: Register) -> str:
    """A new name for the row, made of its own cells; a number is added where it is taken."""
    lead = {
        "adoption": (
            cells.get("trust_id") or cells.get("police_id") or cells.get("other_ids", "").split(";")[0],
            cells.get("source_id", ""),
        ),
        "claimed_total": (cells.get("claimant_id", ""), cells.get("as_of", ""), cells.get("unit", "")),
        "statement": (cells.get("org_id", ""), cells.get("published_on", "")),
        "review_event": (cells.get("review_id", ""), cells.get("on_date", ""), cells.get("state", "")),
        "source": (re.sub(r"^https?://(?:www\.)?", "", cells.get("url", "")),),
    }[spec.table]
    base = _slug(*lead)[:MAX_ID].rstrip("-")
    if not base:
        return ""
    key = str(spec.key)
    taken = {row[key] for row in register.tables[spec.table]}
    if spec.key == "event_id":
        taken |= {row["event_id"] for row in (*register.tables["event"], *register.tables["review_event"])}
    name, number = base, 2
    while name in taken:
        name = f"{base[: MAX_ID - 1 - len(str(number))].rstrip('-')}-{number}"
        number += 1
    return name


def is_corrected(candidate: Candidate, cells: Mapping[str, str]) -> bool:
    """Whether the person's reading differs from the machine's in a column that the machine read."""
    for name, value in candidate.reading.items():
        if name not in cells or value in (None, [], ""):
            continue
        read = ";".join(value) if isinstance(value, list) else str(value)
        if cells[name] != read:
            return True
    return False


def accept(
    home: Home,
    candidate: Candidate,
    by: str,
    *,
    changes: Mapping[str, str] | None = None,
    summary: str | None = None,
    why: str | None = None,
    today: dt.date,
) -> tuple[str, Row]:
    """Append the register row and the decision. Gives the table and the row.

    Where the register says the same already, only the decision is written. Raises DecisionError and its kinds.
    """
    with _alone(home):
        register = _whole(home, candidate)
        table = TABLE_OF[candidate.kind]
        if candidate.row_id:
            cells: Row = {"row_id": candidate.row_id}
            decided = _decision(candidate, "accepted", by, why, {"table": table, **cells}, today)
            _append(home, {"decisions": [decided]})
            return table, cells
        cells = row_for(candidate, register, changes or {}, summary, today)
        word = "corrected" if is_corrected(candidate, cells) else "accepted"
        kept = {"table": table, "row": {name: value for name, value in cells.items() if value}}
        decided = _decision(candidate, word, by, why, kept, today)
        _append(home, {BY_TABLE[table].name: [cells], "decisions": [decided]})
        return table, cells


def reject(home: Home, candidate: Candidate, by: str, why: str, *, today: dt.date) -> None:
    """Append a decision against the candidate. Raises DecisionError, Refused."""
    if not why.strip():
        raise DecisionError("Say why it is rejected: --why TEXT")
    with _alone(home):
        register = _whole(home, candidate)
        table = TABLE_OF.get(candidate.kind, "")
        if any(row_id_of(table, row) == candidate.row_id for row in register.tables.get(table, ())):
            raise DecisionError(
                f"The register says so: {table} {candidate.row_id}. Correct that row in {BY_TABLE[table].name}.csv or "
                "take it out, run: sim-record build, and then reject the reading."
            )
        _append(home, {"decisions": [_decision(candidate, "rejected", by, why, None, today)]})


def _alone(home: Home) -> AbstractContextManager[None]:
    """One writer of the register at a time: of two at once the later would write over what the earlier appended."""
    told = f"Another command has been writing into {home.register} for {WAIT_SECONDS} seconds. Try again later."
    return alone(home.register, WAIT_SECONDS, DecisionError(told))


def _whole(home: Home, candidate: Candidate) -> Register:
    """The register as it is now. Raises Refused where it is not whole, DecisionError where somebody has decided on the
    candidate since the person looked at it."""
    register = read_register(home)
    if register.findings:
        raise Refused(register.findings)
    decided = [row for row in register.tables["decision"] if row["candidate_id"] == candidate.candidate_id]
    if candidate.decisions is not None and len(decided) > candidate.decisions:
        last = decided[-1]
        raise DecisionError(
            f"{candidate.candidate_id} was {last['decision']} by {last['by']} on {last['decided_on']} meanwhile. "
            "Nothing was written. Run: sim-record build, and look at it again."
        )
    return register


def _decision(candidate: Candidate, word: str, by: str, why: str | None, decided: Row | None, today: dt.date) -> Row:
    if not by.strip():
        raise DecisionError("Say who decides: --by NAME")
    return {
        "decided_on": today.isoformat(),
        "candidate_id": candidate.candidate_id,
        "kind": candidate.kind,
        "source_id": candidate.source_id,
        "capture_sha256": candidate.capture_sha256 or "",
        "passage_sha256": candidate.passage_sha256 or "",
        "decision": word,
        "by": by.strip(),
        "why": (why or "").strip(),
        "reading": json.dumps(candidate.reading, ensure_ascii=False, sort_keys=True),
        "decided": json.dumps(decided, ensure_ascii=False, sort_keys=True) if decided else "",
    }


def append_rows(home: Home, rows: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Append rows to files of the register, all or nothing: where the register is then not whole, all is put back.
    Raises Refused, and DecisionError where another command goes on writing there."""
    with _alone(home):
        _append(home, rows)


def _append(home: Home, rows: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    before: dict[Path, bytes | None] = {}
    try:
        for name, listed in rows.items():
            path = home.register / f"{name}.csv"
            before[path] = path.read_bytes() if path.is_file() else None
            _write(path, before[path], listed, name)
        findings = read_register(home).findings
    except BaseException:
        _put_back(before)
        raise
    if findings:
        _put_back(before)
        raise Refused(findings)


def _write(path: Path, held: bytes | None, rows: Sequence[Mapping[str, str]], name: str) -> None:
    spec = next(file for file in BY_TABLE.values() if file.name == name)
    out = io.StringIO(newline="")
    end = "\n"
    if held is None:
        header = [column.name for column in spec.columns]
        csv.writer(out, lineterminator="\n").writerow(header)
        text = b""
    else:
        header = next(csv.reader(io.StringIO(held.decode("utf-8-sig"), newline="")))
        end = "\r\n" if held.partition(b"\n")[0].endswith(b"\r") else "\n"
        text = held if held.endswith(b"\n") else held + end.encode()
    writer = csv.writer(out, lineterminator=end)
    for row in rows:
        writer.writerow([_one_line(row.get(column, "")) for column in header])
    part = path.with_suffix(".part")
    part.write_bytes(text + out.getvalue().encode())
    part.replace(path)


def _one_line(cell: str) -> str:
    return " ".join(str(cell).split())


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    for path, held in before.items():
        if held is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(held)
