"""/api/v1/<table>.json, .csv, .ndjson, .parquet, .xlsx: any table or view, filtered, sorted, paged."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import duckdb
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.catalogue import tables
from dashboard.api.filters import DEFAULT_LIMIT, Selection, select
from dashboard.api.problem import CORS, Problem
from dashboard.conditional import http_date, is_current, tag_of
from dashboard.kept import keep
from dashboard.record import Record
from dashboard.sql.formats import as_cell, guarded, plain
from dashboard.start import START, Context, Trouble
from dashboard.threads import run_in_threadpool

MOST_FILE_ROWS: Final = 1_000_000
Rows = Sequence[tuple[Any, ...]]


def _json(context: Context, chosen: Selection, request: Request) -> Response:
    limit = chosen.limit or DEFAULT_LIMIT
    found = _rows(context.record, chosen, limit + 1)
    rows, more = found[:limit], len(found) > limit
    names = [column.name for column in chosen.fields]
    following = None
    if more:
        pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "_cursor"]
        query = urlencode([*pairs, ("_cursor", chosen.cursor(rows[-1]))])
        following = f"{context.programme.programme.base_url.rstrip('/')}{request.url.path}?{query}"
    answer: dict[str, Any] = {
        "table": chosen.table.name,
        "record": context.record.number,
        "as_of": context.record.built_at.isoformat(),
        "licence": context.programme.licence.data_url,
        "count": context.record.rows(*chosen.count_sql())[0][0],
        "next": following,
        "rows": [dict(zip(names, map(plain, row), strict=False)) for row in rows],
    }
    if chosen.facets:
        answer["facets"] = {
            column.name: [
                {"value": plain(value), "count": count}
                for value, count in context.record.rows(*chosen.facet_sql(column))
            ]
            for column in chosen.facets
        }
    # a reader that follows links finds the next page without reading the body
    return JSONResponse(answer, headers={"Link": f'<{following}>; rel="next"'} if following else None)


def _csv(context: Context, chosen: Selection, _request: Request) -> Response:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in chosen.fields])
    for row in _file_rows(context.record, chosen):
        writer.writerow(
            [guarded(as_cell(value)) if isinstance(value, (str, list)) else as_cell(value) for value in row]
        )
    return Response(out.getvalue().encode(), media_type="text/csv; charset=utf-8; header=present")


def _ndjson(context: Context, chosen: Selection, _request: Request) -> Response:
    names = [column.name for column in chosen.fields]
    lines = (
        json.dumps(dict(zip(names, map(plain, row), strict=True)), ensure_ascii=False)
        for row in _file_rows(context.record, chosen)
    )
    return Response("".join(f"{line}\n" for line in lines).encode(), media_type="application/x-ndjson")


def _parquet(context: Context, chosen: Selection, _request: Request) -> Response:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "INTEGER": pa.int32(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us", tz="UTC"), "VARCHAR[]": pa.list_(pa.string()),
    }  # fmt: skip
    rows = _file_rows(context.record, chosen)
    fields = [
        pa.field(column.name, kinds.get(column.type, pa.string()), metadata={"comment": column.comment})
        for column in chosen.fields
    ]
    columns = [pa.array([row[place] for row in rows], type=field.type) for place, field in enumerate(fields)]
    schema = pa.schema(fields, metadata={"comment": chosen.table.comment})
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), sink)
    return Response(sink.getvalue().to_pybytes(), media_type="application/vnd.apache.parquet")


def _xlsx(context: Context, chosen: Selection, _request: Request) -> Response:
    import xlsxwriter

    out = io.BytesIO()
    # Text stays text: no cell becomes a formula or a link, however it begins.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(chosen.table.name[:31])
        bold = book.add_format({"bold": True})
        for place, column in enumerate(chosen.fields):
            sheet.write_string(0, place, column.name, bold)
        for line, row in enumerate(_file_rows(context.record, chosen), 1):
            for place, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(line, place, value)
                elif isinstance(value, (int, float)):
                    sheet.write_number(line, place, value)
                elif value is not None:
                    sheet.write_string(line, place, as_cell(value)[:32_767])
        sheet.freeze_panes(1, 0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(out.getvalue(), media_type=kind)


FORMATS: Final[dict[str, Callable[[Context, Selection, Request], Response]]] = {
    "json": _json,
    "csv": _csv,
    "ndjson": _ndjson,
    "parquet": _parquet,
    "xlsx": _xlsx,
}


def _rows(record: Record, chosen: Selection, limit: int | None) -> Rows:
    sql, values = chosen.sql(limit=limit)
    return record.rows(sql, values)


def _file_rows(record: Record, chosen: Selection) -> Rows:
    """Rows of a file: all of them, unless the address names a limit; without the columns of the order."""
    count = record.rows(*chosen.count_sql())[0][0]
    if chosen.limit is None and count > MOST_FILE_ROWS:
        raise Problem(413, f"{count:,} rows are too many for one file here; filter them, or take the whole database.")
    width = len(chosen.fields)
    return [row[:width] for row in _rows(record, chosen, chosen.limit)]


def _answer(request: Request) -> Response:
    state = START.state()
    if isinstance(state, Trouble):
        raise Problem(503, f"{state.title}. {state.what}")
    name, form = request.path_params["table"], request.path_params["format"]
    known = tables(state.record)
    if name not in known:
        raise Problem(404, f"{name!r} is no table of this record; allowed: {', '.join(known)}.")
    if form not in FORMATS:
        raise Problem(404, f"{form!r} is no format; allowed: {', '.join(FORMATS)}.")
    pairs = request.query_params.multi_items()
    tag = etag(state.record, request.url.path, pairs)
    built = state.record.built_at
    headers = CORS | {
        "ETag": tag,
        "Last-Modified": http_date(built),
        "Cache-Control": "public, max-age=0, must-revalidate",
        "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Content-Disposition",
    }
    chosen = select(known[name], pairs)
    if is_current(request, tag, built):
        return Response(status_code=304, headers=headers)
    keep(request)
    try:
        response = FORMATS[form](state, chosen, request)
    except duckdb.InvalidInputException as error:
        raise Problem(400, f"The filters cannot be applied: {str(error).splitlines()[0]}") from error
    response.headers.update(headers)
    if form in ("csv", "parquet", "xlsx"):
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-record-{state.record.number}.{form}"'
    return response


def etag(record: Record, path: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A tag that changes with the record and with what is asked of it."""
    asked = json.dumps([record.path.name, record.stamp, path, list(pairs)])
    return tag_of(asked)


async def table_rows(request: Request) -> Response:
    """Rows of one table or view."""
    try:
        return await run_in_threadpool(_answer, request)
    except Problem as problem:
        return problem.response()


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [Route("/api/v1/{table:str}.{format:str}", table_rows)]
