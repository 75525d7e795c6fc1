"""The nine pages, one module each, all of the same shape.

    ADDRESS = "/petition"; TITLE = "Petition"; QUESTION = "How far has it come?"
    describe(context) -> str             one plain sentence for search engines, computed from the record
    plain(context, params) -> Markup     the whole page for readers without JavaScript
    page() -> None                       the same content in Streamlit, with its widgets

`plain` and `page` share functions marked `per_page` (dashboard.start), which make the HTML once for each record, day
and set of parameters. A page asks `dashboard.queries` and puts together `dashboard.parts`; it holds no SQL.
"""
