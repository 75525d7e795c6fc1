"""The wire under httpx: connections only to checked addresses, and one deadline over name, connection, TLS and
bytes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import httpcore
import httpx

from scrapers.addresses import Resolver
from scrapers.outcomes import (
    CertificateRefused,
    ConnectTimedOut,
    DeadlinePassed,
    HandshakeTimedOut,
    NoConnection,
    Stopped,
)

SLACK: Final = 0.25
"""Seconds by which one step may outlast the deadline."""


class Clock:
    """The deadline of the request under way at one host. One request at a time uses it."""

    def __init__(self) -> None:
        self.ends_at = float("inf")
        self.connections = 0
        """Connections opened so far: tells a fresh connection from one kept alive."""
        self.received = 0
        """Bytes received for the request under way."""
        self.ended = False
        """Whether the other side closed the connection during the request under way."""

    def begin(self, seconds: float) -> None:
        """Start the deadline of one request."""
        self.ends_at = time.monotonic() + seconds
        self.received = 0
        self.ended = False

    def left(self) -> float:
        """Seconds left. Raises DeadlinePassed when there are none."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise DeadlinePassed("There was no whole answer within the deadline.")
        return left


class LiveStreams:
    """Every open connection of a run, so that a stop ends requests under way at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[_Stream] = set()
        self.stopped = threading.Event()

    def add(self, stream: _Stream) -> None:
        with self._lock:
            self._open.add(stream)

    def drop(self, stream: _Stream) -> None:
        with self._lock:
            self._open.discard(stream)

    def stop(self) -> None:
        """Cut every connection; requests under way raise Stopped."""
        self.stopped.set()
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            stream.cut()


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the deadline, however slowly bytes drip.

    Calls that release the interpreter lock are kept few: at a thousand pages a second they are what threads wait for.
    """

    def __init__(self, sock: socket.socket, peer: str, clock: Clock, live: LiveStreams) -> None:
        self._socket = sock
        self._peer = peer
        self._clock = clock
        self._live = live
        self._limit = -1.0
        live.add(self)

    def _set_limit(self) -> None:
        """Let the next step take until the deadline, exact to a quarter of a second."""
        left = self._clock.left()
        if not 0 <= self._limit - left < SLACK:
            self._socket.settimeout(left)
            self._limit = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline stands for it
        self._set_limit()
        try:
            data = self._socket.recv(max_bytes)
        except TimeoutError as error:
            self._check_stop()
            raise DeadlinePassed("There was no whole answer within the deadline.") from error
        except OSError as error:
            self._clock.ended = True
            self._check_stop()
            raise httpcore.ReadError("connection broken") from error
        if data:
            self._clock.received += len(data)
        else:
            self._clock.ended = True
            self._check_stop()
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        if not buffer:
            return
        self._set_limit()
        try:
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise DeadlinePassed("The request could not be sent within the deadline.") from error
        except OSError as error:
            self._check_stop()
            raise httpcore.WriteError("connection broken") from error

    def close(self) -> None:
        self._live.drop(self)
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        self._set_limit()
        try:
            secure = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise HandshakeTimedOut("The server did not answer the offer of a secure connection in time.") from error
        except OSError as error:
            self.close()
            self._check_stop()
            if isinstance(error, ssl.SSLError):
                raise
            raise CertificateRefused("The server broke off while the connection was being secured.") from error
        self._live.drop(self)
        return _Stream(secure, self._peer, self._clock, self._live)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return False  # a kept connection that the server has closed is found out when it is used, and replaced
        if info == "server_addr":
            return (self._peer, 0)
        if info == "socket":
            return self._socket
        return self._socket if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket) else None

    def cut(self) -> None:
        """Wake whoever waits on this connection from another thread."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # closed in the meantime: nobody waits

    def _check_stop(self) -> None:
        if self._live.stopped.is_set():
            raise Stopped


class Wire(httpcore.NetworkBackend):
    """Opens connections: the name is resolved, every address checked, and the checked address is connected to."""

    def __init__(self, resolver: Resolver, clock: Clock, live: LiveStreams) -> None:
        self._resolver = resolver
        self._clock = clock
        self._live = live

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        addresses = self._resolver.resolve(host.lower().rstrip("."), port, self._clock.left())
        last: Exception | None = None
        for position, address in enumerate(addresses):
            share = self._clock.left() / (len(addresses) - position)
            try:
                sock = socket.create_connection((address, port), share)
            except OSError as error:
                last = error
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clock.connections += 1
            return _Stream(sock, address, self._clock, self._live)
        if isinstance(last, TimeoutError):
            raise ConnectTimedOut("The server did not accept a connection in time.") from last
        raise NoConnection("The server did not accept a connection.") from last

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class Transport(httpx.BaseTransport):
    """httpx over httpcore with our own wire. httpcore's exceptions pass as they are."""

    def __init__(self, wire: Wire, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, max_connections=4, max_keepalive_connections=2, keepalive_expiry=30, network_backend=wire
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=b"",
                extensions={},
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()
