"""One way in: finds out what a body is and hands it to the parser for it."""

from __future__ import annotations

from typing import Final

from scrapers.extract import html, links, plain, sniff
from scrapers.extract.model import Extraction

EXTRACTOR: Final = "none/1"
_UNREAD: Final = {
    sniff.ZIP: "a ZIP archive, not a document",
    sniff.OLE: "an old or encrypted Office file, which is not read",
    sniff.OTHER: "not a document with text",
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

    `url` is the address it came from, `media_type` and `charset` what the server declared, `format` and `page_kind`
    what the register says of the source (vocabularies SOURCE_FORMATS and SOURCE_KINDS). What the bytes show outweighs
    what was declared. A document that cannot be read gives an Extraction with `problem` set; nothing is raised for it.
    """
    if not body.strip(b"\x00\t\n\r\f ") or body in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        return Extraction(EXTRACTOR, problem="empty file")
    url = links.usable(url)
    kind = sniff.kind_of(body, media_type=media_type, url=url, format=format)
    if kind == sniff.HTML:
        return html.extract(body, url, charset=charset, page_kind=page_kind)
    if kind == sniff.PDF:
        from scrapers.extract import pdf  # 20 MB that most runs of a reader never need, as below

        return pdf.extract(body, url, page_kind=page_kind)
    if kind in (sniff.DOCX, sniff.PPTX):
        from scrapers.extract import office

        return office.extract(body, url, kind=kind, page_kind=page_kind)
    if kind == sniff.PLAIN:
        table = (media_type or "").split(";")[0].strip().lower() == "text/csv"
        return plain.extract(body, url, charset=charset, page_kind=page_kind, table=table)
    return Extraction(EXTRACTOR, problem=_UNREAD[kind])
