"""Find a body by its name, another name, its region or what is noted of it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from dashboard.queries.bodies import Body, all_bodies, standing_index
from dashboard.record import Record, per_record
from data.labels import label

MOST = 12
_WEAK_WORDS = frozenset(
    ("nhs", "trust", "foundation", "the", "of", "and", "in", "for", "police", "force", "service", "mental", "health")
)


@dataclass(frozen=True)
class Found:
    """One body that was found, with the other name by which it was found, if it was."""

    body: Body
    known_as: str


@dataclass(frozen=True)
class Answer:
    """The best bodies for some words, how many there are in all, and names that are spelled alike if there are none."""

    found: tuple[Found, ...]
    total: int
    alike: tuple[str, ...]


def plain_words(text: str) -> str:
    """Lower case, without accents and signs, "&" as "and", one space between words."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in bare if not unicodedata.combining(c))))


@per_record
def _index(record: Record) -> tuple[tuple[Body, tuple[str, ...], str, str], ...]:
    """(body, its names in plain words, those in one line, region, kind and note in plain words)."""
    rows = []
    for body in all_bodies(record):
        names = tuple(plain_words(name) for name in (body.name, *body.aliases))
        about = plain_words(f"{body.region or ''} {label('organisation.kind', body.kind)} {body.note or ''}")
        rows.append((body, names, " ".join(names), about))
    return tuple(rows)


def _rank(names: tuple[str, ...], line: str, about: str, wanted: str) -> int | None:
    """0 for the very name, higher for weaker matches, None for none."""
    tokens = wanted.split()
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    if any(f" {wanted}" in f" {name}" for name in names):
        return 2
    if all(f" {token}" in f" {line}" for token in tokens):
        return 3
    if all(f" {token}" in f" {line} {about}" for token in tokens):
        return 4
    strong = [token for token in tokens if token not in _WEAK_WORDS]
    if strong and len(strong) < len(tokens) and all(f" {token}" in f" {line} {about}" for token in strong):
        return 5
    return None


@per_record
def find(record: Record, words: str) -> Answer:
    """Bodies for `words`, the best first; trusts and forces before others of the same rank."""
    wanted = plain_words(words)[:100]
    if not wanted:
        return Answer((), 0, ())
    kept = standing_index(record)
    ranked = []
    for body, names, line, about in _index(record):
        rank = _rank(names, line, about, wanted)
        if rank is not None:
            other = next((alias for alias in body.aliases if plain_words(alias).startswith(wanted)), "")
            known_as = "" if plain_words(body.name).startswith(wanted) else other
            ranked.append((rank, body.org_id not in kept, body.name.casefold(), Found(body, known_as)))
    ranked.sort(key=lambda row: row[:3])
    alike: tuple[str, ...] = ()
    if not ranked:
        vocabulary = sorted({w for _, _, line, _ in _index(record) for w in line.split() if len(w) > 3})
        close = [difflib.get_close_matches(token, vocabulary, n=2, cutoff=0.75) for token in wanted.split()]
        alike = tuple(dict.fromkeys(word for words_alike in close for word in words_alike))[:4]
    return Answer(tuple(row[3] for row in ranked[:MOST]), len(ranked), alike)
