"""One table: what it holds, its columns explained, and its rows with filters, facets and order in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

from dashboard.api.catalogue import TableColumn, TableInfo, tables
from dashboard.api.filters import Selection, quoted, select
from dashboard.api.problem import Problem
from dashboard.parts.cells import cell, heading, row_address
from dashboard.parts.dates import day_words
from dashboard.parts.few import Few
from dashboard.parts.head import page_head, section
from dashboard.parts.html import EMPTY, address, fill, join, link, many, number
from dashboard.parts.notes import empty_state, note
from dashboard.parts.paging import leaf, pager
from dashboard.parts.params import Params
from dashboard.parts.tables import Cell, Column, table
from dashboard.queries import dictionary
from dashboard.queries.dictionary import ColumnFact
from dashboard.sql.formats import as_cell
from dashboard.start import Context, per_page
from data import quoting

ADDRESS: Final = "/data"
SIZE: Final = 25
OWN: Final = frozenset({"table", "page", "q", "chart", "search", "embed", "embed_options"})
"""Parameters of the address that are not filters; a column of such a name is filtered by `<name>__in`."""
_PAGES: Final[Few[Markup]] = Few(200, 600.0)
IGNORED: Final = frozenset({"_fields", "_limit", "_cursor"})
TYPES: Final[dict[str, str]] = {
    "VARCHAR": "text",
    "VARCHAR[]": "list of texts",
    "INTEGER": "whole number",
    "BIGINT": "whole number",
    "HUGEINT": "whole number",
    "DOUBLE": "number",
    "BOOLEAN": "true or false",
    "DATE": "day",
    "TIMESTAMP": "time (UTC)",
}


def one_table(ctx: Context, params: Params) -> Markup:
    """The page of one table; what the address filters by wrongly is said, and all rows are shown."""
    key = (ctx.record.path, ctx.record.stamp, params)
    return _PAGES.get(key) or _PAGES.put(key, _made(ctx, params))


def _made(ctx: Context, params: Params) -> Markup:
    info = tables(ctx.record)[params.get("table")]
    pairs = [pair for pair in params.pairs if pair[0] not in OWN and pair[0] not in IGNORED]
    remark = EMPTY
    try:
        chosen = select(info, pairs)
    except Problem as problem:
        remark = note(f"{problem.detail} So all rows are shown.", "warning")
        pairs, chosen = [], select(info, [])
    return join(
        [_head(ctx, info.name), remark, _rows(ctx, chosen, pairs, params.get("page")), _columns(ctx, info.name)]
    )


@per_page
def _head(ctx: Context, name: str) -> Markup:
    info = tables(ctx.record)[name]
    total = next(one.rows for one in dictionary.all_tables(ctx.record) if one.info.name == name)
    basis = fill(
        "{n} and {c} in record {r} of {d}. Download: {f}",
        n=many(total, "row"),
        c=many(len(info.columns), "column"),
        r=number(ctx.record.number),
        d=day_words(ctx.record.built_at),
        f=join(
            (
                link(f"/api/v1/{name}.{form}", words)
                for form, words in (
                    ("csv", "CSV"),
                    ("json", "JSON"),
                    ("ndjson", "NDJSON"),
                    ("parquet", "Parquet"),
                    ("xlsx", "Excel"),
                )
            ),
            " · ",
        ),
    )
    back = Markup('<p class="back"><a href="/data">← All tables</a></p>')
    parts = Markup(
        '<nav class="contents" aria-label="On this page"><ul><li><a href="#rows">Rows</a></li>'
        '<li><a href="#columns">Columns and what they mean</a></li></ul></nav>'
    )
    return back + page_head(name, info.comment, basis, kicker="View" if info.is_view else "Table") + parts


# --- columns --------------------------------------------------------------------------------------------------------


@per_page
def _columns(ctx: Context, name: str) -> Markup:
    rows = [_column_row(name, one) for one in dictionary.columns_of(ctx.record, name)]
    heads: list[Column | str] = [
        Column("Column", "files"),
        "Type and unit",
        Column("What it means", "wide"),
        "Empty",
        Column("Example", "wide"),
    ]
    more = dictionary.pointing_at(ctx.record, name)
    pointing = EMPTY
    if more:
        items = join(
            (fill("{l}.{c}", l=link(address(ADDRESS, {"table": other}), other), c=column) for other, column, _ in more),
            ", ",
        )
        pointing = fill("<p>Named by {i}.</p>", i=items)
    return section(
        "Columns",
        table(heads, rows, f"Columns of {name}") + pointing,
        name="columns",
        lead=fill(
            "{o} Meanings are kept with the tables themselves and come with every download in Parquet.",
            o=dictionary.origin(ctx.record, name),
        ),
    )


def _column_row(name: str, one: ColumnFact) -> list[Cell]:
    values = EMPTY
    if one.values:
        values = fill(
            '<details class="values"><summary>{n}</summary><dl class="facts">{v}</dl></details>',
            n=many(len(one.values), "value"),
            v=join(fill("<dt>{v}</dt><dd>{w}</dd>", v=value, w=words) for value, words in one.values),
        )
    example: Markup | str = Markup('<span class="quiet">none</span>')
    if one.example is not None:
        text = as_cell(one.example)
        example = fill("{e}", e=text if len(text) <= 90 else text[:89] + "…")
    return [
        fill("<code>{n}</code>", n=one.column.name),
        fill(
            "{t}{u}",
            t=TYPES.get(one.column.type, one.column.type.lower()),
            u=fill('<br><span class="small">{u}</span>', u=one.unit) if one.unit else EMPTY,
        ),
        fill(
            '{m}{v} <span class="small">{f}</span>',
            m=one.column.comment,
            v=values,
            f=link(address(ADDRESS, {"table": name, "_facet": one.column.name}) + "#rows", "count values",
                   label=f"Count the values of {one.column.name}"),
        ),
        share_words(one.empty),
        example,
    ]  # fmt: skip


def share_words(share: float | None) -> str:
    """A share of empty cells in words: "none", "12 %", "under 1 %", "all"; a dash without rows."""
    if share is None:
        return "–"
    if share in (0, 1):
        return "all" if share else "none"
    percent = share * 100
    return "under 1 %" if percent < 1 else "over 99 %" if percent > 99 else f"{percent:.0f} %"


# --- rows -----------------------------------------------------------------------------------------------------------


def _named(name: str) -> str:
    return f"{name}__in" if name in OWN else name


def _address(info: TableInfo, pairs: Sequence[tuple[str, str]]) -> str:
    return address(ADDRESS, {"table": info.name, **_grouped(pairs)}) + "#rows"


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _rows(ctx: Context, chosen: Selection, pairs: list[tuple[str, str]], asked: str) -> Markup:
    info = chosen.table
    total = dictionary.count_of(ctx.record, chosen)
    if not total:
        what = "No row is like that." if pairs else "This table has no rows yet."
        more = link(address(ADDRESS, {"table": info.name}), "Show all rows") if pairs else EMPTY
        return section("Rows", _chosen(info, pairs) + empty_state(what, more), name="rows")
    here, remark = leaf(asked, total, SIZE)
    found = dictionary.rows_of(ctx.record, chosen, here.start, SIZE)
    filtered = [name for name, _ in pairs if not name.startswith("_")]
    kept = {"table": info.name, **_grouped(pairs)}
    body = [
        remark,
        _chosen(info, pairs),
        _facets(ctx, chosen, pairs),
        _orders(info, pairs),
        _one(ctx, info, found[0]) if total == 1 and filtered else _many(ctx, info, found),
        pager(ADDRESS, kept, here, "rows", "rows"),
        _related(ctx, info, found[0]) if total == 1 and filtered else EMPTY,
        _sql(info, pairs, chosen),
    ]
    lead = f"{many(total, 'row')}{' like that' if filtered else ''}{here.shown}."
    return section("Rows", join(body), name="rows", lead=lead)


def _chosen(info: TableInfo, pairs: list[tuple[str, str]]) -> Markup:
    filters = [pair for pair in pairs if not pair[0].startswith("_")]
    if not filters:
        return EMPTY
    items = join(
        fill(
            "<li><code>{n} = {v}</code> {l}</li>",
            n=name,
            v=value,
            l=link(_address(info, [pair for pair in pairs if pair != (name, value)]), "take off",
                   label=f"Take off the filter {name} = {value}"),
        )
        for name, value in filters
    )  # fmt: skip
    return fill('<ul class="filtered" aria-label="Filters">{i}</ul>', i=items)


def _facets(ctx: Context, chosen: Selection, pairs: list[tuple[str, str]]) -> Markup:
    info = chosen.table
    facts = {one.column.name: one for one in dictionary.columns_of(ctx.record, info.name)}
    wanted = list(chosen.facets)
    wanted += [one.column for one in facts.values() if (one.values or one.column.type == "BOOLEAN")]
    rows = []
    for column in dict.fromkeys(wanted):
        counts = dictionary.facet_of(ctx.record, chosen, column)
        asked = column in chosen.facets
        if len(counts) < 2 and not asked:
            continue
        shown = counts if asked else counts[:8]
        words = dict(facts[column.name].values)
        links = join((_facet(info, pairs, column, value, counted, words) for value, counted in shown), " · ")
        rows.append(fill("<dt>{n}</dt><dd>{l}</dd>", n=column.name, l=links))
    return fill('<dl class="facts narrowed">{r}</dl>', r=join(rows)) if rows else EMPTY


def _facet(
    info: TableInfo, pairs: list[tuple[str, str]], column: TableColumn, value: Any, counted: int, words: dict[str, str]
) -> Markup:
    if value is None:
        target, shown = (f"{column.name}__null", "true"), "empty"
    else:
        text = as_cell(value)
        target, shown = (_named(column.name), text), words.get(text, text)
    kept = [pair for pair in pairs if pair[0] not in (target[0], "_facet")]
    return fill(
        '{l} <span class="small">{n}</span>',
        l=link(_address(info, [*kept, target]), shown if len(shown) <= 60 else shown[:59] + "…",
               label=f"Only rows where {column.name} is {shown[:100]}"),
        n=f"{counted:,}",
    )  # fmt: skip


def _orders(info: TableInfo, pairs: list[tuple[str, str]]) -> Markup:
    now = dict(pairs).get("_sort", "")
    others = [pair for pair in pairs if pair[0] != "_sort"]
    items = []
    for column in info.columns:
        target = f"-{column.name}" if now == column.name else column.name
        arrow = " ↑" if now == column.name else " ↓" if now == f"-{column.name}" else ""
        items.append(
            link(_address(info, [*others, ("_sort", target)]), column.name + arrow,
                 label=f"Order by {column.name}{', last first' if target.startswith('-') else ''}")
        )  # fmt: skip
    return fill('<details class="fold"><summary>Order by</summary><p>{i}</p></details>', i=join(items, " · "))


def _own_address(ctx: Context, info: TableInfo, row: Sequence[Any]) -> str:
    """Where one row is shown alone."""
    names = [column.name for column in info.columns]
    values = dict(zip(names, row, strict=True))
    if len(info.key) == 1 and isinstance(values[info.key[0]], str):
        found = row_address(ctx.record, info.name, info.key[0], values[info.key[0]])
        if found is not None:
            return found
    pairs = [
        (f"{name}__null", "true") if values[name] is None else (_named(name), as_cell(values[name]))
        for name in info.key
    ]
    return _address(info, pairs)


def _many(ctx: Context, info: TableInfo, found: Sequence[Sequence[Any]]) -> Markup:
    columns = [
        heading(column.name, column.type, (row[place] for row in found)) for place, column in enumerate(info.columns)
    ]
    rows: list[list[Cell]] = []
    for row in found:
        cells: list[Cell] = [
            cell(ctx.record, column.name, value) for column, value in zip(info.columns, row, strict=True)
        ]
        first = as_cell(row[0])
        cells[0] = link(_own_address(ctx, info, row), first or "row", label=f"The row {first}")
        rows.append(cells)
    return table(columns, rows, f"Rows of {info.name}", stack=False, classes="cells")


def _one(ctx: Context, info: TableInfo, row: Sequence[Any]) -> Markup:
    items = join(
        fill("<dt>{n}</dt><dd>{v}</dd>", n=column.name, v=cell(ctx.record, column.name, value, most=20_000))
        for column, value in zip(info.columns, row, strict=True)
    )
    return fill('<dl class="facts row">{i}</dl>', i=items)


def _related(ctx: Context, info: TableInfo, row: Sequence[Any]) -> Markup:
    values = dict(zip([column.name for column in info.columns], row, strict=True))
    items = []
    for other, column, here in dictionary.pointing_at(ctx.record, info.name):
        value = values.get(here)
        if not isinstance(value, str):
            continue
        chosen = select(tables(ctx.record)[other], [(_named(column), value)])
        counted = dictionary.count_of(ctx.record, chosen)
        if counted:
            words = f"{many(counted, 'row')} of {other}"
            items.append(
                fill("<li>{l} by {c}</li>", l=link(_address(chosen.table, [(_named(column), value)]), words), c=column)
            )
    return fill("<h3>Rows that name it</h3><ul>{i}</ul>", i=join(items)) if items else EMPTY


def written(chosen: Selection) -> str:
    """The SQL of a selection with its values written out, as the console takes it."""
    where = chosen.where
    for value in chosen.values:
        text = str(value) if isinstance(value, (int, float)) else quoting.quoted(str(value))
        where = where.replace("?", text.replace("?", "\0"), 1)
    where = where.replace("\0", "?")
    order = ", ".join(f"{quoted(column.name)}{' DESC' if down else ''}" for column, down in chosen.order)
    condition = f"\nWHERE {where}" if where != "true" else ""
    return f"SELECT *\nFROM {quoted(chosen.table.name)}{condition}\nORDER BY {order}\nLIMIT {SIZE}"


def _sql(info: TableInfo, pairs: list[tuple[str, str]], chosen: Selection) -> Markup:
    sql = written(chosen)
    grouped = _grouped([pair for pair in pairs if pair[0] != "_facet"])
    files = join(
        (
            link(address(f"/api/v1/{info.name}.{form}", grouped), words, label=f"These rows as {words}")
            for form, words in (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"), ("xlsx", "Excel"))
        ),
        " · ",
    )
    return fill(
        '<details class="fold"><summary>The SQL behind these rows</summary><pre class="code" tabindex="0" '
        'role="region" aria-label="SQL">{s}</pre><p>{l}</p></details><p class="small">These rows as {f}</p>',
        s=sql,
        l=link(address(ADDRESS, {"q": sql}) + "#console", "Edit it in the console"),
        f=files,
    )
