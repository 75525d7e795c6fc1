"""Short remarks on a page: nothing there yet, mind this, this page speaks of harm."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

from dashboard.parts.html import EMPTY, fill

HARM: Final = re.compile(
    r"suicid|self[- ]?(?:harm|injur)|overdos|ligature|restrain(?:t|ed|ing)|sexual(?:ly)? (?:abus|assault|violen)"
    r"|(?:withh(?:o|e)ld|den(?:y|ied|ying)|refus)\w* (?:\w+ ){0,3}(?:care|treatment|help)",
    re.IGNORECASE,
)
"""Words by which a page is known to speak of harm."""


def empty_state(what: str, why: Markup | str = EMPTY) -> Markup:
    """A written empty state: `what` is not there, `why` and what to do about it."""
    return fill(
        '<div class="empty"><p><strong>{what}</strong></p>{why}</div>',
        what=what,
        why=fill("<p>{w}</p>", w=why) if why else EMPTY,
    )


def note(text: Markup | str, kind: str = "note") -> Markup:
    """A remark beside the text; `kind` is "note", "warning" or "quiet"."""
    return fill('<p class="note is-{kind}">{text}</p>', kind=kind, text=text)


def content_note(text: str = "") -> Markup:
    """Stands before accounts of harm, with the way to the support lines."""
    words = text or "This page speaks of distress, self-harm and refused care."
    return fill(
        '<p class="note is-content"><strong>Content note.</strong> {words} '
        '<a href="#support">Support lines</a> stand at the end of each page.</p>',
        words=words,
    )


def speaks_of_harm(words: str) -> bool:
    """Whether a text has words of self-harm, suicide, violence or refused care."""
    return HARM.search(words) is not None
