"""The passage that supports a row of the register, found from the row itself in each good capture of its source.

What is looked for are the row's own terms: bodies by any of their names, numbers with their unit in digits or words,
the date in any spelling, words of the status, position or state, and the telling words of title, topic and summary.
What must stand in one passage (or a few in a row) is the core; bodies and dates may stand anywhere on the page.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import snowballstemmer

from data.dates import in_words
from data.labels import label
from scrapers.find import cues
from scrapers.find.dates import find_dates
from scrapers.find.foi import find_answers
from scrapers.find.mentions import Place, Read
from scrapers.find.names import Matcher
from scrapers.find.numbers import find_numbers
from scrapers.find.text import fold, sentences

Row = Mapping[str, Any]

TABLES: Final = (
    "adoption", "claimed_total", "statement", "concern", "review_event", "recommendation", "petition_reading", "event",
)  # fmt: skip
ENOUGH: Final = 0.5
"""Weighted share of a row's telling words that a stretch of passages must hold. They are our words, not the page's."""
ENOUGH_BESIDE_CUE: Final = 0.45
"""The same where the row's state stands on the page in words too."""
ENOUGH_IN_SECTION: Final = 0.35
"""The same within the part of the page that bears the row's own number."""
ENOUGH_OF_PAGE: Final = 0.75
ENOUGH_OF_PAGE_BESIDE_CUE: Final = 0.5
"""The same for a statement, which is the whole page: alone, and beside its position in words."""
TITLE_ENOUGH: Final = 0.6
"""Share of an event's title that one passage must hold."""
SOME: Final = 0.25
BESIDE: Final = 3
"""Passages before and after that count as beside a passage."""
STRETCH: Final = 3
"""Passages in a row that may together hold a row's words."""

_UNIT_WORDS: Final = {
    "mental-health-trusts": r"trusts?",
    "mental-health-trusts-in-england": r"trusts?",
    "share-of-trusts": r"trusts?|nhs|mental health services",
    "police-forces": r"forces?|constabular\w+",
    "trusts-or-forces": r"trusts?|forces?|teams?",
    "teams": r"teams?",
    "teams-likely": r"teams?",
    "teams-planned": r"teams?|areas?|sites?",
    "patients": r"patients?|people|service users?|individuals?|users?|clients?|persons?",
    "crisis-care-organisations": r"organisations?",
    "trusts-wishing-to-keep-features": r"trusts?",
}
_AT_LEAST: Final = re.compile(
    r"\b(?:more than|over|at least|upwards of|exceed\w*|in excess of|above|passed|surpassed|no fewer than)\b|\+"
)
_STOP: Final = frozenset(
    "the and for that this with from have has had been was were are is its their they them who "  # noqa: SIM905
    "which what when "
    "where while into than then also not but any all some more most other others such only over under after "
    "before about against between through during would could should may might will can one two says said say "
    "page word words part read date dated give given gives row see first second third later each how far being "
    "both within without upon own very made make makes there here because though although according named call "
    "calls called asks asked undated year stated states people person".split()
)  # fmt: skip
_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9']{2,}")
_STEMMER: Final = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far a capture supports a row: found, partly, not-found or no-capture; and what of the row stands there."""

    table: str
    row_id: str
    source_id: str
    capture_id: str | None
    passage_id: str | None
    state: str
    found_terms: tuple[str, ...] = ()
    missing_terms: tuple[str, ...] = ()


def row_id_of(table: str, row: Row) -> str:
    """The name of a register row; a petition reading is known by petition, day and source."""
    if table == "petition_reading":
        return ".".join(str(row[key]) for key in ("petition_id", "on_date", "source_id") if row[key])
    keys = {"claimed_total": "claim_id", "review_event": "event_id"}
    return str(row[keys.get(table, f"{table}_id")])


def source_of(table: str, row: Row) -> str:
    """The source that a row rests on."""
    return str(row["made_in_source_id" if table == "recommendation" else "source_id"])


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """A word without its ending, so that "evaluation" and "evaluated" meet."""
    return str(_STEMMER.stemWord(word.removesuffix("'s").replace("'", "")))


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The telling words of a text, stemmed."""
    return frozenset(stem(word) for word in set(_TOKEN.findall(fold(text))) - _STOP)


class Page:
    """A read capture made ready for many rows."""

    def __init__(self, read: Read, matcher: Matcher) -> None:
        self.read = read
        self.matcher = matcher
        self.places: list[Place] = [place for place in read.places if not place.menu]
        self.at = {place.words.passage_id: i for i, place in enumerate(self.places)}
        self.stems = [stems(place.words.text) for place in self.places]
        self.folded = [fold(place.words.text) for place in self.places]
        held = Counter(word for found in self.stems for word in found)
        count = max(1, len(self.places))
        self.weight = {word: 1 + math.log(count / n) for word, n in held.items()}
        self._said: dict[tuple[re.Pattern[str], int], bool] = {}
        self.unheld = 1 + math.log(count)
        texts = [read.document.title or "", *(place.words.text for place in self.places)]
        self.dates = {date.value for text in texts for date in find_dates(text)}
        self.bodies = {named.org_id for place in self.places for named in place.named} | set(read.title_bodies)

    def says(self, cue: re.Pattern[str], number: int) -> bool:
        """Whether a passage holds a cue, in what is not a question; many rows ask for the same."""
        key = (cue, number)
        if key not in self._said:
            text = self.folded[number]
            if "?" in text:
                parts = sentences(self.places[number].words.text)
                text = " ".join(fold(part.text) for part in parts if not part.text.endswith("?"))
            self._said[key] = cue.search(text) is not None
        return self._said[key]

    def names(self, org_id: str) -> bool:
        """Whether the page names a body, or is its own."""
        return org_id in self.bodies or self.read.document.publisher_id == org_id

    def names_near(self, org_id: str, place: Place | None) -> bool:
        """Whether a body is named in a passage or just beside it, in the title, or publishes the page."""
        if self.read.document.publisher_id == org_id or org_id in self.read.title_bodies:
            return True
        if place is None:
            return org_id in self.bodies
        at = self.at[place.words.passage_id]
        near = self.places[max(0, at - BESIDE) : at + BESIDE + 1]
        heading = self.matcher.scan(place.words.heading or "")
        return any(n.org_id == org_id for p in near for n in p.named) or any(org_id in n.org_ids for n in heading.names)

    def bears(self, value: str) -> bool:
        """Whether the page bears a date: as fully as asked, or more fully."""
        published = self.read.document.published_on
        return any(date.startswith(value) for date in self.dates) or bool(published and published.startswith(value))


@dataclass(frozen=True, slots=True)
class _Term:
    """One thing looked for: its words for people, and whether the page holds it."""

    words: str
    held: bool
    core: bool


def look_for(table: str, row: Row, page: Page) -> Evidence:
    """How far the page supports the row."""
    finder = {"claimed_total": _total, "petition_reading": _signatures}.get(table, _words)
    place, terms = finder(table, row, page)
    for key, org_id in _bodies(table, row):
        held = page.names_near(org_id, place) if key in _BESIDE else page.names(org_id)
        terms.append(_Term(page_name(page, org_id), held, False))
    terms += _date(table, row, page)
    terms = list({term.words: term for term in reversed(terms)}.values())[::-1]
    found = tuple(term.words for term in terms if term.held)
    missing = tuple(term.words for term in terms if not term.held)
    core = [term for term in terms if term.core]
    if place is None or not any(term.held for term in core):
        state, place = "not-found", None
    else:
        state = "partly" if missing else "found"
    document = page.read.document
    passage_id = place.words.passage_id if place else None
    return Evidence(
        table, row_id_of(table, row), document.source_id, document.capture_id, passage_id, state, found, missing
    )


def nothing(table: str, row: Row) -> Evidence:
    """The row of evidence where its source has no good capture."""
    return Evidence(table, row_id_of(table, row), source_of(table, row), None, None, "no-capture")


def page_name(page: Page, org_id: str) -> str:
    body = page.matcher.bodies.get(org_id)
    return body.name if body else org_id


_BODY_COLUMNS: Final = {
    "adoption": ("trust_id", "police_id"),
    "claimed_total": ("claimant_id",),
    "statement": ("org_id",),
    "concern": ("raised_by", "reply_by"),
    "recommendation": ("made_by",),
    "event": ("org_ids",),
}
_BESIDE: Final = frozenset({"trust_id", "police_id", "org_id", "raised_by", "made_by"})
"""Bodies that must stand beside the passage, not just somewhere on the page."""


def _bodies(table: str, row: Row) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key in _BODY_COLUMNS.get(table, ()):
        value = row.get(key)
        if table == "adoption" and key == "police_id" and not found and not value:
            key, value = "org_id", row.get("other_ids")  # neither trust nor force: the others took part
        found += [(key, org_id) for org_id in (value if isinstance(value, list) else [value] if value else [])]
    return found


def _date(table: str, row: Row, page: Page) -> list[_Term]:
    key = {"claimed_total": "as_of", "statement": "published_on"}.get(table, "on_date")
    value, precision = row.get(key), row.get("date_precision")
    if not value or precision == "before":
        return []
    return [_Term(in_words(value, precision), page.bears(value), False)]


def _total(_table: str, row: Row, page: Page) -> tuple[Place | None, list[_Term]]:
    unit = str(row["unit"])
    pattern = re.compile(rf"\b(?:{_UNIT_WORDS.get(unit, re.escape(unit.replace('-', ' ')))})\b")
    if row["value"] is None:
        wanted = re.search(r"\b(half|third|quarter|all|most|majority)\b", fold(row["summary"]))
        share = wanted[1] if wanted else "half"
        hits = [
            p
            for p, text in zip(page.places, page.folded, strict=True)
            if re.search(rf"\b{share}\b", text) and pattern.search(text)
        ]
        return (hits[0] if hits else None), [
            _Term(share, bool(hits), True),
            _Term(unit.replace("-", " "), bool(hits), True),
        ]
    best: tuple[int, Place | None] = (0, None)
    for place, text in zip(page.places, page.folded, strict=True):
        for number in find_numbers(place.words.text):
            if number.value != row["value"]:
                continue
            near = text[max(0, number.start - 60) : number.end + 80]
            score = 1 + bool(pattern.search(near)) * 2 + bool(place.terms)
            if score > best[0]:
                best = (score, place)
    unit_held = best[0] >= 3
    terms = [_Term(f"{row['value']:,}", best[1] is not None, True), _Term(unit.replace("-", " "), unit_held, False)]
    if row["bound"] == "at-least" and best[1] is not None:
        terms.append(_Term("more than", bool(_AT_LEAST.search(fold(best[1].words.text))), False))
    return best[1], terms


def _signatures(_table: str, row: Row, page: Page) -> tuple[Place | None, list[_Term]]:
    best: Place | None = None
    target_held = row["target"] is None
    for place, text in zip(page.places, page.folded, strict=True):
        for number in find_numbers(place.words.text):
            near = text[max(0, number.start - 60) : number.end + 60]
            if (
                number.value == row["signatures"]
                and (best is None)
                and re.search(r"\bsign|\bsupporters\b|\bpetition\b", near)
            ):
                best = place
            if row["target"] is not None and number.value == row["target"]:
                target_held = True
    terms = [_Term(f"{row['signatures']:,} signatures", best is not None, True)]
    if row["target"] is not None:
        terms.append(_Term(f"goal of {row['target']:,}", target_held, False))
    return best, terms


_SPOKEN: Final = {"adoption": "status", "statement": "position", "review_event": "state"}


def _words(table: str, row: Row, page: Page) -> tuple[Place | None, list[_Term]]:
    """Rows in words: the passages that hold most of the row's telling words, or its status beside its body."""
    wanted, named = _telling(table, row, page)
    enough, shown = ENOUGH, _shown(row, table)
    if table == "event":
        place, share = _title(row, page)
        if share >= TITLE_ENOUGH:
            return place, [_Term(shown, True, True)]
    if table == "statement" and row["position"] == "other" and (other := _dated_place(row, page)) is not None:
        return other, [_Term(f"named with {in_words(row['published_on'], row['date_precision'])}", True, True)]
    if table in ("concern", "recommendation") and (section := _section(str(row.get("number") or ""), wanted, page)):
        return section, [_Term(shown, True, True)]
    place, share, held = _best_stretch(wanted, page, named, whole_page=table == "statement")
    cue = _cue(table, row)
    terms: list[_Term] = []
    if cue is not None:
        place_of_cue = _cue_place(cue, page, named, by_name=table == "statement")
        if table == "statement":
            enough = ENOUGH_OF_PAGE_BESIDE_CUE if place_of_cue else ENOUGH_OF_PAGE
            place = place_of_cue or place
        elif table == "adoption":
            place_of_cue = place_of_cue or _answer_place(row, page)
            terms.append(_Term(label("adoption.status", row["status"]), place_of_cue is not None, True))
            if place_of_cue is not None:
                return place_of_cue, terms
        elif place_of_cue is not None:
            enough = ENOUGH_BESIDE_CUE
    terms.append(_Term(shown, share >= enough, True))
    if share < SOME:
        return None, terms
    if share < enough:  # some of it stands there: partly, and what is missing is said
        terms.append(_Term("some of its words", True, True))
        terms += [_Term(word, False, False) for word in sorted(wanted - held)[:6]]
    return place, terms


def _answer_place(row: Row, page: Page) -> Place | None:
    """The answer to a question that names the programme, where it says of the row's body what the row says."""
    for answer in find_answers(page.read, page.matcher):
        said = answer.reading
        bodies = {row["trust_id"], row["police_id"], *(row.get("other_ids") or ())} - {None}
        if said["status"] == row["status"] and bodies & {said["trust_id"], said["police_id"], *said["other_ids"]}:
            return page.places[page.at[answer.passage_id]]
    return None


def _section(number: str, wanted: set[str], page: Page) -> Place | None:
    """The part of the page that bears the row's number: from "3." to the next number, or the third item of a list."""
    if not number.isdigit() or not wanted:
        return None
    weight = {word: page.weight.get(word, page.unheld) for word in wanted}
    marks = [
        (i, int(match[1])) for i, text in enumerate(page.folded) if (match := re.match(r"\W*(\d{1,2})\s*[.):]\s", text))
    ]
    parts: list[tuple[int, int]] = []
    for (start, mark), (end, _) in zip(marks, [*marks[1:], (len(page.places), 0)], strict=False):
        if mark == int(number):
            parts.append((start, min(end, start + 2 * STRETCH)))
    run: list[int] = []
    for i, place in enumerate([*page.places, None]):
        if place is not None and _is_item(place):
            run.append(i)
            if len(run) == int(number):
                parts.append((i, i + 1))
        else:
            run = []
    best: tuple[float, int] = (0.0, 0)
    for start, end in parts:
        held = wanted & set().union(*page.stems[start:end])
        share = sum(weight[word] for word in held) / sum(weight.values()) - 0.03 * (end - start - 1)
        best = max(best, (share, -start))
    return page.places[-best[1]] if best[0] >= ENOUGH_IN_SECTION else None


def _is_item(place: Place) -> bool:
    return place.words.kind == "list-item" or place.words.text.startswith(("- ", "• "))


def _shown(row: Row, table: str) -> str:
    if table == "event":
        return str(row["title"])
    if table in ("concern", "recommendation"):
        return str(row["topic"]).replace("-", " ")
    return "its summary's words"


def _telling(table: str, row: Row, page: Page) -> tuple[set[str], set[str]]:
    """Stems that tell the row from others, and the bodies that should stand with them."""
    text = " ".join(str(row.get(key) or "").replace("-", " ") for key in ("title", "topic", "summary", "team"))
    named = {org_id for _, org_id in _bodies(table, row)}
    own: set[str] = set()
    for org_id in named | ({page.read.document.publisher_id} if page.read.document.publisher_id else set()):
        body = page.matcher.bodies.get(org_id)
        for name in body.names if body else ():
            own |= stems(name)
    return set(stems(text) - own), named


def _best_stretch(
    wanted: set[str], page: Page, named: set[str], *, whole_page: bool
) -> tuple[Place | None, float, set[str]]:
    if not wanted or not page.places:
        return None, 0.0, set()
    weight = {word: page.weight.get(word, page.unheld) for word in wanted}
    total = sum(weight.values())
    each = [wanted & found for found in page.stems]
    if whole_page:
        held = set().union(*each)
        best = max(range(len(each)), key=lambda i: (sum(weight[w] for w in each[i]), -i))
        return page.places[best], sum(weight[w] for w in held) / total, held
    best_score, best_place, best_held = 0.0, None, set()
    for start in range(len(each)):
        if not each[start]:
            continue
        held = set()
        for end in range(start, min(start + STRETCH, len(each))):
            held |= each[end]
            bodies = sum(bool({n.org_id for n in page.places[i].named} & named) for i in range(start, end + 1))
            score = sum(weight[w] for w in held) / total - 0.02 * (end - start) + 0.01 * min(bodies, 1)
            if score > best_score:
                lead = max(range(start, end + 1), key=lambda i: (sum(weight[w] for w in each[i]), -i))
                best_score, best_place, best_held = score, page.places[lead], set(held)
    share = sum(weight[w] for w in best_held) / total
    return best_place, share, best_held


def _title(row: Row, page: Page) -> tuple[Place | None, float]:
    """The passage that holds most of an event's title."""
    wanted = stems(str(row["title"]))
    if not wanted:
        return None, 0.0
    best = max(range(len(page.places)), key=lambda i: (len(wanted & page.stems[i]), -i), default=None)
    return (None, 0.0) if best is None else (page.places[best], len(wanted & page.stems[best]) / len(wanted))


def _cue(table: str, row: Row) -> re.Pattern[str] | None:
    if table == "adoption":
        return cues.STATUS.get(row["status"])
    if table == "statement":
        return cues.POSITION.get(row["position"])
    if table == "review_event":
        return cues.REVIEW_STATE.get(row["state"])
    return None


def _cue_place(cue: re.Pattern[str], page: Page, named: set[str], *, by_name: bool) -> Place | None:
    """The passage with the status in words, near the programme, best with a body that the row names. `by_name` asks
    that the body is named in the passage or is the page's own."""
    best: tuple[int, Place | None] = (0, None)
    own = page.read.document.publisher_id in named
    for number, place in enumerate(page.places):
        here = bool({n.org_id for n in place.named} & named)
        score = bool(place.terms) + here
        if place.near is None or score <= best[0] or (by_name and not here and not own):
            continue
        if page.says(cue, number):
            best = (score, place)
    return best[1]


def _dated_place(row: Row, page: Page) -> Place | None:
    """A passage that names the row's body together with the row's date: a statement listed elsewhere."""
    for place in page.places:
        if any(n.org_id == row["org_id"] for n in place.named) and any(
            date.value.startswith(row["published_on"] or "-") for date in find_dates(place.words.text)
        ):
            return place
    return None
