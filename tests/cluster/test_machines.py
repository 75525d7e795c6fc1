"""Workers that reach the scheduler over a network of their own: two network namespaces joined by a pair of devices."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from data.home import HOME_VARIABLE, PACKAGE
from tests.conftest import need
from tests.support.dask_cluster import said, start, worker

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
HERE, THERE = "10.203.0.1", "10.203.0.2"
SITE = """
import sys; from tests.support.slow_sites import slow_sites
import time
with slow_sites(1, 6, sys.argv[1]) as sites:
    print("\\n".join(sites.urls), flush=True)
    time.sleep(120)
"""


def _ip(*words: str, namespace: str = "") -> bool:
    inside = ["-n", namespace] if namespace else []
    return subprocess.run(["ip", *inside, *words], capture_output=True, check=False).returncode == 0


@contextmanager
def two_namespaces() -> Iterator[tuple[str, str] | None]:
    """Two network namespaces that reach each other and nothing else; None where the machine does not allow them."""
    names = (f"sim{os.getpid()}a", f"sim{os.getpid()}b")
    try:
        made = all(_ip("netns", "add", name) for name in names)
        made = made and _ip(
            "link", "add", "veth0", "netns", names[0], "type", "veth", "peer", "name", "veth0", "netns", names[1]
        )
        for name, address in zip(names, (HERE, THERE), strict=True):
            made = made and _ip("addr", "add", f"{address}/24", "dev", "veth0", namespace=name)
            made = made and _ip("link", "set", "veth0", "up", namespace=name)
            made = made and _ip("link", "set", "lo", "up", namespace=name)
        yield names if made else None
    finally:
        for name in names:
            _ip("netns", "del", name)


@pytest.mark.slow
def test_two_machines_ask_for_one_run(tmp_path: Path) -> None:
    """Scheduler and run on one machine; a worker there and one on the other; the site is reached by both."""
    need(shutil.which("ip"), "iproute2 is not installed")
    with two_namespaces() as names:
        if names is None:
            pytest.skip("network namespaces are not allowed on this machine")
        here, there = (("ip", "netns", "exec", name) for name in names)
        processes: list[subprocess.Popen[bytes]] = []
        try:
            urls: list[str] = []
            for where, address in ((here, HERE), (there, THERE)):
                site = subprocess.Popen(
                    [*where, sys.executable, "-c", SITE, address], cwd=PACKAGE.parent, stdout=subprocess.PIPE
                )
                processes.append(site)
                assert site.stdout is not None
                urls += [site.stdout.readline().decode().strip() for _ in range(6)]
            words = ["scheduler", "--host", HERE, "--port", "8786", "--no-dashboard"]
            processes.append(start(words, tmp_path, "scheduler", here))
            said(tmp_path / "scheduler.log", "Scheduler at:")
            for n, where in enumerate((here, there)):
                processes.append(worker(f"tcp://{HERE}:8786", tmp_path, f"worker-{n}", where))
                said(tmp_path / f"worker-{n}.log", "Registered to:")
            root = tmp_path / "home"
            (root / "register").mkdir(parents=True)
            lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on"]
            lines += [f"page-{n},{url},Page {n},,,,html,reference,,2026-11-23" for n, url in enumerate(urls)]
            (root / "register" / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            told = (PACKAGE / "programme.toml").read_text(encoding="utf-8")
            (root / "programme.toml").write_text(re.sub(r"(?m)^delay *=.*", "delay = 0.2", told), encoding="utf-8")
            begun = time.monotonic()
            done = subprocess.run(
                [*here, sys.executable, "-m", "sim_record", "collect", "--cluster", f"tcp://{HERE}:8786",
                 "--allow-private", "--no-archive"],
                cwd=PACKAGE.parent, env={**os.environ, HOME_VARIABLE: str(root)}, capture_output=True, text=True,
                timeout=300, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert time.monotonic() - begun > 6 * 0.2
        finally:
            for process in reversed(processes):
                process.kill()
                process.wait(20)
        with duckdb.connect(str(root / "work.duckdb"), read_only=True) as work:
            rows = work.execute(
                "SELECT outcome, count(*), count(DISTINCT source_id) FROM attempt GROUP BY 1"
            ).fetchall()
            assert rows == [("captured", 12, 12)]
            assert {ip for (ip,) in work.execute("SELECT DISTINCT ip FROM capture").fetchall()} == {HERE, THERE}
