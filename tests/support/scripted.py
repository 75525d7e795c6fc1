"""A site on loopback whose every answer is written by the test: bytes as they go over the wire."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = bytes | Callable[["Ask"], bytes | None]


class Ask:
    """One request as it came: path, headers in lower case, the connection it came over, which one of its path it is."""

    def __init__(self, head: bytes, connection: socket.socket, nth: int, number: int) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.path = lines[0].split(" ")[1]
        self.headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        self.connection = connection
        self.nth = nth
        self.connection_number = number
        self.at = time.monotonic()


def answer(body: bytes = b"", status: str = "200 OK", *headers: str, close: bool = False, length: bool = True) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    lines.append(f"Connection: {'close' if close else 'keep-alive'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


NO_ROBOTS = answer(b"none", "404 Not Found")


class Scripted:
    """The site. `asks` holds every request in order; `url` makes an address of it."""

    def __init__(self, pages: dict[str, Answer], host: str) -> None:
        self.pages = pages
        self.asks: list[Ask] = []
        self.host = host
        self._server = socket.create_server((host, 0))
        self.port = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        self._count = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [ask.path for ask in self.asks]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._open.append(connection)
            self._count += 1
            threading.Thread(target=self._serve, args=(connection, self._count), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        buffer = b""
        try:
            while True:
                while b"\r\n\r\n" not in buffer:
                    data = connection.recv(65536)
                    if not data:
                        return
                    buffer += data
                head, buffer = buffer.split(b"\r\n\r\n", 1)
                path = head.split(b" ")[1].decode("latin-1")
                ask = Ask(head, connection, 1 + self.paths().count(path), number)
                self.asks.append(ask)
                found = self.pages.get(path, NO_ROBOTS)
                told = found(ask) if callable(found) else found
                if told is None:
                    return
                connection.sendall(told)
                if b"Connection: close" in told[:2000]:
                    return
        except OSError:
            return
        finally:
            connection.close()

    def stop(self) -> None:
        self._server.close()
        for connection in self._open:
            connection.close()


@contextmanager
def scripted(pages: dict[str, Answer], host: str = "127.0.0.1") -> Iterator[Scripted]:
    """Serve {path: answer}; a path that is not there answers 404, robots.txt too."""
    site = Scripted(pages, host)
    try:
        yield site
    finally:
        site.stop()
