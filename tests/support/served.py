"""The routes of the record without the app, served by a process of its own: quick to start, real HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from data.home import HOME_VARIABLE, PACKAGE, Home

START_SECONDS = 90
_PROGRAM = """
import sys, uvicorn
from starlette.applications import Starlette
from dashboard import server
app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@contextmanager
def served(home: Home) -> Iterator[tuple[str, int]]:
    """Serve a home; gives (its address, its process id). Raises RuntimeError where it does not answer within 90 s."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(port)],
        cwd=PACKAGE.parent,
        env={**os.environ, HOME_VARIABLE: str(home.root)},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{address}/robots.txt", timeout=10).close()
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("the record is not served") from None
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
