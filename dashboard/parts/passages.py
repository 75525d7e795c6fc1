"""Passages that matter, with the words that make them matter marked; and what the machine read, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from markupsafe import Markup

from dashboard.parts.dates import date_phrase
from dashboard.parts.html import EMPTY, fill, join, link, listing, number
from data.labels import label

KINDS: Final[dict[str, str]] = {
    "adoption": "Rollout",
    "claimed_total": "Stated total",
    "petition_reading": "Count of signatures",
    "statement": "Statement",
    "review_event": "Step of a review",
    "event": "Event",
    "organisation": "Body",
    "foi": "Answer to a request for information",
    "source": "Another page",
    "concern": "Concern",
    "recommendation": "Recommendation",
    "review": "Review",
}
"""Tables of the register and kinds of candidates as a reader calls one row of them."""
_LISTS: Final[dict[str, str]] = {"status": "adoption.status", "position": "statement.position", "state": "review.state"}
_DATES: Final = ("on_date", "as_of", "published_on")
_FIRST: Final = (
    "trust_id",
    "police_id",
    "org_id",
    "claimant_id",
    "org_ids",
    "other_ids",
    "status",
    "position",
    "state",
)
_PASSED_OVER: Final = frozenset({"date_precision", "matched", "basis", "words", "review_id"})


def marked(text: str, places: Iterable[tuple[int, int]]) -> Markup:
    """The text with the given stretches (characters from 0, end exclusive) in <mark>; overlapping ones become one."""
    joined: list[list[int]] = []
    for begin, end in sorted(places):
        begin, end = max(begin, 0), min(end, len(text))
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        elif begin < end:
            joined.append([begin, end])
    made: list[Markup | str] = []
    at = 0
    for begin, end in joined:
        made += [text[at:begin], fill("<mark>{t}</mark>", t=text[begin:end])]
        at = end
    return join([*made, text[at:]])


def places_of(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Where terms stand in a text as whole words, whatever their capitals."""
    found = []
    for term in terms:
        if term.strip():
            pattern = rf"(?<!\w){re.escape(term.strip())}(?!\w)"
            found += [(match.start(), match.end()) for match in re.finditer(pattern, text, re.IGNORECASE)]
    return found


def reading_words(reading: Mapping[str, object], name_of: Callable[[str], str]) -> Markup:
    """What the machine read, column by column, in plain words; `name_of` gives the name of a body."""
    said: list[Markup] = []
    precision = reading.get("date_precision")
    ordered = sorted(reading, key=lambda column: _FIRST.index(column) if column in _FIRST else len(_FIRST))
    for column in ordered:
        value = reading[column]
        if value in (None, "", []) or column in _PASSED_OVER:
            continue
        said.append(_said(column, value, str(precision) if precision else None, name_of))
    return join((one for one in said if one), "; ")


def _said(column: str, value: object, precision: str | None, name_of: Callable[[str], str]) -> Markup:
    if column in _LISTS:
        return fill("<strong>{v}</strong>", v=label(_LISTS[column], str(value)))
    if column in _DATES:
        return date_phrase(str(value), precision)
    if column.endswith(("_id", "_by")):
        return fill("{v}", v=name_of(str(value)))
    if column.endswith("_ids") and isinstance(value, list):
        return listing(name_of(str(one)) for one in value)
    if column == "asks" and isinstance(value, list):
        return fill("asks for {v}", v=listing(label("statement.asks", str(one)) for one in value))
    if column == "bound":
        return EMPTY if value == "exact" else fill("{v}", v=str(value).replace("-", " "))
    if isinstance(value, int):
        return fill("{c}: <strong>{v}</strong>", c=column.replace("_", " "), v=number(value))
    if column == "url":
        return link(str(value), value)
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return fill("{c}: {v}", c=column.replace("_", " "), v=shown.replace("-", " ") if column == "unit" else shown)
