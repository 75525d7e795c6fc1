"""Sites under their real names, played by one loopback server: real HTTP, real robots.txt, no network.

A fetcher made by `fetcher_for` asks for the addresses as they stand (https and names included); only the connection of
the names that are played goes to the loopback server, which tells the sites apart by the Host header. All other names
take the ordinary way, with all its checks.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from scrapers.fetch import Fetcher, Host
from scrapers.transport import Transport


@dataclass
class Page:
    """What an address answers with. A page with an `etag` answers 304 where the same one is sent."""

    body: bytes
    media_type: str = "text/html"
    status: int = 200
    etag: str = ""
    location: str = ""


@dataclass
class Sites:
    """The sites that are played: pages by address without scheme ("www.gov.uk/x"), and what was asked of them."""

    pages: dict[str, Page] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    most_at_once: Counter[str] = field(default_factory=Counter)
    slow: float = 0.0
    port: int = 0

    def put(self, address: str, body: bytes, media_type: str = "text/html", *, etag: str = "") -> None:
        """Let `address` answer with `body`."""
        self.pages[address] = Page(body, media_type, etag=etag)
        self.hosts.add(address.split("/", 1)[0])

    def pages_asked(self) -> list[str]:
        """What was asked since the last call, without robots.txt."""
        found = [address for address in self.asked if not address.endswith("/robots.txt")]
        self.asked.clear()
        return found


class _PlayedTransport(Transport):
    def __init__(self, real: Transport, port: int) -> None:
        self._real = real
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return self._real.handle_request(httpx.Request(request.method, url, headers=request.headers.raw))

    def close(self) -> None:
        self._real.close()


class _PlayedHost(Host):
    def __init__(self, name: str, fetcher: Fetcher, port: int) -> None:
        super().__init__(name, fetcher)
        self._port = port

    @property
    def transport(self) -> Transport:
        return _PlayedTransport(super().transport, self._port)


def fetcher_for(sites: Sites) -> type[Fetcher]:
    """A Fetcher whose connections to the played names go to the loopback server."""

    class PlayedFetcher(Fetcher):
        def host(self, name: str) -> Host:
            if name not in sites.hosts:
                return super().host(name)
            with self._lock:
                if name not in self._hosts:
                    self._hosts[name] = _PlayedHost(name, self, sites.port)
                return self._hosts[name]

    return PlayedFetcher


@contextmanager
def playing() -> Iterator[Sites]:
    """Serve sites until the block ends; addresses that are not there answer 404."""
    sites = Sites()
    now: Counter[str] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers["Host"]
            with lock:
                now[host] += 1
                sites.most_at_once[host] = max(sites.most_at_once[host], now[host])
                sites.asked.append(host + self.path)
            time.sleep(sites.slow)
            page = sites.pages.get(host + self.path, Page(b"<h1>Not found</h1>", status=404))
            same = bool(page.etag) and self.headers["If-None-Match"] == page.etag
            status, body = (304, b"") if same else (page.status, page.body)
            sites.answered.append(status)
            with lock:
                now[host] -= 1
            self.send_response(status)
            self.send_header("Content-Type", page.media_type)
            if page.etag:
                self.send_header("ETag", page.etag)
            if page.location:
                self.send_header("Location", page.location)
            if not same:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sites.port = int(server.server_address[1])
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield sites
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
