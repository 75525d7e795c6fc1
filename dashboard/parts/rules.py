"""The rules by which a body's status is decided, in plain words. They say what data/schema/03-views.sql does."""

from __future__ import annotations

from typing import Final

FIRM: Final = (
    "Only firm assertions decide: those that rest on more than a bare claim, and that name the body or its team "
    "instead of only its area."
)
DECIDED_IN_ORDER: Final = (
    "disputed", "ended", "paused", "used", "never", "denied", "similar-scheme", "planned", "not-answered", "unknown",
)  # fmt: skip
RULES: Final[dict[str, str]] = {
    "used": (
        "At least one firm assertion says that it piloted, ran, paused or ended the programme. None says that it did "
        "not, and none that it ended or paused later than the last time it is said to have run."
    ),
    "ended": (
        "A firm assertion says that it ended, and no firm assertion says that it ran or paused after that. None says "
        "that it did not use it."
    ),
    "paused": (
        "A firm assertion says that it paused, and no firm assertion says that it ran or ended after that. None says "
        "that it did not use it."
    ),
    "planned": "Firm assertions say that it was planned, and none that it began.",
    "similar-scheme": (
        "Firm assertions speak of a scheme like the programme, under another name, and none of the programme itself."
    ),
    "disputed": (
        "At least one firm assertion says that it used the programme or a similar scheme, and at least one that it did "
        "not. Both stand side by side."
    ),
    "denied": "A firm assertion says that it does not use it, and no firm assertion says that it did.",
    "never": "A firm assertion says that it never used it, and no firm assertion says that it did.",
    "not-answered": "It was asked and did not answer, and no other firm assertion is on record.",
    "unknown": "No firm assertion is on record. That does not mean that it did not use it: nobody has shown either.",
}
STRENGTH: Final[dict[str, str]] = {
    "shown": "The body itself, or a body that worked with it, says so, and names it.",
    "reported": "Others say so: the network, a public record, news, a campaign; or its team's name gave it away.",
    "claimed": "A bare claim, or a scheme in its area that does not name it. Never decides a status.",
}
