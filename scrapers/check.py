"""Whether a home is sound: register, captures, published database."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from data.bodies import StoreTrouble
from data.editions import Edition, check_editions, editions
from data.home import Home
from data.programme import read_programme
from data.published import NotPublished, current_path, number_of, open_database
from data.register_spec import ABOUT_OTHERS, FILES, row_id_of
from data.search import NotIndexed, index_path, open_index
from scrapers.errors import WorkError
from scrapers.register import Register, read_register
from scrapers.restore import held_by
from scrapers.statements import literal

CLOCK_SLACK: Final = dt.timedelta(hours=1)


@dataclass
class Report:
    """Findings, one line each, and how many of each thing were looked at."""

    findings: list[str] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)


def check_home(home: Home) -> Report:
    """Lint the register, re-hash every capture, open the published database and look for missing keys."""
    report = Report()
    register = read_register(home)
    report.findings += [str(finding) for finding in register.findings]
    report.checked["register rows"] = sum(len(rows) for rows in register.tables.values())
    withheld = {row["body_sha256"] for row in register.tables["withheld"]}
    _check_captures(home, report, withheld)
    _check_work(home, report)
    _check_published(home, report, register)
    _check_editions(home, report, withheld)
    return report


def _check_work(home: Home, report: Report) -> None:
    """Whether every row of the working database can be read, and none bears a time to come."""
    from scrapers.work import open_work

    if not home.work_database.is_file():
        if held_by(home) is not None and read_programme(home.programme_file).store.kind == "file":
            report.findings.append(
                f"{home.work_database.name} is not here, though captures are published; run: sim-record build, which "
                "puts back what the last publication holds"
            )
        return
    try:
        with contextlib.closing(open_work(home, read_only=True)) as connection:
            report.findings += [
                f"{home.work_database.name}: {finding}; bring back a copy of it, or move it away and run: sim-record "
                "build"
                for finding in _unreadable(connection)
            ]
            later = dt.datetime.now(dt.UTC) + CLOCK_SLACK
            row = connection.execute(
                f"SELECT count(*), max(fetched_at) FROM capture WHERE fetched_at > {literal(later)}"  # noqa: S608
            ).fetchone()
    except (WorkError, duckdb.Error):
        return  # said where captures were checked, or of a table just now
    if row and row[0]:
        report.findings.append(
            f"{home.work_database.name}: {row[0]} capture(s) bear a time to come (up to {row[1]:%Y-%m-%d %H:%M} UTC): "
            "the clock was ahead then, or is behind now. See that it is right; what was captured then stands as the "
            "newest until that time"
        )


def _unreadable(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables of which not every row can be read: DuckDB compares the checksum of each block that it reads."""
    found = []
    for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall():
        try:
            connection.execute(f'SELECT bit_xor(hash(t)) FROM "{table}" t').fetchone()  # noqa: S608
        except duckdb.Error as error:
            found.append(f"table {table} cannot be read ({str(error).splitlines()[0]})")
    return found


def _check_editions(home: Home, report: Report, withheld: set[str]) -> None:
    known = editions(home)
    checked = check_editions(home)
    report.checked["editions"] = checked.editions
    report.findings += checked.findings
    if any(one.stamp.exists() for one in known):
        from scrapers.timestamp import stamp_findings

        for one in known:
            report.findings += stamp_findings(one)
    today = dt.datetime.now(dt.UTC).date()
    report.findings += [
        f"editions/{one.name}: bears a day to come: the clock was ahead when it was issued, or is behind now. See that "
        "it is right"
        for one in known
        if one.date > today
    ]
    for one in known if withheld else []:
        if held := _withheld_in(one, withheld):
            report.findings.append(
                f"editions/{one.name}: holds words of {len(held)} withheld body(s), the first {held[0]}; to stop "
                f"showing this edition write why into editions/{one.withheld.name}"
            )


def _withheld_in(edition: Edition, withheld: set[str]) -> list[str]:
    """The withheld bodies of which an edition that is still shown holds captures."""
    file = edition.folder / "tables" / "capture.parquet"
    if edition.withheld.exists() or not file.is_file():
        return []
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(
                "SELECT DISTINCT body_sha256 FROM read_parquet(?) WHERE list_contains(?, body_sha256) ORDER BY 1",
                [str(file), sorted(withheld)],
            ).fetchall()
    except duckdb.Error:
        return []  # its bytes were altered, which was found above
    return [row[0] for row in rows]


def _check_captures(home: Home, report: Report, withheld: set[str]) -> None:
    from scrapers.warc import verify

    try:
        checked = verify(home, withheld=withheld)
    except (WorkError, StoreTrouble) as error:
        report.findings.append(f"captures: not checked: {error}")
        return
    report.checked["captures"] = checked.captures
    if withheld:
        report.checked["withheld bodies"] = len(withheld)
    report.findings += checked.findings
    report.findings += [
        f"withheld.csv: no capture has a body with the SHA-256 {body}; mend it, or take the row out"
        for body in sorted(withheld - checked.bodies)
    ]


def _check_published(home: Home, report: Report, register: Register) -> None:
    report.checked["published databases"] = 0
    try:
        path = current_path(home)
    except NotPublished:
        if home.current_file.exists():
            report.findings.append("CURRENT names no database that is here; run: sim-record build")
        return
    named = (
        home.current_file.read_text(encoding="utf-8", errors="replace").strip() if home.current_file.exists() else ""
    )
    if named != path.name:
        report.findings.append(
            f"CURRENT names {named or 'nothing'}, readers fall back to {path.name}; run: sim-record build"
        )
    try:
        with open_database(path) as connection:
            connection.execute("SELECT count(*) FROM timeline").fetchone()
            connection.execute("SELECT count(*) FROM organisation_status").fetchone()
            spoiled = _unreadable(connection)
            report.findings += [f"{path.name}: {finding}; run: sim-record build --anew" for finding in spoiled]
            report.findings += [] if spoiled else _taken_out_in_silence(connection, register)
    except NotPublished as error:
        report.findings.append(str(error))
        return
    except duckdb.Error as error:
        report.findings.append(f"{path.name}: {str(error).splitlines()[0]}; run: sim-record build --anew")
        return
    report.checked["published databases"] = 1
    _check_index(home, report, path)


def _check_index(home: Home, report: Report, record: Path) -> None:
    """Whether the search index is whole, and that of the record in force."""
    path = index_path(home)
    try:
        with contextlib.closing(open_index(path)) as index:
            wrong = [str(row[0]) for row in index.execute("PRAGMA quick_check(1)") if row[0] != "ok"]
            of = dict(index.execute("SELECT name, value FROM meta")).get("record")
    except NotIndexed as error:
        report.findings.append(f"{path.name}: {error}")
        return
    except sqlite3.Error as error:
        wrong, of = [str(error)], None
    if wrong:
        report.findings.append(
            f"{path.name}: is spoiled ({wrong[0].splitlines()[0]}); remove it (and {path.name}-wal), then run: "
            "sim-record build"
        )
    elif of != str(number_of(record)):
        report.findings.append(
            f"{path.name}: was written for record {of}, not for {record.name}; run: sim-record build"
        )


def _taken_out_in_silence(connection: duckdb.DuckDBPyConnection, register: Register) -> list[str]:
    """Rows whose addresses are public and that the register neither holds any more nor says anything of."""
    if register.findings:
        return []  # a row that cannot be read is no row that was taken out
    told = {(row["table"], row["row_id"]) for row in register.tables["correction"] if not row["column"]}
    told |= {(row["table"], row["old_id"]) for row in register.tables["redirect"]}
    there = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    found = []
    for spec in FILES:
        if spec.table in ABOUT_OTHERS or spec.table not in there:
            continue
        parts = ", ".join(f'CAST("{column}" AS VARCHAR)' for column in ((spec.key,) if spec.key else spec.unique))
        published = connection.execute(f"SELECT concat_ws('.', {parts}) FROM \"{spec.table}\"").fetchall()  # noqa: S608
        names = {row_id_of(spec, row) for row in register.tables[spec.table]}
        found += [
            f"{spec.name}.csv: {name} is published and stands there no more; say in corrections.csv that it was taken "
            "out (an empty column), or in redirects.csv what it is called now"
            for (name,) in published
            if name not in names and (spec.table, name) not in told
        ]
    return sorted(found)
