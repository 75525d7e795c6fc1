"""Memento (RFC 7089): TimeMaps in link format, and addresses of archived copies. Asks nobody."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

LINK_FORMAT: Final = "application/link-format"
_TARGET: Final = re.compile(r"\s*<([^<>]*)>")
_ATTRIBUTE: Final = re.compile(
    r"""\s*;\s*([A-Za-z0-9!#$&+.^_`|~*-]{1,64})(?:\s*=\s*(?:"((?:[^"\\\r\n]|\\.)*)"|([^\s;,"<>]*)))?"""
)
_STAMPED: Final = re.compile(r"^(?P<root>[^?#]*?/)(?P<stamp>\d{14})(?P<mode>[a-z]{2}_)?/(?P<original>.+)$", re.DOTALL)


@dataclass(frozen=True)
class Held:
    """One copy that an archive lists.

    `address` is where its bytes are asked for. `status` and `media_type` are None where the list does not say: a
    TimeMap never does, and a CDX row for a repeated body (`is_repeat`) often does not. `digest` is of the bytes as the
    archive stores them: equal digests mean equal bodies, but it need not match a body once it is decoded.
    """

    original: str
    at: dt.datetime
    address: str
    status: int | None = None
    media_type: str | None = None
    digest: str | None = None
    is_repeat: bool = False


@dataclass(frozen=True)
class Link:
    """One link of a link-format document or Link header; relations in lower case."""

    target: str
    relations: frozenset[str]
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TimeMap:
    """One page of a TimeMap: its copies in order of time, further pages, and how many entries made no sense."""

    held: tuple[Held, ...]
    pages: tuple[str, ...]
    skipped: int


@dataclass(frozen=True)
class CopyAddress:
    """The parts of an archive's address of a copy: `<root><14 digits><mode>/<original>`."""

    root: str
    at: dt.datetime
    mode: str
    original: str

    @property
    def raw(self) -> str:
        """Where the bytes are had as they were captured."""
        return copy_address(self.root, self.at, self.original)

    @property
    def view(self) -> str:
        """Where a person looks at the copy."""
        return f"{self.root}{stamp(self.at)}/{self.original}"


def read_stamp(text: str) -> dt.datetime:
    """The time in 14 digits, UTC and aware. Raises ValueError, also for month 00 and other impossible dates."""
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        raise ValueError(f"{text[:20]!r} is no time of 14 digits")
    parts = (text[:4], text[4:6], text[6:8], text[8:10], text[10:12], text[12:14])
    year, month, day, hour, minute, second = (int(part) for part in parts)
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)


def stamp(at: dt.datetime) -> str:
    """A time as archives write it: 14 digits, UTC."""
    at = at.astimezone(dt.UTC)
    return f"{at.year:04}{at:%m%d%H%M%S}"


def read_http_date(text: str | None) -> dt.datetime | None:
    """The time in an HTTP date (Memento-Datetime), UTC and aware; None where there is none or it cannot be read."""
    if not text:
        return None
    try:
        found = email.utils.parsedate_to_datetime(text.strip())
    except (TypeError, ValueError, OverflowError):
        return None
    try:
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def copy_address(root: str, at: dt.datetime, original: str) -> str:
    """Where an archive serves the bytes of a copy untouched: the modifier id_ asks for no rewriting."""
    return f"{root}{stamp(at)}id_/{original}"


def read_copy_address(address: str) -> CopyAddress | None:
    """The parts of an address of a copy, or None where it has not that form (some archives number their copies)."""
    match = _STAMPED.match(address)
    if match is None:
        return None
    try:
        at = read_stamp(match["stamp"])
    except ValueError:
        return None
    return CopyAddress(match["root"], at, match["mode"] or "", match["original"])


def joined(base: str, location: str) -> str:
    """Where a location seen at `base` leads, or "" where it is none that can be read ("http://[x")."""
    try:
        found = urljoin(base, location)
        urlsplit(found)
    except ValueError:
        return ""
    return found


def read_links(text: str) -> Iterator[Link | None]:
    """The links of a link-format document, in order; None for each stretch that is not one."""
    position = 0
    end = len(text)
    while position < end:
        match = _TARGET.match(text, position)
        if match is None:
            if text[position:].strip(" \t\r\n,"):
                yield None
            begins = text.find("<", position + 1)
            if begins < 0:
                return
            position = begins
            continue
        target = match[1].strip()
        position = match.end()
        attributes: dict[str, str] = {}
        while (attribute := _ATTRIBUTE.match(text, position)) is not None:
            quoted, bare = attribute[2], attribute[3]
            value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare or ""
            attributes.setdefault(attribute[1].lower(), value)
            position = attribute.end()
        yield Link(target, frozenset(attributes.get("rel", "").lower().split()), attributes) if target else None
        begins = text.find("<", position)
        if begins < 0:
            if text[position:].strip(" \t\r\n,;"):
                yield None
            return
        comma = text.find(",", position, begins)
        if comma < 0 or text[position:comma].strip(" \t\r\n;"):
            yield None  # the entry went on with something that is no attribute
        position = begins


def read_time_map(text: str, address: str, asked: str) -> TimeMap:
    """Read one page of a TimeMap, served at `address`, of the page `asked`. Broken entries are counted, never fatal."""
    original = asked
    pages: list[str] = []
    skipped = 0
    found: dict[tuple[dt.datetime, str], Held] = {}
    for link in read_links(text):
        if link is None:
            skipped += 1
            continue
        if "original" in link.relations:
            original = link.target
            continue
        target = joined(address, link.target)
        if "timemap" in link.relations:
            if (
                target
                and "self" not in link.relations
                and link.attributes.get("type", LINK_FORMAT).lower().startswith(LINK_FORMAT)
            ):
                pages.append(target)
            continue
        if "memento" not in link.relations:
            continue
        parts = read_copy_address(target)
        at = read_http_date(link.attributes.get("datetime")) or (parts.at if parts else None)
        if at is None or not target.startswith(("http://", "https://")):
            skipped += 1
            continue
        held = Held(parts.original if parts else original, at, parts.raw if parts else target)
        found.setdefault((at, held.address), held)
    held_in_order = sorted(found.values(), key=lambda one: one.at)
    return TimeMap(tuple(held_in_order), tuple(dict.fromkeys(pages)), skipped)
