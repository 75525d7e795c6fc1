"""Plain text."""

from __future__ import annotations

import re

from scrapers.extract.layout import place
from scrapers.extract.model import Block, Extraction

EXTRACTOR = "plain/1"
_BREAK = re.compile(r"\n[ \t]*\n")


def extract(body: bytes, url: str, *, charset: str | None = None, page_kind: str | None = None) -> Extraction:
    """Reads plain text: paragraphs are parted by empty lines."""
    text = body.decode(charset or "utf-8", "replace").replace("\r\n", "\n")
    blocks = [Block("paragraph", piece) for piece in _BREAK.split(text)]
    text, passages = place(blocks)
    return Extraction(EXTRACTOR, text=text, passages=passages, title=passages[0].text[:200] if passages else None)
