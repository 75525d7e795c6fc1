"""Headers of every answer: what a browser may do with it, and who may frame or read it.

An answer that says nothing of it gets the strictest: it loads nothing and stands in no frame. A handler that needs more
says so by a Content-Security-Policy of its own, one of those below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

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
FOREVER: Final = "public, max-age=31536000, immutable"
"""Cache-Control of what never changes under its address."""
SECURE: Final = (b"strict-transport-security", b"max-age=31536000")
"""A year, for this host alone."""
Pair = tuple[bytes, bytes]
_ADDED: Final = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
_OPENED: Final = b"access-control-allow-origin"
_READ_BY: Final = b"cross-origin-resource-policy"


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

        async def whole(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(message["headers"], scope)
            await send(message)

        await self.app(scope, receive, whole)


def with_headers(held: Iterable[Pair], scope: Scope) -> list[Pair]:
    """The headers of an answer to this request with those that it lacks."""
    programme = recent_programme()
    found = {name.lower(): value for name, value in held}
    added = [pair for pair in _ADDED if pair[0] not in found]
    if programme is not None and not programme.public.cross_origin:
        found = {name: value for name, value in found.items() if not name.startswith(b"access-control-")}
        held = [pair for pair in held if not pair[0].lower().startswith(b"access-control-")]
    if _READ_BY not in found:
        added.append((_READ_BY, b"cross-origin" if found.get(_OPENED) == b"*" else b"same-origin"))
    if is_secure(scope, programme):
        added.append(SECURE)
    return [*held, *added]


def is_secure(scope: Scope, programme: Programme | None) -> bool:
    """Whether the reader came by TLS: to this server, to a proxy that it trusts and that says so, or to the https
    address under which the record is published."""
    if scope.get("scheme") in ("https", "wss"):
        return True
    published = programme.programme.base_url.rstrip("/").lower() if programme else ""
    if not published.startswith("https://"):
        return False
    asked = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return published == f"https://{asked.decode('latin-1').lower()}"


def _refusing(scope: Scope, send: Send) -> Send:
    """Sends on; a connection that is closed before it was taken becomes an answer with headers, where the server can
    send one."""
    taken = "websocket.http.response" not in scope.get("extensions", {})

    async def sent(message: Message) -> None:
        nonlocal taken
        if message["type"] == "websocket.http.response.start":
            message["headers"] = with_headers(message["headers"], scope)
        elif message["type"] == "websocket.close" and not taken:
            headers = with_headers([(b"content-type", b"text/plain; charset=utf-8")], scope)
            await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": b"This connection is not allowed."})
            return
        taken = taken or message["type"] in ("websocket.accept", "websocket.http.response.start")
        await send(message)

    return sent
