"""What was observed of pages, in words that say no more than was seen; and what a machine read in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.html import EMPTY, address, fill, link, many
from dashboard.parts.passages import KINDS, reading_words
from dashboard.parts.tables import Cell, Column, table
from dashboard.queries import documents
from dashboard.queries.bodies import name_of
from dashboard.queries.documents import Absence, Candidate, Change
from dashboard.start import Context

LEVELS: Final[dict[str, str]] = {
    "wording": "wording only",
    "substance": "a body, figure, date or decision",
    "whole-page": "most of the page",
}
"""The levels of a change in words."""


def times(value: int) -> str:
    """ "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(value, f"{value:,} times")


def absence_words(one: Absence) -> Markup:
    """ "Present on 3 March 2026, absent on 9 September 2026, still absent on …" """
    end = (
        fill(", present again on {d}", d=day_words(one.returned_at))
        if one.returned_at
        else fill(", still absent on {d}", d=day_words(one.confirmed_at))
        if one.confirmed_at.date() != one.absent_at.date()
        else EMPTY
    )
    return fill("Present on {p}, absent on {a}{e}.", p=day_words(one.present_at), a=day_words(one.absent_at), e=end)


def archived_copy(one: Absence) -> Markup:
    """The last copy in a web archive, as a link; in words where none is known."""
    if not one.memento_url:
        return Markup('<span class="quiet">none known</span>')
    when = fill("copy of {d}", d=day_words(one.memento_at)) if one.memento_at else Markup("the archive's copy")
    return link(one.memento_url, when)


def words_changed(one: Change) -> Markup:
    """ "12 added, 3 removed"."""
    return fill("{a} added, {r} removed", a=f"{one.words_added:,}", r=f"{one.words_removed:,}")


def compare_address(source_id: str, before: int, after: int, look: str = "") -> str:
    """Where two versions of a source stand beside each other."""
    asked = {"source": source_id, "from": str(before), "to": str(after), "look": look}
    return address("/documents", asked) + "#compare"


def candidate_table(
    ctx: Context, found: Sequence[Candidate], where: Callable[[str | None], Markup] | None = None
) -> Markup:
    """Candidates as a table; `where` makes the cell that leads to their source, which is left out without it."""
    columns: list[Column | str] = ["May be", Column("What was read", "wide"), Column("In this passage", "wide")]
    if where is not None:
        columns.append("On the page")
    rows: list[list[Cell]] = []
    for one in found:
        reading = reading_words(documents.reading_of(one), lambda org_id: name_of(ctx.record, org_id))
        row: list[Cell] = [
            fill(
                "{k}{r}",
                k=KINDS.get(one.kind, one.kind),
                r=Markup('<br><span class="small">decided before; the page has changed since</span>')
                if one.state == "reopened"
                else EMPTY,
            ),
            reading or Markup('<span class="quiet">nothing that can be shown</span>'),
            fill("<q>{p}</q>", p=one.passage) if one.passage else Markup('<span class="quiet">no passage</span>'),
        ]
        rows.append([*row, where(one.source_id)] if where is not None else row)
    return table(columns, rows, f"Found by a machine, not yet checked: {many(len(found), 'reading')}")
