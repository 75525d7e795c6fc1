"""Answers that are not sent again while they have not changed: entity tags and dates of change (RFC 9110)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response


def tag_of(body: bytes | str) -> str:
    """The strong entity tag of a body."""
    data = body.encode() if isinstance(body, str) else body
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def http_date(moment: dt.datetime) -> str:
    """A time with a zone as HTTP writes it."""
    return format_datetime(moment.astimezone(dt.UTC).replace(microsecond=0), usegmt=True)


def is_current(request: Request, tag: str, modified: dt.datetime | None = None) -> bool:
    """Whether the reader holds this version already. If-None-Match decides where it is sent; dates only without it."""
    asked = request.headers.get("if-none-match")
    if asked is not None:
        held = [one.strip().removeprefix("W/") for one in asked.split(",")]
        return "*" in held or tag in held
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return modified.astimezone(dt.UTC).replace(microsecond=0) <= moment


def answered(
    request: Request,
    body: bytes | str,
    media_type: str,
    *,
    tag: str,
    modified: dt.datetime | None = None,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The body with its tag and date, or 304 where the reader holds it already."""
    told = {"ETag": tag, **(headers or {})}
    if modified is not None:
        told["Last-Modified"] = http_date(modified)
    if status == 200 and is_current(request, tag, modified):
        return Response(status_code=304, headers=told)
    return Response(body, status_code=status, media_type=media_type, headers=told)
