"""Permanent addresses of the record's rows: the one place that makes them."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

ROOMS: Final[dict[str, str]] = {
    "organisation": "organisations",
    "source": "documents",
    "adoption": "adoptions",
    "statement": "statements",
    "concern": "concerns",
    "review": "reviews",
    "recommendation": "recommendations",
    "timeline": "timeline",
}
"""Tables whose rows have a page of their own, and the first part of its address."""


def permalink(table: str, row_id: str) -> str:
    """The path of a row's page. Tables without pages of their own are shown by their timeline entry."""
    if table in ROOMS:
        return f"/{ROOMS[table]}/{quote(row_id, safe='')}"
    return f"/timeline/{quote(f'{table}.{row_id}', safe='')}"
