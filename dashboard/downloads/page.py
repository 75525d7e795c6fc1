"""The plain page of the downloads: every table with its files, and what describes them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboard.downloads import describe
from dashboard.downloads.files import TableFiles
from dashboard.downloads.package import DESCRIPTIONS, PAGE, ZIP, live_about
from dashboard.parts.dates import day_words
from dashboard.parts.head import page_head, section
from dashboard.parts.html import fill, join, link, many, number
from dashboard.parts.tables import Column, table
from dashboard.permalinks.shell import Page, json_for_html
from dashboard.start import Context


def size_words(count: int) -> str:
    """A length in bytes as people read it: "812 bytes", "14 kB", "7.4 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1e3:.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def tables_of(written: Sequence[TableFiles], at: str) -> Markup:
    """Every table with its rows, meaning and files; `at` is the address under which the files lie."""
    columns: list[Column | str] = [
        "Table",
        Column("Rows", "number"),
        Column("What it holds", "wide"),
        Column("Files", "files"),
    ]
    rows = [
        [
            one.table.name,
            number(one.rows),
            one.table.comment,
            join(
                (
                    link(
                        f"{at}/{file.path}", f"{words}, {size_words(file.bytes)}", label=f"{one.table.name} as {words}"
                    )
                    for file, words in ((one.csv, "CSV"), (one.parquet, "Parquet"))
                ),
                " ",
            ),
        ]
        for one in written
    ]
    return table(columns, rows, "Tables")


def descriptions_of(at: str) -> Markup:
    """The files that describe the tables."""
    items = join(
        fill("<li>{l}: {w}</li>", l=link(f"{at}/{name}", name), w=words) for name, words in DESCRIPTIONS.items()
    )
    return fill("<ul>{i}</ul><p>{g}</p>", i=items, g=describe.GUARD)


def downloads_page(context: Context, written: Sequence[TableFiles], zip_bytes: int) -> Page:
    """The page at /downloads."""
    record, programme = context.record, context.programme
    answer = (
        f"Everything in this record as one file, {size_words(zip_bytes)}: {many(len(written), 'table')} as CSV and "
        f"Parquet with the meaning of each column, under {programme.licence.data}."
    )
    basis = fill(
        "Record {n} of {d}. It grows; an {e} stays as it is and is what to cite.",
        n=number(record.number),
        d=day_words(record.built_at),
        e=link("/editions", "edition"),
    )
    body = page_head("Take all of it", answer, basis) + join(
        [
            section(
                "Everything",
                fill(
                    "<ul><li>{z}</li><li>{d}: the database itself, for DuckDB</li></ul>",
                    z=link(f"/{ZIP}", f"{ZIP}, {size_words(zip_bytes)}"),
                    d=link(f"{PAGE}/record.duckdb", f"record.duckdb, {size_words(record.path.stat().st_size)}"),
                ),
                name="all",
            ),
            section("One table at a time", tables_of(written, PAGE), name="tables"),
            section("For programs", descriptions_of(PAGE), name="programs"),
        ]
    )
    about = live_about(record, programme)
    return Page(
        path=PAGE,
        title="Downloads",
        description=answer,
        body=body,
        jsonld=json_for_html(describe.schema_org(programme, about, written)),
        graph_type="website",
    )
