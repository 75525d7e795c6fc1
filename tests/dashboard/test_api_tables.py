"""Tables for programs: filters, order, pages, formats, errors."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from data.home import PACKAGE, Home
from scrapers.build import build
from tests.support.routes import client_of


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    import shutil

    root: Path = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    with (root / "register" / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write("formula,2021,year,=1+1,@SUM(A1),,context,acp-uk-2021-rapid-response,2026-11-23\n")
    build(Home(root))
    with client_of(Home(root)) as client:
        yield client


def rows(client: TestClient, address: str) -> list[dict[str, object]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


def test_a_table_as_json(client: TestClient) -> None:
    answer = client.get("/api/v1/adoption.json").json()
    assert answer["count"] == 60 and len(answer["rows"]) == 60 and answer["next"] is None
    assert answer["rows"][0]["other_ids"] is not None
    assert client.get("/api/v1/adoption.json").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("status=live&trust_id=slam", {"slam-2018-19", "slam-2019-03-31"}),
        ("trust_id=slam&status__in=ended,paused", {"slam-ended-2021"}),
        ("trust_id=slam&on_date__gte=2020", {"slam-ended-2021"}),
        ("trust_id=slam&on_date__lt=2020", {"slam-2018-19", "slam-2019-03-31"}),
        ("trust_id=slam&summary__contains=EVALUATION", {"slam-2019-03-31"}),
        ("trust_id=slam&other_ids__contains=london-ambulance-service", {"slam-2018-19", "slam-ended-2021"}),
        ("trust_id=slam&other_ids=london-ambulance-service", {"slam-2018-19", "slam-ended-2021"}),
        ("trust_id=slam&status__ne=live", {"slam-ended-2021"}),
        ("trust_id=slam&on_date__null=true", set()),
        ("trust_id=slam&recorded_on__gte=2030-01-01", set()),
    ],
)
def test_filters(client: TestClient, query: str, wanted: set[str]) -> None:
    assert {row["adoption_id"] for row in rows(client, f"/api/v1/adoption.json?{query}")} == wanted


@pytest.mark.parametrize("sort", ["", "-on_date", "status,-on_date", "date_precision"])
def test_pages_together_hold_every_row_once(client: TestClient, sort: str) -> None:
    whole = [row["adoption_id"] for row in rows(client, f"/api/v1/adoption.json?_limit=1000&_sort={sort}")]
    found: list[object] = []
    address: str | None = f"/api/v1/adoption.json?_limit=7&_sort={sort}"
    while address:
        answer = client.get(address).json()
        assert len(answer["rows"]) <= 7
        found += [row["adoption_id"] for row in answer["rows"]]
        following = answer["next"]
        address = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else None
    assert found == whole and len(set(map(str, found))) == 60


def test_every_table_pages_without_loss(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    names = {path.split("/")[3].removesuffix(".json") for path in paths if path.endswith(".json")}
    assert {"timeline", "organisation_status", "source"} <= names
    for name in names:
        count, seen = None, 0
        address: str | None = f"/api/v1/{name}.json?_limit=90"
        while address:
            answer = client.get(address).json()
            count, seen = answer["count"], seen + len(answer["rows"])
            following = answer["next"]
            address = f"{urlsplit(following).path}?{urlsplit(following).query}" if following else None
        assert seen == count, name


def test_facets_and_fields(client: TestClient) -> None:
    answer = client.get("/api/v1/statement.json?_facet=position,asks&_fields=statement_id").json()
    assert sum(value["count"] for value in answer["facets"]["position"]) == 79
    assert {"value": "halt", "count": 13}["value"] in {value["value"] for value in answer["facets"]["asks"]}
    assert set(answer["rows"][0]) == {"statement_id"}


def test_files_hold_every_row_and_formulas_stay_text(client: TestClient) -> None:
    count = client.get("/api/v1/timeline.json?_limit=1").json()["count"]
    table = list(csv.DictReader(io.StringIO(client.get("/api/v1/timeline.csv").text)))
    assert len(table) == count
    hostile = next(row for row in table if row["id"] == "event.formula")
    assert hostile["title"] == "'=1+1" and hostile["summary"] == "'@SUM(A1)"
    lines = client.get("/api/v1/timeline.ndjson").text.splitlines()
    assert len(lines) == count and json.loads(lines[0])["id"]
    parquet = pq.read_table(io.BytesIO(client.get("/api/v1/timeline.parquet").content))
    assert parquet.num_rows == count and parquet.schema.field("id").metadata[b"comment"]
    sheet = client.get("/api/v1/event.xlsx")
    assert sheet.content[:2] == b"PK" and "spreadsheetml" in sheet.headers["content-type"]
    assert b"<f>" not in __import__("zipfile").ZipFile(io.BytesIO(sheet.content)).read("xl/worksheets/sheet1.xml")


def test_unchanged_answers_are_not_sent_again(client: TestClient) -> None:
    tag = client.get("/api/v1/event.json").headers["etag"]
    again = client.get("/api/v1/event.json", headers={"If-None-Match": f'W/{tag}, "other"'})
    assert again.status_code == 304 and again.content == b""
    assert client.get("/api/v1/event.json?kind=award").headers["etag"] != tag


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/v1/nothing.json", 404, "is no table"),
        ("/api/v1/event.yaml", 404, "is no format"),
        ("/api/v1/event.json?colour=red", 400, "is no column of event"),
        ("/api/v1/event.json?kind__like=a", 400, "is no filter"),
        ("/api/v1/event.json?_order=kind", 400, "is no option"),
        ("/api/v1/event.json?_limit=0", 400, "from 1 to 1000"),
        ("/api/v1/event.json?_limit=1001", 400, "from 1 to 1000"),
        ("/api/v1/event.json?_limit=%C2%B2", 400, "from 1 to 1000"),
        ("/api/v1/event.json?_cursor=nonsense", 400, "_cursor does not fit"),
        ("/api/v1/event.json?_cursor=W10", 400, "_cursor does not fit"),
        ("/api/v1/event.json?recorded_on__gte=soon", 400, "a day such as"),
        ("/api/v1/petition_reading.json?signatures__gte=many", 400, "a whole number"),
        ("/api/v1/petition_reading.json?signatures__gte=99999999999999999999", 400, "a whole number"),
        ("/api/v1/event.json?kind=%00", 400, "NUL"),
        ("/api/v1/event.json?kind__null=maybe", 400, "true or false"),
    ],
)
def test_errors_say_what_is_allowed(client: TestClient, address: str, status: int, words: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert words in answer.json()["detail"] and answer.json()["status"] == status


def test_values_are_never_sql(client: TestClient) -> None:
    assert rows(client, "/api/v1/event.json?kind=award'%20OR%20'1'='1") == []
    assert rows(client, "/api/v1/event.json?title__contains=%25') OR true --") == []


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_the_description_is_openapi(client: TestClient, every: int) -> None:
    """One path in so many, with all that the paths share."""
    from openapi_spec_validator import validate

    described = client.get("/api/v1/openapi.json").json()
    described["paths"] = dict(list(described["paths"].items())[::every])
    assert len(described["paths"]) > 10
    validate(described)
    assert "organisation_status" in client.get("/api/v1/").text
