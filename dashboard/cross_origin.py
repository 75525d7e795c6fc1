"""Data that any page of any site may ask for: what a browser wants to be told before a script may read an answer."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.problem import Problem

OPEN: Final = ("/api/", "/feeds/", "/cite/", "/pictures/", "/editions/")
"""Paths under which everything is data."""
ALSO_POST: Final = frozenset({"/api/v1/sql"})
_ALLOWED: Final = "GET, HEAD, OPTIONS"
_PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": _ALLOWED,
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Range, Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
    "Allow": _ALLOWED,
}
_EXPOSED: Final = "ETag, Last-Modified, Link, Content-Disposition"


class CrossOrigin:
    """Opens reading to every origin under OPEN, and answers other methods there with a problem document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OPEN) or scope["path"] in ALSO_POST:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            refused = Problem(405, f"{scope['method']} is not answered here; allowed: {_ALLOWED}.").response()
            refused.headers["Allow"] = _ALLOWED
            await refused(scope, receive, send)
            return

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Access-Control-Allow-Origin", "*")
                headers.setdefault("Access-Control-Expose-Headers", _EXPOSED)
            await send(message)

        await self.app(scope, receive, opened)
