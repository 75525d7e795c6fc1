"""The package: a folder with every table as CSV and Parquet and all that describes them, and the same as one zip."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dashboard.downloads import describe
from dashboard.downloads.describe import About
from dashboard.downloads.files import TableFiles, write_table
from dashboard.queries.dictionary import all_tables
from dashboard.record import Record
from data.editions import files_of
from data.programme import Programme

PAGE: Final = "/downloads"
ZIP: Final = "data.zip"
DESCRIPTIONS: Final[Mapping[str, str]] = {
    "datapackage.json": "Data Package: files, checksums, columns, keys (frictionless)",
    "csvw.json": "CSV on the Web: the same for the CSV files",
    "dcat.jsonld": "DCAT 3, for catalogues of data",
    "dataset.jsonld": "schema.org Dataset, for search engines",
    "dictionary.csv": "Data dictionary: the meaning of every table and column",
}
"""The files that describe the package, with their purpose in words."""


def live_about(record: Record, programme: Programme) -> About:
    """What the descriptions say of the record in force."""
    subject = programme.programme
    base = subject.base_url.rstrip("/") + PAGE
    return About(
        name="record",
        title=f"{subject.title}: the whole record",
        files_at=base,
        page=base,
        version=f"record-{record.number}",
        issued=record.built_on.isoformat(),
        created=in_utc(record.built_at),
        extra={"record": record.number},
    )


def in_utc(time: dt.datetime) -> str:
    """A time in UTC as ISO 8601, to the second: 2026-11-23T09:30:00Z."""
    return time.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def write_package(record: Record, programme: Programme, folder: Path, about: About) -> list[TableFiles]:
    """Fill `folder` with tables/ and the files of DESCRIPTIONS. The same record gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [write_table(record, one.info, folder) for one in all_tables(record)]
    told: dict[str, Any] = {
        "datapackage.json": describe.datapackage(record, programme, about, written),
        "csvw.json": describe.csvw(record, programme, about, written),
        "dcat.jsonld": describe.dcat(programme, about, written),
        "dataset.jsonld": describe.schema_org(programme, about, written),
    }
    for name, value in told.items():
        (folder / name).write_bytes((json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())
    (folder / "dictionary.csv").write_bytes(describe.dictionary_csv(record).encode())
    return written


def zip_package(folder: Path, target: Path, when: dt.datetime) -> None:
    """Everything under `folder` as one zip, every entry of the time `when`: the same folder gives the same bytes."""
    stamp = (max(when.year, 1980), *when.timetuple()[1:6])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name in files_of(folder):
            entry = zipfile.ZipInfo(name, date_time=stamp)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, (folder / name).read_bytes())


def write_downloads(record: Record, programme: Programme, folder: Path) -> list[TableFiles]:
    """The record in force as `folder`/downloads/… and `folder`/data.zip, as the server answers them."""
    written = write_package(record, programme, folder / "downloads", live_about(record, programme))
    zip_package(folder / "downloads", folder / ZIP, record.built_at)
    return written
