"""SECURITY.md names tests that exist, for every threat, and no address that nobody gave."""

from __future__ import annotations

import ast
import re
from functools import cache

from data.home import PACKAGE

ROOT = PACKAGE.parent
PAGE = ROOT / "SECURITY.md"


def threats() -> list[list[str]]:
    """The cells of each row of the table of threats."""
    part = PAGE.read_text(encoding="utf-8").partition("## Threats")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return rows[2:]


@cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


def missing(cell: str) -> list[str]:
    """The tests that a cell names and that do not exist."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", cell)
    return [f"{file}::{name}" for file, name in named if name not in names_in(file)]


def test_every_threat_is_shown_to_be_stopped_by_a_test_that_exists() -> None:
    rows = threats()
    assert len(rows) >= 15
    for row in rows:
        assert len(row) == 4 and all(cell.strip() for cell in row), row
        assert "::" in row[3], row[:2]
        assert not missing(row[3]), row[:2]


def test_a_test_that_is_gone_would_be_missed() -> None:
    assert missing("`tests/test_security_page.py::test_of_nothing`") and missing("`tests/test_none.py::test_a`")
    assert not missing("`tests/test_security_page.py::test_a_test_that_is_gone_would_be_missed`")


def test_the_page_is_found_and_names_no_address_of_a_person() -> None:
    words = PAGE.read_text(encoding="utf-8")
    assert not missing(words)
    assert "private advisory" in words and not re.search(r"\S+@\S+\.\S+", words)
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
