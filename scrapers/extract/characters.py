"""Characters that must not reach a reader: controls, and marks that hide or reorder text."""

from __future__ import annotations

import re

_REORDERING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffc\U000e0000-\U000e0fff"
)
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_DROPPED = re.compile(f"[{_REORDERING}{_INVISIBLE}{_CONTROL}]")
_JOINERS = re.compile(r"(?<![^\x00-\u024f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u024f])")
_SPACES = re.compile(r"\s+")


def shown(text: str) -> str:
    """The text on one line as a reader may be shown it: runs of white space become one space; control characters, marks
    that turn the reading direction and invisible characters go. Joiners stay inside scripts that need them."""
    text = _JOINERS.sub("", _DROPPED.sub("", text)) if not text.isascii() else _DROPPED.sub("", text)
    return _SPACES.sub(" ", text).strip()


def names(text: str) -> frozenset[str]:
    """A set of words written as one text."""
    return frozenset(text.split())
