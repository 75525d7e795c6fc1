"""How often one client may ask for what is dear: SQL, search, the API. A token bucket for each, by address.

The buckets are those of throttled-py, by GCRA: a token bucket kept as one moment a client, exact to the microsecond on
a clock that never jumps, in a memory of at most MOST_CLIENTS (the least recent goes first). Not its `token_bucket`,
which counts in whole seconds of the wall clock; not `limits`, whose windows let twice the budget through where two
meet; not pyrate-limiter, which keeps every request of a client and forgets no client.

Who asks is the address at the other end of the connection. Where that is a trusted proxy (`trusted_proxies`), it is the
last address in its X-Forwarded-For that is none; uvicorn's own reading of it is used. What anybody else writes there is
not heeded. A client without an address (a Unix socket, a call in this process) is not counted: nothing tells it from
another one.

An answer that is kept in memory (dashboard.kept) costs next to nothing, and asking for it again is not counted.

The app's pages search and ask in this same process, a websocket's reader for each page run: they count here too
(`wait_of_reader`). A session runs one page at a time; further wishes that come meanwhile are merged by Streamlit into
one. Beyond that questions in SQL wait in one queue of a fixed length (dashboard.sql.engine), whoever asks them.
"""

from __future__ import annotations

import ipaddress
import math
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import parse_qsl

import streamlit as st
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from throttled import Throttled, rate_limiter, store
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from dashboard.api.problem import Problem
from dashboard.start import START, recent_programme
from data.programme import Budget, Limits

Kind = Literal["sql", "search", "api"]
MOST_CLIENTS: Final = 50_000
"""Clients that a budget remembers: some 25 MB. One that has been silent for as long as its bucket takes to fill is as
one never seen."""
_KINDS: Final[tuple[tuple[str, Kind], ...]] = (
    ("/api/v1/sql", "sql"),
    ("/api/v1/search", "search"),
    ("/feeds/search.", "search"),
    ("/api/", "api"),
)
_PLAIN: Final = "/data"
"""The page that answers a search or a question in its address, without the app."""
_WORDS: Final[dict[Kind, str]] = {"sql": "questions in SQL", "search": "searches", "api": "requests"}


class Buckets:
    """A bucket for each client, all of one size: `burst` tokens, filled by `per_minute` a minute."""

    def __init__(self, budget: Budget, most: int = MOST_CLIENTS) -> None:
        quota = rate_limiter.per_min(budget.per_minute, burst=budget.burst)
        self._limiter = Throttled(using="gcra", quota=quota, store=store.MemoryStore(options={"MAX_SIZE": most}))

    def wait(self, client: str) -> int:
        """Take a token: 0, or where there is none the whole seconds after which there is one."""
        found = self._limiter.limit(client)
        # a hundredth more, lest rounding makes the answer a moment too early
        return math.ceil(found.state.retry_after + 0.01) if found.limited else 0


@lru_cache(maxsize=16)
def _buckets(kind: Kind, budget: Budget) -> Buckets:
    """The buckets of this process for one budget; they begin anew where programme.toml names another one."""
    del kind
    return Buckets(budget)


def client_of(host: str | None) -> str:
    """What a client is counted as: its IPv4 address, its IPv6 network of 64 bits, "" for what is no address."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def kind_of(path: str, query: bytes) -> Kind | None:
    """Which budget a request is counted on; None for one that is not counted."""
    if path == _PLAIN and query:
        names = {name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
        return "sql" if "q" in names else "search" if "search" in names else None
    return next((kind for start, kind in _KINDS if path.startswith(start)), None)


def wait_of(kind: Kind, host: str | None, limits: Limits) -> int:
    """Count one request of a client: 0 where it may go, else the whole seconds to wait."""
    client = client_of(host)
    if not limits.on or not client:
        return 0
    return _buckets(kind, getattr(limits, kind)).wait(client)


def wait_of_reader(kind: Kind) -> int:
    """The same for the reader whose page run this is; 0 outside of one."""
    if not st.context.headers:  # nobody asks: a test, or a page made for files
        return 0
    return wait_of(kind, st.context.ip_address or "127.0.0.1", now())


def words(kind: Kind, seconds: int) -> str:
    """What a client is told that has to wait."""
    after = "a second" if seconds == 1 else f"{seconds:,} seconds"
    return f"More {_WORDS[kind]} have come from your network address than one may send; please ask again in {after}."


def now() -> Limits:
    """The limits that programme.toml sets at this moment."""
    programme = recent_programme()
    return programme.limits if programme else Limits()


@lru_cache(maxsize=4)
def _trusting(inner: ASGIApp, proxies: tuple[str, ...]) -> ASGIApp:
    return ProxyHeadersMiddleware(inner, trusted_hosts=list(proxies))  # type: ignore[arg-type, return-value]


class TrustedProxies:
    """Says to all behind it who the client is, and by which scheme it came, where a trusted proxy asks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and START.held is None:
            await _trusting(self.app, now().trusted_proxies)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class ClientLimits:
    """Answers 429 with Retry-After where a client has used up its budget."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = None
        if scope["type"] == "http" and scope["method"] != "OPTIONS" and START.held is None:
            kind = kind_of(scope["path"], scope.get("query_string", b""))
        client = scope.get("client")
        seconds = wait_of(kind, client[0] if client else None, now()) if kind else 0
        if kind is None or not seconds:
            await self.app(scope, receive, send)
            return
        problem = Problem(429, words(kind, seconds), retry_after=seconds)
        refused: Response = problem.response()
        if scope["path"] == _PLAIN:  # a page, for a person
            headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
            refused = PlainTextResponse(problem.detail, status_code=429, headers=headers)
        await refused(scope, receive, send)
