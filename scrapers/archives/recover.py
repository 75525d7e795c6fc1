"""An archive's answer → what the original site answered then: the archive's own words kept apart from the page's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.archives.memento import CopyAddress, joined, read_copy_address, read_http_date, read_links
from scrapers.capture import Exchange, Hop, Response
from scrapers.decode import decode_body
from scrapers.outcomes import CutShort

PREFIX: Final = "x-archive-orig-"
SAME_IN_BOTH: Final = frozenset({"content-type", "content-language", "content-disposition"})
"""Headers that archives pass on under their own names."""
OF_THE_WAY: Final = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"})
"""Headers about how bytes travelled, not about the page: they are kept only where they still hold."""

GZIP: Final = b"\x1f\x8b"
MAX_UNSAID: Final = 128 * 1024 * 1024
"""Decoded bytes taken of a body that the archive did not say to be compressed."""

Headers = tuple[tuple[str, str], ...]


def first(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The first header of that name, or None."""
    return next((value for key, value in headers if key.lower() == name), None)


def is_copy(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether an answer is something archived, whatever its status: Memento-Datetime says so (RFC 7089, 2.1.1)."""
    return first(headers, "memento-datetime") is not None


@dataclass(frozen=True)
class Recovered:
    """A copy out of an archive.

    `response` is the page as its own site answered it: the original's addresses, headers and redirects, with
    `started_at` the time of capture that the archive gives. `archive` is the archive's id, `memento_url` where a
    person sees its copy, `source_url` where these bytes were had, `fetched_at` when. `archive_headers` are the
    archive's own.
    """

    response: Response
    archive: str
    memento_url: str
    source_url: str
    captured_at: dt.datetime
    fetched_at: dt.datetime
    archive_headers: Headers
    redirect_sources: tuple[str, ...] = ()
    """Where the redirects of `response` were had, in their order."""


@dataclass(frozen=True)
class Copy:
    """One answer of an archive that is a copy: when it was captured, of what address, and where it stands."""

    at: dt.datetime
    original: str
    place: CopyAddress | None
    headers: Headers
    archive_headers: Headers


def read_copy(exchange_url: str, headers: Sequence[tuple[str, str]], asked_original: str) -> Copy | None:
    """What an answer with Memento-Datetime is a copy of; None where it does not say a time that can be read.

    The time is what the archive gave, by Memento-Datetime, Content-Location or the address that answered, in that
    order; never the one asked for.
    """
    location = first(headers, "content-location")
    place = read_copy_address(joined(exchange_url, location)) if location else None
    place = place or read_copy_address(exchange_url)
    at = read_http_date(first(headers, "memento-datetime")) or (place.at if place else None)
    if at is None:
        return None
    original = next(
        (
            link.target
            for value in (value for key, value in headers if key.lower() == "link")
            for link in read_links(value)
            if link is not None and "original" in link.relations and link.target.startswith(("http://", "https://"))
        ),
        place.original if place else asked_original,
    )
    theirs, own = split_headers(headers)
    return Copy(at, original, CopyAddress(place.root, at, place.mode, place.original) if place else None, theirs, own)


def split_headers(headers: Iterable[tuple[str, str]]) -> tuple[Headers, Headers]:
    """(the original site's headers, the archive's own). The archive's prefix is taken off."""
    theirs: list[tuple[str, str]] = []
    own: list[tuple[str, str]] = []
    listed = list(headers)
    prefixed = {key.lower()[len(PREFIX) :] for key, _ in listed if key.lower().startswith(PREFIX)}
    for key, value in listed:
        lower = key.lower()
        if lower.startswith(PREFIX):
            theirs.append((key[len(PREFIX) :], value))
        elif lower in SAME_IN_BOTH and lower not in prefixed:
            theirs.append((key, value))
        else:
            own.append((key, value))
    return tuple(theirs), tuple(own)


def original_body(raw: bytes, body: bytes, headers: Headers, served: str | None) -> tuple[bytes, bytes, Headers]:
    """(body as it is kept, body decoded, headers that are true of the kept body).

    `served` is the Content-Encoding of the archive's answer: bytes that come coded are kept so. Some archives undo the
    original's coding, and some pass coded bytes on without saying so. Headers about the way that no longer hold keep
    their words under the archives' own prefix. Raises Undecodable, CutShort, TooLarge.
    """
    coding = first(headers, "content-encoding")
    kept, decoded = (raw, body) if served else (body, body)
    if served is None and coding is not None and "gzip" in coding.lower() and raw[:2] == GZIP:
        kept, decoded, served = raw, decode_body(raw, coding, MAX_UNSAID), coding
    lines = [
        (f"X-Archive-Orig-{key}" if key.lower() in OF_THE_WAY else key, value)
        for key, value in headers
        if not (key.lower() == "content-length" and value.strip() == str(len(kept)))
        and not (key.lower() == "content-encoding" and served is not None)
    ]
    lines += [("Content-Encoding", served)] if served is not None else []
    return kept, decoded, (*lines, ("Content-Length", str(len(kept))))


def check_whole(headers: Headers, raw: bytes) -> None:
    """Raises CutShort where the original said a length, sent its bytes uncoded, and the copy holds fewer."""
    length = (first(headers, "content-length") or "").strip()
    coded = first(headers, "content-encoding") or first(headers, "transfer-encoding")
    if length.isdigit() and not coded and len(length) < 16 and len(raw) < int(length):
        raise CutShort(f"The archive's copy holds {len(raw)} of the page's {length} bytes.")


def as_original(exchange: Exchange, copy: Copy, location: str) -> tuple[Exchange, Hop]:
    """A redirect that was itself archived, in the terms of the original site."""
    headers = tuple((key, value) for key, value in copy.headers if key.lower() not in (*OF_THE_WAY, "location"))
    told = Exchange(
        url=copy.original,
        status=exchange.status,
        reason=exchange.reason,
        headers=(*headers, ("Location", location), ("Content-Length", str(len(exchange.raw)))),
        raw=exchange.raw,
        started_at=copy.at,
        ip=None,
    )
    return told, Hop(exchange.status, copy.original, location)
