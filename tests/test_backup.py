"""Backup and restore by the lines of the README, as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data.home import HOME_VARIABLE, PACKAGE, Home
from data.programme import read_programme
from data.published import current_path, number_of
from scrapers.collect import CollectOptions, collect
from tests.conftest import need
from tests.support.loopback import serving, statement


def lines_after(words: str) -> list[str]:
    """The lines of the README's first block of commands after these words."""
    text = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^```\n(.*?)^```", text[text.index(words) :], re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].splitlines()


BACKUP, RESTORE = lines_after("**Back it up**"), lines_after("**Restore it**")


def test_three_lines_each() -> None:
    assert len(BACKUP) == len(RESTORE) == 3


@pytest.fixture(scope="module")
def collected_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that was collected twice."""
    root = tmp_path_factory.mktemp("collected") / "home"
    (root / "register").mkdir(parents=True)
    text = (PACKAGE / "programme.toml").read_text(encoding="utf-8")
    (root / "programme.toml").write_text(re.sub("(?m)^delay = .*", "delay = 0", text), encoding="utf-8")
    home = Home(root.resolve())
    with serving({"/a": statement("A"), "/b": statement("B")}) as address:
        lines = ["source_id,url,title,publisher_id,published_on,date_precision,format,kind,note,recorded_on"]
        lines += [f"{name},{address}/{name},Page {name},,,,html,reference,,2026-11-23" for name in ("a", "b", "gone")]
        (home.register / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for _ in range(2):
            options = CollectOptions(allow_private=True, quiet=True, use_archives=False)
            collect(home, read_programme(home.programme_file), options)
    return home


@pytest.fixture
def collected(collected_once: Home, tmp_path: Path) -> Home:
    """A copy of it that the test may write."""
    return Home(Path(shutil.copytree(collected_once.root, tmp_path / "home")).resolve())


@pytest.fixture
def shell(tmp_path: Path, collected: Home) -> Callable[..., int]:
    """Run lines one after another until one fails; gives the exit code. sim-record is that of this Python."""
    tar = subprocess.run(["tar", "--version"], capture_output=True, text=True) if shutil.which("tar") else None
    need(tar is not None and "GNU tar" in tar.stdout, "GNU tar")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sim-record").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sim_record "$@"\n', encoding="utf-8")
    (programs / "sim-record").chmod(0o755)
    environment = os.environ | {
        HOME_VARIABLE: str(collected.root), "BACKUP": str(tmp_path / "backup.tar"), "NEW_HOME": str(tmp_path / "new"),
        "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(PACKAGE.parent),
    }  # fmt: skip

    def run(*lines: str) -> int:
        command = ["bash", "-e", "-c", "\n".join(lines)]
        return subprocess.run(command, env=environment, cwd=tmp_path, timeout=120, stdout=subprocess.DEVNULL).returncode

    return run


def content(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row that is served, but for the line that says when it was published."""
    with duckdb.connect(str(current_path(home)), read_only=True) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
            if name != "build"
        }


def test_what_was_backed_up_is_served_again_and_every_hash_holds(
    collected: Home, shell: Callable[..., int], tmp_path: Path
) -> None:
    assert shell(*BACKUP) == 0
    assert shell(*RESTORE) == 0
    new = Home(tmp_path / "new")
    before, after = content(collected), content(new)
    assert before == after and len(before["capture"]) == 6 and before["passage"]
    captures = {path.name: path.read_bytes() for path in collected.captures.iterdir()}
    assert captures == {path.name: path.read_bytes() for path in new.captures.iterdir()} and len(captures) == 2
    assert (number_of(current_path(new)) or 0) > (number_of(current_path(collected)) or 0), "no number is used twice"
    spoilt = next(new.captures.iterdir())
    spoilt.write_bytes(spoilt.read_bytes()[:-40])
    assert shell(RESTORE[-1]) == 1, "the last line finds what is not whole"


def test_a_copy_beside_which_a_run_wrote_is_no_copy(collected: Home, shell: Callable[..., int]) -> None:
    with duckdb.connect(str(collected.work_database)) as connection:
        assert shell(*BACKUP[:2]) == 0
        connection.execute("UPDATE run SET sources = sources + 1")
        connection.execute("CHECKPOINT")
        assert shell(BACKUP[0], BACKUP[2]) != 0
    assert shell(*BACKUP) == 0


def test_rows_are_copied_before_the_bytes_that_they_speak_of(
    collected: Home, shell: Callable[..., int], tmp_path: Path
) -> None:
    assert shell(*BACKUP) == 0
    told = subprocess.run(["tar", "--list", "--file", str(tmp_path / "backup.tar")], capture_output=True, text=True)
    names = told.stdout.splitlines()
    assert names[0] == "work.duckdb" and names.index("captures/") > 0
    assert not [name for name in names if name.startswith(("record-", "search."))]
    with next(collected.captures.iterdir()).open("ab") as handle:
        handle.write(b"more")
    assert shell(BACKUP[0], BACKUP[2]) != 0


def test_a_copy_beside_a_run_that_holds_still_is_whole(
    collected: Home, shell: Callable[..., int], tmp_path: Path
) -> None:
    code = (
        "import sys, duckdb\nc = duckdb.connect(sys.argv[1])\nc.execute('UPDATE run SET sources = 77')\n"
        "print('written', flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(collected.work_database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"written\n"
        assert Path(f"{collected.work_database}.wal").exists(), "what was written is in the log alone"
        assert shell(*BACKUP) == 0
        process.kill()
    assert shell(*RESTORE) == 0
    with duckdb.connect(str(current_path(Home(tmp_path / "new"))), read_only=True) as connection:
        assert connection.execute("SELECT DISTINCT sources FROM run").fetchall() == [(77,)]
