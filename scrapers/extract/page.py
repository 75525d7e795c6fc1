"""A page's bytes made ready for reading: tree, metadata and pieces."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from scrapers.extract import blocks, document, metadata

LITTLE: Final = 600
"""Characters below which a page is taken to be drawn by scripts, so that its noscript text is worth reading."""
_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Prepared:
    """Everything that is known of a page before it is judged what of it is the main text."""

    root: Any
    meta: metadata.Metadata
    page: blocks.Page
    charset: str
    problem: str | None


def prepare(body: bytes, declared: str | None = None) -> Prepared | None:
    """Parses a page and cuts it into pieces; None where there is nothing to parse."""
    deadline = time.monotonic() + _SECONDS
    doc = document.parse(body, declared)
    if doc.root is None:
        return None
    page = blocks.cut(doc.root, deadline=deadline)
    if sum(len(block.text) for block in page.blocks) < LITTLE and next(doc.root.iter("noscript"), None) is not None:
        fuller = blocks.cut(doc.root, deadline=deadline, noscript=True)
        if sum(len(block.text) for block in fuller.blocks) > LITTLE:
            page = fuller
    problem = "; ".join(filter(None, (doc.problem, page.cut))) or None
    return Prepared(doc.root, metadata.gather(doc.root), page, doc.charset, problem)
