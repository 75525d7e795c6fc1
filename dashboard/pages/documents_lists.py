"""Lists over all documents: what vanished, what changed, what the machine found and nobody has checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, address, fill, join, link, many
from dashboard.parts.notes import empty_state, note
from dashboard.parts.observed import (
    LEVELS,
    absence_words,
    archived_copy,
    candidate_table,
    compare_address,
    words_changed,
)
from dashboard.parts.paging import Leaf, leaf, pager
from dashboard.parts.sources import source_link
from dashboard.parts.tables import Cell, Column, table
from dashboard.queries import documents, state
from dashboard.queries.documents import Absence, Change
from dashboard.queries.sources import source_index
from dashboard.start import Context, per_page
from data.labels import label

ADDRESS: Final = "/documents"
FIRST: Final = 10
ROWS: Final = 40
Rows = Sequence[Sequence[Cell]]


def _cut(total: int, page: str, whole: bool) -> tuple[Leaf, Markup]:
    """The rows to show: the first few, or the page that is asked for."""
    return leaf(page, total, ROWS) if whole else (Leaf(1, 1, 0, min(FIRST, total), total), EMPTY)


def _part(
    title: str, view: str, here: Leaf, remark: Markup, lead: str, columns: Sequence[Column | str], rows: Rows
) -> Markup:
    more = EMPTY
    if here.stop < here.total and here.pages == 1:
        words = f"All {here.total:,}, of which these are the latest {here.stop}"
        more = fill("<p>{l}</p>", l=link(address(ADDRESS, {"view": view}), words))
    body = [remark, table(columns, rows, f"{title}, latest first"), more, pager(ADDRESS, {"view": view}, here, title)]
    return section(title, join(body), name=view, lead=lead)


def _empty(title: str, view: str, ctx: Context, never: str, none: str) -> Markup:
    return section(title, empty_state(never if state.last_run(ctx.record) is None else none), name=view)


@per_page
def vanished(ctx: Context, page: str, whole: bool) -> Markup:
    """Pages that answered and then stopped, latest first: the first ten, or one page of all."""
    found = documents.absences(ctx.record)
    if not found:
        return _empty(
            "What vanished",
            "absent",
            ctx,
            "Nothing has been collected yet, so no absence can have been seen.",
            "No page that was read here was absent at two later tries.",
        )
    here, remark = _cut(len(found), page, whole)
    columns: list[Column | str] = [
        Column("Page", "wide"),
        Column("Seen", "wide"),
        "What it answered instead",
        "Last copy in an archive",
    ]
    lead = "What was seen, not more: a page that is absent may have been moved, renamed or taken down."
    rows = [_absence(ctx, one) for one in found[here.start : here.stop]]
    return _part("What vanished", "absent", here, remark, lead, columns, rows)


def _absence(ctx: Context, one: Absence) -> list[Markup | str]:
    return [
        _titled(ctx, one.source_id, "absences"),
        absence_words(one),
        label("attempt.outcome", one.outcome),
        archived_copy(one),
    ]


@per_page
def changed(ctx: Context, page: str, whole: bool) -> Markup:
    """Changes of pages, latest first: the first ten, or one page of all."""
    total = documents.change_count(ctx.record)
    if not total:
        return _empty(
            "What changed",
            "changes",
            ctx,
            "Nothing has been collected yet, so no change can have been seen.",
            "No page that was read here says anything else than at the first reading.",
        )
    here, remark = _cut(total, page, whole)
    columns: list[Column | str] = [
        Column("Page", "wide"),
        Column("Changed between", "wide"),
        "What was touched",
        Column("Words", "when"),
        Column("Where it shows", "when"),
    ]
    lead = "A better reading of the same bytes by this record never counts as a change."
    rows = [_change(ctx, one) for one in documents.changes(ctx.record, here.start, here.stop)]
    return _part("What changed", "changes", here, remark, lead, columns, rows)


def _change(ctx: Context, one: Change) -> list[Markup | str]:
    title = source_index(ctx.record)[one.source_id].title
    return [
        _titled(ctx, one.source_id, "versions"),
        fill("{a} and {b}", a=day_words(one.after_at), b=day_words(one.before_at)),
        LEVELS.get(one.level, one.level),
        words_changed(one),
        link(
            compare_address(one.source_id, one.from_number, one.to_number),
            "the change",
            label=f"The change from version {one.from_number} to {one.to_number} of {title}",
        ),
    ]


def _titled(ctx: Context, source_id: str, place: str) -> Markup:
    source = source_index(ctx.record)[source_id]
    return fill(
        "{t}{p}",
        t=link(address(ADDRESS, {"source": source_id}) + f"#{place}", source.title),
        p=fill('<br><span class="small">{p}</span>', p=source.publisher) if source.publisher else EMPTY,
    )


@per_page
def candidates(ctx: Context, page: str) -> Markup:
    """What the machine read and nobody has decided on, the surest first."""
    total = documents.unchecked_count(ctx.record)
    if not total:
        return _empty(
            "Found, not yet checked",
            "candidates",
            ctx,
            "Nothing has been collected yet, so nothing can have been found.",
            "Nothing waits to be checked.",
        )
    here, remark = leaf(page, total, ROWS)
    body = [
        note(
            "A machine read these in captured pages. None of them is part of the record: a person accepts, corrects or "
            "rejects each, and some will be wrong.",
            "warning",
        ),
        remark,
        candidate_table(
            ctx, documents.unchecked(ctx.record, here.start, ROWS), lambda one: source_link(ctx.record, one)
        ),
        pager(ADDRESS, {"view": "candidates"}, here, "what was found"),
    ]
    lead = f"{many(total, 'reading')} that nobody has checked, the surest first{here.shown}."
    return section("Found, not yet checked", join(body), name="candidates", lead=lead)
