"""A disk that is full, and folders that may only be read, at each command that writes."""

from __future__ import annotations

import os
import random
import string
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.injected import grow_disk, read_only, run, small_disk
from tests.faults.watched import COMMANDS, INDEX_FIRST, Watched, mended, whole

pytestmark = pytest.mark.skipif(os.name == "nt", reason="mounts")
LETTERS = 60_000
SIZES = {
    "collect": (0.3, 0.0, 0.05, 0.1, 0.6, 1.0, 3.0, 6.0, 9.0),
    "build": (3.0, 0.0, 0.1, 1.0, 6.0, 8.0, 9.0, 10.0, 11.0),
    "publish": (0.5, 0.0, 0.1, 1.0, 2.0, 3.0, 4.0),
    "edition": (2.0, 0.0, 0.5, 5.0, 9.0, 10.0, 11.0, 12.0, 13.0),
}
"""Megabytes that are left when the command begins. The first is always too little."""


def full(place: Watched, command: str, megabytes: float) -> bool:
    """Run a command with so much room; whether that was too little. Then make room and run it again."""
    disk = place.home.root
    grow_disk(disk, 900)
    place.site.edition += 1
    place.site.filler = "".join(random.choices(string.ascii_letters, k=LETTERS))
    if command != "collect":
        mended(place, "build")
    look = os.statvfs(disk)
    used = (look.f_blocks - look.f_bfree) * look.f_frsize / 2**20
    grow_disk(disk, used + megabytes)
    done = place.run(command)
    assert done.in_words and done.code in (0, 1), done.said
    too_little = done.code == 1
    if too_little:
        said = done.said.lower()
        assert "room" in said, said
        assert "no space left" in said or "full" in said or "checkpoint" in said or "could not write" in said, said
    whole(place, may=INDEX_FIRST)
    grow_disk(disk, 900)
    mended(place, command)
    return too_little


@pytest.mark.parametrize(
    "command", ["collect", *(pytest.param(command, marks=pytest.mark.slow) for command in COMMANDS[1:])]
)
def test_a_full_disk_costs_nothing(place: Watched, command: str) -> None:
    with small_disk(place.home.root, 900):
        here = replace(place, out=place.home.root / "out")
        assert full(here, command, SIZES[command][0]), "the disk was not full"
        place.number = here.number


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_full_at_any_moment_costs_nothing(place: Watched, command: str) -> None:
    with small_disk(place.home.root, 900):
        here = replace(place, out=place.home.root / "out")
        found = [full(here, command, megabytes) for megabytes in SIZES[command]]
        print(dict(zip(SIZES[command], found, strict=True)))
        place.number = here.number


@pytest.mark.slow
def test_a_file_that_may_not_grow_costs_nothing(place: Watched) -> None:
    """The limit of a user instead of the disk's: needs no rights."""
    place.site.edition += 1
    place.site.filler = "".join(random.choices(string.ascii_letters, k=LETTERS))
    done = run(place.home, *place.words("collect"), most_bytes=100_000)
    assert done.code == 1 and done.in_words and "File too large" in done.said, done.said
    whole(place)
    mended(place, "collect")


def test_folders_that_may_only_be_read(place: Watched) -> None:
    """Nothing is written, each command says so in a sentence, and readers notice nothing."""
    place.site.edition += 1
    with read_only(place.home.root):
        for command, words in {
            "collect": "cannot be written",
            "build": "could not be written",
            "edition": "may be written",
        }.items():
            told = place.run(command)
            assert told.code == 1 and told.in_words and words in told.said, told.said
        whole(place)
    mended(place, "build")


@pytest.mark.slow
def test_each_folder_that_may_only_be_read(place: Watched) -> None:
    mended(place, "edition", "publish", "build")
    place.site.edition += 1
    for folder, command in (
        (place.home.captures, "collect"),
        (place.home.editions, "edition"),
        (place.out, "publish"),
    ):
        with read_only(folder):
            told = place.run(command)
            assert told.code == 1 and told.in_words, told.said
            assert "Read-only" in told.said and "may be written" in told.said, told.said
            whole(place)
        mended(place, command)


@pytest.mark.slow
def test_a_record_that_may_only_be_read_is_published(place: Watched, tmp_path: Path) -> None:
    """The folder that is published into is another one: the home need not be written for it."""
    mended(place, "build")
    with read_only(place.home.root):
        done = run(place.home, "publish", str(tmp_path / "out"))
        assert done.code == 0, done.said
