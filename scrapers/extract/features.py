"""What is measured of each piece of a page, to tell its main text from menus, teasers and notices.

Nothing here knows a site: only lengths, links, punctuation, names of elements and classes, repetition and neighbours.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, Final

import numpy as np

from scrapers.extract.blocks import HINT_NAMES, LONG, TAG_NAMES, Page, PageBlock, Place
from scrapers.extract.characters import names

Array = np.ndarray[Any, np.dtype[np.float32]]

_NOTICE = re.compile(
    r"cookie|copyright|©|all rights reserved|privacy (?:policy|notice)|terms (?:of|and)|subscri|newsletter|"
    r"sign up|sign in|log ?in\b|register\b|mail address|javascript|your browser|skip to|back to top|loading|advertis"
)
_CALL = re.compile(
    r"read (?:more|full|on)|learn more|more\b|see (?:all|more)|view|show|find out|click|share|tweet|follow|print|"
    r"reply|like|report|download|buy|add to|shop|get started|contact|menu|search|next|previous|back|home|close|cancel|"
    r"filter|sort|load more|continue|watch|listen|try|start|join|donate|book|apply|quick"
)
_RELATED = re.compile(
    r"related|recommend|you (?:may|might) (?:also )?like|also like|more (?:from|news|stories|articles|on)|popular|"
    r"trending|latest|recent|read (?:more|next)|similar|what to read|in this (?:section|article)|share this|comments?$|"
    r"leave a (?:reply|comment)|newsletter|sign up|subscribe|follow us|contact us|about us|quick links|categories|tags|"
    r"table of contents|contents|on this page|sponsored"
)
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d[/.]\d{1,2}[/.]\d|\d (?:minute|hour|day|week|month|year)s? ago|min read")
_DIGIT = re.compile(r"\d")
_MONEY = re.compile(r"[$€£¥] ?\d|\d ?[$€£¥]")
_ENDS: Final = frozenset(".!?…:;")
_FUNCTION_WORDS: Final = names(
    "the of and a to in is that it for on was with as be by at from are this have or an not but which were had "
    "has they you we their there been can will would more if when who what so its his her our your i he she de la "
    "le les et des en un une du que est pour dans qui sur pas au der die und das ist den von zu mit ein eine "
    "nicht auf für sich dem es el los las del por con una se no para al lo como di il che e per non sono più da o "
    "os um uma do na com não"
)
_KINDS: Final = ("heading", "paragraph", "list-item", "table-row")
_SCHEMA: Final = ("article", "product", "forum", "collection", "faq")

_OWN: Final = (
    "log chars", "log words", "sentences", "commas", "copies", "text after links", "word length", "link share",
    "bold share", "ends", "ends colon", "function words", "digits", "capitals", "notice", "call", "related", "date",
    "money", "copy before", "level", "time", "long", "question", "short linked", "depth",
)  # fmt: skip
_LOGGED: Final = 6
"""So many of _OWN, from the first, are logarithms."""
_LINK_SHARE: Final = _OWN.index("link share")
_ENDING: Final = _OWN.index("ends")
_LONG: Final = _OWN.index("long")
_RELATED_HEAD: Final = _OWN.index("related")
_CONTAINER: Final = ("log chars", "link share", "log blocks", "share of page", "share of long", "mean", "headings")
_LEVELS: Final = (0, 1, 2, 4)
_AROUND: Final = ("log words", "link share", "long", "heading", "ends unlinked")
_SIDES: Final = (-3, -2, -1, 1, 2, 3)
_PAGE: Final = (
    "page log chars", "page link share", "page long pieces", "page long share", "page blocks", "has article",
    "has main", "has h1", "root path", "page headings",
)  # fmt: skip

NAMES: Final = (
    *_OWN,
    *(f"kind {name}" for name in _KINDS),
    *(f"in {name}" for name in TAG_NAMES),
    *(f"near {name}" for name in HINT_NAMES),
    *(f"far {name}" for name in HINT_NAMES),
    *(f"up {level} {name}" for level in _LEVELS for name in _CONTAINER),
    *(f"{side:+d} {name}" for side in _SIDES for name in _AROUND),
    "window 3 text", "window 3 links", "window 8 text", "window 8 links", "window 20 text",
    "place", "place in text", "long before", "long after", "after h1", "from h1", "main steps",
    "in main 50", "in main 80", "alike", "alike words", "alike links", "siblings", "heading related",
    "heading distance", "heading linked",
    *_PAGE,
    *(f"schema {name}" for name in _SCHEMA),
)  # fmt: skip
_SEVERAL_LEVELS = 3


def sum_up(page: Page) -> None:
    """Adds the measures of each piece to all places around it."""
    sums: dict[int, list[Any]] = {}
    for block in page.blocks:
        chars = len(block.text)
        row = sums.get(id(block.place))
        if row is None:
            row = sums[id(block.place)] = [block.place, 0, 0, 0, 0, 0]
        row[1] += chars
        row[2] += block.link_chars
        row[3] += chars if chars >= LONG and block.link_chars * 2 < chars else 0
        row[4] += 1
        row[5] += block.kind == "heading"
    for at, chars, link_chars, long_chars, count, headings in sums.values():
        place: Place | None = at
        while place is not None:
            place.chars += chars
            place.link_chars += link_chars
            place.long_chars += long_chars
            place.blocks += count
            place.headings += headings
            place = place.above


def _own(block: PageBlock, copies: int, before: bool) -> tuple[float, ...]:
    """The measures of one piece by itself; the first _LOGGED of them are still to be made logarithms."""
    text = block.text
    chars = len(text)
    head = text[:120].lower()
    words = head.split()
    some = len(words)
    count = text.count(" ") + 1
    last = text[-1]
    if last in "\"'”’»)]" and chars > 1:
        last = text[-2]
    short = chars < 60
    return (
        chars,
        count,
        text.count(". ") + text.count("? ") + text.count("! "),
        text.count(", "),
        copies - 1,
        chars - block.link_chars,
        min(chars / count, 20.0) / 10,
        block.link_chars / chars,
        block.bold_chars / chars,
        last in _ENDS,
        last == ":",
        len(_FUNCTION_WORDS.intersection(words)) / some,
        len(_DIGIT.findall(head)) / len(head),
        sum(map(str.isupper, text[:120])) / some,
        _NOTICE.search(head) is not None,
        short and _CALL.match(head) is not None,
        short and _RELATED.search(head) is not None,
        _DATE.search(head) is not None,
        _MONEY.search(head) is not None,
        before,
        block.level / 3,
        bool(block.times),
        chars >= LONG and block.link_chars * 2 < chars,
        last == "?",
        chars < 40 and block.link_chars > chars * 0.9,
        block.place.depth / 20,
    )


def measure(page: Page, *, path: str = "/", schema: int = 0) -> Array:
    """One row for each piece of the page, one column for each of NAMES.

    `path` is the path of the address; `schema` tells as bits what the page's structured data says it is (article,
    product, forum, collection, faq).
    """
    blocks = page.blocks
    count = len(blocks)
    if not count:
        return np.zeros((0, len(NAMES)), np.float32)
    sum_up(page)
    total = blocks[0].place
    while total.above is not None:
        total = total.above
    copies = Counter(block.text for block in blocks)
    seen: set[str] = set()
    own: list[tuple[float, ...]] = []
    places: dict[int, int] = {}
    hints: list[tuple[int, int, int]] = []
    around: list[list[int]] = []
    rows: list[int] = []
    for block in blocks:
        text = block.text
        own.append(_own(block, copies[text], text in seen))
        seen.add(text)
        place = block.place
        row = places.get(id(place))
        if row is None:
            row = places[id(place)] = len(hints)
            hints.append((place.tags, place.near | (place.above.near if place.above else 0), place.far))
            around.append(_around_place(place))
        rows.append(row)
    left = np.asarray(own, np.float32)
    left[:, :_LOGGED] = np.log1p(left[:, :_LOGGED])
    kinds = np.asarray([_KINDS.index(block.kind) for block in blocks])[:, None] == np.arange(len(_KINDS))
    bits = np.asarray(hints, np.int64)
    inherited = np.hstack(
        [
            bits[:, :1] >> np.arange(len(TAG_NAMES)) & 1,
            bits[:, 1:2] >> np.arange(len(HINT_NAMES)) & 1,
            bits[:, 2:] >> np.arange(len(HINT_NAMES)) & 1,
            _containers(np.asarray(around, np.float32), total),
        ]
    )
    return np.hstack(
        [
            left,
            kinds,
            inherited[rows],
            _neighbours(left, kinds.astype(np.float32)),
            _positions(blocks, left, total),
            np.tile(np.asarray(_page(blocks, left, kinds, total, path, schema), np.float32), (count, 1)),
        ],
        dtype=np.float32,
        casting="unsafe",
    )


def _around_place(place: Place) -> list[int]:
    """The sums of the place and of those above it, at the steps that _LEVELS names."""
    row: list[int] = []
    at: Place = place
    step = 0
    for level in _LEVELS:
        while step < level and at.above is not None:
            at = at.above
            step += 1
        row += (at.chars, at.link_chars, at.blocks, at.long_chars, at.headings)
    return row


def _containers(sums: Array, total: Place) -> Array:
    columns: list[Array] = []
    for at in range(0, sums.shape[1], 5):
        chars, links, blocks, long, headings = sums[:, at : at + 5].T
        chars = np.maximum(chars, 1)
        blocks = np.maximum(blocks, 1)
        columns += [
            np.log1p(chars), links / chars, np.log1p(blocks), chars / max(1, total.chars),
            long / max(1, total.long_chars), np.log1p(chars / blocks), headings / blocks,
        ]  # fmt: skip
    return np.stack(columns, axis=1)


def shift(values: Array, by: int) -> Array:
    out = np.zeros_like(values)
    if by > 0:
        out[: -by or None] = values[by:] if by < len(values) else 0
    else:
        out[-by:] = values[:by] if -by < len(values) else 0
    return out


def _window(values: Array, width: int) -> Array:
    sums = np.concatenate([np.zeros(1, np.float64), np.cumsum(values, dtype=np.float64)])
    places = np.arange(len(values))
    low, high = np.maximum(places - width, 0), np.minimum(places + width + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low), np.float32)


def _neighbours(own: Array, kinds: Array) -> Array:
    words, links, long, ends = own[:, 1], own[:, _LINK_SHARE], own[:, _LONG], own[:, _ENDING]
    columns: list[Array] = []
    for side in _SIDES:
        columns += [
            shift(words, side), shift(links, side), shift(long, side), shift(kinds[:, 0], side),
            shift(ends * (1 - links), side),
        ]  # fmt: skip
    text = np.minimum(words, 5) * (1 - links)
    columns += [_window(text, 3), _window(links, 3), _window(text, 8), _window(links, 8), _window(text, 20)]
    return np.stack(columns, axis=1)


def _main_places(blocks: list[PageBlock], total: Place) -> tuple[set[int], set[int], dict[int, int]]:
    """The deepest places with half and with four fifths of the page's running text, and the steps up from any place to
    the path of the first."""
    wanted = max(1, total.long_chars)
    half = most = total
    met: set[int] = set()
    for block in blocks:
        place: Place | None = block.place
        while place is not None and id(place) not in met:
            met.add(id(place))
            if place.long_chars * 2 >= wanted and place.depth > half.depth:
                half = place
            if place.long_chars * 5 >= wanted * 4 and place.depth > most.depth:
                most = place
            place = place.above
    path: dict[int, int] = {}
    at: Place | None = half
    while at is not None:
        path[id(at)] = half.depth - at.depth
        at = at.above
    return {id(half)}, {id(most)}, path


def _positions(blocks: list[PageBlock], own: Array, total: Place) -> Array:
    count = len(blocks)
    half, most, path = _main_places(blocks, total)
    chars = np.asarray([len(block.text) for block in blocks], np.float32)
    before = (np.cumsum(chars) - chars) / max(1.0, float(chars.sum()))
    long = own[:, _LONG] * chars
    all_long = max(1.0, float(long.sum()))
    long_before = (np.cumsum(long) - long) / all_long
    h1 = next((n for n, block in enumerate(blocks) if block.level == 1), None)
    numbers = np.arange(count, dtype=np.float32)
    alike: dict[str, list[int]] = {}
    group: list[list[int]] = []
    steps: dict[int, tuple[float, float, float]] = {}
    rows: list[tuple[float, ...]] = []
    related = own[:, _RELATED_HEAD].tolist()
    linked = own[:, _LINK_SHARE].tolist()
    head_related = head_linked = 0.0
    since = 0
    for n, block in enumerate(blocks):
        place = block.place
        key = id(place)
        if key not in steps:
            steps[key] = _steps(place, half, most, path)
        sign = sign_of(place) + block.kind
        sums = alike.get(sign)
        if sums is None:
            sums = alike[sign] = [0, 0, 0]
        sums[0] += 1
        sums[1] += len(block.text)
        sums[2] += block.link_chars
        group.append(sums)
        if block.kind == "heading":
            head_related, head_linked, since = related[n], linked[n], 0
        rows.append((*steps[key], place.above.blocks if place.above else 0, head_related, since, head_linked))
        since += 1
    same = np.asarray(group, np.float32)
    rest = np.asarray(rows, np.float32)
    away = numbers - (h1 or 0)
    return np.stack(
        [
            numbers / count, before, long_before, 1 - long_before - long / all_long,
            (away >= 0) * 1.0 if h1 is not None else numbers * 0,
            np.sign(away) * np.log1p(np.abs(away)) if h1 is not None else numbers * 0,
            np.log1p(rest[:, 0]), rest[:, 1], rest[:, 2], np.log1p(same[:, 0]), np.log1p(same[:, 1] / same[:, 0]),
            same[:, 2] / same[:, 1], np.log1p(rest[:, 3]), rest[:, 4], np.log1p(rest[:, 5]), rest[:, 6],
        ],
        axis=1,
    )  # fmt: skip


def _steps(place: Place, half: set[int], most: set[int], path: dict[int, int]) -> tuple[float, float, float]:
    at: Place | None = place
    in_half = in_most = 0.0
    meeting = -1
    while at is not None:
        key = id(at)
        if meeting < 0 and key in path:
            meeting = path[key]
        in_half = 1.0 if key in half else in_half
        in_most = 1.0 if key in most else in_most
        at = at.above
    return float(max(0, meeting)), in_half, in_most


def sign_of(place: Place) -> str:
    """How a place is built: its element and the two above, with their classes. Pieces alike have the same."""
    if not place.built:
        names: list[str] = []
        at: Place | None = place
        while at is not None and len(names) < _SEVERAL_LEVELS:
            names.append(at.sign)
            at = at.above
        place.built = ">".join(names)
    return place.built


def _page(blocks: list[PageBlock], own: Array, kinds: Array, total: Place, path: str, schema: int) -> list[float]:
    tags = 0
    for block in blocks:
        tags |= block.place.tags
    return [
        math.log1p(total.chars),
        total.link_chars / max(1, total.chars),
        math.log1p(float(own[:, _LONG].sum())),
        total.long_chars / max(1, total.chars),
        math.log1p(len(blocks)),
        float(tags & 1),
        float(tags >> 1 & 1),
        1.0 if any(block.level == 1 for block in blocks) else 0.0,
        1.0 if path in ("", "/") else 0.0,
        float(kinds[:, 0].mean()),
        *(float(schema >> place & 1) for place in range(len(_SCHEMA))),
    ]
