"""The plain page at /start: the files that open the record elsewhere, each to be read, copied and fetched."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.notebooks.files import DATABASE, STARTS, Start, written
from dashboard.parts.dates import day_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, fill, join, link, number
from dashboard.permalinks.shell import Page
from dashboard.start import Context

PAGE = "/start"


def _part(context: Context, start: Start) -> Markup:
    found = written(context, start.name)
    text = found[0] if found and start.name != "open.ipynb" else ""
    code = fill(
        '<pre class="code" tabindex="0" role="region" aria-label="{n}">{t}</pre>', n=start.name, t=text.rstrip("\n")
    )
    return section(
        start.title,
        fill("<p>{l}</p>{c}", l=link(f"{PAGE}/{start.name}", start.name), c=code if text else EMPTY),
        name=start.name.rpartition(".")[2].lower(),
        lead=start.needs,
    )


def start_page(context: Context) -> Page:
    """The page."""
    answer = (
        "Four short files open this record in Python, Jupyter, R and DuckDB's own shell: one table as Parquet, and the "
        "whole database with the meaning of every column in it."
    )
    basis = fill(
        "Record {n} of {d}. The database is {f}; {t} shows what it holds before you fetch it.",
        n=number(context.record.number),
        d=day_words(context.record.built_at),
        f=link(DATABASE, "one file"),
        t=link("/data", "the page of data"),
    )
    body = page_head("Start in your own tools", answer, basis) + join(_part(context, start) for start in STARTS)
    return Page(path=PAGE, title="Start in your own tools", description=answer, body=body, graph_type="website")
