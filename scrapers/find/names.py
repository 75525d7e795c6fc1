"""The names of bodies and the programme's terms, found in a text in one pass.

Names must stand as whole words and, where a name is written with capitals, with capitals. Where one name lies inside
another the longest counts. A name that two bodies share is left open here: the page decides (see mentions).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlsplit

from ahocorasick_rs import AhoCorasick, MatchKind

from scrapers.find.text import Taken, fold

Row = Mapping[str, Any]

# What follows a name and makes it the name of another body, and what stands before it and does.
_ANOTHER_BODY: Final = re.compile(
    r"\s+(?:and crime\b|& crime\b|federation\b|authority\b|cadets?\b|museum\b|choir\b|band\b|charity\b|"
    r"charitable\b|credit\b|"
    r"biomedical\b|library\b|college\b|office\b|ladies\b|f\.?c\.?\b)"
)
_OTHER_NAME_BEFORE: Final = re.compile(r"\bnew\s+$")
_DIRECTION_BEFORE: Final = re.compile(
    r"\b(?:north|south|east|west|mid|central|greater|northern|southern|eastern|western)(?:[\s-]+(?:east|west))?\s+$"
)
_ORDER: Final = re.compile(r"\s+(?:the|your|you|that|how|if|out|over|map|body|set)\b")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|(?:[a-z0-9-]+\.)+(?:org|com|net|uk)/\S+")
_HOST_EDGE: Final = re.compile(r"[a-z0-9-]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: `text[start:end]`, and the bodies it may mean (one, or several that share it)."""

    start: int
    end: int
    org_ids: tuple[str, ...]
    from_address: bool = False
    """The body was recognised by the host of an address."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the programme found. A weak one is also another thing. `org_ids` are the bodies that share the word."""

    start: int
    end: int
    weak: bool
    org_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What one text names."""

    names: tuple[Name, ...] = ()
    terms: tuple[Term, ...] = ()
    defined: tuple[tuple[str, str], ...] = ()
    """(abbreviation folded, org_id) where the text says what it stands for: "Full Name (ABC)"."""

    @property
    def strong(self) -> bool:
        return any(not term.weak for term in self.terms)


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str  # name, host, strong, weak, not
    written: str
    org_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    """What the finders know of a body."""

    org_id: str
    name: str
    kind: str
    region: str | None
    names: tuple[str, ...]
    tokens: frozenset[str]
    """Words that stand in its names and in few others: what tells it from a body that shares an abbreviation."""


@dataclass
class Matcher:
    """Finds names and terms. Built from organisation rows and the programme's terms; `digest` names its contents."""

    bodies: dict[str, Body]
    short_name: str
    digest: str
    programme_bodies: frozenset[str]
    """Bodies that bear one of the programme's own terms as a name."""
    _patterns: list[_Pattern]
    _automaton: AhoCorasick
    _cache: dict[str, Scan] = field(default_factory=dict)

    def scan(self, text: str) -> Scan:
        """What a text names; remembered for texts asked again."""
        found = self._cache.get(text)
        if found is None:
            if len(self._cache) >= 5_000:
                self._cache.clear()
            found = self._cache[text] = self._scan(text)
        return found

    def _scan(self, text: str) -> Scan:
        folded = fold(text)
        hits = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        if not hits:
            return Scan()
        addresses = Taken()
        if "/" in folded or "www." in folded:
            for match in _ADDRESS.finditer(folded):
                addresses.take(*match.span())
        kept: list[tuple[int, int, _Pattern]] = []
        for index, start, end in hits:
            pattern = self._patterns[index]
            if pattern.kind in ("name", "weak") and addresses.overlaps(start, end):
                continue  # in an address only its host names a body
            if _whole(folded, start, end, pattern.kind) and _as_written(text, start, end, pattern):
                kept.append((start, end, pattern))
        kept.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
        names: list[Name] = []
        terms: list[Term] = []
        taken_names, taken_terms = Taken(), Taken()
        for start, end, pattern in kept:
            is_name = pattern.kind in ("name", "host")
            for_names = is_name or pattern.kind == "not"
            if for_names and taken_names.take(start, end):  # noqa: SIM102 - taking is half of it
                if is_name and self._means_it(text, folded, start, end, pattern):
                    names.append(Name(start, end, pattern.org_ids, pattern.kind == "host"))
            if not is_name and taken_terms.take(start, end):  # noqa: SIM102
                if pattern.kind != "not":
                    terms.append(Term(start, end, pattern.kind == "weak", pattern.org_ids))
        names.sort(key=lambda name: name.start)
        terms.sort(key=lambda term: term.start)
        return Scan(tuple(names), tuple(terms), _definitions(folded, names))

    def _means_it(self, text: str, folded: str, start: int, end: int, pattern: _Pattern) -> bool:
        if pattern.kind == "host":
            return True
        if _ANOTHER_BODY.match(folded, end) or _OTHER_NAME_BEFORE.search(folded, max(0, start - 8), start):
            return False
        kind = self.bodies[pattern.org_ids[0]].kind
        direction = (
            _DIRECTION_BEFORE.search(folded, max(0, start - 24), start) if kind == "mental-health-trust" else None
        )
        if direction and text[direction.start()].isupper():
            return False
        single = " " not in pattern.written.strip() and not pattern.written.isupper()
        return not single or pattern.written[:1].islower() or _stands_alone(text, folded, start, end)


def build_matcher(
    organisations: Sequence[Row],
    terms: Iterable[str],
    weak_terms: Iterable[str],
    not_terms: Iterable[str] = (),
    short_name: str = "",
) -> Matcher:
    """A matcher for these bodies (rows of the register's organisations) and these terms of the programme."""
    owners: dict[str, dict[str, str]] = {}
    bodies: dict[str, Body] = {}
    counts: dict[str, set[str]] = {}
    hosts: dict[str, set[str]] = {}
    for row in organisations:
        names = tuple(dict.fromkeys([row["name"], *(row["aliases"] or [])]))
        bodies[row["org_id"]] = Body(row["org_id"], row["name"], row["kind"], row["region"], names, frozenset())
        for name in names:
            owners.setdefault(fold(name), {})[row["org_id"]] = name
            for token in _tokens(name):
                counts.setdefault(token, set()).add(row["org_id"])
        if host := _host(row["website"]):
            hosts.setdefault(host, set()).add(row["org_id"])
    for org_id, body in bodies.items():
        own = {token for name in body.names for token in _tokens(name)}
        rare = frozenset(token for token in own if len(counts[token]) <= 6)
        bodies[org_id] = Body(body.org_id, body.name, body.kind, body.region, body.names, rare)
    patterns: dict[tuple[str, str], _Pattern] = {}
    for folded, by_org in owners.items():
        if len(folded) > 1:
            written = next(iter(by_org.values()))
            patterns[("name", folded)] = _Pattern("name", written, tuple(sorted(by_org)))
    for host, org_ids in hosts.items():
        if len(org_ids) == 1:
            patterns[("host", fold(host))] = _Pattern("host", host, tuple(org_ids))
    for kind, listed in (("strong", terms), ("weak", weak_terms), ("not", not_terms)):
        for term in listed:
            shared = tuple(sorted(owners.get(fold(term), {})))
            patterns[(kind, fold(term))] = _Pattern(kind, term, shared)
    contents = json.dumps([[kind, folded, p.written, p.org_ids] for (kind, folded), p in sorted(patterns.items())])
    automaton = AhoCorasick([folded for _, folded in patterns], matchkind=MatchKind.Standard)
    digest = hashlib.sha256(contents.encode()).hexdigest()[:16]
    ours = frozenset(org_id for (kind, _), p in patterns.items() if kind == "strong" for org_id in p.org_ids)
    return Matcher(bodies, short_name, digest, ours, list(patterns.values()), automaton)


def _host(website: str | None) -> str | None:
    parts = urlsplit(website or "")
    if parts.path.strip("/"):
        return None
    host = (parts.hostname or "").removeprefix("www.")
    return host or None


_COMMON: Final = frozenset(
    "and the of nhs trust foundation mental health partnership police constabulary "  # noqa: SIM905
    "care university service "
    "services healthcare for in uk england national network social integrated united royal college community".split()
)


def _tokens(name: str) -> set[str]:
    return {token for token in re.findall(r"[a-z0-9]{3,}", fold(name)) if token not in _COMMON}


def _whole(folded: str, start: int, end: int, kind: str) -> bool:
    before, after = folded[start - 1 : start], folded[end : end + 1]
    if kind == "host":
        return not (before and _HOST_EDGE.match(before)) and not (after and re.match(r"[a-z0-9]", after))
    return not (before and (before.isalnum() or before in "_@")) and not (after and (after.isalnum() or after == "_"))


def _as_written(text: str, start: int, end: int, pattern: _Pattern) -> bool:
    """Whether the text keeps the capitals of the name; all capitals are always kept well enough for names of words."""
    if pattern.kind in ("host", "not", "strong"):
        return True
    found, written = text[start:end], pattern.written
    if len(found) != len(written):
        return False
    one_word = " " not in written
    if one_word and (written.isupper() or sum(letter.isupper() for letter in written) >= 2):
        return found == written or (not written.isupper() and found.isupper())
    if one_word and written.islower():
        return found == written or found == written.capitalize()
    for place, letter in enumerate(written):
        begins = place == 0 or not written[place - 1].isalnum()
        if begins and letter.isupper() and not found[place].isupper() and written[place:].split(" ")[0] != "The":
            return False
    return True


def _stands_alone(text: str, folded: str, start: int, end: int) -> bool:
    """For a name of one ordinary word: not part of a longer name, and not an order at the head of a sentence."""
    after = re.match(r"\s+([A-Z])[a-z]", text[end : end + 4])
    if after and not re.match(r"\s+(?:NHS|CIC|Ltd|Limited|Foundation|Trust|Coalition)\b", text[end : end + 20]):
        return False
    before = re.search(r"(\S+)\s+(?:of\s+)?$", text[max(0, start - 30) : start])
    at_head = before is None or before[1][-1:] in ".!?:;,)\"'”’•-–—|(" or (start > 0 and text[start - 1] == "\n")
    if at_head and _ORDER.match(folded, end):
        return False
    return at_head or not (before is not None and before[1][:1].isupper() and before[0].rstrip().endswith(" of"))


def _definitions(folded: str, names: list[Name]) -> tuple[tuple[str, str], ...]:
    found = []
    for full, short in pairwise(names):
        both = set(full.org_ids) & set(short.org_ids)
        if len(both) == 1 and re.fullmatch(r"['\"]?\s*\(\s*(?:the\s+)?['\"]?", folded[full.end : short.start]):
            found.append((folded[short.start : short.end], both.pop()))
    return tuple(found)
