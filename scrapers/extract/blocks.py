"""Cuts a parsed page into its visible pieces of text, each with what is known of the place where it stands.

One walk over the tree, without recursion, so that depth costs nothing. What a reader never sees as text (scripts,
styles, form fields, drawings, embedded frames, attributes) is not looked at.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from scrapers.extract.characters import names

SKIPPED: Final = names(
    "script style noscript template svg math iframe object embed applet canvas audio video map select option "
    "datalist textarea input head title meta link base frame frameset noframes progress meter"
)
INLINE: Final = names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr output picture q "
    "rb rp rt rtc ruby s samp small source span strike strong sub sup time tt u var wbr relative-time time-ago"
)
HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ITEMS: Final = frozenset(("li", "dd", "dt"))

HINTS: Final = (
    ("nav", r"nav|menu|breadcrumb|paginat|pager|(?:^|[\s_-])toc(?:$|[\s_-])|skip|tabs?(?:$|[\s_-])"),
    ("footer", r"foot|copyright|legal|colophon|bottom"),
    ("header", r"header|masthead|topbar|top-bar|banner|hero"),
    ("side", r"side|aside|rail|widget|secondary|complementary"),
    ("social", r"share|sharing|social|follow|tweet|facebook|whatsapp"),
    (
        "related",
        r"relat|recommend|similar|popular|trending|read-?next|also|latest|recent|more|further|upsell|carousel|slider",
    ),
    (
        "promo",
        r"advert|(?:^|[\s_-])ads?(?:$|[\s_-])|promo|sponsor|newsletter|subscri|sign-?up|(?:^|[\s_-])cta|donat|paywall",
    ),
    ("comment", r"comment|disqus|(?<!cor)respond|reply|replies|discussion"),
    ("cookie", r"cookie|consent|gdpr|modal|popup|overlay|dialog|drawer|toast|alert|notice"),
    ("byline", r"meta|byline|author|date|time|publish|tags?(?:$|[\s_-])|categor|credit|avatar|user|profile"),
    ("caption", r"caption|figure|image|gallery|media|thumb"),
    (
        "content",
        r"article|content|entry|post|story|body|main|text|prose|rich|copy|descri|detail|summary|message|answer|"
        r"question|faq|accordion",
    ),
    (
        "shop",
        r"price|cart|basket|buy|variant|sku|swatch|filter|facet|sort|quantity|wishlist|checkout|stock|shipping|"
        r"toolbar|option",
    ),
    ("review", r"review|rating|star|testimonial"),
    ("hidden", r"hidden|hide|sr-only|visually|screen-?reader|collapse|offscreen|assistive"),
    ("card", r"card|teaser|item|tile|result|grid|list|row|col"),
)
HINT_NAMES: Final = tuple(name for name, _ in HINTS)
_HINT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in HINTS))
_BIT: Final = {name: 1 << place for place, name in enumerate(HINT_NAMES)}

TAG_NAMES: Final = (
    "article", "main", "nav", "footer", "header", "aside", "form", "figure", "blockquote", "table", "pre", "button",
    "section", "details", "address", "dl", "hidden", "li",
)  # fmt: skip
_TAG_BIT: Final = {name: 1 << place for place, name in enumerate(TAG_NAMES)}
_ROLES: Final = {
    "navigation": "nav", "contentinfo": "footer", "banner": "header", "complementary": "aside", "main": "main",
    "article": "article", "search": "form", "dialog": "aside", "button": "button", "menu": "nav", "menubar": "nav",
}  # fmt: skip
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MOST_BLOCKS: Final = 25_000
"""After so many pieces the walk ends; no page for readers has them."""
_MOST_LINKS: Final = 20_000
_MOST_ROWS = 20_000
_LONGEST_CELL = 1500
LONG = 80
"""Characters from which a piece counts as running text."""


@lru_cache(maxsize=32768)
def _word_hints(word: str) -> int:
    found = 0
    for match in _HINT.finditer(word.lower()):
        found |= _BIT[match.lastgroup or ""]
    return found


def hints(words: str) -> int:
    """Which of HINTS the words of a class, id or label suggest, as bits."""
    found = 0
    for word in words.split():
        found |= _word_hints(word)
    return found


@dataclass(slots=True, eq=False)
class Place:
    """An element that holds pieces: what is inherited downwards, and what is summed upwards from its pieces.

    `near` are the hints of the element itself, `far` those of all above; `tags` the TAG_NAMES at and above it.
    """

    above: Place | None
    tag: str
    depth: int
    near: int
    far: int
    tags: int
    sign: str
    chars: int = 0
    link_chars: int = 0
    long_chars: int = 0
    blocks: int = 0
    headings: int = 0
    built: str = ""
    """The names of this element and the two above, once asked for."""


@dataclass(slots=True, eq=False)
class PageBlock:
    """One visible piece of a page. `link_chars` and `bold_chars` count its characters that stand in links or are bold;
    `columns` names the columns of a table row; `times` holds the datetime values of the time elements in it."""

    kind: str
    text: str
    place: Place
    level: int
    link_chars: int
    bold_chars: int
    columns: str = ""
    times: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class PageLink:
    """A link as it stands on the page: its target as written, its words, and the number of the block it begins in."""

    href: str
    text: str
    block: int


@dataclass(slots=True, eq=False)
class Page:
    """The pieces of a page in reading order. `cut` tells why the walk ended before the page did."""

    blocks: list[PageBlock] = field(default_factory=list)
    links: list[PageLink] = field(default_factory=list)
    elements: int = 0
    cut: str | None = None


class _Run:
    """The run of text being gathered."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.parts: list[str] = []
        self.link_chars = 0
        self.bold_chars = 0
        self.times: list[str] = []
        self.breaks = 0
        self.link_end = -1
        """Number of parts when a link ended: two links that touch are two words."""

    def say(self, text: str, linked: bool, bold: bool) -> None:
        if text.isspace():
            if self.parts:
                self.parts.append(" ")
            return
        self.parts.append(text)
        self.breaks = 0
        if linked or bold:
            size = len(text.strip())
            self.link_chars += size if linked else 0
            self.bold_chars += size if bold else 0

    def take(self) -> str:
        """The text gathered so far, which is then forgotten."""
        if not self.parts:
            return ""
        text = " ".join("".join(self.parts).split())
        self.parts = []
        self.breaks = 0
        return text

    def end(self, place: Place, kind: str, level: int) -> None:
        """Closes the run and makes it a block; a run without a visible character is dropped."""
        if self.parts:
            self.add(self.take(), place, kind, level)

    def add(self, text: str, place: Place, kind: str, level: int, columns: str = "") -> None:
        if text:
            size = len(text)
            self.page.blocks.append(
                PageBlock(
                    kind, text, place, level, min(self.link_chars, size), min(self.bold_chars, size), columns,
                    tuple(self.times),
                )
            )  # fmt: skip
            self.times = []
        self.link_chars = self.bold_chars = 0


@dataclass(slots=True)
class _Table:
    """A table of data being read."""

    cells: list[str] = field(default_factory=list)
    heads: int = 0
    columns: str = ""
    row: int = 0


def is_data_table(table: Any) -> bool:
    """Whether a table holds data in rows and columns, not the layout of a page."""
    if table.get("role") in ("presentation", "none"):
        return False
    if next(table.iter("form", "h1", "h2", "article"), None) is not None:
        return False
    inner = table.iter("table")
    next(inner)
    if next(inner, None) is not None:
        return False
    rows = wide = 0
    for row in table.iter("tr"):
        rows += 1
        cells = 0
        for cell in row:
            if cell.tag in ("td", "th"):
                cells += 1
                if rows <= 50 and sum(map(len, cell.itertext())) > _LONGEST_CELL:
                    return False
        wide += cells >= 2
        if rows >= _MOST_ROWS:
            break
    return rows >= 2 and wide * 2 >= rows


def enter(element: Any, tag: str, above: Place) -> Place:
    """The place that a block element makes below another."""
    attributes = element.attrib
    near = 0
    tags = above.tags | _TAG_BIT.get(tag, 0)
    sign = tag
    if attributes:
        named = attributes.get("class", "")
        words = f"{named} {attributes.get('id', '')} {attributes.get('itemprop', '')}"
        if words != "  ":
            near = hints(words[:300])
            sign = f"{tag}.{named[:40]}"
        role = attributes.get("role")
        if role:
            tags |= _TAG_BIT.get(_ROLES.get(role, ""), 0)
        if (
            "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or ("style" in attributes and _HIDING.search(attributes["style"]))
        ):
            tags |= _TAG_BIT["hidden"]
    return Place(above, tag, above.depth + 1, near, above.far | above.near, tags, sign)


def cut(root: Any, *, deadline: float, noscript: bool = False) -> Page:
    """The visible pieces of a page, given its root element; with `noscript` also what stands there for readers whose
    browser runs no scripts.

    `deadline` is a time.monotonic() moment after which the walk stops and the page is marked cut.
    """
    page = Page()
    run = _Run(page)
    place = Place(None, "", 0, 0, 0, 0, "")
    kind, level = "paragraph", 0
    outer: list[tuple[Place, str, int]] = []
    anchors: list[tuple[str, int, int]] = []
    linked = bold = 0
    table: _Table | None = None
    skipped = SKIPPED - {"noscript"} if noscript else SKIPPED
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            page.elements += 1
            if not page.elements & 255:
                if len(page.blocks) >= MOST_BLOCKS:
                    page.cut = f"only the first {MOST_BLOCKS:,} pieces read"
                    break
                if time.monotonic() > deadline:
                    page.cut = "reading took too long; only the beginning was read"
                    break
            if tag in skipped:
                walk.skip_subtree()
            elif tag in INLINE:
                if tag == "a":
                    href = element.get("href")
                    if href:
                        linked += 1
                    if run.parts and run.link_end == len(run.parts):
                        run.parts.append(" ")
                    anchors.append((href or "", len(run.parts), len(page.blocks)))
                elif tag in ("b", "strong"):
                    bold += 1
                elif tag == "time" and element.get("datetime"):
                    run.times.append(element.get("datetime"))
            elif tag == "br":
                run.breaks += 1
                run.parts.append("\n")
                if run.breaks >= 2 and table is None:
                    run.end(place, kind, level)
            elif table is not None:
                if tag in ("td", "th"):
                    table.heads += tag == "th"
                    run.take()
                elif tag == "tr":
                    run.end(place, "paragraph", 0)
                    outer.append((place, kind, level))
                    place = enter(element, tag, place)
                    table.cells, table.heads = [], 0
                else:
                    run.parts.append(" ")
            else:
                run.end(place, kind, level)
                outer.append((place, kind, level))
                place = enter(element, tag, place)
                if tag in HEADINGS:
                    kind, level = "heading", int(tag[1])
                elif tag in ITEMS:
                    kind, level = "list-item", 0
                elif tag == "table" and is_data_table(element):
                    table = _Table()
            text = element.text
            if text and tag not in skipped:
                run.say(text, linked > 0, bold > 0)
            continue
        if tag in skipped or tag == "br":
            pass
        elif tag in INLINE:
            if tag == "a" and anchors:
                href, at, since = anchors.pop()
                if href:
                    linked = max(0, linked - 1)
                if href and len(page.links) < _MOST_LINKS:
                    words = [block.text for block in page.blocks[since:]]
                    fresh = run.parts if words else run.parts[at:]
                    words.append(" ".join("".join(fresh).split()))
                    page.links.append(PageLink(href, " ".join(filter(None, words))[:500], since))
                    run.link_end = len(run.parts)
            elif tag in ("b", "strong"):
                bold = max(0, bold - 1)
        elif table is not None and tag not in ("table", "tr", "caption"):
            if tag in ("td", "th"):
                table.cells.append(run.take())
            else:
                run.parts.append(" ")
        elif table is not None and tag == "tr":
            _end_row(run, table, place)
            place, kind, level = outer.pop()
        elif table is not None and tag == "caption":
            run.end(place, "paragraph", 0)
        else:
            run.end(place, kind, level)
            if tag == "table":
                table = None
            place, kind, level = outer.pop()
        text = element.tail
        if text and element is not root:
            run.say(text, linked > 0, bold > 0)
    run.end(place, kind, level)
    return page


def _end_row(run: _Run, table: _Table, place: Place) -> None:
    """Makes a block of the cells of a row; a first row of head cells names the columns of those below it."""
    rest = run.take()
    cells = [cell for cell in [*table.cells, rest] if cell]
    if not cells:
        return
    row = " | ".join(cells)
    table.row += 1
    if table.heads >= 2 and table.heads >= len(cells) and len(row) <= 400:
        run.add(row, place, "table-row", 0)
        table.columns = row
    else:
        run.add(row, place, "table-row", 0, table.columns)
