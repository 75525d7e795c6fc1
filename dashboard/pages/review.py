"""What was promised, and what became of it? Every review with its steps."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.parts.dates import date_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, join, many
from dashboard.parts.notes import empty_state
from dashboard.parts.params import Params
from dashboard.parts.sources import source_link
from dashboard.parts.tables import Column, table
from dashboard.queries import facts
from dashboard.start import Context, context, per_page
from data.labels import label

ADDRESS = "/review"
TITLE = "Review"
QUESTION = "What was promised, and what became of it?"


def describe(ctx: Context) -> str:
    """How many reviews are on record, and how many were published."""
    found = facts.reviews(ctx.record)
    if not found:
        return nothing_in_register("a review")
    published = {step.review_id for step in facts.review_steps(ctx.record) if step.state == "published"}
    published |= {review.review_id for review in found if review.state == "published"}
    return f"{many(len(found), 'review')} were made or asked for; {len(published)} can be shown to be published."


@per_page
def body(ctx: Context) -> Markup:
    """Head, then a table of steps for each review."""
    found, steps = facts.reviews(ctx.record), facts.review_steps(ctx.record)
    basis = computed_from(ctx, many(len(steps), "dated step")) if steps else EMPTY
    head = page_head(QUESTION, describe(ctx), basis)
    if not found:
        return head + empty_state("No review is in the register yet.")
    columns: list[Column | str] = [Column("When", "when"), "State", Column("What happened", "wide"), "Shown by"]
    return head + join(
        section(
            review.title,
            table(
                columns,
                [
                    [
                        date_words(step.on_date, step.date_precision),
                        label("review.state", step.state),
                        step.summary,
                        source_link(ctx.record, step.source_id),
                    ]
                    for step in steps
                    if step.review_id == review.review_id
                ],
                f"Steps: {review.title}",
            ),
            lead=f"Now: {label('review.state', review.state)}.",
        )
        for review in found
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    del params
    return body(ctx)


def page() -> None:
    """The page in the app."""
    st.html(body(context()))
