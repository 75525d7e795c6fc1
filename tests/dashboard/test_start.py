"""What the dashboard does before it can answer: build, say what is wrong, and take up what was mended."""

from __future__ import annotations

import datetime as dt
import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import start
from dashboard.start import START, Context, Trouble, findings_of
from data.home import HOME_VARIABLE, Home


@pytest.fixture(autouse=True)
def closed_after() -> Iterator[None]:
    yield
    START.close()


def serve(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))


def test_the_record_is_built_once_where_there_is_none(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, home)
    built = []
    really = start.build
    monkeypatch.setattr(start, "build", lambda one: built.append(one) or really(one))
    states: list[object] = []
    threads = [threading.Thread(target=lambda: states.append(START.state())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert all(isinstance(state, Context) for state in states), states


def test_a_broken_register_gives_its_findings_and_recovers(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, home)
    file = home.register / "events.csv"
    good = file.read_text(encoding="utf-8")
    file.write_text(good + "BAD ID,20x1,year,T,S,nobody,party,nowhere,2026-11-23\n", encoding="utf-8")
    state = START.state()
    assert isinstance(state, Trouble)
    line = len(good.splitlines()) + 1
    assert any(finding.startswith(f"events.csv:{line}: event_id:") for finding in state.findings), state.findings
    monkeypatch.setattr(start, "build", lambda home: pytest.fail("nothing changed, so there is nothing to build"))
    assert START.state() == state
    monkeypatch.undo()
    serve(monkeypatch, home)
    file.write_text(good, encoding="utf-8")
    os.utime(file, (1, 1))
    assert isinstance(START.state(), Context)


def test_a_broken_programme_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, home)
    home.programme_file.write_text('[programme]\ntitle = ""\nship = 1\n', encoding="utf-8")
    state = START.state()
    assert isinstance(state, Trouble) and len(state.findings) >= 2


def test_a_home_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "nowhere"))
    state = START.state()
    assert isinstance(state, Trouble) and "no such folder" in state.what


def test_an_empty_register_is_served(empty_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, empty_home)
    assert isinstance(START.state(), Context)


@pytest.mark.parametrize("printed", ["", "not json", "[]", "3", '{"findings": 3}', "{}"])
def test_other_words_of_the_build_are_no_findings(printed: str) -> None:
    assert findings_of(printed) == ()


def test_findings_are_read() -> None:
    assert findings_of('{"findings": ["a:1: b: c"]}') == ("a:1: b: c",)


def test_pages_are_made_warm_for_each_record_and_each_day(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, home)
    warmed: queue.Queue[dt.date] = queue.Queue()
    monkeypatch.setattr(START, "on_new_record", lambda context: warmed.put(context.today))
    first = START.state()
    assert isinstance(first, Context) and warmed.get(timeout=10) == first.today
    START.state()
    tomorrow = first.today + dt.timedelta(days=1)

    class Tomorrow(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Tomorrow:
            return cls(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=tz)

    monkeypatch.setattr(start.dt, "datetime", Tomorrow)
    START.state(), START.state()
    assert warmed.get(timeout=10) == tomorrow and warmed.empty()
