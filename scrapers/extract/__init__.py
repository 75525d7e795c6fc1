"""Reads text, passages, dates and links out of captured bytes. Never fetches, never raises for a bad document."""

from __future__ import annotations

from scrapers.extract.model import Block, Extraction, Link, Passage, StatedDate
from scrapers.extract.reader import read

__all__ = ["Block", "Extraction", "Link", "Passage", "StatedDate", "read"]
