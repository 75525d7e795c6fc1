"""What changes on a page without the page saying anything new. Taken out before two captures are compared.

Cookie notices, share bars, copyright lines, counters of views, links to other articles, relative times and random
tokens go always. A date of the day on which the page was captured goes only where both captures show their own day in
the same place (see changes): a date of publication on the day of capture must stay.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scrapers.find.dates import find_dates

_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00ad": None, "\u200b": None,
     "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None, "\u200e": None, "\u200f": None}
)  # fmt: skip
_COOKIE: Final = re.compile(
    r"\b(?:we|this (?:web)?site|our (?:web)?site) uses? cookies\b|\b(?:accept|reject|allow|manage|essential|"
    r"necessary|optional|analytics) (?:all )?(?:additional )?cookies\b"
    r"|\bcookies? (?:settings|preferences|policy|notice|consent|banner|control)\b|\bby (?:continuing|browsing|"
    r"using)\b.{0,60}\bcookies\b",
    re.IGNORECASE,
)
_SHARE: Final = frozenset(
    "share this on via by to page article story post facebook twitter x linkedin whatsapp "  # noqa: SIM905
    "email e-mail mail "
    "print copy link tweet pin it pinterest reddit telegram threads bluesky mastodon instagram youtube follow "
    "us like save subscribe rss and download as pdf opens in new window tab (opens window) a".split()
)
_SHARE_HEAD: Final = re.compile(
    r"\b(?:share|tweet|facebook|twitter|linkedin|whatsapp|follow us|e-?mail this|print this|pinterest)\b", re.IGNORECASE
)
_COPYRIGHT: Final = re.compile(r"^\W*(?:©|\(c\)|copyright\b)", re.IGNORECASE)
_MADE: Final = re.compile(
    r"^\W*(?:page|this page was)\s+(?:generated|rendered|loaded|created|served|cached)\b.{0,80}$|^\W*(?:generated|"
    r"rendered|served|cached) (?:in|at|on|by)\b.{0,60}$",
    re.IGNORECASE,
)
_COUNTER: Final = re.compile(
    r"\b(\d[\d,.]{0,30}\s?[km]?)(\s+)(views?|page views|visits?|visitors?|hits|downloads?|likes?|shares?|comments?|"
    r"replies|reads?|retweets?|reposts?|followers|"
    r"subscribers|reactions?|claps|people (?:are )?(?:viewing|watching|reading|online)|members online|"
    r"min(?:ute)?s? read)\b",
    re.IGNORECASE,
)
_COUNTER_BEFORE: Final = re.compile(
    r"\b((?:page )?(?:views?|visits?|visitors?|hits|downloads?|likes?|shares?|comments?|followers)|visitor number|"
    r"you are visitor(?: number)?|viewed|read)(\s*[:(]?\s*)(\d[\d,.]{0,30}\s?[km]?)\b",
    re.IGNORECASE,
)
_RELATIVE: Final = re.compile(
    r"\b(?:just now|yesterday|today|(?:about |over |almost )?(?:an?|one|two|three|\d+)\s+(?:seconds?|secs?|"
    r"minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\s+ago)\b",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(
    r"(?<![\w-])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"
    r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,}|(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{20,})\b"
)
_LONG: Final = re.compile(r"\w[\w-]{15}")
_QUERY: Final = re.compile(r"(https?://[^\s?#]{1,2000})\?\S*")
_CLOCK: Final = re.compile(r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?(?:am|pm|gmt|bst|utc))?\b", re.IGNORECASE)
_SIGNED: Final = re.compile(
    r"\b\d[\d,.]{0,30}\s?[km]?(?=\s+(?:(?:verified |new )?signatures|supporters|people (?:have )?signed|have signed))|"
    r"(?<=next goal of )\d[\d,]{0,30}|\b\d[\d,]{0,30} (?:people )?signed (?:today|this week)\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\W*(?:related(?: (?:articles?|content|links?|news|posts?|stories|pages?|topics?|items?|reading))?|"
    r"you (?:may|might) (?:also )?(?:like|be interested in|enjoy)|"
    r"more (?:from|in|on|like|news|stories|articles|posts)\b.{0,40}|(?:latest|recent|other|top|popular|trending|"
    r"featured) (?:news|posts?|stories|articles?|comments|updates|pages|content|now)|"
    r"most (?:read|popular|viewed|shared|commented)|popular|read (?:next|more)|recommended(?: for you)?|trending|"
    r"up next|next (?:post|article)|previous (?:post|article)|"
    r"in (?:this|other) (?:section|news)|follow us|share this.{0,20}|tags|categories|archives?|what's on|"
    r"upcoming events|latest tweets|twitter feed)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A passage as it is compared: `key` without its noise, `text` as read, and where it came from."""

    key: str
    text: str
    heading: str | None
    position: int


@lru_cache(maxsize=4096)
def clean(text: str, petition: bool = False) -> str:
    """A passage without its noise; empty where it is nothing but noise. On a petition's own page the count of
    signatures is a reading taken at each capture, not a change of the page."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_PLAIN)
    words = plain.split()
    plain = " ".join(words)
    lower = plain.lower()
    if "cookie" in lower and len(words) <= 80 and _COOKIE.search(plain):
        return ""
    if len(words) <= 25 and (_COPYRIGHT.match(plain) or _MADE.match(plain)):
        return ""
    if len(words) <= 20 and _SHARE_HEAD.search(plain):
        bare = [word.strip(".,:;|•·()").lower() for word in words]
        if all(word in _SHARE for word in bare if word):
            return ""
    if "://" in plain:
        plain = _QUERY.sub(r"\1", plain)
    if _LONG.search(plain):
        plain = _TOKEN.sub("#", plain)
    if " ago" in lower or "now" in lower or "day" in lower:
        plain = _RELATIVE.sub("#", plain)
    if len(words) <= 12:  # in a sentence "40 visits" is what the page says
        plain = _COUNTER.sub(r"#\2\3", plain)
        plain = _COUNTER_BEFORE.sub(r"\1\2#", plain)
    if petition:
        plain = _SIGNED.sub("#", plain)
    return plain


def lines_of(
    passages: Iterable[tuple[int, str, str | None, str]], title: str | None, *, petition: bool = False
) -> list[Line]:
    """The lines that are compared, out of (position, kind, heading, text) and the title."""
    found: list[Line] = []
    skipped: list[Line] = []
    elsewhere = False
    if title and (key := clean(title)):
        found.append(Line(key, title, None, 0))
    for position, kind, heading, text in passages:
        line = Line(clean(text, petition), text, heading, position)
        last = (heading or "").rsplit(" > ", 1)[-1]
        if kind == "heading" or (len(text) < 60 and _ELSEWHERE.fullmatch(text.strip())):
            elsewhere = _ELSEWHERE.fullmatch(text.strip()) is not None
            if elsewhere:
                skipped.append(line)
                continue
        elif elsewhere and (kind == "paragraph" and len(text.split()) > 40):
            elsewhere = False
        if elsewhere or (last and kind != "heading" and _ELSEWHERE.fullmatch(last) and len(text.split()) <= 40):
            skipped.append(line)
            continue
        if line.key:
            found.append(line)
    kept = sum(len(line.key) for line in found)
    if sum(len(line.key) for line in skipped) > kept:  # the page is a list of such links: they are what it says
        found = sorted([*found, *(line for line in skipped if line.key)], key=lambda line: line.position)
    return found


def digest(lines: Sequence[Line]) -> str:
    """SHA-256 of the text without its noise, in hexadecimal."""
    return hashlib.sha256("\n".join(line.key for line in lines).encode("utf-8", "replace")).hexdigest()


def without_today(key: str, day: dt.date) -> str:
    """A line with dates of that day (or a day beside it, for time zones) and times of day made equal."""
    near = {(day + dt.timedelta(days=step)).isoformat() for step in (-1, 0, 1)}
    spans = [date for date in find_dates(key) if date.value in near]
    if not spans and (len(key.split()) > 6 or not _CLOCK.search(key)):
        return key
    out, at = [], 0
    for date in spans:
        out.append(key[at : date.start])
        out.append("#")
        at = date.end
    bare = "".join([*out, key[at:]])
    if spans:
        bare = re.sub(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+(?=#)", "", bare, flags=re.IGNORECASE)
    return _CLOCK.sub("#", bare)
