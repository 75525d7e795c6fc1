"""The package described for programs: data package, CSV on the Web, DCAT, schema.org, and a data dictionary as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.api.catalogue import TableColumn, TableInfo
from dashboard.api.filters import quoted
from dashboard.downloads.files import TableFile, TableFiles
from dashboard.queries.dictionary import all_tables, points_to, vocabularies, vocabulary_of
from dashboard.record import Record, per_record
from data.programme import Programme

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE: Final = "https://datapackage.org/profiles/2.0/dataresource.json"
GUARD: Final = (
    "In the CSV files a text that begins with = + - @ ' or a tab or line end stands behind one more apostrophe, so "
    "that no spreadsheet runs it as a formula; take one apostrophe away to have the text. The items of a list are "
    "joined by semicolons. Empty cells have no value. Times are UTC. The Parquet files hold every value as it is."
)
_TYPES: Final = {
    "INTEGER": "integer", "BIGINT": "integer", "HUGEINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean",
    "DATE": "date", "TIMESTAMP": "datetime", "VARCHAR[]": "list",
}  # fmt: skip
_CSVW_TYPES: Final = {"number": "double", "datetime": "dateTime", "list": "string"}


@dataclass(frozen=True)
class About:
    """What the descriptions say of the whole: a name for programs, a title, the address where the files lie, and the
    address of a page about them. `version` tells one release from another, `issued` is its day and `created` the time
    of its making (ISO 8601, UTC)."""

    name: str
    title: str
    files_at: str
    page: str
    version: str
    issued: str
    created: str
    extra: Mapping[str, Any]


@dataclass(frozen=True)
class Keys:
    """What holds in a table as it stands: the columns that name a row (none where they do not), the columns that are
    never empty, and the (column, table, column there) whose cells all name a row of another table."""

    primary: tuple[str, ...]
    required: tuple[str, ...]
    foreign: tuple[tuple[str, str, str], ...]


@per_record
def keys_of(record: Record) -> dict[str, Keys]:
    """The keys of every table, each tried on the rows before it is told."""
    known = {one.info.name: one.info for one in all_tables(record)}
    never_empty: dict[str, list[str]] = {name: [] for name in known}
    for table, column in record.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND NOT is_nullable "
        "ORDER BY table_name, column_index"
    ):
        if table in never_empty:
            never_empty[table].append(column)
    primary = {name: _primary(record, info) for name, info in known.items()}
    return {
        name: Keys(
            primary[name],
            tuple(dict.fromkeys([*primary[name], *never_empty[name]])),
            tuple(
                (column.name, *target)
                for column in info.columns
                if (target := points_to(record, column)) is not None
                and not column.is_list
                and primary[target[0]] == (target[1],)
                and not _dangling(record, name, column.name, *target)
            ),
        )
        for name, info in known.items()
    }


def _primary(record: Record, info: TableInfo) -> tuple[str, ...]:
    if any(info.column(name) is None for name in info.key):  # a key that only the database knows (rowid)
        return ()
    names = ", ".join(quoted(name) for name in info.key)
    empty = " OR ".join(f"{quoted(name)} IS NULL" for name in info.key)
    several, bad = record.rows(
        f"""SELECT (SELECT count(*) FROM (SELECT 1 FROM {quoted(info.name)} GROUP BY {names} HAVING count(*) > 1)),
        (SELECT count(*) FROM {quoted(info.name)} WHERE {empty})"""  # noqa: S608 - names of the catalogue
    )[0]
    return () if several or bad else info.key


def _dangling(record: Record, table: str, column: str, there: str, key: str) -> bool:
    found = record.rows(
        f"""SELECT 1 FROM {quoted(table)} a WHERE a.{quoted(column)} IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM {quoted(there)} b WHERE b.{quoted(key)} = a.{quoted(column)}) LIMIT 1"""  # noqa: S608
    )
    return bool(found)


# --- data package ---------------------------------------------------------------------------------------------------


def datapackage(record: Record, programme: Programme, about: About, written: Sequence[TableFiles]) -> dict[str, Any]:
    """The package as a Data Package (version 2): each table twice, as CSV with its schema and as Parquet."""
    licence = programme.licence
    subject = programme.programme
    resources: list[dict[str, Any]] = [
        {"$schema": RESOURCE_PROFILE, "name": _resource(one.table.name), "type": "table",
         "title": one.table.name, "description": one.table.comment, **_file(one.csv, "csv", "text/csv"),
         "encoding": "utf-8", "rows": one.rows, "schema": _schema(record, one.table),
         "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True}}
        for one in written
    ]  # fmt: skip
    resources += [
        {"$schema": RESOURCE_PROFILE, "name": f"{_resource(one.table.name)}-parquet", "type": "file",
         "title": f"{one.table.name} as Parquet", "description": one.table.comment,
         **_file(one.parquet, "parquet", "application/vnd.apache.parquet")}
        for one in written
    ]  # fmt: skip
    return {
        "$schema": PROFILE,
        "name": about.name,
        "title": about.title,
        "description": f"{subject.about} {GUARD}".strip(),
        "homepage": about.page,
        "version": about.version,
        "created": about.created,
        "licenses": [{"name": licence.data.replace(" ", "-"), "title": licence.data, "path": licence.data_url}],
        "contributors": [{"title": subject.publisher or subject.title, "roles": ["publisher"]}],
        "keywords": [subject.short_name, *subject.terms],
        **about.extra,
        "views": [one.table.name for one in written if one.table.is_view],
        "resources": resources,
    }


def _resource(table: str) -> str:
    return table.replace("_", "-")


def _file(file: TableFile, form: str, media_type: str) -> dict[str, Any]:
    return {
        "path": file.path, "format": form, "mediatype": media_type, "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }  # fmt: skip


def _schema(record: Record, table: TableInfo) -> dict[str, Any]:
    keys = keys_of(record)[table.name]
    schema: dict[str, Any] = {"fields": [_field(record, column, keys) for column in table.columns]}
    if keys.primary:
        schema["primaryKey"] = list(keys.primary)
    if keys.foreign:
        schema["foreignKeys"] = [
            {"fields": [column],
             "reference": {"resource": "" if there == table.name else _resource(there), "fields": [key]}}
            for column, there, key in keys.foreign
        ]  # fmt: skip
    return schema


def _field(record: Record, column: TableColumn, keys: Keys) -> dict[str, Any]:
    kind = _TYPES.get(column.type, "string")
    field: dict[str, Any] = {"name": column.name, "type": kind, "description": column.comment}
    if kind == "list":
        field |= {"delimiter": ";", "itemType": "string"}
    constraints: dict[str, Any] = {}
    if column.name in keys.required:
        constraints["required"] = True
    values = vocabularies(record).get(vocabulary_of(column) or "", ())
    if values and kind == "string":
        constraints["enum"] = [value for value, _ in values]
    return field | ({"constraints": constraints} if constraints else {})


# --- CSV on the Web -------------------------------------------------------------------------------------------------


def csvw(record: Record, programme: Programme, about: About, written: Sequence[TableFiles]) -> dict[str, Any]:
    """The CSV files as a table group of CSV on the Web."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": about.title,
        "dc:description": GUARD,
        "dc:license": {"@id": programme.licence.data_url},
        "dc:issued": {"@value": about.issued, "@type": "xsd:date"},
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tables": [
            {"url": one.csv.path, "dc:title": one.table.name, "dc:description": one.table.comment,
             "tableSchema": _csvw_schema(record, one.table)}
            for one in written
        ],
    }  # fmt: skip


def _csvw_schema(record: Record, table: TableInfo) -> dict[str, Any]:
    keys = keys_of(record)[table.name]
    columns = []
    for column in table.columns:
        kind = _TYPES.get(column.type, "string")
        told: dict[str, Any] = {
            "name": column.name, "titles": [column.name], "dc:description": column.comment,
            "datatype": _CSVW_TYPES.get(kind, kind),
        }  # fmt: skip
        if kind == "list":
            told["separator"] = ";"
        if column.name in keys.required:
            told["required"] = True
        columns.append(told)
    schema: dict[str, Any] = {"columns": columns}
    if keys.primary:
        schema["primaryKey"] = list(keys.primary)
    if foreign := [key for key in keys.foreign if key[0] in keys.required]:  # readers refuse empty ones
        schema["foreignKeys"] = [
            {"columnReference": column,
             "reference": {"resource": f"tables/{there}.csv", "columnReference": key}}
            for column, there, key in foreign
        ]  # fmt: skip
    return schema


# --- catalogues and search engines ----------------------------------------------------------------------------------


def dcat(programme: Programme, about: About, written: Sequence[TableFiles]) -> dict[str, Any]:
    """The dataset and its files in DCAT 3, as JSON-LD that needs nothing fetched to be read."""
    subject = programme.programme
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/", "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": about.page,
        "@type": "dcat:Dataset",
        "dct:title": _text(about.title),
        "dct:description": _text(subject.about or about.title),
        "dct:identifier": about.page,
        "dct:issued": {"@value": about.issued, "@type": "xsd:date"},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/ENG"},
        "dct:license": {"@id": programme.licence.data_url},
        "dct:publisher": {
            "@id": subject.base_url.rstrip("/") + "/", "@type": "foaf:Agent",
            "foaf:name": subject.publisher or subject.title,
        },
        "dcat:version": about.version,
        "dcat:landingPage": {"@id": about.page},
        "dcat:keyword": [_text(word) for word in (subject.short_name, *subject.terms)],
        "dcat:distribution": [
            {
                "@id": f"{about.files_at}/{file.path}",
                "@type": "dcat:Distribution",
                "dct:title": _text(f"{one.table.name} as {words}"),
                "dct:description": _text(one.table.comment),
                "dct:license": {"@id": programme.licence.data_url},
                "dcat:accessURL": {"@id": about.page},
                "dcat:downloadURL": {"@id": f"{about.files_at}/{file.path}"},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
                "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
                },
            }
            for one in written
            for file, words, media in _forms(one)
        ],
    }  # fmt: skip


def _text(words: str) -> dict[str, str]:
    return {"@value": words, "@language": "en"}


def _forms(one: TableFiles) -> tuple[tuple[TableFile, str, str], ...]:
    return (one.csv, "CSV", "text/csv"), (one.parquet, "Parquet", "application/vnd.apache.parquet")


def schema_org(programme: Programme, about: About, written: Sequence[TableFiles]) -> dict[str, Any]:
    """The dataset as search engines for data read it (schema.org Dataset)."""
    subject = programme.programme
    base = subject.base_url.rstrip("/")
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": about.page,
        "url": about.page,
        "name": about.title,
        "description": subject.about or about.title,
        "version": about.version,
        "datePublished": about.issued,
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "license": programme.licence.data_url,
        "keywords": [subject.short_name, *subject.terms],
        "creator": {"@type": "Organization", "name": subject.publisher or subject.title, "url": base + "/"},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{one.table.name} as {words}",
                "description": one.table.comment,
                "encodingFormat": media,
                "contentUrl": f"{about.files_at}/{file.path}",
                "contentSize": str(file.bytes),
                "sha256": file.sha256,
            }
            for one in written
            for file, words, media in _forms(one)
        ],
    }


def dictionary_csv(record: Record) -> str:
    """The data dictionary: one line a column, with its meaning as the schema's comments give it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["table", "column", "type", "meaning", "vocabulary", "allowed", "names_a_row_of", "part_of_key"])
    for one in all_tables(record):
        keys = keys_of(record)[one.info.name]
        writer.writerow([one.info.name, "", "view" if one.info.is_view else "table", one.info.comment, "", "", "", ""])
        for column in one.info.columns:
            target = points_to(record, column)
            named = vocabulary_of(column) or ""
            allowed = ";".join(value for value, _ in vocabularies(record).get(named, ()))
            writer.writerow([
                one.info.name, column.name, column.type, column.comment, named, allowed,
                ".".join(target) if target else "", "true" if column.name in keys.primary else "false",
            ])  # fmt: skip
    return out.getvalue()
