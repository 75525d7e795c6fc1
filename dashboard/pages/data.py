"""Can I have it? The tables of the record with their meaning."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.parts.head import page_head, section
from dashboard.parts.html import many, number
from dashboard.parts.params import Params
from dashboard.parts.tables import Column, table
from dashboard.queries import facts
from dashboard.start import Context, context, per_page

ADDRESS = "/data"
TITLE = "Data"
QUESTION = "Can I have it?"


def describe(ctx: Context) -> str:
    """Yes, and under what terms."""
    found = [size for size in facts.tables(ctx.record) if not size.is_view]
    licence = ctx.programme.licence.data
    return f"Yes: {many(len(found), 'table')} with {number(sum(t.rows for t in found))} rows, under {licence}."


@per_page
def body(ctx: Context) -> Markup:
    """Head and the list of tables."""
    rows = [
        [size.name, "view" if size.is_view else "table", number(size.rows), size.comment]
        for size in facts.tables(ctx.record)
    ]
    columns: list[Column | str] = ["Name", "Kind", Column("Rows", "number"), Column("Meaning", "wide")]
    shown = table(columns, rows, "Tables and views of the record")
    return page_head(QUESTION, describe(ctx)) + section("Tables", shown)


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
