"""A feed written out: Atom by feedgen, and JSON Feed 1.1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from markupsafe import Markup

from dashboard.feeds.choose import Entry, begun, passages_of, rows_that_lost
from dashboard.parts import diff
from dashboard.parts.html import EMPTY, fill, join, link, listing
from dashboard.parts.permalinks import permalink
from dashboard.queries import items
from dashboard.queries.bodies import name_of
from dashboard.queries.sources import source_index
from dashboard.record import Record
from data.dates import phrase
from data.programme import Programme

MOST_STEPS: Final = 30
"""Passages of a change that an entry shows; its page shows all."""


@dataclass(frozen=True)
class Feed:
    """A feed before it is written: its own path, the path of the page that shows the same, what it is about."""

    path: str
    page: str
    about: str
    entries: tuple[Entry, ...]


def tag(programme: Programme, record_id: str) -> str:
    """A tag URI (RFC 4151) that never changes: the host, the year the record began, the row."""
    host = urlsplit(programme.programme.base_url).hostname or "localhost"
    return f"tag:{host},2026:{record_id}"


def content(entry: Entry, record: Record, base: str) -> Markup:
    """The entry as HTML: what, when, who, shown by which page; of a change the words removed and added."""
    source = source_index(record).get(entry.source_id or "")
    steps = diff.steps_of_json(passages_of(record, entry))
    lost = rows_that_lost(record, entry)
    return join(
        [
            fill("<p>{s}</p>", s=entry.summary),
            fill("<p>{k}, {w}.</p>", k=entry.kind_words, w=phrase(entry.on_date, entry.date_precision)),
            fill("<p>Bodies: {b}</p>", b=listing(_body(record, base, org_id) for org_id in entry.org_ids))
            if entry.org_ids
            else EMPTY,
            diff.inline(steps[:MOST_STEPS]) if steps else EMPTY,
            fill(
                "<p>Evidence lost: the page no longer holds the passage on which {r}. It stays on record, with the "
                "earlier copy that shows it.</p>",
                r=fill("{l} rests", l=_row(record, base, *lost[0]))
                if len(lost) == 1
                else fill("these rest: {l}", l=listing(_row(record, base, *row) for row in lost)),
            )
            if lost
            else EMPTY,
            fill("<p>Source: {l}</p>", l=link(source.url, source.title)) if source else EMPTY,
        ]
    )


def _body(record: Record, base: str, org_id: str) -> Markup:
    return link(base + permalink("organisation", org_id), name_of(record, org_id))


def _row(record: Record, base: str, table: str, row_id: str) -> Markup:
    found = items.item(record, table, row_id)
    return link(base + permalink(table, row_id), found.title if found else row_id)


def _title(programme: Programme, about: str) -> str:
    return f"{programme.programme.title}: {about or 'timeline'}"


def atom(feed: Feed, record: Record, programme: Programme) -> bytes:
    """The feed as Atom (RFC 4287)."""
    from feedgen.feed import FeedGenerator

    base = programme.programme.base_url.rstrip("/")
    made = FeedGenerator()
    made.id(tag(programme, feed.path))
    made.title(clean(_title(programme, feed.about)))
    made.author({"name": clean(programme.programme.publisher or programme.programme.title)})
    made.link(href=f"{base}{feed.path}", rel="self", type="application/atom+xml")
    made.link(href=f"{base}{feed.page}", rel="alternate", type="text/html")
    made.rights(f"{programme.licence.data} {programme.licence.data_url}")
    made.generator("sim-record")
    made.updated(max((entry.updated for entry in feed.entries), default=begun(record)))
    for entry in feed.entries:
        item = made.add_entry(order="append")
        item.id(tag(programme, entry.id))
        item.title(clean(entry.title))
        item.link(href=base + entry.address, rel="alternate", type="text/html")
        item.published(entry.published)
        item.updated(entry.updated)
        item.summary(clean(entry.summary))
        item.content(clean(str(content(entry, record, base))), type="html")
        item.category(term=entry.kind, label=entry.kind_words)
    written: bytes = made.atom_str(pretty=True)
    return written


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _NOT_IN_XML.sub("", text)


_NOT_IN_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def json_feed(feed: Feed, record: Record, programme: Programme) -> dict[str, Any]:
    """The feed as JSON Feed 1.1."""
    base = programme.programme.base_url.rstrip("/")
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(programme, feed.about),
        "home_page_url": f"{base}{feed.page}",
        "feed_url": f"{base}{feed.path}",
        "language": "en-GB",
        "authors": [{"name": programme.programme.publisher or programme.programme.title, "url": base}],
        "items": [
            {
                "id": tag(programme, entry.id),
                "url": base + entry.address,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": str(content(entry, record, base)),
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "tags": [entry.kind],
            }
            for entry in feed.entries
        ],
    }
