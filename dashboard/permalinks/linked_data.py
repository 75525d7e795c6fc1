"""What a permanent page says to programs: schema.org types by kind, as JSON-LD."""

from __future__ import annotations

from typing import Any, Final

from dashboard.parts.permalinks import ROOMS
from dashboard.queries import items
from dashboard.queries.bodies import body_index, name_of
from dashboard.queries.items import Item
from dashboard.queries.sources import source_index
from dashboard.start import Context

_EVENTS: Final = ("event.", "review_event.", "change.", "disappearance.")


def linked_data(context: Context, item: Item, address: str) -> dict[str, Any]:
    """The JSON-LD of one row; `address` is the whole address of its page."""
    thing = _thing(context, item)
    page: dict[str, Any] = {
        "@type": "WebPage",
        "@id": address,
        "url": address,
        "inLanguage": "en-GB",
        "license": context.programme.licence.data_url,
        "publisher": publisher(context),
        "isPartOf": whole(context),
    }
    if item.recorded_on:
        page["dateCreated"] = item.recorded_on.isoformat()
    if touched := items.touched_on(context.record, item):
        page["dateModified"] = touched.isoformat()
    named = {"@context": "https://schema.org", "@id": f"{address}#it", "url": address, "name": item.title}
    return named | thing | {"mainEntityOfPage": page}


def publisher(context: Context) -> dict[str, Any]:
    """Who publishes the record."""
    subject = context.programme.programme
    return {"@type": "Organization", "name": subject.publisher or subject.title, "url": subject.base_url}


def whole(context: Context) -> dict[str, Any]:
    """The record as a data set, shortly: what every page is part of."""
    subject = context.programme.programme
    base = subject.base_url.rstrip("/")
    return {
        "@type": "Dataset",
        "@id": f"{base}/data#record",
        "name": subject.title,
        "description": subject.about or subject.title,
        "url": f"{base}/data",
        "version": str(context.record.number),
        "dateModified": context.record.built_on.isoformat(),
        "license": context.programme.licence.data_url,
        "creator": publisher(context),
    }


def table_data(context: Context, table: str, title: str, description: str) -> dict[str, Any]:
    """The JSON-LD of an index page: the table as a data set of its own, with the files that hold it."""
    base = context.programme.programme.base_url.rstrip("/")
    room = "sources" if table == "source" else ROOMS[table]
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{base}/{room}#it",
        "name": f"{title} · {context.programme.programme.title}",
        "description": description,
        "url": f"{base}/{room}",
        "license": context.programme.licence.data_url,
        "creator": publisher(context),
        "dateModified": context.record.built_on.isoformat(),
        "version": str(context.record.number),
        "isPartOf": whole(context),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{base}/api/v1/{table}.{form}"}
            for form, kind in (("csv", "text/csv"), ("json", "application/json"))
        ],
    }


def _organisation(context: Context, org_id: str | None) -> dict[str, Any]:
    body = body_index(context.record).get(org_id or "")
    told: dict[str, Any] = {"@type": "Organization", "name": name_of(context.record, org_id)}
    return told | ({"sameAs": body.website} if body and body.website else {})


def _dated(item: Item, name: str) -> dict[str, Any]:
    """The date under a property's name, of full or partial length; nothing where only a latest day is known."""
    return {name: item.on_date} if item.on_date and item.date_precision != "before" else {}


def _appearance(context: Context, item: Item) -> dict[str, Any] | None:
    source = source_index(context.record).get(item.source_id or "")
    if source is None:
        return None
    told: dict[str, Any] = {"@type": "CreativeWork", "name": source.title}
    if source.url:
        told["url"] = source.url
    if source.publisher:
        told["publisher"] = _organisation(context, source.publisher_id)
    if source.published_on and source.date_precision != "before":
        told["datePublished"] = source.published_on
    archived = [copy.memento_url for copy in items.copies(context.record, source.source_id) if copy.memento_url]
    if archived:
        told["archivedAt"] = archived[0]
    return told


def _thing(context: Context, item: Item) -> dict[str, Any]:
    appearance = _appearance(context, item)
    if item.table == "organisation":
        return _body(context, item)
    if item.table == "source":
        return _document(context, item, appearance or {})
    if item.table == "timeline" and item.row_id.startswith("source."):
        return _document(context, item, appearance or {})
    if item.table == "timeline" and item.row_id.startswith("correction."):
        return {"@type": "CorrectionComment", "text": item.claim} | _dated(item, "datePublished")
    if item.table == "timeline" and item.row_id.startswith(_EVENTS):
        event: dict[str, Any] = {"@type": "Event", "description": item.claim} | _dated(item, "startDate")
        if item.org_ids:
            event["about"] = [_organisation(context, org_id) for org_id in item.org_ids]
        if appearance:
            event["subjectOf"] = appearance
        return event
    claim: dict[str, Any] = {"@type": "Claim", "text": item.claim or item.title} | _dated(item, "datePublished")
    author = item.author_id or _publisher_of(context, item)
    if author:
        claim["author"] = _organisation(context, author)
    about = [org_id for org_id in item.org_ids if org_id != author]
    if about:
        claim["about"] = [_organisation(context, org_id) for org_id in about]
    if appearance:
        claim["appearance"] = appearance
    return claim


def _publisher_of(context: Context, item: Item) -> str | None:
    source = source_index(context.record).get(item.source_id or "")
    return source.publisher_id if source else None


def _body(context: Context, item: Item) -> dict[str, Any]:
    body = body_index(context.record).get(item.row_id)
    told: dict[str, Any] = {"@type": "Organization"}
    if body is None:
        return told
    if body.aliases:
        told["alternateName"] = list(body.aliases)
    if body.website:
        told["sameAs"] = body.website
    ods = dict(item.facts).get("ODS code")
    if ods:
        told["identifier"] = {"@type": "PropertyValue", "propertyID": "ODS", "value": ods}
    return told


def _document(context: Context, item: Item, appearance: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"@type": "DigitalDocument", "headline": item.title} | _dated(item, "datePublished")
    if appearance.get("url"):
        told["isBasedOn"] = appearance["url"]
    if appearance.get("archivedAt"):
        told["archivedAt"] = appearance["archivedAt"]
    publisher_id = item.author_id or _publisher_of(context, item)
    if publisher_id:
        told["publisher"] = _organisation(context, publisher_id)
    return told
