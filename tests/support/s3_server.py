"""moto's S3 server as a process of its own on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import fsspec

SECONDS = 90
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

SAME = {"key": "test", "secret": "test", "use_listings_cache": False, "skip_instance_cache": True}


@contextmanager
def s3_server(bucket: str) -> Iterator[str]:
    """An S3 with one empty bucket; gives its endpoint."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        ends = time.monotonic() + SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError("moto's server did not start") from None
                time.sleep(0.1)
        files(endpoint).call_s3("create_bucket", Bucket=bucket)
        yield endpoint
    finally:
        process.kill()
        process.wait(20)


def files(endpoint: str) -> fsspec.AbstractFileSystem:
    """What lies there, as fsspec sees it."""
    return fsspec.filesystem("s3", **SAME, client_kwargs={"endpoint_url": endpoint, "region_name": "us-east-1"})
