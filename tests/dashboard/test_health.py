"""The addresses that whoever runs the server watches."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from dashboard import health
from dashboard.start import START
from data.home import HOME_VARIABLE, Home
from data.published import current_path
from tests.support.routes import client_of


@pytest.fixture
def own(published_empty_home: Home, tmp_path: Path) -> Home:
    """A published home that the test may spoil."""
    return Home(Path(shutil.copytree(published_empty_home.root, tmp_path / "own")).resolve())


def test_alive_and_ready_are_tiny_never_kept_and_told_to_no_search_engine(published_empty_home: Home) -> None:
    with client_of(published_empty_home) as client:
        for path in sorted(health.ADDRESSES):
            answer = client.get(path)
            assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
            assert len(answer.content) < 200 and answer.headers["content-type"] == "application/json"
            assert client.head(path).status_code == 200 and client.post(path).status_code == 405
            assert path not in client.get("/sitemap.xml").text
        told = client.get(health.READY).json()
    assert told["ready"] is True and told["record"] == 1 and told["version"]
    published = dt.datetime.fromisoformat(told["published_at"])
    assert abs((dt.datetime.now(dt.UTC) - published).total_seconds() - told["age"]) < 5


def test_a_home_where_nothing_is_published_is_not_ready_and_nothing_is_built_for_that(empty_home: Home) -> None:
    with client_of(empty_home) as client:
        answer = client.get(health.READY)
        assert client.get(health.ALIVE).status_code == 200
    assert answer.status_code == 503 and answer.headers["cache-control"] == "no-store"
    assert answer.json()["ready"] is False and "sim-record build" in answer.json()["reason"]
    assert not empty_home.current_file.exists()


def test_a_record_that_was_cut_off_is_not_ready_and_its_folder_is_not_told(own: Home) -> None:
    record = current_path(own)
    record.write_bytes(record.read_bytes()[:5000])
    with client_of(own) as client:
        answer = client.get(health.READY)
    assert answer.status_code == 503 and answer.json()["reason"].startswith("record-1.duckdb is cut off:")
    assert str(own.root) not in answer.text


@pytest.mark.parametrize("named", [b"\xff\xfe", b"../../etc/passwd", b"record-9.duckdb", b""])
def test_where_current_names_nothing_the_newest_record_is_shown(own: Home, named: bytes) -> None:
    own.current_file.write_bytes(named)
    with client_of(own) as client:
        assert client.get(health.READY).json()["record"] == 1
        assert client.get("/about").status_code == client.get("/sources").status_code == 200


def test_a_new_publication_is_told_at_once(own: Home) -> None:
    with client_of(own) as client:
        assert client.get(health.READY).json()["record"] == 1
        shutil.copyfile(own.root / "record-1.duckdb", own.root / "record-2.duckdb")
        own.current_file.write_text("record-2.duckdb\n", encoding="utf-8")
        assert client.get(health.READY).json()["record"] == 2


def test_without_a_home_the_process_is_alive_and_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "nowhere"))
    told = health.readiness()
    START.close()
    assert told["ready"] is False and "home" in told["reason"] and str(tmp_path) not in told["reason"]
