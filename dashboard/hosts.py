"""For which hosts this server answers, and from which pages a connection to the app may be opened.

A page of another site can have its own name lead to this machine (DNS rebinding) and then read what only this machine
was to see; the name it asks for gives it away. No answer says anything of the host it was asked by: links that need one
are made with base_url.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from dashboard import health
from dashboard.api.problem import Problem
from dashboard.start import recent_programme
from data.programme import Programme

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?)(?::[0-9]{1,5})?")
ANY: Final = "*"
LONGEST: Final = 300
"""Characters of a Host header; a name of the internet has 253 at most."""


def host_of(text: str) -> str | None:
    """The name or number in a Host header, lower case, without port, brackets and a full stop at the end; None where
    the header is none."""
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    return found[1].strip("[]").rstrip(".").lower() or None


class KnownHosts:
    """Refuses requests for other hosts (400) and connections from pages of other sites (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._read: Programme | None = None
        self._named: frozenset[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] in health.ADDRESSES:
            await self.app(scope, receive, send)
            return
        named = self.named()
        asked = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        arrived = (scope.get("server") or ("",))[0]
        if asked and (len(asked) > 1 or len(asked[0]) > LONGEST or not is_known(asked[0], arrived, named)):
            await _refuse(scope, receive, send, 400, unknown_words(asked[0]))
        elif scope["type"] == "websocket" and not _is_own(headers := Headers(scope=scope), named):
            told = f"A page at {headers['origin'][:100]!r} may not connect to this app; open the record itself."
            await _refuse(scope, receive, send, 403, told)
        else:
            await self.app(_settled(scope, asked), receive, send)

    def named(self) -> frozenset[str]:
        """The hosts that are named as this record's: in base_url, under [public] and in Streamlit's own setting.

        Where programme.toml cannot be read just now, those that it named before.
        """
        programme = recent_programme()
        if self._named is None or (programme is not None and programme is not self._read):
            own, more = "", tuple(config.get_option("server.allowedHosts") or ())
            if programme is not None:
                more += programme.public.hosts
                with suppress(ValueError, UnicodeError):
                    own = (urlsplit(programme.programme.base_url).hostname or "").encode("idna").decode("ascii")
            self._read = programme
            self._named = frozenset(name.strip().rstrip(".").lower() for name in (own, *more)) - {""}
        return self._named


@lru_cache(maxsize=1024)
def is_known(header: str, arrived: str, named: frozenset[str]) -> bool:
    """Whether this server answers for the host of a header: a named one, this machine itself, or the address at which
    the request arrived."""
    host = host_of(header)
    return host is not None and (is_named(host, named) or _is_loopback(host) or host == arrived.lower())


def is_named(host: str, named: frozenset[str]) -> bool:
    """Whether a host is one of the named: the same, under *.a.name, or any where * is named."""
    return host in named or ANY in named or any(one.startswith("*.") and host.endswith(one[1:]) for one in named)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_own(headers: Headers, named: frozenset[str]) -> bool:
    """Whether a connection is opened by a page of this record, or by a program, which names no page."""
    origins = headers.getlist("origin")
    if not origins:
        return True
    try:
        origin = urlsplit(origins[0])
    except ValueError:
        return False
    if len(origins) > 1 or origin.scheme not in ("http", "https"):
        return False
    host = host_of(origin.netloc)
    same = origin.netloc.lower() == headers.get("host", "").lower()
    return host is not None and (same or is_named(host, named - {ANY}))


def _settled(scope: Scope, asked: list[str]) -> Scope:
    """The connection with its origin put as the host that was asked, now that both are known to be ours: Streamlit
    would ask a service on the internet for this machine's address to judge one that differs from it."""
    if scope["type"] != "websocket" or not asked:
        return scope
    own = b"http://" + asked[0].encode("latin-1")
    return {**scope, "headers": [(k, own if k == b"origin" else v) for k, v in scope["headers"]]}


def unknown_words(asked: str) -> str:
    """What is said to a request for another host."""
    return (
        f"This server does not answer for the host {asked[:100]!r}. If it is to, name it in programme.toml: "
        'under [public], hosts = ["…"].'
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, told: str) -> None:
    if scope["type"] == "http" and scope["path"].startswith("/api/"):
        answer: Response = Problem(status, told).response()
    else:
        answer = PlainTextResponse(told, status, headers={"Cache-Control": "no-store"})
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    await answer(scope, receive, send)
