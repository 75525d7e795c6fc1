"""Heads of requests without end, or that never come, against uvicorn itself: none fills the memory or holds the server."""

from __future__ import annotations

import contextlib
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import bounds
from dashboard.api import sql
from tests.support.processes import free_port

pytest.importorskip("httptools", reason="uvicorn reads by h11 here, which has bounds of its own")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server of two addresses, whose heads have a second to come."""
    bounds.bound()

    async def length(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    app = Starlette(
        routes=[Route("/length", length, methods=["GET", "POST"]), Route("/api/v1/sql", sql.sql, methods=["POST"])]
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, http="httptools", log_level="error"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "SECONDS", 1.0)
        patch.setattr(sql, "BODY_SECONDS", 0.5)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield port
        server.should_exit = True
        thread.join(10)


@contextmanager
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 10) as made:
        yield made


def answer(made: socket.socket) -> bytes:
    """What comes until the server closes."""
    out = b""
    while True:
        try:
            part = made.recv(65536)
        except ConnectionResetError:
            return out
        if not part:
            return out
        out += part


FIRST = b"GET /length HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1"
ENDLESS = {
    "an address": (b"GET /", b"a" * 65536),
    "a query": (b"GET /length?", b"a=1&" * 16384),
    "a header": (FIRST + b"X: ", b"a" * 65536),
    "headers": (FIRST, b"".join(b"X-%d: %s\r\n" % (n, b"b" * 1000) for n in range(60))),
    "a line before a chunk": (CHUNKED + b";", b"e" * 65536),
    "trailers": (CHUNKED + b"\r\na\r\n0\r\n", b"T: " + b"t" * 60000 + b"\r\n"),
    "after a body": (CHUNKED[:-1] + b"20000\r\n" + b"a" * 0x20000 + b"\r\n0\r\nT: ", b"t" * 65536),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_has_no_end_is_cut_off_soon(port: int, what: str) -> None:
    first, more = ENDLESS[what]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent, begun = 0, time.monotonic()
    with connection(port) as made:
        made.sendall(first)
        with pytest.raises(OSError):
            while sent < 100_000_000:
                made.sendall(more)
                sent += len(more)
    assert sent < 20_000_000 and time.monotonic() - begun < 5, sent
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_it_is_told_why(port: int) -> None:
    with connection(port) as made:
        made.sendall(FIRST + b"X: ")
        for _ in range(8):
            made.sendall(b"a" * 10_000)
            time.sleep(0.02)
        said = answer(made)
    assert said.startswith(b"HTTP/1.1 431 ") and b"The head of the request is too long." in said


@pytest.mark.parametrize("sent", [b"", b"GET", FIRST + b"X: a", FIRST + b"\r\n" + FIRST])
def test_a_head_that_does_not_come_holds_nothing(port: int, sent: bytes) -> None:
    """Neither on a new connection nor on one that had its answer."""
    begun = time.monotonic()
    with connection(port) as made:
        made.sendall(sent)
        said = answer(made)
    assert 0.5 < time.monotonic() - begun < 5
    if not sent:
        assert said == b"", "a browser that opened it ahead of need would show the answer"
        return
    assert b"HTTP/1.1 408 " in said and (b"200 OK" in said) == (b"\r\n\r\n" in sent)


def test_requests_that_wait_for_their_answers_are_bounded(port: int) -> None:
    """Thirty connections that send all they can and read nothing take as much as one that behaves."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    many = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(30)]
    for made in many:
        made.settimeout(0.2)
        with contextlib.suppress(OSError):
            made.sendall((FIRST + b"\r\n") * 20_000)
    with connection(port) as made:
        made.sendall(FIRST + b"Connection: close\r\n\r\n")
        assert b"200 OK" in answer(made)
    for made in many:
        made.close()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_question_that_drips_is_not_waited_for(port: int) -> None:
    with connection(port) as made:
        made.sendall(b"POST /api/v1/sql HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nConnection: close\r\n\r\nSELECT")
        said = answer(made)
    assert said.startswith(b"HTTP/1.1 408 ") and b"did not come within" in said


def test_what_is_long_and_right_is_answered(port: int) -> None:
    """A head of sixty thousand bytes; a body of two million, whole and in pieces of one byte; fifty requests at once on one
    connection; one that rests between two."""
    head = FIRST + b"X: " + b"a" * 60_000 + b"\r\n"
    body = b"b" * 2_000_000
    close = b"Connection: close\r\n\r\n"
    with connection(port) as made:
        made.sendall(head + close)
        assert b"200 OK" in answer(made)
    with connection(port) as made:
        made.sendall(FIRST.replace(b"GET", b"POST") + b"Content-Length: %d\r\n" % len(body) + close + body)
        assert answer(made).endswith(b"\r\n2000000")
    with connection(port) as made:
        made.sendall(CHUNKED[:-1] + b"1\r\nc\r\n" * 100_000 + b"0\r\n\r\n" + FIRST + close)
        assert re.findall(rb"\r\n\r\n(\d+)", answer(made)) == [b"100000", b"0"]
    with connection(port) as made:
        made.sendall((FIRST + b"\r\n") * 50 + FIRST + close)
        assert answer(made).count(b"200 OK") == 51
    with connection(port) as made:
        made.sendall(FIRST + b"\r\n")
        time.sleep(1.5)
        made.sendall(FIRST + close)
        assert answer(made).count(b"200 OK") == 2
