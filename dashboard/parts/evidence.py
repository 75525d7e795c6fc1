"""The passages of captured pages that support a row of the record."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.head import section
from dashboard.parts.html import EMPTY, fill, join, link
from dashboard.queries import items
from dashboard.start import Context
from data.fragments import pdf_page_link, text_fragment
from data.labels import label


def evidence(context: Context, table: str, row_id: str) -> Markup:
    """The passages that support a row, each with its capture; in words where there is none."""
    found = items.supports(context.record, table, row_id)
    shown = []
    for support in found:
        if not support.text or not support.final_url:
            continue
        live = text_fragment(support.final_url, support.text)
        if support.page_number:
            live = pdf_page_link(support.final_url, support.page_number)
        missing = f" Not found in it: {', '.join(support.missing_terms)}." if support.missing_terms else ""
        shown.append(
            fill(
                "<figure><blockquote><p>{text}</p></blockquote><figcaption>{state}.{missing} "
                "Captured {when}; {live}{memento}. "
                "SHA-256 of the capture: <code>{sha}</code></figcaption></figure>",
                text=support.text,
                state=label("evidence.state", support.state).capitalize(),
                missing=missing,
                when=day_words(support.captured_at),
                live=link(live, "this passage on the live page"),
                memento=fill("; {m}", m=link(support.memento_url, "the archive's copy"))
                if support.memento_url
                else EMPTY,
                sha=support.body_sha256 or "",
            )
        )
    if shown:
        return section("What shows it", join(shown), name="evidence")
    if table in ("organisation", "source", "review"):
        return EMPTY
    states = {support.state for support in found}
    why = (
        "The captures of the source were searched and no passage that carries this was found."
        if "not-found" in states
        else "No capture of the source has been read yet, so no passage can be shown. The source is named above."
    )
    return section("What shows it", fill("<p>{w}</p>", w=why), name="evidence")
