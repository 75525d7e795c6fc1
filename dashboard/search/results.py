"""What a search gives: values without HTML, found words given by place."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.search.filters import PASSAGE
from dashboard.search.language import Query
from data.labels import label
from data.search import CLOSED, OPENED

LONG_PASSAGE: Final = 600


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether it is a found word."""

    text: str
    found: bool


@dataclass(frozen=True)
class Marked:
    """A text with the places of found words: (begin, end) in characters, end exclusive, in order."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def pieces(self) -> tuple[Piece, ...]:
        """The text in pieces, to be escaped one by one by whoever shows them."""
        made, at = [], 0
        for begin, end in self.marks:
            made += [Piece(self.text[at:begin], False), Piece(self.text[begin:end], True)]
            at = end
        return tuple(piece for piece in (*made, Piece(self.text[at:], False)) if piece.text)


@dataclass(frozen=True)
class Capture:
    """The latest capture that holds a passage, and when the first was taken. Times are ISO 8601, UTC. `origin` is live
    or an archive's name."""

    capture_id: str
    captured_at: str | None
    origin: str | None
    memento_url: str | None
    passage_id: str
    first_at: str | None

    @property
    def moment(self) -> dt.datetime | None:
        """`captured_at` as a time with its zone."""
        return _moment(self.captured_at)

    @property
    def first_moment(self) -> dt.datetime | None:
        """`first_at` as a time with its zone."""
        return _moment(self.first_at)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) if text else None


@dataclass(frozen=True)
class Hit:
    """One thing found. `address` is its permanent path here, `page_url` the live page, opened at the passage."""

    kind: str
    id: str
    title: Marked
    text: Marked
    address: str
    date: str | None
    date_precision: str | None
    status: str
    org_ids: tuple[str, ...]
    source_id: str | None
    source_title: str | None
    state: str | None
    page_url: str | None
    heading: str | None = None
    page_number: int | None = None
    capture: Capture | None = None


@dataclass(frozen=True)
class Count:
    """How many results have one value of a facet; `label` is the value in words."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class SearchResult:
    """What was found. `facets` are kind, document (kind of source), org, year and state; `suggestion` is a text to try.

    `exact` is false where more passages hold the words than are looked at: `total` and counts are then lower bounds.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: int
    exact: bool
    facets: dict[str, tuple[Count, ...]]
    notes: tuple[str, ...]
    suggestion: str | None
    limit: int
    offset: int
    record: int
    seconds: float


_KINDS: Final = {
    "organisation": "Organisation",
    "review": "Review",
    "concern": "Concern",
    "recommendation": "Recommendation",
    "source": "Document",
    PASSAGE: "Passage of a page",
    "heading": "Heading of a page",
}


def address_of(kind: str, row_id: str) -> str:
    """The permanent path of a short row: its own page, or its entry in the timeline."""
    return permalink(kind, row_id) if kind in ROOMS else permalink("timeline", f"{kind}.{row_id}")


def kind_in_words(kind: str) -> str:
    """The kind of a hit in words."""
    return _KINDS.get(kind) or label("timeline.kind", kind)


def marked(text: str) -> Marked:
    """The text without the marks that FTS5 set, and their places."""
    plain, marks, size, begin = [], [], 0, 0
    for part in re.split(f"([{OPENED}{CLOSED}])", text):
        if part == OPENED:
            begin = size
        elif part == CLOSED:
            if size > begin:
                marks.append((begin, size))
        else:
            plain.append(part)
            size += len(part)
    return Marked("".join(plain), tuple(marks))


def shortened(text: Marked, most: int = LONG_PASSAGE) -> Marked:
    """The stretch around the first found word, where the text is long; cut between words, an ellipsis at each cut."""
    if len(text.text) <= most:
        return text
    first = text.marks[0][0] if text.marks else 0
    begin = 0 if first < most // 2 else text.text.rfind(" ", 0, first - most // 4) + 1
    end = len(text.text) if begin + most >= len(text.text) else text.text.rfind(" ", begin, begin + most)
    end = begin + most if end <= begin else end
    before, after = "… " if begin else "", " …" if end < len(text.text) else ""
    marks = tuple((a - begin + len(before), b - begin + len(before)) for a, b in text.marks if a >= begin and b <= end)
    return Marked(before + text.text[begin:end].rstrip() + after, marks)
