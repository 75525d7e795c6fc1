"""A review as a track of dated steps: the steps in words, and all reviews on one line of time."""

from __future__ import annotations

import datetime as dt
from typing import Final

from markupsafe import Markup

from dashboard.parts.dates import date_phrase, date_words, time_ago
from dashboard.parts.html import EMPTY, fill, join, link, listing, many, number
from dashboard.parts.permalinks import detail, permalink
from dashboard.parts.sources import source_link
from dashboard.parts.spans import Mark, Scale, gap_words, line
from dashboard.queries.reviews import Conflict, Step, Track
from dashboard.start import Context
from data import dates
from data.labels import label

SHAPES: Final[dict[str, str]] = {
    "called-for": "○",
    "announced": "◔",
    "under-way": "◑",
    "delayed": "◆",
    "completed": "●",
    "accepted": "▲",
    "published": "■",
    "implemented": "★",
    "abandoned": "✕",
}
RULE: Final = (
    "Days past the expected date are counted only where a page on record gives the date by which the outcome had been "
    "expected or due, and nothing on record says that it was published, carried out or given up. They run from the "
    "last day that the date can mean until today."
)


def state_badge(state: str) -> Markup:
    """Shape and word of a state of a review."""
    return fill(
        '<span class="badge is-{s}"><span class="shape" aria-hidden="true">{shape}</span> {w}</span>',
        s=state if state in SHAPES else "unknown",
        shape=SHAPES.get(state, "·"),
        w=label("review.state", state),
    )


def overdue_phrase(track: Track, today: dt.date) -> Markup:
    """ "expected in September 2022, 1,515 days ago (4 years 1 month), and nothing shows ...", or nothing."""
    days, step = track.days_overdue(today), track.expected
    if days is None or step is None or step.expected is None:
        return EMPTY
    return fill(
        "expected {d}, {since}<strong>{n}</strong> ago{long}, and nothing on record shows that it was published",
        d=date_phrase(step.expected_on, None),
        since="which ended " if len(step.expected_on or "") < 10 else "",
        n=many(days, "day"),
        long=f" ({time_ago(step.expected.last, today)})" if days > 60 else "",
    )


def lateness(track: Track, today: dt.date) -> Markup:
    """What a table says of the expected date: days past it, how late the outcome came, or that none is on record."""
    days, step = track.days_overdue(today), track.expected
    if days is not None:
        return fill("{n}", n=many(days, "day"))
    if step is None or step.expected is None:
        return Markup('<span class="quiet">no date stated</span>') if track.is_open else EMPTY
    when = date_phrase(step.expected_on, None)
    if track.is_open:
        return fill('<span class="small">expected {d}</span>', d=when)
    if not track.published:
        return fill('<span class="small">had been expected {d}</span>', d=when)
    if track.out is None or track.out.days is None:
        return fill('<span class="small">published on a day not known; had been expected {d}</span>', d=when)
    since = f"it was expected ({dates.in_words(step.expected_on, None)})"
    late = gap_words(step.expected, track.out.days, since)
    return (
        fill('<span class="small">{w}</span>', w=f"published {late}")
        if late
        else fill('<span class="small">had been expected {d}</span>', d=when)
    )


def track_steps(context: Context, track: Track) -> Markup:
    """The steps one under another, with the days between; undated ones at the end."""
    if not track.steps:
        return fill('<p class="quiet">No step of it is on record.</p>')
    rows = []
    before: Step | None = None  # the step listed before
    firm: Step | None = None  # the last one whose date no other page contradicts
    for step in track.steps:
        gap = ""
        if firm and firm.days and step.days and not step.conflicting:
            since = "" if firm is before else dates.in_words(firm.step.on_date, firm.step.date_precision)
            gap = gap_words(firm.days, step.days, since)
        if step.days is None and (before is None or before.days is not None):
            gap = "without a date"
        rows.append(_step(context, step, gap))
        before, firm = step, firm if step.conflicting or not step.days else step
    return fill('<ol class="track">{rows}{wait}</ol>', rows=join(rows), wait=_waiting(context, track))


def _step(context: Context, step: Step, gap: str) -> Markup:
    row = step.step
    title = f"{label('review.state', row.state)} {dates.phrase(row.on_date, row.date_precision)}"
    return fill(
        '<li class="step is-{s}">{gap}<p class="when">{d} {b}{late}</p><p>{w}</p>'
        '<p class="small">{src}{perma}</p></li>',
        s=row.state,
        gap=fill('<p class="gap">{g}</p>', g=gap) if gap else EMPTY,
        d=date_words(row.on_date, row.date_precision),
        b=state_badge(row.state),
        late=_remark(step),
        w=row.summary,
        src=source_link(context.record, row.source_id),
        perma=fill(
            " · {l}",
            l=link(
                permalink("review_event", row.event_id), "permanent page", label=f"Permanent page of the step: {title}"
            ),
        )
        if row.on_date
        else EMPTY,
    )


def _remark(step: Step) -> Markup:
    if step.conflicting:
        return Markup(
            ' <span class="badge is-disputed"><span class="shape" aria-hidden="true">◆</span> pages disagree</span>'
        )
    if step.expected_on is None:
        return EMPTY
    if step.expected_on == step.step.on_date:
        return Markup(' <span class="small">the date by which it had been expected</span>')
    return fill(' <span class="small">it had been expected {d}</span>', d=date_phrase(step.expected_on, None))


def _waiting(context: Context, track: Track) -> Markup:
    phrase = overdue_phrase(track, context.today)
    return (
        fill('<li class="step is-waiting"><p class="when">Today</p><p>It was {p}.</p></li>', p=phrase)
        if phrase
        else EMPTY
    )


def conflict_table(context: Context, conflict: Conflict) -> Markup:
    """Steps that do not say the same, side by side."""
    return fill(
        '<div class="sides" role="group" aria-label="Pages that do not say the same">{cells}</div>',
        cells=join(
            fill(
                '<div class="side"><p class="when">{d} {b}</p><p>{w}</p><p class="small">{s}</p></div>',
                d=date_words(one.step.on_date, one.step.date_precision),
                b=state_badge(one.step.state),
                w=one.step.summary,
                s=source_link(context.record, one.step.source_id),
            )
            for one in conflict.steps
        ),
    )


def told(track: Track) -> str:
    """The dated steps of a track in one line of words, for those who do not see the picture."""
    steps = dict.fromkeys(
        f"{label('review.state', one.step.state)} {dates.phrase(one.step.on_date, one.step.date_precision)}"
        for one in track.dated
    )
    return "; ".join(steps) or "no dated step"


def track_lines(context: Context, tracks: tuple[Track, ...], kept: dict[str, str]) -> Markup:
    """Every review with a dated step on one line of time, up to today where one is overdue."""
    drawn = [track for track in tracks if track.dated]
    if not drawn:
        return EMPTY
    days = [one.days.last for track in drawn for one in track.dated if one.days]
    days += [one.days.first for track in drawn for one in track.dated if one.days and one.days.first]
    if any(track.days_overdue(context.today) for track in drawn):
        days.append(context.today)
    scale = Scale.of_years(days)
    return fill(
        '{axis}<ul class="lines">{rows}</ul>{key}',
        axis=scale.axis(),
        rows=join(_track_line(context, scale, track, kept) for track in drawn),
        key=_key(drawn),
    )


def _track_line(context: Context, scale: Scale, track: Track, kept: dict[str, str]) -> Markup:
    expected = track.expected
    waiting = None
    if track.days_overdue(context.today) and expected and expected.expected:
        waiting = (expected.expected.last, context.today)
    marks = dict.fromkeys(  # what several pages date alike is one mark
        Mark(
            one.days,
            SHAPES.get(one.step.state, "·"),
            f"{label('review.state', one.step.state)} {dates.phrase(one.step.on_date, one.step.date_precision)}",
        )
        for one in track.dated
        if one.days
    )
    return fill(
        "<li>{n}{line}</li>",
        n=link(detail("review", track.review.review_id, kept), track.review.title),
        line=line(scale, tuple(marks), told(track), waiting=waiting),
    )


def _key(tracks: list[Track]) -> Markup:
    there = {one.step.state for track in tracks for one in track.dated}
    shapes = listing(f"{SHAPES[state]} {label('review.state', state)}" for state in SHAPES if state in there)
    return fill(
        '<p class="small key">{s}. A pale band is a date known only to the month or year; a band that fades to the '
        "left, a date by which it had happened; a hatched line, days past the expected date.</p>",
        s=shapes,
    )


def embedded_track(context: Context, track: Track) -> Markup:
    """The track of one review alone, for a page of somebody else: title, state, steps, and where it comes from."""
    subject = context.programme.programme
    phrase = overdue_phrase(track, context.today)
    home = subject.base_url.rstrip("/") + permalink("review", track.review.review_id)
    return fill(
        '<div class="embedded"><h1>{t}</h1><p>{b}{late}</p>{steps}'
        '<p class="small">{who}, record {n} of {d}. {home}</p></div>',
        t=track.review.title,
        b=state_badge(track.review.state),
        late=fill(" It was {p}.", p=phrase) if phrase else EMPTY,
        steps=track_steps(context, track),
        who=subject.publisher or subject.title,
        n=number(context.record.number),
        d=date_words(context.record.built_on.isoformat(), "day"),
        home=link(home, "The whole track, with its sources"),
    )
