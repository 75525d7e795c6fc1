"""Numbers as pages write them: "23", "64,828", "1.2 million", "50k", "twenty-three", "more than 40"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from text_to_num import text2num

from scrapers.find.text import Taken

_DIGITS: Final = re.compile(
    r"(?<![\w.,£$€-])(\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)(\.\d+)?(?:\s?(thousand|million|k|m)\b)?(\+)?(?![\w%]|"
    r"\.\d|,\d|/\d)",
    re.IGNORECASE,
)
_UNITS: Final = "one|two|three|four|five|six|seven|eight|nine"
_TEENS: Final = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS: Final = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORDS: Final = re.compile(
    rf"\b(?:(?:an?|{_UNITS}|{_TEENS}|{_TENS}|hundred|thousand|million)(?:[\s‐‑–-]+(?:and[\s‐‑–-]+)?"
    rf"(?={_UNITS}|{_TEENS}|{_TENS}|hundred|thousand|million)|\b))+",
    re.IGNORECASE,
)
_DOZEN: Final = re.compile(r"\b(half a|an?|one|two|three|four|five)\s+dozen\b", re.IGNORECASE)
_SCALE: Final = {"thousand": 1_000, "k": 1_000, "million": 1_000_000, "m": 1_000_000}
_AT_LEAST: Final = re.compile(
    r"(?:\b(?:more than|over|at least|upwards? of|exceeding|in excess of|no fewer than|no less than|a minimum of|"
    r"above|"
    r"passed|surpassed|topped)|>)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_ODD: Final = re.compile(r"[-‐‑\s]odd\b", re.IGNORECASE)
_ABOUT: Final = re.compile(
    r"\b(?:about|around|approximately|approx\.?|some|nearly|almost|roughly|circa|c\.|an estimated|estimated|"
    r"close to|up to|"
    r"just under|just over)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: `text[start:end]` reads as `value`; `bound` is exact, at-least or about."""

    start: int
    end: int
    value: int
    bound: str


@lru_cache(maxsize=4096)
def find_numbers(text: str) -> tuple[Number, ...]:
    """Whole numbers in their order. Shares ("40%"), sums of money, decimals and numbers within words are left out."""
    found: list[Number] = []
    for match in _DIGITS.finditer(text):
        scale = (match[3] or "").lower()
        if match[2] and not scale:
            continue
        if scale in ("m", "k") and match[0].endswith(("M", "m")) and match[2] is None and " " in match[0]:
            continue
        number = float(re.sub(r"[,\u00a0\u202f ]", "", match[1]) + (match[2] or ""))
        value = round(number * _SCALE.get(scale, 1))
        found.append(
            Number(match.start(), match.end(), value, _bound(text, match.start(), bool(match[4]), match.end()))
        )
    taken = Taken()
    for number_found in found:
        taken.take(number_found.start, number_found.end)
    for match in _DOZEN.finditer(text):
        if taken.take(*match.span()):
            value = 6 if match[1].lower().startswith("half") else 12 * (_read_words(match[1]) or 1)
            found.append(Number(match.start(), match.end(), value, _bound(text, match.start(), False, match.end())))
    for match in _WORDS.finditer(text):
        if taken.overlaps(*match.span()):
            continue
        value_of = _read_words(match[0])
        if value_of is not None:
            found.append(Number(match.start(), match.end(), value_of, _bound(text, match.start(), False, match.end())))
    return tuple(sorted(found, key=lambda number: number.start))


def _read_words(words: str) -> int | None:
    plain = re.sub(r"[\s‐‑–-]+", " ", words.strip().lower())
    plain = re.sub(r"^an? (?=hundred|thousand|million)", "one ", plain)
    if plain in ("a", "an") or plain.startswith(("a ", "an ")):
        return None
    try:
        return int(text2num(plain, "en"))
    except ValueError:
        return None


def _bound(text: str, start: int, plus: bool, end: int) -> str:
    before = text[max(0, start - 30) : start]
    if _ODD.match(text, end):
        return "about"
    if plus or _AT_LEAST.search(before):
        return "at-least"
    return "about" if _ABOUT.search(before) else "exact"
