"""Where families of sites join a run: a second opinion on each answer, and candidates out of the stored captures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from data.home import Home
from data.programme import Programme
from scrapers.capture import Response, Verdict
from scrapers.hooks import Source
from scrapers.register import read_register
from scrapers.report import sentence
from scrapers.sites import Context, Rank, Reading, candidates_of, context_of, families, family_for, judge
from scrapers.sites.address import host_of
from scrapers.warc import WarcError, read_body
from scrapers.work import Connection, Inserter, Row

MAX_BODY: Final = 24 * 1024 * 1024
"""Bytes of a body that is still read for its figures."""
MAX_NOTES: Final = 20
_TITLE: Final = re.compile(rb"<title\b[^>]*>\s*[^<\s]", re.IGNORECASE)
_FILES: Final = (b"%PDF-", b"PK\x03\x04")
_MACHINE_TYPES: Final = ("xml", "json", "gzip")
_CHANGED = "structure-changed"


def second_opinion(source: Source, response: Response, verdict: Verdict) -> Verdict:
    """The verdict on a page that the gate found good, by its family: one that lacks what the family declares it must
    have ends the attempt as `structure-changed`. Its bytes are kept, and it becomes no version.

    Made to cost next to nothing for an ordinary page: only where the address, or the first bytes, name a family is the
    page read; and a page made with a known system needs no more than a title.
    """
    if verdict.word != "good" or len(response.body) > MAX_BODY:
        return verdict
    url = response.final_url
    if not _is_of_known_site(url) and (source.url == url or not _is_of_known_site(source.url or "")):
        is_file = response.body.startswith(_FILES)
        if not is_file and (_TITLE.search(response.body) or response.body[:512].lstrip()[:1] != b"<"):
            return verdict
    _, changed = judge({"url": source.url}, response.body, url, response.media_type)
    if changed is None:
        return verdict
    return Verdict("wrong-type", str(changed), _CHANGED)


def _is_of_known_site(url: str) -> bool:
    """Whether the address alone names a family."""
    return host_of(url) in _hosts() and (family := family_for(url)) is not None and family.rank is Rank.ADDRESS


@cache
def _hosts() -> frozenset[str]:
    return frozenset().union(*(family.hosts for family in families()))


@dataclass(frozen=True)
class Found:
    """What reading the stored captures gave: numbers of captures read and of new candidates, and what to look at."""

    captures: int
    candidates: int
    notes: tuple[str, ...]


def read_candidates(home: Home, programme: Programme, connection: Connection) -> Found:
    """Read the good captures of each run that has not been read by these families yet, and add what they hold as
    candidates. Never asks anybody. Decisions that a person took are left as they are.

    `connection` is the open working database. Which runs are done is kept there; a family of a new version reads all
    runs again, in place of its own open candidates.
    """
    now = _signature()
    runs = _runs_to_read(connection, now)
    register = read_register(home)
    urls = {row["source_id"]: row["url"] or "" for row in register.tables["source"]}
    subject = programme.programme
    context = context_of(subject.terms, subject.weak_terms, urls.values())
    inserter = Inserter(connection)
    notes: dict[str, None] = {}
    captures = added = 0
    for run_id, size in runs:
        rows: list[Row] = []
        changed: list[tuple[str, str]] = []
        read: list[tuple[str, str]] = []
        for capture in _captures(connection, run_id):
            reading, problem = _read(home, capture, urls.get(capture["source_id"], ""), context)
            if problem:
                changed.append((capture["capture_id"], problem))
                notes.setdefault(f"{capture['source_id']}: {problem}")
            if reading is None:
                continue
            captures += 1
            read.append((capture["capture_id"], reading.family))
            rows += candidates_of(reading, capture["source_id"], capture["capture_id"], capture["captured_at"])
            for note in reading.notes:
                notes.setdefault(f"{capture['source_id']}: {note}")
        connection.execute("BEGIN")
        try:
            added += _replace(connection, inserter, rows, read)
            _mark_changed(connection, changed)
            connection.execute("INSERT OR REPLACE INTO families_read VALUES (?, ?, ?)", [run_id, now, size])
            connection.execute("COMMIT")
        except Exception:
            connection.execute("ROLLBACK")
            raise
    kept = list(notes)
    if len(kept) > MAX_NOTES:
        kept = [*kept[:MAX_NOTES], f"and {len(kept) - MAX_NOTES} more notes on pages of known sites"]
    return Found(captures, added, tuple(kept))


def _runs_to_read(connection: Connection, families_now: str) -> list[tuple[str, int]]:
    """(run, number of its captures) of each run that these families have not read, or that has grown since."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS families_read "
        "(run_id VARCHAR PRIMARY KEY, families VARCHAR NOT NULL, captures BIGINT NOT NULL)"
    )
    found = connection.execute(
        "SELECT run_id, count(*) AS size FROM capture GROUP BY run_id "
        "EXCEPT SELECT run_id, captures FROM families_read WHERE families = ? ORDER BY run_id",
        [families_now],
    ).fetchall()
    return [(str(run_id), int(size)) for run_id, size in found]


def _signature() -> str:
    """Names the families and their versions."""
    told = ",".join(f"{family.name}/{family.version}" for family in families())
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _captures(connection: Connection, run_id: str) -> Iterator[dict[str, Any]]:
    """The good captures of a run that hold bytes of their own and whose address or type may name a family."""
    columns = (
        "capture_id", "source_id", "final_url", "media_type", "captured_at", "body_bytes", "warc_file", "warc_offset",
    )  # fmt: skip
    listed = ", ".join(columns)
    found = connection.execute(
        f"SELECT {listed} FROM capture WHERE run_id = ? AND verdict = 'good' AND NOT is_revisit "  # noqa: S608 - own names
        "AND body_bytes <= ? ORDER BY capture_id",
        [run_id, MAX_BODY],
    ).fetchall()
    for row in found:
        yield dict(zip(columns, row, strict=True))


def _read(home: Home, capture: dict[str, Any], declared: str, context: Context) -> tuple[Reading | None, str | None]:
    """(reading, None), (None, what is missing), or (None, None) for an ordinary page and for bytes that are gone."""
    url, media_type = capture["final_url"], capture["media_type"]
    family = family_for(url, media_type) or (family_for(declared, media_type) if declared else None)
    if family is None and not any(word in (media_type or "") for word in _MACHINE_TYPES):
        return None, None
    try:
        body = read_body(home, capture)
    except WarcError:
        return None, None  # the check of captures says so
    reading, changed = judge({"url": declared}, body, url, media_type, context)
    return reading, str(changed) if changed else None


def _replace(connection: Connection, inserter: Inserter, rows: list[Row], read: Sequence[tuple[str, str]]) -> int:
    """Put the candidates in place of open ones that an earlier version read in the same captures; how many are new."""
    for capture_id, family in read:
        connection.execute(
            "DELETE FROM candidate WHERE capture_id = ? AND state = 'open' AND rule LIKE ?", [capture_id, f"{family}/%"]
        )
    fresh = {row["candidate_id"]: row for row in reversed(rows)}  # the earliest capture that shows it is named
    known = connection.execute(
        "SELECT candidate_id FROM candidate WHERE candidate_id IN (SELECT unnest(?))", [list(fresh)]
    ).fetchall()
    for (candidate_id,) in known:
        del fresh[candidate_id]
    if fresh:
        inserter.insert("candidate", list(fresh.values()))
    return len(fresh)


def _mark_changed(connection: Connection, changed: Sequence[tuple[str, str]]) -> None:
    for capture_id, problem in changed:
        connection.execute(
            "UPDATE attempt SET outcome = ?, detail = ? WHERE capture_id = ? AND outcome = 'captured'",
            [_CHANGED, sentence(_CHANGED, problem), capture_id],
        )
