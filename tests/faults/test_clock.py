"""A clock that was far ahead, and has been put right: what was kept then stays, and what comes after is kept too."""

from __future__ import annotations

import time

import pytest

from tests.faults.injected import days_ahead, ended, run, start
from tests.faults.watched import COLLECT, Watched, mended, whole

DAYS = 400
LATER = "bear a time to come.*See that it is right"


def test_a_clock_that_goes_back(place: Watched) -> None:
    ahead = days_ahead(DAYS)
    place.site.edition += 1
    for command in ("collect", "edition"):
        done = place.run(command, **ahead)
        assert done.code == 0, done.said
    whole(place, wrong=LATER)

    told = place.run("edition")
    assert told.code == 1 and told.in_words and "See that this machine's clock is right" in told.said, told.said
    place.site.edition += 1
    (done,) = mended(place, "collect", still=LATER)
    assert "this machine's clock was ahead then, or is behind now" in done.said, done.said
    assert "8 captured" in done.said, done.said
    mended(place, "edition", still=LATER)


@pytest.mark.slow
def test_a_run_that_is_cut_off_then_is_the_one_that_is_gone_on_with(place: Watched) -> None:
    """Though another one bears a later time."""
    place.site.edition += 1
    assert place.run("collect", **days_ahead(DAYS)).code == 0
    place.look()
    place.site.edition += 1
    asked = place.site.asked
    since = time.monotonic()
    process = start(place.home, *COLLECT)
    while place.site.asked < asked + 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    place.site.slow = 0.3
    time.sleep(0.5)
    process.kill()
    assert ended(process, since).code == -9
    place.site.slow = 0
    whole(place, wrong=LATER)
    again = run(place.home, "collect", "--resume", "--allow-private", "--no-archive")
    assert again.code == 0 and "8 of 8 sources" in again.said, again.said
    mended(place, "build", "publish", still=LATER)
