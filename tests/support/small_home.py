"""A home with some rows of the real register: enough of each kind, and quick to build and to issue."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from data.home import PACKAGE, Home

KEPT = {
    "statements": 12, "concerns": 20, "recommendations": 8, "adoptions": 8, "reviews": 40, "review_events": 8,
    "events": 6, "claimed_totals": 4, "petition_readings": 3,
}  # fmt: skip


def rows_of(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of a file of the register."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        return list(reader.fieldnames or ()), list(reader)


def write_rows(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """A file of the register with these rows."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def small_home(root: Path, kept_rows: Mapping[str, int] = MappingProxyType(KEPT)) -> Home:
    """The home, not built yet, with so many rows of each file; every row that is named by a kept one is kept."""
    register = root / "register"
    register.mkdir(parents=True)
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    named: set[str] = set()
    for path in sorted((PACKAGE / "register").glob("*.csv")):
        if path.stem in ("organisations", "sources"):
            continue
        columns, rows = rows_of(path)
        kept = rows[: kept_rows.get(path.stem, 0)]
        write_rows(register / path.name, columns, kept)
        named |= {word for row in kept for cell in row.values() for word in (cell or "").split(";")}
    for stem, key in (("sources", "source_id"), ("organisations", "org_id")):
        columns, rows = rows_of(PACKAGE / "register" / f"{stem}.csv")
        before = -1
        while before != len(named):
            before = len(named)
            named |= {
                word for row in rows if row[key] in named for cell in row.values() for word in (cell or "").split(";")
            }
        write_rows(register / f"{stem}.csv", columns, [row for row in rows if row[key] in named])
    return Home(root.resolve())
