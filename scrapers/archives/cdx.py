"""CDX answers in the two dialects that archives speak, read into the copies they list. Asks nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scrapers.archives.memento import Held, copy_address, read_stamp

FIELDS: Final = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
"""The fields that are asked for, and their order in answers of plain text."""
REPEAT: Final = "warc/revisit"
_STATUS: Final = re.compile(r"[1-9][0-9]{2}")


class NotCdx(Exception):
    """The answer is no CDX answer. The message says what it is instead."""


@dataclass(frozen=True)
class Page:
    """One page of a CDX answer, in the archive's order. `resume` asks for the next; None where this is the last."""

    held: tuple[Held, ...]
    skipped: int
    resume: str | None = None


def read_wayback(text: str, replay: str) -> Page:
    """Read an answer as the Internet Archive gives it: a list of lists whose first row holds the names, or lines of
    seven fields. With a resume key an empty row (or line) and the key follow. `replay` is the root of its copies.

    An empty answer and `[]` mean that there are none. Raises NotCdx.
    """
    if not text.strip():
        return Page((), 0)
    if text.lstrip()[0] == "[":
        rows, resume = _rows_of_lists(text)
    else:
        rows, resume = _rows_of_lines(text)
    return _page(rows, replay, resume)


def _rows_of_lists(text: str) -> tuple[list[Mapping[str, Any] | None], str | None]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotCdx("The archive's list is cut off or broken.") from error
    if not value:
        return [], None
    names = value[0]
    if not isinstance(names, list) or not {"timestamp", "original"} <= {n for n in names if isinstance(n, str)}:
        raise NotCdx("The archive's list does not name its fields.")
    rows: list[Mapping[str, Any] | None] = []
    body = value[1:]
    resume = None
    if len(body) >= 2 and body[-2] == [] and isinstance(body[-1], list) and len(body[-1]) == 1:
        resume = str(body[-1][0])
        body = body[:-2]
    for row in body:
        if isinstance(row, list) and len(row) == len(names):
            rows.append({name: cell for name, cell in zip(names, row, strict=True) if isinstance(name, str)})
        elif row:
            rows.append(None)
    return rows, resume


def _rows_of_lines(text: str) -> tuple[list[Mapping[str, Any] | None], str | None]:
    rows: list[Mapping[str, Any] | None] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.strip():
            rest = [after.strip() for after in lines[number + 1 :] if after.strip()]
            return rows, rest[0] if rest else None
        fields = line.split(" ")
        rows.append(dict(zip(FIELDS, fields, strict=False)) if len(fields) >= len(FIELDS) else None)
    if rows and not any(rows):
        raise NotCdx("The archive answered something other than its list of copies.")
    return rows, None


def read_pywb(text: str, replay: str) -> Page:
    """Read an answer as pywb gives it: one JSON object a line. Lines that begin with a key and a time before the object
    (CDXJ) are read too. Raises NotCdx where no line of several can be read."""
    rows: list[Mapping[str, Any] | None] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        begins = line.find("{")
        try:
            value = json.loads(line[begins:]) if begins >= 0 else None
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            rows.append(None)
            continue
        before = line[:begins].split()
        rows.append(
            {
                "timestamp": value.get("timestamp") or (before[1] if len(before) == 2 else None),
                "original": value.get("url") or value.get("original"),
                "mimetype": value.get("mime") or value.get("mimetype"),
                "statuscode": value.get("status") or value.get("statuscode"),
                "digest": value.get("digest"),
            }
        )
    if rows and not any(rows):
        raise NotCdx("The archive answered something other than its list of copies.")
    return _page(rows, replay, None)


def _page(rows: Iterable[Mapping[str, Any] | None], replay: str, resume: str | None) -> Page:
    held: list[Held] = []
    skipped = 0
    for row in rows:
        read = _held(row, replay) if row is not None else None
        if read is None:
            skipped += 1
        else:
            held.append(read)
    return Page(tuple(held), skipped, resume)


def _held(row: Mapping[str, Any], replay: str) -> Held | None:
    """The copy that a row describes; None where its time or address cannot be one (month 00, data: and mailto:)."""
    original = _stated(row.get("original"))
    if original is None or not original.lower().startswith(("http://", "https://")):
        return None
    try:
        at = read_stamp(str(row.get("timestamp")))
    except ValueError:
        return None
    status = _stated(row.get("statuscode"))
    media_type = _stated(row.get("mimetype"))
    is_repeat = media_type == REPEAT
    return Held(
        original=original,
        at=at,
        address=copy_address(replay, at, original),
        status=int(status) if status is not None and _STATUS.fullmatch(status) else None,
        media_type=None if is_repeat or media_type == "unk" else media_type,
        digest=_stated(row.get("digest")),
        is_repeat=is_repeat,
    )


def _stated(value: object) -> str | None:
    """A field's text; None for "-" and nothing, which both mean that the archive does not say."""
    if value is None:
        return None
    text = str(value).strip()
    return None if text in ("", "-") else text


def without_repeats(held: Iterable[Held]) -> tuple[Held, ...]:
    """The copies in order of time, each once: rows come again across pages, and one time and address is one copy.

    Of two rows for one copy the one that says more (a status) is kept.
    """
    kept: dict[tuple[str, str], Held] = {}
    for one in held:
        key = (one.at.isoformat(), one.original)
        if key not in kept or (kept[key].status is None and one.status is not None):
            kept[key] = one
    return tuple(sorted(kept.values(), key=lambda one: (one.at, one.original)))
