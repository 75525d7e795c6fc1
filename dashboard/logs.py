"""The server's log: a line for each request, and the lines of Streamlit and uvicorn in the same form.

Nothing in it tells one reader from another: no address of a reader, no header, and of what was asked for the path
alone, never the words of a search.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import health
from data import logs

LOG: Final = logging.getLogger(__name__)
_SERVERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "websockets")
"""Loggers whose lines below a warning name the addresses of readers."""
MOST_PATH: Final = 200


def begin() -> None:
    """Set logging up in the server as the environment asks; a setting that is none is said, and nothing is logged."""
    try:
        handler = logs.begin()
    except logs.LogError as error:
        print(error, file=sys.stderr, flush=True)
        return
    if handler is not None:
        _take_over(handler)


def _take_over(handler: logging.Handler) -> None:
    """Let Streamlit's loggers, those that come later too, and uvicorn's write by `handler`."""
    from streamlit import logger as theirs

    def by_handler(logger: logging.Logger) -> None:
        logger.handlers = [handler]
        logger.streamlit_console_handler = handler  # type: ignore[attr-defined]

    theirs.setup_formatter = by_handler
    theirs.update_formatter()
    for name in _SERVERS:
        logger = logging.getLogger(name)
        by_handler(logger)
        logger.propagate = False
        logger.setLevel(logging.WARNING)


class AccessLog:
    """Logs each answer: method, path, status, seconds until its end and bytes sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not LOG.isEnabledFor(logging.INFO):
            await self.app(scope, receive, send)
            return
        begun = time.monotonic()
        status = size = 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        except BaseException:
            status = status or 500
            raise
        finally:
            watched = scope["path"] in health.ADDRESSES and status < 500
            level = logging.DEBUG if watched else logging.ERROR if status == 500 else logging.INFO
            logs.event(
                LOG, level, "request", method=scope["method"], path=scope["path"][:MOST_PATH], status=status,
                seconds=time.monotonic() - begun, bytes=size,
            )  # fmt: skip
