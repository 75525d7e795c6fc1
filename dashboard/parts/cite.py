"""A ready plain citation of one row, and the way to its permanent page, where other styles are."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.html import fill, link
from dashboard.parts.permalinks import permalink
from dashboard.start import Context
from data import dates


def citation(context: Context, table: str, row_id: str, title: str, on_date: str | None, precision: str | None) -> str:
    """Publisher, title, date in words, record and permanent address, in one line that can be copied."""
    subject = context.programme.programme
    address = subject.base_url.rstrip("/") + permalink(table, row_id)
    built = dates.in_words(context.record.built_on.isoformat(), "day")
    when = f", {dates.in_words(on_date, precision)}" if on_date else ", no date"
    return (
        f"{subject.publisher or subject.title}: “{title.rstrip('.')}”{when}. "
        f"Record {context.record.number} of {built}. {address}"
    )


def cite_block(
    context: Context, table: str, row_id: str, title: str, on_date: str | None, precision: str | None
) -> Markup:
    """The citation behind a word that opens it."""
    return fill(
        '<details class="cite-this"><summary>Cite this<span class="unseen">: {t}</span></summary>'
        '<p class="citation">{c}</p><p class="small">{more}</p></details>',
        t=title,
        c=citation(context, table, row_id, title, on_date, precision),
        more=link(
            permalink(table, row_id) + "#cite", "Other styles, BibTeX and RIS", label=f"Other styles for citing {title}"
        ),
    )


def permanent(table: str, row_id: str, title: str) -> Markup:
    """The link that never changes."""
    return link(permalink(table, row_id), "Permanent page", label=f"Permanent page: {title}")
