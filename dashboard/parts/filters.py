"""Filters: select boxes bound to the address in the app, a form without JavaScript on the plain page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st
from markupsafe import Markup

from dashboard.parts.html import EMPTY, fill, join
from dashboard.parts.notes import note
from dashboard.parts.params import Params


@dataclass(frozen=True)
class Choice:
    """One filter. `options` are (value, words) pairs; the words stand in the address, as Streamlit binds them."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    anything: str = "all"

    def value_of(self, words: str) -> str | None:
        """The value that a parameter means; "" for all, None where the words are none of the options."""
        if not words or words == self.anything:
            return ""
        return next((value for value, known in self.options if known == words), None)


def chosen(choices: Sequence[Choice], params: Params) -> tuple[dict[str, str], Markup]:
    """Values by name ("" for all), and a remark for each parameter that names nothing known."""
    values: dict[str, str] = {}
    remarks = []
    for choice in choices:
        asked = params.get(choice.name)
        value = choice.value_of(asked)
        if value is None:
            remarks.append(
                note(fill("There is no {l} “{a}” here, so all are shown.", l=choice.label.lower(), a=asked), "warning")
            )
        values[choice.name] = value or ""
    return values, join(remarks)


def select_boxes(choices: Sequence[Choice]) -> dict[str, str]:
    """Draw the filters side by side, bound to the address; values by name ("" for all). Only inside a page run.

    Streamlit drops from the address what is none of the options; `chosen` gives the remark about it.
    """
    values: dict[str, str] = {}
    with st.container(key="filters"):
        columns = st.columns(len(choices))
        for column, choice in zip(columns, choices, strict=True):
            with column:
                picked = st.selectbox(
                    choice.label,
                    [choice.anything, *(words for _, words in choice.options)],
                    key=choice.name,
                    bind="query-params",
                )
            values[choice.name] = choice.value_of(str(picked)) or ""
    return values


def form(path: str, choices: Sequence[Choice], params: Params) -> Markup:
    """The same filters as a form that works without JavaScript."""
    boxes = [_box(choice, choice.value_of(params.get(choice.name)) or "") for choice in choices]
    return fill(
        '<form class="filters" method="get" action="{path}">{boxes}<button type="submit">Show</button></form>',
        path=path,
        boxes=join(boxes),
    )


@lru_cache(maxsize=256)
def _box(choice: Choice, now: str) -> Markup:
    options = [_option("", choice.anything, not now)]
    options += [_option(words, words, value == now) for value, words in choice.options]
    return fill(
        '<label>{label}<select name="{name}">{options}</select></label>',
        label=choice.label,
        name=choice.name,
        options=join(options),
    )


def _option(value: str, words: str, selected: bool) -> Markup:
    return fill('<option value="{v}"{s}>{w}</option>', v=value, s=Markup(" selected") if selected else EMPTY, w=words)
