"""Headers of every answer: what a browser may do with it, and who may frame or read it.

An answer that says nothing of it gets the strictest: it loads nothing and stands in no frame. A handler that needs more
says so by a Content-Security-Policy of its own, one of those below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.start import recent_programme
from data.programme import Programme

NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For data, files, short words and redirects."""
FILE: Final = f"{NOTHING}; sandbox"
"""For files that are taken as they were written."""
PAGE: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For permanent pages. The one script is that of "Leave this page". Lighthouse asks for robots.txt from within a
page, whence connect-src."""
KEPT_PAGE: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""For the pages of an edition."""
APP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""For the nine pages. Streamlit writes style elements and attributes and holds two small fonts and its icons as data:.
What it would compile as WebAssembly it does without."""
FRAMED: Final = (
    "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; font-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors *"
)
"""For the pictures that other sites show."""

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SECURE: Final = "max-age=31536000"
"""Strict-Transport-Security: a year, for this host alone."""
_OPENED: Final = "access-control-allow-origin"


class SecurityHeaders:
    """Puts on every answer the headers of HEADERS that it does not set itself, and says in which way it may be read by
    other sites; a websocket that is refused is told so with the same headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.app(scope, receive, _refusing(scope, send))
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                put_headers(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, with_headers)


def put_headers(headers: MutableHeaders, scope: Scope) -> None:
    """Add what an answer to this request lacks."""
    programme = recent_programme()
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if programme is not None and not programme.public.cross_origin:
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if headers.get(_OPENED) == "*" else "same-origin")
    if is_secure(scope, programme):
        headers.setdefault("Strict-Transport-Security", SECURE)


def is_secure(scope: Scope, programme: Programme | None) -> bool:
    """Whether the reader came by TLS: to this server, to a proxy that it trusts and that says so, or to the https
    address under which the record is published."""
    if scope.get("scheme") in ("https", "wss"):
        return True
    published = programme.programme.base_url if programme else ""
    asked = Headers(scope=scope).get("host", "")
    return bool(asked) and published.rstrip("/").lower() == f"https://{asked.lower()}"


def _refusing(scope: Scope, send: Send) -> Send:
    """Sends on; a connection that is closed before it was taken becomes an answer with headers, where the server can
    send one."""
    taken = "websocket.http.response" not in scope.get("extensions", {})

    async def sent(message: Message) -> None:
        nonlocal taken
        if message["type"] == "websocket.http.response.start":
            put_headers(MutableHeaders(scope=message), scope)
        elif message["type"] == "websocket.close" and not taken:
            headers = MutableHeaders({"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"})
            put_headers(headers, scope)
            await send({"type": "websocket.http.response.start", "status": 403, "headers": headers.raw})
            await send({"type": "websocket.http.response.body", "body": b"This connection is not allowed."})
            return
        taken = taken or message["type"] in ("websocket.accept", "websocket.http.response.start")
        await send(message)

    return sent
