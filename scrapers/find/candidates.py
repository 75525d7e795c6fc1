"""All rules over one document: what may be a fact, each once, the surest first where two rules read the same."""

from __future__ import annotations

import hashlib
import json

from scrapers.find.adoption import find_adoptions
from scrapers.find.foi import find_answers
from scrapers.find.frame import LEAST, Candidate
from scrapers.find.mentions import Document, Read, look_through
from scrapers.find.names import Matcher
from scrapers.find.petition import find_petition
from scrapers.find.positions import find_positions
from scrapers.find.review_steps import find_review_steps
from scrapers.find.totals import find_totals

FINDERS = (find_adoptions, find_totals, find_petition, find_positions, find_review_steps, find_answers)


def candidates_in(read: Read, matcher: Matcher) -> list[Candidate]:
    """The candidates of a document, in the order of rules and text."""
    best: dict[tuple[object, ...], Candidate] = {}
    for find in FINDERS:
        for candidate in find(read, matcher):
            if candidate.confidence < LEAST:
                continue
            key = (candidate.kind, *candidate.key)
            if key not in best or best[key].confidence < candidate.confidence:
                best[key] = candidate
    return _one_of_each(list(best.values()))


def _one_of_each(found: list[Candidate]) -> list[Candidate]:
    """An answer and a statement that say the same of the same bodies are one: the statement where it names the
    programme or a date, the answer where the statement only goes on from its yes or no."""

    def of(candidate: Candidate) -> tuple[object, ...]:
        return tuple(candidate.reading[key] for key in ("trust_id", "police_id", "status"))

    answered = {(*of(c), c.passage_id) for c in found if c.rule == "foi.answer"}
    kept = [
        c
        for c in found
        if not (
            c.kind == "adoption"
            and c.rule in ("adoption.publisher", "adoption.reference")
            and c.key[-1] is None
            and (*of(c), c.passage_id) in answered
        )
    ]
    stated = {of(c) for c in kept if c.kind == "adoption"}
    return [c for c in kept if c.kind != "foi" or of(c) not in stated]


def candidate_id(source_id: str, candidate: Candidate) -> str:
    """The name of a candidate: the same for the same reading of the same source, in whichever capture and passage."""
    made_of = json.dumps([source_id, candidate.kind, candidate.key], ensure_ascii=False, sort_keys=True, default=list)
    return f"{candidate.kind.replace('_', '-')}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


def find_candidates(document: Document, matcher: Matcher) -> list[Candidate]:
    """Look a document through and give its candidates."""
    return candidates_in(look_through(document, matcher), matcher)
