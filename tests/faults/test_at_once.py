"""Two of a kind at once: the second waits or is told, and nothing is written twice or by halves."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from tests.faults.injected import Ended, ended, start, until
from tests.faults.watched import Watched, mended, whole


def both(place: Watched, first: str, second: str) -> tuple[Ended, Ended]:
    """Two commands at the same moment."""
    since = time.monotonic()
    running = [start(place.home, *place.words(command)) for command in (first, second)]
    one, two = (ended(process, since) for process in running)
    assert one.in_words and two.in_words, one.said + two.said
    return one, two


def test_two_collects_at_once(place: Watched) -> None:
    """The second is told at once; a build and a check that come between are told as well."""
    place.site.edition += 1
    asked = place.site.asked
    place.site.slow = 2.5
    since = time.monotonic()
    first = start(place.home, *place.words("collect"))
    until(lambda: place.site.asked > asked, "the first asks")
    others = [start(place.home, *place.words(command)) for command in ("collect", "build", "check")]
    for other in others:
        told = ended(other, since)
        assert told.code == 1 and told.in_words and "another collect is running" in told.said, told.said
        assert "wait until it has ended" in told.said
    assert "not checked" in told.said
    place.site.slow = 0
    done = ended(first, since)
    assert done.code == 0, done.said
    place.served()
    mended(place, "build")
    assert place.site.asked - asked == len(place.site.urls), "a page was asked for twice"


def test_two_builds_at_once(place: Watched) -> None:
    """One after the other, each with a number of its own."""
    number = place.served()
    assert [one.code for one in both(place, "build", "build")] == [0, 0]
    assert place.served() == number + 2
    mended(place, "build")


@pytest.mark.slow
def test_two_editions_at_once(place: Watched) -> None:
    """Both make the same record: one is issued, the other is told, or finds it made."""
    mended(place, "build")
    before = {path.name for path in place.home.editions.glob("2*")}
    codes = Counter(one.code for one in both(place, "edition", "edition"))
    assert codes[0] >= 1 and codes[3] == 0
    assert len({path.name for path in place.home.editions.glob("2*")} - before) <= 2
    whole(place)
    mended(place, "edition")


@pytest.mark.slow
def test_two_publications_into_one_folder_at_once(place: Watched) -> None:
    mended(place, "build")
    one, two = both(place, "publish", "publish")
    told = [each for each in (one, two) if each.code]
    assert len(told) <= 1 and all("Another publication is writing" in each.said for each in told)
    mended(place, "publish")
