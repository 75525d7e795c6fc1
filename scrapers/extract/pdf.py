"""PDF files."""

from __future__ import annotations

import pypdfium2 as pdfium

from scrapers.extract.layout import place
from scrapers.extract.model import Block, Extraction

EXTRACTOR = f"pdf/1 pypdfium2 {pdfium.PYPDFIUM_INFO}"


def extract(body: bytes, url: str, *, page_kind: str | None = None) -> Extraction:
    """Reads the text of a PDF, page by page."""
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        return Extraction(EXTRACTOR, problem=f"unreadable PDF: {error}")
    blocks: list[Block] = []
    count = len(document)
    for number in range(count):
        page = document[number]
        words = page.get_textpage().get_text_bounded()
        blocks += [Block("block", piece, page_number=number + 1) for piece in words.split("\n\n")]
    text, passages = place(blocks)
    return Extraction(EXTRACTOR, text=text, passages=passages, pages=count)
