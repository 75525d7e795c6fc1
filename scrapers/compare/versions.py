"""Versions of a page and the changes between them, out of its good captures.

Each capture is compared with the good capture before it in the time of capture, so that a page that goes from A to B
and back to A changed twice. Two captures are compared by readings of the same extractor only; where a newer extractor
sees a difference that an older one did not, or the other way round, that is our doing and no change.

Changes are numbered in the order in which they became known, and keep their numbers when an older copy comes in from an
archive: an address that somebody has cited must go on meaning the same step.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.compare.changes import Difference, differ
from scrapers.compare.noise import Line, digest
from scrapers.find.names import Matcher

_PARTS: Final = re.compile(r"\d+|\D+")


def newness(extractor: str) -> tuple[tuple[int, int | str], ...]:
    """A key by which extractor names sort from old to new, numbers by their value."""
    return tuple((1, int(part)) if part.isdigit() else (0, part) for part in _PARTS.findall(extractor))


def family(extractor: str) -> str:
    """The reader without its version: "html" of "html/3 trafilatura 2.3.1"."""
    return extractor.split("/", 1)[0]


@dataclass(frozen=True)
class Reading:
    """What one extractor read out of one body: the lines that are compared, and their digest."""

    extractor: str
    extraction_id: str
    lines: tuple[Line, ...]
    sha256: str


def reading(extractor: str, extraction_id: str, lines: Sequence[Line]) -> Reading:
    return Reading(extractor, extraction_id, tuple(lines), digest(lines))


@dataclass(frozen=True)
class Good:
    """One good capture with its readings by extractor. Times are naive UTC."""

    capture_id: str
    captured_at: dt.datetime
    fetched_at: dt.datetime
    body_sha256: str
    readings: Mapping[str, Reading]

    @property
    def newest(self) -> Reading | None:
        return max(self.readings.values(), key=lambda found: newness(found.extractor), default=None)


@dataclass(frozen=True)
class Version:
    """A stretch of captures that say the same, in time order. `number` counts them from 1."""

    number: int
    captures: tuple[Good, ...]
    extractor: str
    sha256: str


@dataclass(frozen=True)
class Change:
    """A step between two captures next to each other in time."""

    number: int
    before: Good
    after: Good
    from_version: int
    to_version: int
    difference: Difference


@dataclass(frozen=True)
class Unread:
    """A capture that no extractor has read that also read its neighbour: it cannot be compared yet."""

    capture_id: str


@dataclass(frozen=True)
class History:
    """All versions and changes of one source, and what must be read again before it can be compared."""

    versions: tuple[Version, ...] = ()
    changes: tuple[Change, ...] = ()
    unread: tuple[Unread, ...] = ()


_SAME, _OTHER, _OURS, _UNKNOWN = "same", "other", "ours", "unknown"


class _Comparer:
    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self._known: dict[tuple[str, str], tuple[str, str, Difference | None]] = {}

    def compare(self, before: Good, after: Good) -> tuple[str, str, Difference | None]:
        """(same, other, ours or unknown; the same by the oldest common reading; the difference by the newest)."""
        key = (before.capture_id, after.capture_id)
        if key not in self._known:
            self._known[key] = self._compare(before, after)
        return self._known[key]

    def _compare(self, before: Good, after: Good) -> tuple[str, str, Difference | None]:
        if before.body_sha256 == after.body_sha256:
            return _SAME, _SAME, None
        common = sorted(before.readings.keys() & after.readings.keys(), key=newness)
        pairs = [(before.readings[name], after.readings[name]) for name in common]
        if not pairs:
            one, other = before.newest, after.newest
            if one is None or other is None or family(one.extractor) == family(other.extractor):
                return _UNKNOWN, _UNKNOWN, None
            pairs = [(one, other)]  # the page became another kind of file
        found = [self._differ(before, after, one, other) for one, other in pairs]
        first, last = found[0], found[-1]
        oldest = _OTHER if first else _SAME
        if all(found):
            return _OTHER, oldest, last
        return (_OURS if any(found) else _SAME), oldest, None

    def _differ(self, before: Good, after: Good, one: Reading, other: Reading) -> Difference | None:
        if one.sha256 == other.sha256:
            return None
        return differ(one.lines, other.lines, before.captured_at.date(), after.captured_at.date(), self.matcher)


def history(captures: Sequence[Good], matcher: Matcher) -> History:
    """Versions and changes of one source. `captures` are its good captures, in any order; those that nothing was read
    of are passed over."""
    read = [capture for capture in captures if capture.readings]
    line = sorted(read, key=_by_time)
    comparer = _Comparer(matcher)
    numbers = _number(read, comparer)
    versions: list[list[Good]] = []
    steps: list[tuple[int, Good, Good, Difference]] = []
    unread: list[Unread] = []
    for before, after in zip([None, *line], line, strict=False):
        if before is None:
            versions.append([after])
            continue
        verdict, _, difference = comparer.compare(before, after)
        if verdict == _UNKNOWN:
            unread += [Unread(before.capture_id), Unread(after.capture_id)]
        if verdict == _OTHER and difference is not None:
            versions.append([after])
            steps.append((len(versions) - 1, before, after, difference))
        else:
            versions[-1].append(after)
    made = []
    for number, stretch in enumerate(versions, 1):
        first = stretch[0].newest
        if first is not None:
            made.append(Version(number, tuple(stretch), first.extractor, first.sha256))
    changes = [
        Change(numbers[(before.capture_id, after.capture_id)], before, after, place, place + 1, difference)
        for place, before, after, difference in steps
    ]
    return History(tuple(made), tuple(changes), tuple(dict.fromkeys(unread)))


def _by_time(capture: Good) -> tuple[dt.datetime, str]:
    return capture.captured_at, capture.capture_id


def _number(captures: Sequence[Good], comparer: _Comparer) -> dict[tuple[str, str], int]:
    """The number of each step by its two captures: given in the order in which captures came into the record.

    A copy that comes in between the two captures of a step takes the step over to the side where the difference lies;
    where it differs from both, the later side keeps the number and the earlier one gets a new one.
    """
    line: list[Good] = []
    keys: list[tuple[dt.datetime, str]] = []
    numbers: dict[tuple[str, str], int] = {}
    given = 0
    for capture in sorted(captures, key=lambda c: (c.fetched_at, c.capture_id)):
        place = bisect_left(keys, _by_time(capture))
        before = line[place - 1] if place else None
        after = line[place] if place < len(line) else None
        line.insert(place, capture)
        keys.insert(place, _by_time(capture))
        kept = numbers.pop((before.capture_id, after.capture_id), None) if before and after else None
        for one, other in ((capture, after), (before, capture)):
            if one is None or other is None or comparer.compare(one, other)[1] != _OTHER:
                continue
            if kept is None:
                given += 1
                numbers[(one.capture_id, other.capture_id)] = given
            else:
                numbers[(one.capture_id, other.capture_id)] = kept
                kept = None
    return numbers
