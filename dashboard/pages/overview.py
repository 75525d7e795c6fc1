"""What is it, and where do things stand? The state of the record in a few dated sentences."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages import petition, responses, review, rollout
from dashboard.parts.head import page_head, section
from dashboard.parts.html import link
from dashboard.parts.params import Params
from dashboard.parts.tables import table
from dashboard.start import Context, context, per_page

ADDRESS = "/"
TITLE = "Overview"


def describe(ctx: Context) -> str:
    """What the programme is."""
    return ctx.programme.programme.about or ctx.programme.programme.title


@per_page
def body(ctx: Context) -> Markup:
    """Head and the sentences of the pages."""
    subject = ctx.programme.programme
    rows = [
        [link(module.ADDRESS, module.TITLE), module.describe(ctx)] for module in (rollout, responses, review, petition)
    ]
    return page_head(f"What is {subject.short_name}, and where do things stand?", describe(ctx)) + section(
        "Where things stand", table(["Page", "Answer"], rows, "Where things stand")
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
