"""What several pages say in the same words."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import day_words, time_ago
from dashboard.parts.html import EMPTY, fill
from dashboard.parts.notes import note
from dashboard.queries import state
from dashboard.start import Context

STALE_DAYS = 30


def computed_from(context: Context, what: Markup | str) -> Markup:
    """ "Computed from 60 assertions in 38 sources, 23 November 2026."""
    return fill("Computed from {what}, {day}.", what=what, day=day_words(context.record.built_at))


def nothing_in_register(what: str) -> str:
    """The answer of a page whose part of the register is empty."""
    return f"Nothing is on record yet about {what}."


def freshness_note(context: Context) -> Markup:
    """A remark where pages were last asked for long ago, or where the last asking failed; nothing where all is well."""
    run = state.last_run(context.record)
    if run is None:
        return EMPTY
    remarks = []
    if run.asked and not run.good:
        remarks.append(
            fill("On {d} no page could be read; what is shown is older.", d=day_words(run.started_at)),
        )
    if (context.today - run.started_at.date()).days > STALE_DAYS:
        remarks.append(fill("Pages were last asked for {a} ago.", a=time_ago(run.started_at.date(), context.today)))
    return note(Markup(" ").join(remarks), "warning") if remarks else EMPTY
