"""The API described: an OpenAPI 3.1 document, and the same as a readable page."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.api.catalogue import TableColumn, TableInfo, tables
from dashboard.api.filters import DEFAULT_LIMIT, MOST_ROWS, OPERATORS
from dashboard.api.problem import CORS, Problem
from dashboard.api.tables import FORMATS
from dashboard.conditional import answered, tag_of
from dashboard.record import Record, per_record
from dashboard.start import START, Context, Trouble
from dashboard.threads import run_in_threadpool
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
    own = [_query(column.name, f"Rows with this value. {column.comment}", _asked(column)) for column in table.columns]
    return own + shared


def _asked(column: TableColumn) -> dict[str, Any]:
    """What a filter on a column takes."""
    kinds: dict[str, dict[str, Any]] = {
        "INTEGER": {"type": "integer", "minimum": -(2**31) + 1, "maximum": 2**31 - 1},
        "BIGINT": {"type": "integer", "minimum": -(2**63) + 1, "maximum": 2**63 - 1},
        "DOUBLE": {"type": "number"},
        "BOOLEAN": {"type": "boolean"},
        "DATE": {"type": "string", "format": "date"},
        "TIMESTAMP": {"type": "string", "format": "date-time"},
    }
    return kinds.get(column.type, {"type": "string"})


def _table_paths(table: TableInfo) -> dict[str, Any]:
    problem = {
        "description": "What is wrong, and what is allowed",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
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
        content: dict[str, Any] = {_MEDIA[form]: {"schema": answer if form == "json" else {"type": "string"}}}
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


PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
TOO_MANY: Final[dict[str, Any]] = {
    "description": "More has come from the client's address than one client may ask for, or too many questions wait. "
    "Asked again after Retry-After it is answered.",
    "headers": {
        "Retry-After": {
            "description": "Whole seconds to wait",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    },
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
# Paths of other modules of the API, described beside their handlers.
MORE_PATHS: Final[dict[str, Any]] = {}


def limits_in_words(context: Context) -> str:
    """How often one client may ask, in a sentence or two."""
    limits = context.programme.limits
    if not limits.on:
        return "There is no limit on how often one client may ask."
    return (
        f"One network address may ask {limits.api.burst:,} times at once and {limits.api.per_minute:,} times a minute "
        f"in the long run; {limits.search.burst:,} and {limits.search.per_minute:,} for searches, "
        f"{limits.sql.burst:,} and {limits.sql.per_minute:,} for questions in SQL. "
        "Beyond that the answer is 429, and Retry-After says in how many seconds to ask again."
    )


def _limited(path: dict[str, Any]) -> dict[str, Any]:
    """The same path, each of whose operations may be refused for a while."""
    too_many = {"429": {"$ref": "#/components/responses/TooMany"}}
    return {method: one | {"responses": one["responses"] | too_many} for method, one in path.items()}


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
            "description": f"{subject.about}\n\nRecord {context.record.number}.\n\n{limits_in_words(context)}",
            "license": {"name": context.programme.licence.data, "url": context.programme.licence.data_url},
        },
        "servers": [{"url": "/"}],
        "paths": {name: _limited(path) for name, path in (paths | MORE_PATHS).items()},
        "components": {"schemas": schemas | {"Problem": PROBLEM_SCHEMA}, "responses": {"TooMany": TOO_MANY}},
    }


def _context() -> Context:
    state = START.state()
    if isinstance(state, Trouble):
        raise Problem(503, f"{state.title}. {state.what}")
    return state


async def openapi(request: Request) -> Response:
    """The document itself."""
    try:
        made = await run_in_threadpool(lambda: json.dumps(document(_context()), ensure_ascii=False))
    except Problem as problem:
        return problem.response()
    headers = CORS | {"Cache-Control": "public, max-age=0, must-revalidate"}
    return answered(request, made, "application/json", tag=tag_of(made), headers=headers)


def routes() -> list[BaseRoute]:
    """The routes of this module; they come before those of the tables."""
    return [Route("/api/v1/openapi.json", openapi)]
