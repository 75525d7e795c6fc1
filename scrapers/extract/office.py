"""Office files: DOCX and PPTX."""

from __future__ import annotations

import io

import docx

from scrapers.extract.layout import place
from scrapers.extract.model import Block, Extraction

EXTRACTOR = "office/1"


def extract(body: bytes, url: str, *, kind: str, page_kind: str | None = None) -> Extraction:
    """Reads a DOCX or PPTX file."""
    if kind != "docx":
        return Extraction(EXTRACTOR, problem="slides are not read yet")
    document = docx.Document(io.BytesIO(body))
    text, passages = place(Block("paragraph", p.text) for p in document.paragraphs)
    return Extraction(EXTRACTOR, text=text, passages=passages)
