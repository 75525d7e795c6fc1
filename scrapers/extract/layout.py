"""Places the blocks of a document in one text, so that each passage knows its span."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from scrapers.extract.characters import shown
from scrapers.extract.mask import mask
from scrapers.extract.model import Block, Passage

LONGEST: Final = 20_000
"""Characters of the longest passage. No writer makes such a paragraph; what compares and searches passages can rely on
their being short."""
TIGHT = frozenset({"list-item", "table-row"})
"""Kinds that follow one another without an empty line between."""


def place(blocks: Iterable[Block], *, names: Sequence[str] = ()) -> tuple[str, tuple[Passage, ...]]:
    """The text of a document and its passages, both masked. Blocks without a visible word are left out."""
    parts: list[str] = []
    passages: list[Passage] = []
    at = 0
    before: str | None = None
    heads: dict[str, str] = {}
    for block in blocks:
        whole = mask(shown(block.text), names)
        if not whole:
            continue
        for piece in block.trail:
            if piece not in heads:
                heads[piece] = mask(shown(piece), names)
        heading = " > ".join(filter(None, (heads[piece] for piece in block.trail))) or None
        for text in _cut(whole):
            if before is not None:
                gap = between(before, block.kind)
                parts.append(gap)
                at += len(gap)
            number = len(passages) + 1
            passages.append(Passage(number, block.kind, heading, text, block.page_number, at, at + len(text)))
            parts.append(text)
            at += len(text)
            before = block.kind
    return "".join(parts), tuple(passages)


def between(before: str, kind: str) -> str:
    """What parts a passage from the one before it, by their kinds."""
    return "\n" if before == kind and before in TIGHT else "\n\n"


def _cut(text: str) -> list[str]:
    """The text in pieces that are not longer than a passage may be, cut at blanks where there are any."""
    pieces: list[str] = []
    while len(text) > LONGEST:
        at = text.rfind(" ", LONGEST // 2, LONGEST)
        at = at if at > 0 else LONGEST
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*pieces, text] if text else pieces
