"""One entry of the timeline: what its date can mean, what shows it, what stands beside it, how to cite it."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.pages.shared import computed_from
from dashboard.parts.cite import citation, permanent
from dashboard.parts.dates import date_phrase, date_words, day_words
from dashboard.parts.evidence import evidence
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, listing
from dashboard.parts.notes import content_note
from dashboard.parts.permalinks import detail, permalink
from dashboard.parts.sources import source_citation, source_link
from dashboard.parts.spans import year_strip
from dashboard.parts.tables import Column, table
from dashboard.queries import chronology, facts, items
from dashboard.queries.bodies import body_index
from dashboard.queries.chronology import Entry
from dashboard.start import Context, per_page
from data import dates
from data.labels import label

MOST_RELATED = 15


def bodies_of(ctx: Context, org_ids: tuple[str, ...]) -> Markup:
    """The bodies in a list of links."""
    index = body_index(ctx.record)
    return listing(
        link(address("/rollout", {"org": org_id}), index[org_id].name) for org_id in org_ids if org_id in index
    )


def date_meaning(entry: Entry) -> str:
    """What the date of an entry can mean, in words."""
    if entry.exactness == "day":
        return "Known to the day."
    last = dates.in_words(entry.days.last.isoformat(), "day")
    if entry.days.first is None:
        return f"The page bears this date and the thing is older: some day up to {last}."
    first = dates.in_words(entry.days.first.isoformat(), "day")
    return f"Not known to the day: some day from {first} to {last}."


@per_page
def one_entry(ctx: Context, entry_id: str) -> Markup:
    """The page of one entry, without the way back."""
    entry = chronology.entry(ctx.record, entry_id)
    if entry is None:
        raise KeyError(entry_id)
    moment = entry.moment
    rows: list[tuple[str, Markup | str]] = [
        ("Date", date_phrase(moment.on_date, moment.date_precision)),
        ("How exact", fill("{m} {s}", m=date_meaning(entry), s=year_strip(entry.days))),
        ("Kind", label("timeline.kind", moment.kind)),
    ]
    about = bodies_of(ctx, moment.org_ids)
    if about:
        rows.append(("Bodies", about))
    if moment.source_id:
        rows.append(("Shown by", source_citation(ctx.record, moment.source_id)))
    more = _whole_story(ctx, moment.id)
    if more:
        rows.append(("The whole of it", more))
    rows.append(("Kept at", permanent("timeline", moment.id, moment.title)))
    return join(
        [
            page_head(moment.title, moment.summary, computed_from(ctx, "one row"), kicker="Timeline entry"),
            content_note(),
            fill(
                '<dl class="facts">{r}</dl>',
                r=join(fill("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in rows),
            ),
            evidence(ctx, "timeline", moment.id) if moment.source_id else EMPTY,
            _cite(ctx, entry),
            _corrections(ctx, moment.id),
            _related(ctx, moment.id),
        ]
    )


def _whole_story(ctx: Context, entry_id: str) -> Markup:
    """The way to the statement or review that an entry is part of."""
    kind, _, row_id = entry_id.partition(".")
    if kind == "statement":
        return link(detail("statement", row_id), "the statement")
    if kind == "review_event":
        review_id = next((one.review_id for one in facts.review_steps(ctx.record) if one.event_id == row_id), "")
        return link(detail("review", review_id), "the review with all its steps") if review_id else EMPTY
    if kind == "petition":
        return link("/petition", "the petition with all its readings")
    return EMPTY


def _cite(ctx: Context, entry: Entry) -> Markup:
    moment = entry.moment
    return section(
        "Cite this",
        fill(
            '<p class="citation">{c}</p><p class="small">{m}</p>',
            c=citation(ctx, "timeline", moment.id, moment.title, moment.on_date, moment.date_precision),
            m=link(permalink("timeline", moment.id) + "#cite", "Other styles, BibTeX and RIS"),
        ),
        name="cite",
    )


def _corrections(ctx: Context, entry_id: str) -> Markup:
    found = items.corrections(ctx.record, "timeline", entry_id)
    if not found:
        return EMPTY
    rows = [
        [day_words(one.corrected_on), one.column.replace("_", " "), one.was or "nothing", one.now or "nothing", one.why]
        for one in found
    ]
    columns: list[Column | str] = [Column("When", "when"), "What", "It said", "It says", Column("Why", "wide")]
    return section("Corrected", table(columns, rows, "Corrections of this entry"))


def _related(ctx: Context, entry_id: str) -> Markup:
    found = items.related(ctx.record, "timeline", entry_id)[:MOST_RELATED]
    if not found:
        return EMPTY
    rows = [
        [
            link(detail("timeline", one.row_id), one.title),
            date_words(one.on_date, one.date_precision),
            source_link(ctx.record, one.source_id),
        ]
        for one in found
    ]
    columns: list[Column | str] = [Column("What", "wide"), Column("When", "when"), "Shown by"]
    return section("On the same page, or of the same body", table(columns, rows, "Entries close to this one"))
