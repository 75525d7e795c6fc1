"""Which of the copies that archives list are worth fetching: one for each month, year or day, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from scrapers.archives.memento import Held

Every = Literal["day", "month", "year", "all"]
EVERY: Final[tuple[Every, ...]] = ("day", "month", "year", "all")
_FORMS: Final = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
ABSENT: Final = frozenset({404, 410})


@dataclass(frozen=True)
class Offer:
    """A copy and the position of the archive that lists it, in the order in which archives are asked."""

    archive: int
    held: Held


def in_order(offers: Iterable[Offer]) -> list[Offer]:
    """Offers by time; of two of the same moment the one of the archive asked first."""
    return sorted(offers, key=lambda offer: (offer.held.at, offer.archive, offer.held.original))


def choose_copies(offers: Iterable[Offer], every: Every) -> list[Offer]:
    """The copies to fetch, in order of time.

    In each stretch of time the first copy that holds the page is taken, failing that the first that says that it is
    absent, failing that the first of all. Beyond that, wherever the page turns from present to absent or back, the
    first copy that shows it is taken too: when a page went is not to be lost between two months. A copy whose list does
    not say how it answered counts as holding the page.
    """
    listed = in_order(offers)
    if every == "all":
        return listed
    chosen: set[Offer] = set()
    for _, stretch in groupby(listed, key=lambda offer: offer.held.at.strftime(_FORMS[every])):
        chosen.add(_best(list(stretch)))
    chosen |= _turns(listed)
    return [offer for offer in listed if offer in chosen]


def _best(stretch: Sequence[Offer]) -> Offer:
    for wanted in ("page", "absent"):
        found = next((offer for offer in stretch if _kind(offer.held) == wanted), None)
        if found is not None:
            return found
    return stretch[0]


def _turns(listed: Sequence[Offer]) -> set[Offer]:
    """The first copies that show the page gone, or back. What is neither (redirects, errors) says nothing of either."""
    found: set[Offer] = set()
    before: str | None = None
    for offer in listed:
        kind = _kind(offer.held)
        if kind == "other":
            continue
        if before is not None and kind != before:
            found.add(offer)
        before = kind
    return found


def _kind(held: Held) -> str:
    if held.status is None or 200 <= held.status < 300:
        return "page"
    return "absent" if held.status in ABSENT else "other"
