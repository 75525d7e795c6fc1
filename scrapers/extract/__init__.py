"""Reads text, passages, dates and links out of captured bytes. Never fetches, never raises for a bad document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapers.extract.model import Block, Extraction, Link, Passage, StatedDate

if TYPE_CHECKING:
    from scrapers.extract.reader import read

__all__ = ["Block", "Extraction", "Link", "Passage", "StatedDate", "read"]


def __getattr__(name: str) -> Any:
    """`read` brings large libraries with it, which those who only look at a body's kind can do without."""
    if name == "read":
        from scrapers.extract.reader import read

        return read
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
