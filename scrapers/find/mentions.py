"""Bodies named near the programme's name: in the passage, under a heading that names it, or on a page about it.

A weak term (one that is also something else) counts only where the document holds a strong one too. A name that two
bodies share is put down to one of them only beside a second sign: the page says what it stands for, names one of them
in full, is published by one of them, or holds words that belong to one of them alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.find.cues import is_question
from scrapers.find.names import Matcher, Name, Scan
from scrapers.find.text import fold, is_menu, sentences

ANSWER_WITHIN: Final = 4
"""So many passages after a question may belong to its answer."""
LONGEST_QUESTION: Final = 600
_REFERS_BACK: Final = re.compile(r"\b(?:it|this|if so|the (?:scheme|programme|model|pilot|team|service|project))\b")
ABOUT_SHARE: Final = 0.2
"""Share of a page's passages that must name the programme for the page to be about it, where its title does not."""


@dataclass(frozen=True, slots=True)
class Words:
    """A passage as the finders need it. `heading` holds the headings above it, outermost first, joined by " > "."""

    passage_id: str
    position: int
    kind: str
    heading: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One reading of one capture, with what the register says of its source. Dates are as in the register."""

    source_id: str
    capture_id: str
    passages: tuple[Words, ...]
    title: str | None = None
    publisher_id: str | None = None
    source_kind: str | None = None
    published_on: str | None = None
    date_precision: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A body named near the programme: `near` is passage, heading or page; the place is in the passage's text."""

    passage_id: str
    org_id: str
    words: str
    start: int
    end: int
    near: str

    @property
    def mention_id(self) -> str:
        return f"{self.passage_id}.{self.org_id}.{self.start}"


@dataclass(frozen=True, slots=True)
class Named:
    """A body named in a passage, after shared names were settled. `sure` is False where a second sign settled it."""

    org_id: str
    start: int
    end: int
    sure: bool
    from_address: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A passage with what it names: bodies, and the programme (where, and how near)."""

    words: Words
    named: tuple[Named, ...]
    terms: tuple[tuple[int, int], ...]
    near: str | None
    """passage, heading, page, or None where the programme is not in sight."""
    menu: bool
    asked: bool = False
    """Whether it stands under a question that names the programme."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document with all its passages looked through."""

    document: Document
    places: tuple[Place, ...]
    about: bool
    """Whether the page is about the programme: its title says so, or a good share of its passages."""
    title_bodies: tuple[str, ...]


def look_through(document: Document, matcher: Matcher) -> Read:
    """Find bodies and the programme's terms in every passage of a document."""
    scans = [matcher.scan(words.text) for words in document.passages]
    menus = _menus(document.passages)
    title = matcher.scan(document.title or "")
    in_use = [scan for scan, menu in zip(scans, menus, strict=True) if not menu]
    heads = {words.heading for words in document.passages if words.heading}
    strong = title.strong or any(scan.strong for scan in in_use) or any(matcher.scan(head).strong for head in heads)
    meaning = _settle_shared(document, matcher, [title, *in_use]) if scans else {}
    ours = matcher.programme_bodies
    nearby = {head: bool(_terms(matcher.scan(head), strong, meaning, head, ours)) for head in heads}
    placed = [
        _terms(scan, strong, meaning, words.text, ours) for scan, words in zip(scans, document.passages, strict=True)
    ]
    held = sum(bool(terms) and not menu for terms, menu in zip(placed, menus, strict=True))
    about = bool(_terms(title, strong, meaning, document.title or "", ours)) or (
        strong and held >= 2 and held >= ABOUT_SHARE * max(1, len(in_use))
    )
    places = []
    questions = _under_questions(document.passages, placed)
    for words, scan, terms, menu, asked in zip(document.passages, scans, placed, menus, questions, strict=True):
        near = None
        if not menu:
            if terms:
                near = "passage"
            elif asked or (words.heading and nearby[words.heading]):
                near = "heading"
            elif about:
                near = "page"
        places.append(Place(words, _named(scan, meaning, words.text), terms, near, menu, asked))
    titled = tuple(dict.fromkeys(named.org_id for named in _named(title, meaning, document.title or "")))
    return Read(document, tuple(places), about, titled)


def _under_questions(passages: Sequence[Words], placed: Sequence[tuple[tuple[int, int], ...]]) -> list[bool]:
    """Which passages stand under a question that names the programme: a question is the heading of its answer."""
    found: list[bool] = []
    since: int | None = None
    for number, (words, terms) in enumerate(zip(passages, placed, strict=True)):
        found.append(since is not None and number - since <= ANSWER_WITHIN)
        last = sentences(words.text)[-1:] if len(words.text) <= LONGEST_QUESTION else ()
        if last and is_question(fold(last[0].text)):
            goes_on = since is not None and number - since <= ANSWER_WITHIN and _REFERS_BACK.search(fold(words.text))
            since = number if terms or goes_on else None
        elif words.kind == "heading":
            since = None
    return found


def mentions_of(read: Read) -> list[Mention]:
    """The mentions of a document, in the order of its text; a body named twice in a passage counts once."""
    found: list[Mention] = []
    for place in read.places:
        if place.near is None:
            continue
        seen: set[str] = set()
        for named in place.named:
            if named.org_id not in seen:
                seen.add(named.org_id)
                words = place.words.text[named.start : named.end]
                found.append(Mention(place.words.passage_id, named.org_id, words, named.start, named.end, place.near))
    return found


def _menus(passages: Sequence[Words]) -> list[bool]:
    return [
        words.kind != "heading" and len(words.text) < 1500 and is_menu(words.text, row=words.kind == "table-row")
        for words in passages
    ]


Meaning = dict[str, str]
"""What a shared name stands for in this document: folded name to org_id."""


def _settle_shared(document: Document, matcher: Matcher, scans: Sequence[Scan]) -> Meaning:
    shared: dict[str, tuple[str, ...]] = {}
    full: Counter[str] = Counter()
    texts = [document.title or "", *(words.text for words in document.passages)]
    for text in texts:
        for name in matcher.scan(text).names:
            if len(name.org_ids) > 1:
                shared[fold(text[name.start : name.end])] = name.org_ids
    if not shared:
        return {}
    defined: dict[str, set[str]] = {}
    for scan in scans:
        for name in scan.names:
            if len(name.org_ids) == 1:
                full[name.org_ids[0]] += 1
        for short, org_id in scan.defined:
            defined.setdefault(short, set()).add(org_id)
    held = set(re.findall(r"[a-z0-9]{3,}", fold(" ".join(texts))))
    meaning: Meaning = {}
    for short, org_ids in shared.items():
        if len(defined.get(short, ())) == 1:
            meaning[short] = next(iter(defined[short]))
            continue
        if len(defined.get(short, ())) > 1:
            continue  # the page uses it for both
        own = set(re.findall(r"[a-z0-9]{3,}", short))
        others = {other: set().union(*(matcher.bodies[o].tokens for o in org_ids if o != other)) for other in org_ids}
        scores = {
            org_id: 4 * (document.publisher_id == org_id)
            + 2 * bool(full[org_id])
            + bool((matcher.bodies[org_id].tokens - others[org_id] - own) & held)
            for org_id in org_ids
        }
        best = max(scores.values())
        leaders = [org_id for org_id, score in scores.items() if score == best]
        if best and len(leaders) == 1:
            meaning[short] = leaders[0]
    return meaning


def _named(scan: Scan, meaning: Meaning, text: str) -> tuple[Named, ...]:
    found = []
    for name in scan.names:
        if len(name.org_ids) == 1:
            found.append(Named(name.org_ids[0], name.start, name.end, True, name.from_address))
        elif settled := _meant(name, meaning, text):
            found.append(Named(settled, name.start, name.end, False, name.from_address))
    return tuple(found)


def _meant(name: Name, meaning: Meaning, text: str) -> str | None:
    return meaning.get(fold(text[name.start : name.end]))


def _terms(
    scan: Scan, strong: bool, meaning: Meaning, text: str, programme_bodies: frozenset[str]
) -> tuple[tuple[int, int], ...]:
    """Places of the programme's terms that count. A weak term that is also a body's name counts only where it stands
    for a body that bears one of the strong terms as its name."""
    kept = []
    for term in scan.terms:
        if term.weak and not strong:
            continue
        if term.weak and term.org_ids and meaning.get(fold(text[term.start : term.end])) not in programme_bodies:
            continue
        kept.append((term.start, term.end))
    return tuple(kept)
