"""What is on record, what changed, what vanished? Every source with its state."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, link, many
from dashboard.parts.notes import empty_state, note
from dashboard.parts.params import Params
from dashboard.parts.tables import Column, table
from dashboard.queries.sources import Source, all_sources, source_index
from dashboard.start import Context, context, per_page
from data.labels import label

ADDRESS = "/documents"
TITLE = "Documents"
QUESTION = "What is on record, what changed, what vanished?"


def describe(ctx: Context) -> str:
    """How many sources there are and how many were read."""
    found = all_sources(ctx.record)
    if not found:
        return nothing_in_register("any document")
    read = sum(source.state in ("live", "gone", "not-reached", "archived-only") for source in found)
    return f"{many(len(found), 'page or file', 'pages and files')} are declared; {read or 'none'} have been captured."


def _rows(found: tuple[Source, ...]) -> list[list[Markup | str]]:
    return [
        [
            link(source.url, source.title),
            source.publisher or "",
            date_words(source.published_on, source.date_precision),
            label("source.kind", source.kind),
            label("source_state.state", source.state),
            source.note or "",
        ]
        for source in found
    ]


@per_page
def body(ctx: Context, source_id: str) -> Markup:
    """Head and table; of one source where its id is given."""
    found = all_sources(ctx.record)
    basis = computed_from(ctx, many(len(found), "source")) if found else EMPTY
    head = page_head(QUESTION, describe(ctx), basis)
    if not found:
        return head + empty_state("No source is in the register yet.")
    columns: list[Column | str] = [
        "Document",
        "Publisher",
        Column("Published", "when"),
        "Kind",
        "State",
        Column("Note", "wide"),
    ]
    if source_id:
        source = source_index(ctx.record).get(source_id)
        if source is None:
            head += note(f"There is no source “{source_id}” here, so all are shown.", "warning")
        else:
            found = (source,)
            head += Markup('<p><a href="/documents">All documents</a></p>')
    return head + section("Sources", table(columns, _rows(found), "Sources, by title"))


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    return body(ctx, params.get("source"))


def page() -> None:
    """The page in the app."""
    st.html(body(context(), st.query_params.get("source", "")))
