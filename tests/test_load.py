"""The benchmark of load, for a short while: readers and permalinks together, and nothing fails."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_readers_and_permalinks_together_meet_no_error() -> None:
    done = subprocess.run(
        [sys.executable, "tests/benchmarks/load.py", "--readers", "20", "--requests", "50", "--seconds", "25"],
        cwd=ROOT, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    rows = {
        name: re.findall(rf"^{name} +([\d,]+) .* (\d+)$", done.stdout, re.MULTILINE)
        for name in ("a filter changed", "permalinks")
    }
    assert rows["permalinks"] == [("1,250", "0")], done.stdout
    assert rows["a filter changed"][0][1] == "0" and int(rows["a filter changed"][0][0]) >= 20, done.stdout
    assert "errors:" not in done.stdout
