"""What several pages say in the same words."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.html import fill
from dashboard.start import Context


def computed_from(context: Context, what: Markup | str) -> Markup:
    """ "Computed from 60 assertions in 38 sources, 23 November 2026."""
    return fill("Computed from {what}, {day}.", what=what, day=day_words(context.record.built_at))


def nothing_in_register(what: str) -> str:
    """The answer of a page whose part of the register is empty."""
    return f"Nothing is on record yet about {what}."
