"""A whole run against a site with every fault: each address gets the outcome that its kind must have, and the site's own
counters say that nobody was disobeyed."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import httpx
import pytest

from data.home import Home
from data.programme import read_programme
from scrapers import warc
from scrapers.collect import CollectOptions, collect
from tests.conftest import ROOT, need

BY_EXPECTED = {
    "ok": {"captured"},
    "retry-then-ok": {"captured"},
    "timeout": {"timed-out"},
    "partial": {"truncated", "protocol-error"},
    "undecodable": {"undecodable", "truncated"},
    "robots-refuse": {"robots"},
    "tls-error": {"tls-error"},
    "connect-error": {"connect-error"},
}
BY_KIND = {
    "e500": "server-error", "e403": "blocked", "e404": "not-found", "e410": "gone", "challenge": "challenge",
    "norel": "protocol-error", "loop": "redirect-loop", "chain": "redirect-loop", "cookieloop": "redirect-loop",
    "tofile": "refused-address", "huge": "too-large", "hugecl": "too-large", "bomb": "too-large", "bomb2": "too-large",
    "headerbomb": "protocol-error", "badheader": "protocol-error", "soft404": "not-found", "empty": "empty",
    "badgzip": "undecodable", "shortgzip": "truncated", "trunc": "truncated", "truncchunk": "truncated",
}  # fmt: skip


def free_ports() -> int:
    """A port that is free on the site's hosts, with the four after it."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.2", 0))
            port = int(probe.getsockname()[1])
        if port < 65000:
            return port
    raise AssertionError("no free port")


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    need(shutil.which("openssl"), "openssl makes the site's certificates")
    port = free_ports()
    command = [sys.executable, str(ROOT / "tests" / "support" / "faulty_site.py"), "--port", str(port)]
    command += ["--hosts", "8", "--pages", "80", "--bad", "4", "--slow", "0.3", "--hang", "20", "--huge-mb", "40"]
    command += ["--bomb-mb", "300", "--max-seconds", "300"]
    site = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert site.stdout is not None
        assert json.loads(site.stdout.readline())["ready"]
        yield f"http://127.0.0.2:{port}"
    finally:
        site.terminate()
        site.wait(20)


def wanted(entry: dict[str, str]) -> bool:
    """Every kind of fault twice, on the two hosts without a delay of their own, and the pages of all hosts."""
    host = entry["url"].split("/")[2].split(":")[0]
    number = int(re.search(r"/(\d+)\.html", entry["url"])[1])  # type: ignore[index]
    if entry["kind"] in ("page", "private") or entry["url"].startswith("https:"):
        return number < (8 if host == "127.0.0.2" else 80)
    return host in ("127.0.0.4", "127.0.0.5") or (host == "127.0.0.3" and entry["kind"] == "slow")


def allowed(entry: dict[str, str]) -> set[str]:
    if entry["url"].startswith("http://127.0.0.3:"):
        return {"robots"}
    if entry["kind"] in BY_KIND:
        return {BY_KIND[entry["kind"]]}
    return BY_EXPECTED[entry["expect"]]


def test_every_fault_gets_its_outcome(
    faulty: str, home_with_sources: Callable[[dict[str, str]], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest: list[dict[str, str]] = httpx.get(f"{faulty}/__manifest", trust_env=False).json()
    chosen = [entry for entry in manifest if wanted(entry)]
    assert len({entry["kind"] for entry in chosen}) == len({entry["kind"] for entry in manifest}) >= 46
    home = home_with_sources({f"s{n}": entry["url"] for n, entry in enumerate(chosen)})
    text = home.programme_file.read_text(encoding="utf-8")
    for name, value in (("delay", 0), ("deadline", 1.5), ("max_raw_mb", 16)):
        text = re.sub(rf"(?m)^{name} *=.*", f"{name} = {value}", text)
    home.programme_file.write_text(text, encoding="utf-8")
    monkeypatch.setattr("scrapers.collect._publish", lambda home, _: home.root / "unpublished")
    options = CollectOptions(allow_private=True, use_archives=False, quiet=True, read=False)
    summary = collect(home, read_programme(home.programme_file), options)
    with duckdb.connect(str(home.work_database), read_only=True) as connection:
        found = {
            row[0]: row[1:] for row in connection.execute("SELECT source_id, outcome, detail FROM attempt").fetchall()
        }
    assert len(found) == len(chosen) == summary.done
    wrong = {
        f"{entry['kind']} {entry['url']}": found[f"s{n}"]
        for n, entry in enumerate(chosen)
        if found[f"s{n}"][0] not in allowed(entry)
    }
    assert wrong == {}
    stats: dict[str, Any] = httpx.get(f"{faulty}/__stats", trust_env=False).json()
    assert stats["retry_after_disobeyed"] == stats["robots_disobeyed"] == stats["without_user_agent"] == 0
    assert max(count for host, count in stats["most_at_once_by_host"].items() if host != "tls") == 1
    assert stats["gaps"]["127.0.0.2"]["min_gap_s"] >= 0.99  # its robots.txt asks for a second
    assert stats["gaps"]["127.0.0.3"]["n"] <= 3  # its robots.txt fails, so nothing else of it is asked
    files = [str(path) for path in home.captures.glob("*.warc.gz")]
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *files], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert warc.verify(home).findings == []
