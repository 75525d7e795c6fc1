"""Present on one day, absent on another and still so a day later; and returns."""

from __future__ import annotations

import datetime as dt

import pytest

from scrapers.compare.disappearances import Memento, Sighting, disappearances


def at(hours: float) -> dt.datetime:
    return dt.datetime(2024, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None) + dt.timedelta(hours=hours)


def seen(*line: tuple[float, str]) -> list[Sighting]:
    return [Sighting(at(hours), outcome) for hours, outcome in line]


def test_two_absences_a_day_apart() -> None:
    (found,) = disappearances(seen((0, "captured"), (24, "not-found"), (48, "not-found")))
    assert (found.present_at, found.absent_at, found.confirmed_at) == (at(0), at(24), at(48))
    assert found.returned_at is None
    assert found.outcome == "not-found"


@pytest.mark.parametrize(
    "line",
    [
        [(0, "captured"), (24, "not-found")],
        [(0, "captured"), (24, "not-found"), (47.9, "not-found")],
        [(0, "captured"), (24, "not-found"), (30, "captured"), (60, "gone")],
        [(0, "captured"), (24, "blocked"), (60, "timed-out"), (90, "server-error")],
        [(0, "not-found"), (48, "not-found")],
        [],
    ],
)
def test_what_is_none(line: list[tuple[float, str]]) -> None:
    assert disappearances(seen(*line)) == []


def test_failures_in_between_neither_break_nor_prove() -> None:
    (found,) = disappearances(seen((0, "unchanged"), (24, "gone"), (30, "timed-out"), (50, "gone")))
    assert found.confirmed_at == at(50)


def test_return_is_recorded_and_a_second_loss_is_another_row() -> None:
    line = seen((0, "captured"), (24, "gone"), (48, "gone"), (72, "captured"), (96, "gone"), (130, "not-found"))
    first, second = disappearances(line)
    assert (first.number, first.returned_at) == (1, at(72))
    assert (second.number, second.present_at, second.returned_at) == (2, at(72), None)


def test_the_archives_last_copy() -> None:
    copies = [Memento(at(-100), "https://archive.example/1"), Memento(at(-50), "https://archive.example/2")]
    (found,) = disappearances(seen((-50, "captured"), (24, "gone"), (48, "gone")), copies)
    assert found.memento == copies[1]
    assert found.present_at == at(-50)
