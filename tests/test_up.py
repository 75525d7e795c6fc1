"""The first command, for real: a fresh home is built, served, collected in the background and picked up again."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import pytest

from data.home import PACKAGE, Home
from tests.support.processes import free_port

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends the process group by POSIX signals")


def wait_for(found: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


def test_up_builds_serves_collects_and_shows_what_came(home_with_sources: Callable[[dict[str, str]], Home]) -> None:
    home = home_with_sources({f"s{number}": f"http://127.0.0.1:9/{number}" for number in range(3)})
    port = free_port()
    command = [sys.executable, "-m", "sim_record", "up", "--home", str(home.root), "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=PACKAGE.parent, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        base = f"http://127.0.0.1:{port}"

        def shows(record: int) -> bool:
            page = httpx.get(f"{base}/about", timeout=20, trust_env=False)
            return page.status_code == 200 and re.search(rf"record\s+{record}\b", page.text) is not None

        # the collection publishes record 2 on top of the record 1 that was built first, and the app moves on by itself
        wait_for(lambda: shows(2), 90, "record 2")
        rows = httpx.get(f"{base}/api/v1/attempt.json", timeout=20, trust_env=False).json()["rows"]
        assert [row["outcome"] for row in rows] == ["refused-address"] * 3
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "3 pages on 1 site, one request at a time" in said and "--no-collect" in said


def test_a_taken_port_is_said(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "sim_record", "serve", "--home", str(home.root), "--port", port],
            cwd=PACKAGE.parent,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2 and "taken" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without asking")
def test_asked_to_end_a_command_takes_its_server_with_it() -> None:
    program = (
        "import subprocess, sys; from dashboard.cli import wait_for; "
        "server = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "print(server.pid, flush=True); sys.exit(wait_for([server]))"
    )
    command = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=PACKAGE.parent)
    assert command.stdout is not None
    server = int(command.stdout.readline())
    time.sleep(0.3)
    command.terminate()
    assert command.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
