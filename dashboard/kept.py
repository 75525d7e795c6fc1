"""Answers kept in memory as they were sent, for a minute at most and while record and programme stay what they are.

A handler says of an answer that it may be kept (`keep`): that nothing but the address, those files and the day decide
what it says. They grow old one by one, not all at the turn of a minute, when all would have to be made at once.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.home import HOME_VARIABLE, Home, HomeError, find_home

MOST_BYTES: Final = 64_000_000
MOST_BYTES_EACH: Final = 1_000_000
MOST_ASKED: Final = 2_000
"""Bytes of path, query and host of a request whose answer is kept: the request is held with it."""
OVERHEAD: Final = 4_000
"""Bytes that an answer takes beside its body: its headers, and what tells its request."""
MOST_SECONDS: Final = 60.0
"""A page says when a collection has fallen silent: what is older may be untrue."""
LOOK_SECONDS: Final = 0.05
"""Files are looked at so often at most: each look lets other threads go first, one after the other."""
MARK: Final = "sim_record.keep"
_CONDITIONAL: Final = frozenset({b"range", b"if-none-match", b"if-modified-since", b"if-match", b"authorization"})
Look = tuple[int, int]
Token = tuple[str, str, tuple[Look | None, ...]]
"""What answers rest on: home, day, and the looks of the files that decide what they say."""


def keep(request: Request) -> None:
    """Say that the answer to this request may be kept."""
    marks = request.scope.get(MARK)
    if marks is not None:
        marks.append(True)


@dataclass(frozen=True)
class _Kept:
    headers: list[tuple[bytes, bytes]]
    body: bytes
    until: float

    @property
    def weight(self) -> int:
        """Bytes that it takes, about."""
        return len(self.body) + OVERHEAD


class KeptAnswers:
    """Sends an answer again that was given under the same circumstances; those used least recently are dropped."""

    def __init__(self, app: ASGIApp, most_bytes: int = MOST_BYTES) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
        self._token: Token | None = None
        self._looked: tuple[float, Token | None] = (float("-inf"), None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope)
        moment = time.monotonic()
        token = self._token_at(moment) if key else None
        if key is None or token is None:
            await self.app(scope, receive, send)
            return
        if token != self._token:
            self._kept.clear()
            self.bytes, self._token = 0, token
        kept = self._kept.get(key)
        if kept is not None and kept.until < moment:
            self.bytes -= self._kept.pop(key).weight
            kept = None
        if kept is not None:
            self._kept.move_to_end(key)
            await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
            await send({"type": "http.response.body", "body": kept.body})
            return
        await self._answer(key, token, scope, receive, send)

    def _token_at(self, moment: float) -> Token | None:
        """The circumstances, as they were a moment ago at most."""
        if moment - self._looked[0] > LOOK_SECONDS:
            self._looked = moment, token_now()
        return self._looked[1]

    async def _answer(self, key: tuple[Any, ...], token: Token, scope: Scope, receive: Receive, send: Send) -> None:
        marks: list[bool] = []
        headers: list[tuple[bytes, bytes]] = []
        parts: list[bytes] = []
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], [(name, value) for name, value in message["headers"]]
            elif message["type"] == "http.response.body" and marks:
                parts.append(message.get("body", b""))
                if not message.get("more_body") and status == 200 and token_now() == token:
                    self._keep(key, token, _Kept(headers, b"".join(parts), _until()))
            await send(message)

        await self.app({**scope, MARK: marks}, receive, noted)

    def _keep(self, key: tuple[Any, ...], token: Token, answer: _Kept) -> None:
        if len(answer.body) > MOST_BYTES_EACH or token != self._token or key in self._kept:
            return
        self._kept[key] = answer
        self.bytes += answer.weight
        while self.bytes > self.most_bytes:
            self.bytes -= self._kept.popitem(last=False)[1].weight


def _until() -> float:
    """When an answer made now is too old; spread, so that those made in one moment do not all end in one."""
    return time.monotonic() + MOST_SECONDS * random.uniform(0.5, 1)  # noqa: S311


def _key(scope: Scope) -> tuple[Any, ...] | None:
    """What tells one request from another; None for one whose answer is not kept."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    host = encoding = b""
    origin = False
    for name, value in scope["headers"]:
        if name in _CONDITIONAL:
            return None
        if name == b"host":
            host = value
        elif name == b"accept-encoding":
            encoding = value
        elif name == b"origin":
            origin = True
    path, query = scope["path"], scope.get("query_string", b"")
    if len(path) + len(query) + len(host) > MOST_ASKED:
        return None
    return path, query, b"gzip" in encoding, host, origin


def token_now() -> Token | None:
    """The circumstances of this moment; None where there is no home."""
    named = os.environ.get(HOME_VARIABLE, "")
    try:
        home = _home(named)
        current = _look(home.current_file)
        record = _record(str(home.current_file), current)
    except (HomeError, OSError, ValueError):  # the last where CURRENT holds no name
        return None
    files: tuple[Path | str, ...] = (home.programme_file, home.current_file, record, home.progress_file, home.editions)
    return named, f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", tuple(map(_look, files))


@lru_cache(maxsize=16)
def _home(named: str) -> Home:
    del named
    return find_home()


@lru_cache(maxsize=16)
def _record(current: str, look: Look | None) -> str:
    """The published database that CURRENT names, while it looks so."""
    del look
    path = Path(current)
    return str(path.with_name(path.read_text(encoding="utf-8").strip()))


def _look(path: Path | str) -> Look | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - at every request
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
