"""Can I have it? Every table with its meaning and downloads, search, questions in SQL, how to cite, checksums."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from dashboard import limits
from dashboard.api.catalogue import tables as known_tables
from dashboard.citations import formats
from dashboard.pages import data_search, data_table
from dashboard.pages.lists import asked, forget_page_when_filters_change
from dashboard.parts import chart, console, model
from dashboard.parts.dates import day_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, many, number
from dashboard.parts.notes import note
from dashboard.parts.params import LONGER, Params
from dashboard.parts.show import show
from dashboard.parts.tables import Column, table
from dashboard.queries import dictionary
from dashboard.queries.dictionary import TableFact
from dashboard.sql import engine, guards
from dashboard.sql.questions import QUESTIONS
from dashboard.start import Context, context, per_page

ADDRESS = "/data"
TITLE = "Data"
QUESTION = "Can I have it?"
FORMS: Final[dict[str, str]] = {
    "csv": "CSV",
    "json": "JSON",
    "ndjson": "NDJSON",
    "parquet": "Parquet",
    "xlsx": "Excel",
}


def describe(ctx: Context) -> str:
    """Yes, and under what terms."""
    found = dictionary.all_tables(ctx.record)
    kept = [one for one in found if one.group == "register"]
    licence = ctx.programme.licence.data
    return (
        f"Yes, all of it, under {licence}: {many(sum(one.rows for one in kept), 'row')} kept by hand in "
        f"{many(len(kept), 'table')}, and {number(len(found) - len(kept))} more tables of what was collected "
        "and computed."
    )


@per_page
def head(ctx: Context) -> Markup:
    """Question, answer, record and licence, and the parts of the page as links."""
    licence = ctx.programme.licence
    basis = fill(
        "Record {n} of {d}. The rows may be used, changed and passed on under {l}; name {w}. What a page said remains "
        "its owner's.",
        n=number(ctx.record.number),
        d=day_words(ctx.record.built_at),
        l=link(licence.data_url, licence.data),
        w=ctx.programme.programme.publisher or ctx.programme.programme.title,
    )
    parts = (
        ("tables", "Tables and downloads"),
        ("search", "Search"),
        ("console", "Ask in SQL"),
        ("cite", "Cite the dataset"),
        ("checksums", "Checksums"),
        ("elsewhere", "Use it elsewhere"),
    )
    items = join(fill("<li>{l}</li>", l=link(f"#{name}", words)) for name, words in parts)
    contents = fill('<nav class="contents" aria-label="On this page"><ul>{i}</ul></nav>', i=items)
    return page_head(QUESTION, describe(ctx), basis) + contents


@per_page
def all_tables(ctx: Context) -> Markup:
    """Every table and view with its meaning, number of rows and downloads, in three groups."""
    found = dictionary.all_tables(ctx.record)
    pieces = []
    for group, title in dictionary.GROUPS.items():
        rows = [_table_row(one) for one in found if one.group == group]
        columns: list[Column | str] = [
            "Table",
            Column("Rows", "number"),
            Column("What it holds", "wide"),
            Column("Download", "files"),
        ]
        pieces.append(fill("<h3>{t}</h3>{b}", t=title, b=table(columns, rows, f"Tables: {title.lower()}")))
    pieces.append(fill("<h3>{t}</h3>{b}", t="How they hang together", b=model.shown(ctx.record)))
    return section(
        "Tables and downloads",
        join(pieces),
        name="tables",
        lead=fill(
            "All of it in one file: {z}, with {d}. {e} stay as they are and are what to cite. Each name opens the "
            "table: its columns with their meaning, and its rows.",
            z=link("/data.zip", "data.zip"),
            d=link("/downloads", "what describes it for programs"),
            e=link("/editions", "Editions"),
        ),
    )


def _table_row(one: TableFact) -> list[Markup | str]:
    name = one.info.name
    return [
        link(address(ADDRESS, {"table": name}), name),
        number(one.rows),
        one.info.comment,
        downloads(name),
    ]


def downloads(name: str) -> Markup:
    """The whole table as files."""
    return join(
        (link(f"/api/v1/{name}.{form}", words, label=f"{name} as {words}") for form, words in FORMS.items()), " "
    )


# --- questions in SQL -----------------------------------------------------------------------------------------------

LEAD: Final = (
    f"One SELECT in DuckDB's SQL over the tables of this page. It can read and nothing else; it ends at "
    f"{engine.SECONDS:g} seconds and {engine.MAX_ROWS:,} rows. The address holds the question, so a link shares it."
)


@per_page
def console_head(ctx: Context) -> Markup:
    """The heading of the editor, and how questions are kept within bounds."""
    del ctx
    items = join(fill("<li>{w}</li>", w=words) for words in guards.guards_in_words(guards.expected()))
    body = fill(
        '<details class="fold" id="bounds"><summary>What keeps a question within bounds here</summary><p>Each question '
        "runs in a process of its own, which may read the tables and nothing else. Two are answered at once; others "
        "wait their turn, and are told so where many do. What the operating system does besides:</p>"
        "<ul>{i}</ul></details>",
        i=items,
    )
    return section("Ask in SQL", body, name="console", lead=LEAD)


@per_page
def names_beside(ctx: Context) -> Markup:
    """The tables and their columns, to stand beside the editor."""
    items = join(
        fill(
            '<li><details><summary>{n}</summary><p>{c} <span class="small">{l}</span></p></details></li>',
            n=one.info.name,
            c=", ".join(column.name for column in one.info.columns),
            l=link(address(ADDRESS, {"table": one.info.name}), "explained", label=f"{one.info.name} explained"),
        )
        for one in sorted(dictionary.all_tables(ctx.record), key=lambda one: one.info.name)
    )
    return fill('<nav class="names" aria-label="Tables and their columns"><ul>{i}</ul></nav>', i=items)


def editor(ctx: Context, question: str) -> Markup:
    """The editor without JavaScript, the tables beside it."""
    return fill(
        '<div class="asking"><form class="ask" method="get" action="{a}#console"><label for="q">Question in SQL</label>'
        '<textarea id="q" name="q" rows="9" spellcheck="false" autocapitalize="off" maxlength="{m}">{q}</textarea>'
        '<button type="submit">Run</button></form>{n}</div>',
        a=ADDRESS,
        m=LONGER["q"],
        q=question,
        n=names_beside(ctx),
    )


def cut_short(question: str) -> Markup:
    """The remark where an address can have held a longer question than is read of it."""
    if len(question) < LONGER["q"]:
        return EMPTY
    return note(
        f"Of a question in an address the first {LONGER['q']:,} characters are read. A longer one can be sent to "
        "/api/v1/sql by POST.",
        "warning",
    )


@per_page
def examples(ctx: Context) -> Markup:
    """Questions to start from."""
    del ctx
    items = join(
        fill("<li>{l}</li>", l=link(address(ADDRESS, {"q": one.sql}) + "#console", one.words)) for one in QUESTIONS
    )
    return section("Questions to start from", fill('<ul class="questions">{i}</ul>', i=items), name="questions")


# --- citing, checking, elsewhere ------------------------------------------------------------------------------------


def dataset_item(ctx: Context) -> dict[str, Any]:
    """The dataset as a CSL item: this record of this day."""
    subject = ctx.programme.programme
    day = ctx.record.built_on
    parts = {"date-parts": [[day.year, day.month, day.day]]}
    return {
        "id": f"record-{ctx.record.number}",
        "type": "webpage",
        "title": f"{subject.title}: dataset, record {ctx.record.number}",
        "author": [{"literal": subject.publisher or subject.title}],
        "issued": parts,
        "container-title": subject.title,
        "URL": subject.base_url.rstrip("/") + ADDRESS,
        "accessed": parts,
        "language": "en-GB",
        "version": f"record {ctx.record.number} of {day.isoformat()}",
    }


@per_page
def cite(ctx: Context) -> Markup:
    """How to cite the dataset, in the styles that readers use."""
    item = dataset_item(ctx)
    styles = join(
        fill("<dt>{n}</dt><dd>{t}</dd>", n=name, t=formats.formatted(item, style))
        for style, (_, name) in formats.STYLES.items()
    )
    return section(
        "Cite the dataset",
        fill(
            '<dl class="facts cites">{s}</dl><details class="fold"><summary>BibTeX</summary><pre class="code" '
            'tabindex="0" role="region" aria-label="BibTeX">{b}</pre></details><p>Each row has a permanent page with a '
            "reference of its own. A figure that you cite should name the number of the record, {n}, because figures "
            "grow.</p>",
            s=styles,
            b=formats.as_bibtex(item).strip(),
            n=number(ctx.record.number),
        ),
        name="cite",
    )


@per_page
def checksums(ctx: Context) -> Markup:
    """What tells one record from another."""
    file = dictionary.published_file(ctx.record)
    rows = [
        [file.name, f"{file.bytes:,}", fill("<code>{s}</code>", s=file.sha256)],
        ["The register it was built from", "", fill("<code>{s}</code>", s=file.register_sha256)],
    ]
    columns: list[Column | str] = ["What", Column("Bytes", "number"), Column("SHA-256", "hash")]
    return section(
        "Checksums",
        table(columns, rows, "Checksums of this record")
        + fill(
            "<p>Whoever holds the file can check it with <code>sha256sum {n}</code>. The same register and captures "
            "give the same rows in every build; only the time of building differs. Built by version {v} of the "
            "software.</p>",
            n=file.name,
            v=file.software,
        ),
        name="checksums",
    )


@per_page
def elsewhere(ctx: Context) -> Markup:
    """The same rows for other tools."""
    base = ctx.programme.programme.base_url.rstrip("/")
    first = f"INSTALL httpfs; LOAD httpfs;\nFROM '{base}/api/v1/timeline.parquet' LIMIT 10;"
    return section(
        "Use it elsewhere",
        fill(
            "<ul><li>{z} holds everything; {p} tells what is in it.</li><li>{s}: files that open the record in Python, "
            "Jupyter, R and DuckDB's own shell.</li><li>Every table answers at <code>/api/v1/&lt;table&gt;.csv</code> "
            "and in the other forms, with filters in the address: {e}. {o} describes all of it.</li>"
            "<li>Changes come by {f}.</li><li>In DuckDB's own shell:</li>"
            '</ul><pre class="code" tabindex="0" role="region" aria-label="A start in DuckDB">{d}</pre>',
            z=link("/data.zip", "data.zip"),
            p=link("/downloads", "the page of downloads"),
            s=link("/start", "A start in your own tools"),
            e=link("/api/v1/statement.csv?position=calls-for-review", "statement.csv?position=calls-for-review"),
            o=link("/api/v1/openapi.json", "The API's description"),
            f=link("/feeds/timeline.atom", "the feed of the timeline"),
            d=first,
        ),
        name="elsewhere",
    )


# --- the page -------------------------------------------------------------------------------------------------------


def _unknown_table(ctx: Context, name: str) -> Markup:
    if not name or name in known_tables(ctx.record):
        return EMPTY
    return note(fill("There is no table “{n}” here, so all are shown.", n=name), "warning")


def plain(ctx: Context, params: Params) -> Markup:
    """The page without JavaScript."""
    name, question = params.get("table"), params.get("q")
    if name in known_tables(ctx.record):
        return data_table.one_table(ctx, params)
    found = data_search.heading(ctx) + data_search.form(params.get("search")) + data_search.results(ctx, params)
    drawn = params.get("chart")
    choice = console.drawing_links(question, drawn) if question else EMPTY
    answer = cut_short(question) + console.answered(ctx, question, drawn, choice)
    asking = console_head(ctx) + editor(ctx, question) + answer + examples(ctx)
    parts = [all_tables(ctx), found, asking]
    if question:
        parts = [asking, all_tables(ctx), found]
    elif params.get("search"):
        parts = [found, all_tables(ctx), asking]
    return join([_unknown_table(ctx, name), head(ctx), *parts, cite(ctx), checksums(ctx), elsewhere(ctx)])


def page() -> None:
    """The page in the app."""
    ctx = context()
    params = asked()
    name = params.get("table")
    if name in known_tables(ctx.record):
        show(data_table.one_table(ctx, params))
        return
    show(_unknown_table(ctx, name) + head(ctx))
    if "data leads with" not in st.session_state:  # what the reader came for stays at the top while they work
        st.session_state["data leads with"] = "q" if params.get("q") else "search" if params.get("search") else ""
    lead = st.session_state["data leads with"]
    if lead == "q":
        _ask(ctx)
        show(all_tables(ctx))
        _search(ctx)
    elif lead == "search":
        _search(ctx)
        show(all_tables(ctx))
        _ask(ctx)
    else:
        show(all_tables(ctx))
        _search(ctx)
        _ask(ctx)
    show(cite(ctx) + checksums(ctx) + elsewhere(ctx))


def _search(ctx: Context) -> None:
    show(data_search.heading(ctx))
    with st.container(key="search-box"):
        words = st.text_input(
            "Words, names, “phrases”", key="search", bind="query-params", placeholder="crisis plan org:slam"
        )
    forget_page_when_filters_change((("search", words or ""),), f"{ADDRESS} search")
    found = _too_often("search") if words else EMPTY
    show(found or data_search.results(ctx, asked()))


def _ask(ctx: Context) -> None:
    show(console_head(ctx))
    with st.container(key="ask"):
        left, right = st.columns([7, 3])
        question = left.text_area("Question in SQL", key="q", bind="query-params", height=250) or ""
        left.button("Run", type="primary")
        right.html(names_beside(ctx))
        drawn = ""
        if question.strip():
            drawn = (
                st.segmented_control(
                    "Show the answer as", ["Table", *chart.PICTURES], key="chart", default="Table", bind="query-params"
                )
                or ""
            )
    answer = _too_often("sql") if question.strip() else EMPTY
    show(cut_short(question) + (answer or console.answered(ctx, question, drawn)) + examples(ctx))


def _too_often(kind: limits.Kind) -> Markup:
    """What a reader is told whose address has used up its budget; nothing while it has not. Counts this page run."""
    seconds = limits.wait_of_reader(kind)
    return fill('<div role="status">{n}</div>', n=note(limits.words(kind, seconds), "warning")) if seconds else EMPTY
