"""Pages that answered and then stopped: present on one day, absent on another and still so at least a day later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

ABSENT: Final = frozenset({"not-found", "gone"})
"""Outcomes that say the page is not there: 404, 410, a redirect to the home page, a not-found page in disguise."""
PRESENT: Final = frozenset({"captured", "unchanged"})
AT_LEAST: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at the page: `outcome` is what the live page answered, or "captured" for a good capture of that time."""

    at: dt.datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Memento:
    """A copy in a web archive."""

    at: dt.datetime
    url: str


@dataclass(frozen=True, slots=True)
class Disappearance:
    """Present at one time, absent at two later ones at least a day apart. `returned_at` is when it was seen again."""

    number: int
    present_at: dt.datetime
    absent_at: dt.datetime
    confirmed_at: dt.datetime
    outcome: str
    returned_at: dt.datetime | None
    memento: Memento | None


def disappearances(sightings: Sequence[Sighting], mementos: Sequence[Memento] = ()) -> list[Disappearance]:
    """What the sightings of one source show. Failures of other kinds (blocked, timed out …) prove nothing."""
    line = sorted(
        (s for s in sightings if s.outcome in ABSENT or s.outcome in PRESENT), key=lambda s: (s.at, s.outcome in ABSENT)
    )
    found: list[Disappearance] = []
    present: dt.datetime | None = None
    absent: Sighting | None = None
    confirmed: dt.datetime | None = None

    def end(returned_at: dt.datetime | None) -> None:
        if present is None or absent is None or confirmed is None:
            return
        held = [m for m in mementos if returned_at is None or m.at <= returned_at]
        last = max(held, key=lambda m: m.at, default=None)
        found.append(Disappearance(len(found) + 1, present, absent.at, confirmed, absent.outcome, returned_at, last))

    for sighting in line:
        if sighting.outcome in PRESENT:
            end(sighting.at)
            present, absent, confirmed = sighting.at, None, None
        elif present is None:
            continue
        elif absent is None:
            absent = sighting
        elif confirmed is None and sighting.at - absent.at >= AT_LEAST:
            confirmed = sighting.at
    end(None)
    return found
