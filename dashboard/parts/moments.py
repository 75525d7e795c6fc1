"""Moments as HTML: a time of the clock in UTC, and the state of a page or file with its shape."""

from __future__ import annotations

import datetime as dt
from typing import Final

from markupsafe import Markup

from dashboard.parts.html import fill
from data import dates
from data.labels import label

STATE_SHAPES: Final[dict[str, str]] = {
    "live": "●",
    "gone": "✕",
    "not-reached": "◑",
    "archived-only": "◫",
    "never-read": "○",
    "never-asked": "·",
    "no-address": "–",
}


def time_words(moment: dt.datetime | None) -> Markup:
    """ "3 March 2026, 14:05 UTC" of a time in UTC, with its zone or without."""
    if moment is None:
        return Markup('<span class="quiet">never</span>')
    moment = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return fill(
        '<time datetime="{m}Z">{d}, {t} UTC</time>',
        m=moment.isoformat(timespec="seconds"),
        d=dates.in_words(moment.date().isoformat(), "day"),
        t=moment.strftime("%H:%M"),
    )


def source_badge(state: str) -> Markup:
    """Shape and words of a state of a source (view source_state)."""
    return fill(
        '<span class="badge page-{s}"><span class="shape" aria-hidden="true">{shape}</span> {w}</span>',
        s=state if state in STATE_SHAPES else "never-asked",
        shape=STATE_SHAPES.get(state, "·"),
        w=label("source_state.state", state),
    )
