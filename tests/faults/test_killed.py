"""kill -9 at random moments of each command that writes: nothing finished is lost, nothing half is served."""

from __future__ import annotations

import os
import time

import pytest

from tests.faults.injected import Chance, killed
from tests.faults.watched import COMMANDS, INDEX_FIRST, Watched, mended, whole

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")
BEGINS = 0.25
"""Seconds in which Python only starts."""


def changed(place: Watched, command: str) -> None:
    """Give a command something to do."""
    if command == "collect":
        place.site.edition += 1
    elif command != "build":
        assert place.run("build").code == 0
        place.served()


def kill_often(place: Watched, command: str, kills: int) -> None:
    """Kill a command so often; after each kill everything stands, and the next run completes it."""
    chance, hit, since = Chance(), 0, time.monotonic()
    changed(place, command)
    longest = place.run(command).seconds
    changed(place, command)
    for _ in range(10 * kills):
        if hit == kills:
            break
        if killed(place.home, *place.words(command), after=chance.between(BEGINS, longest)):
            hit += 1
            whole(place, may=INDEX_FIRST)
        else:
            longest *= 0.97
            changed(place, command)
    assert hit == kills, "it always ended before it was killed"
    mended(place, command, *(["build"] if command == "edition" else []))
    print(f"{command}: {hit} kills in {time.monotonic() - since:.0f} s, {len(place.finished)} captures finished")


@pytest.mark.parametrize(
    "command", ["collect", "build", *(pytest.param(command, marks=pytest.mark.slow) for command in COMMANDS[2:])]
)
def test_a_killed_command_loses_nothing(place: Watched, command: str) -> None:
    kill_often(place, command, 1)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_killed_fifty_times_loses_nothing(place: Watched, command: str) -> None:
    kill_often(place, command, 50)
    mended(place, *COMMANDS)
