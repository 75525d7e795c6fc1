"""How long the register takes to build, and the first page to answer: python tests/benchmarks/build.py

Prints medians of five runs: wall and processor seconds and peak memory of `sim-record build`, seconds from the start of
the server to its first whole answer, and the ratio of the build's processor time to that of bare
`python -c "import duckdb, pyarrow"` run in turn with it: beside other work only that ratio says anything.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5


def timed(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak resident megabytes of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def first_page(home: Path) -> float:
    """Seconds from starting the server to the whole first page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    start = time.perf_counter()
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"SIM_RECORD_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - start < 60:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/", timeout=30, trust_env=False).status_code == 200:
                    return time.perf_counter() - start
            except httpx.TransportError:
                time.sleep(0.02)
        raise SystemExit("the server did not answer within 60 s")
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(ROOT / "data" / "register", home / "register")
        shutil.copyfile(ROOT / "data" / "programme.toml", home / "programme.toml")
        build = [sys.executable, "-m", "sim_record", "build", "--home", str(home)]
        bare = [sys.executable, "-c", "import duckdb, pyarrow"]
        builds, bares = [], []
        timed(build)
        for _ in range(RUNS):
            builds.append(timed(build))
            bares.append(timed(bare))
        wall, processor = (statistics.median(run[n] for run in builds) for n in (0, 1))
        imports = statistics.median(run[1] for run in bares)
        print(
            f"build: {wall:.2f} s, {processor:.2f} s of processor time ({processor / imports:.1f} times bare imports), "
            f"peak {max(run[2] for run in builds):.0f} MB"
        )
        print(f"first page: {statistics.median(first_page(home) for _ in range(RUNS)):.2f} s from start")


if __name__ == "__main__":
    main()
