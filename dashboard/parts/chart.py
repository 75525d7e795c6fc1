"""A picture of an answer: bars, a line over time, or one square for each police force. Plain HTML, no script needed.

Which columns are drawn follows from their order: the first column that can be a name, a date or a force, and the first
other column that holds numbers. What a picture leaves out is said under it; the table of the answer holds everything.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from dashboard.parts.cells import is_number
from dashboard.parts.html import EMPTY, fill, join, many
from dashboard.parts.notes import note
from dashboard.parts.status import SHAPES, SHORT
from dashboard.queries import bodies
from dashboard.queries.bodies import Body
from dashboard.record import Record
from dashboard.sql.engine import Answer
from dashboard.sql.formats import as_cell

MOST_BARS: Final = 40
LONGEST_NAME: Final = 60
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 380, 230, 48, 12, 12, 30
"""Of the picture of a line, in units of its own: the room for words stands outside of LEFT, RIGHT, TOP and BOTTOM."""
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ](\d\d):(\d\d).*)?")
_STYLE: Final = Markup(
    "text{font:12px 'Source Sans',Helvetica,Arial,sans-serif;fill:#55606a}path{fill:none;stroke:#0b5d66;stroke-width:2}"
    "circle{fill:#0b5d66}line{stroke:#d8d4ca}"
    "@media(prefers-color-scheme:dark){text{fill:#a9b1b6}path{stroke:#7cc7cf}circle{fill:#7cc7cf}line{stroke:#363d42}}"
)


@dataclass(frozen=True)
class Values:
    """One column of an answer: its place, name and cells."""

    place: int
    name: str
    cells: tuple[Any, ...]


class NoPicture(Exception):
    """The answer cannot be drawn so; the message says what a question must give for it."""


def _column(answer: Answer, place: int) -> Values:
    name = answer.columns[place].name or f"column {place + 1}"
    return Values(place, name, tuple(row[place] for row in answer.rows))


def _is_number(answer: Answer, place: int) -> bool:
    return is_number(answer.columns[place].type)


def _numbers(answer: Answer, *without: int) -> Values:
    """The first column of numbers that is none of `without`. Raises NoPicture."""
    for place in range(len(answer.columns)):
        if place not in without and _is_number(answer, place):
            return _column(answer, place)
    raise NoPicture(
        "A picture needs a column of numbers, for example SELECT status, count(*) FROM organisation_status GROUP BY 1."
    )


def _amount(value: Any) -> float | None:
    """A cell as a number that can be drawn."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _short(value: Any) -> str:
    text = as_cell(value) if value is not None else "(empty)"
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def _written(amount: float) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.6g}"


# --- bars -----------------------------------------------------------------------------------------------------------


def bars(_record: Record, answer: Answer) -> Markup:
    """A bar for each row, in the order of the answer. Raises NoPicture."""
    names = [place for place in range(len(answer.columns)) if not _is_number(answer, place)]
    if not names and len(answer.columns) > 1:
        names = [0]
    amounts = _numbers(answer, *names)
    first = [place for place in names if place < amounts.place] or names
    chosen = first[:1]
    if len(first) > 1 and len({_short(row[first[0]]) for row in answer.rows}) < len(answer.rows):
        chosen = first[:2]
    rows = [
        (" · ".join(_short(row[place]) for place in chosen) or f"row {number}", amount)
        for number, row in enumerate(answer.rows, 1)
        if (amount := _amount(row[amounts.place])) is not None
    ]
    if not rows:
        raise NoPicture(f"The column {amounts.name} holds no number that can be drawn.")
    shown = rows[:MOST_BARS]
    low, high = min(0.0, *(amount for _, amount in shown)), max(0.0, *(amount for _, amount in shown))
    span = (high - low) or 1.0
    items = join(
        fill(
            '<li><span class="name">{n}</span><span class="track" aria-hidden="true"><span class="filled" '
            'style="margin-left:{b:.2f}%;width:{w:.2f}%"></span></span><span class="amount">{a}</span></li>',
            n=name,
            b=(min(amount, 0.0) - low) / span * 100,
            w=abs(amount) / span * 100,
            a=_written(amount),
        )
        for name, amount in shown
    )
    of = " and ".join(answer.columns[place].name for place in chosen)
    said = f"{amounts.name} by {of}" if of else amounts.name
    return _figure(
        f"{said}, one bar for each row",
        fill('<ul class="drawn-bars">{i}</ul>', i=items),
        _left_out(len(answer.rows) - len(rows), f"without a number in {amounts.name}"),
        f"The first {MOST_BARS} of {len(rows):,} bars are shown." if len(rows) > MOST_BARS else "",
    )


# --- a line ---------------------------------------------------------------------------------------------------------


def _moment(value: Any) -> float | None:
    """A date as a number of days; months and years stand at their first day."""
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    try:
        at = dt.datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0, tzinfo=dt.UTC)
    except ValueError:
        return None
    return at.timestamp() / 86_400


def _across(answer: Answer) -> tuple[Values, Callable[[Any], float | None]]:
    """The column that runs across: the first of dates, else the first of numbers. Raises NoPicture."""
    for place in range(len(answer.columns)):
        column = _column(answer, place)
        there = [cell for cell in column.cells if cell is not None]
        if there and not _is_number(answer, place) and all(_moment(cell) is not None for cell in there):
            return column, _moment
    if sum(_is_number(answer, place) for place in range(len(answer.columns))) > 1:
        return _numbers(answer), _amount
    raise NoPicture(
        "A line needs a column of dates and one of numbers, for example "
        "SELECT on_date, signatures FROM petition_reading."
    )


def line(_record: Record, answer: Answer) -> Markup:
    """A line through the points in the order of the column that runs across. Raises NoPicture."""
    across, place_of = _across(answer)
    amounts = _numbers(answer, across.place)
    points = sorted(
        (at, amount, _short(where))
        for where, value in zip(across.cells, amounts.cells, strict=True)
        if (at := place_of(where)) is not None and (amount := _amount(value)) is not None
    )
    if not points:
        raise NoPicture(f"No row has both {across.name} and {amounts.name}.")
    picture = _svg(points, across.name, amounts.name)
    told = (
        f"{amounts.name} over {across.name}: {many(len(points), 'point')}, from {_written(points[0][1])} at "
        f"{points[0][2]} to {_written(points[-1][1])} at {points[-1][2]}."
    )
    image = fill(
        '<img class="drawn-line" src="data:image/svg+xml;base64,{p}" width="{w}" height="{h}" alt="{a}">',
        p=base64.b64encode(picture.encode("utf-8", "replace")).decode(), w=WIDTH, h=HEIGHT, a=told,
    )  # fmt: skip
    partial = place_of is _moment and any(len(as_cell(cell)) < 10 for cell in across.cells if cell is not None)
    return _figure(
        told,
        image,
        _left_out(len(answer.rows) - len(points), f"without {across.name} or {amounts.name}"),
        "Years and months stand at their first day." if partial else "",
    )


def _steps(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`, four or five of them."""
    raw = (high - low) / 4 or abs(high) / 4 or 1.0
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw * 0.999)
    begin = math.floor(low / step + 1e-9)
    return [step * n for n in range(begin, math.ceil(high / step - 1e-9) + 1)]


def _svg(points: Sequence[tuple[float, float, str]], across: str, up: str) -> str:
    low, high = min(0.0, *(amount for _, amount, _ in points)), max(0.0, *(amount for _, amount, _ in points))
    steps = _steps(low, high)
    low, high = steps[0], steps[-1]
    begin, end = points[0][0], points[-1][0]

    def x(at: float) -> float:
        room = WIDTH - LEFT - RIGHT
        return LEFT + (room / 2 if end == begin else (at - begin) / (end - begin) * room)

    def y(amount: float) -> float:
        return HEIGHT - BOTTOM - (amount - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)

    rules = join(
        fill(
            '<line x1="{l}" x2="{r}" y1="{y:.1f}" y2="{y:.1f}"/><text x="{t}" y="{b:.1f}" text-anchor="end">{w}</text>',
            l=LEFT, r=WIDTH - RIGHT, y=y(step), t=LEFT - 6, b=y(step) + 4, w=_brief(step),
        )
        for step in steps
    )  # fmt: skip
    path = "M" + "L".join(f"{x(at):.1f} {y(amount):.1f}" for at, amount, _ in points)
    dots = join(
        fill('<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>', x=x(at), y=y(amount))
        for at, amount, _ in (points if len(points) <= 60 else points[-1:])
    )
    foot = HEIGHT - 9
    ends = fill('<text x="{x}" y="{y}">{w}</text>', x=LEFT, y=foot, w=points[0][2])
    if end != begin:
        ends += fill('<text x="{x}" y="{y}" text-anchor="end">{w}</text>', x=WIDTH - RIGHT, y=foot, w=points[-1][2])
    made = fill(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"><title>{u} over {a}'
        '</title><style>{s}</style>{r}<path d="{p}"/>{d}{e}</svg>',
        w=WIDTH, h=HEIGHT, u=up, a=across, s=_STYLE, r=rules, p=path, d=dots, e=ends,
    )  # fmt: skip
    return "".join(c for c in str(made) if c >= " ")


def _brief(amount: float) -> str:
    for size, unit in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(amount) >= size:
            per = 1e3 if unit == "k" else size
            return f"{amount / per:,.4g} {unit}"
    return _written(amount)


# --- squares --------------------------------------------------------------------------------------------------------


def tiles(record: Record, answer: Answer) -> Markup:
    """One square for each territorial force, with what the answer says of it. Raises NoPicture."""
    forces = [body for body in bodies.body_index(record).values() if body.tile_x is not None]
    if not forces:
        raise NoPicture("This record has no map of squares.")
    by_name = {words.lower(): force for force in forces for words in (force.org_id, force.name)}
    found = [
        (sum(bool(_forces_in(cell, by_name)) for cell in _column(answer, place).cells), -place)
        for place in range(len(answer.columns))
    ]
    best, place = max(found, default=(0, 0))
    if not best:
        raise NoPicture(
            "The squares are police forces: a question must give their ids or names, for example "
            "SELECT org_id, status FROM organisation_status WHERE kind = 'police-force'."
        )
    named = _column(answer, -place)
    told = _told_of(answer, named.place)
    said: dict[str, Any] = {}
    again = 0
    for number, cell in enumerate(named.cells):
        for force in _forces_in(cell, by_name):
            again += force.org_id in said
            said.setdefault(force.org_id, told.cells[number] if told else "named")
    numbers = [amount for value in said.values() if (amount := _amount(value)) is not None]
    half = (max(numbers) + min(0.0, *numbers)) / 2 if numbers else 0.0
    left, top = min(force.tile_x or 0 for force in forces), min(force.tile_y or 0 for force in forces)
    items = join(
        fill(
            '<li style="grid-column:{x};grid-row:{y}">{t}</li>',
            x=(force.tile_x or 0) - left + 1, y=(force.tile_y or 0) - top + 1,
            t=_tile(force, said.get(force.org_id), half, there=force.org_id in said),
        )
        for force in sorted(forces, key=lambda force: (force.tile_y or 0, force.tile_x or 0))
    )  # fmt: skip
    what = told.name if told else "named in the answer"
    columns = max(force.tile_x or 0 for force in forces) - left + 1
    return _figure(
        f"{what}, one square for each territorial police force; {many(len(said), 'force')} in the answer",
        fill('<ul class="tiles" style="--columns:{c}">{i}</ul>', c=columns, i=items),
        f"Darker squares have more than {_written(half)}." if numbers and max(numbers) > half else "",
        "Squares with a dotted edge are not in the answer." if len(said) < len(forces) else "",
        "A force that stands in several rows shows the first." if again else "",
    )


def _forces_in(cell: Any, by_name: dict[str, Body]) -> list[Body]:
    values = cell if isinstance(cell, list) else [cell]
    return [force for one in values if isinstance(one, str) and (force := by_name.get(one.lower())) is not None]


def _told_of(answer: Answer, without: int) -> Values | None:
    """What is written on the squares: a status, else the first numbers, else the first short text."""
    others = [place for place in range(len(answer.columns)) if place != without]
    for place in others:
        column = _column(answer, place)
        there = [cell for cell in column.cells if cell is not None]
        if there and all(isinstance(cell, str) and cell in SHAPES for cell in there):
            return column
    for place in others:
        if _is_number(answer, place):
            return _column(answer, place)
    for place in others:
        column = _column(answer, place)
        if {"org_id", "name"}.isdisjoint({column.name}) and all(len(as_cell(cell)) <= 20 for cell in column.cells):
            return column
    return None


def _tile(force: Body, value: Any, half: float, *, there: bool) -> Markup:
    amount = _amount(value)
    short = force.tile_label or force.name
    if not there:
        kind, mark, words = "absent", "", "not in the answer"
    elif isinstance(value, str) and value in SHAPES:
        kind, mark, words = value, SHAPES[value], SHORT[value].lower()
    elif amount is not None:
        kind, mark, words = ("used" if amount > half else "ended"), _brief(amount), _written(amount)
    else:
        kind, mark, words = "ended", "●" if value == "named" else _short(value)[:8], _short(value)
    return fill(
        '<span class="tile is-{k}" role="img" aria-label="{l}" title="{l}"><span class="shape" aria-hidden="true">{m}'
        '</span><span class="short" aria-hidden="true">{s}</span></span>',
        k=kind, l=f"{force.name}: {words}", m=mark, s=short,
    )  # fmt: skip


# --- all of them ----------------------------------------------------------------------------------------------------

PICTURES: Final[dict[str, Callable[[Record, Answer], Markup]]] = {"Bars": bars, "Line": line, "Map tiles": tiles}
"""What an answer can be shown as, by the word in the address."""


def picture(record: Record, answer: Answer, kind: str) -> Markup:
    """The answer drawn, or in a sentence why it cannot be; nothing where no picture of that name is known."""
    make = PICTURES.get(kind)
    if make is None:
        return EMPTY
    try:
        if not answer.rows:
            raise NoPicture("There is no row to draw.")
        return make(record, answer)
    except NoPicture as why:
        return note(str(why), "warning")


def _left_out(count: int, why: str) -> str:
    return f"{many(count, 'row')} {why} {'is' if count == 1 else 'are'} left out." if count else ""


def _figure(title: str, body: Markup, *remarks: str) -> Markup:
    said = " ".join(remark for remark in remarks if remark)
    return fill(
        '<figure class="drawn"><figcaption>{t}{e}</figcaption>{b}{s}</figure>',
        t=title[:1].upper() + title[1:],
        e="" if title.endswith(".") else ".",
        b=body,
        s=fill('<p class="small">{s}</p>', s=said) if said else EMPTY,
    )
