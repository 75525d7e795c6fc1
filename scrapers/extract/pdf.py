"""PDF files: text in blocks with page numbers, links, title and stated dates."""

from __future__ import annotations

import ctypes
import re
import threading
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

import pypdfium2 as pdfium

from scrapers.extract import dates, links
from scrapers.extract.characters import shown
from scrapers.extract.layout import place
from scrapers.extract.mask import mask, names_to_mask
from scrapers.extract.model import Block, Extraction, StatedDate
from scrapers.extract.pdf_lines import Line, blocks_of, lines_of, without_running_heads

EXTRACTOR: Final = f"pdf/4 pdfium {pdfium.PDFIUM_INFO.build}"
MOST_PAGES: Final = 2000
SECONDS: Final = 5.0
"""Time after which no further page is begun."""
_PDF_DATE = re.compile(r"^D:(\d{4})(\d\d)?(\d\d)?")
_JUNK_TITLE = re.compile(
    r"^(?:microsoft|untitled|document\d*|slide \d|powerpoint|layout \d|print|scan|copy of"
    r"|.*\.(?:docx?|pdf|pptx?|indd|xlsx?|rtf|pub))\b.*|^\W*$",
    re.IGNORECASE | re.DOTALL,
)
_LOCK = threading.Lock()
"""The library must not be used by two threads at once."""


def extract(body: bytes, url: str, *, page_kind: str | None = None, seconds: float = SECONDS) -> Extraction:
    """Reads a PDF. `page_kind` "foi" masks the requester's name. After `seconds` or MOST_PAGES the rest is left out and
    `problem` says so; an encrypted, broken, empty or scanned file gives a problem too."""
    deadline = time.monotonic() + seconds
    with _LOCK:
        try:
            document = pdfium.PdfDocument(body)
        except pdfium.PdfiumError as error:
            encrypted = "password" in str(error).lower() or "security" in str(error).lower()
            return Extraction(EXTRACTOR, problem="encrypted PDF" if encrypted else "broken PDF")
        try:
            return _read(document, url, page_kind, deadline)
        except pdfium.PdfiumError as error:
            return Extraction(EXTRACTOR, problem=f"broken PDF: {shown(str(error))[:80]}")
        finally:
            document.close()


def _read(document: pdfium.PdfDocument, url: str, page_kind: str | None, deadline: float) -> Extraction:
    count = len(document)
    if count == 0:
        return Extraction(EXTRACTOR, pages=0, problem="PDF without pages")
    pages: list[list[Line]] = []
    heights: list[float] = []
    targets: list[tuple[str, str]] = []
    scanned = broken = 0
    for number in range(min(count, MOST_PAGES)):
        if number and time.monotonic() > deadline:
            break
        try:
            page = document[number]
        except pdfium.PdfiumError:
            broken += 1
            pages.append([])
            heights.append(0.0)
            continue
        try:
            text_page = page.get_textpage()
            lines = lines_of(text_page)
            heights.append(float(page.get_height()))
            pages.append(lines)
            targets += _annotations(document, page)
            if not lines and _has_picture(page):
                scanned += 1
            text_page.close()
        except pdfium.PdfiumError:
            broken += 1
            pages.append([])
            heights.append(0.0)
        finally:
            page.close()
    blocks = blocks_of(without_running_heads(pages, heights))
    names = names_to_mask([block.text for block in blocks], page_kind)
    text, passages = place(blocks, names=names)
    facts = {key: value for key, value in document.get_metadata_dict().items() if isinstance(value, str)}
    title = _title(blocks, facts.get("Title", ""))
    read = _dates(blocks, title, facts, url)
    written = [(found, "") for block in blocks for found in links.written(block.text)]
    known = [target for target, _ in targets]
    targets += [pair for pair in written if not any(target.startswith(pair[0]) for target in known)]
    author = mask(shown(facts.get("Author", "")), names)[:200]
    return Extraction(
        EXTRACTOR,
        title=mask(title, names) if title else None,
        text=text,
        published_on=read.published_on,
        published_how=read.published_how,
        updated_on=read.updated_on,
        updated_how=read.updated_how,
        author=author or None,
        pages=count,
        problem=_problem(count, len(pages), scanned, broken, bool(text)),
        links=links.collect(targets, url, names),
        passages=passages,
        dates=read.found,
    )


def _problem(count: int, read: int, scanned: int, broken: int, has_text: bool) -> str | None:
    if not has_text:
        if scanned:
            return "scanned pages without text"
        return "broken PDF" if broken else "no text in the PDF"
    found = []
    if read < count:
        found.append(f"only the first {read} of {count} pages read")
    if scanned:
        found.append(f"{scanned} of {read} pages scanned, without text")
    if broken:
        found.append(f"{broken} of {read} pages broken")
    return "; ".join(found) or None


def _has_picture(page: pdfium.PdfPage) -> bool:
    for number, thing in enumerate(page.get_objects(max_depth=3)):
        if thing.type in (pdfium.raw.FPDF_PAGEOBJ_IMAGE, pdfium.raw.FPDF_PAGEOBJ_SHADING):
            return True
        if number > 500:
            break
    return False


def _annotations(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> list[tuple[str, str]]:
    """Web addresses of the link areas of a page."""
    found: list[tuple[str, str]] = []
    at = ctypes.c_int(0)
    link = pdfium.raw.FPDF_LINK()
    while len(found) < links.MOST_LINKS and pdfium.raw.FPDFLink_Enumerate(page.raw, at, link):
        action = pdfium.raw.FPDFLink_GetAction(link)
        if not action or pdfium.raw.FPDFAction_GetType(action) != pdfium.raw.PDFACTION_URI:
            continue
        size = pdfium.raw.FPDFAction_GetURIPath(document.raw, action, None, 0)
        if 1 < size <= 4000:
            buffer = ctypes.create_string_buffer(size)
            pdfium.raw.FPDFAction_GetURIPath(document.raw, action, buffer, size)
            found.append((buffer.value.decode("utf-8", "replace"), ""))
    return found


def _title(blocks: Sequence[Block], stated: str) -> str | None:
    """The title in the file's properties where the first pages bear it out; else the first heading; else the stated one
    unless a program made it up."""
    stated = shown(unquote(stated) if "%20" in stated else stated)[:300]
    front = [block for block in blocks if (block.page_number or 1) <= 2]
    opening = shown(" ".join(block.text for block in front))[:4000].casefold()
    junk = not stated or bool(_JUNK_TITLE.match(stated))
    if not junk and stated.casefold() in opening:
        return stated
    heads = [block for block in front if block.kind == "heading"]
    if heads:
        outermost = next((block for block in heads if not block.trail), heads[0])
        return shown(outermost.text)[:300]
    if not junk:
        return stated
    first = next((shown(block.text) for block in front), "")
    return first if 0 < len(first) <= 200 else None


def _dates(blocks: Sequence[Block], title: str | None, facts: dict[str, str], url: str) -> dates.Dates:
    """Dates written beside the title are stated; those that a program noted in the file are candidates."""
    front = [shown(block.text) for block in blocks if (block.page_number or 1) <= 2][:14]
    at = next((number for number, text in enumerate(front) if title and title in text), 0)
    near = [*front[at + 1 : at + 11], *reversed(front[:at])]
    found = dates.beside(near, day_first=dates.is_day_first(None, url))
    for key in ("CreationDate", "ModDate"):
        match = _PDF_DATE.match(facts.get(key, ""))
        if match:
            parts = [int(part) for part in match.groups() if part]
            value = dates.iso(*parts)
            if value:
                found.append(StatedDate(value, "meta", "candidate"))
    day = dates.in_path(urlsplit(url).path)
    if day:
        found.append(day)
    return dates.settle(found)
