"""Every statement of tests/hostile.sql against real child processes: each gets what it must, nothing is touched."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from dashboard.sql.engine import Answer, Engine, Failed, Question, TimedOut
from dashboard.sql.statement import Refused
from data.home import Home
from data.published import current_path
from tests.support.hostile import Statement, statements

ALL = statements()
HEAVY = frozenset({"oom", "timeout"})
WRITTEN = ("/tmp/evil.parquet", "/tmp/out.csv", "/tmp/exp", "/tmp/prof.json", "/tmp/q.log", "/tmp/q", "/tmp/e.csv")  # noqa: S108


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(waiting=1000, patience=3600)
    yield engine
    engine.close()


def outcome(engine: Engine, database: Path, statement: Statement) -> tuple[str, str]:
    """(word of hostile.sql, what was said)"""
    try:
        future = engine.submit(Question(database, statement.sql))
    except Refused as error:
        return "refused", str(error)
    return settled(future)


def settled(future: Future[Answer]) -> tuple[str, str]:
    try:
        answer = future.result(120)
    except TimedOut as error:
        return "timeout", str(error)
    except Failed as error:
        return ("oom" if error.kind == "memory" else "error"), str(error)
    except Refused as error:
        return "refused", str(error)
    return ("cut" if answer.cut else "ok"), str(answer.rows)


def test_the_corpus_is_large_and_has_every_outcome() -> None:
    assert len(ALL) >= 150
    assert {word for statement in ALL for word in statement.right} == {
        "refused",
        "error",
        "oom",
        "timeout",
        "cut",
        "ok",
    }


def check_all(engine: Engine, database: Path, chosen: list[Statement]) -> None:
    before = {path: os.path.exists(path) for path in WRITTEN}  # noqa: PTH110
    folder = sorted(path.name for path in database.parent.iterdir())
    wrong = []
    for statement in chosen:
        got, said = outcome(engine, database, statement)
        if got not in statement.right:
            wrong.append(f"line {statement.line}: {statement.sql[:60]!r} got {got} ({said[:200]})")
        if got != "ok" and got != "cut":
            assert said.strip() and "Traceback" not in said
            assert str(database.parent) not in said, said
        assert "root:" not in said
    assert not wrong, "\n".join(wrong)
    assert {path: os.path.exists(path) for path in WRITTEN} == before  # noqa: PTH110
    assert sorted(path.name for path in database.parent.iterdir()) == folder
    assert engine.ask(database, "SELECT 1").rows == ((1,),)


def test_a_sample(engine: Engine, published_home: Home) -> None:
    light = [statement for statement in ALL if not statement.right & HEAVY]
    heavy = [statement for statement in ALL if statement.right & HEAVY]
    check_all(engine, current_path(published_home), light[::13] + heavy[:2])


@pytest.mark.slow
def test_all_of_them(engine: Engine, published_home: Home) -> None:
    check_all(engine, current_path(published_home), ALL)


@pytest.mark.slow
@pytest.mark.parametrize("statement", [each for each in ALL if each.right & HEAVY], ids=lambda each: f"line{each.line}")
def test_none_outlives_four_seconds(engine: Engine, published_home: Home, statement: Statement) -> None:
    database = current_path(published_home)
    engine.ask(database, "SELECT 1")
    future = engine.submit(Question(database, statement.sql))
    begun = time.monotonic()
    settled(future)
    # the fresh child for a spent one may have to be waited for first
    assert time.monotonic() - begun < 4 + 2
