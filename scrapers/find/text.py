"""Words as the finders compare them: folded without moving a character, cut into sentences and clauses."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_FOLD: Final = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "–": " ", "—": " ", "‑": " ", "‐": " ", "-": " ",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\n": " ", "\r": " ", "\t": " ", "²": "2",
    }
)  # fmt: skip
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:St|Dr|Mr|Mrs|Ms|Prof|Sgt|Insp|Supt|No|Nos|vs|etc|e\.g|i\.e|al|approx|para|p|pp|Vol|Jan|Feb|Mar|Apr|"
    r"Jun|Jul|"
    r"Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z])\.$"
)
LONGEST_ABBREVIATION: Final = 8
"""Characters before the end of a sentence among which one is looked for: a text of nothing else would take for ever."""
_END: Final = re.compile(r"(?<![.!?])[.!?]+[\"'’”)\]]*\d{0,2}(?:,\d{1,2})*\s+(?=(?:\|\s*)?[\"'‘“(\[]?[A-Z0-9])")
_CLAUSE: Final = re.compile(
    r"\s*;\s+|,?\s+(?:but(?!\s+(?:the\s+)?name\b)|whereas|although|though|while|whilst|however|yet)\s+|"
    r",\s+(?:and|so)\s+(?=[A-Z])"
    r"|\s+[–—]\s+|:\s+",
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text in lower case, quotes made plain, hyphens and odd blanks made blanks; each character keeps its place."""
    plain = text.translate(_FOLD)
    lower = plain.lower()
    if len(lower) != len(plain):  # a few letters become two in lower case
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in plain)
    return lower


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(fold(text))


class Taken:
    """Stretches of a text that do not overlap."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def overlaps(self, start: int, end: int) -> bool:
        place = bisect_left(self._starts, end)  # the last that begins before the end
        return place > 0 and self._ends[place - 1] > start

    def take(self, start: int, end: int) -> bool:
        """Adds a stretch and says so; False where it overlaps one that is there."""
        if self.overlaps(start, end):
            return False
        place = bisect_left(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)
        return True


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, with its place in it: `text[start:end]`."""

    text: str
    start: int
    end: int

    def holds(self, place: int) -> bool:
        return self.start <= place < self.end


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[Piece, ...]:
    """The sentences of a passage."""
    found: list[Piece] = []
    start = 0
    for match in _END.finditer(text):
        stop = match.start() + 1
        if _ABBREVIATION.search(text, max(start, stop - LONGEST_ABBREVIATION), stop):
            continue
        found.append(Piece(text[start : match.end()].rstrip(), start, match.end()))
        start = match.end()
    if text[start:].strip():
        found.append(Piece(text[start:].rstrip(), start, len(text)))
    return tuple(found)


def clauses(sentence: Piece) -> list[Piece]:
    """The clauses of a sentence: what "but", "while", a semicolon or a dash sets against each other."""
    found: list[Piece] = []
    start = 0
    set_against = re.match(r"(?:While|Whilst|Whereas|Although|Though)\b[^,]*,\s+", sentence.text)
    if set_against:
        found.append(Piece(set_against[0], sentence.start, sentence.start + set_against.end()))
        start = set_against.end()
    for match in _CLAUSE.finditer(sentence.text, start):
        if match.start() > start:
            found.append(
                Piece(sentence.text[start : match.start()], sentence.start + start, sentence.start + match.start())
            )
        start = match.end()
    if start < len(sentence.text):
        found.append(Piece(sentence.text[start:], sentence.start + start, sentence.end))
    return found


_MENU_WORDS: Final = re.compile(
    r"\b(?:home ?page|home|about us|about|contact us|contact|log ?in|sign in|register|search|site ?map|"
    r"privacy(?: policy)?|"
    r"accessibility|vacancies|careers|jobs|menu|skip to (?:main )?content|news(?:room)?|events|our services|services|"
    r"our trusts|our members|members|locations|get involved|publications|terms(?: and conditions)?|cookies|a z|"
    r"follow us|quick links|main navigation|donate|shop|back to top|next|previous|share|subscribe|print)\b"
)
_SEPARATOR: Final = re.compile(r"\s+[|›»·•>/]\s+|\s*\|\s*|\n|\t|\s{3,}|,\s*(?=[A-Z])")
_BAR: Final = re.compile(r"\||\s[›»·•>/]\s")
_MENU_HEAD: Final = re.compile(r"^\w+(?: \w+){0,3}:\s+(?=[^|]*\|)")
"""What a row of links is called, as in "Related pages: A | B | C"."""
_URL: Final = re.compile(r"(?:https?://|www\.)\S+")
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|does|did|do|be|been|said|says|stated|use[sd]?|"
    r"using|"
    r"launched|adopted|ended|paused|introduced|stopped|began|started|wrote|called|published|confirmed)\b"
)


@lru_cache(maxsize=4096)
def is_menu(text: str, *, row: bool = False) -> bool:
    """Whether a passage is a menu, a breadcrumb or a row of links: short pieces in a row, no sentence among them.
    `row` says that it is a row of a table, whose cells are short by nature."""
    if text[-1:] in ".!?" and "|" not in text:
        return False
    text = _MENU_HEAD.sub("", _URL.sub(" ", text))
    parts = [part for part in _SEPARATOR.split(text) if part and part.strip()]
    folded = fold(text).strip()
    found = [match[0] for match in _MENU_WORDS.finditer(folded)]
    if len(set(found)) >= 3 and sum(map(len, found)) >= 0.25 * len(folded) and not re.search(r"[.!?]\s*$", folded):
        return True
    if len(parts) < 4 or re.search(r"[.;:!?]", text):
        return False
    short = sum(len(part.split()) <= 6 for part in parts)
    if row and not found:
        return False
    barred = _BAR.search(text) is not None
    if barred and not row and len(parts) >= 5 and short == len(parts) and found:
        return True
    return (barred or bool(found)) and short == len(parts) and not _VERB.search(folded)
