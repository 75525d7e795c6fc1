"""Issuing an edition: everything is written under another name, and the folder takes its own when it is whole."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from dashboard.downloads.describe import About
from dashboard.downloads.package import in_utc, write_package
from dashboard.editions import pages
from dashboard.record import NEIGHBOURS, Record
from dashboard.start import Context
from data.durable import sync_folder
from data.editions import (
    FACTS,
    MAKING,
    SUMS,
    Edition,
    EditionError,
    edition,
    editions,
    files_of,
    hash_of,
    name_of,
    parse_name,
)
from data.home import Home
from data.programme import Programme
from data.published import NotPublished, current_path
from data.version import software_version

DATABASE: Final = "record.duckdb"
STATIC: Final = Path(__file__).resolve().parent.parent / "static"
LEFT_OVER_SECONDS: Final = 6 * 3600


@dataclass(frozen=True)
class Issued:
    """An edition, and whether this call made it (or found the same record issued on the same day already)."""

    edition: Edition
    is_new: bool


def issue(home: Home, programme: Programme, *, day: dt.date | None = None, now: dt.datetime | None = None) -> Issued:
    """Issue the record in force as an edition of `day` (today, UTC, where none is given).

    A second edition of one day is named `<day>-2`; where the same record was already issued that day, that edition is
    given back. Raises EditionError where nothing is published, the day cannot be, or the folder cannot be written;
    nothing is left behind then.
    """
    now = now or dt.datetime.now(dt.UTC)
    day = day or now.date()
    try:
        path = current_path(home)
        record = Record(path, path.stat().st_mtime_ns)
        record.neighbours = NEIGHBOURS
    except (NotPublished, OSError) as error:
        raise EditionError(f"There is no record to issue: {error}") from error
    try:
        _check_day(day, record, now)
        database = hash_of(path)
        same_day = [one for one in editions(home) if one.date == day]
        for one in same_day:
            if one.facts.get("database", {}).get("sha256") == database:
                return Issued(one, is_new=False)
        try:
            return Issued(_make(home, programme, record, database, day, now), is_new=True)
        except OSError as error:
            raise EditionError(_said(error, home)) from error
        except duckdb.IOException as error:
            raise EditionError(
                f"{path.name} cannot be read: {str(error).splitlines()[0]}. Nothing was issued. Run: sim-record build "
                "--anew"
            ) from error
    finally:
        record.close()


def _said(error: OSError, home: Home) -> str:
    place = error.filename or home.editions
    if error.errno == errno.ENOSPC:
        return f"{place}: the disk is full. Nothing was issued; make room and run this again."
    return f"{place}: {error.strerror or error}. Nothing was issued; see that {home.editions} may be written."


def _check_day(day: dt.date, record: Record, now: dt.datetime) -> None:
    if day > now.date():
        raise EditionError(
            f"{day.isoformat()} is in the future (today is {now.date().isoformat()}, UTC): an edition shows the record "
            "as it stands. Leave --date out, or name a day up to today."
        )
    if record.built_on > now.date():
        raise EditionError(
            f"Record {record.number} was built on {record.built_on.isoformat()}, by a clock that was ahead of today "
            f"({now.date().isoformat()}, UTC). See that this machine's clock is right, then run: sim-record build"
        )
    if day < record.built_on:
        raise EditionError(
            f"Record {record.number} was built on {record.built_on.isoformat()}, so it cannot be the record as it "
            f"stood on {day.isoformat()}. Name that day or a later one, or leave --date out."
        )


def _free_name(home: Home, day: dt.date) -> str:
    home.editions.mkdir(exist_ok=True)
    taken = {path.name.removesuffix(".tsr").removesuffix(".withheld") for path in home.editions.iterdir()}
    number = 1
    while name_of(day, number) in taken:
        number += 1
    return name_of(day, number)


def _make(home: Home, programme: Programme, record: Record, database: str, day: dt.date, now: dt.datetime) -> Edition:
    name = _free_name(home, day)
    _drop_left_over(home)
    folder = Path(tempfile.mkdtemp(prefix=f"{MAKING}{os.getpid()}-", dir=home.editions))
    try:
        facts = _fill(folder, home, programme, record, database, name, day, now)
        sums = "".join(f"{hash_of(folder / path)}  {path}\n" for path in files_of(folder))
        (folder / SUMS).write_bytes(sums.encode())
        facts["sha256"] = hash_of(folder / SUMS)
        (folder / FACTS).write_bytes(_json(facts))
        for path in files_of(folder):
            (folder / path).chmod(0o444)
        folder.chmod(0o755)
        if hasattr(os, "sync"):
            os.sync()  # thousands of small files: one by one would take minutes on a slow disk
        target = home.editions / name
        if target.exists():
            raise EditionError(f"editions/{name} was issued meanwhile by another process; run this again.")
        folder.rename(target)
        sync_folder(home.editions)
    except BaseException:
        remove(folder)
        raise
    made = edition(home, name)
    assert made is not None  # noqa: S101 - it was just renamed into place
    return made


def _fill(
    folder: Path,
    home: Home,
    programme: Programme,
    record: Record,
    database: str,
    name: str,
    day: dt.date,
    now: dt.datetime,
) -> dict[str, Any]:
    """Write everything but the list of hashes; the facts of the edition."""
    context = Context(home, programme, record, day, edition=name)
    before = [one.name for one in editions(home) if (parse_name(one.name) or (day, 0)) < (parse_name(name) or (day, 0))]
    previous = before[-1] if before else None
    shutil.copyfile(record.path, folder / DATABASE)
    (folder / pages.CSS).write_bytes(b"\n".join((STATIC / one).read_bytes() for one in ("app.css", "pages.css")))
    count = 0
    for path, body in pages.page_files(context):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        count += path.endswith(pages.INDEX)
    built = record.rows("SELECT build FROM build LIMIT 1")[0][0]  # as a dict: older records have fewer columns
    facts: dict[str, Any] = {
        "edition": name,
        "date": day.isoformat(),
        "title": programme.programme.title,
        "address": f"{programme.programme.base_url.rstrip('/')}/editions/{name}",
        "record": record.number,
        "built_at": in_utc(record.built_at),
        "issued_at": in_utc(now),
        "previous": previous,
        "software": software_version(),
        "licence": {"name": programme.licence.data, "url": programme.licence.data_url},
        "register_sha256": built["register_sha256"],
        **({"lake_snapshot": built["lake_snapshot"]} if built.get("lake_snapshot") is not None else {}),
        "database": {"path": DATABASE, "bytes": record.path.stat().st_size, "sha256": database},
        "pages": count + 1,
    }
    about = about_edition(programme, facts)
    written = write_package(record, programme, folder, about)
    facts["rows"] = {one.table.name: one.rows for one in written}
    _say_facts(folder, facts)
    front = pages.front_page(context, about, written, facts["database"]["bytes"], now, previous, count + 1)
    inside = {path for path, _ in pages.addresses(context)}
    (folder / pages.INDEX).write_bytes(pages.html_of(context, front, "", inside).encode())
    return facts


def about_edition(programme: Programme, facts: dict[str, Any]) -> About:
    """What the descriptions say of an edition."""
    address = str(facts["address"])
    return About(
        name=f"edition-{facts['edition']}",
        title=f"{programme.programme.title}: {pages.edition_words(facts['edition'])}",
        files_at=address,
        page=address,
        version=str(facts["edition"]),
        issued=str(facts["date"]),
        created=str(facts["issued_at"]),
        extra={"edition": facts},
    )


def _say_facts(folder: Path, facts: dict[str, Any]) -> None:
    """Put the facts into the data package, whose bytes are hashed."""
    path = folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["edition"] = facts
    path.write_bytes(_json(described))


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def remove(folder: Path) -> None:
    """Remove a folder that did not become an edition, whose files may be read-only."""
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(folder, ignore_errors=True)


def _drop_left_over(home: Home) -> None:
    """Remove what a process that was killed left under another name."""
    for folder in home.editions.glob(f"{MAKING}*"):
        maker = re.match(rf"{re.escape(MAKING)}(\d+)-", folder.name)
        if (maker and not _is_alive(int(maker[1]))) or time.time() - folder.stat().st_mtime > LEFT_OVER_SECONDS:
            remove(folder)


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # asking would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
