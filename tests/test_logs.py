"""Log lines: whole objects, one a line, whatever is in them; and nothing that tells one reader from another."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from data import logs
from data.console import say
from data.home import Home
from tests.support.loopback import serving, statement
from tests.support.processes import running
from tests.test_command_line import run

HOSTILE = 'a\nlevel=error\r\n\x1b[2Jb \u2028 \u202e \x9b31m \ud800 \x00 "quoted" = end'


def logged(formatter: logging.Formatter, write: Callable[[logging.Logger], None]) -> str:
    stream = io.StringIO()
    logger = logging.Logger("scrapers.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    write(logger)
    return stream.getvalue()


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def raise_hostile(logger: logging.Logger) -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logger.exception(HOSTILE)


def test_what_comes_from_outside_cannot_begin_a_line_of_json_or_leave_it() -> None:
    text = logged(logs.JsonLines(), lambda logger: logs.event(logger, logging.INFO, "asked", url=HOSTILE, status=200))
    assert text.isascii() and text.endswith("\n") and text[:-1].isprintable()
    facts = json.loads(text)
    assert facts["url"] == HOSTILE and facts["status"] == 200 and facts["event"] == "asked"
    assert facts["level"] == "info" and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", facts["time"])
    (bug,) = lines_of(logged(logs.JsonLines(), raise_hostile))
    assert "Traceback" in bug["exception"] and bug["level"] == "error"


def test_what_comes_from_outside_cannot_begin_a_line_of_text_or_leave_it() -> None:
    text = logged(logs.TextLines(), lambda logger: logs.event(logger, logging.INFO, HOSTILE, url=HOSTILE, empty=""))
    assert text.count("\n") == 1 and text[:-1].isprintable() and text.encode()
    assert json.loads(re.search(r'url=(".*") empty=""', text)[1]) == HOSTILE  # type: ignore[index]
    traced = logged(logs.TextLines(), raise_hostile).splitlines()
    assert all(line.startswith("  | ") and line.isprintable() for line in traced[1:]) and len(traced) > 3


def test_what_is_said_to_a_person_acts_on_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("Two lines,\n\tone indented: \x1b[2J\x9b31m\u202e é “quoted”\r")
    assert capsys.readouterr().err == "Two lines,\n\tone indented: \\u001b[2J\\u009b31m\\u202e é “quoted”\\r\n"


def test_a_field_that_is_not_known_is_left_out_and_seconds_are_short() -> None:
    text = logged(
        logs.TextLines(), lambda log: logs.event(log, logging.INFO, "x", outcome=None, seconds=1 / 3, id="a b")
    )
    assert text.endswith(' x seconds=0.333 id="a b"\n')


@pytest.mark.parametrize(("name", "value"), [(logs.VARIABLE, "xml"), (logs.LEVEL_VARIABLE, "loud")])
def test_a_setting_that_is_none_is_said(home: Home, name: str, value: str) -> None:
    done = run("build", home=home, env={logs.VARIABLE: "json", name: value})
    assert done.returncode == 2
    assert f"{name} is {value!r}; allowed: " in done.stderr.decode() and b"Traceback" not in done.stderr


def test_a_run_is_told_as_json_whole_and_as_text(home_with_sources: Callable[[dict[str, str]], Home]) -> None:
    with serving({"/good": statement("Good")}) as address:
        home = home_with_sources({"good": f"{address}/good", "bad": f"{address}/bad?a=%0Ab"})
        text = home.programme_file.read_text(encoding="utf-8")
        home.programme_file.write_text(re.sub("(?m)^delay = .*", "delay = 0", text), encoding="utf-8")
        asked = ("collect", "--no-archive", "--allow-private")
        done = run(*asked, home=home, env={logs.VARIABLE: "json"})
        told = run(*asked, home=home, env={logs.VARIABLE: "text", logs.LEVEL_VARIABLE: "warning"})
        quiet = run(*asked, home=home)
    assert done.returncode == 1 and done.stdout == b"", "bad is not there"
    assert b"source.asked" not in quiet.stderr and b"Published record-3.duckdb." in quiet.stderr
    lines = lines_of(done.stderr.decode())
    events = {line["event"]: line for line in lines}
    assert {"run.started", "run.finished", "record.published", "said"} <= events.keys()
    by_source = {line["source_id"]: line for line in lines if line["event"] == "source.asked"}
    assert by_source["good"]["outcome"] == "captured" and by_source["good"]["level"] == "info"
    assert by_source["bad"]["outcome"] == "not-found" and by_source["bad"]["level"] == "warning"
    assert by_source["bad"]["url"].endswith("/bad?a=%0Ab") and by_source["bad"]["status"] == 404
    assert by_source["good"]["run_id"] == events["run.finished"]["run_id"]
    assert events["run.finished"]["outcomes"] == {"captured": 1, "not-found": 1}
    assert "Published record-1.duckdb." in events["said"]["text"]
    (warning,) = [line for line in told.stderr.decode().splitlines() if " scrapers." in line]
    assert " warning scrapers.collect source.asked " in warning and "source_id=bad" in warning
    assert "Published record-2.duckdb." in told.stderr.decode()


def test_a_bug_is_one_object_too(home: Home) -> None:
    (home.register / "sources.csv").unlink()
    (home.register / "sources.csv").mkdir()  # a folder in place of a file: nobody thought of that
    done = run("build", home=home, env={logs.VARIABLE: "json"})
    assert done.returncode in (1, 3)
    assert lines_of(done.stderr.decode())


def test_the_server_tells_of_requests_and_of_no_reader(published: Home, tmp_path: Path) -> None:
    log = tmp_path / "log"
    env_of_reader = {"user-agent": "a-reader's browser", "referer": "http://from.example/where", "cookie": "who=me"}

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "sim_record", "serve", "--home", str(published.root), "--port", str(port)]

    environment = {**os.environ, logs.VARIABLE: "json"}
    with (
        running(command, "the record", path="/healthz", env=environment, log=log) as (base, _),
        httpx.Client(base_url=base, headers=env_of_reader, trust_env=False) as client,
    ):
        client.get("/?find=private+words")
        client.get("/api/v1/search?q=private+words")
        client.get("/nope%0a%1b[2J/%F0%9F%98%80?private")
        assert client.get("/readyz").status_code == 200
    lines = lines_of(log.read_text(encoding="utf-8"))
    requests = [line for line in lines if line["event"] == "request"]
    assert [(one["path"], one["status"]) for one in requests] == [
        ("/", 200), ("/api/v1/search", 200), ("/nope\n\x1b[2J/\U0001f600", 404),
    ]  # fmt: skip
    assert all(one["method"] == "GET" and one["bytes"] > 100 and one["seconds"] >= 0 for one in requests)
    assert "record.shown" in {line["event"] for line in lines}
    told = log.read_text(encoding="utf-8")
    for secret in ("private", "reader", "from.example", "who=me"):
        assert secret not in told
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines if line["event"] != "said")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    from scrapers.build import build
    from tests.support.small_home import small_home

    home = small_home(tmp_path_factory.mktemp("small") / "home")
    build(home)
    return home
