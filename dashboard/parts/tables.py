"""Real HTML tables, in a box of their own that scrolls where a narrow screen needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.parts.html import EMPTY, fill, join, spoken


@dataclass(frozen=True)
class Column:
    """A column: its heading, and a class ("number", "when", "narrow", "wide") that says how its cells are set."""

    title: str
    kind: str = ""


Cell = Markup | str | int | None


def table(
    columns: Sequence[Column | str],
    rows: Sequence[Sequence[Cell]],
    caption: str,
    *,
    show_caption: bool = False,
    stack: bool = True,
    classes: str = "",
) -> Markup:
    """A table whose first cell in each row is the row's heading.

    `caption` is always there for screen readers, shown where `show_caption`. With `stack` each row becomes a small
    block on a phone, its cells labelled by their columns; without it the table scrolls sideways inside its box.
    """
    heads = [column if isinstance(column, Column) else Column(column) for column in columns]
    top = join(fill('<th scope="col"{k}>{t}</th>', k=_class(head.kind), t=head.title) for head in heads)
    body = join(_row(heads, row) for row in rows)
    return fill(
        '<div class="table-box{stack}" role="region" aria-label="{spoken}" tabindex="0">'
        '<table class="{classes}"><caption class="{shown}">{caption}</caption>'
        "<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>",
        stack=" stack" if stack else "",
        caption=caption,
        spoken=spoken(caption),
        classes=classes,
        shown="" if show_caption else "unseen",
        top=top,
        body=body,
    )


def _class(kind: str) -> Markup:
    return fill(' class="{k}"', k=kind) if kind else EMPTY


def _row(heads: list[Column], row: Sequence[Cell]) -> Markup:
    cells = []
    for place, (head, cell) in enumerate(zip(heads, row, strict=True)):
        shown = "" if cell is None else cell
        tag = Markup('th scope="row"') if place == 0 else Markup("td")
        end = Markup("th") if place == 0 else Markup("td")
        cells.append(
            fill(
                '<{tag}{k} data-label="{label}">{shown}</{end}>',
                tag=tag,
                k=_class(head.kind),
                label=head.title,
                shown=shown,
                end=end,
            )
        )
    return fill("<tr>{cells}</tr>", cells=join(cells))
