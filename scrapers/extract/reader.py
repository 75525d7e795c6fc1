"""One way in: finds out what a body is and hands it to the parser for it."""

from __future__ import annotations

from scrapers.extract import html, office, pdf, plain, sniff
from scrapers.extract.model import Extraction

UNREADABLE = {
    sniff.ZIP: "a ZIP archive, not a document",
    sniff.OLE: "an old or encrypted Office file, which is not read",
    sniff.OTHER: "not a text document",
}


def read(
    body: bytes,
    *,
    url: str,
    media_type: str | None = None,
    charset: str | None = None,
    format: str | None = None,
    page_kind: str | None = None,
) -> Extraction:
    """Reads one captured body.

    `url` is the address it came from, `media_type` and `charset` what the server declared, `format` and `page_kind` what
    the register says of the source (vocabularies source.format and source.kind). The bytes outweigh what was declared.
    A document that cannot be read gives an Extraction with `problem` set; nothing is raised for bad input.
    """
    kind = sniff.kind_of(body, media_type=media_type, url=url, format=format)
    if not body.strip():
        return Extraction(extractor="none/1", problem="empty file")
    if kind == sniff.HTML:
        return html.extract(body, url, charset=charset, page_kind=page_kind)
    if kind == sniff.PDF:
        return pdf.extract(body, url, page_kind=page_kind)
    if kind in (sniff.DOCX, sniff.PPTX):
        return office.extract(body, url, kind=kind, page_kind=page_kind)
    if kind == sniff.PLAIN:
        return plain.extract(body, url, charset=charset, page_kind=page_kind)
    return Extraction(extractor="none/1", problem=UNREADABLE[kind])
