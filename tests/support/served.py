"""The routes of the record without the app, served by a process of its own: quick to start, real HTTP."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from data.home import HOME_VARIABLE, Home
from tests.support.processes import running

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
    environment = {**os.environ, HOME_VARIABLE: str(home.root)}
    with running(
        lambda port: [sys.executable, "-c", _PROGRAM, str(port)], "the record", path="/robots.txt", env=environment
    ) as found:
        yield found
