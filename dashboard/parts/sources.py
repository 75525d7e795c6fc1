"""The way from a figure to the page that shows it."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.dates import date_words
from dashboard.parts.html import EMPTY, address, fill, link
from dashboard.queries.sources import source_index
from dashboard.record import Record


def source_page(source_id: str) -> str:
    """Where this record shows a source: its state, captures and passages."""
    return address("/documents", {"source": source_id})


def source_link(record: Record, source_id: str | None, words: Markup | str | None = None) -> Markup:
    """A short link to what this record holds of a source; its publisher stands for it unless `words` are given."""
    if not source_id:
        return EMPTY
    source = source_index(record).get(source_id)
    if source is None:
        return fill('<span class="quiet">{s}</span>', s=source_id)
    shown = words or source.publisher or source.title
    label = f"{shown}: {source.title}" if not words else f"{words}: {source.publisher or ''} {source.title}"
    return link(source_page(source_id), shown, label=label)


def source_citation(record: Record, source_id: str | None) -> Markup:
    """Publisher, title (a link to the live page) and date of a source, and the way to what this record holds of it."""
    source = source_index(record).get(source_id or "")
    if source is None:
        return fill('<span class="quiet">{s}</span>', s=source_id or "no source")
    return fill(
        '<span class="cite">{publisher}{title}, {date}{live} · {held}</span>',
        publisher=fill("{p}: ", p=source.publisher) if source.publisher else EMPTY,
        title=link(source.url, source.title),
        date=date_words(source.published_on, source.date_precision),
        live=EMPTY if source.url else Markup(" (no address known)"),
        held=link(source_page(source.source_id), "on record", label=f"On record: {source.title}"),
    )
