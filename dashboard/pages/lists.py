"""What pages with a list and a detail beside it have in common: the address read, filters kept, the way back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from dashboard.parts.filters import Choice
from dashboard.parts.html import address, fill
from dashboard.parts.notes import note
from dashboard.parts.params import Params

Kept = tuple[tuple[str, str], ...]
"""Filters as they stand in the address, hashable."""


def asked() -> Params:
    """What the address of the app asks for. Only inside a page run."""
    return Params.of((name, value) for name in st.query_params for value in st.query_params.get_all(name))


def kept_of(choices: Sequence[Choice], values: dict[str, str]) -> Kept:
    """The chosen values as words of the address; those that choose nothing are left out."""
    found = []
    for choice in choices:
        words = dict(choice.options).get(values.get(choice.name, ""), "")
        if words:
            found.append((choice.name, words))
    return tuple(found)


def way_back(path: str, kept: Kept, words: str) -> Markup:
    """The list as the reader left it."""
    return fill('<p class="back"><a href="{b}">← {w}</a></p>', b=address(path, dict(kept)), w=words)


def unknown_row(what: str, row_id: str) -> Markup:
    """The remark where the address names a row that is not on record."""
    return note(fill("There is no {w} “{i}” on this record, so all are shown.", w=what, i=row_id), "warning")


def forget_page_when_filters_change(kept: Kept, name: str) -> None:
    """Begin again at the first page of a list where the reader chose other filters. Only inside a page run."""
    key = f"filters of {name}"
    before = st.session_state.get(key)
    st.session_state[key] = kept
    if before is not None and before != kept and "page" in st.query_params:
        del st.query_params["page"]
