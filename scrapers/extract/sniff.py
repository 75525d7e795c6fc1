"""What a body is, told by its first bytes; the declared type decides only where the bytes leave it open."""

from __future__ import annotations

import re

HTML, PDF, DOCX, PPTX, PLAIN, ZIP, OLE, OTHER = "html", "pdf", "docx", "pptx", "plain", "zip", "ole", "other"

_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|p|h[1-6]|table|ul|ol|a|span|section|article|"
    rb"main|header|br)\b",
    re.IGNORECASE,
)
_BINARY = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b", b"BZh", b"\x7fELF", b"OggS", b"ID3", b"Rar!",
    b"7z\xbc\xaf", b"II*\x00", b"MM\x00*",
)  # fmt: skip
_BY_TYPE = {
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "application/pdf": PDF,
    "text/plain": PLAIN,
    "text/markdown": PLAIN,
    "text/csv": PLAIN,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCX,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": PPTX,
}


def kind_of(body: bytes, *, media_type: str | None = None, url: str = "", format: str | None = None) -> str:
    """One of html, pdf, docx, pptx, plain, zip (some other ZIP), ole (an old or encrypted Office file), other."""
    head = body[:2048].lstrip(b"\xef\xbb\xbf\x00\t\n\r ")
    if body[:1024].find(b"%PDF-") >= 0 and not _TAG.search(body[: body.find(b"%PDF-")]):
        return PDF
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(body, media_type, url, format)
    if body.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLE
    if body.startswith(_BINARY):
        return OTHER
    declared = _BY_TYPE.get((media_type or "").split(";")[0].strip().lower())
    utf16 = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    probe = body[:4096].replace(b"\x00", b"") if utf16 or declared == HTML else head
    if _TAG.search(probe) and (declared != PLAIN or re.match(rb"<(?:!doctype\s+html|html)\b", head, re.IGNORECASE)):
        return HTML
    if declared in (HTML, PLAIN):
        return declared
    if format in (HTML, "social") and declared is None:
        return HTML
    if _TAG.search(body[:65536]):
        return HTML
    return OTHER if b"\x00" in body[:4096] and not utf16 else PLAIN


def _zip_kind(body: bytes, media_type: str | None, url: str, format: str | None) -> str:
    if b"word/" in body[:65536] or b"word/document.xml" in body[-65536:]:
        return DOCX
    if b"ppt/" in body[:65536] or b"ppt/presentation.xml" in body[-65536:]:
        return PPTX
    declared = _BY_TYPE.get((media_type or "").split(";")[0].strip().lower())
    if declared in (DOCX, PPTX):
        return declared
    path = url.split("?", 1)[0].split("#", 1)[0].lower()
    if path.endswith((".docx", ".docm")) or format == DOCX:
        return DOCX
    return PPTX if path.endswith((".pptx", ".pptm")) or format == "slideshow" else ZIP
