"""The content of permanent pages: what is claimed, by whom, when, what shows it, what else is known, how to cite it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from dashboard.citations.csl import csl_item
from dashboard.citations.formats import STYLES, formatted
from dashboard.parts.dates import date_phrase, date_words, day_words
from dashboard.parts.evidence import evidence
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, listing, many
from dashboard.parts.permalinks import ROOMS, permalink, picture_address
from dashboard.parts.sources import source_citation
from dashboard.parts.status import status_badge
from dashboard.parts.tables import Cell, Column, table
from dashboard.permalinks import changes
from dashboard.permalinks.linked_data import linked_data, table_data
from dashboard.permalinks.picture import Card
from dashboard.permalinks.shell import Page, json_for_html, shortened
from dashboard.queries import items
from dashboard.queries.bodies import body_index, standing_index
from dashboard.queries.conflicts import against
from dashboard.queries.items import Item
from dashboard.queries.sources import source_index
from dashboard.queries.spans import span_of
from dashboard.start import Context, per_page
from data.dates import in_words, phrase
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
        rows.append(("Date", _date(item)))
    if item.author_id:
        rows.append(("In whose words", bodies(context, (item.author_id,))))
    others = tuple(org_id for org_id in item.org_ids if org_id not in (item.author_id, item.row_id))
    if others:
        rows.append(("Bodies", bodies(context, others)))
    rows += list(item.facts)
    if item.table == "organisation":
        rows += _standing(context, item)
    if item.table in ("source", "organisation") and item.url:
        rows.append(("Address", link(item.url, item.url)))
    if item.table != "source" and item.source_id:
        rows.append(("Source", source_citation(context.record, item.source_id)))
    if item.recorded_on:
        rows.append(("Recorded here", day_words(item.recorded_on)))
    former = items.former_names(context.record, item.table, item.row_id)
    if former:
        rows.append(("Former address", listing(permalink(item.table, name) for name in former)))
    return fill(
        '<dl class="facts">{rows}</dl>',
        rows=join(fill("<dt>{name}</dt><dd>{value}</dd>", name=name, value=value) for name, value in rows),
    )


def _date(item: Item) -> Markup:
    """The date in words, with what it can mean where it is no day."""
    days = span_of(item.on_date, item.date_precision)
    said = date_phrase(item.on_date, item.date_precision)
    if days is None or days.first == days.last:
        return said
    last = in_words(days.last.isoformat(), "day")
    if days.first is None:
        return fill("{s}: the page bears this date, the thing is older", s=said)
    return fill("{s}: some day from {f} to {l}", s=said, f=in_words(days.first.isoformat(), "day"), l=last)


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


_RELATED: Final = {
    "organisation": "On record about it",
    "source": "What rests on this page",
    "review": "Its steps",
}


def _related(context: Context, item: Item) -> Markup:
    found = items.related(context.record, item.table, item.row_id)
    if not found:
        return EMPTY
    columns: list[Column | str] = ["What", Column("When", "when"), "Source"]
    rows: list[list[Cell]] = [
        [
            link(permalink(row.table, row.row_id), row.title),
            date_words(row.on_date, row.date_precision),
            _by(context, row.source_id),
        ]
        for row in found
    ]
    title = _RELATED.get(item.table, "What else is known")
    return section(title, table(columns, rows, title), name="related")


def _by(context: Context, source_id: str | None) -> Markup:
    """A link to the page of a source, which its publisher stands for."""
    source = source_index(context.record).get(source_id or "")
    if source is None:
        return EMPTY
    words = source.publisher or source.title
    return link(permalink("source", source.source_id), words, label=f"{words}: {source.title}")


def _conflicts(context: Context, item: Item) -> Markup:
    found = against(context.record, item.table, item.row_id)
    if not found:
        return EMPTY
    sides = join(
        fill(
            '<div class="side"><p>{says}</p><p class="small">{when}. {by} · {more}</p></div>',
            says=one.says,
            when=date_words(one.on_date, one.date_precision),
            by=_by(context, one.source_id),
            more=link(permalink(one.table, one.row_id), "this row", label=f"this row: {one.says}"),
        )
        for one in found
    )
    lead = (
        "Pages do not say the same of this body. Each stands here with its source; this record does not settle it."
        if item.table == "organisation"
        else "Another page does not say the same. Both stand here with their sources; this record does not settle it."
    )
    return section("What contradicts it", fill('<div class="sides">{s}</div>', s=sides), name="conflicts", lead=lead)


def _corrections(context: Context, item: Item) -> Markup:
    found = items.corrections(context.record, item.table, item.row_id)
    if not found:
        return section("Corrections", Markup("<p>None has been made to this row.</p>"), name="corrections")
    columns: list[Column | str] = [Column("When", "when"), "What", "It said", "It says", Column("Why", "wide")]
    rows: list[list[Cell]] = [
        [
            day_words(row.corrected_on),
            row.column.replace("_", " ") or "the whole row",
            row.was or "nothing",
            (row.now or "nothing") if row.column else "withdrawn",
            row.why,
        ]
        for row in found
    ]
    return section("Corrections", table(columns, rows, "Corrections of this row"), name="corrections")


def cite_section(cited: dict[str, Any], base: str) -> Markup:
    """Ready references in every style, and the files for reference managers; `base` is their address without ending."""
    lines = join(
        fill("<dt>{name}</dt><dd>{text}</dd>", name=name, text=formatted(cited, style))
        for style, (_, name) in STYLES.items()
    )
    files = listing(
        link(f"{base}.{form}", words) for form, words in (("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL-JSON"))
    )
    body = fill('<dl class="facts cites">{lines}</dl><p>For reference managers: {files}.</p>', lines=lines, files=files)
    return section("Cite this page", body, name="cite")


def reference(context: Context, item: Item, path: str) -> dict[str, Any]:
    """The reference of a row's page at `path`, of today's record or of the edition that is being made."""
    day = context.edition[:10] or None
    return csl_item(item, context.record, context.programme, seen=context.today, edition=day, path=path)


@per_page
def page_of(context: Context, kind: str, row_id: str) -> Page | None:
    """The page of one row, or None where there is no such row."""
    item = items.item(context.record, kind, row_id)
    if item is None:
        return None
    claim = item.claim if kind != "organisation" else ""
    head = page_head(item.title, claim or _lead(context, item), as_of(context), kicker=_ONE[kind])
    path = context.root + permalink(kind, row_id)
    cited = reference(context, item, path)
    cite_base = f"{context.root}/cite/{ROOMS[kind]}/{quote(row_id, safe='')}"
    body = head + join(
        [
            _what(context, item),
            evidence(context, item.table, item.row_id, item.row_id if kind == "source" else item.source_id),
            _conflicts(context, item),
            changes.changes_section(context, item.row_id) if kind == "source" else EMPTY,
            _related(context, item),
            _corrections(context, item),
            cite_section(cited, cite_base),
        ]
    )
    base = context.programme.programme.base_url.rstrip("/")
    description = claim or _lead(context, item) or item.title
    picture = card_of(context, item)
    return Page(
        path=path,
        title=item.title,
        description=f"{description} {_when(item)}".strip(),
        body=body,
        metas=metas_of(context, cited),
        jsonld=json_for_html(linked_data(context, item, base + path)),
        alternates=(
            ("application/json", f"{cite_base}.json", "CSL-JSON"),
            ("application/x-research-info-systems", f"{cite_base}.ris", "RIS"),
            *_feeds(item),
        ),
        picture=picture_address(kind, row_id),
        picture_words=picture.words,
        cited=cited,
    )


def as_of(context: Context) -> Markup:
    """Which record a page shows, and of which day."""
    return fill("Record {n}, as of {day}.", n=context.record.number, day=day_words(context.record.built_at))


def _feeds(item: Item) -> tuple[tuple[str, str, str], ...]:
    """The feed that holds what comes next about a row, and that of everything."""
    whole = ("application/atom+xml", "/feeds/timeline.atom", "Timeline")
    if item.table in ("organisation", "review"):
        own = f"/feeds/{item.table}/{quote(item.row_id, safe='')}.atom"
        return (("application/atom+xml", own, item.title), whole)
    if item.table == "source":
        own = f"/feeds/changes/{quote(item.row_id, safe='')}.atom"
        return (("application/atom+xml", own, f"Changes of {item.title}"), whole)
    return (whole,)


def card_of(context: Context, item: Item) -> Card:
    """What the picture of a row's page says: kind, title, status or date, and whose record it is."""
    if item.table == "organisation":
        standing = standing_index(context.record).get(item.row_id)
        line = label("organisation_status.status", standing.status) if standing else dict(item.facts).get("Kind", "")
    elif item.table == "review":
        line = dict(item.facts).get("State", "")
    else:
        line = in_words(item.on_date, item.date_precision)
    kicker = _ONE[item.table]
    if item.table == "timeline":
        kicker = dict(item.facts).get("Kind", kicker)
    return Card(kicker, item.title, line[:1].upper() + line[1:], *_site(context))


def _site(context: Context) -> tuple[str, str]:
    """The name of the record, and the host of its address."""
    subject = context.programme.programme
    return subject.title, urlsplit(subject.base_url).netloc


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


def metas_of(context: Context, cited: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Highwire and Dublin Core, from which reference managers read a page.

    A comma at the end tells them that a name is a body's: without it they take its last word for a family name, and at
    a comma inside they part it.
    """
    issued = cited.get("issued", {}).get("date-parts", [[]])[0]
    publisher = context.programme.programme.publisher or context.programme.programme.title
    found: list[tuple[str, str]] = [("citation_title", cited["title"])]
    for author in cited.get("author", []):
        found.append(("citation_author", f"{author['literal'].replace(',', '')},"))
        found.append(("citation_author_institution", author["literal"]))
    if issued:
        found.append(("citation_publication_date", "/".join(f"{part:02d}" for part in issued)))
    found += [
        ("citation_public_url", cited["URL"]),
        ("citation_publisher", publisher),
        ("citation_language", "en"),
        ("DC.title", cited["title"]),
        ("DC.publisher", publisher),
        ("DC.identifier", cited["URL"]),
        ("DC.language", "en-GB"),
        ("DC.rights", context.programme.licence.data),
        ("DC.type", "Text"),
    ]
    for author in cited.get("author", []):
        found.append(("DC.creator", author["literal"]))
    if issued:
        found.append(("DC.date", "-".join(f"{part:02d}" for part in issued)))
    return tuple(found)


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
    room = "sources" if kind == "source" else ROOMS[kind]
    return Page(
        path=f"{context.root}/{room}",
        title=title,
        description=f"{title} of {context.programme.programme.title}: {answer}",
        body=body,
        jsonld=json_for_html(table_data(context, kind, title, f"{title}: {answer}")),
        alternates=(("application/atom+xml", "/feeds/timeline.atom", "Timeline"),),
        graph_type="website",
        picture=f"/pictures/{room}.png",
        picture_words=index_card(context, kind).words,
    )


def index_card(context: Context, kind: str) -> Card:
    """What the picture of an index page says."""
    subject = context.programme.programme
    rows = many(len(items.ids(context.record, kind)), "row")
    return Card(subject.name or subject.short_name, _MANY[kind], f"{rows} on record", *_site(context))


@per_page
def change_page(context: Context, source_id: str, first: int, last: int) -> Page | None:
    """The page of what the changes `first` to `last` of a source did; None where there are no such changes."""
    stretch = changes.stretch_of(context, source_id, first, last)
    if stretch is None:
        return None
    item = changes.item_of(stretch)
    path = context.root + stretch.path
    cite_base = f"{context.root}/cite{stretch.path}"
    cited = reference(context, item, path)
    address = context.programme.programme.base_url.rstrip("/") + path
    data = changes.described(stretch, address, linked_data(context, item, address))
    body = join(
        [
            changes.head_of(stretch, as_of(context)),
            changes.body_of(context, stretch),
            cite_section(cited, cite_base),
        ]
    )
    picture = change_card(context, stretch)
    return Page(
        path=path,
        title=stretch.title,
        description=f"{stretch.title}. {item.claim}",
        body=body,
        metas=metas_of(context, cited),
        jsonld=json_for_html(data),
        alternates=(
            ("application/json", f"{cite_base}.json", "CSL-JSON"),
            ("application/atom+xml", f"/feeds/changes/{quote(source_id, safe='')}.atom", stretch.title),
        ),
        picture=f"/pictures{stretch.path}.png",
        picture_words=picture.words,
        cited=cited,
    )


def change_card(context: Context, stretch: changes.Stretch) -> Card:
    """What the picture of a page of changes says."""
    return Card("Page changed", stretch.source.title, changes.sentence(stretch).striptags(), *_site(context))


@per_page
def changes_index(context: Context, source_id: str) -> Page | None:
    """Every change of one source; None where there is no such source."""
    source = source_index(context.record).get(source_id)
    if source is None:
        return None
    title = f"Changes of {source.title}"
    shown = changes.changes_section(context, source_id)
    answer = (
        "Each change lies between two copies, and has an address of its own." if shown else "No change was seen so far."
    )
    body = page_head(title, answer, as_of(context), kicker="Changes") + fill(
        "<p>{l}</p>{s}", l=link(permalink("source", source_id), "The page itself"), s=shown
    )
    path = f"{context.root}{permalink('source', source_id)}/changes"
    return Page(path, title, f"{title}. {answer}", body, graph_type="website")


@per_page
def withdrawn_page(context: Context, kind: str, row_id: str) -> Page | None:
    """The page that stands where a row was taken out: what it stated, when and why it went; None where none was."""
    found = items.withdrawn(context.record, kind, row_id)
    if found is None:
        return None
    title = f"Withdrawn: {_ONE[kind].lower()} {row_id}"
    body = page_head(
        "This row was withdrawn",
        fill("It was taken out of the record on {d}. {w}", d=day_words(found.withdrawn_on), w=found.why),
        as_of(context),
        kicker=_ONE[kind],
    ) + fill(
        '<dl class="facts"><dt>Row</dt><dd><code>{r}</code></dd><dt>It stated</dt><dd>{s}</dd>'
        "<dt>Withdrawn</dt><dd>{d}</dd><dt>Why</dt><dd>{w}</dd></dl><p>Editions issued before that day hold it still. "
        "{log}</p>",
        r=row_id,
        s=found.stated or "not kept",
        d=day_words(found.withdrawn_on),
        w=found.why,
        log=link("/about#corrections", "Every correction of this record"),
    )
    return Page(permalink(kind, row_id), title, f"{title}. {found.why}", body, index=False)
