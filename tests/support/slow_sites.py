"""Several small sites, each a host of its own on loopback (127.0.0.2, 127.0.0.3 …), that take their time and count."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Sites:
    """What was asked, by address; how many requests one host had at once at most; times of requests by host."""

    urls: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    most_at_once: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.05
    told: str = ""
    """Words that stand at the end of each page."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pages_asked(self) -> int:
        """Requests so far, without robots.txt."""
        with self.lock:
            return sum(count for path, count in self.asked.items() if not path.endswith("/robots.txt"))

    def wait_for(self, pages: int, seconds: float = 60) -> None:
        """Wait until so many pages were asked for."""
        ends = time.monotonic() + seconds
        while self.pages_asked() < pages:
            assert time.monotonic() < ends, f"{self.pages_asked()} pages were asked for, not {pages}"
            time.sleep(0.02)


def page(host: str, name: str, more: str = "") -> bytes:
    """A page in words of our own, always the same under its address."""
    told = "".join(
        f"<p>Paragraph {n} of page {name} at {host} says what was done there and by whom.</p>" for n in range(6)
    )
    told += f"<p>{more}</p>" if more else ""
    return f"<html lang=en><title>Page {name}</title><body><main><h1>Page {name} at {host}</h1>{told}</main></body></html>".encode()


@contextmanager
def slow_sites(hosts: int, pages: int, address: str = "127.0.0.{}") -> Iterator[Sites]:
    """Serve so many hosts with so many pages each."""
    sites = Sites()
    servers = []
    for number in range(hosts):
        host = address.format(number + 2)
        at_once = Counter[str]()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            name, busy = host, at_once

            def do_GET(self) -> None:
                with sites.lock:
                    self.busy["now"] += 1
                    sites.most_at_once[self.name] = max(sites.most_at_once[self.name], self.busy["now"])
                    sites.asked[f"{self.name}{self.path}"] += 1
                    sites.times.setdefault(self.name, []).append(time.monotonic())
                time.sleep(sites.seconds)
                robots = self.path == "/robots.txt"
                body = b"" if robots else page(self.name, self.path.strip("/"), sites.told)
                with sites.lock:
                    self.busy["now"] -= 1
                try:
                    self.send_response(404 if robots else 200)
                    self.send_header("Content-Type", "text/html; charset=utf-8")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer((host, 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        sites.urls += [f"http://{host}:{server.server_address[1]}/p{n}" for n in range(pages)]
    try:
        yield sites
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
