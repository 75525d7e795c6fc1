"""A small web site on loopback, for tests that fetch for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType


def statement(title: str) -> tuple[str, bytes]:
    """A page with enough words to be read as one, as `serving` takes it."""
    words = "".join(f"<p>Paragraph {n} of the statement, which says what was done and by whom.</p>" for n in range(9))
    page = f"<html lang=en><title>{title}</title><body><main><h1>{title}</h1>{words}</main></body></html>"
    return "text/html; charset=utf-8", page.encode()


@contextmanager
def serving(
    pages: Mapping[str, tuple[str, bytes]], host: str = "127.0.0.1", headers: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Serve {path: (media type, body)}, with these headers; everything else is 404. Gives the address without a slash
    at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = pages.get(self.path)
            body = found[1] if found else b"<h1>Not found</h1>"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", found[0] if found else "text/html")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items() if found else ():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
