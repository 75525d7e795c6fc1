"""Where families of sites join a run: a second opinion on each answer, and candidates out of the stored captures."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from data.home import Home
from data.programme import Programme
from scrapers.capture import Response, Verdict
from scrapers.hooks import Look, Said, Source
from scrapers.register import read_register
from scrapers.report import sentence
from scrapers.rows import DATA
from scrapers.sites import (
    Context,
    Fact,
    Family,
    Rank,
    Reading,
    candidates_of,
    context_of,
    families,
    family_for,
    judge,
)
from scrapers.sites.address import host_of, normalise
from scrapers.sites.base import CANDIDATE_KINDS
from scrapers.statements import Inserter, filled
from scrapers.warc import WarcError, read_body
from scrapers.work import Connection, Row

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


def data_reader(programme: Programme) -> Look:
    """What `Hooks.further` takes: it reads a body by its family, and says which further addresses belong to it.

    Only addresses on the page's own host or on one of its family's are named: a page cannot send a run anywhere else.
    An ordinary page costs a look at its address and one search in its bytes.
    """
    subject = programme.programme
    context = context_of(subject.terms, subject.weak_terms, ())

    def look(declared: str, url: str, media_type: str | None, body: bytes) -> Said | None:
        if len(body) > MAX_BODY:
            return None
        family = _known_family(declared, url)
        machine = any(word in (media_type or "") for word in _MACHINE_TYPES)
        if family is None and not machine and not any(mark in body for mark in _marks()):
            return None
        reading, changed = judge({"url": declared}, body, url, media_type, context)
        family = family or family_for(url, media_type, body) or family_for(declared, media_type, body)
        if family is None:
            return None
        hosts = family.hosts | {host_of(url), host_of(declared)}
        return Said(
            missing=str(changed) if changed else "" if reading else None,
            machine_url=machine_url(url) or machine_url(declared),
            ask=tuple(address for address in reading.ask if host_of(address) in hosts) if reading else (),
            data_counts=family.data_holds_minimum,
        )

    return look


def may_have_data(declared: str, url: str) -> bool:
    """Whether the addresses alone say that the page is of a family; costs next to nothing."""
    return _known_family(declared, url) is not None


def machine_url(url: str) -> str | None:
    """The machine address of a page, None where there is none or the address is that already."""
    family = family_for(url) if host_of(url) in _hosts() else None
    found = family.api_url(url) if family is not None else None
    return found if found is not None and normalise(found) != normalise(url) else None


def _known_family(declared: str, url: str) -> Family | None:
    for address in dict.fromkeys((url, declared)):
        if _is_of_known_site(address):
            return family_for(address)
    return None


@cache
def _marks() -> frozenset[bytes]:
    return frozenset(family.names_data for family in families() if family.names_data)


def _is_of_known_site(url: str) -> bool:
    """Whether the address alone names a family."""
    return host_of(url) in _hosts() and (family := family_for(url)) is not None and family.rank is Rank.ADDRESS


@cache
def _hosts() -> frozenset[str]:
    return frozenset().union(*(family.hosts for family in families()))


@dataclass(frozen=True)
class Found:
    """What reading the stored captures gave: numbers of captures read, of new candidates and of observations, and what
    to look at."""

    captures: int
    candidates: int
    observations: int
    notes: tuple[str, ...]


def read_candidates(home: Home, programme: Programme, connection: Connection) -> Found:
    """Read the good captures of each run that has not been read by these families yet, and add what they hold as
    candidates and observations. Never asks anybody. Decisions that a person took are left as they are.

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
    captures = added = observed = 0
    for run_id, size in runs:
        changed: list[tuple[str, str]] = []
        read: list[_Read] = []
        for capture in _captures(connection, run_id):
            asked = capture["requested_url"] if capture["part"] == DATA else urls.get(capture["source_id"], "")
            reading, is_page, problem = _read(home, capture, asked, context)
            if problem:
                changed.append((capture["capture_id"], problem))
                notes.setdefault(f"{capture['source_id']}: {problem}")
            if reading is None:
                continue
            captures += 1
            read.append(_Read(capture, reading, is_page))
            for note in reading.notes:
                notes.setdefault(f"{capture['source_id']}: {note}")
        rows = [
            row
            for one in _together(read)
            for row in candidates_of(one.reading, one.source_id, one.capture_id, one.capture["captured_at"])
        ]
        connection.execute("BEGIN")
        try:
            added += _replace(connection, inserter, rows, read)
            observed += _observe(connection, inserter, read)
            _mark_changed(connection, changed)
            connection.execute(filled("INSERT OR REPLACE INTO families_read VALUES (?, ?, ?)", run_id, now, size))
            connection.execute("COMMIT")
        except Exception:
            connection.execute("ROLLBACK")
            raise
    kept = list(notes)
    if len(kept) > MAX_NOTES:
        kept = [*kept[:MAX_NOTES], f"and {len(kept) - MAX_NOTES} more notes on pages of known sites"]
    return Found(captures, added, observed, tuple(kept))


@dataclass(frozen=True)
class _Read:
    """A capture and what was read in it; `is_page` where its body is made for people, not for programs."""

    capture: dict[str, Any]
    reading: Reading
    is_page: bool

    @property
    def capture_id(self) -> str:
        return str(self.capture["capture_id"])

    @property
    def source_id(self) -> str:
        return str(self.capture["source_id"])


def _together(read: Sequence[_Read]) -> list[_Read]:
    """The readings of one run, so that a page and its data, which state the same thing, are asked about once: the
    data's word holds, and what only the page states is added to it."""
    pages = {
        _identity(one, fact): fact for one in read if one.is_page for fact in one.reading.facts if _identity(one, fact)
    }
    of_both = {
        name for one in read if not one.is_page for fact in one.reading.facts if (name := _identity(one, fact)) in pages
    }
    both_parts = {one.source_id for one in read if one.capture["part"] == DATA}

    def merged(one: _Read) -> _Read:
        facts: list[Fact] = []
        for fact in one.reading.facts:
            name = _identity(one, fact)
            if name is None or name not in of_both or one.source_id not in both_parts:
                facts.append(fact)
            elif not one.is_page:
                facts.append(replace(fact, values={**pages[name].values, **fact.values}))
        return replace(one, reading=replace(one.reading, facts=tuple(facts)))

    return [merged(one) for one in read]


def _identity(one: _Read, fact: Fact) -> tuple[str, str, str, str] | None:
    """What a fact is about; None where it becomes no candidate or does not say."""
    about = fact.values.get("platform_id") or normalise(str(fact.values.get("url") or ""))
    if not about or fact.kind not in CANDIDATE_KINDS:
        return None
    return one.source_id, one.reading.family, fact.kind, str(about)


def _observe(connection: Connection, inserter: Inserter, read: Sequence[_Read]) -> int:
    """Put what was read in place of what an earlier version read in the same captures; gives the number of rows."""
    for one in read:
        connection.execute(filled("DELETE FROM observation WHERE capture_id = ?", one.capture_id))
    rows = [
        {
            "observation_id": f"{one.capture_id}.{position}",
            "source_id": one.source_id,
            "capture_id": one.capture_id,
            "kind": fact.kind,
            "found_at": one.capture["captured_at"],
            "reading": json.dumps(dict(fact.values), ensure_ascii=False, sort_keys=True),
            "where_read": fact.where,
            "family": one.reading.family,
            "version": one.reading.version,
        }
        for one in read
        for position, fact in enumerate(one.reading.facts, 1)
    ]
    inserter.insert("observation", rows)
    return len(rows)


def _runs_to_read(connection: Connection, families_now: str) -> list[tuple[str, int]]:
    """(run, number of its captures) of each run that these families have not read, or that has grown since."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS families_read "
        "(run_id VARCHAR PRIMARY KEY, families VARCHAR NOT NULL, captures BIGINT NOT NULL)"
    )
    found = connection.execute(
        filled(
            "SELECT run_id, count(*) AS size FROM capture GROUP BY run_id "
            "EXCEPT SELECT run_id, captures FROM families_read WHERE families = ? ORDER BY run_id",
            families_now,
        )
    ).fetchall()
    return [(str(run_id), int(size)) for run_id, size in found]


def _signature() -> str:
    """Names the families and their versions."""
    told = ",".join(f"{family.name}/{family.version}" for family in families())
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _captures(connection: Connection, run_id: str) -> Iterator[dict[str, Any]]:
    """The good captures of a run whose address or type may name a family. Those that found their bytes unchanged are
    among them: what a page of a known site stated that day belongs into the series."""
    columns = (
        "capture_id", "source_id", "requested_url", "final_url", "media_type", "captured_at", "body_bytes", "warc_file",
        "warc_offset", "part", "is_revisit",
    )  # fmt: skip
    listed = ", ".join(columns)
    found = connection.execute(
        filled(
            f"SELECT {listed} FROM capture WHERE run_id = ? AND verdict = 'good' "  # noqa: S608 - own names
            "AND body_bytes <= ? ORDER BY capture_id",
            run_id,
            MAX_BODY,
        )
    ).fetchall()
    for row in found:
        yield dict(zip(columns, row, strict=True))


def _read(
    home: Home, capture: dict[str, Any], declared: str, context: Context
) -> tuple[Reading | None, bool, str | None]:
    """(reading, whether the body is a page, None), (None, …, what is missing), or (None, False, None) for an ordinary
    page and for bytes that are gone."""
    url, media_type = capture["final_url"], capture["media_type"]
    if capture["is_revisit"] and not may_have_data(declared, url):
        return None, False, None
    family = family_for(url, media_type) or (family_for(declared, media_type) if declared else None)
    if family is None and not any(word in (media_type or "") for word in _MACHINE_TYPES):
        return None, False, None
    try:
        body = read_body(home, capture)
    except WarcError:
        return None, False, None  # the check of captures says so
    reading, changed = judge({"url": declared}, body, url, media_type, context)
    return reading, body.lstrip()[:1] == b"<", str(changed) if changed else None


def _replace(connection: Connection, inserter: Inserter, rows: list[Row], read: Sequence[_Read]) -> int:
    """Put the candidates in place of open ones that an earlier version read in the same captures; how many are new."""
    for one in read:
        connection.execute(
            filled(
                "DELETE FROM candidate WHERE capture_id = ? AND state = 'open' AND rule LIKE ?",
                one.capture_id,
                f"{one.reading.family}/%",
            )
        )
    fresh = {row["candidate_id"]: row for row in reversed(rows)}  # the earliest capture that shows it is named
    known = connection.execute(
        filled("SELECT candidate_id FROM candidate WHERE candidate_id IN (SELECT unnest(?))", list(fresh))
    ).fetchall()
    for (candidate_id,) in known:
        del fresh[candidate_id]
    if fresh:
        inserter.insert("candidate", list(fresh.values()))
    return len(fresh)


def _mark_changed(connection: Connection, changed: Sequence[tuple[str, str]]) -> None:
    for capture_id, problem in changed:
        connection.execute(
            filled(
                "UPDATE attempt SET outcome = ?, detail = ? WHERE capture_id = ? AND outcome = 'captured'",
                _CHANGED,
                sentence(_CHANGED, problem),
                capture_id,
            )
        )
