"""Who used it, when, and how do we know? Every trust and force with its status."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, many
from dashboard.parts.notes import empty_state
from dashboard.parts.params import Params
from dashboard.parts.status import status_badge
from dashboard.parts.tables import Column, table
from dashboard.queries import bodies
from dashboard.start import Context, context, per_page

ADDRESS = "/rollout"
TITLE = "Rollout"
QUESTION = "Who used it, when, and how do we know?"


def describe(ctx: Context) -> str:
    """How many bodies can be shown to have used it."""
    found = bodies.standings(ctx.record)
    if not found:
        return nothing_in_register("trusts and police forces")
    used = sum(standing.ever_used for standing in found)
    return f"{used} of {many(len(found), 'body', 'bodies')} can be named as having used it."


@per_page
def body(ctx: Context) -> Markup:
    """Head and table."""
    found = bodies.standings(ctx.record)
    basis = computed_from(ctx, many(bodies.adoption_totals(ctx.record)[0], "assertion")) if found else EMPTY
    head = page_head(QUESTION, describe(ctx), basis)
    if not found:
        return head + empty_state("No trust or police force is in the register yet.")
    rows = [
        [
            standing.name,
            status_badge(standing.status),
            date_words(standing.latest_date, standing.latest_precision),
            many(standing.sources, "source"),
        ]
        for standing in found
    ]
    columns: list[Column | str] = ["Body", Column("Status", "narrow"), Column("Latest", "when"), "Evidence"]
    return head + section("Trusts and forces", table(columns, rows, "Trusts and police forces"))


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
