"""Who said what, and what did they ask for? Every statement on record."""

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

ADDRESS = "/responses"
TITLE = "Responses"
QUESTION = "Who said what, and what did they ask for?"


def describe(ctx: Context) -> str:
    """How many bodies made how many statements."""
    found = facts.statements(ctx.record)
    if not found:
        return nothing_in_register("what bodies have said")
    bodies = len({statement.org_id for statement in found})
    return f"{many(bodies, 'body', 'bodies')} made {many(len(found), 'statement')} that are on record."


@per_page
def body(ctx: Context) -> Markup:
    """Head and table."""
    found = facts.statements(ctx.record)
    basis = computed_from(ctx, many(len(found), "statement")) if found else EMPTY
    head = page_head(QUESTION, describe(ctx), basis)
    if not found:
        return head + empty_state("No statement is in the register yet.")
    rows = [
        [
            statement.name,
            date_words(statement.published_on, statement.date_precision),
            label("statement.position", statement.position),
            ", ".join(label("statement.asks", ask) for ask in statement.asks),
            statement.summary,
            source_link(ctx.record, statement.source_id),
        ]
        for statement in found
    ]
    columns: list[Column | str] = [
        "Body",
        Column("When", "when"),
        "Position",
        "Asks for",
        Column("In our words", "wide"),
        "Shown by",
    ]
    return head + section("Statements", table(columns, rows, "Statements on record, oldest first"))


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
