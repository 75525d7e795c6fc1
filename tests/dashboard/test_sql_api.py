"""/api/v1/sql over HTTP: forms of question and answer, problems in words, never a 5xx for what a stranger asks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import sql
from dashboard.sql import engine
from dashboard.start import Context
from data.home import Home


@pytest.fixture
def client(published_home: Home, context_of: Callable[[Home], Context]) -> Iterator[TestClient]:
    context_of(published_home)
    yield TestClient(Starlette(routes=sql.routes()))


def test_get_answers_json(client: TestClient) -> None:
    answer = client.get(
        "/api/v1/sql", params={"q": "select kind, count(*) as n from source group by 1 order by 2 desc"}
    )
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    body = answer.json()
    assert body["columns"] == [{"name": "kind", "type": "VARCHAR"}, {"name": "n", "type": "BIGINT"}]
    assert sum(row[1] for row in body["rows"]) == 147
    assert body["truncated"] is False and body["truncated_by"] is None
    assert isinstance(body["record"], int) and body["seconds"] < 3


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps({"q": "select 1 as a"}), "application/json"),
        ("q=select+1+as+a", "application/x-www-form-urlencoded"),
        ("select 1 as a", "text/plain; charset=utf-8"),
        ("select 1 as a", "application/sql"),
    ],
)
def test_post_takes_json_forms_and_text(client: TestClient, body: str, kind: str) -> None:
    answer = client.post("/api/v1/sql", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == [[1]]


def test_csv_and_ndjson(client: TestClient) -> None:
    sql_text = "select '=1+1' as formula, 'é' as letter, [1, 2] as list, null as nothing, -5 as number"
    answer = client.get("/api/v1/sql", params={"q": sql_text, "format": "csv"})
    assert (
        answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    )
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row == {"formula": "'=1+1", "letter": "é", "list": "1;2", "nothing": "", "number": "-5"}
    named = client.get("/api/v1/sql", params={"q": "select 1 as \"=cmd|' /c calc'!A1\", 2 as b", "format": "csv"})
    assert named.text.startswith("'=cmd|' /c calc'!A1,b\n"), "who sends a link chooses the names of its columns"
    lines = client.get("/api/v1/sql", params={"q": "from range(3)", "format": "ndjson"}).text.splitlines()
    assert [json.loads(line) for line in lines] == [{"range": 0}, {"range": 1}, {"range": 2}]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("select * from read_csv('/etc/passwd')", 403, "read_csv is disabled"),
        ("select 1; select 2", 403, "one question at a time"),
        ("", 400, "Ask a question"),
        ("select foo\nfrom source", 400, "Line 1, column 8: Referenced column"),
        ("select sleep_ms(60000)", 422, "longer than"),
        ("select length(repeat('x',2000000000))", 422, "memory|longer"),
    ],
)
def test_problems_are_documents(client: TestClient, query: str, status: int, words: str) -> None:
    import re

    answer = client.get("/api/v1/sql", params={"q": query})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and re.search(words, problem["detail"])


def test_a_slip_shows_line_and_caret(client: TestClient) -> None:
    problem = client.get("/api/v1/sql", params={"q": "select 1,\n  foo from source"}).json()
    assert (problem["line"], problem["column"]) == (2, 3)
    assert problem["at"] == ["  foo from source", "  ^"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"q": 5}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff\xfe", "text/plain", 400),
        (b"a=b", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=b" for _ in range(100)), "application/x-www-form-urlencoded", 400),
        (b"x", "multipart/form-data; boundary=x", 415),
        (b"select 1", "image/png", 415),
        (b"select '" + b"x" * 10_000_000 + b"'", "text/plain", 413),
        (b"select '" + b"x" * 500_000 + b"'", "text/plain", 403),
    ],
)
def test_bad_bodies(client: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post("/api/v1/sql", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_no_question_and_no_such_format(client: TestClient) -> None:
    assert client.get("/api/v1/sql").status_code == 400
    answer = client.get("/api/v1/sql", params={"q": "select 1", "format": "xml"})
    assert answer.status_code == 400 and "csv" in answer.json()["detail"]
    assert client.options("/api/v1/sql").headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert client.delete("/api/v1/sql").status_code == 405


def test_busy_is_429_with_retry_after(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_args: object, **_more: object) -> engine.Answer:
        raise engine.Busy(7)

    monkeypatch.setattr(engine, "ask_soon", busy)
    answer = client.get("/api/v1/sql", params={"q": "select 1"})
    assert answer.status_code == 429 and answer.headers["retry-after"] == "7"
    assert "again in 7 seconds" in answer.json()["detail"]


def test_a_home_in_trouble_is_503(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_RECORD_HOME", f"{tmp_path}/nowhere")
    answer = TestClient(Starlette(routes=sql.routes())).get("/api/v1/sql", params={"q": "select 1"})
    assert answer.status_code == 503
