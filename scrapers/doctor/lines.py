"""A line of the report, and words for times, sizes and counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from data.dates import in_words


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    LOOK = "worth a look"
    BROKEN = "broken"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at: how it is, in words, and what to do next ("" where nothing). `figures` says the
    same to programs: bytes, seconds, ISO 8601."""

    state: State
    subject: str
    words: str
    next_step: str = ""
    figures: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"state": self.state.value}

    def to_text(self) -> str:
        told = f"{self.state.value:<13} {self.subject}: {self.words}"
        return f"{told} {self.next_step}".rstrip()


def ok(subject: str, words: str, **figures: Any) -> Line:
    return Line(State.OK, subject, words, "", figures)


def look(subject: str, words: str, next_step: str, **figures: Any) -> Line:
    return Line(State.LOOK, subject, words, next_step, figures)


def broken(subject: str, words: str, next_step: str, **figures: Any) -> Line:
    return Line(State.BROKEN, subject, words, next_step, figures)


def size_words(count: float) -> str:
    """Bytes for people: 1.2 GB."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f} bytes"


def day(moment: dt.datetime) -> str:
    """The day of a time: 26 November 2026."""
    return in_words(f"{moment:%Y-%m-%d}", "day")


def ago(moment: dt.datetime, now: dt.datetime) -> str:
    """How long ago, in one unit."""
    seconds = max(0.0, (now - moment).total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return f"{many(int(seconds // size), unit)} ago"
    return "just now"


def many(number: int, word: str) -> str:
    """1 source, 2 sources."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
