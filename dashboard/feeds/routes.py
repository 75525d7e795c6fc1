"""/feeds/timeline.atom and .json, /feeds/kind/<kind>.atom, /feeds/organisation/<id>.atom, …/source/…, …/review/…"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.feeds.choose import entries, title_of
from dashboard.feeds.write import atom, json_feed
from dashboard.start import START, Context, Trouble, per_page


@per_page
def written(context: Context, part: str, value: str, form: str) -> tuple[bytes, str] | None:
    """A feed's bytes and tag, or None where there is no such feed."""
    about = title_of(context.record, part, value)
    if about is None or form not in ("atom", "json"):
        return None
    path = f"/feeds/{part}/{value}.{form}" if value else f"/feeds/{part}.{form}"
    chosen = entries(context.record, part, value)
    if form == "atom":
        body = atom(chosen, about, path, context.record, context.programme)
    else:
        body = json.dumps(
            json_feed(chosen, about, path, context.record, context.programme), ensure_ascii=False
        ).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def routes(not_found: Callable[[Request], Response]) -> list[BaseRoute]:
    """The routes of this module."""

    def answer(request: Request, part: str, name: str) -> Response:
        value, _, form = name.rpartition(".")
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        found = written(state, part, value, form)
        if found is None:
            return not_found(request)
        body, tag = found
        kind = "application/atom+xml; charset=utf-8" if form == "atom" else "application/feed+json"
        headers = {"ETag": tag, "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=kind, headers=headers)

    async def whole(request: Request) -> Response:
        return await run_in_threadpool(answer, request, "timeline", f".{request.path_params['form']}")

    async def part(request: Request) -> Response:
        return await run_in_threadpool(answer, request, request.path_params["part"], request.path_params["name"])

    return [Route("/feeds/timeline.{form:str}", whole), Route("/feeds/{part:str}/{name:str}", part)]
