"""What a reader gets where this software fails: a sentence with status 500, and headers as on every other answer."""

from __future__ import annotations

import logging
from typing import Final

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.problem import Problem

LOG: Final = logging.getLogger(__name__)
TOLD: Final = (
    "Something went wrong on this server, and what it was is noted there. Another page may work; "
    "if this one goes on failing, please tell whoever keeps this record."
)


class Mishaps:
    """Answers a request whose handler raised; its traceback goes to the log, and no word of it to the reader."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            if begun:
                raise
            # %r: an address writes no line of its own into the log
            LOG.exception("%s %r failed", scope["method"], scope["path"][:500])
            answer: Response = PlainTextResponse(TOLD, 500, headers={"Cache-Control": "no-store"})
            if scope["path"].startswith("/api/"):
                answer = Problem(500, TOLD).response()
            await answer(scope, receive, send)
