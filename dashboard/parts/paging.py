"""One page of a long list, chosen by the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.parts.html import EMPTY, address, fill, join, link, number
from dashboard.parts.notes import note


@dataclass(frozen=True)
class Leaf:
    """Which rows are shown: page `number` of `pages`, rows `start` to `stop` (from 0, exclusive) of `total`."""

    number: int
    pages: int
    start: int
    stop: int
    total: int

    @property
    def shown(self) -> str:
        """ "; 41 to 80 are shown here", or nothing where all are."""
        return f"; {self.start + 1:,} to {self.stop:,} are shown here" if self.pages > 1 else ""


def leaf(asked: str, total: int, size: int) -> tuple[Leaf, Markup]:
    """The page that `asked` names, with a remark where it names none; `size` is how many rows a page holds."""
    pages = max(1, -(-total // size))
    remark = EMPTY
    chosen = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    if not asked:
        chosen = 1
    elif not 1 <= chosen <= pages:
        remark = note(fill("There is no page “{a}” here, so the first is shown.", a=asked), "warning")
        chosen = 1
    return Leaf(chosen, pages, (chosen - 1) * size, min(total, chosen * size), total), remark


def pager(path: str, kept: Mapping[str, str | Sequence[str]], here: Leaf, what: str, place: str = "") -> Markup:
    """Links to the pages round about; nothing where there is only one. `place` is an address on the page."""
    if here.pages == 1:
        return EMPTY
    near = sorted({1, here.number - 1, here.number, here.number + 1, here.pages} & set(range(1, here.pages + 1)))

    def to(page: int) -> str:
        return address(path, {**kept, "page": str(page) if page > 1 else ""}) + (f"#{place}" if place else "")

    items = []
    for before, page in zip([0, *near], near, strict=False):
        if page - before > 1:
            items.append(Markup('<li aria-hidden="true">…</li>'))
        shown = (
            fill('<span aria-current="page">{p}</span>', p=page)
            if page == here.number
            else link(to(page), page, label=f"Page {page} of {here.pages}")
        )
        items.append(fill("<li>{s}</li>", s=shown))
    return fill(
        '<nav class="pager" aria-label="Pages of {what}"><span>{a} to {b} of {n}</span><ul>{items}</ul></nav>',
        what=what,
        a=number(here.start + 1),
        b=number(here.stop),
        n=number(here.total),
        items=join(items),
    )
