"""What one connection may send before any of it is a request: bounds that the server itself does not set.

uvicorn's parser (httptools) keeps a head that never ends, and joins an address anew with each part that comes, until
nothing else is done. (Where uvicorn finds only its other parser, h11, that one counts by itself.) Parts around a body
that are none of it, such as trailers, count like a head. Requests that are sent before an earlier one is answered wait
in memory, any number of them. A websocket's message is kept until it is whole, and Streamlit lets it be as long as the
longest that it sends itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, Final

MOST_BYTES: Final = 65_536
"""Beside what came with the first part, which is at most 256 KiB."""
SECONDS: float = 30.0
"""From the connection, or from the first part of a later request, until the head is whole."""
AROUND: Final = 8
"""Bytes that may stand around each byte of a body: sent one by one, each has a line with its length before it."""
MOST_WAITING: Final = 100
"""Requests of one connection that wait for the answer to an earlier one. Browsers let none wait."""
MOST_MESSAGE: Final = 1 << 20
"""Bytes of a message that a client sends by websocket: it says what its reader chose."""
_ANSWERS: Final = {
    408: ("Request Timeout", "The head of the request did not come in time."),
    431: ("Request Header Fields Too Large", "The head of the request is too long."),
}


class _TooMany(Exception):
    """Ends the parsing: uvicorn answers 400 and closes."""


@dataclass(slots=True)
class _Head:
    """What is known of the request that comes in."""

    bytes: int = 0
    begun: bool = False
    whole: bool = False
    timer: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def bound() -> None:
    """Set the bounds in this process, from now on."""
    with contextlib.suppress(ImportError):  # an older uvicorn has another one
        from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

        if not hasattr(WebSocketsSansIOProtocol, "bounded_messages"):
            _bound_messages(WebSocketsSansIOProtocol)
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:  # then it reads them by h11
        return
    if not hasattr(HttpToolsProtocol, "bounded_head"):
        _bound_requests(HttpToolsProtocol)


def _bound_messages(protocol: Any) -> None:
    begin = protocol.__init__

    def bounded(self: Any, config: Any, *rest: Any, **named: Any) -> None:
        config.ws_max_size = min(config.ws_max_size, MOST_MESSAGE)
        begin(self, config, *rest, **named)

    protocol.__init__, protocol.bounded_messages = bounded, True


def _bound_requests(protocol: Any) -> None:
    made, lost, received = protocol.connection_made, protocol.connection_lost, protocol.data_received
    begun, complete, body = protocol.on_message_begin, protocol.on_headers_complete, protocol.on_body

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)
        self.bounded_head = _Head(timer=self.loop.call_later(SECONDS, _too_slow, self))

    def connection_lost(self: Any, error: Exception | None) -> None:
        self.bounded_head.stop()
        lost(self, error)

    def on_message_begin(self: Any) -> None:
        self.bounded_head.bytes, self.bounded_head.whole = 0, False
        begun(self)

    def on_headers_complete(self: Any) -> None:
        self.bounded_head.whole = True
        self.bounded_head.stop()
        if len(self.pipeline) >= MOST_WAITING:
            raise _TooMany
        complete(self)

    def on_body(self: Any, part: bytes) -> None:
        head: _Head = self.bounded_head
        head.bytes = max(0, head.bytes - AROUND * len(part))
        body(self, part)

    def data_received(self: Any, data: bytes) -> None:
        head: _Head = self.bounded_head
        head.bytes += len(data)
        head.begun = True
        received(self, data)
        if head.bytes > MOST_BYTES:
            _refuse(self, 431)
        elif not head.whole and head.timer is None:
            head.timer = self.loop.call_later(SECONDS, _too_slow, self)

    protocol.bounded_head = _Head()
    for method in (connection_made, connection_lost, on_message_begin, on_headers_complete, on_body, data_received):
        setattr(protocol, method.__name__, method)


def _too_slow(protocol: Any) -> None:
    head: _Head = protocol.bounded_head
    head.timer = None
    if not head.begun:  # browsers open connections ahead of need, and would show an answer that nobody asked for
        protocol.transport.close()
    elif not head.whole:
        _refuse(protocol, 408)


def _refuse(protocol: Any, status: int) -> None:
    """Say why and close; only close where an answer is under way."""
    protocol.bounded_head.stop()
    if protocol.transport.is_closing():
        return
    if protocol.cycle is None or protocol.cycle.response_complete:
        phrase, words = _ANSWERS[status]
        lines = (
            f"HTTP/1.1 {status} {phrase}", "content-type: text/plain; charset=utf-8",
            f"content-length: {len(words)}", "connection: close", "", words,
        )  # fmt: skip
        protocol.transport.write("\r\n".join(lines).encode())
    protocol.transport.close()
