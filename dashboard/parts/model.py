"""How the tables hang together: a picture drawn from the keys that the schema names, and the same as a table.

Each box is a table with its own key and the columns whose cells name a row elsewhere. A line leads to the table that is
named where that stands one step to the left; every other key is written in the box, so that no lines cross the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from dashboard.api.catalogue import tables
from dashboard.parts.html import EMPTY, address, fill, join, link, many
from dashboard.parts.tables import Column, table
from dashboard.queries.dictionary import GROUPS, all_tables, pointing_at, points_to
from dashboard.record import Record, per_record

BOX, GAP, NARROW = 186, 34, 340
HEAD, ROW, AIR, BAND = 24, 15, 12, 34
COLUMNS: Final = 5
LETTER: Final = 6.8
"""Units that a letter may take at most; words without room for that are set closer."""
_STYLE: Final = Markup(
    "text{font:11px 'Source Sans',Helvetica,Arial,sans-serif;fill:#1a1f26}.name{font-weight:700}"
    ".band{font:700 14px 'Source Serif',Georgia,serif}.to{fill:#0b5d66}"
    "rect{fill:#fff;stroke:#d8d4ca}.register .top{fill:#0b5d66;stroke:#0b5d66}.register .name{fill:#fff}"
    ".collected .top{fill:#cfe2e2;stroke:#6fa3a6}.computed .top{fill:#eceae3;stroke:#d3cfc4}"
    "path{fill:none;stroke:#55606a;stroke-width:1.2}"
    "@media(prefers-color-scheme:dark){text{fill:#e9e6df}.to{fill:#8fd3da}rect{fill:#1d2327;stroke:#363d42}"
    ".register .top{fill:#7cc7cf;stroke:#7cc7cf}.register .name{fill:#0b1f22}"
    ".collected .top{fill:#28474b;stroke:#5c9ba1}.computed .top{fill:#22282c;stroke:#363d42}path{stroke:#a9b1b6}}"
)


@dataclass(frozen=True)
class Box:
    """One table: the columns that name its rows, and (column, table) of those that name a row elsewhere."""

    name: str
    group: str
    key: tuple[str, ...]
    names: tuple[tuple[str, str], ...]

    @property
    def own(self) -> tuple[str, ...]:
        """The columns of its key that name nothing elsewhere."""
        return tuple(column for column in self.key if column not in dict(self.names))

    @property
    def height(self) -> int:
        return HEAD + ROW * (len(self.own) + len(self.names)) + 6


@per_record
def boxes(record: Record) -> tuple[Box, ...]:
    """Every table and view, in the order of the groups; within one, those that are named most stand first."""
    known = tables(record)
    made = [
        Box(
            one.info.name,
            one.group,
            one.info.key,
            tuple(
                (column.name, target[0])
                for column in one.info.columns
                if (target := points_to(record, column)) is not None
            ),
        )
        for one in all_tables(record)
        if one.info.name in known
    ]
    order = list(GROUPS)
    return tuple(sorted(made, key=lambda b: (order.index(b.group), -len(pointing_at(record, b.name)), b.name)))


def _steps(of: list[Box]) -> dict[str, int]:
    """How many steps each table stands from one that names no other of these."""
    by_name = {box.name: box for box in of}
    found: dict[str, int] = {}

    def step(name: str, above: frozenset[str]) -> int:
        if name not in found:
            others = {to for _, to in by_name[name].names if to in by_name and to not in above and to != name}
            found[name] = max((step(to, above | {name}) + 1 for to in others), default=0)
        return found[name]

    for box in of:
        step(box.name, frozenset({box.name}))
    return found


def _columns(of: list[Box], count: int) -> list[list[Box]]:
    """The boxes in columns: by steps where they hang together, else each where there is most room."""
    steps = _steps(of)
    made: list[list[Box]] = [[] for _ in range(count)]
    if 2 < max(steps.values(), default=0) + 1 <= count:
        for box in of:
            made[steps[box.name]].append(box)
        return made
    for box in of:
        min(made, key=lambda column: sum(one.height + AIR for one in column)).append(box)
    return made


def _fitted(words: str, room: float) -> Markup:
    """Set the words closer where they would reach into those at the right."""
    if len(words) * LETTER <= room:
        return EMPTY
    return fill(' textLength="{w:.0f}" lengthAdjust="spacingAndGlyphs"', w=room)


def _box(box: Box, x: int, y: int, width: int) -> Markup:
    rows = [(column, "key") for column in box.own] + [(column, to) for column, to in box.names]
    lines = join(
        fill(
            '<text x="{x}" y="{y}"{f}>{c}</text><text class="to" x="{r}" y="{y}" text-anchor="end">{t}</text>',
            x=x + 7, r=x + width - 7, y=y + HEAD + 13 + ROW * place, c=column, t=to,
            f=_fitted(column, width - 20 - LETTER * len(to)),
        )
        for place, (column, to) in enumerate(rows)
    )  # fmt: skip
    return fill(
        '<g class="{g}"><rect x="{x}" y="{y}" width="{w}" height="{h}"/><rect class="top" x="{x}" y="{y}" width="{w}" '
        'height="{t}"/><text class="name" x="{a}" y="{b}">{n}</text>{l}</g>',
        g=box.group, x=x, y=y, w=width, h=box.height, t=HEAD, a=x + 7, b=y + 16, n=box.name, l=lines,
    )  # fmt: skip


def _svg(width: int, height: int, body: Markup) -> str:
    return str(
        fill(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"><title>How the '
            "tables hang together</title><style>{s}</style>{b}</svg>\n",
            w=width, h=height, s=_STYLE, b=body,
        )
    )  # fmt: skip


def _lines(placed: dict[str, tuple[Box, int, int, int]], width: int) -> Markup:
    """From each key to the table that it names, where that stands in the column to the left."""
    made = []
    for box, x, y, column in placed.values():
        for place, (_, to) in enumerate(box.names):
            if to not in placed or placed[to][3] != column - 1:
                continue
            _, other_x, other_y, _ = placed[to]
            x1, y1 = x, y + HEAD + 9 + ROW * (len(box.own) + place)
            x2, y2 = other_x + width, other_y + HEAD // 2
            bend = (x1 - x2) // 2
            made.append(fill('<path d="M{a} {b}C{c} {b} {d} {e} {f} {e}"/>', a=x1, b=y1, c=x1 - bend, d=x2 + bend,
                             e=y2, f=x2))  # fmt: skip
    return join(made)


@per_record
def picture(record: Record, *, narrow: bool = False) -> str:
    """The picture as SVG: five boxes wide, or one below another for a phone."""
    count, width = (1, NARROW) if narrow else (COLUMNS, BOX)
    pieces: list[Markup] = []
    y = 4
    for group, title in GROUPS.items():
        of = [box for box in boxes(record) if box.group == group]
        if not of:
            continue
        pieces.append(fill('<text class="band" x="1" y="{y}">{t}</text>', y=y + 14, t=title))
        y += BAND
        placed: dict[str, tuple[Box, int, int, int]] = {}
        lowest = y
        for number, column in enumerate(_columns(of, count)):
            at = y
            for box in column:
                placed[box.name] = (box, 1 + number * (width + GAP), at, number)
                at += box.height + AIR
            lowest = max(lowest, at)
        pieces.append(_lines(placed, width))
        pieces += [_box(box, x, top, width) for box, x, top, _ in placed.values()]
        y = lowest + AIR
    return _svg(count * width + (count - 1) * GAP + 2, y, join(pieces))


@per_record
def alternative(record: Record) -> str:
    """What the picture shows, in two sentences."""
    found = boxes(record)
    keys = sum(len(box.names) for box in found)
    most = sorted(found, key=lambda box: (-len(pointing_at(record, box.name)), box.name))[:3]
    named = ", ".join(f"{box.name} ({len(pointing_at(record, box.name))} times)" for box in most)
    return (
        f"{many(len(found), 'table')} in {len(GROUPS)} groups, with {many(keys, 'column')} that name a row of another. "
        f"Named most: {named}. The table below says the same in words."
    )


def shown(record: Record) -> Markup:
    """The picture, wide or narrow as there is room, and under it the same as a table."""
    rows = [
        [
            link(address("/data", {"table": box.name}), box.name),
            join((fill("{c} <span class='small'>({t})</span>", c=column, t=to) for column, to in box.names), ", ")
            or EMPTY,
            join((f"{other}.{column}" for other, column, _ in pointing_at(record, box.name)), ", ") or EMPTY,
        ]
        for box in boxes(record)
    ]
    columns: list[Column | str] = ["Table", Column("Its columns that name a row", "wide"), Column("Named by", "wide")]
    return fill(
        '<figure class="model"><picture><source media="(max-width: 48rem)" srcset="/api/v1/model-narrow.svg">'
        '<img src="/api/v1/model.svg" alt="{a}" loading="lazy"></picture><figcaption class="small">Drawn from the keys '
        "of the schema. {l}</figcaption></figure>"
        '<details class="fold" id="model-table"><summary>The same as a table</summary>{t}</details>',
        a=alternative(record),
        l=link("/api/v1/model.svg", "The picture by itself"),
        t=table(columns, rows, "How the tables hang together"),
    )
