"""Pieces of pages as safe HTML. Everything that comes from the record is escaped here, and nowhere else.

Each function takes plain values and returns `markupsafe.Markup`; put them together with `fill` and `join`, never with
f-strings. The same piece serves the Streamlit page (by `st.html`, which keeps HTML but drops SVG and scripts) and the
plain page for readers without JavaScript.
"""
