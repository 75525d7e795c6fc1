"""Places the blocks of a document in one text, so that each passage knows its span."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scrapers.extract.characters import shown
from scrapers.extract.mask import mask
from scrapers.extract.model import Block, Passage

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
        text = mask(shown(block.text), names)
        if not text:
            continue
        if before is not None:
            gap = "\n" if before == block.kind and before in TIGHT else "\n\n"
            parts.append(gap)
            at += len(gap)
        for piece in block.trail:
            if piece not in heads:
                heads[piece] = mask(shown(piece), names)
        heading = " > ".join(filter(None, (heads[piece] for piece in block.trail))) or None
        passages.append(Passage(len(passages) + 1, block.kind, heading, text, block.page_number, at, at + len(text)))
        parts.append(text)
        at += len(text)
        before = block.kind
    return "".join(parts), tuple(passages)
