"""What is read out of one capture: the seam between the parsers and everything that uses their words."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """One outgoing link: its place among the links from 1, an absolute http(s) address, the words it stands on."""

    position: int
    url: str
    text: str


@dataclass(frozen=True)
class Passage:
    """One heading, paragraph, list item, table row or PDF block.

    `position` counts from 1. `heading` holds the headings it stands under, outermost first, joined by " > ". The text
    is masked and is exactly `extraction.text[char_start:char_end]`. `page_number` counts from 1 in paged files.
    """

    position: int
    kind: str
    heading: str | None
    text: str
    page_number: int | None
    char_start: int
    char_end: int


@dataclass(frozen=True)
class StatedDate:
    """A date that the document bears. `value` is YYYY, YYYY-MM or YYYY-MM-DD; `how` is json-ld, meta, time, label, url
    or text; `role` is published, updated, or candidate where it is too weak to be a fact."""

    value: str
    how: str
    role: str


@dataclass(frozen=True)
class Block:
    """A piece of a document before masking and placing; what every parser gives. `trail` holds the headings above."""

    kind: str
    text: str
    trail: tuple[str, ...] = ()
    page_number: int | None = None


@dataclass(frozen=True)
class Extraction:
    """All that was read out of one capture. An unreadable document is an Extraction with `problem` set, never an error.

    `extractor` names the reader and its version; dates are YYYY, YYYY-MM or YYYY-MM-DD and None where the document
    states none; `language` is a BCP 47 tag; `pages` the number of pages of a paged file.
    """

    extractor: str
    title: str | None = None
    text: str = ""
    published_on: str | None = None
    published_how: str | None = None
    updated_on: str | None = None
    updated_how: str | None = None
    author: str | None = None
    language: str | None = None
    pages: int | None = None
    problem: str | None = None
    links: tuple[Link, ...] = ()
    passages: tuple[Passage, ...] = ()
    dates: tuple[StatedDate, ...] = field(default=())
