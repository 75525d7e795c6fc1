"""Lines of a PDF page with their places, and what they make: headings, paragraphs, list items, rows of tables."""

from __future__ import annotations

import ctypes
import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pypdfium2 as pdfium

from scrapers.extract.model import Block

MOST_CHARACTERS: Final = 400_000
"""Of a page with more only this beginning is read."""
_BULLET = re.compile(
    r"^(?:[•●○▪■◦‣⁃–—*·\uf0b7\uf0a7\uf076-]|o(?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+(?=\S)", re.IGNORECASE
)
_BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_SENTENCE_END: Final = (".", "!", "?", ":", ";", "”", "’", '"')
_HYPHENS: Final = ("\x02", "\ufffe", "\u00ad")
_GAP: Final = 1.7
"""White space inside a line, in sizes of its letters, from which it parts two cells."""


@dataclass(frozen=True)
class Line:
    """One line: text, cells (more than one where wide gaps part it) with where each begins, box in points from the
    bottom left, size of its letters, and weight (400 is regular, 0 unknown)."""

    text: str
    cells: tuple[tuple[float, str], ...]
    left: float
    right: float
    bottom: float
    top: float
    size: float
    weight: int


class _Boxes:
    """Places of characters, asked of the library with the same four variables again and again."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.values = [ctypes.c_double() for _ in range(4)]
        self.given = [ctypes.byref(value) for value in self.values]

    def __call__(self, index: int) -> tuple[float, float, float, float] | None:
        """Left, right, bottom, top of a character; None for one without a place."""
        if not pdfium.raw.FPDFText_GetCharBox(self.page, index, *self.given):
            return None
        left, right, bottom, top = (value.value for value in self.values)
        return (left, right, bottom, top) if right > left or top > bottom else None


def lines_of(text_page: pdfium.PdfTextPage) -> list[Line]:
    """The lines of a page in the order in which the file gives them."""
    count = min(text_page.count_chars(), MOST_CHARACTERS)
    if count <= 0:
        return []
    text = text_page.get_text_range(0, count)
    boxes = _Boxes(text_page.raw)
    found: list[Line] = []
    at = 0
    for piece in text.split("\n"):
        words = piece.rstrip("\r")
        start, at = at, at + len(piece) + 1
        if words.strip():
            line = _line(words, start, boxes, text_page)
            if line is not None:
                found.append(line)
    return found


def _line(words: str, start: int, boxes: _Boxes, text_page: pdfium.PdfTextPage) -> Line | None:
    first = start + len(words) - len(words.lstrip())
    last = start + len(words.rstrip()) - 1
    here, there = boxes(first), boxes(last)
    size = float(pdfium.raw.FPDFText_GetFontSize(text_page.raw, first)) or 1.0
    weight = _weight(text_page, first)
    if here is None or there is None:
        text = words.strip()
        return Line(text, ((0.0, text),), 0.0, 0.0, 0.0, 0.0, size, weight)
    tall = max(size if size > 2 else 0.0, here[3] - here[2], 4.0)
    cells: list[tuple[float, str]] = []
    begin, left = first, here[0]
    for offset, character in enumerate(words):
        index = start + offset
        if character != " " or not first < index < last:
            continue
        before, after = boxes(index - 1), boxes(index + 1)
        if before and after and after[0] - before[1] > _GAP * tall:
            cells.append((left, words[begin - start : offset].strip()))
            begin, left = index + 1, after[0]
    cells.append((left, words[begin - start : last - start + 1].strip()))
    kept = tuple((edge, cell) for edge, cell in cells if cell)
    return Line(
        words.strip(), kept, here[0], there[1], min(here[2], there[2]), max(here[3], there[3]), tall, weight
    )  # fmt: skip


def _weight(text_page: pdfium.PdfTextPage, index: int) -> int:
    """The weight of the letters at a place; many files tell it in the name of the font only."""
    stated = max(0, int(pdfium.raw.FPDFText_GetFontWeight(text_page.raw, index)))
    name = ctypes.create_string_buffer(100)
    flags = ctypes.c_int()
    size = pdfium.raw.FPDFText_GetFontInfo(text_page.raw, index, name, 100, ctypes.byref(flags))
    if 0 < size <= 100 and _BOLD.search(name.value):
        return max(stated, 700)
    return stated


def without_running_heads(pages: Sequence[list[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """The pages without lines that stand at the edge of most of them: running heads, feet, page numbers."""
    if len(pages) < 3:
        return [list(lines) for lines in pages]

    def key(line: Line) -> str:
        return _DIGITS.sub("#", line.text)

    def at_edge(line: Line, height: float) -> bool:
        return height > 0 and (line.top > height * 0.92 or line.bottom < height * 0.09)

    seen: Counter[str] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        seen.update({key(line) for line in lines if at_edge(line, height)})
    often = {text for text, times in seen.items() if times >= max(3, len(pages) // 2)}
    return [
        [line for line in lines if not (at_edge(line, height) and key(line) in often)]
        for lines, height in zip(pages, heights, strict=True)
    ]


def same_row(lines: Sequence[Line]) -> list[Line]:
    """Lines that follow one another at one height, side by side, made one line of cells."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        if before is not None and line.left > before.right + 0.6 * line.size and before.top > before.bottom:
            shared = min(before.top, line.top) - max(before.bottom, line.bottom)
            if shared > 0.6 * min(before.top - before.bottom, line.top - line.bottom) and line.top > line.bottom:
                joined = f"{before.text} {line.text}"
                found[-1] = replace(
                    before, text=joined, cells=before.cells + line.cells, right=line.right,
                    bottom=min(before.bottom, line.bottom), top=max(before.top, line.top),
                )  # fmt: skip
                continue
        found.append(line)
    return found


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size of the letters that most of the text is set in."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _is_heading(line: Line, body: float, text: str, bold_is_rare: bool) -> bool:
    if len(text) > 200 or not any(character.isalpha() for character in text):
        return False
    if line.size >= body * 1.15:
        return True
    return bold_is_rare and line.weight >= 600 and len(text) <= 120 and text[-1] not in ".,;"


def _table_rows(lines: Sequence[Line]) -> set[int]:
    """Which lines are rows of a table: neighbours with at least two cells whose second cells begin at one place."""
    rows: set[int] = set()
    several = [len(line.cells) >= 2 and not _BULLET.match(line.text) for line in lines]
    for number in range(len(lines) - 1):
        if several[number] and several[number + 1]:
            edges = [edge for edge, _ in lines[number].cells[1:]]
            if any(abs(edge - other) <= 8 for edge in edges for other, _ in lines[number + 1].cells[1:]):
                rows |= {number, number + 1}
    return rows


def blocks_of(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """The blocks of a document, in order, each with its page and the headings above it."""
    body = body_size(pages)
    weights = [line.weight for lines in pages for line in lines]
    bold_is_rare = sum(weight >= 600 for weight in weights) * 2 < len(weights) if weights else False
    found: list[Block] = []
    trail: list[tuple[float, str]] = []

    def add(kind: str, text: str, number: int, rank: float = 0.0, columns: str = "") -> None:
        if kind == "heading":
            while trail and trail[-1][0] <= rank + 0.4:
                trail.pop()
        above = tuple(text_ for _, text_ in trail) + ((columns,) if columns else ())
        found.append(Block(kind, text, above, number))
        if kind == "heading":
            trail.append((rank, text))

    for number, page_lines in enumerate(pages, 1):
        lines = same_row(page_lines)
        rows = _table_rows(lines)
        gaps = [a.bottom - b.top for a, b in itertools.pairwise(lines) if 0 <= a.bottom - b.top < 2 * a.size]
        usual = statistics.median(gaps) if gaps else 0.3 * body
        right = max((line.right for line in lines), default=0.0)
        run: list[Line] = []
        columns = ""
        for place, line in enumerate(lines):
            if place in rows:
                _close(run, add, number, body, bold_is_rare)
                row = " | ".join(cell for _, cell in line.cells)
                if place - 1 not in rows:
                    below_is_plain = place + 1 < len(lines) and lines[place + 1].weight < 600
                    columns = row if line.weight >= 600 and below_is_plain else ""
                    add("table-row", row, number)
                else:
                    add("table-row", row, number, 0.0, columns)
                continue
            if run and _parts(run[-1], line, run, usual, right):
                _close(run, add, number, body, bold_is_rare)
            run.append(line)
        _close(run, add, number, body, bold_is_rare)
    return found


def _parts(before: Line, line: Line, run: Sequence[Line], usual: float, right: float) -> bool:
    """Whether a new block begins with this line."""
    mark = _BULLET.match(line.text)
    if line.top == 0.0 or before.top == 0.0:
        return mark is not None
    gap = before.bottom - line.top
    bold = line.weight >= 600
    one_heading = bold and all(one.weight >= 600 for one in run) and before.right > right - 12 * line.size
    if gap < -0.5 * line.size or gap > usual + (0.9 if one_heading else 0.45) * line.size:
        return True
    if abs(line.size - before.size) > 0.12 * max(line.size, before.size):
        return True
    if bold != (before.weight >= 600) and before.right < right - 4 * line.size:
        return True
    ended = before.text.endswith(_SENTENCE_END)
    if mark is not None:
        in_list = _BULLET.match(run[0].text) is not None and abs(line.left - run[0].left) < line.size
        if ended or in_list or (mark.group()[0] not in "–—-" and abs(line.left - run[0].left) < line.size):
            return True
    return ended and before.right < right - 8 * line.size and line.text[:1].isupper()


def _close(run: list[Line], add: Any, number: int, body: float, bold_is_rare: bool) -> None:
    """Makes a block of the lines gathered."""
    if not run:
        return
    text = join([line.text for line in run])
    first = run[0]
    whole_bold = all(line.weight >= 600 for line in run)
    item = _BULLET.match(text)
    if _is_heading(first, body, text, bold_is_rare and whole_bold):
        add("heading", text, number, first.size + (0.5 if first.weight >= 600 else 0.0))
    elif item:
        bare = not item.group()[0].isalnum() and item.group()[0] != "("
        add("list-item", text[item.end() :] if bare else text, number)
    else:
        add("block", text, number)
    run.clear()


def join(lines: Sequence[str]) -> str:
    """Lines as running text; a word parted at the end of a line by a soft hyphen is made whole."""
    text = ""
    for line in lines:
        if text.endswith(_HYPHENS):
            text = text[:-1] + line
        elif text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower():
            text += line
        else:
            text = f"{text} {line}" if text else line
    for mark in _HYPHENS:
        text = text.replace(mark, "")
    return text
