"""Days on which reviews said that their outcome was to be expected, as iCalendar (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dashboard.feeds.choose import begun
from dashboard.feeds.write import clean, tag
from dashboard.parts.permalinks import permalink
from dashboard.queries import items
from dashboard.queries.reviews import Step, Track, tracks
from dashboard.queries.sources import source_index
from dashboard.record import Record
from data.dates import in_words
from data.programme import Programme

if TYPE_CHECKING:
    from icalendar import Event


def calendar(record: Record, programme: Programme, review_id: str = "") -> bytes:
    """Every expected date of every review, or of one; a date known to the month or year is an event of that length."""
    from icalendar import Calendar

    subject = programme.programme
    made = Calendar()
    made.add("prodid", f"-//{clean(subject.title)}//sim-record//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{clean(subject.title)}: expected dates of reviews")
    for track in tracks(record):
        if review_id in ("", track.review.review_id):
            for step in track.steps:
                if step.expected:
                    made.add_component(_event(record, programme, track, step))
    written: bytes = made.to_ical()
    return written


def _event(record: Record, programme: Programme, track: Track, step: Step) -> Event:
    from icalendar import Event

    assert step.expected is not None  # noqa: S101 - for the type checker: the caller takes such steps only
    row = step.step
    base = programme.programme.base_url.rstrip("/")
    source = source_index(record).get(row.source_id)
    replaced = track.expected is not None and track.expected.step.event_id != row.event_id
    event = Event()
    event.add("uid", tag(programme, items.first_name(record, f"review_event.{row.event_id}")))
    event.add("dtstamp", _written(record, row.event_id))
    event.add("dtstart", step.expected.first or step.expected.last)
    event.add("dtend", step.expected.last + dt.timedelta(days=1))
    event.add("summary", clean(f"Expected {in_words(step.expected_on, None)}: {track.review.title}"))
    said = [row.summary, "A later date was given after this one." if replaced else ""]
    said.append(f"Source: {source.title}" if source else "")
    event.add("description", clean("\n".join(part for part in said if part)))
    event.add("url", base + permalink("timeline", f"review_event.{row.event_id}"))
    event.add("status", "CANCELLED" if replaced else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


def _written(record: Record, event_id: str) -> dt.datetime:
    day = items.touched_days(record).get(("timeline", f"review_event.{event_id}"))
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), dt.UTC) if day else begun(record)
