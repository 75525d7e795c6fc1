"""What the rules share: a candidate, what each rule is worth and why, and who "we" is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from scrapers.find.dates import Dated, find_dates
from scrapers.find.mentions import Document, Place, Read
from scrapers.find.names import Matcher
from scrapers.find.text import Piece, fold

RULES: Final[Mapping[str, tuple[float, str]]] = {
    "adoption.sentence": (0.85, "A sentence names the body, the programme and what became of it."),
    "adoption.reference": (
        0.7,
        "The body and what became of it; the programme only as 'it', 'the scheme' or by the heading.",
    ),
    "adoption.publisher": (0.75, "The page's publisher says 'we' or 'the Trust', the programme and what became of it."),
    "adoption.list": (0.75, "The body stands in a list whose opening line names the programme and its state."),
    "adoption.table": (0.8, "A row of a table holds the body and a cell with the state."),
    "claimed_total.sentence": (
        0.85,
        "A number of bodies or people beside a word of use, in a sentence that names the programme.",
    ),
    "claimed_total.reference": (0.7, "The same where the programme is named by the heading or the sentence before."),
    "petition.count": (0.85, "A number of signatures where the programme's petition is spoken of."),
    "statement.named": (0.8, "A sentence names the body, the programme and a position or an ask."),
    "statement.publisher": (0.75, "The page's publisher says 'we', the programme and a position or an ask."),
    "review_event.dated": (0.8, "A sentence names the programme, a review and its state, with a date."),
    "review_event.undated": (0.6, "The same with no date of its own; the page's date stands as the latest."),
    "foi.answer": (0.8, "A question names the programme and asks after its use; the answer begins with yes or no."),
    "foi.withheld": (0.7, "A question names the programme; the answer is refused, or nothing is held."),
}
"""Each rule: how sure it is by itself, and its words. Doubt lowers it by the amounts below."""
REPORTED: Final = 0.15
SHARED_NAME: Final = 0.1
LEAST: Final = 0.5
"""A candidate less sure than this is not shown."""

_IN_MAY: Final = re.compile(
    r"\b(in|of|since|by|until|from|during|\d(?:st|nd|rd|th)?|early|late|mid|last|this) may\b(?! (?:be|have|not)\b)"
)
Reading = dict[str, Any]
OWN: Final = re.compile(
    r"\b(?:we|our|us|(?:the|this|our) (?:\w+ )?(?:executive(?: team| board| committee| directors?)?|directors|"
    r"management (?:team|board)|leadership team|governing body|committee|council of governors)|"
    r"(?:the|this|our) (?:trust|force|constabulary|health board|board|college|society|association|"
    r"charity|"
    r"organisation|service|union|network|coalition|group))\b"
)
REFERS: Final = re.compile(
    r"\b(?:it|(?:the|this|that|its|their|these|our|such an?) (?:(?!own\b|other\b|different\b|"
    r"same\b)\w+ ){0,2}(?:schemes?|programmes?|models?|"
    r"projects?|approach|service|teams?|"
    r"pilot|initiative|intervention|network|roll ?out))\b"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be a fact. `reading` uses the columns of the register's table; `key` is what makes it the same
    candidate in another capture."""

    kind: str
    reading: Reading
    confidence: float
    rule: str
    passage_id: str
    key: tuple[Any, ...]


def sureness(rule: str, *, reported: bool = False, shared: bool = False) -> float:
    """How sure a rule is after doubts."""
    return round(RULES[rule][0] - REPORTED * reported - SHARED_NAME * shared, 2)


def page_date(document: Document) -> tuple[str | None, str | None]:
    """The date that the page bears, for facts that are no younger than it."""
    return (document.published_on, "before") if document.published_on else (None, None)


def stated_date(document: Document) -> tuple[str | None, str | None]:
    """The date that the page bears, for what it states as of now."""
    if not document.published_on:
        return None, None
    return document.published_on, document.date_precision or {4: "year", 7: "month"}.get(
        len(document.published_on), "day"
    )


def has_term(place: Place, piece: Piece) -> bool:
    """Whether the programme is named within a piece of the passage."""
    return bool(_terms_within(place, piece))


def terms_in(place: Place, piece: Piece) -> list[tuple[int, int]]:
    """Places of the programme's terms within a piece, counted from its start."""
    return [(start - piece.start, end - piece.start) for start, end in _terms_within(place, piece)]


def _terms_within(place: Place, piece: Piece) -> tuple[tuple[int, int], ...]:
    """The terms that begin within a piece: found by their order, as a page may hold as many as sentences."""
    first = bisect_left(place.terms, (piece.start, 0))
    return place.terms[first : bisect_left(place.terms, (piece.end, 0), first)]


def dates_in(piece: Piece) -> tuple[Dated, ...]:
    """Dates of a piece of text, placed within it."""
    return find_dates(piece.text)


@lru_cache(maxsize=4096)
def without_dates(text: str) -> str:
    """Folded text with its dates blanked, so that "May 2021" is no "may"."""
    folded = list(fold(text))
    for date in find_dates(text):
        folded[date.start : date.end] = " " * (date.end - date.start)
    return _IN_MAY.sub(r"\1    ", "".join(folded))


def own_body(read: Read, matcher: Matcher, kinds: tuple[str, ...] | None = None) -> str | None:
    """Who "we" or "the Trust" is: the publisher, or the one fitting body that the title names."""

    def fits(org_id: str | None) -> bool:
        body = matcher.bodies.get(org_id or "")
        return body is not None and (kinds is None or body.kind in kinds)

    if fits(read.document.publisher_id):
        return read.document.publisher_id
    titled = [org_id for org_id in read.title_bodies if fits(org_id)]
    return titled[0] if len(titled) == 1 else None
