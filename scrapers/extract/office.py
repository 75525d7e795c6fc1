"""Office files of today: DOCX and PPTX, with or without macros, which are never looked at."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import docx
from docx.opc.part import PartFactory
from docx.package import Package as WordPackage
from docx.parts.document import DocumentPart
from docx.table import Table
from lxml import etree
from pptx.package import Package as SlidePackage
from pptx.util import Length

from scrapers.extract import dates, links
from scrapers.extract.characters import shown
from scrapers.extract.layout import place
from scrapers.extract.mask import mask, names_to_mask
from scrapers.extract.model import Block, Extraction, StatedDate

EXTRACTOR: Final = f"office/4 python-docx {docx.__version__}"
MOST_PARTS: Final = 5_000
MOST_UNPACKED: Final = 400_000_000
MOST_XML: Final = 40_000_000
"""Bytes of one XML part after unpacking."""
MOST_TIMES: Final = 200
"""An XML part of a megabyte or more may be this many times larger than it is packed."""
SECONDS: Final = 5.0
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, AttributeError, IndexError, TypeError, EOFError,
    NotImplementedError, RuntimeError, AssertionError, etree.LxmlError,
)  # fmt: skip
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

for _kind in (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
):
    PartFactory.part_type_for.setdefault(_kind, DocumentPart)


class _Refused(Exception):
    """The file is not opened; the words say why."""


def extract(body: bytes, url: str, *, kind: str, page_kind: str | None = None) -> Extraction:
    """Reads a file of kind "docx" or "pptx". A broken, encrypted or overblown one gives a problem."""
    try:
        _look_before_unpacking(body)
        return (_word if kind == "docx" else _slides)(body, url, page_kind)
    except _Refused as refused:
        return Extraction(EXTRACTOR, problem=str(refused))
    except _UNREADABLE:
        return Extraction(EXTRACTOR, problem="broken Office file")


def _look_before_unpacking(body: bytes) -> None:
    """Refuses files whose parts, by their own listing, would unpack to far more than a document holds."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _Refused("Office file refused: it would unpack to far more than a document")
        for part in parts:
            if part.flag_bits & 1:
                raise _Refused("encrypted Office file")
            if part.filename.lower().endswith((".xml", ".rels")):
                swollen = part.file_size > 1_000_000 and part.file_size > MOST_TIMES * max(1, part.compress_size)
                if part.file_size > MOST_XML or swollen:
                    raise _Refused("Office file refused: it would unpack to far more than a document")


class _Outline:
    """Blocks in order, each with the headings above it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.above: list[tuple[int, str]] = []

    def add(self, kind: str, text: str, *, level: int = 0, page: int | None = None, columns: str = "") -> None:
        if not text.strip():
            return
        if kind == "heading":
            self.above = [(rank, words) for rank, words in self.above if rank < level]
        trail = tuple(words for _, words in self.above) + ((columns,) if columns else ())
        self.blocks.append(Block(kind, text, trail, page))
        if kind == "heading":
            self.above.append((level, text))

    def table(self, rows: Iterable[list[str]], *, header: bool, page: int | None = None) -> None:
        """Rows of a table; with `header` the first names the columns."""
        columns = ""
        for number, cells in enumerate(rows):
            row = " | ".join(shown(cell) for cell in cells if cell.strip())
            self.add("table-row", row, page=page, columns=columns)
            if number == 0 and header:
                columns = row


def _word(body: bytes, url: str, page_kind: str | None) -> Extraction:
    package = WordPackage.open(io.BytesIO(body))
    document = package.main_document_part.document
    deadline = time.monotonic() + SECONDS
    outline = _Outline()
    title: str | None = None
    problem = None
    targets: list[tuple[str, str]] = []
    for item in _in_order(document):
        if time.monotonic() > deadline:
            problem = "reading took too long; only the beginning was read"
            break
        if isinstance(item, Table):
            rows = [_cells(row) for row in item._tbl.tr_lst]
            outline.table(rows, header=len(rows) > 1)
        else:
            text = _words(item._p)
            style = (item.style.name or "") if item.style is not None else ""
            kind, level = _kind_of(style, item)
            if kind == "heading" and level == 0 and title is None:
                title = shown(text)
            outline.add(kind, text, level=level)
    for element in document.element.body.iter(f"{_W}hyperlink"):
        relation = document.part.rels.get(element.get(f"{_R}id") or "")
        if relation is not None and relation.is_external:
            targets.append((str(relation.target_ref), _words(element)))
    _notes(document.part, outline, targets)
    return _finish(outline.blocks, title, document.core_properties, targets, url, page_kind, problem, None)


def _in_order(document: Any) -> Iterator[Any]:
    """Paragraphs and tables in the order of the document, those inside content controls too."""
    waiting = list(reversed(document.element.body))
    from docx.text.paragraph import Paragraph

    while waiting:
        element = waiting.pop()
        if element.tag == f"{_W}p":
            yield Paragraph(element, document._body)
        elif element.tag == f"{_W}tbl":
            yield Table(element, document._body)
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            waiting.extend(reversed(element))


def _words(element: Any) -> str:
    """The visible text of a Word element; what was deleted under tracked changes is left out."""
    parts: list[str] = []
    for piece in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        if piece.tag == f"{_W}t":
            parts.append(piece.text or "")
        else:
            parts.append("-" if piece.tag.endswith("Hyphen") else " ")
    return "".join(parts)


def _cells(row: Any) -> list[str]:
    return [" ".join(_words(paragraph) for paragraph in cell.iter(f"{_W}p")) for cell in row.tc_lst]


def _kind_of(style: str, paragraph: Any) -> tuple[str, int]:
    name = style.lower()
    if name == "title":
        return "heading", 0
    if name.startswith("heading"):
        number = name.removeprefix("heading").strip()
        return "heading", int(number) if number.isdigit() else 1
    properties = paragraph._p.pPr
    numbered = properties is not None and properties.numPr is not None
    if numbered or name.startswith("list"):
        return "list-item", 0
    runs = [run for run in paragraph.runs if run.text.strip()]
    text = paragraph.text.strip()
    if runs and len(text) <= 160 and text[-1] not in ".,;" and all(run.bold for run in runs):
        return "heading", 8
    return "paragraph", 0


def _notes(part: Any, outline: _Outline, targets: list[tuple[str, str]]) -> None:
    """Footnotes and endnotes, as items after the text."""
    for relation in part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        notes = relation.target_part
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(notes.blob, parser)
        outline.above = []
        for note in root:
            if note.get(f"{_W}type") is None:
                outline.add("list-item", _words(note))
        for element in root.iter(f"{_W}hyperlink"):
            link = notes.rels.get(element.get(f"{_R}id") or "")
            if link is not None and link.is_external:
                targets.append((str(link.target_ref), _words(element)))


def _slides(body: bytes, url: str, page_kind: str | None) -> Extraction:
    package = SlidePackage.open(io.BytesIO(body))
    presentation = package.presentation_part.presentation
    deadline = time.monotonic() + SECONDS
    outline = _Outline()
    problem = None
    targets: list[tuple[str, str]] = []
    slides = list(presentation.slides)
    for number, slide in enumerate(slides, 1):
        if time.monotonic() > deadline:
            problem = f"only the first {number - 1} of {len(slides)} slides read"
            break
        outline.above = []
        head = slide.shapes.title
        if head is not None and head.has_text_frame:
            outline.add("heading", head.text_frame.text, level=1, page=number)
        for shape in _shapes(slide.shapes):
            if head is not None and shape.shape_id == head.shape_id:
                continue
            if getattr(shape, "has_table", False) and shape.has_table:
                table = shape.table
                rows = ([cell.text for cell in row.cells] for row in table.rows)
                outline.table(rows, header=bool(table.first_row), page=number)
            elif shape.has_text_frame:
                filled = [paragraph for paragraph in shape.text_frame.paragraphs if paragraph.text.strip()]
                for paragraph in filled:
                    outline.add("list-item" if len(filled) > 1 else "paragraph", paragraph.text, page=number)
        for element in slide.element.iter(f"{_A}hlinkClick"):
            relation = slide.part.rels.get(element.get(f"{_R}id") or "")
            if relation is not None and relation.is_external:
                run = element.getparent().getparent()
                words = "".join(text.text or "" for text in run.iter(f"{_A}t")) if run is not None else ""
                targets.append((str(relation.target_ref), words))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            for line in slide.notes_slide.notes_text_frame.text.split("\n"):
                outline.add("paragraph", line, page=number, columns="Notes")
    return _finish(
        outline.blocks, None, package.core_properties, targets, url, page_kind, problem, len(slides)
    )  # fmt: skip


def _shapes(shapes: Any) -> Iterator[Any]:
    """Shapes from the top of the slide downwards, those inside groups too."""

    def where(shape: Any) -> tuple[Length, Length]:
        return (shape.top or Length(0), shape.left or Length(0))

    waiting = sorted(shapes, key=where, reverse=True)
    while waiting:
        shape = waiting.pop()
        inner = getattr(shape, "shapes", None)
        if inner is not None and not shape.has_text_frame:
            waiting.extend(sorted(inner, key=where, reverse=True))
        else:
            yield shape


def _finish(
    blocks: list[Block],
    title: str | None,
    stated: Any,
    targets: list[tuple[str, str]],
    url: str,
    page_kind: str | None,
    problem: str | None,
    pages: int | None,
) -> Extraction:
    names = names_to_mask([block.text for block in blocks], page_kind)
    text, passages = place(blocks, names=names)
    if not text:
        return Extraction(EXTRACTOR, pages=pages, problem=problem or "no text in the file")
    first = next((shown(block.text) for block in blocks if block.kind == "heading"), "")
    own = shown(stated.title or "")
    opening = shown(blocks[0].text)
    title = title or first or own or (opening if len(opening) <= 160 else "")
    at = next((number for number, block in enumerate(blocks) if title and shown(block.text) == title), 0)
    near = [shown(block.text) for block in blocks[at + 1 : at + 11] if block.kind != "table-row"]
    near += [shown(block.text) for block in reversed(blocks[:at][-6:])]
    found = dates.beside(near, day_first=dates.is_day_first(stated.language or None, url))
    for moment in (stated.created, stated.modified):
        if moment is not None:
            found.append(StatedDate(moment.date().isoformat(), "meta", "candidate"))
    read = dates.settle(found)
    written = [(address, "") for block in blocks for address in links.written(block.text)]
    return Extraction(
        EXTRACTOR,
        title=mask(title, names)[:300] or None,
        text=text,
        published_on=read.published_on,
        published_how=read.published_how,
        updated_on=read.updated_on,
        updated_how=read.updated_how,
        author=mask(shown(stated.author or ""), names)[:200] or None,
        language=stated.language or None,
        pages=pages,
        problem=problem,
        links=links.collect([*targets, *written], url, names),
        passages=passages,
        dates=read.found,
    )
