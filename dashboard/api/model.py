"""/api/v1/model.svg: how the tables hang together, drawn from the keys of the schema; model-narrow.svg for phones."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.api.openapi import MORE_PATHS
from dashboard.api.problem import CORS, Problem
from dashboard.conditional import answered, tag_of
from dashboard.parts.model import picture
from dashboard.start import START, Trouble
from dashboard.threads import run_in_threadpool


def _drawn(request: Request, *, narrow: bool) -> Response:
    state = START.state()
    if isinstance(state, Trouble):
        return Problem(503, f"{state.title}. {state.what}").response()
    body = picture(state.record, narrow=narrow)
    headers = CORS | {"Cache-Control": "public, max-age=300"}
    return answered(request, body, "image/svg+xml", tag=tag_of(body), headers=headers)


async def wide(request: Request) -> Response:
    """Five boxes wide."""
    return await run_in_threadpool(_drawn, request, narrow=False)


async def narrow(request: Request) -> Response:
    """One box below another."""
    return await run_in_threadpool(_drawn, request, narrow=True)


for _path, _words in (("model", "as wide as a page"), ("model-narrow", "as narrow as a phone")):
    MORE_PATHS[f"/api/v1/{_path}.svg"] = {
        "get": {
            "operationId": _path.replace("-", "_"),
            "summary": f"How the tables hang together, {_words}",
            "responses": {"200": {"description": "A picture", "content": {"image/svg+xml": {}}}},
        }
    }


def routes() -> list[BaseRoute]:
    """The routes of this module; they stand before those of the tables."""
    return [Route("/api/v1/model.svg", wide), Route("/api/v1/model-narrow.svg", narrow)]
