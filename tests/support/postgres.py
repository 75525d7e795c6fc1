"""PostgreSQL started by hand on loopback, as a user who is not root, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import free_port

SECONDS = 60
FOLDERS = ("/usr/local/bin", *(str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))


def tool(name: str) -> str | None:
    """Where a program of PostgreSQL is; Debian keeps them out of PATH."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(FOLDERS))


def missing() -> str:
    """What is not here of it, or ""."""
    return "" if tool("initdb") and tool("postgres") else "PostgreSQL is not installed (apt-get install postgresql)"


@dataclass
class Postgres:
    """A server and how it is reached."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def words(self, database: str) -> str:
        """What libpq wants to know."""
        return f"host=127.0.0.1 port={self.port} user=sim dbname={database}"

    def create(self, database: str) -> str:
        """Make a database; gives the words for it."""
        done = subprocess.run(
            [tool("createdb") or "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "sim", database],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return self.words(database)


def _unprivileged() -> list[str]:
    """Words before a command that run it as somebody else than root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def start_server(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server of a folder that initdb made, and wait until it answers."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                *_unprivileged(), tool("postgres") or "postgres", "-D", str(folder / "data"), "-p", str(port),
                "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off",
                "-c", "shared_buffers=16MB", "-c", "max_connections=60",
            ],
            stdout=log,
            stderr=log,
        )  # fmt: skip
    ready = [tool("pg_isready") or "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
    ends = time.monotonic() + SECONDS
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > ends:
            process.kill()
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.1)
    return process


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server with nothing in it, on a free port. Its folder is not one of pytest's, which are their owner's alone."""
    folder = Path(tempfile.mkdtemp(prefix="sim-record-pg-"))
    try:
        yield from _running(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(folder: Path) -> Iterator[Postgres]:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    done = subprocess.run(
        [*_unprivileged(), tool("initdb") or "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "sim", "-N"],
        capture_output=True,
        timeout=SECONDS,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    port = free_port()
    server = Postgres(port, folder, start_server(folder, port))
    try:
        yield server
    finally:
        server.process.terminate()
        try:
            server.process.wait(20)
        except subprocess.TimeoutExpired:
            server.process.kill()
