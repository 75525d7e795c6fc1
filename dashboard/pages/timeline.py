"""What happened when? Every dated thing of the record, by year, kind and body."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.pages.lists import Kept, asked, forget_page_when_filters_change, kept_of, unknown_row, way_back
from dashboard.pages.shared import computed_from, nothing_in_register
from dashboard.pages.timeline_entry import bodies_of, one_entry
from dashboard.parts.cite import cite_block, permanent
from dashboard.parts.dates import date_words
from dashboard.parts.filters import Choice, chosen, form, select_boxes
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, many, number
from dashboard.parts.notes import content_note, empty_state
from dashboard.parts.paging import Leaf, leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.permalinks import detail
from dashboard.parts.show import show
from dashboard.parts.sources import source_link
from dashboard.parts.spans import year_strip
from dashboard.parts.tables import Cell, Column, table
from dashboard.queries import chronology
from dashboard.queries.chronology import Entry, YearCount
from dashboard.start import Context, context, per_page
from data.labels import label
from data.vocabulary import TIMELINE_KINDS

ADDRESS = "/timeline"
TITLE = "Timeline"
QUESTION = "What happened when?"
ROWS = 40
MOST_YEARS = 40


def describe(ctx: Context) -> str:
    """How many dated things lie between which years, and which year holds most."""
    found = chronology.counted(ctx.record)
    if not found:
        return nothing_in_register("any date")
    years = chronology.by_year(found)
    most = max(years, key=lambda one: one.total)
    exact = sum(one.day for one in years)
    return (
        f"{many(chronology.total(found), 'dated entry', 'dated entries')} from {years[0].year} to {years[-1].year}, "
        f"{number(most.total)} of them of {most.year}. Of all, {number(exact)} are known to the day."
    )


@per_page
def choices(ctx: Context) -> tuple[Choice, ...]:
    """The filters: year, kind, body, and which way round."""
    found = chronology.counted(ctx.record)
    years = sorted({one.year for one in found}, reverse=True)
    kinds = {one.kind for one in found}
    return (
        Choice("year", "Year", tuple((year, year) for year in years), "All years"),
        Choice(
            "kind",
            "Kind",
            tuple((kind, label("timeline.kind", kind)) for kind in TIMELINE_KINDS if kind in kinds),
            "All kinds",
        ),
        Choice("body", "Body", chronology.bodies_there(ctx.record), "All bodies"),
        Choice("order", "Order", (("oldest", "Oldest first"),), "Latest first"),
    )


@per_page
def head(ctx: Context) -> Markup:
    """Question, answer, basis, and a note before accounts of harm."""
    entries = chronology.total(chronology.counted(ctx.record))
    if not entries:
        return page_head(QUESTION, describe(ctx)) + empty_state(
            "Nothing dated is in the register yet.", "An entry comes from each row of the register that bears a date."
        )
    sources = many(chronology.sources_there(ctx.record), "source")
    basis = fill(
        "{c} {how} · {feed}",
        c=computed_from(ctx, f"{many(entries, 'entry', 'entries')} in {sources}"),
        how=link("#how", "How this is known"),
        feed=link("/feeds/timeline.atom", "Follow it as a feed"),
    )
    note = content_note("Some entries speak of self-harm, suicide and refused care.")
    return page_head(QUESTION, describe(ctx), basis) + note


@per_page
def pictured(ctx: Context, year: str, kind: str, body: str, kept: Kept) -> Markup:
    """Entries by year, each year a link to its entries, and by kind."""
    found = chronology.counted(ctx.record, kind, body)
    if not found:
        return EMPTY
    filters = dict(kept)
    years = chronology.by_year(found)
    shown = [one for one in years if one.total] if len(years) > MOST_YEARS else list(years)
    top = max(one.total for one in shown)
    bars = join(_bar(one, top, year, filters) for one in shown[-MOST_YEARS:])
    rows: list[list[Cell]] = [[one.year, one.total, one.day, one.part, one.before] for one in years if one.total]
    columns: list[Column | str] = [
        "Year",
        Column("Entries", "number"),
        Column("Known to the day", "number"),
        Column("To the month or year", "number"),
        Column("Only by when", "number"),
    ]
    exact, total = sum(one.day for one in years), chronology.total(found)
    kinds = join(
        fill(
            "<li>{l} <strong>{n}</strong></li>",
            l=link(
                address(ADDRESS, {**filters, "kind": label("timeline.kind", name)}) + "#entries",
                label("timeline.kind", name),
            ),
            n=size,
        )
        for name, size in chronology.kinds_of(found)
    )
    most = max(years, key=lambda one: one.total)
    return section(
        "Entries by year",
        fill(
            '<ul class="years">{bars}</ul><p class="small key">Filled: known to the day. Outlined: known only to the '
            'month or year, or only by when it had happened.</p><ul class="legend kinds">{kinds}</ul>'
            '<details class="fold" id="years-table"><summary>The same as a table</summary>{t}</details>',
            bars=bars,
            kinds=kinds,
            t=table(columns, rows, "Entries by year"),
        ),
        name="years",
        lead=f"{number(most.total)} of {many(total, 'entry', 'entries')} are of {most.year}; of all, {number(exact)} "
        "are known to the day. A year opens its entries.",
    )


def _bar(one: YearCount, top: int, year: str, filters: dict[str, str]) -> Markup:
    inside = fill(
        '<span class="pile"><span class="count">{c}</span>'
        '<span class="stack" style="height:{s:.1f}%">{bits}</span></span><span class="year">{y}</span>',
        c=one.total,
        s=84 * one.total / top,
        bits=join(
            fill('<span class="bit is-{k}" style="flex-grow:{n}"></span>', k=kind, n=size)
            for kind, size in (("day", one.day), ("part", one.part + one.before))
            if size
        ),
        y=one.year,
    )
    if not one.total:
        return fill('<li><span class="column">{i}</span></li>', i=inside)
    return fill(
        '<li><a class="column" href="{h}" aria-label="{y}: {n}"{now}>{i}</a></li>',
        h=address(ADDRESS, {**filters, "year": one.year}) + "#entries",
        y=one.year,
        n=many(one.total, "entry", "entries"),
        now=Markup(' aria-current="true"') if one.year == year else EMPTY,
        i=inside,
    )


def listed(ctx: Context, year: str, kind: str, body: str, order: str, kept: Kept, page: str) -> Markup:
    """The page of the entries that the address asks for; the first, with a remark, where it asks for none there is."""
    here, remark = leaf(page, chronology.total(chronology.counted(ctx.record, kind, body, year)), ROWS)
    return remark + _listed(ctx, year, kind, body, order, kept, here)


@per_page
def _listed(ctx: Context, year: str, kind: str, body: str, order: str, kept: Kept, here: Leaf) -> Markup:
    if not here.total:
        return section(
            "Entries",
            empty_state("No entry on record is like that.", link(ADDRESS, "Show all entries")),
            name="entries",
        )
    shown = chronology.some(ctx.record, kind, body, year, oldest=order == "oldest", start=here.start, stop=here.stop)
    way = "oldest" if order == "oldest" else "latest"
    return section(
        "Entries",
        join([_years(ctx, shown, dict(kept)), pager(ADDRESS, dict(kept), here, "entries", "entries")]),
        name="entries",
        lead=f"{many(here.total, 'entry', 'entries')}, {way} first{here.shown}.",
    )


def _years(ctx: Context, shown: tuple[Entry, ...], filters: dict[str, str]) -> Markup:
    pieces: list[Markup] = []
    part: list[Markup] = []
    last = ""
    for entry in shown:
        if entry.year != last and part:
            pieces.append(_year(last, part))
            part = []
        last = entry.year
        part.append(_entry(ctx, entry, filters))
    pieces.append(_year(last, part))
    return join(pieces)


def _year(year: str, rows: list[Markup]) -> Markup:
    return fill('<h3 class="year-head">{y}</h3><ol class="entries">{r}</ol>', y=year, r=join(rows))


def _entry(ctx: Context, entry: Entry, filters: dict[str, str]) -> Markup:
    moment = entry.moment
    about = bodies_of(ctx, moment.org_ids)
    return fill(
        '<li><div class="dated">{d}{strip}<span class="kind">{k}</span></div><div><p class="title">{t}</p><p>{s}</p>'
        '<p class="small">{about}{src} · {perma}</p>{cite}</div></li>',
        d=date_words(moment.on_date, moment.date_precision),
        strip=year_strip(entry.days),
        k=label("timeline.kind", moment.kind),
        t=link(detail("timeline", moment.id, filters), moment.title),
        s=moment.summary,
        about=fill("{a} · ", a=about) if about else EMPTY,
        src=fill("shown by {s}", s=source_link(ctx.record, moment.source_id)) if moment.source_id else "this record",
        perma=permanent("timeline", moment.id, moment.title),
        cite=cite_block(ctx, "timeline", moment.id, moment.title, moment.on_date, moment.date_precision),
    )


@per_page
def how_known(ctx: Context) -> Markup:
    """The rules of this page in words."""
    del ctx
    return section(
        "How this is known",
        fill(
            "<ul><li>Each entry is one row of the register that bears a date, or something that was seen on a watched "
            "page, and names the page that shows it.</li><li>The small bar beside a date is the year from January to "
            "December: a mark is a day, a band a month or a year, and a band from the left a date by which it had "
            "happened. What was observed on a page lies between the two days on which it was looked at.</li>"
            "<li>Entries stand in the order of the last day that their date can mean, under the year of "
            "that day.</li><li>Where pages give different dates for one thing, each has its own entry.</li>"
            "<li>The publication of a page stands here only where nothing else of that date rests on it.</li>"
            "<li>What bears no date at all is not here: {u}.</li></ul>",
            u=link("/responses#time", "statements without a date stand under Responses"),
        ),
        name="how",
    )


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    kept = kept_of(filters, values)
    entry_id = params.get("entry")
    if chronology.entry(ctx.record, entry_id):
        return way_back(ADDRESS, kept, "The whole timeline") + one_entry(ctx, entry_id)
    remark = unknown_row("entry", entry_id) if entry_id else EMPTY
    if not chronology.counted(ctx.record):
        return join([remark, head(ctx), how_known(ctx)])
    three = (values["year"], values["kind"], values["body"])
    return join(
        [
            remark,
            head(ctx),
            remarks,
            form(ADDRESS, filters, params),
            pictured(ctx, *three, kept),
            listed(ctx, *three, values["order"], kept, params.get("page")),
            how_known(ctx),
        ]
    )


def page() -> None:
    """The page in the app."""
    ctx = context()
    params = asked()
    filters = choices(ctx)
    values, remarks = chosen(filters, params)
    entry_id = params.get("entry")
    if chronology.entry(ctx.record, entry_id):
        show(way_back(ADDRESS, kept_of(filters, values), "The whole timeline") + one_entry(ctx, entry_id))
        return
    if entry_id:
        show(unknown_row("entry", entry_id))
    show(head(ctx))
    if not chronology.counted(ctx.record):
        show(how_known(ctx))
        return
    show(remarks)
    values = select_boxes(filters)
    kept = kept_of(filters, values)
    forget_page_when_filters_change(kept, ADDRESS)
    three = (values["year"], values["kind"], values["body"])
    show(pictured(ctx, *three, kept))
    show(listed(ctx, *three, values["order"], kept, str(st.query_params.get("page", ""))))
    show(how_known(ctx))
