"""What happened when? Every dated thing of the record in one list."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, many
from dashboard.parts.notes import empty_state
from dashboard.parts.params import Params
from dashboard.parts.sources import source_link
from dashboard.parts.tables import Column, table
from dashboard.queries import facts
from dashboard.start import Context, context, per_page
from data.labels import label

ADDRESS = "/timeline"
TITLE = "Timeline"
QUESTION = "What happened when?"


def describe(ctx: Context) -> str:
    """How many dated things lie between which years."""
    found = facts.timeline(ctx.record)
    if not found:
        return nothing_in_register("any date")
    years = sorted(moment.on_date[:4] for moment in found)
    return f"{many(len(found), 'dated entry', 'dated entries')}, from {years[0]} to {years[-1]}."


@per_page
def body(ctx: Context) -> Markup:
    """Head and table."""
    found = facts.timeline(ctx.record)
    basis = computed_from(ctx, many(len(found), "entry", "entries")) if found else EMPTY
    head = page_head(QUESTION, describe(ctx), basis)
    if not found:
        return head + empty_state("Nothing dated is in the register yet.")
    rows = [
        [
            date_words(moment.on_date, moment.date_precision),
            label("timeline.kind", moment.kind),
            moment.title,
            moment.summary,
            source_link(ctx.record, moment.source_id),
        ]
        for moment in found
    ]
    columns: list[Column | str] = [Column("When", "when"), "Kind", "What", Column("In our words", "wide"), "Shown by"]
    return head + section("Entries", table(columns, rows, "Entries of the timeline, latest first"))


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
