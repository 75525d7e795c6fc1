"""moto's S3 server as a process of its own on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import fsspec

from tests.support.processes import running

SECONDS = 90
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

SAME = {"key": "test", "secret": "test", "use_listings_cache": False, "skip_instance_cache": True}


@contextmanager
def s3_server(bucket: str) -> Iterator[str]:
    """An S3 with one empty bucket; gives its endpoint."""
    with running(
        lambda port: [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        "moto's server",
        path="/moto-api/",
    ) as (endpoint, _):
        files(endpoint).call_s3("create_bucket", Bucket=bucket)
        yield endpoint


def files(endpoint: str) -> fsspec.AbstractFileSystem:
    """What lies there, as fsspec sees it."""
    return fsspec.filesystem("s3", **SAME, client_kwargs={"endpoint_url": endpoint, "region_name": "us-east-1"})
