"""A feed written out: Atom by feedgen, JSON Feed 1.1, iCalendar of what reviews promised."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from dashboard.feeds.choose import Entry
from dashboard.parts.html import fill, link
from dashboard.parts.permalinks import permalink
from dashboard.queries.sources import source_index
from dashboard.record import Record
from data.dates import phrase
from data.labels import label
from data.programme import Programme


def _moment(entry: Entry, built: dt.datetime) -> dt.datetime:
    """When the entry came into the record: midnight UTC of that day."""
    day = entry.recorded_on or built.date()
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def tag(programme: Programme, record_id: str) -> str:
    """A tag URI (RFC 4151) that never changes: the host, the year the record began, the row."""
    host = urlsplit(programme.programme.base_url).hostname or "localhost"
    return f"tag:{host},2026:{record_id}"


def content(entry: Entry, record: Record) -> Markup:
    """The entry as HTML."""
    source = source_index(record).get(entry.source_id or "")
    shown = fill("<p>Source: {l}</p>", l=link(source.url, source.title)) if source else Markup("")
    return fill(
        "<p>{summary}</p><p>{kind}, {when}.</p>{source}",
        summary=entry.summary,
        kind=label("timeline.kind", entry.kind),
        when=phrase(entry.on_date, entry.date_precision),
        source=shown,
    )


def _title(programme: Programme, about: str) -> str:
    return f"{programme.programme.title}: {about}" if about else f"{programme.programme.title}: timeline"


def atom(entries: tuple[Entry, ...], about: str, path: str, record: Record, programme: Programme) -> bytes:
    """The feed as Atom (RFC 4287)."""
    from feedgen.feed import FeedGenerator

    base = programme.programme.base_url.rstrip("/")
    feed = FeedGenerator()
    feed.id(tag(programme, path))
    feed.title(clean(_title(programme, about)))
    feed.author({"name": clean(programme.programme.publisher or programme.programme.title)})
    feed.link(href=f"{base}{path}", rel="self", type="application/atom+xml")
    feed.link(href=f"{base}/timeline", rel="alternate", type="text/html")
    feed.rights(f"{programme.licence.data} {programme.licence.data_url}")
    feed.generator("sim-record")
    moments = [_moment(entry, record.built_at) for entry in entries]
    feed.updated(max(moments, default=record.built_at))
    for entry, moment in zip(entries, moments, strict=True):
        item = feed.add_entry(order="append")
        item.id(tag(programme, entry.id))
        item.title(clean(entry.title))
        item.link(href=base + permalink("timeline", entry.id), rel="alternate", type="text/html")
        item.updated(moment)
        item.summary(clean(entry.summary))
        item.content(clean(str(content(entry, record))), type="html")
        item.category(term=entry.kind, label=label("timeline.kind", entry.kind))
    written: bytes = feed.atom_str(pretty=True)
    return written


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )


def json_feed(
    entries: tuple[Entry, ...], about: str, path: str, record: Record, programme: Programme
) -> dict[str, Any]:
    """The feed as JSON Feed 1.1."""
    base = programme.programme.base_url.rstrip("/")
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(programme, about),
        "home_page_url": f"{base}/timeline",
        "feed_url": f"{base}{path}",
        "language": "en-GB",
        "authors": [{"name": programme.programme.publisher or programme.programme.title, "url": base}],
        "items": [
            {
                "id": tag(programme, entry.id),
                "url": base + permalink("timeline", entry.id),
                "title": entry.title,
                "summary": entry.summary,
                "content_html": str(content(entry, record)),
                "date_modified": _moment(entry, record.built_at).isoformat(),
                "tags": [entry.kind],
            }
            for entry in entries
        ],
    }
