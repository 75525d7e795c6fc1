"""Topics of the register, words joined by hyphens, as a reader writes them."""

from __future__ import annotations

import re
from typing import Final

HELD_TOGETHER: Final = re.compile(r"\b(co|re|self|non)-|-(informed|based|led)\b")


def topic_words(topic: str) -> str:
    """ "denial-of-treatment" as "denial of treatment", "co-production" and "trauma-informed care" with their hyphen."""
    kept = HELD_TOGETHER.sub(lambda m: f"{m[1]}\u2011" if m[1] else f"\u2011{m[2]}", topic)
    return kept.replace("-", " ").replace("\u2011", "-")
