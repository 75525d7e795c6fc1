"""/api/v1/sql: one question in SQL, by GET ?q= or POST, answered as JSON, CSV or NDJSON."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.openapi import MORE_PATHS
from dashboard.api.problem import CORS, Problem
from dashboard.sql import engine
from dashboard.sql.formats import write_csv
from dashboard.sql.statement import MOST_CHARACTERS, Place, Refused
from dashboard.start import START, Context, Trouble
from dashboard.threads import run_in_threadpool

MOST_BODY: Final = 1_000_000
BODY_SECONDS: float = 30.0
HEADERS: Final = CORS | {"Cache-Control": "no-store"}
_PREFLIGHT: Final = CORS | {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
}


def _json(context: Context, answer: engine.Answer) -> Response:
    return JSONResponse(
        {
            "columns": [{"name": column.name, "type": column.type} for column in answer.columns],
            "rows": answer.rows,
            "truncated": answer.truncated,
            "truncated_by": answer.cut or None,
            "seconds": round(answer.seconds, 4),
            "record": context.record.number,
            "as_of": context.record.built_at.isoformat(),
            "licence": context.programme.licence.data_url,
        }
    )


def _csv(context: Context, answer: engine.Answer) -> Response:
    out = io.StringIO()
    write_csv(out, [column.name for column in answer.columns], answer.rows)
    return Response(
        out.getvalue().encode(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="answer-record-{context.record.number}.csv"'},
    )


def _ndjson(_context: Context, answer: engine.Answer) -> Response:
    names = [column.name for column in answer.columns]
    lines = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in answer.rows)
    return Response("".join(f"{line}\n" for line in lines).encode(), media_type="application/x-ndjson")


FORMATS: Final[dict[str, Callable[[Context, engine.Answer], Response]]] = {
    "json": _json,
    "csv": _csv,
    "ndjson": _ndjson,
}


def _place(place: Place | None) -> dict[str, Any]:
    return {} if place is None else {"line": place.line, "column": place.column, "at": [place.text, place.caret]}


async def _body(request: Request) -> dict[str, str]:
    """The fields of a POST: JSON, a form, or the bare text of a question."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MOST_BODY:
                    raise Problem(
                        413, f"The question is too long; at most {MOST_CHARACTERS:,} characters are answered."
                    )
                parts.append(part)
    except TimeoutError as error:
        raise Problem(408, f"The question did not come within {BODY_SECONDS:g} seconds.") from error
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text = b"".join(parts).decode("utf-8")
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=20))
        if kind in ("", "text/plain", "application/sql"):
            return {"q": text}
        if kind != "application/json":
            raise Problem(415, 'Send {"q": "SELECT …"} as application/json, a form with the field q, or plain text.')
        value = json.loads(text)
    except UnicodeDecodeError as error:
        raise Problem(400, f"The question is not UTF-8 (byte {error.start}).") from error
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"The body cannot be read as {kind}: {error}.") from error
    if not isinstance(value, dict) or not isinstance(value.get("q"), str):
        raise Problem(400, 'The JSON must be an object with a text q: {"q": "SELECT …"}.')
    return {name: item for name, item in value.items() if isinstance(item, str)}


async def _answer(request: Request) -> Response:
    fields = dict(request.query_params)
    if request.method == "POST":
        fields |= await _body(request)
    if not fields.get("q", "").strip():
        raise Problem(400, "Ask a question: ?q=SELECT * FROM timeline LIMIT 10")
    form = fields.get("format", "json")
    if form not in FORMATS:
        raise Problem(400, f"{form[:40]!r} is no format; allowed: {', '.join(FORMATS)}.")
    state = await run_in_threadpool(START.state)
    if isinstance(state, Trouble):
        raise Problem(503, f"{state.title}. {state.what}")
    try:
        answer = await engine.ask_soon(state.record.path, fields["q"])
    except engine.Busy as busy:
        raise Problem(429, str(busy), retry_after=busy.retry_after) from busy
    except Refused as refused:
        raise Problem(403, str(refused), **_place(getattr(refused, "place", None))) from refused
    except engine.Failed as failed:
        status = 422 if failed.kind in ("time", "memory") else 400
        raise Problem(status, failed_words(failed), kind=failed.kind, **_place(failed.place)) from failed
    except engine.Unreadable as error:
        raise Problem(503, f"The record cannot be asked just now. {error}") from error
    return FORMATS[form](state, answer)


def failed_words(failed: engine.Failed) -> str:
    """The error in words, with its line where it has one."""
    words = re.sub(r"^(\w+) Error: ", "", str(failed))
    return f"Line {failed.place.line}, column {failed.place.column}: {words}" if failed.place else words


async def sql(request: Request) -> Response:
    """One question, one answer."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_PREFLIGHT)
    try:
        response = await _answer(request)
    except Problem as problem:
        return problem.response()
    except ClientDisconnect:
        return Response(status_code=400)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


_RESULT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["columns", "rows", "truncated", "seconds", "record"],
    "properties": {
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {"name": {"type": "string"}, "type": {"type": "string"}},
            },
        },
        "rows": {"type": "array", "items": {"type": "array"}},
        "truncated": {"type": "boolean"},
        "truncated_by": {"enum": ["rows", "bytes", None]},
        "seconds": {"type": "number"},
        "record": {"type": "integer"},
        "as_of": {"type": "string", "format": "date-time"},
        "licence": {"type": "string"},
    },
}
_RESPONSES: Final[dict[str, Any]] = {
    "200": {
        "description": "The answer",
        "content": {"application/json": {"schema": _RESULT}, "text/csv": {}, "application/x-ndjson": {}},
    }
} | {
    status: {"description": words, "content": {"application/problem+json": {}}}
    for status, words in {
        "400": "A slip in the question, with line and column",
        "403": "A question that is not answered, and why",
        "413": "A question that is too long",
        "422": "A question that needs too much time or memory",
        "503": "No record can be read",
    }.items()
}
_ABOUT: Final = (
    f"One SELECT or EXPLAIN in DuckDB's SQL. At most {engine.MAX_ROWS:,} rows, {engine.MAX_BYTES // 1_000_000} MB and "
    f"{engine.SECONDS:g} seconds."
)
MORE_PATHS["/api/v1/sql"] = {
    "get": {
        "operationId": "sql",
        "summary": "A question in SQL",
        "description": _ABOUT,
        "parameters": [
            {"name": "q", "in": "query", "required": True, "description": "The question", "schema": {"type": "string"}},
            {
                "name": "format",
                "in": "query",
                "required": False,
                "description": "How the answer is written",
                "schema": {"enum": list(FORMATS)},
            },
        ],
        "responses": _RESPONSES,
    },
    "post": {
        "operationId": "sql_post",
        "summary": "A longer question in SQL",
        "description": _ABOUT,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
                },
                "application/x-www-form-urlencoded": {},
                "text/plain": {},
            },
        },
        "responses": _RESPONSES,
    },
}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [Route("/api/v1/sql", sql, methods=["GET", "POST", "OPTIONS"])]
