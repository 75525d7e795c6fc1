"""HTML drawn in the app."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup


def show(html: Markup) -> None:
    """Draw HTML, and nothing where it is empty: `st.html` takes that for a slip. Only inside a page run."""
    if html:
        st.html(html)
