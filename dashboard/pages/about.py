"""Can I trust it? How the record is made."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.parts.head import page_head, section
from dashboard.parts.html import fill, join
from dashboard.parts.params import Params
from dashboard.parts.status import ORDER, status_badge
from dashboard.parts.tables import table
from dashboard.queries import bodies
from dashboard.start import Context, context, per_page
from data.labels import label

ADDRESS = "/about"
TITLE = "About"
QUESTION = "Can I trust it?"


def describe(ctx: Context) -> str:
    """Whose word to take."""
    del ctx
    return "Take no word of it on trust: every row names the public page that shows it, and you can look for yourself."


@per_page
def body(ctx: Context) -> Markup:
    """Head and statuses."""
    counts = bodies.status_counts(ctx.record)
    rows = [
        [
            status_badge(status),
            label("organisation_status.status", status),
            str(sum(row.bodies for row in counts if row.status == status)),
        ]
        for status in ORDER
    ]
    return page_head(QUESTION, describe(ctx)) + section(
        "Statuses", table(["Status", "In words", "Bodies"], rows, "Statuses of trusts and forces"), name="statuses"
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return fill("{b}", b=join([body(ctx)]))


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
