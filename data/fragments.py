"""Links that open a page at a passage: W3C text fragments, and page numbers in PDF."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

WHOLE_WORDS: Final = 12
EDGE_WORDS: Final = 6


def _part(words: list[str]) -> str:
    # "-" and "," have a meaning in a text directive, and quote() leaves "-" as it is
    return quote(" ".join(words), safe="").replace("-", "%2D")


def text_fragment(url: str, passage: str) -> str:
    """The address of a page, opened at the passage: the whole of it where it is short, else its first and last words.

    A fragment that the address has already is kept before the directive. An empty passage gives the address as it is.
    """
    words = passage.split()
    if not words:
        return url
    if len(words) <= WHOLE_WORDS:
        directive = _part(words)
    else:
        directive = f"{_part(words[:EDGE_WORDS])},{_part(words[-EDGE_WORDS:])}"
    base, _, fragment = url.partition("#")
    return f"{base}#{fragment.split(':~:', 1)[0]}:~:text={directive}"


def pdf_page_link(url: str, page: int) -> str:
    """The address of a PDF, opened at a page (from 1)."""
    return f"{url.partition('#')[0]}#page={page}"
