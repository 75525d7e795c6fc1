"""How collecting goes: the last run, sources that fail by cause, the clock."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Final

from data.home import Home
from data.labels import label
from data.progress import Progress, read_progress
from data.published import STALE_DAYS
from data.vocabulary import OUTCOMES
from scrapers.doctor.collected import Collected, Failing, LastRun, Work
from scrapers.doctor.lines import Line, ago, broken, day, look, many, ok
from scrapers.doctor.record import unknown_in, wanted_shape
from scrapers.report import WHAT_TO_DO

KNOWN: Final = frozenset({"gone", "no-address", "robots"})
"""Outcomes that somebody chose, here or there: nothing is to be mended."""
NOBODY: Final = frozenset({"dns-error", "connect-error"})
NAMED: Final = 5
CLOCK_SECONDS: Final = 60
FUTURE_SECONDS: Final = 120


def working(found: Collected) -> Iterator[Line]:
    """The working database: whether it can be read, and whether this program knows all of it."""
    if found.work is Work.DAMAGED:
        yield broken("work.duckdb", f"It cannot be read ({found.why}).",
                     "Captures are safe: move it away and bring back the last copy of it (see README); without one, "
                     "sim-record build puts back what the last publication holds.")  # fmt: skip
    elif found.work is Work.NONE:
        yield ok("work.duckdb", "Nothing has been collected here yet.")
    elif found.work is Work.HELD:
        yield ok("work.duckdb", "Another command is writing it just now; what follows is of the published record.")
    elif newer := [name for name in unknown_in(found.shape, wanted_shape(collected=True)) if "." in name]:
        # whole tables beside those of the schema are scrapers' own notes
        yield look("work.duckdb", f"It holds what this program does not know: {', '.join(newer[:5])}.",
                   "It was written by a newer one: update this program.", newer=newer)  # fmt: skip
    else:
        yield ok("work.duckdb", "It can be read, and this program knows all of it.")


def last_run(home: Home, found: Collected, now: dt.datetime) -> Iterator[Line]:
    """When the last run was and how it ended; whether one is under way."""
    progress = read_progress(home.progress_file)
    if progress is not None and progress.state != "ended":
        if not _silent(progress, now):
            words = f"One is under way: {progress.done:,} of {many(progress.sources, 'source')} asked."
            yield ok("last run", words, run_id=progress.run_id)
            return
        if found.work is Work.HELD:
            yield look("last run", "Another command holds work.duckdb, and has said nothing for a minute.",
                       "See whether it still runs; end it if it hangs, then: sim-record collect --resume")  # fmt: skip
            return
    last = found.last
    if last is None:
        if found.work in (Work.DAMAGED, Work.HELD):
            yield look("last run", "It is not known.", "See the lines above.")
        else:
            yield look("last run", "There was none.", "Run: sim-record collect")
        return
    yield _of_run(last, found, now)


def _silent(progress: Progress, now: dt.datetime) -> bool:
    try:
        return progress.is_stale(now)
    except (ValueError, TypeError):
        return True


def _of_run(last: LastRun, found: Collected, now: dt.datetime) -> Line:
    figures = {
        "run_id": last.run_id, "command": last.command, "state": last.state, "started_at": last.started_at.isoformat(),
        "sources": last.sources, "asked": last.asked, "good": last.good, "outcomes": last.outcomes,
    }  # fmt: skip
    words = f"{ago(last.started_at, now).capitalize()}, on {day(last.started_at)}"
    again = "sim-record collect --resume" if last.command == "collect" else f"sim-record {last.command} again"
    if last.state != "finished" and not (last.state == "running" and found.work is Work.HELD):
        words += f", {last.command} was cut off after {last.asked:,} of {many(last.sources, 'source')}."
        return look("last run", words, f"Run: {again}", **figures)
    if last.command != "collect":
        return ok("last run", f"{words}: {last.command} of {many(last.sources, 'source')}.", **figures)
    words += f": {last.good:,} of {many(last.asked, 'source')} had, {last.asked - last.good:,} not."
    if last.asked >= 3 and set(last.outcomes) <= NOBODY:
        return broken("last run", f"{words} No site at all could be reached.",
                      "See whether this machine, or the user who collects, has a network.", **figures)  # fmt: skip
    if (now - last.started_at).days > STALE_DAYS:
        return look("last run", f"{words} That is more than {STALE_DAYS} days.", "Run: sim-record collect", **figures)
    return ok("last run", words, **figures)


def failing(home: Home, found: Collected) -> Iterator[Line]:
    """Sources that are declared and whose last attempt failed, by cause."""
    declared = _declared(home)
    by_outcome: dict[str, list[Failing]] = {}
    for each in found.failing:
        if declared is None or each.source_id in declared:
            by_outcome.setdefault(each.outcome, []).append(each)
    if not by_outcome:
        if found.last is not None:
            yield ok("sources", "Each was had at the last attempt.")
        return
    for outcome in sorted(by_outcome, key=lambda one: OUTCOMES.index(one) if one in OUTCOMES else len(OUTCOMES)):
        sources = by_outcome[outcome]
        since = min(each.since for each in sources)
        names = ", ".join(each.source_id for each in sources[:NAMED])
        more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
        words = f"{label('attempt.outcome', outcome)} ({outcome}), since {day(since)}: {names}{more}."
        figures = {
            "outcome": outcome, "count": len(sources), "since": since.isoformat(),
            "sources": {each.source_id: each.since.isoformat() for each in sources},
        }  # fmt: skip
        words = f"{many(len(sources), 'source')}, {words}"
        step = WHAT_TO_DO.get(outcome, "")
        yield ok("sources", words, **figures) if outcome in KNOWN else look("sources", words, step, **figures)


def _declared(home: Home) -> set[str] | None:
    """The ids in sources.csv; None where it cannot be read, which `sim-record check` says better."""
    try:
        with (home.register / "sources.csv").open(encoding="utf-8-sig", newline="") as handle:
            return {row["source_id"] for row in csv.DictReader(handle)}
    except (OSError, UnicodeDecodeError, csv.Error, KeyError):
        return None


def clock(found: Collected, published_at: dt.datetime | None, now: dt.datetime) -> Iterator[Line]:
    """Whether this machine's clock has gone back, and how it stands to those of the servers that answered."""
    right = "Set the clock (for example: timedatectl set-ntp true); runs and captures are ordered by it."
    times = [each for each in (found.latest, published_at) if each is not None]
    latest = max(times, default=None)
    if latest is not None and (latest - now).total_seconds() > FUTURE_SECONDS:
        words = f"It has gone back: it is {now:%Y-%m-%d %H:%M} UTC, and rows are dated up to {latest:%Y-%m-%d %H:%M}."
        yield broken("clock", words, right, latest=latest.isoformat(), now=now.isoformat())
        return
    if found.offset is None:
        yield ok("clock", "No row is dated in the future. Too few servers have told their time to compare.")
    elif abs(found.offset) > CLOCK_SECONDS:
        side = "behind" if found.offset > 0 else "ahead of"
        words = (
            f"In the last run it was {abs(found.offset):,.0f} seconds {side} those of {found.clocks} servers (median)."
        )
        yield look("clock", words, right, offset=found.offset, clocks=found.clocks)
    else:
        words = f"No row is dated in the future; {found.clocks} servers agreed with it within {CLOCK_SECONDS} seconds."
        yield ok("clock", words, offset=found.offset, clocks=found.clocks)
