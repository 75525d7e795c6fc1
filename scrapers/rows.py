"""Rows of the table `capture`, from what a request gave."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Final

from scrapers.capture import Response, Verdict
from scrapers.decode import find_charset
from scrapers.work import Row, naive, stamped

TEXT_TYPES: Final = ("html", "xml", "json", "text/", "javascript", "csv")
PAGE: Final = "page"
DATA: Final = "data"
"""What a capture holds: the page of a source, or further data that belongs to it (capture.part)."""


def capture_row(
    source_id: str,
    run_id: str,
    response: Response,
    verdict: Verdict,
    *,
    origin: str,
    fetcher: str,
    charset: str | None = None,
    part: str = PAGE,
) -> Row:
    """A capture row without its place, which the writer fills in. `charset` is found where it is not given."""
    started = naive(response.started_at)
    redirects = [asdict(hop) for hop in response.redirects]
    return {
        "capture_id": stamped(response.ended_at),
        "source_id": source_id,
        "run_id": run_id,
        "origin": origin,
        "requested_url": response.requested_url,
        "final_url": response.final_url,
        "redirects": json.dumps(redirects) if redirects else None,
        "memento_url": None,
        "captured_at": started,
        "fetched_at": naive(response.ended_at),
        "status": response.status,
        "headers": json.dumps(response.headers),
        "media_type": response.media_type,
        "charset": charset or charset_of(response),
        "body_sha256": hashlib.sha256(response.body).hexdigest(),
        "body_bytes": len(response.body),
        "ip": response.ip,
        "is_revisit": False,
        "verdict": verdict.word,
        "verdict_why": verdict.why or None,
        "fetcher": fetcher,
        "part": part,
    }


def charset_of(response: Response) -> str | None:
    """The encoding by which a text was read; None for files that are no text."""
    media_type = response.media_type
    if not response.body or response.body.startswith((b"%PDF", b"PK\x03\x04")):
        return None
    if media_type is not None and not any(word in media_type for word in TEXT_TYPES):
        return None
    return find_charset(response.body, response.header("content-type")).name
