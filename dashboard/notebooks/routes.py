"""/start/open.py and its like: files that open the record elsewhere. The page itself is among the permanent pages."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.conditional import answered, tag_of
from dashboard.headers import FILE
from dashboard.notebooks.files import written
from dashboard.start import START, Trouble
from dashboard.threads import run_in_threadpool

HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": FILE,
}


def routes(not_found: Callable[[Request], Response]) -> list[BaseRoute]:
    """The routes of this module."""

    def answer(request: Request) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        name = request.path_params["name"]
        found = written(state, name)
        if found is None:
            return not_found(request)
        text, kind = found
        headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
        return answered(request, text, kind, tag=tag_of(text), headers=headers)

    async def file(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return [Route("/start/{name:str}", file)]
