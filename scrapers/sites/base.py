"""What every family of sites shares: how it is found, what it must read, and how it says that a page has changed.

A family knows one kind of page by its address or its look and reads figures, states and dates out of the captured
bytes. It never fetches. What it read becomes candidates, which a person accepts; it never becomes a fact by itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, Final

from scrapers.sites.address import normalise

CANDIDATE_KINDS: Final = (
    "adoption", "claimed_total", "petition_reading", "statement", "review_event", "event", "organisation", "foi",
)  # fmt: skip
"""Kinds of fact that a person is asked about. Other kinds (page, deck, file …) stay with the reading."""


class Rank(IntEnum):
    """The order in which families are asked whether a page is theirs: the surest sign first."""

    ADDRESS = 0
    FORMAT = 1
    LOOK = 2


@dataclass(frozen=True)
class Fact:
    """One thing read. `values` holds only what JSON can; dates are ISO strings. `where` is a selector or JSON path."""

    kind: str
    values: Mapping[str, Any]
    where: str


@dataclass(frozen=True)
class FoundSource:
    """A page that may be worth declaring: an absolute address, its title and day of publication where they are stated,
    the programme's terms found, where they were found, and how sure that is (0 to 1)."""

    url: str
    title: str | None
    published_on: str | None
    terms: tuple[str, ...]
    where: str
    confidence: float


@dataclass(frozen=True)
class Reading:
    """All that a family read out of one body. `ask` names further addresses that hold the rest (a next page, the single
    item behind a cut list); `notes` says what was seen and not understood, each by name."""

    family: str
    version: str
    facts: tuple[Fact, ...] = ()
    found: tuple[FoundSource, ...] = ()
    ask: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The name under which candidates say who read them."""
        return f"{self.family}/{self.version}"


@dataclass(frozen=True)
class Context:
    """What a family may know beside the page: the programme's terms, and the declared addresses (normalised)."""

    terms: tuple[str, ...] = ()
    weak_terms: tuple[str, ...] = ()
    known: frozenset[str] = field(default_factory=frozenset)


NO_CONTEXT: Final = Context()


class StructureChanged(Exception):
    """A page of a known family lacks what the family declares it must have. Nothing is to be overwritten."""

    def __init__(self, family: str, missing: str, where: str = "") -> None:
        super().__init__(f"{family}: {missing}" + (f" (at {where})" if where else ""))
        self.family = family
        self.missing = missing
        self.where = where


class Family(ABC):
    """One kind of page. `minimum` says in words what a page must have, or it counts as changed in structure."""

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    rank: ClassVar[Rank] = Rank.ADDRESS
    hosts: ClassVar[frozenset[str]] = frozenset()
    """The only hosts (without "www.") on which such pages stand; empty for families that any site may have."""
    minimum: ClassVar[str]
    data_holds_minimum: ClassVar[bool] = False
    """Whether the machine address says all that the minimum asks for, so that a page built anew is made good by it."""
    names_data: ClassVar[bytes] = b""
    """For families known by their look: bytes without which a page names no further address, so it need not be read."""

    @abstractmethod
    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:
        """Whether the page is of this family. `body` may be empty where only the address is known."""

    @abstractmethod
    def read(self, body: bytes, url: str, *, media_type: str | None = None, context: Context = NO_CONTEXT) -> Reading:
        """Read the body. Raises StructureChanged where the declared minimum is not met, and nothing else."""

    def api_url(self, url: str) -> str | None:  # noqa: ARG002  (families that have none need no method)
        """The machine address that says the same as the page, or None."""
        return None

    def changed(self, missing: str, where: str = "") -> StructureChanged:
        """The error to raise, with this family's name in it."""
        return StructureChanged(self.name, missing, where)

    def reading(
        self,
        facts: tuple[Fact, ...] = (),
        *,
        found: tuple[FoundSource, ...] = (),
        ask: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Reading:
        """A reading that bears this family's name."""
        return Reading(self.name, self.version, facts, found, ask, notes)


_FAMILIES: dict[str, Family] = {}


def register(cls: type[Family]) -> type[Family]:
    """Class decorator: makes the family known. A name may be taken once."""
    if cls.name in _FAMILIES:
        raise ValueError(f"two families are called {cls.name!r}")
    _FAMILIES[cls.name] = cls()
    return cls


def registered() -> tuple[Family, ...]:
    """All families known so far, in the order in which they are asked."""
    return tuple(sorted(_FAMILIES.values(), key=lambda family: (family.rank, family.name)))


def candidates_of(
    reading: Reading, source_id: str, capture_id: str | None, found_at: dt.datetime
) -> list[dict[str, Any]]:
    """Rows for the table `candidate`. `found_at` is the capture's time, UTC, aware or naive.

    The same reading of the same page has the same `candidate_id` at any time, so that a page read daily is asked about
    once; a page found by two feeds is one candidate.
    """
    moment = found_at.astimezone(dt.UTC).replace(tzinfo=None) if found_at.tzinfo else found_at
    rows: dict[str, dict[str, Any]] = {}

    def add(kind: str, identity: list[Any], values: dict[str, Any], confidence: float) -> None:
        digest = hashlib.sha256(_json(identity).encode()).hexdigest()[:16]
        candidate_id = f"{kind}.{digest}"
        rows.setdefault(
            candidate_id,
            {
                "candidate_id": candidate_id,
                "kind": kind,
                "source_id": source_id,
                "capture_id": capture_id,
                "passage_id": None,
                "reading": _json(values),
                "confidence": confidence,
                "rule": reading.rule,
                "found_at": moment,
                "state": "open",
                "decided_by": None,
                "decided_on": None,
                "decision": None,
            },
        )

    for fact in reading.facts:
        if fact.kind not in CANDIDATE_KINDS:
            continue
        values = dict(fact.values) | {"where": fact.where}
        if fact.kind == "petition_reading":
            values |= {"on_date": moment.date().isoformat(), "date_precision": "day"}
        add(fact.kind, [source_id, reading.family, dict(fact.values)], values, 1.0)
    for found in reading.found:
        values = {
            "url": found.url,
            "title": found.title,
            "published_on": found.published_on,
            "date_precision": "day" if found.published_on else None,
            "terms": list(found.terms),
            "where": found.where,
        }
        add("source", [normalise(found.url)], values, found.confidence)
    return list(rows.values())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
