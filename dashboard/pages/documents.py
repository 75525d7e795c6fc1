"""What is on record, what changed, what vanished? Every source with its state, and one of them."""

from __future__ import annotations

from collections import Counter
from typing import Final

import streamlit as st
from markupsafe import Markup

from dashboard.pages import documents_lists as lists
from dashboard.pages import documents_one
from dashboard.pages.lists import Kept, asked, forget_page_when_filters_change, kept_of, unknown_row, way_back
from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words, day_words
from dashboard.parts.filters import Choice, chosen, form, select_boxes
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, count, fill, join, link, many, number
from dashboard.parts.moments import source_badge
from dashboard.parts.notes import empty_state, note
from dashboard.parts.observed import times
from dashboard.parts.paging import leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.show import show
from dashboard.parts.tables import Column, table
from dashboard.queries import documents, state
from dashboard.queries.documents import Course
from dashboard.queries.sources import Source, all_sources, source_index
from dashboard.start import Context, context, per_page
from data.labels import LABELS, label
from data.vocabulary import SOURCE_KINDS

ADDRESS = "/documents"
TITLE = "Documents"
QUESTION = "What is on record, what changed, what vanished?"
ROWS: Final = 40
VIEWS: Final = {"": "All documents", "changes": "Changed", "absent": "Vanished", "candidates": "Found, not yet checked"}
STATE_MEANINGS: Final[dict[str, str]] = {
    "live": "It answered when it was last asked.",
    "gone": "It was read here once, and the last answer was that there is no such page.",
    "not-reached": "It was read here once; the last try met a refusal, a fault or no answer, which says nothing of it.",
    "archived-only": "It was never read at its own address; the copy comes from a web archive.",
    "never-read": "It was asked, and no copy that can be read came of it.",
    "never-asked": "It is declared, and its turn has not come.",
    "no-address": "It is known from other pages; nobody has found its address.",
}


@per_page
def describe(ctx: Context) -> str:
    """How many sources there are, how many were read, changed and vanished."""
    found = all_sources(ctx.record)
    if not found:
        return nothing_in_register("any document")
    fared = documents.courses(ctx.record).values()
    total = many(len(found), "page or file", "pages and files")
    read = sum(one.good_captures > 0 for one in fared)
    if not read:
        return f"{total} are on record. None of them has been read here yet, so nothing is known of changes."
    changed = sum(one.changes > 0 for one in fared)
    gone = len({one.source_id for one in documents.absences(ctx.record) if one.returned_at is None})
    return (
        f"{total} are on record, and {number(read)} of them have been read here. "
        f"{count(changed, 'page').capitalize()} changed after the first reading, and {count(gone, 'page')} vanished."
    )


@per_page
def head(ctx: Context, view: str) -> Markup:
    """Question, answer, what it rests on, and the ways to look at the documents."""
    found = all_sources(ctx.record)
    if not found:
        return page_head(QUESTION, describe(ctx)) + empty_state(
            "No source is in the register yet.", "They come from sources.csv; sim-record add proposes a row for a page."
        )
    fared = documents.courses(ctx.record).values()
    captures = sum(one.captures for one in fared)
    run = state.last_run(ctx.record)
    basis = fill(
        "{c} {r} {how}",
        c=computed_from(ctx, f"{many(len(found), 'source')} and {many(captures, 'capture')}"),
        r=fill("Pages were last asked for on {d}.", d=day_words(run.started_at))
        if run
        else "No page has been asked for yet.",
        how=link("#how", "How this is known"),
    )
    return page_head(QUESTION, describe(ctx), basis) + _views(ctx, view)


def _counts(ctx: Context) -> dict[str, int]:
    return {
        "": len(all_sources(ctx.record)),
        "changes": documents.change_count(ctx.record),
        "absent": len(documents.absences(ctx.record)),
        "candidates": documents.unchecked_count(ctx.record),
    }


def _views(ctx: Context, view: str) -> Markup:
    counts = _counts(ctx)
    items = [
        fill(
            '<li><a href="{a}"{now}>{w}</a> <span class="small">{n}</span></li>',
            a=address(ADDRESS, {"view": name}),
            now=Markup(' aria-current="true"') if name == view else EMPTY,
            w=words,
            n=number(counts[name]),
        )
        for name, words in VIEWS.items()
    ]
    return fill('<nav class="views" aria-label="Ways to look at documents"><ul>{i}</ul></nav>', i=join(items))


@per_page
def choices(ctx: Context) -> tuple[Choice, ...]:
    """The filters: state (with "changed"), kind of document, publisher."""
    found = all_sources(ctx.record)
    states = Counter(source.state for source in found)
    told = [(one, _upper(words)) for one, words in LABELS["source_state.state"].items() if states[one]]
    if any(one.changes for one in documents.courses(ctx.record).values()):
        told.append(("changed", "Changed since first read"))
    kinds = {source.kind for source in found}
    publishers = {source.publisher_id: source.publisher for source in found if source.publisher_id and source.publisher}
    return (
        Choice("state", "State", tuple(told), "All states"),
        Choice(
            "kind",
            "Kind of document",
            tuple((kind, _upper(label("source.kind", kind))) for kind in SOURCE_KINDS if kind in kinds),
            "All kinds",
        ),
        Choice(
            "publisher",
            "Publisher",
            tuple(sorted(publishers.items(), key=lambda one: one[1].casefold())),
            "All publishers",
        ),
    )


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


@per_page
def _matching(ctx: Context, asked_state: str, kind: str, publisher: str) -> tuple[Source, ...]:
    fared = documents.courses(ctx.record)
    return tuple(
        source
        for source in all_sources(ctx.record)
        if (asked_state in ("", source.state) or (asked_state == "changed" and fared[source.source_id].changes > 0))
        and kind in ("", source.kind)
        and publisher in ("", source.publisher_id)
    )


@per_page
def listed(ctx: Context, asked_state: str, kind: str, publisher: str, kept: Kept, page: str) -> Markup:
    """One page of the sources that pass the filters, by title."""
    found = _matching(ctx, asked_state, kind, publisher)
    if not found:
        return section(
            "Documents",
            empty_state("No document on record is like that.", link(ADDRESS, "Show all documents")),
            name="list",
        )
    here, remark = leaf(page, len(found), ROWS)
    fared = documents.courses(ctx.record)
    rows = [_row(source, fared[source.source_id], dict(kept)) for source in found[here.start : here.stop]]
    columns: list[Column | str] = [
        Column("Document", "wide"),
        "Publisher",
        Column("Published", "when"),
        "Kind",
        "State",
        Column("Last read", "when"),
    ]
    return section(
        "Documents",
        join(
            [
                remark,
                table(columns, rows, "Documents, by title"),
                pager(ADDRESS, dict(kept), here, "documents", "list"),
            ]
        ),
        name="list",
        lead=f"{many(len(found), 'document')}, by title{here.shown}.",
    )


def _row(source: Source, course: Course, kept: dict[str, str]) -> list[Markup | str]:
    more = []
    if course.changes:
        more.append(f"changed {times(course.changes)}")
    if course.unchecked:
        more.append(f"{course.unchecked} found, not yet checked")
    return [
        link(address(ADDRESS, {**kept, "source": source.source_id}), source.title),
        source.publisher or "",
        date_words(source.published_on, source.date_precision),
        label("source.kind", source.kind),
        fill(
            "{b}{m}",
            b=source_badge(source.state),
            m=fill('<br><span class="small">{w}</span>', w="; ".join(more)) if more else EMPTY,
        ),
        day_words(course.last_good_at) if course.last_good_at else Markup('<span class="quiet">never</span>'),
    ]


@per_page
def how_known(ctx: Context) -> Markup:
    """The states and the rules of this page."""
    states = Counter(source.state for source in all_sources(ctx.record))
    rows = [
        [source_badge(one), number(states[one]), meaning]
        for one, meaning in STATE_MEANINGS.items()
        if states[one] or one != "no-address"
    ]
    columns: list[Column | str] = ["State", Column("Documents", "number"), Column("What it says", "wide")]
    return section(
        "How this is known",
        fill(
            "{t}<ul><li>Two copies are compared passage by passage, without what changes by itself: cookie notices, "
            "counters, dates of the day. Only copies read by the same reader are compared, so that a better reading "
            "never looks like a change of theirs.</li><li>A page counts as vanished when it was read, then was not "
            "there at two tries at least a day apart. A refusal, a fault of the site or no answer never counts.</li>"
            "<li>Pages show the passages that carry a fact or that changed, with the hash and time of the copy. "
            "Addresses and numbers of private people are masked in them.</li></ul>",
            t=table(columns, rows, "States of documents"),
        ),
        name="how",
    )


def _lists(ctx: Context, view: str, page: str) -> Markup:
    if view == "changes":
        return lists.changed(ctx, page, True)
    if view == "absent":
        return lists.vanished(ctx, page, True)
    return lists.candidates(ctx, page)


def compared(params: Params) -> tuple[int, int]:
    """The two versions that an address asks for, 0 where it asks for none or writes no number."""
    one, other = (params.get(name) for name in ("from", "to"))
    both = [int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0 for text in (one, other)]
    return both[0], both[1]


def _detail(ctx: Context, params: Params, kept: Kept) -> Markup:
    before, after = compared(params)
    remark = documents_one.comparison_remark(ctx, params.get("source"), params.get("from"), params.get("to"))
    remark += documents_one.look_remark(params.get("look"))
    look = "inline" if params.get("look") == "inline" else "side"
    body = documents_one.one_document(ctx, params.get("source"), before, after, look)
    return way_back(ADDRESS, kept, "All documents") + remark + body


def _view_of(params: Params) -> tuple[str, Markup]:
    view = params.get("view")
    if view in VIEWS:
        return view, EMPTY
    return "", note(fill("There is no view “{v}” here, so all documents are shown.", v=view), "warning")


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    kept = kept_of(filters, values)
    source_id = params.get("source")
    if source_id in source_index(ctx.record):
        return _detail(ctx, params, kept)
    remark = unknown_row("document", source_id) if source_id else EMPTY
    view, view_remark = _view_of(params)
    if not all_sources(ctx.record):
        return remark + head(ctx, "")
    if view:
        return join([remark, head(ctx, view), _lists(ctx, view, params.get("page")), how_known(ctx)])
    three = (values["state"], values["kind"], values["publisher"], kept)
    return join(
        [
            remark,
            view_remark,
            head(ctx, ""),
            lists.vanished(ctx, "", False),
            lists.changed(ctx, "", False),
            remarks,
            form(ADDRESS, filters, params),
            listed(ctx, *three, params.get("page")),
            how_known(ctx),
        ]
    )


def page() -> None:
    """The page in the app."""
    ctx = context()
    params = asked()
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    source_id = params.get("source")
    if source_id in source_index(ctx.record):
        show(_detail(ctx, params, kept_of(filters, values)))
        return
    view, view_remark = _view_of(params)
    remark = unknown_row("document", source_id) if source_id else EMPTY
    show(remark + view_remark + head(ctx, view))
    if not all_sources(ctx.record):
        return
    if view:
        show(_lists(ctx, view, params.get("page")))
        show(how_known(ctx))
        return
    show(lists.vanished(ctx, "", False) + lists.changed(ctx, "", False))
    show(remarks)
    values = select_boxes(filters)
    kept = kept_of(filters, values)
    forget_page_when_filters_change(kept, ADDRESS)
    show(listed(ctx, values["state"], values["kind"], values["publisher"], kept, str(st.query_params.get("page", ""))))
    show(how_known(ctx))
