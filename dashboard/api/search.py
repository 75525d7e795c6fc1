"""/api/v1/search: what dashboard.search finds, as JSON."""

from __future__ import annotations

from typing import Any, Final, cast

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.openapi import MORE_PATHS
from dashboard.api.problem import CORS, Problem
from dashboard.search.query import MOST_SHOWN, Order, TooLong, search
from dashboard.search.results import Hit, Marked, SearchResult, kind_in_words
from dashboard.start import START, Context, Trouble
from data.search import NotIndexed

AT_ONCE: Final = 4
ORDERS: Final = ("relevance", "newest")
OPTIONS: Final = ("q", "limit", "offset", "order")
_limiter = anyio.CapacityLimiter(AT_ONCE)


def _marked(text: Marked) -> dict[str, Any]:
    return {"text": text.text, "marks": text.marks}


def hit_as_json(hit: Hit, base_url: str) -> dict[str, Any]:
    """One result. `marks` are [begin, end) of found words in characters."""
    capture = hit.capture
    return {
        "kind": hit.kind,
        "kind_label": kind_in_words(hit.kind),
        "id": hit.id,
        "title": _marked(hit.title),
        "passage": _marked(hit.text),
        "url": base_url.rstrip("/") + hit.address,
        "date": hit.date,
        "date_precision": hit.date_precision,
        "status": hit.status or None,
        "org_ids": hit.org_ids,
        "source_id": hit.source_id,
        "source_title": hit.source_title,
        "state": hit.state,
        "page_url": hit.page_url,
        "heading": hit.heading,
        "page_number": hit.page_number,
        "capture": None
        if capture is None
        else {
            "capture_id": capture.capture_id,
            "captured_at": capture.captured_at,
            "origin": capture.origin,
            "memento_url": capture.memento_url,
            "passage_id": capture.passage_id,
        },
    }


def as_json(found: SearchResult, base_url: str) -> dict[str, Any]:
    """A whole answer."""
    return {
        "query": found.query.text,
        "total": found.total,
        "total_is_exact": found.exact,
        "limit": found.limit,
        "offset": found.offset,
        "notes": found.notes,
        "did_you_mean": found.suggestion,
        "facets": {
            name: [{"value": count.value, "label": count.label, "count": count.count} for count in counts]
            for name, counts in found.facets.items()
        },
        "results": [hit_as_json(hit, base_url) for hit in found.hits],
        "seconds": round(found.seconds, 4),
        "record": found.record,
    }


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:10]) <= most:
        raise Problem(400, f"{name} is a number from {least} to {most:,}; {text[:40]!r} is not.")
    return int(text)


def _asked(request: Request) -> tuple[Context, SearchResult]:
    state = START.state()
    if isinstance(state, Trouble):
        raise Problem(503, f"{state.title}. {state.what}")
    unknown = next((name for name in request.query_params if name not in OPTIONS), None)
    if unknown is not None:
        raise Problem(
            400, f"{unknown[:40]} is no option; allowed: {', '.join(OPTIONS)}. Filters stand in q: ?q=police org:slam"
        )
    text = request.query_params.get("q")
    if text is None:
        raise Problem(400, "Say what to look for: ?q=crisis plan")
    order = request.query_params.get("order", "relevance")
    if order not in ORDERS:
        raise Problem(400, f"{order[:40]!r} is no order; allowed: {', '.join(ORDERS)}.")
    limit = _number(request, "limit", 20, 1, MOST_SHOWN)
    offset = _number(request, "offset", 0, 0, 10_000)
    try:
        return state, search(state.home, text, limit=limit, offset=offset, order=cast(Order, order))
    except NotIndexed as error:
        raise Problem(503, str(error)) from error
    except TooLong as error:
        raise Problem(422, str(error)) from error


async def answer(request: Request) -> Response:
    """One search, one page of results."""
    try:
        context, found = await anyio.to_thread.run_sync(_asked, request, limiter=_limiter)
    except Problem as problem:
        return problem.response()
    body = as_json(found, context.programme.programme.base_url)
    return JSONResponse(body, headers=CORS | {"Cache-Control": "public, max-age=0, must-revalidate"})


def _parameter(name: str, words: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": words, "schema": schema}


_PROBLEM: Final = {"description": "What is wrong, and what is allowed", "content": {"application/problem+json": {}}}
MORE_PATHS["/api/v1/search"] = {
    "get": {
        "operationId": "search",
        "summary": "Search facts, bodies, sources and passages of captured pages",
        "description": 'All words by default; "a phrase", petit*, NEAR(a b, 5), -without, a OR b; filters org:, kind:, '
        "before:, after:, year:, status:, state:, source:. No text is an error: what was mended stands in notes.",
        "parameters": [
            _parameter("q", "What to look for", {"type": "string"}, required=True),
            _parameter("limit", "Results", {"type": "integer", "minimum": 1, "maximum": MOST_SHOWN, "default": 20}),
            _parameter("offset", "Results to pass over", {"type": "integer", "minimum": 0, "maximum": 10_000}),
            _parameter("order", "Best or newest first", {"enum": list(ORDERS), "default": "relevance"}),
        ],
        "responses": {
            "200": {"description": "Results", "content": {"application/json": {"schema": {"type": "object"}}}},
            "400": _PROBLEM,
            "422": _PROBLEM,
            "503": _PROBLEM,
        },
    }
}


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    return [Route("/api/v1/search", answer)]
