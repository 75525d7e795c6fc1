"""The routes of a home's record in this process: addresses without a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import server
from dashboard.start import START
from data.home import HOME_VARIABLE, Home


def application() -> Starlette:
    """The routes and what stands before them, without Streamlit's own."""
    return Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)


@contextmanager
def client_of(home: Home, *, follow_redirects: bool = True) -> Iterator[TestClient]:
    """A client of a home's record, which is the one that this process reads until the block ends."""
    before = os.environ.get(HOME_VARIABLE)
    os.environ[HOME_VARIABLE] = str(home.root)
    try:
        yield TestClient(application(), follow_redirects=follow_redirects)
    finally:
        START.close()
        if before is None:
            del os.environ[HOME_VARIABLE]
        else:
            os.environ[HOME_VARIABLE] = before
