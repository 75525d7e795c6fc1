"""Status as shape, word and colour, never by colour alone."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from dashboard.parts.html import fill
from data.labels import label

SHAPES: Final[dict[str, str]] = {
    "used": "●",
    "ended": "◐",
    "paused": "◑",
    "planned": "○",
    "similar-scheme": "◇",
    "disputed": "◆",
    "denied": "✕",
    "never": "⊘",
    "not-answered": "?",
    "unknown": "·",
}
SHORT: Final[dict[str, str]] = {
    "used": "Used it",
    "ended": "Used, ended",
    "paused": "Used, paused",
    "planned": "Planned",
    "similar-scheme": "Similar scheme",
    "disputed": "Sources disagree",
    "denied": "Says no",
    "never": "Never used it",
    "not-answered": "Did not answer",
    "unknown": "Not known",
}
ORDER: Final = tuple(SHAPES)


def status_badge(status: str) -> Markup:
    """Shape and word of one of the ten statuses of a body."""
    return fill(
        '<span class="badge is-{status}"><span class="shape" aria-hidden="true">{shape}</span> {word}</span>',
        status=status if status in SHAPES else "unknown",
        shape=SHAPES.get(status, "·"),
        word=SHORT.get(status, label("organisation_status.status", status)),
    )


def strength_words(strength: str) -> str:
    """How strong the word is on which a status rests, in plain words."""
    return label("organisation_status.strength", strength)
