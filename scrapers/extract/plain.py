"""Plain text and comma-separated tables."""

from __future__ import annotations

import csv
import re
from typing import Final

from scrapers.extract import dates, links
from scrapers.extract.blocks import MOST_BLOCKS
from scrapers.extract.characters import shown
from scrapers.extract.document import MOST_BYTES, decode
from scrapers.extract.layout import place
from scrapers.extract.mask import mask, names_to_mask
from scrapers.extract.model import Block, Extraction

EXTRACTOR: Final = "plain/4"
_BREAK = re.compile(r"\n[ \t\f]*\n|\f")
_ITEM = re.compile(r"^\s*(?:[•●▪■◦‣⁃*·–—-]\s+|(?P<number>\(?(?:\d{1,3}|[a-z])[.)]\s+))(?=\S)", re.IGNORECASE)
_LONGEST_HEADING: Final = 160


def extract(
    body: bytes, url: str, *, charset: str | None = None, page_kind: str | None = None, table: bool = False
) -> Extraction:
    """Reads plain text: paragraphs are parted by empty lines, items begin with a bullet or number, a short line by
    itself without a full stop is a heading. With `table` the text is comma-separated values."""
    problem = None
    if len(body) > MOST_BYTES:
        problem = f"only the first {MOST_BYTES // 1_000_000} MB read"
        body = body[:MOST_BYTES]
    raw = decode(body, charset)[0].replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    blocks = rows_of(raw) if table else blocks_of(raw)
    if len(blocks) > MOST_BLOCKS:
        problem = f"only the first {MOST_BLOCKS:,} pieces read"
        blocks = blocks[:MOST_BLOCKS]
    names = names_to_mask([block.text for block in blocks], page_kind)
    text, passages = place(blocks, names=names)
    if not text:
        return Extraction(EXTRACTOR, problem=problem or "no text in the file")
    title = next((shown(block.text) for block in blocks if block.kind == "heading"), None)
    title = title or (shown(blocks[0].text) if len(blocks[0].text) <= _LONGEST_HEADING and not table else None)
    near = [shown(block.text) for block in blocks[:12]]
    read = dates.settle([] if table else dates.beside(near[1:], day_first=dates.is_day_first(None, url)))
    written = ((found, "") for block in blocks for found in links.written(block.text))
    return Extraction(
        EXTRACTOR,
        title=mask(title, names) if title else None,
        text=text,
        published_on=read.published_on,
        published_how=read.published_how,
        updated_on=read.updated_on,
        updated_how=read.updated_how,
        problem=problem,
        links=links.collect(written, url, names),
        passages=passages,
        dates=read.found,
    )


def blocks_of(text: str) -> list[Block]:
    """The pieces of a plain text."""
    found: list[Block] = []
    heading = ""
    for piece in _BREAK.split(text):
        lines = [line for line in piece.split("\n") if line.strip()]
        if not lines:
            continue
        if len(lines) == 1 and _is_heading(lines[0], bool(found)):
            heading = shown(lines[0])
            found.append(Block("heading", heading))
            continue
        trail = (heading,) if heading else ()
        run: list[str] = []
        kind = "paragraph"
        for line in lines:
            item = _ITEM.match(line)
            if item:
                if run:
                    found.append(Block(kind, " ".join(run), trail))
                run, kind = [line if item.group("number") else line[item.end() :]], "list-item"
            elif kind == "list-item" and run and not line[:1].isspace() and run[-1].rstrip()[-1:] in ".!?":
                found.append(Block(kind, " ".join(run), trail))
                run, kind = [line], "paragraph"
            else:
                run.append(line)
        if run:
            found.append(Block(kind, " ".join(run), trail))
    return found


def _is_heading(line: str, later: bool) -> bool:
    text = line.strip()
    if not 0 < len(text) <= _LONGEST_HEADING or text[-1] in ".,;:!" or (later and line[:1].isspace()):
        return False
    if "://" in text or not any(character.isalpha() for character in text):
        return False
    return not _ITEM.match(line) or (text[0].isdigit() and len(text) > 20)


def rows_of(text: str) -> list[Block]:
    """The rows of comma-separated values; the first names the columns of the others."""
    found: list[Block] = []
    columns = ""
    try:
        for number, row in enumerate(csv.reader(text.splitlines())):
            cells = [cell.strip() for cell in row if cell.strip()]
            if cells:
                found.append(Block("table-row", " | ".join(cells), (columns,) if columns else ()))
                columns = columns or " | ".join(cells)
            if number > MOST_BLOCKS:
                break
    except csv.Error:
        return blocks_of(text)
    return found
