"""The register read and checked: every finding at once, each with its place and what is allowed there."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from data.dates import LENGTHS, span
from data.home import Home
from data.logs import plain
from data.register_spec import (
    ABOUT_OTHERS,
    FILES,
    MAX_ID,
    MAX_SUMMARY_WORDS,
    Column,
    RegisterFile,
    row_id_of,
    table_named,
)

Row = dict[str, Any]

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ODS: Final = re.compile(r"[A-Z0-9]{3,8}")
YEARS: Final = (1800, 2199)
"""Years that a date may lie in: a slip of the finger makes others."""
# Control characters, and those that reorder or hide the text around them.
_HIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MOST_SHOWN: Final = 80
"""Characters of a header's cell that a finding shows."""
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong: `file:line: column: what is wrong, what is allowed`.

    Line 1 is the header, and stands for the whole file too; "(row)" and "(file)" stand where no one column is at fault.
    """

    file: str
    line: int
    column: str
    text: str

    def __str__(self) -> str:
        # what a cell holds can neither begin a line of its own nor act on a terminal
        return plain(f"{self.file}:{self.line}: {self.column}: {self.text}")


@dataclass(frozen=True)
class Register:
    """The rows by table, in file order, with their cells read into values; and what is wrong with them.

    A row's line in its file stands in `lines[table][i]`. Where `findings` is not empty the rows must not be published.
    """

    tables: dict[str, list[Row]]
    lines: dict[str, list[int]]
    findings: list[Finding] = field(default_factory=list)
    half_read: set[str] = field(default_factory=set)
    """Files that could not be read to their end: an id that is missing there may stand in the part not read."""
    lost_ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Ids, by file, of rows that could not be read: naming one of them is no second mistake."""


def read_register(home: Home) -> Register:
    """Read all files of the register. A missing file counts as empty; an unknown one is a finding."""
    register = Register({spec.table: [] for spec in FILES}, {spec.table: [] for spec in FILES})
    if home.register.is_dir():
        known = {f"{spec.name}.csv" for spec in FILES}
        try:
            found = sorted(path.name for path in home.register.iterdir() if path.suffix.lower() == ".csv")
        except OSError as error:
            text = f"cannot be read ({error.strerror}); allowed: a folder that can be"
            register.findings.append(Finding("register", 1, "(folder)", text))
            found = []
        for name in found:
            if name not in known:
                text = f"is no file of the register; allowed: {', '.join(sorted(known))}"
                register.findings.append(Finding(name, 1, "(file)", text))
    for spec in FILES:
        _read_file(home.register / f"{spec.name}.csv", spec, register)
    _check_keys(register)
    _check_references(register)
    _check_successors(register)
    _check_redirects(register)
    _check_corrections(register)
    _check_names(register)
    _check_pages(register)
    register.findings.sort()
    return register


def _read_file(path: Path, spec: RegisterFile, register: Register) -> None:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        text = f"cannot be read ({error.strerror}); allowed: a file that can be, or none"
        register.findings.append(Finding(path.name, 1, "(file)", text))
        register.half_read.add(spec.name)
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte {error.start} of the file is not UTF-8; allowed: text saved as UTF-8"
        register.findings.append(Finding(path.name, line, "(row)", found))
        register.half_read.add(spec.name)
        return
    add = register.findings.append
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    columns: dict[str, Column] = {column.name: column for column in spec.columns}
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if header is None:
                header = cells
                if not _check_header(path.name, header, spec, add):
                    register.half_read.add(spec.name)
                    return
                continue
            if not cells:
                continue
            if len(cells) != len(header):
                add(_wrong_length(path.name, line, cells, header))
                if spec.key and header.index(spec.key) < len(cells):
                    register.lost_ids[spec.name].add(cells[header.index(spec.key)].strip())
                continue
            row = _read_row(path.name, line, dict(zip(header, cells, strict=True)), columns, add)
            register.tables[spec.table].append(row)
            register.lines[spec.table].append(line)
    except csv.Error as error:
        text = (
            f"is not CSV from here on ({error}); allowed: cells with commas, quotes or line breaks in double quotes, "
        )
        add(Finding(path.name, start, "(row)", f"{text}a double quote inside them written twice"))
        register.half_read.add(spec.name)
        return
    if header is None:
        allowed = ",".join(column.name for column in spec.columns)
        add(Finding(path.name, 1, "(header)", f"is missing: the file is empty; allowed: {allowed}, or no file at all"))
        register.half_read.add(spec.name)


def _wrong_length(name: str, line: int, cells: list[str], header: list[str]) -> Finding:
    text = f"the row has {len(cells)} cells; allowed: {len(header)}, as the header names"
    if len(cells) > len(header):
        return Finding(name, line, header[-1], f"{text} (is a cell with a comma not in quotes?)")
    if len(cells) == 1 and cells[0].startswith(("<<<<<<<", "=======", ">>>>>>>")):
        text = f"is a mark of two versions that were not joined; allowed: {len(header)} cells"
    return Finding(name, line, header[len(cells)], text)


def _check_header(name: str, header: list[str], spec: RegisterFile, add: Callable[[Finding], None]) -> bool:
    allowed = [column.name for column in spec.columns]
    whole = True
    for column in header:
        if column not in allowed:
            add(
                Finding(
                    name,
                    1,
                    column[:MOST_SHOWN] or "(no name)",
                    f"is no column of this file; allowed: {', '.join(allowed)}",
                )
            )
            whole = False
    for column in sorted({column for column in header if header.count(column) > 1}):
        add(Finding(name, 1, column[:MOST_SHOWN], "stands twice in the header; allowed once"))
        whole = False
    for wanted in spec.columns:
        if wanted.name not in header and not wanted.may_be_missing:
            add(Finding(name, 1, wanted.name, f"is missing from the header; allowed: {', '.join(allowed)}"))
            whole = False
    return whole


def _read_row(
    name: str, line: int, cells: dict[str, str], columns: dict[str, Column], add: Callable[[Finding], None]
) -> Row:
    row: Row = dict.fromkeys(columns)

    def wrong(column: str, text: str) -> None:
        add(Finding(name, line, column, text))

    for key, cell in cells.items():
        column = columns[key]
        if hidden := _HIDDEN.search(cell):
            wrong(key, f"holds the invisible character U+{ord(hidden[0]):04X}; allowed: the same without it")
        if cell != cell.strip():
            wrong(key, "begins or ends with a blank; allowed: the same without it")
        value = cell.strip()
        if not value:
            if column.required:
                wrong(key, _empty(column))
            elif column.kind in ("refs", "words"):
                row[key] = []
            continue
        row[key] = _READERS[column.kind](value, column, partial(wrong, key))
    _check_dates(row, columns, wrong)
    if "outcome" in columns:
        _check_outcome(row, wrong)
    return row


def _empty(column: Column) -> str:
    return f"is empty; allowed: {', '.join(column.of)}" if column.of else "is empty; allowed: a value (it is required)"


Wrong = Callable[[str], None]


def _read_id(value: str, _column: Column, wrong: Wrong) -> str:
    if not _ID.fullmatch(value) or len(value) > MAX_ID:
        wrong(
            f"{value!r} is no id; allowed: lower-case letters and digits joined by hyphens, at most {MAX_ID} characters"
        )
    return value


def _read_text(value: str, _column: Column, _wrong: Wrong) -> str:
    return value


def _read_summary(value: str, _column: Column, wrong: Wrong) -> str:
    if (count := len(value.split())) > MAX_SUMMARY_WORDS:
        wrong(f"has {count} words; allowed: at most {MAX_SUMMARY_WORDS}")
    return value


def _read_word(value: str, column: Column, wrong: Wrong) -> str:
    if value not in column.of:
        wrong(f"{value!r} is not in the vocabulary; allowed: {', '.join(column.of)}")
    return value


def _read_list(value: str, column: Column, wrong: Wrong) -> list[str]:
    items = [item.strip() for item in value.split(";")]
    if "" in items:
        wrong("has an empty item; allowed: items separated by one semicolon")
    for item in sorted({item for item in items if items.count(item) > 1 and item}):
        wrong(f"names {item!r} twice; allowed once")
    for item in items:
        if column.of and item and item not in column.of:
            wrong(f"{item!r} is not in the vocabulary; allowed: {', '.join(column.of)}")
    return [item for item in items if item]


def _read_date(value: str, _column: Column, wrong: Wrong) -> str:
    parts = value.split("-")
    try:
        if len(value) not in (4, 7, 10) or not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError
        found = dt.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        wrong(f"{value!r} is no date; allowed: YYYY, YYYY-MM or YYYY-MM-DD")
        return value
    _check_year(value, found, wrong)
    return value


def _check_year(value: str, day: dt.date, wrong: Wrong) -> None:
    if not YEARS[0] <= day.year <= YEARS[1]:
        wrong(f"{value!r} lies outside the years of this record; allowed: {YEARS[0]} to {YEARS[1]}")


def _read_day(value: str, _column: Column, wrong: Wrong) -> dt.date | None:
    try:
        if not _DAY.fullmatch(value):  # Python reads weeks too: 2021-W01-1
            raise ValueError
        day = dt.date.fromisoformat(value)
    except ValueError:
        wrong(f"{value!r} is no day; allowed: YYYY-MM-DD")
        return None
    _check_year(value, day, wrong)
    return day


def _within(number: float, column: Column, wrong: Wrong) -> None:
    low, high = column.low, column.high
    if (low is not None and number < low) or (high is not None and number > high):
        wrong(f"{number:g} is out of range; allowed: {low:g} to {'any' if high is None else f'{high:g}'}")


def _read_int(value: str, column: Column, wrong: Wrong) -> int | None:
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        wrong(f"{value!r} is no whole number; allowed: digits only")
        return None
    number = int(value)
    _within(number, column, wrong)
    return number


def _read_float(value: str, column: Column, wrong: Wrong) -> float | None:
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", value):
        wrong(f"{value!r} is no number; allowed: degrees such as 51.5 or -0.12")
        return None
    number = float(value)
    _within(number, column, wrong)
    return number


def _read_url(value: str, _column: Column, wrong: Wrong) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or re.search(r"[\s<>\"]", value) or (parts.username is not None):
        wrong(f"{value!r} is no address; allowed: http:// or https:// with a host, no blanks, no user name")
    return value


def _read_sha256(value: str, _column: Column, wrong: Wrong) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        wrong(f"{value!r} is no SHA-256; allowed: 64 digits and lower-case letters from a to f")
    return value


_READERS: Final[dict[str, Callable[[str, Column, Wrong], Any]]] = {
    "id": _read_id,
    "text": _read_text,
    "summary": _read_summary,
    "word": _read_word,
    "words": _read_list,
    "ref": _read_id,
    "refs": _read_list,
    "date": _read_date,
    "precision": _read_word,
    "due": _read_date,
    "day": _read_day,
    "int": _read_int,
    "float": _read_float,
    "url": _read_url,
    "sha256": _read_sha256,
}


def _check_dates(row: Row, columns: dict[str, Column], wrong: Callable[[str, str], None]) -> None:
    for column in columns.values():
        if column.kind != "date":
            continue
        value, precision = row[column.name], row["date_precision"]
        if value is None:
            if precision:
                wrong(
                    "date_precision",
                    f"is {precision!r} beside an empty {column.name}; allowed: empty where the date is",
                )
            continue
        if not precision:
            wrong("date_precision", f"is empty beside {column.name} {value!r}; allowed: {', '.join(LENGTHS)}")
            continue
        try:
            covered = span(value, precision)
        except ValueError:
            if precision in LENGTHS and len(value) in (4, 7, 10) and len(value) not in LENGTHS[precision]:
                wanted = " or ".join({4: "YYYY", 7: "YYYY-MM", 10: "YYYY-MM-DD"}[n] for n in LENGTHS[precision])
                wrong("date_precision", f"{precision!r} does not fit {value!r}; allowed with it: {wanted}")
            continue
        recorded = row.get("recorded_on")
        earliest = covered.first or dt.date(covered.last.year, 1, 1)
        if recorded and earliest > recorded and row.get("status") != "planned":
            wrong(column.name, f"{value!r} lies after recorded_on {recorded}; allowed: no later")


def _check_outcome(row: Row, wrong: Callable[[str, str], None]) -> None:
    """What became of a recommendation is a fact like others: a word, the page that shows it, and what it shows."""
    cells = ("outcome", "outcome_source_id", "outcome_summary")
    if any(row[cell] for cell in cells):
        for cell in cells:
            if not row[cell]:
                wrong(cell, "is empty beside the other cells of an outcome; allowed: all three filled, or none")


def _check_keys(register: Register) -> None:
    seen: dict[tuple[str, Any], str] = {}
    for spec in FILES:
        together: dict[tuple[Any, ...], int] = {}
        for row, line in zip(register.tables[spec.table], register.lines[spec.table], strict=True):
            file = f"{spec.name}.csv"
            if spec.key and row[spec.key] is not None:
                place = f"{file}:{line}"
                first = seen.setdefault((spec.key, row[spec.key]), place)
                if first != place:
                    register.findings.append(
                        Finding(
                            file,
                            line,
                            spec.key,
                            f"{row[spec.key]!r} stands already at {first}; allowed: an id of its own",
                        )
                    )
            if spec.unique:
                values = tuple(row[column] for column in spec.unique)
                if spec.table == "organisation" and None in values:
                    continue
                if (earlier := together.setdefault(values, line)) != line:
                    register.findings.append(
                        Finding(
                            file,
                            line,
                            ", ".join(spec.unique),
                            f"repeat those of line {earlier}; allowed once",
                        )
                    )


def _check_references(register: Register) -> None:
    known = {
        spec.name: {row[spec.key] for row in register.tables[spec.table]} | register.lost_ids[spec.name]
        for spec in FILES
        if spec.key is not None
    }
    for spec in FILES:
        for row, line in zip(register.tables[spec.table], register.lines[spec.table], strict=True):
            for column in spec.columns:
                if not column.to or row[column.name] is None or column.to in register.half_read:
                    continue
                values = row[column.name] if column.kind == "refs" else [row[column.name]]
                for value in values:
                    if value not in known[column.to]:
                        near = get_close_matches(str(value), sorted(filter(None, known[column.to])), 1)
                        like = f", such as {near[0]}" if near else ""
                        text = f"{value!r} stands in no row of {column.to}.csv; allowed: an id that does{like}"
                        register.findings.append(Finding(f"{spec.name}.csv", line, column.name, text))
    _check_kinds(register)


def _check_kinds(register: Register) -> None:
    """A trust must be a trust and a force a force, or the map and the counts are wrong."""
    kinds = {row["org_id"]: row["kind"] for row in register.tables["organisation"]}
    wanted = {"trust_id": ("mental-health-trust", "other"), "police_id": ("police-force",)}
    for row, line in zip(register.tables["adoption"], register.lines["adoption"], strict=True):
        for column, allowed in wanted.items():
            kind = kinds.get(row[column])
            if kind and kind not in allowed:
                text = f"{row[column]!r} is of kind {kind!r}; allowed: {', '.join(allowed)}"
                register.findings.append(Finding("adoptions.csv", line, column, text))
        if not (row["trust_id"] or row["police_id"] or row["other_ids"]):
            text = "is empty, and so are police_id and other_ids; allowed: at least one body"
            register.findings.append(Finding("adoptions.csv", line, "trust_id", text))
    for row, line in zip(register.tables["source"], register.lines["source"], strict=True):
        if not row["url"] and "address" not in (row["note"] or "").lower():
            text = "is empty, and the note does not say why; allowed: a note on what is known of the address"
            register.findings.append(Finding("sources.csv", line, "url", text))


def _check_successors(register: Register) -> None:
    following = {row["org_id"]: row["successor_id"] for row in register.tables["organisation"]}
    for row, line in zip(register.tables["organisation"], register.lines["organisation"], strict=True):
        at, passed = row["successor_id"], {row["org_id"]}
        while at is not None and at not in passed:
            passed.add(at)
            at = following.get(at)
        if at is not None and at == row["org_id"]:
            text = f"{row['successor_id']!r} leads back to {row['org_id']!r}; allowed: a chain that ends"
            register.findings.append(Finding("organisations.csv", line, "successor_id", text))


def _tables_allowed() -> str:
    return ", ".join(spec.table for spec in FILES if spec.table not in ABOUT_OTHERS)


def _names(register: Register) -> dict[str, set[str]]:
    """The names of the rows that stand in each table of facts, those of rows that cannot be read among them."""
    return {
        spec.table: {row_id_of(spec, row) for row in register.tables[spec.table]} | register.lost_ids[spec.name]
        for spec in FILES
        if spec.table not in ABOUT_OTHERS
    }


def _check_corrections(register: Register) -> None:
    names = _names(register)
    moved = {(row["table"], row["old_id"]) for row in register.tables["redirect"]}
    for row, line in zip(register.tables["correction"], register.lines["correction"], strict=True):
        spec = table_named(row["table"] or "")
        if spec is None:
            if row["table"]:
                text = f"{row['table']!r} is no table of the register; allowed: {_tables_allowed()}"
                register.findings.append(Finding("corrections.csv", line, "table", text))
            continue
        row["table"] = spec.table
        if spec.name in register.half_read:
            continue
        stands = row["row_id"] in names[spec.table]
        known = stands or (spec.table, row["row_id"]) in moved or _is_withdrawn(register, spec, row["row_id"])
        for column, text in _wrong_in_correction(row, spec, stands=stands, known=known):
            register.findings.append(Finding("corrections.csv", line, column, text))


def _wrong_in_correction(row: Row, spec: RegisterFile, *, stands: bool, known: bool) -> Iterator[tuple[str, str]]:
    """(column, what is wrong) of one correction. `stands` says whether its row is there, `known` whether it was."""
    if row["column"]:
        columns = [column.name for column in spec.columns]
        if row["column"] not in columns:
            yield "column", f"{row['column']!r} is no column of {spec.name}.csv; allowed: {', '.join(columns)}"
        if not known:
            yield (
                "row_id",
                f"{row['row_id']!r} stands in no row of {spec.name}.csv; allowed: the id of a row, or of one that was "
                "withdrawn (said here, with an empty column) or renamed (said in redirects.csv)",
            )
        return
    if stands:
        yield (
            "column",
            f"is empty, which says that the row was taken out, but {row['row_id']!r} stands in {spec.name}.csv; "
            "allowed: the name of the column, or no such row",
        )
    if row["is"]:
        yield "is", "is filled beside an empty column; allowed: empty, where a whole row was taken out"
    if not row["was"]:
        yield "was", "is empty beside an empty column; allowed: what the row stated"


def _is_withdrawn(register: Register, spec: RegisterFile, row_id: str) -> bool:
    return any(
        not row["column"] and row["row_id"] == row_id and row["table"] in (spec.table, spec.name)
        for row in register.tables["correction"]
    )


def _check_redirects(register: Register) -> None:
    """Old names lead to rows that stand, by a chain that ends; no name is both a row's and a former one."""
    names = _names(register)
    rows = list(zip(register.tables["redirect"], register.lines["redirect"], strict=True))
    for row, line in rows:
        spec = table_named(row["table"] or "")
        if row["table"] and spec is None:
            text = f"{row['table']!r} is no table of the register; allowed: {_tables_allowed()}"
            register.findings.append(Finding("redirects.csv", line, "table", text))
        elif spec is not None:
            row["table"] = spec.table
    following = {(row["table"], row["old_id"]): row["new_id"] for row, _ in rows}
    for row, line in rows:
        table, old, at = row["table"], row["old_id"], row["new_id"]
        if table not in names or not old or not at:
            continue
        if old in names[table]:
            text = f"{old!r} still stands in the register; allowed: a name that no row has any more"
            register.findings.append(Finding("redirects.csv", line, "old_id", text))
        passed = {old}
        while (table, at) in following and at not in passed:
            passed.add(at)
            at = following[table, at]
        if at in passed:
            text = f"{row['new_id']!r} leads back to {at!r}; allowed: a chain that ends at a row"
            register.findings.append(Finding("redirects.csv", line, "new_id", text))
        elif at not in names[table] and not ((spec := table_named(table)) and spec.name in register.half_read):
            text = f"{at!r} stands in no row of {spec.name if spec else table}.csv; allowed: the id of a row"
            register.findings.append(Finding("redirects.csv", line, "new_id", text))


def _check_names(register: Register) -> None:
    """Bodies: codes and coordinates are whole, and no alias is another body's name."""
    rows = list(zip(register.tables["organisation"], register.lines["organisation"], strict=True))
    told = {(found.line, found.column) for found in register.findings if found.file == "organisations.csv"}
    names = {row["name"]: row["org_id"] for row, _ in rows if row["name"]}
    for row, line in rows:

        def wrong(column: str, text: str, line: int = line) -> None:
            register.findings.append(Finding("organisations.csv", line, column, text))

        for one, other in (("latitude", "longitude"), ("tile_x", "tile_y")):
            for have, lack in ((one, other), (other, one)):
                if row[have] is not None and row[lack] is None and (line, lack) not in told:
                    wrong(lack, f"is empty beside {have} {row[have]:g}; allowed: both or neither")
        if row["ods_code"] and not _ODS.fullmatch(row["ods_code"]):
            wrong("ods_code", f"{row['ods_code']!r} is no code; allowed: 3 to 8 capital letters and digits")
        for alias in row["aliases"] or []:
            if alias in names:
                whose = "its own name" if names[alias] == row["org_id"] else f"the name of {names[alias]}"
                wrong("aliases", f"{alias!r} is {whose}; allowed: other names of this body")


def _check_pages(register: Register) -> None:
    """A page has one row, however its address is spelt."""
    seen: dict[str, str] = {}
    for row, line in zip(register.tables["source"], register.lines["source"], strict=True):
        if not row["url"]:
            continue
        first = seen.setdefault(_page(row["url"]), f"sources.csv:{line} ({row['source_id']})")
        if not first.startswith(f"sources.csv:{line} "):
            text = f"{row['url']!r} is the page of {first} already; allowed: one row for a page"
            register.findings.append(Finding("sources.csv", line, "url", text))


def _page(url: str) -> str:
    """An address without what does not tell pages apart: scheme, capitals of the host, "www.", last slash, fragment."""
    bare = url.partition("#")[0].partition("://")[2]
    place, slash, path = bare.partition("/")
    return f"{place.lower().removeprefix('www.')}{slash}{path}".rstrip("/")
