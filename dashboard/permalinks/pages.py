"""The content of permanent pages: what is claimed, by whom, when, what shows it, what else is known, how to cite it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from dashboard.citations.csl import csl_item
from dashboard.citations.formats import STYLES, formatted
from dashboard.parts.dates import date_phrase, date_words, day_words
from dashboard.parts.evidence import evidence
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, listing, many
from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.parts.sources import source_citation
from dashboard.parts.status import status_badge
from dashboard.parts.tables import Column, table
from dashboard.permalinks.shell import Page, json_for_html, shortened
from dashboard.queries import items
from dashboard.queries.bodies import body_index, name_of, standing_index
from dashboard.queries.items import Item
from dashboard.queries.sources import source_index
from dashboard.start import Context, per_page
from data.dates import phrase
from data.labels import label

_ONE: dict[str, str] = {
    "organisation": "Organisation",
    "source": "Document",
    "adoption": "Assertion about the rollout",
    "statement": "Statement",
    "concern": "Concern",
    "review": "Review",
    "recommendation": "Recommendation",
    "timeline": "Timeline entry",
}
_MANY: dict[str, str] = {
    "organisation": "Organisations",
    "source": "Documents",
    "adoption": "Assertions about the rollout",
    "statement": "Statements",
    "concern": "Concerns",
    "review": "Reviews",
    "recommendation": "Recommendations",
    "timeline": "Timeline entries",
}


def bodies(context: Context, org_ids: tuple[str, ...]) -> Markup:
    """The bodies as a list of links in a sentence."""
    known = body_index(context.record)
    return listing(
        link(permalink("organisation", org_id), known[org_id].name) if org_id in known else escape(org_id)
        for org_id in org_ids
    )


def _what(context: Context, item: Item) -> Markup:
    rows: list[tuple[str, Markup | str]] = []
    if item.table not in ("organisation", "review"):
        rows.append(("Date", date_phrase(item.on_date, item.date_precision)))
    if item.author_id:
        rows.append(("In whose words", bodies(context, (item.author_id,))))
    others = tuple(org_id for org_id in item.org_ids if org_id not in (item.author_id, item.row_id))
    if others:
        rows.append(("Concerns", bodies(context, others)))
    rows += list(item.facts)
    if item.table == "organisation":
        rows += _standing(context, item)
    if item.table in ("source", "organisation") and item.url:
        rows.append(("Address", link(item.url, item.url)))
    if item.table != "source" and item.source_id:
        rows.append(("Source", source_citation(context.record, item.source_id)))
    if item.recorded_on:
        rows.append(("Recorded here", day_words(item.recorded_on)))
    return fill(
        '<dl class="facts">{rows}</dl>',
        rows=join(fill("<dt>{name}</dt><dd>{value}</dd>", name=name, value=value) for name, value in rows),
    )


def _standing(context: Context, item: Item) -> list[tuple[str, Markup | str]]:
    standing = standing_index(context.record).get(item.row_id)
    rows: list[tuple[str, Markup | str]] = []
    if standing is not None:
        rows.append(("Status", status_badge(standing.status)))
        rows.append(("How strong", label("organisation_status.strength", standing.strength)))
    body = body_index(context.record).get(item.row_id)
    if body is not None and body.successor_id:
        rows.append(("Now part of", bodies(context, (body.successor_id,))))
    return rows


def _related(context: Context, item: Item) -> Markup:
    found = items.related(context.record, item.table, item.row_id)
    if not found:
        return EMPTY
    titles = {
        "organisation": "On record about it",
        "source": "What rests on this page",
        "review": "Its steps",
    }
    columns: list[Column | str] = ["What", Column("When", "when"), "Source"]
    known = source_index(context.record)
    rows: list[list[Markup | str | int | None]] = []
    for row in found:
        source = known.get(row.source_id or "")
        shown = link(permalink("source", source.source_id), source.publisher or source.title) if source else EMPTY
        rows.append(
            [link(permalink(row.table, row.row_id), row.title), date_words(row.on_date, row.date_precision), shown]
        )
    title = titles.get(item.table, "What else is known")
    return section(title, table(columns, rows, title), name="related")


def _corrections(context: Context, item: Item) -> Markup:
    found = items.corrections(context.record, item.table, item.row_id)
    if not found:
        return section("Corrections", Markup("<p>None has been made to this row.</p>"), name="corrections")
    columns: list[Column | str] = [Column("When", "when"), "What", "It said", "It says", "Why"]
    rows: list[list[Markup | str | int | None]] = [
        [day_words(row.corrected_on), row.column.replace("_", " "), row.was or "nothing", row.now or "nothing", row.why]
        for row in found
    ]
    return section("Corrections", table(columns, rows, "Corrections of this row"), name="corrections")


def _cite(context: Context, item: Item) -> Markup:
    cited = csl_item(item, context.record, context.programme)
    base = f"/cite/{ROOMS[item.table]}/{quote(item.row_id, safe='')}"
    lines = join(
        fill("<dt>{name}</dt><dd>{text}</dd>", name=name, text=formatted(cited, style))
        for style, (_, name) in STYLES.items()
    )
    files = listing(
        link(f"{base}.{form}", words) for form, words in (("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL-JSON"))
    )
    body = fill('<dl class="facts cites">{lines}</dl><p>For reference managers: {files}.</p>', lines=lines, files=files)
    return section("Cite this page", body, name="cite")


@per_page
def page_of(context: Context, kind: str, row_id: str) -> Page | None:
    """The page of one row, or None where there is no such row."""
    item = items.item(context.record, kind, row_id)
    if item is None:
        return None
    claim = item.claim if kind != "organisation" else ""
    basis = fill("Record {n}, as of {day}.", n=context.record.number, day=day_words(context.record.built_at))
    kicker = f"{_ONE[kind]}"
    head = page_head(item.title, claim or _lead(context, item), basis, kicker=kicker)
    body = head + join(
        [
            _what(context, item),
            evidence(context, item.table, item.row_id),
            _related(context, item),
            _corrections(context, item),
            _cite(context, item),
        ]
    )
    path = permalink(kind, row_id)
    base = context.programme.programme.base_url.rstrip("/")
    description = claim or _lead(context, item) or item.title
    return Page(
        path=path,
        title=item.title,
        description=f"{description} {_when(item)}".strip(),
        body=body,
        metas=_metas(context, item),
        jsonld=json_for_html(_jsonld(context, item, base + path)),
        alternates=(
            ("application/json", f"/cite/{ROOMS[kind]}/{quote(row_id, safe='')}.json", "CSL-JSON"),
            ("application/atom+xml", "/feeds/timeline.atom", "Timeline"),
        ),
    )


def _lead(context: Context, item: Item) -> str:
    if item.table == "organisation":
        standing = standing_index(context.record).get(item.row_id)
        if standing is None:
            return ""
        words = label("organisation_status.status", standing.status)
        return f"{item.title}: {words}, from {many(standing.sources, 'source')}."
    if item.table == "review":
        return f"Where it stands: {dict(item.facts).get('State', 'not known')}."
    return item.title


def _when(item: Item) -> str:
    if item.table in ("organisation", "review") or not item.on_date:
        return ""
    return f"({phrase(item.on_date, item.date_precision)})"


def _metas(context: Context, item: Item) -> tuple[tuple[str, str], ...]:
    """Highwire and Dublin Core, from which reference managers read a page."""
    cited = csl_item(item, context.record, context.programme)
    issued = cited.get("issued", {}).get("date-parts", [[]])[0]
    found: list[tuple[str, str]] = [("citation_title", cited["title"])]
    for author in cited.get("author", []):
        found.append(("citation_author_institution", author["literal"]))
        found.append(("citation_author", author["literal"]))
    if issued:
        found.append(("citation_publication_date", "/".join(f"{part:02d}" for part in issued)))
    found += [
        ("citation_public_url", cited["URL"]),
        ("citation_publisher", context.programme.programme.publisher or context.programme.programme.title),
        ("citation_language", "en"),
        ("DC.title", cited["title"]),
        ("DC.publisher", context.programme.programme.publisher or context.programme.programme.title),
        ("DC.identifier", cited["URL"]),
        ("DC.language", "en-GB"),
        ("DC.rights", context.programme.licence.data),
    ]
    for author in cited.get("author", []):
        found.append(("DC.creator", author["literal"]))
    if issued:
        found.append(("DC.date", "-".join(f"{part:02d}" for part in issued)))
    return tuple(found)


def _jsonld(context: Context, item: Item, address: str) -> dict[str, Any]:
    subject = context.programme.programme
    publisher = {"@type": "Organization", "name": subject.publisher or subject.title, "url": subject.base_url}
    base: dict[str, Any] = {"@context": "https://schema.org", "@id": address, "url": address, "name": item.title}
    source = source_index(context.record).get(item.source_id or "")
    if item.table == "organisation":
        body = body_index(context.record).get(item.row_id)
        more = {"@type": "Organization", "alternateName": list(body.aliases) if body else []}
        return base | more | ({"sameAs": body.website} if body and body.website else {})
    if item.table == "source":
        document: dict[str, Any] = {"@type": "DigitalDocument", "headline": item.title}
        if item.url:
            document["isBasedOn"] = item.url
        if item.on_date:
            document["datePublished"] = item.on_date
        if item.author_id:
            document["publisher"] = {"@type": "Organization", "name": name_of(context.record, item.author_id)}
        return base | document
    if item.table == "timeline" and item.row_id.startswith(("event.", "review_event.")):
        event: dict[str, Any] = {"@type": "Event", "description": item.claim, "startDate": item.on_date}
        if item.org_ids:
            event["organizer"] = [
                {"@type": "Organization", "name": name_of(context.record, org_id)} for org_id in item.org_ids
            ]
        return base | event
    claim: dict[str, Any] = {"@type": "Claim", "text": item.claim or item.title, "publisher": publisher}
    if item.on_date:
        claim["datePublished"] = item.on_date
    if item.author_id:
        claim["author"] = {"@type": "Organization", "name": name_of(context.record, item.author_id)}
    if source and source.url:
        claim["appearance"] = {"@type": "CreativeWork", "name": source.title, "url": source.url}
    return base | claim


@per_page
def index_of(context: Context, kind: str) -> Page:
    """All rows of one kind, each with a link to its page."""
    rows = items.ids(context.record, kind)
    title = _MANY[kind]
    answer = f"{many(len(rows), 'row')} on record." if rows else "Nothing is on record yet."
    entries = join(
        fill("<li>{l}</li>", l=link(permalink(kind, row_id), shortened(words, 160))) for row_id, words in rows
    )
    body = page_head(title, answer) + (fill('<ul class="index">{e}</ul>', e=entries) if rows else EMPTY)
    return Page(f"/{ROOMS[kind]}", title, f"{title}: {answer}", body, graph_type="website")
