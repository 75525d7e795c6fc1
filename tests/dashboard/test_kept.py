"""Answers kept in memory: the same as made anew, gone with the record they were made from, bounded."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import kept, server
from dashboard.kept import MARK, KeptAnswers, token_now
from dashboard.start import START
from data.home import HOME_VARIABLE, Home
from scrapers.build import build
from tests.support.small_home import rows_of, small_home, write_rows

FEW = {"statements": 2, "events": 1}
PAGES = (
    "/statements/{id}", "/statements", "/api/v1/statement.json?_facet=position&_limit=1", "/api/v1/statement.csv",
    "/feeds/timeline.atom",
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    made = small_home(tmp_path / "home", FEW)
    build(made)
    monkeypatch.setenv(HOME_VARIABLE, str(made.root))
    yield made
    START.close()


def test_a_kept_answer_is_the_same_and_goes_with_its_record(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    columns, rows = rows_of(home.register / "statements.csv")
    asked = [page.format(id=rows[0]["statement_id"]) for page in PAGES]
    made: list[str] = []
    store = KeptAnswers._keep

    def noted(self: KeptAnswers, key: Any, *rest: Any) -> None:
        made.append(key[0])
        store(self, key, *rest)

    monkeypatch.setattr(KeptAnswers, "_keep", noted)
    client = TestClient(Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE))
    first = {path: client.get(path) for path in asked}
    assert all(answer.status_code == 200 for answer in first.values()) and len(made) >= len(asked)
    for path, answer in first.items():
        again = client.get(path)
        assert (again.content, again.headers) == (answer.content, answer.headers), path
        assert "content-security-policy" in again.headers
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert plain.content == answer.content and "content-encoding" not in plain.headers
    tag = first[asked[0]].headers["etag"]
    assert client.get(asked[0], headers={"If-None-Match": tag}).status_code == 304
    assert client.head(asked[0]).content == b""
    assert [client.get("/statements/none").status_code for _ in range(2)] == [404, 404]
    rows[0]["summary"] = "Other words than before."
    write_rows(home.register / "statements.csv", columns, rows)
    build(home)
    assert "Other words than before." in client.get(asked[0]).text
    assert client.get(asked[2]).json()["record"] == 2


def test_answers_grow_old_one_by_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1_000.0
    monkeypatch.setattr(kept.time, "monotonic", lambda: clock)
    made: list[str] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        made.append(scope["path"])
        scope[MARK].append(True)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    answers = KeptAnswers(app)
    asked = [f"/{number}" for number in range(200)]
    fresh = []
    for clock in (1_000.0, 1_029.0, 1_045.0, 1_061.0):  # noqa: B007 - the clock that is read above
        made.clear()
        for path in asked:
            asyncio.run(_asked(answers, path))
        fresh.append(len(made))
    assert fresh[:2] == [200, 0] and 50 < fresh[2] < 150 and fresh[2] + fresh[3] >= 200, fresh
    assert answers.bytes == 200 * (1 + kept.OVERHEAD) and len(answers._kept) == 200


async def _asked(app: Any, path: str) -> None:
    async def send(_message: Any) -> None:
        pass

    await app({"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}, None, send)


def test_what_answers_rest_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = token_now()
    home.progress_file.write_text("{}", encoding="utf-8")
    with_progress = token_now()
    home.editions.mkdir()
    with_edition = token_now()
    os.utime(home.programme_file, (1, 1))
    assert before is not None and len({before, with_progress, with_edition, token_now()}) == 4
    monkeypatch.setenv(HOME_VARIABLE, str(home.root / "none"))
    assert token_now() is None


def test_memory_is_bounded(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES_EACH", 600)
    monkeypatch.setattr(kept, "OVERHEAD", 50)
    monkeypatch.setattr(kept, "token_now", lambda: ("home", "now", ()))

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["path"] != "/unmarked":
            scope.get(MARK, []).append(True)
        size = 700 if scope["path"] == "/long" else 400
        await send({"type": "http.response.start", "status": 404 if scope["path"] == "/none" else 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode().ljust(size)})

    answers = KeptAnswers(app, most_bytes=1000)

    def ask(path: str, query: bytes = b"", host: bytes = b"") -> bytes:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"host", host)] if host else []
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers}
        asyncio.run(answers(scope, None, send))  # type: ignore[arg-type]
        body: bytes = sent[1]["body"]
        return body.strip()

    for path in ("/a", "/b", "/a", "/c", "/long", "/none", "/unmarked"):
        assert ask(path) == path.encode()
    assert {key[0] for key in answers._kept} == {"/a", "/c"} and answers.bytes == 900
    long = b"x" * kept.MOST_ASKED
    ask("/long-query", long)
    ask("/long-host", host=long)
    ask("/" + long.decode())
    assert {key[0] for key in answers._kept} == {"/a", "/c"}, "the request is held with its answer"
