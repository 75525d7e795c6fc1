"""What several pages say in the same words."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from dashboard.parts.dates import date_words, day_words
from dashboard.parts.html import EMPTY, fill, many
from dashboard.queries.facts import Statement
from dashboard.queries.reviews import Step, Track
from dashboard.start import Context


def computed_from(context: Context, what: Markup | str) -> Markup:
    """ "Computed from 60 assertions in 38 sources, 23 November 2026."""
    return fill("Computed from {what}, {day}.", what=what, day=day_words(context.record.built_at))


def nothing_in_register(what: str) -> str:
    """The answer of a page whose part of the register is empty."""
    return f"Nothing is on record yet about {what}."


def who_spoke(statements: Iterable[Statement]) -> str:
    """ "36 bodies and 7 people": those who made the statements."""
    kinds = {one.org_id: one.kind for one in statements}
    people = sum(kind == "individual" for kind in kinds.values())
    bodies = len(kinds) - people
    counted = [many(bodies, "body", "bodies")] if bodies or not people else []
    return " and ".join([*counted, *([many(people, "person", "people")] if people else [])])


def told_unpublished(context: Context, track: Track) -> Step | None:
    """The step that says that the report of a review will not be published, as programme.toml names it."""
    if track.published:
        return None
    wanted = context.programme.focus.unpublished_event
    return next((one for one in track.steps if wanted and one.step.event_id == wanted), None)


def unpublished_words(context: Context, track: Track) -> Markup:
    """ " Somebody said that it would not be published (March 2023)." or nothing."""
    found = told_unpublished(context, track)
    if found is None:
        return EMPTY
    when = date_words(found.step.on_date, found.step.date_precision)
    return fill(" {w} ({d}).", w=found.step.summary.rstrip("."), d=when)
