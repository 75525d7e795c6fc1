"""The next publication made from the last one: its file copied, and the rows of the pages that changed put in anew.

Beside each published database lies `record-<n>.prints`, which says in brief what each page's rows were made of. A build
compares them with what is collected now; what is equal stays as it lies in the copied file. So a build costs by what
changed, beside the copy of a file and one look at the columns that the prints are made of. After a third as many rows
were added as there were, or where anything else than rows changed, the whole is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from data import schema
from data.home import Home
from data.labels import LABELS
from data.published import NotPublished, current_path, prints_path
from data.register_spec import FILES
from data.version import software_version
from scrapers.register import Register, Row
from scrapers.statements import filled, literals

Connection = duckdb.DuckDBPyConnection

SHARE_ADDED: Final = 1 / 3
SHARE_CHANGED: Final = 1 / 3
"""Beyond this share of rows that were added since, or sources that changed, all is made anew."""
FEW: Final = 50
"""So many sources that changed are never a large share."""
_PRINTS: Final = (
    ("derived", "digest"),
    ("capture", "capture_id, verdict, verdict_why, warc_file, warc_offset, part"),
    ("attempt", "attempt_id, outcome, live_outcome, ended_at"),
    ("extraction", "extraction_id, text_sha256, title, published_on, updated_on"),
    ("observation", "observation_id, capture_id, reading, version"),
    ("candidate", "candidate_id, capture_id, reading, state, row_id, decided_on, decision"),
)
_MINE: Final = "coalesce(source_id, '') IN (SELECT source_id FROM looked_at)"


@dataclass(frozen=True)
class Prints:
    """What a published database was made of. `shape` stands for schema and program, `register` for the register's
    files, `withheld` for the bodies that are not shown, `sources` for what is collected of each source; `rows` were
    there when it was made whole, `added` since; `size` is the file's, bytes."""

    shape: str
    register: str
    withheld: str
    sources: dict[str, str]
    size: int = 0
    rows: int = 0
    added: int = 0


@dataclass(frozen=True)
class InForce:
    """The published database that readers read, and what it was made of."""

    path: Path
    prints: Prints


@dataclass(frozen=True)
class Base:
    """The publication that the next one is made from, and the sources whose rows are not what they were in it."""

    path: Path
    prints: Prints
    changed: tuple[str, ...]


# -- what a publication was made of


@cache
def shape_digest() -> str:
    """Stands for everything that decides how rows are laid down: where it changes, all is made anew."""
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent
    files = [folder / name for name in ("build.py", "renew.py", "register.py", "withhold.py")]
    files.append(folder.parent / "data" / "register_spec.py")
    for path in [*sorted(schema.FOLDER.rglob("*.sql")), *files]:
        digest.update(path.read_bytes())
    digest.update(json.dumps([LABELS, duckdb.__version__, software_version()], default=str).encode())
    return digest.hexdigest()


def prints_of_sources(source: Connection) -> dict[str, str]:
    """By source, what its rows in the working database are made of, in brief; the derived rows are up to date."""
    found: dict[str, list[str]] = {}
    for place, (table, columns) in enumerate(_PRINTS):  # table by table: all together need memory for every source
        for source_id, told in source.execute(
            f"SELECT coalesce(source_id, ''), count(*) || '.' || bit_xor(hash({columns})) FROM {table} GROUP BY ALL"  # noqa: S608
        ).fetchall():
            found.setdefault(source_id, []).append(f"{place}.{told}")
    return {source_id: " ".join(parts) for source_id, parts in found.items()}


def withheld_digest(register: Register) -> str:
    """Stands for the bodies that are not shown."""
    return hashlib.sha256(
        "\n".join(sorted(row["body_sha256"] for row in register.tables["withheld"])).encode()
    ).hexdigest()


def register_files(home: Home) -> tuple[str, str]:
    """(SHA-256 of the register's files, the same with the names of whatever else lies there)."""
    digest = hashlib.sha256()
    for spec in FILES:
        path = home.register / f"{spec.name}.csv"
        if path.is_file():
            digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    names = sorted(path.name for path in home.register.glob("*.csv")) if home.register.is_dir() else []
    return digest.hexdigest(), f"{digest.hexdigest()} {' '.join(names)}"


def write_prints(record: Path, prints: Prints) -> None:
    """Keep the prints of a database that is about to be published."""
    prints_path(record).write_text(json.dumps(vars(prints)), encoding="utf-8")


def read_prints(record: Path) -> Prints | None:
    """The prints of a published database; None where there are none that fit it."""
    try:
        told = json.loads(prints_path(record).read_text(encoding="utf-8"))
        prints = Prints(**told)
        return prints if prints.size == record.stat().st_size else None
    except (OSError, ValueError, TypeError):
        return None


def in_force(home: Home) -> InForce | None:
    """The publication in force, where this very program made it."""
    try:
        path = current_path(home)
    except NotPublished:
        return None
    prints = read_prints(path)
    return InForce(path, prints) if prints is not None and prints.shape == shape_digest() else None


def base_for(found: InForce | None, now: Prints) -> Base | None:
    """The publication in force, where the next one can be made from it; None where all is to be made anew."""
    if found is None:
        return None
    before = found.prints
    if before.withheld != now.withheld or before.added > before.rows * SHARE_ADDED:
        return None
    names = before.sources.keys() | now.sources.keys()
    changed = tuple(sorted(name for name in names if before.sources.get(name) != now.sources.get(name)))
    if len(changed) > max(FEW, len(names) * SHARE_CHANGED):
        return None
    return Base(found.path, before, changed)


def hold_withheld(source: Connection, changed: Iterable[str], bodies: Iterable[str]) -> bool:
    """Whether one of these sources was captured with one of these bodies: it is then never put in row by row, for
    nothing of the body may pass through the file."""
    row = source.execute(
        f"SELECT count(*) FROM capture WHERE source_id IN {literals(changed)} AND body_sha256 IN {literals(bodies)}"  # noqa: S608
    ).fetchone()
    return bool(row and row[0])


def published_register(found: InForce | None, files: str) -> Register | None:
    """The register as the publication in force holds it, where it was made from these very files by this program; None
    where it is to be read and checked. Reading a row back costs a thirtieth of checking it."""
    if found is None or found.prints.register != files:
        return None
    tables: dict[str, list[Row]] = {}
    try:
        with duckdb.connect(str(found.path), read_only=True) as record:
            for spec in FILES:
                names = [column.name for column in spec.columns]
                listed = ", ".join(f'"{name}"' for name in names)
                rows = record.execute(f'SELECT {listed} FROM "{spec.table}"').fetchall()  # noqa: S608
                tables[spec.table] = [dict(zip(names, row, strict=True)) for row in rows]
    except duckdb.Error:
        return None
    return Register(tables, {table: list(range(2, len(rows) + 2)) for table, rows in tables.items()})


# -- the copy, and what is put into it


def copy_file(source: Path, target: Path) -> None:
    """A copy of a file; one that shares its blocks where the file system offers it."""
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
        return
    with source.open("rb") as from_, target.open("wb") as to:
        left = os.fstat(from_.fileno()).st_size
        while left:
            try:
                done = os.copy_file_range(from_.fileno(), to.fileno(), min(left, 1 << 30))
            except OSError:
                done = 0
            if not done:
                shutil.copyfile(source, target)
                return
            left -= done


def look_at(connection: Connection, names: Iterable[str]) -> None:
    """Make the table looked_at with these sources."""
    connection.execute(
        filled("CREATE OR REPLACE TEMP TABLE looked_at AS SELECT unnest(?) AS source_id", sorted(set(names)))
    )


def renew(source: Connection, published: str, names: Iterable[str], keys: dict[str, list[str]]) -> int:
    """Bring the collected rows of these sources, and all runs, in the attached database `published` to what the
    working database holds; gives the number of rows that were inserted. `keys` are its tables' keys."""
    look_at(source, names)
    added = 0
    source.execute("BEGIN")
    try:
        for table in schema.COLLECTED:
            added += _renew(source, f'{published}.main."{table}"', table, keys.get(table, []))
        source.execute("COMMIT")
    except BaseException:
        source.execute("ROLLBACK")
        raise
    return added


def _renew(source: Connection, target: str, table: str, keys: list[str]) -> int:
    listed = ", ".join(f'"{row[0]}"' for row in source.execute(f"DESCRIBE {target}").fetchall())
    mine = "true" if table == "run" else _MINE
    here = f'SELECT {listed} FROM "{table}" WHERE {mine}'  # noqa: S608 - names of the schema
    there = f"SELECT {listed} FROM {target} WHERE {mine}"  # noqa: S608
    if len(keys) == 1:
        key = keys[0]
        source.execute(
            f"DELETE FROM {target} WHERE {key} IN (SELECT {key} FROM ({there} EXCEPT {here}))"  # noqa: S608
        )
        here += f" AND {key} NOT IN (SELECT {key} FROM {target} WHERE {mine}) ORDER BY {key}"  # noqa: S608
    else:  # rows without a name of their own are replaced source by source
        source.execute(f"DELETE FROM {target} WHERE {mine}")  # noqa: S608
        here += " ORDER BY ALL"
    done = source.execute(f"INSERT INTO {target} ({listed}) {here}").fetchone()
    return int(done[0]) if done else 0
