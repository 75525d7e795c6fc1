"""Completes what was chosen of a page, so that a list keeps its rows and an answer stays beside its question.

The choice of pieces is made for the page as a whole and drops what it doubts. For a record that is the greater harm: a
row left out of a list of bodies looks like a body that is not in it. So what stands together is kept together. On pages
with known main text this costs nothing (word F1 the same to three digits).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from scrapers.extract.blocks import HINT_NAMES, LONG, TAG_NAMES, PageBlock, Place
from scrapers.extract.features import Array, sign_of

FURNITURE: Final = sum(1 << TAG_NAMES.index(name) for name in ("nav", "footer", "header", "form", "button", "aside"))
FRINGE: Final = sum(
    1 << HINT_NAMES.index(name) for name in ("nav", "footer", "social", "cookie", "related", "promo", "comment", "side")
)
PROSE: Final = 25
"""Words from which a piece without links is running text."""
_SMALL: Final = 500
"""Words of a page up to which its short pieces beside the main text are kept too."""
_FEWEST: Final = 3
_WIDEST_GAP: Final = 3


def complete(pieces: Sequence[PageBlock], chosen: Array, scores: Array, words: Array) -> Any:
    """The pieces chosen, and those that belong with them."""
    keep = np.array(chosen, dtype=bool)
    if not keep.any():
        return keep
    _lists_and_tables(pieces, keep, scores, words)
    _alike(pieces, keep, scores)
    _inside(pieces, keep, scores, words, least=0.05, shortest=LONG)
    if float(words.sum()) <= _SMALL:
        _inside(pieces, keep, scores, words, least=0.1, shortest=0)
    _gaps(pieces, keep, scores)
    _prose(pieces, keep, words)
    for number in range(len(pieces) - 1):
        if pieces[number].kind == "heading" and keep[number + 1] and scores[number] >= 0.15:
            keep[number] = True
    return keep


def _holder(piece: PageBlock) -> Place | None:
    """The list or table that an item or row stands in."""
    holder = piece.place.above
    while piece.kind == "table-row" and holder is not None and holder.tag in ("tbody", "thead", "tfoot"):
        holder = holder.above
    return holder


def _lists_and_tables(pieces: Sequence[PageBlock], keep: Any, scores: Array, words: Array) -> None:
    """Rows and items of one table or list stand or fall together."""
    members: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        if piece.kind in ("list-item", "table-row"):
            members.setdefault(id(_holder(piece)), []).append(number)
    for numbers in members.values():
        if len(numbers) < _FEWEST or not keep[numbers].any():
            continue
        size = words[numbers]
        if float((scores[numbers] * size).sum()) >= 0.25 * float(size.sum()):
            keep[numbers] = True


def _alike(pieces: Sequence[PageBlock], keep: Any, scores: Array) -> None:
    """Pieces built alike (the same part of each card or post) are kept where a third of them are."""
    members: dict[str, list[int]] = {}
    for number, piece in enumerate(pieces):
        members.setdefault(sign_of(piece.place) + piece.kind, []).append(number)
    for numbers in members.values():
        if len(numbers) >= _FEWEST and keep[numbers].sum() >= 0.3 * len(numbers):
            for number in numbers:
                keep[number] = keep[number] or scores[number] >= 0.1


def _is_fringe(piece: PageBlock, tags: int = 0, far: int = 0) -> bool:
    place = piece.place
    return bool(place.tags & FURNITURE & ~tags or (place.near | (place.far & ~far)) & FRINGE)


def _inside(
    pieces: Sequence[PageBlock], keep: Any, scores: Array, words: Array, *, least: float, shortest: int
) -> None:
    """Text inside the smallest container of four fifths of what was chosen, if it is not mostly links."""
    wanted = 0.8 * float(words[keep].sum())
    held: dict[int, float] = {}
    places: dict[int, Place] = {}
    for number in np.flatnonzero(keep):
        place: Place | None = pieces[int(number)].place
        while place is not None:
            held[id(place)] = held.get(id(place), 0.0) + float(words[number])
            places[id(place)] = place
            place = place.above
    main = max((place for key, place in places.items() if held[key] >= wanted), key=lambda place: place.depth)
    for at, piece in enumerate(pieces):
        if keep[at] or scores[at] < least or len(piece.text) < shortest:
            continue
        if piece.link_chars * 3 > len(piece.text) or _is_fringe(piece, main.tags, main.far):
            continue
        place = piece.place
        while place is not None and place is not main:
            place = place.above
        keep[at] = place is main


def _prose(pieces: Sequence[PageBlock], keep: Any, words: Array) -> None:
    """Paragraphs of running text are kept wherever they stand, if they are no furniture by their names: a page's text
    may go on below what looks like its end, and what is not read there could change unseen. The names of the body
    element, which often say what stands somewhere on the page ("has-sidebar"), do not count."""
    for number, piece in enumerate(pieces):
        if words[number] < PROSE or piece.link_chars or keep[number]:
            continue
        place: Place | None = piece.place
        while place is not None and place.tag != "body":
            place = place.above
        if not _is_fringe(piece, 0, place.near | place.far if place is not None else 0):
            keep[number] = True


def _gaps(pieces: Sequence[PageBlock], keep: Any, scores: Array) -> None:
    """Short gaps between pieces that are kept are filled with what is not links or furniture."""
    kept = np.flatnonzero(keep)
    for before, after in itertools.pairwise(kept):
        if 1 < after - before <= _WIDEST_GAP + 1:
            for number in range(before + 1, after):
                piece = pieces[number]
                if scores[number] >= 0.1 and piece.link_chars * 2 < len(piece.text) and not _is_fringe(piece):
                    keep[number] = True
