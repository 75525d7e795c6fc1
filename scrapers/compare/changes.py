"""What differs between two captures of a page, passage by passage, and how much it matters."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from scrapers.compare.noise import Line, without_today
from scrapers.find import cues
from scrapers.find.dates import find_dates
from scrapers.find.names import Matcher
from scrapers.find.numbers import find_numbers
from scrapers.find.text import fold, sentences, words

WHOLE_PAGE: Final = 0.5
"""Share of the words from which a change counts as a new page."""
SAME_PASSAGE: Final = 55.0
"""Likeness, 0 to 100, from which a passage counts as altered rather than removed and another added."""
MOST_SHOWN: Final = 200
MOST_PAIRS: Final = 400_000_000
"""Words or passages of one text times those of the other, up to which their longest common course is sought."""
_DECISION: Final = re.compile(
    r"\b(?:decid\w*|decision|approv\w*|agree\w*|reject\w*|withdr\w*|withdraw\w*|apolog\w*|must|no longer|halt\w*|"
    r"end(?:ed|s|ing)|stop(?:ped|s)?|"
    r"paus\w*|suspend\w*|launch\w*|adopt\w*|implement\w*|publish\w*|review\w*|announc\w*|clos(?:ed|ure)|cease\w*|"
    r"recommend\w*|commission\w*|"
    r"sign(?:ed)? off|called? for|support(?:s|ed)?|never|not)\b"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One passage that is not as it was: `op` is added, removed or altered."""

    op: str
    before: str | None
    after: str | None
    heading: str | None

    def to_json(self) -> dict[str, Any]:
        return {"op": self.op, "before": self.before, "after": self.after, "heading": self.heading}


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs. `share` is the share of words added and removed among the words of both, 0 to 1."""

    steps: tuple[Step, ...]
    added: int
    removed: int
    share: float
    level: str

    def passages_json(self) -> str:
        return json.dumps([step.to_json() for step in self.steps[:MOST_SHOWN]], ensure_ascii=False)


def differ(
    before: Sequence[Line], after: Sequence[Line], before_day: dt.date, after_day: dt.date, matcher: Matcher
) -> Difference | None:
    """What changed from one capture to a later one; None where they say the same but for noise."""
    old, new = [line.key for line in before], [line.key for line in after]
    if old == new:
        return None
    steps: list[Step] = []
    for a, b, c, d in _stretches(old, new):
        old_bare = [without_today(key, before_day) for key in old[a:b]]
        new_bare = [without_today(key, after_day) for key in new[c:d]]
        steps += _pair(before[a:b], after[c:d], old_bare, new_bare)
    steps = _without_moves(steps)
    if not steps:
        return None
    added = removed = 0
    for step in steps:
        more, fewer = _words_changed(step.before or "", step.after or "")
        added += more
        removed += fewer
    total = sum(key.count(" ") + 1 for key in (*old, *new))
    share = min(1.0, (added + removed) / max(1, total))
    if share >= WHOLE_PAGE:
        level = "whole-page"
    else:
        level = "substance" if any(_has_substance(step, matcher) for step in steps) else "wording"
    return Difference(tuple(steps), added, removed, round(share, 4), level)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where two lists differ: `old[a:b]` stands against `new[c:d]`, one of them perhaps empty."""
    if len(old) * len(new) > MOST_PAIRS:
        blocks = [
            tuple(block) for block in difflib.SequenceMatcher(None, old, new, autojunk=True).get_matching_blocks()
        ]
    else:
        matched = LCSseq.editops(old, new).as_matching_blocks()
        blocks = [(block.a, block.b, block.size) for block in matched]
    at_old = at_new = 0
    for a, c, size in blocks:
        if a > at_old or c > at_new:
            yield at_old, a, at_new, c
        at_old, at_new = a + size, c + size


def _pair(
    before: Sequence[Line], after: Sequence[Line], before_bare: Sequence[str], after_bare: Sequence[str]
) -> list[Step]:
    """Passages of a stretch that differs, each old one with the new one most like it, in order."""
    steps: list[Step] = []
    free = list(range(len(after)))
    small = len(before) * len(after) <= 10_000
    partner: dict[int, int] = {}
    for i, bare in enumerate(before_bare):
        same = next((j for j in free if after_bare[j] == bare), None)
        if same is not None:
            partner[i] = same
            free.remove(same)
    for i, line in enumerate(before):
        if i in partner or not small:
            continue
        found = process.extractOne(
            line.key, {j: after[j].key for j in free}, scorer=fuzz.ratio, score_cutoff=SAME_PASSAGE
        )
        if found is not None:
            partner[i] = found[2]
            free.remove(found[2])
    left = set(free)
    for i, line in enumerate(before):
        j = partner.get(i)
        if j is None:
            steps.append(Step("removed", line.text, None, line.heading))
        elif before_bare[i] != after_bare[j]:
            steps.append(Step("altered", line.text, after[j].text, after[j].heading))
    steps += [Step("added", None, after[j].text, after[j].heading) for j in sorted(left)]
    return steps


def _without_moves(steps: list[Step]) -> list[Step]:
    """A passage that only stands in another place is not a change."""
    if not {"removed", "added"} <= {step.op for step in steps}:
        return steps
    removed = Counter(_key(step.before or "") for step in steps if step.op == "removed")
    added = Counter(_key(step.after or "") for step in steps if step.op == "added")
    moved = removed & added
    left = {"removed": Counter(moved), "added": Counter(moved)}
    kept = []
    for step in steps:
        if step.op in left:
            key = _key((step.before if step.op == "removed" else step.after) or "")
            if left[step.op][key]:
                left[step.op][key] -= 1
                continue
        kept.append(step)
    return kept


def _key(text: str) -> str:
    return " ".join(words(text))


def _words_changed(before: str, after: str) -> tuple[int, int]:
    """Numbers of words added and removed."""
    old, new = words(before), words(after)
    if not old or not new:
        return len(new), len(old)
    if len(old) * len(new) > MOST_PAIRS:
        more, fewer = Counter(new) - Counter(old), Counter(old) - Counter(new)
        return more.total(), fewer.total()
    same = LCSseq.similarity(old, new)
    return len(new) - same, len(old) - same


def _has_substance(step: Step, matcher: Matcher) -> bool:
    """Whether a sentence that names a body, a figure, a date or a decision was added, removed or altered."""
    if step.op != "altered":
        return _says_something(step.after or step.before or "", matcher)
    old = {_key(piece.text): piece.text for piece in sentences(step.before or "")}
    new = {_key(piece.text): piece.text for piece in sentences(step.after or "")}
    touched = [text for key, text in old.items() if key not in new] + [
        text for key, text in new.items() if key not in old
    ]
    return any(_says_something(text, matcher) for text in touched)


def _says_something(text: str, matcher: Matcher) -> bool:
    if matcher.scan(text).names or find_dates(text) or find_numbers(text):
        return True
    folded = fold(text)
    return bool(matcher.scan(text).terms or _DECISION.search(folded)) and bool(
        _DECISION.search(folded) or cues.LIVE.search(folded)
    )
