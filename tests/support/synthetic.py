"""A register many times as large: every row again under other names, each marked as synthetic. For tests of speed only."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from data.home import PACKAGE, Home
from data.register_spec import FILES, MAX_ID, MAX_SUMMARY_WORDS, Column, RegisterFile

MARK = "synthetic"
KEPT = frozenset({"corrections", "decisions"})
"""Files that speak of rows of the real register: not repeated."""


def synthetic_id(real: str, copy: int) -> str:
    """The id of the nth copy of a row; a long one is shortened and told apart by a digest."""
    name = f"{MARK}-{copy}-{real}"
    if len(name) <= MAX_ID:
        return name
    return f"{name[: MAX_ID - 9].rstrip('-')}-{hashlib.sha256(real.encode()).hexdigest()[:8]}"


def _cell(column: Column, value: str, copy: int, spec: RegisterFile) -> str:
    if not value:
        return value
    if column.kind in ("id", "ref") or (column.name == "petition_id" and spec.name == "petition_readings"):
        return synthetic_id(value, copy)
    if column.kind == "url" and spec.name == "sources":  # one page is declared once
        return f"{value}{'&' if '?' in value else '?'}{MARK}={copy}"
    if column.kind == "refs":
        return ";".join(synthetic_id(one.strip(), copy) for one in value.split(";"))
    if column.name in ("name", "title"):
        return f"{value} ({MARK} {copy})"
    if column.name == "aliases":
        return ";".join(f"{one.strip()} {copy}" for one in value.split(";"))
    if column.kind == "url":  # a page has one row
        return urlsplit(value)._replace(path=f"{urlsplit(value).path.rstrip('/')}/{MARK}-{copy}").geturl()
    if column.kind == "summary":
        return f"{' '.join(value.split()[: MAX_SUMMARY_WORDS - 1])} [{MARK}]"
    return "" if column.name in ("tile_x", "tile_y", "tile_label", "ods_code") else value


def multiply(register: Path, times: int) -> int:
    """Write every row of the register's files `times` times over, the first as it is. Gives the number of rows added."""
    added = 0
    for spec in FILES:
        file = register / f"{spec.name}.csv"
        if spec.name in KEPT or not file.exists():
            continue
        columns = {column.name: column for column in spec.columns}
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            header, rows = list(reader.fieldnames or ()), list(reader)
        with file.open("a", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, header, lineterminator="\n")
            for copy in range(1, times):
                for row in rows:
                    writer.writerow({n: _cell(columns[n], (v or "").strip(), copy, spec) for n, v in row.items()})
                    added += 1
    return added


def synthetic_home(root: Path, times: int) -> Home:
    """A home in `root` with the register of this project, `times` times as large."""
    (root / "register").mkdir(parents=True)
    for file in (PACKAGE / "register").glob("*.csv"):
        (root / "register" / file.name).write_bytes(file.read_bytes())
    (root / "programme.toml").write_bytes((PACKAGE / "programme.toml").read_bytes())
    multiply(root / "register", times)
    return Home(root.resolve())
