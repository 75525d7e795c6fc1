"""The API for a person: how to ask, and every table with its columns and files."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.api.catalogue import TableInfo, tables
from dashboard.api.filters import MOST_ROWS
from dashboard.api.openapi import limits_in_words
from dashboard.api.tables import FORMATS
from dashboard.parts.head import page_head, section
from dashboard.parts.html import fill, join, link, many
from dashboard.parts.tables import Cell, Column, table
from dashboard.permalinks.linked_data import whole
from dashboard.permalinks.shell import Page, json_for_html
from dashboard.start import Context, per_page

_WAYS: tuple[tuple[str, str, str], ...] = (
    ("?column=value", "rows with this value; named twice, either of the two", "statement.json?position=calls-for-halt"),
    (
        "?column__gte=, __lte=, __gt=, __lt=, __ne=",
        "rows from, to, above, below, other than",
        "timeline.json?on_date__gte=2021-05",
    ),
    ("?column__in=a,b", "rows with one of these", "statement.csv?position__in=calls-for-halt,apologises"),
    (
        "?column__contains=words",
        "rows that hold the words, or a list that holds the item",
        "timeline.json?org_ids__contains=slam",
    ),
    ("?column__null=true", "rows without a value (false: with one)", "adoption.json?on_date__null=true"),
    ("?_sort=column,-other", "in this order; a minus sorts downwards", "timeline.json?_sort=-last_day"),
    ("?_fields=a,b", "only these columns", "organisation.csv?_fields=org_id,name,region"),
    (
        "?_limit=50",
        f"so many rows, from 1 to {MOST_ROWS:,}; without it 100 of JSON and all of a file",
        "event.json?_limit=50",
    ),
    ("?_facet=column", "beside the rows, how often each value stands (JSON)", "statement.json?_facet=position,asks"),
    ("?_cursor=…", "go on after the last row; the address stands in next", "timeline.json?_limit=20"),
)


@per_page
def api_page(context: Context) -> Page:
    """/api/v1/"""
    known = tables(context.record)
    title = "The record for programs"
    answer = (
        f"Every table and view, {len(known)} of them, as {', '.join(list(FORMATS)[:-1])} and {list(FORMATS)[-1]}: "
        "filtered, sorted and paged by the address. No key is needed, and any page may ask."
    )
    body = page_head(title, answer, fill("Record {n}.", n=context.record.number)) + join(
        [
            _how(context),
            _files(known),
            section("Columns", join(_columns(one) for one in known.values()), name="columns"),
        ]
    )
    return Page(
        "/api/v1/",
        title,
        answer,
        body,
        jsonld=json_for_html({"@context": "https://schema.org"} | whole(context)),
        graph_type="website",
    )


def _how(context: Context) -> Markup:
    columns: list[Column | str] = ["Part of the address", Column("Gives", "wide"), Column("Example", "wide")]
    rows: list[list[Cell]] = [
        [fill("<code>{w}</code>", w=way), gives, link(f"/api/v1/{example}", f"/api/v1/{example}")]
        for way, gives, example in _WAYS
    ]
    more = fill(
        "<p>Each answer has an <code>ETag</code> that changes with the record: send it back as "
        "<code>If-None-Match</code> and an unchanged answer is not sent again. Errors are problem documents (RFC 9457) "
        "that say what is allowed. In CSV, text that a spreadsheet could take for a formula begins with an apostrophe. "
        "Times are UTC. Rows may be used under {licence}.</p><p>{limits}</p>"
        "<ul><li>{openapi}: the same for programs (OpenAPI 3.1)</li><li>{sql}</li><li>{search}</li>"
        "<li>{feeds}</li></ul>",
        licence=link(context.programme.licence.data_url, context.programme.licence.data),
        limits=limits_in_words(context),
        openapi=link("/api/v1/openapi.json", "/api/v1/openapi.json"),
        sql=_named("/api/v1/sql?q=select+count(*)+from+timeline", "/api/v1/sql?q=", "one question in SQL"),
        search=_named("/api/v1/search?q=crisis+plan", "/api/v1/search?q=", "facts, bodies and passages"),
        feeds=_named("/feeds", "/feeds", "what is new, as feeds and as a calendar"),
    )
    return section("How to ask", table(columns, rows, "Parts of an address and what they give") + more, name="ask")


def _named(address: str, words: str, what: str) -> Markup:
    return fill("{l}: {w}", l=link(address, words), w=what)


def _files(known: dict[str, TableInfo]) -> Markup:
    columns: list[Column | str] = ["Table", Column("Holds", "wide"), "Columns", "Files"]
    rows: list[list[Cell]] = [
        [
            link(f"#{one.name}", one.name),
            one.comment,
            str(len(one.columns)),
            join((link(f"/api/v1/{one.name}.{form}", form, label=f"{one.name} as {form}") for form in FORMATS), " "),
        ]
        for one in known.values()
    ]
    return section("Tables and views", table(columns, rows, "Tables and views"), name="tables")


def _columns(one: TableInfo) -> Markup:
    rows: list[list[Cell]] = [
        [fill("<code>{n}</code>", n=column.name), column.type.lower(), column.comment] for column in one.columns
    ]
    columns: list[Column | str] = ["Column", "Type", Column("Means", "wide")]
    return fill(
        '<details class="fold" id="{name}"><summary><span class="fold-title">{name}</span>, {many}</summary>{t}'
        "</details>",
        name=one.name,
        many=many(len(one.columns), "column"),
        t=table(columns, rows, f"Columns of {one.name}"),
    )
