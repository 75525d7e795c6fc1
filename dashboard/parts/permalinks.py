"""Permanent addresses of the record's rows: the one place that makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from dashboard.parts.html import address

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
BESIDE_LIST: Final[dict[str, tuple[str, str]]] = {
    "organisation": ("/rollout", "org"),
    "statement": ("/responses", "statement"),
    "review": ("/review", "review"),
    "timeline": ("/timeline", "entry"),
}
"""Tables whose rows the app opens beside their list: the page, and the parameter that names the row."""


def permalink(table: str, row_id: str) -> str:
    """The path of a row's page. Tables without pages of their own are shown by their timeline entry."""
    if table in ROOMS:
        return f"/{ROOMS[table]}/{quote(row_id, safe='')}"
    kind = "petition" if table == "petition_reading" else table
    return f"/timeline/{quote(f'{kind}.{row_id}', safe='')}"


def changes_address(source_id: str, first: int, last: int) -> str:
    """The path of the page that shows what the changes `first` to `last` of a source did. Changes keep their numbers
    for ever, which versions do not: an older copy that comes in from an archive moves those."""
    return f"{permalink('source', source_id)}/changes/{first}..{last}"


def picture_address(table: str, row_id: str) -> str:
    """The path of the picture that other sites show beside a link to a row's page."""
    return f"/pictures{permalink(table, row_id)}.png"


def detail(table: str, row_id: str, kept: Mapping[str, str] | None = None) -> str:
    """Where the app opens one row; `kept` are the filters of its list, so that the way back leads to the same list."""
    path, name = BESIDE_LIST[table]
    return address(path, {**(kept or {}), name: row_id})
