"""The examples for whoever runs it: as far as they can be tried without systemd, a container or a Git host."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from data.home import PACKAGE, Home
from scrapers.build import build
from tests.conftest import ROOT, TOOLS, need
from tests.support.loopback import serving, statement
from tests.support.processes import free_port
from tests.support.served import served
from tests.test_command_line import run

EXAMPLES = ROOT / "examples"
PROGRAM = "/opt/sim-record/bin/sim-record"


# -- systemd


@pytest.fixture
def units(tmp_path: Path) -> Iterator[list[str]]:
    """The units with a program that is here in place of the one that is not."""
    need(shutil.which("systemd-analyze"), "systemd-analyze, of systemd")
    files = [*EXAMPLES.glob("*.service"), *EXAMPLES.glob("*.timer")]
    for file in files:
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace(PROGRAM, sys.executable), encoding="utf-8")
    yield [str(tmp_path / file.name) for file in files]


def test_systemd_finds_nothing_wrong_in_the_units(units: list[str]) -> None:
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "") and len(units) == 3


def test_the_services_are_exposed_to_little(units: list[str]) -> None:
    for unit in units:
        if unit.endswith(".service"):
            command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", unit]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stdout[-300:]


def test_what_the_examples_run_is_there() -> None:
    commands = [
        line.partition("=")[2]
        for unit in EXAMPLES.glob("*.service")
        for line in unit.read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    container = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")
    commands.append(shlex.join(json.loads(re.findall(r"(?m)^CMD (\[.*\])$", container)[-1])))
    assert len(commands) == 3
    for command in commands:
        program, *words = shlex.split(command)
        assert program.endswith("sim-record") and run(*words, "--help").returncode == 0, command


# -- a container


def test_hadolint_finds_nothing_wrong_in_the_containerfile() -> None:
    hadolint = TOOLS / "hadolint" / "bin" / "hadolint"
    need(hadolint.exists(), "hadolint; .ci/run installs it")
    done = subprocess.run([hadolint, EXAMPLES / "Containerfile"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_health_check_of_the_container_tells_well_from_ill(empty_home: Home) -> None:
    text = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")
    python, *words = json.loads(re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", text, re.DOTALL)[1])  # type: ignore[index]
    assert python == "python"

    def healthy(address: str) -> bool:
        command = [sys.executable, *(word.replace("http://127.0.0.1:8501", address) for word in words)]
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0

    assert not healthy(f"http://127.0.0.1:{free_port()}"), "nobody listens"
    build(empty_home)
    with served(empty_home) as (address, _):
        assert healthy(address)
        (empty_home.root / "record-1.duckdb").write_bytes(b"spoilt")
        assert not healthy(address), "its only record cannot be read"


# -- a Git host


class Host:
    """A repository, the releases beside it, and a new machine for each job."""

    def __init__(self, root: Path, sources: dict[str, str]) -> None:
        self.root = root
        self.repository, self.releases, self.programs = root / "repository.git", root / "releases", root / "bin"
        self.programs.mkdir()
        self._program("gh", f'exec "{sys.executable}" "{ROOT / "tests" / "support" / "gh"}" "$@"')
        self._program("pip", 'test "$*" = "install ."')
        # the site on loopback, and no web archive
        here = 'if [ "$1" = collect ]; then set -- "$@" --allow-private --no-archive; fi'
        self._program("sim-record", f'{here}\nexec "{sys.executable}" -m sim_record "$@"')
        self.git("init", "-q", "--bare", "-b", "main", str(self.repository), cwd=root)
        seed = root / "seed"
        (seed / "data" / "register").mkdir(parents=True)
        shutil.copyfile(ROOT / ".gitignore", seed / ".gitignore")
        text = (PACKAGE / "programme.toml").read_text(encoding="utf-8")
        (seed / "data" / "programme.toml").write_text(re.sub("(?m)^delay = .*", "delay = 0", text), encoding="utf-8")
        lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on"]
        lines += [f"{name},{url},Page {name},,,,html,reference,,2026-11-23" for name, url in sources.items()]
        (seed / "data" / "register" / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.git("init", "-q", "-b", "main", cwd=seed)
        self.git("add", ".", cwd=seed)
        self.git("-c", "user.name=test", "-c", "user.email=test@test.example", "commit", "-qm", "Begun", cwd=seed)
        self.git("push", "-q", str(self.repository), "main", cwd=seed)

    def _program(self, name: str, words: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
        (self.programs / name).chmod(0o755)

    def git(self, *words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(["git", *words], cwd=cwd or self.repository, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def job(self, name: str, *, without: tuple[str, ...] = ()) -> Path:
        """Run every command of the job on a machine of its own; gives its work tree."""
        tree = self.root / name
        self.git("clone", "-q", str(self.repository), str(tree), cwd=self.root)
        job = yaml.safe_load((EXAMPLES / "collect.yml").read_text(encoding="utf-8"))["jobs"]["collect"]
        told = {key: value.replace("${{ github.token }}", "a-token") for key, value in job["env"].items()}
        assert not any("${{" in value for value in told.values())
        environment = os.environ | told | {
            "PATH": f"{self.programs}:{os.environ['PATH']}", "GH_RELEASES": str(self.releases), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        for step in job["steps"]:
            if "run" in step and step["name"] not in without:
                done = subprocess.run(
                    ["bash", "-e", "-c", step["run"]],
                    cwd=tree,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=120,
                )
                assert done.returncode == 0, f"{step['name']}: {done.stdout}{done.stderr}"
        return tree

    def index(self) -> list[dict[str, str]]:
        """The captures in the index that is committed."""
        return list(csv.DictReader(self.git("show", "main:data/captures.csv").splitlines()))


def test_a_git_host_collects_commits_the_index_and_publishes(tmp_path: Path) -> None:
    pages = {"/a": statement("A"), "/b": statement("B")}
    with serving(pages) as address:
        host = Host(tmp_path, {name: f"{address}/{name}" for name in ("a", "b", "gone")})
        first = host.job("monday")
        before = host.index()
        assert {row["source_id"] for row in before if row["verdict"] == "good"} == {"a", "b"}
        assert all(re.fullmatch("[0-9a-f]{64}", row["body_sha256"]) for row in before)
        kept = {path.name: path.read_bytes() for path in (host.releases / "captures").iterdir()}
        assert kept.keys() == {before[0]["warc_file"], "work.duckdb"}
        assert (first / "site" / "index.html").is_file() and (
            first / "site" / "documents" / "a" / "index.html"
        ).is_file()
        committed = host.git("ls-tree", "-r", "--name-only", "main").splitlines()
        assert not [name for name in committed if name.endswith((".gz", ".duckdb", ".sqlite"))]

        pages["/a"] = statement("A as it was changed")
        host.job("the monday after", without=("Publish",))
    after = host.index()
    assert after[: len(before)] == before and len(after) > len(before), "the index only grows"
    files = {path.name: path.read_bytes() for path in (host.releases / "captures").iterdir()}
    assert len(files) == 3 and files[before[0]["warc_file"]] == kept[before[0]["warc_file"]]
    assert host.git("log", "--format=%s", "main").count("Captures of ") == 2
    told = run("query", "select source_id, outcome from attempt order by attempt_id", "--json",
               home=Home(tmp_path / "the monday after" / "data"))  # fmt: skip
    rows = json.loads(told.stdout)["rows"]
    assert sorted(rows[3:]) == [["a", "captured"], ["b", "unchanged"], ["gone", "not-found"]], (
        "it knew of the first run"
    )
