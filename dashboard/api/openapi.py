"""The API described: an OpenAPI 3.1 document, and the same as a readable page."""

from __future__ import annotations

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.catalogue import TableColumn, TableInfo, tables
from dashboard.api.filters import DEFAULT_LIMIT, MOST_ROWS, OPERATORS
from dashboard.api.problem import CORS, Problem
from dashboard.api.tables import FORMATS
from dashboard.parts.html import fill, join, link
from dashboard.record import Record, per_record
from dashboard.start import START, Context, Trouble
from data.version import software_version

_MEDIA: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _json_type(column: TableColumn) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "INTEGER": {"type": ["integer", "null"]},
        "BIGINT": {"type": ["integer", "null"]},
        "DOUBLE": {"type": ["number", "null"]},
        "BOOLEAN": {"type": ["boolean", "null"]},
        "DATE": {"type": ["string", "null"], "format": "date"},
        "TIMESTAMP": {"type": ["string", "null"], "description": "ISO 8601, UTC, without offset"},
        "VARCHAR[]": {"type": ["array", "null"], "items": {"type": "string"}},
    }
    return {"description": column.comment} | kinds.get(column.type, {"type": ["string", "null"]})


def _query(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _table_parameters(table: TableInfo) -> list[dict[str, Any]]:
    words = {"type": "string"}
    shared = [
        _query("_sort", "Columns, separated by commas; a minus before one sorts it downwards.", words),
        _query("_fields", "Only these columns, separated by commas.", words),
        _query(
            "_limit",
            f"Number of rows ({DEFAULT_LIMIT} of JSON by default, all rows of a file).",
            {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
        ),
        _query("_facet", "Count the values of these columns, separated by commas (JSON only).", words),
        _query("_cursor", "Go on where the answer before ended; taken from its `next`.", words),
    ]
    own = [_query(column.name, f"Rows with this value. {column.comment}", words) for column in table.columns]
    return own + shared


def _table_paths(table: TableInfo) -> dict[str, Any]:
    problem = {"description": "What is wrong, and what is allowed", "content": {"application/problem+json": {}}}
    rows = {"$ref": f"#/components/schemas/{table.name}"}
    answer = {
        "type": "object",
        "required": ["table", "record", "as_of", "count", "next", "rows"],
        "properties": {
            "table": {"type": "string"},
            "record": {"type": "integer"},
            "as_of": {"type": "string", "format": "date-time"},
            "licence": {"type": "string"},
            "count": {"type": "integer"},
            "next": {"type": ["string", "null"]},
            "rows": {"type": "array", "items": rows},
            "facets": {"type": "object"},
        },
    }
    paths = {}
    for form in FORMATS:
        content: dict[str, Any] = {_MEDIA[form]: {"schema": answer} if form == "json" else {}}
        paths[f"/api/v1/{table.name}.{form}"] = {
            "get": {
                "operationId": f"{table.name}_{form}",
                "summary": f"{table.name} as {form}",
                "description": f"{table.comment} Other filters: column__{', column__'.join(OPERATORS)}.",
                "parameters": _table_parameters(table),
                "responses": {
                    "200": {"description": "Rows", "content": content},
                    "304": {"description": "Not changed since the ETag that was sent"},
                    "400": problem,
                    "413": problem,
                    "503": problem,
                },
            }
        }
    return paths


@per_record
def _tables_part(record: Record) -> tuple[dict[str, Any], dict[str, Any]]:
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for table in tables(record).values():
        paths |= _table_paths(table)
        schemas[table.name] = {
            "type": "object",
            "description": table.comment,
            "properties": {column.name: _json_type(column) for column in table.columns},
        }
    return paths, schemas


# Paths of other modules of the API, described beside their handlers.
MORE_PATHS: Final[dict[str, Any]] = {}


def document(context: Context) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths, schemas = _tables_part(context.record)
    subject = context.programme.programme
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{subject.title} API",
            "version": software_version(),
            "summary": "Every table and view of the published record.",
            "description": f"{subject.about}\n\nRecord {context.record.number}.",
            "license": {"name": context.programme.licence.data, "url": context.programme.licence.data_url},
        },
        "servers": [{"url": "/"}],
        "paths": paths | MORE_PATHS,
        "components": {"schemas": schemas},
    }


def _context() -> Context:
    state = START.state()
    if isinstance(state, Trouble):
        raise Problem(503, f"{state.title}. {state.what}")
    return state


async def openapi(_request: Request) -> Response:
    """The document itself."""
    try:
        made = await run_in_threadpool(lambda: document(_context()))
    except Problem as problem:
        return problem.response()
    return JSONResponse(made, headers=CORS | {"Cache-Control": "public, max-age=0, must-revalidate"})


def _page() -> str:
    context = _context()
    rows = join(
        fill(
            '<tr><th scope="row"><code>{name}</code></th><td>{comment}</td><td>{links}</td></tr>',
            name=table.name,
            comment=table.comment,
            links=join(
                (link(f"/api/v1/{table.name}.{form}", form, label=f"{table.name} as {form}") for form in FORMATS), " "
            ),
        )
        for table in tables(context.record).values()
    )
    return fill(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>API · {title}</title></head>'
        "<body><main>"
        "<h1>The record for programs</h1><p>{about}</p>"
        "<p>Filters: <code>?column=value</code>, and <code>column__{operators}</code>. <code>_sort=-column</code>, "
        "<code>_fields=a,b</code>, <code>_limit=100</code> (at most {most}), <code>_facet=column</code>; "
        "the <code>next</code> of an answer leads on. Errors are problem documents (RFC 9457). Each answer has an ETag "
        'that changes with the record. <a href="/api/v1/openapi.json">OpenAPI document</a>.</p>'
        '<table><caption>Tables and views</caption><thead><tr><th scope="col">Table</th><th scope="col">Holds</th>'
        '<th scope="col">As</th></tr></thead><tbody>{rows}</tbody></table></main></body></html>',
        title=context.programme.programme.title,
        about=context.programme.programme.about,
        operators=", __".join(OPERATORS),
        most=MOST_ROWS,
        rows=rows,
    )


async def readable(_request: Request) -> Response:
    """The same for a person."""
    try:
        return HTMLResponse(await run_in_threadpool(_page))
    except Problem as problem:
        return problem.response()


def routes() -> list[BaseRoute]:
    """The routes of this module; they come before those of the tables."""
    return [Route("/api/v1/openapi.json", openapi), Route("/api/v1", readable), Route("/api/v1/", readable)]
