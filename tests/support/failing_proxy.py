"""A proxy on loopback before another server, which answers some requests with 503 in that server's place."""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BUSY = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
DROPPED = ("transfer-encoding", "connection", "content-length")


@dataclass
class Failing:
    """Where the proxy is, the share of requests that fail, and how many came and failed."""

    endpoint: str
    share: float
    asked: int = 0
    failed: int = 0


@contextmanager
def failing_proxy(target: str, share: float, seed: int) -> Iterator[Failing]:
    """Serve `target` (http://host:port) so that this share of the requests fails, chosen at random from `seed`."""
    chance = random.Random(seed)
    lock = threading.Lock()
    behind = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            with lock:
                state.asked += 1
                fails = chance.random() < state.share
                state.failed += fails
            if fails:
                self.give(503, [("Content-Type", "application/xml")], BUSY)
                return
            connection = http.client.HTTPConnection(behind, timeout=60)
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            told = answer.read()
            length = answer.getheader("content-length") if self.command == "HEAD" else None
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in DROPPED]
            self.give(answer.status, kept, told, length)
            connection.close()

        def give(self, status: int, headers: list[tuple[str, str]], body: bytes, length: str | None = None) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", length or str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - names that the library looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        state = Failing(f"http://127.0.0.1:{server.server_address[1]}", share)
        yield state
        server.shutdown()
