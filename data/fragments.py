"""Addresses that lead into a document: to a passage of a page, to a page of a PDF."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

SHORT: Final = 80
"""Characters up to which a passage is named whole; of a longer one its first and last words."""
EDGE: Final = 5
"""Words at each end by which a long passage is named."""
_MASKED = re.compile(r"\[(?:e-mail address|phone number|name)\]")
_DIRECTIVE = ":~:"
_PAGE = re.compile(r"(?:^|&)page=[^&]*")


def _quoted(text: str) -> str:
    """A text as it stands in a text directive, in which "-", "," and "&" have meanings of their own."""
    return quote(text, safe="").replace("-", "%2D")


def _visible_runs(passage: str) -> list[list[str]]:
    """The words of a passage, in runs that stand on the page as they are: masked details and the bars between the cells
    of a table row part them."""
    runs = (piece.split() for part in _MASKED.split(passage) for piece in part.split(" | "))
    return [run for run in runs if any(any(character.isalnum() for character in word) for word in run)]


def text_fragment(url: str, passage: str) -> str:
    """The address with a text fragment that leads to the passage (WICG Scroll to Text Fragment): the whole of a short
    one, first and last words of a long one. A fragment that the address has is kept before the directive; a directive
    that it has is replaced. The address alone where the passage has no words."""
    address, mark, fragment = url.partition("#")
    fragment = fragment.split(_DIRECTIVE, 1)[0]
    plain = f"{address}#{fragment}" if mark and fragment else address
    runs = _visible_runs(passage)
    if not runs:
        return plain
    if len(runs) == 1 and len(" ".join(runs[0])) <= SHORT:
        directive = _quoted(" ".join(runs[0]))
    else:
        first, last = runs[0][:EDGE], runs[-1][-EDGE:]
        if len(runs) == 1 and len(runs[0]) < 2 * EDGE:
            half = max(1, len(runs[0]) // 2)
            first, last = runs[0][:half], runs[0][half:]
        directive = _quoted(" ".join(first)) + (f",{_quoted(' '.join(last))}" if last else "")
    return f"{address}#{fragment}{_DIRECTIVE}text={directive}"


def pdf_page_link(url: str, page: int) -> str:
    """The address of a PDF with the page at which to open it, counted from 1. Other parameters of its fragment stay.
    Raises ValueError for a page below 1."""
    if page < 1:
        raise ValueError(f"there is no page {page}")
    address, _, fragment = url.partition("#")
    rest = [part for part in fragment.split("&") if part and not _PAGE.fullmatch(part)]
    return f"{address}#{'&'.join([f'page={page}', *rest])}"


def passage_link(url: str, passage: str, page: int | None = None) -> str:
    """The address of a page, live or in an archive, that leads to a passage of it: by the passage's words, or by its
    page in a document that has pages."""
    return pdf_page_link(url, page) if page else text_fragment(url, passage)
