"""How far has it come? The readings of the petition, as what they are."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import fill, link, many, number
from dashboard.parts.notes import empty_state
from dashboard.parts.params import Params
from dashboard.parts.sources import source_link
from dashboard.parts.tables import Column, table
from dashboard.queries import facts
from dashboard.start import Context, context, per_page
from data import dates

ADDRESS = "/petition"
TITLE = "Petition"
QUESTION = "How far has it come?"


def signatures_words(reading: facts.Reading) -> str:
    """ "More than 64,000" or "64,828"."""
    return f"more than {number(reading.signatures)}" if reading.bound == "at-least" else number(reading.signatures)


def describe(ctx: Context) -> str:
    """The highest dated reading in a sentence."""
    dated = [reading for reading in facts.petition_readings(ctx.record) if reading.on_date]
    if not dated:
        return nothing_in_register("a petition")
    best = max(dated, key=lambda reading: (reading.signatures, reading.on_date or ""))
    words = signatures_words(best)
    when = dates.in_words(best.on_date, best.date_precision).removeprefix("by ")
    return f"{words[:1].upper()}{words[1:]} people had signed by {when}."


@per_page
def body(ctx: Context) -> Markup:
    """Head and table."""
    readings = facts.petition_readings(ctx.record)
    head = page_head(
        QUESTION, describe(ctx), computed_from(ctx, many(len(readings), "reading")) if readings else Markup("")
    )
    if not readings:
        return head + empty_state("No reading of a petition is in the register yet.")
    rows = [
        [
            date_words(reading.on_date, reading.date_precision),
            signatures_words(reading),
            number(reading.target) if reading.target else "",
            link(reading.url, "petition"),
            source_link(ctx.record, reading.source_id),
        ]
        for reading in readings
    ]
    columns: list[Column | str] = [
        Column("When", "when"),
        Column("Signatures", "number"),
        Column("Goal", "number"),
        "Petition",
        "Shown by",
    ]
    return head + section("Readings", table(columns, rows, "Readings of the petition, oldest first"))


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return fill("{b}", b=body(ctx))


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
