"""Web pages: title, dates, author, language, main text in passages, and links.

The tree is parsed and walked once; what is main text is judged by measures that hold on any site (see `main_text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from scrapers.extract import dates, links, main_text, page, titles
from scrapers.extract.blocks import HINT_NAMES, TAG_NAMES, PageBlock
from scrapers.extract.characters import shown
from scrapers.extract.complete import complete
from scrapers.extract.layout import place
from scrapers.extract.mask import mask, names_to_mask
from scrapers.extract.metadata import ARTICLES, Metadata, types_of
from scrapers.extract.model import Block, Extraction

EXTRACTOR: Final = "html/5"
"""Changes whenever the same bytes may be read differently."""
_FURNITURE: Final = sum(1 << TAG_NAMES.index(name) for name in ("nav", "footer", "header", "form", "button"))
_FRINGE: Final = sum(1 << HINT_NAMES.index(name) for name in ("nav", "footer", "social", "cookie"))
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_TAG = re.compile(r"<[^>]{0,2000}>")
_FEW_WORDS: Final = 25
_PSEUDO_LEVEL: Final = 7


def extract(html: bytes, url: str, *, charset: str | None = None, page_kind: str | None = None) -> Extraction:
    """Reads a web page. `url` is the address it came from, `charset` what the server declared, `page_kind` the kind of
    the source in the register (on an "foi" page the requester's name is masked). Raises nothing for a bad page."""
    url = links.usable(url)
    ready = page.prepare(html, charset)
    if ready is None:
        return Extraction(EXTRACTOR, problem="no text in the page")
    meta, pieces = ready.meta, ready.page.blocks
    parts = urlsplit(url)
    scores = main_text.score(ready.page, path=parts.path, schema=meta.schema)
    words = main_text.count_words(pieces)
    keep = complete(pieces, main_text.choose(scores, words), scores, words)
    title = titles.choose(ready.page, meta, url)
    blocks = trails([block for block, kept in zip(pieces, keep, strict=True) if kept])
    hidden = _described(meta) if sum(len(block.text.split()) for block in blocks) < _FEW_WORDS else []
    if sum(len(text.split()) for text in hidden) > 2 * sum(len(block.text.split()) for block in blocks):
        blocks = [Block("paragraph", text) for text in hidden]
    names = names_to_mask([block.text for block in pieces], page_kind)
    text, passages = place(blocks, names=names)
    read = dates.of_page(ready.page, meta, url, title)
    base = links.absolute(meta.base, url) if meta.base else url
    around = [
        link
        for link in ready.page.links
        if link.block < len(pieces) and _is_content(pieces[link.block], bool(keep[link.block]))
    ]
    problem = ready.problem
    if not text and problem is None:
        problem = "no text in the page"
    return Extraction(
        EXTRACTOR,
        title=mask(title, names) if title else None,
        text=text,
        published_on=read.published_on,
        published_how=read.published_how,
        updated_on=read.updated_on,
        updated_how=read.updated_how,
        author=_author(meta, names),
        language=_language(meta),
        problem=problem,
        links=links.collect(((link.href, link.text) for link in around), base or url, names),
        passages=passages,
        dates=read.found,
    )


def trails(pieces: Iterable[PageBlock]) -> list[Block]:
    """Blocks with the headings they stand under, outermost first; a row of a table has the names of its columns as the
    innermost. A short paragraph all in bold is a heading of the lowest rank."""
    above: list[tuple[int, str]] = []
    found: list[Block] = []
    for piece in pieces:
        level = piece.level
        kind = piece.kind
        if kind == "paragraph" and _is_bold_heading(piece):
            kind, level = "heading", _PSEUDO_LEVEL
        if kind == "heading":
            above = [(rank, text) for rank, text in above if rank < level]
        trail = tuple(text for _, text in above) + ((piece.columns,) if piece.columns else ())
        found.append(Block(kind, piece.text, trail))
        if kind == "heading":
            above.append((level, piece.text))
    return found


def _is_bold_heading(piece: PageBlock) -> bool:
    size = len(piece.text)
    return (
        size <= 200 and piece.bold_chars >= size * 0.9 and piece.link_chars * 2 < size and piece.text[-1] not in ".,;"
    )


def _is_content(piece: PageBlock, kept: bool) -> bool:
    place_ = piece.place
    return kept or not (place_.tags & _FURNITURE or (place_.near | place_.far) & _FRINGE)


def _described(meta: Metadata) -> list[str]:
    """Text that stands only in structured data, for pages drawn by scripts."""
    for thing in meta.things:
        if ARTICLES.intersection(types_of(thing)) and isinstance(thing.get("articleBody"), str):
            body = str(thing["articleBody"])
            lines = re.split(r"\n+|<br\s*/?>|</p>", body)
            return [text for line in lines if (text := shown(_TAG.sub(" ", line)))]
    for name in ("description", "articleBody"):
        for thing in meta.things:
            value = thing.get(name)
            if isinstance(value, str) and types_of(thing) and len(value.split()) >= _FEW_WORDS:
                return [shown(_TAG.sub(" ", value))]
    return []


def _author(meta: Metadata, names: Sequence[str]) -> str | None:
    """The author as meta elements or the article's structured data name them."""
    stated = meta.first(
        "author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author"
    )
    if not stated or stated.startswith(("http:", "https:", "@")):
        stated = None
        for thing in meta.things:
            if ARTICLES.intersection(types_of(thing)):
                stated = _named(thing.get("author"))
                if stated:
                    break
    text = mask(shown(stated), names)[:200] if stated else ""
    return text or None


def _named(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dict):
        return _named(value.get("name"))
    if isinstance(value, list):
        found = [name for item in value[:10] if (name := _named(item))]
        return ", ".join(found) or None
    return None


def _language(meta: Metadata) -> str | None:
    """The language tag that the page states, in its usual writing (en-GB)."""
    stated = meta.language or meta.first("og:locale", "content-language", "dc.language", "dcterms.language")
    if not stated or not _LANGUAGE.match(stated.strip()):
        return None
    first, *rest = re.split(r"[-_]", stated.strip())
    cased = (part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part for part in rest)
    return "-".join([first.lower(), *cased])
