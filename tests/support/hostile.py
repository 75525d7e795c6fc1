"""The statements of tests/hostile.sql, with what each must get."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from data.home import PACKAGE

FILE = PACKAGE.parent / "tests" / "hostile.sql"
WORDS = frozenset({"refused", "error", "oom", "timeout", "cut", "ok"})


@dataclass(frozen=True)
class Statement:
    """One statement, the line on which it begins, and the outcomes that are right."""

    line: int
    sql: str
    right: frozenset[str]


def statements(path: Path = FILE) -> list[Statement]:
    """All of them in order. Raises ValueError where the file is written wrong."""
    found = []
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines):
        if not line.startswith("-- @ "):
            continue
        right = frozenset(line.removeprefix("-- @ ").strip().split("|"))
        if not right <= WORDS:
            raise ValueError(f"line {number + 1}: {line}")
        body = []
        for each in lines[number + 1 :]:
            if not each or each.startswith("-- @ "):
                break
            body.append(each)
        found.append(Statement(number + 2, expanded("\n".join(body)), right))
    return found


def expanded(text: str) -> str:
    """The text with its placeholders filled in."""
    text = re.sub("⟦(\\d+)×([^⟧]*)⟧", lambda part: part[2] * int(part[1]), text)
    return text.replace("⟦NUL⟧", "\0")
