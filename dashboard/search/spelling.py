"""Help with names: the body that a reader means, and words that may be a slip of one in a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import DamerauLevenshtein

CLOSE: Final = 88.0
SHORTEST: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

Names = Mapping[str, tuple[str, tuple[str, ...]]]
"""By id of a body: its name, and its other names."""


def bodies_called(words: str, names: Names) -> tuple[str, ...]:
    """The ids of the bodies whose id, name or other name is exactly this, whatever the case."""
    wanted = utils.default_process(words)
    if words.lower() in names:
        return (words.lower(),)
    return tuple(
        org_id
        for org_id, (name, others) in names.items()
        if any(utils.default_process(each) == wanted for each in (name, *others))
    )


def nearest_body(words: str, names: Names) -> str | None:
    """The id of the body whose name comes closest, if it comes close: as it stands, or with its words set right."""
    near = _nearest(words, names)
    if near is not None:
        return near
    known = words_of_names(names, ())
    mended = " ".join(nearest_word(word, known) or word for word in words.split())
    return _nearest(mended, names) if mended != words else None


def _nearest(words: str, names: Names) -> str | None:
    choices = {
        (org_id, each): utils.default_process(each)
        for org_id, (name, others) in names.items()
        for each in (name, *others)
    }
    found = process.extractOne(utils.default_process(words), choices, scorer=fuzz.token_sort_ratio, score_cutoff=CLOSE)
    if found is None:
        found = process.extractOne(
            utils.default_process(words), choices, scorer=fuzz.token_set_ratio, score_cutoff=CLOSE + 7
        )
    return found[2][0] if found else None


def words_of_names(names: Names, titles: Sequence[str]) -> dict[str, str]:
    """Every word of a name (and of a title, where no name has it), in small letters, as it is written."""
    known: dict[str, str] = {}
    for title in titles:
        for word in _WORD.findall(title):
            known.setdefault(word.lower(), word)
    for name, others in names.values():
        for text in (name, *others):
            for word in _WORD.findall(text):
                if word != word.lower() or word not in known:
                    known[word.lower()] = word
    return known


def nearest_word(word: str, known: Mapping[str, str]) -> str | None:
    """The known word that this may be a slip of: at most one slip in short words, two in longer ones."""
    word = word.lower()
    if len(word) < SHORTEST or word in known:
        return None
    most = 1 if len(word) < 7 else 2
    choices = [each for each in known if len(each) >= SHORTEST and each[0] == word[0]] or list(known)
    found = process.extractOne(word, choices, scorer=DamerauLevenshtein.distance, score_cutoff=most)
    if found is None:
        found = process.extractOne(word, list(known), scorer=DamerauLevenshtein.distance, score_cutoff=most)
    return known[found[0]] if found else None
