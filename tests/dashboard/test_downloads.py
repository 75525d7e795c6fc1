"""The whole record as files, read by frictionless, csvw, rdflib, pandas and DuckDB; a hostile row stays text."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import rdflib
from starlette.testclient import TestClient

from dashboard.start import START, Context
from data.home import PACKAGE, Home
from scrapers.build import build
from tests.conftest import TOOLS, need
from tests.support.routes import client_of

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>&lol; ]]>'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    root: Path = tmp_path_factory.mktemp("downloads") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    quoted = HOSTILE.replace('"', '""')
    with (root / "register" / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write(f'hostile,2021,year,"{quoted}",\'quoted,acp-uk,context,acp-uk-2021-rapid-response,2026-11-23\n')
    build(Home(root))
    with client_of(Home(root)) as client:
        yield client


@pytest.fixture(scope="module")
def package(client: TestClient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """data.zip, unpacked."""
    folder = tmp_path_factory.mktemp("package")
    answer = client.get("/data.zip")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(folder)
    return folder


def test_every_file_has_the_hash_that_the_package_states(package: Path) -> None:
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert len(described["resources"]) > 60
    for one in described["resources"]:
        body = (package / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}" and one["bytes"] == len(body)


def test_frictionless_finds_nothing_wrong(package: Path) -> None:
    tool = TOOLS / "wacz" / "bin" / "frictionless"
    need(tool.exists(), "frictionless is not installed (.ci/run makes it ready)")
    done = subprocess.run(
        [str(tool), "validate", "datapackage.json", "--json"], cwd=package, capture_output=True, text=True, timeout=120
    )
    report = json.loads(done.stdout)
    wrong = [(task["name"], task["errors"][:1]) for task in report["tasks"] if not task["valid"]]
    assert report["valid"] and not wrong, wrong


def test_csvw_finds_nothing_wrong_and_sees_a_wrong_date(package: Path, tmp_path: Path) -> None:
    tool = TOOLS / "csvw" / "bin" / "csvwvalidate"
    need(tool.exists(), "csvw is not installed (.ci/run makes it ready)")
    done = subprocess.run([str(tool), "-v", "csvw.json"], cwd=package, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "OK" in done.stdout, done.stdout
    told = json.loads((package / "csvw.json").read_text(encoding="utf-8"))
    told["tables"] = [one for one in told["tables"] if one["url"] == "tables/claimed_total.csv"]
    del told["tables"][0]["tableSchema"]["foreignKeys"]
    (tmp_path / "csvw.json").write_text(json.dumps(told), encoding="utf-8")
    table = (package / "tables" / "claimed_total.csv").read_text(encoding="utf-8")
    (tmp_path / "tables").mkdir()
    for text, code in ((table, 0), (table.replace("2026-11-", "2026-13-", 1), 1)):
        (tmp_path / "tables" / "claimed_total.csv").write_text(text, encoding="utf-8", newline="")
        done = subprocess.run([str(tool), "csvw.json"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout


def test_dcat_is_read_by_rdflib(package: Path) -> None:
    graph = rdflib.Graph().parse(package / "dcat.jsonld", format="json-ld")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    sets = list(graph.subjects(rdflib.RDF.type, dcat.Dataset))
    assert [str(one) for one in sets] == ["https://sim-record.example/downloads"]
    files = list(graph.objects(sets[0], dcat.distribution))
    assert len(files) > 60
    for one in files:
        assert str(graph.value(one, dcat.downloadURL)).startswith("https://sim-record.example/downloads/tables/")
        assert int(graph.value(one, dcat.byteSize)) > 0


def test_pandas_and_duckdb_read_the_same_rows(package: Path) -> None:
    frame = pd.read_csv(package / "tables" / "event.csv", dtype=str, keep_default_na=False)
    hostile = frame.set_index("event_id").loc["hostile"]
    assert hostile["title"] == "'" + HOSTILE and hostile["summary"] == "''quoted"
    rows = duckdb.sql(
        f"SELECT title, summary, org_ids FROM '{package}/tables/event.parquet' WHERE event_id = 'hostile'"
    )
    assert rows.fetchall() == [(HOSTILE, "'quoted", ["acp-uk"])]
    for name in ("organisation", "timeline", "evidence"):
        counted = duckdb.sql(
            f"SELECT (SELECT count(*) FROM '{package}/tables/{name}.parquet'),"
            f"(SELECT count(*) FROM read_csv('{package}/tables/{name}.csv', all_varchar = true, header = true))"
        ).fetchone()
        assert counted is not None and counted[0] == counted[1] > 0


def test_no_cell_of_a_csv_is_a_formula(package: Path) -> None:
    for path in (package / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.reader(handle):
                for cell in row:
                    assert not cell.startswith(("=", "+", "@", "\t")), (path.name, cell)
                    assert not cell.startswith("-") or float(cell) < 0


def test_the_dictionary_holds_every_column(package: Path) -> None:
    with (package / "dictionary.csv").open(encoding="utf-8", newline="") as handle:
        lines = {(row["table"], row["column"]): row for row in csv.DictReader(handle)}
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    for one in described["resources"]:
        for field in one.get("schema", {}).get("fields", ()):
            line = lines[(Path(one["path"]).stem, field["name"])]
            assert line["meaning"] == field["description"] != ""
    assert lines[("statement", "org_id")]["names_a_row_of"] == "organisation.org_id"
    assert "calls-for-review" in lines[("statement", "position")]["allowed"]


def test_files_are_sent_with_their_kind_and_not_sent_again(client: TestClient) -> None:
    for name, kind in (
        ("downloads/tables/statement.csv", "text/csv"),
        ("downloads/tables/statement.parquet", "application/vnd.apache.parquet"),
        ("downloads/dcat.jsonld", "application/ld+json"),
        ("downloads/record.duckdb", "application/vnd.duckdb"),
    ):
        answer = client.get(f"/{name}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
        assert client.get(f"/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    part = client.get("/data.zip", headers={"Range": "bytes=0-3"})
    assert part.status_code == 206 and part.content == b"PK\x03\x04"


@pytest.mark.parametrize(
    "path", ["downloads/nothing.csv", "downloads/%2e%2e/data.zip", "downloads/tables", "downloads//"]
)
def test_other_names_lead_nowhere(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}", follow_redirects=False)
    assert answer.status_code in (404, 308) and b"PK\x03" not in answer.content


def test_the_page_lists_everything_and_is_a_dataset(client: TestClient) -> None:
    page = client.get("/downloads")
    assert page.status_code == 200 and 'href="/data.zip"' in page.text and "&lt;script" not in page.text
    block = page.text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    told = json.loads(block)
    assert told["@type"] == "Dataset" and told["license"] and len(told["distribution"]) > 60
    for one in told["distribution"][::12]:
        assert client.get(one["contentUrl"].removeprefix("https://sim-record.example")).status_code == 200


def test_the_same_record_gives_the_same_bytes(client: TestClient, tmp_path: Path) -> None:
    from dashboard.downloads.package import write_downloads

    state = START.state()
    assert isinstance(state, Context)
    write_downloads(state.record, state.programme, tmp_path)
    assert (tmp_path / "data.zip").read_bytes() == client.get("/data.zip").content
