"""What stands around every page: how fresh the record is, content notes, the way out and the support lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import server
from dashboard.parts.freshness import freshness
from dashboard.parts.notes import speaks_of_harm
from dashboard.plain import ADDRESSES
from dashboard.start import START, Context
from data import schema
from data.home import HOME_VARIABLE, Home
from data.progress import Progress, write_progress
from scrapers.build import build

DAY = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC).replace(tzinfo=None)
TODAY = DAY.date()


@pytest.fixture
def client() -> Iterator[TestClient]:
    yield TestClient(Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE), follow_redirects=False)
    START.close()


def run(
    home: Home, outcomes: list[str], *, name: str = "run-1", state: str = "finished", at: dt.datetime = DAY,
    sources: int = 0, ended: bool = True,
) -> None:  # fmt: skip
    """Write one run with its attempts into the working database, and publish."""
    with duckdb.connect(str(home.work_database)) as connection:
        if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'run'").fetchall():
            schema.create_collected(connection)
        connection.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, '{}', 'test', '0.1', NULL)",
            [name, at, at + dt.timedelta(minutes=5) if ended else None, state, sources or len(outcomes)],
        )
        for number, outcome in enumerate(outcomes):
            connection.execute(
                "INSERT INTO attempt (attempt_id, run_id, source_id, started_at, ended_at, outcome, detail, tries) "
                "VALUES (?, ?, ?, ?, ?, ?, '', 1)",
                [f"a{name}{number}", name, f"s{number}", at, at, outcome],
            )
    build(home)


def words(context: Context, today: dt.date = TODAY) -> str:
    return freshness(replace(context, today=today)).striptags()


def progress(home: Home, *, state: str = "collecting", silent: bool = True, name: str = "run-2") -> None:
    then = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10 if silent else 0)
    stamp = then.isoformat()
    write_progress(home.progress_file, Progress(name, state, stamp, stamp, 9, 3, 2, 1, 1, 1.0))


def test_nothing_collected_yet_is_said_once_on_every_page(
    published_home: Home, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(published_home.root))
    for path in [
        *(each.path for each in ADDRESSES),
        "/statements/acp-uk-2021-05",
        "/organisations",
        "/nope",
        "/embed/map",
    ]:
        page = BeautifulSoup(client.get(path).text, "html.parser")
        said = [one.get_text() for one in page.select("main .note.is-quiet")]
        assert len(said) == 1 and said[0].startswith("Not collected yet"), path


def test_an_empty_register_has_no_remark(published_empty_home: Home, context_of: Callable[[Home], Context]) -> None:
    assert words(context_of(published_empty_home)) == ""


@pytest.mark.parametrize(
    ("outcomes", "more", "later", "said"),
    [
        (["captured", "unchanged"], {}, 0, ""),
        (["captured", "not-found", "unchanged"], {}, 0, ""),
        (["captured", "not-found", "timed-out"], {}, 0, "2 of 3 pages could not be read"),
        (["not-found", "timed-out"], {}, 0, "On 20 November 2026 no page could be read; what is shown is older."),
        (["captured"], {"state": "interrupted", "sources": 147}, 0, "was cut off after 1 page of 147;"),
        (["captured"], {"state": "running", "ended": False, "sources": 4}, 0, "was cut off after 1 page of 4;"),
        (["captured"], {}, 30, ""),
        (["captured"], {}, 31, "Pages were last asked for 1 month ago, on 20 November 2026"),
        (["not-found"], {}, 400, "no page could be read; what is shown is older. Pages were last asked for 1 year"),
    ],
)  # fmt: skip
def test_what_a_run_leaves_to_say(
    home: Home,
    context_of: Callable[[Home], Context],
    outcomes: list[str],
    more: dict[str, object],
    later: int,
    said: str,
) -> None:
    run(home, outcomes, **more)  # type: ignore[arg-type]
    found = words(context_of(home), TODAY + dt.timedelta(days=later))
    assert (said in found) if said else found == "", found


def test_a_run_that_fell_silent_is_named_until_its_finds_are_published(
    home: Home, context_of: Callable[[Home], Context]
) -> None:
    progress(home)
    build(home)
    assert "was cut off; what it found is not shown yet" in words(context_of(home))
    run(home, ["captured"], name="run-2", state="interrupted", sources=9)
    assert words(context_of(home)).count("cut off") == 1


def test_a_run_under_way_is_no_failure(home: Home, context_of: Callable[[Home], Context]) -> None:
    run(home, ["captured"], name="run-2", state="running", ended=False, sources=9)
    progress(home, silent=False)
    assert words(context_of(home)) == ""
    progress(home, state="ended")
    assert "cut off" in words(context_of(home))


def test_a_progress_file_that_is_not_whole_is_nothing(home: Home, context_of: Callable[[Home], Context]) -> None:
    run(home, ["captured"])
    home.progress_file.write_text('{"run_id": "x", "state"', encoding="utf-8")
    assert words(context_of(home)) == ""


def test_the_newest_run_counts(home: Home, context_of: Callable[[Home], Context]) -> None:
    run(home, ["not-found"], name="run-1")
    run(home, ["captured"], name="run-2", at=DAY + dt.timedelta(hours=6))
    assert words(context_of(home)) == ""


@pytest.mark.parametrize(
    ("path", "noted"),
    [
        ("/", False), ("/rollout", False), ("/review", True), ("/responses", True), ("/timeline", True),
        ("/petition", True), ("/documents", False), ("/documents?source=acp-uk-2021-rapid-response", True),
        ("/about", False), ("/data", False), ("/data?search=crisis", True),
        ("/concerns/acp-uk-1", True), ("/organisations/slam", False),
    ],
)  # fmt: skip
def test_accounts_of_harm_have_a_note_before_them(
    published_home: Home, monkeypatch: pytest.MonkeyPatch, client: TestClient, path: str, noted: bool
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(published_home.root))
    page = BeautifulSoup(client.get(path).text, "html.parser")
    notes = page.select(".note.is-content")
    assert len(notes) == noted, [note.get_text() for note in notes]
    for note in notes:
        assert note.select_one('a[href="#support"]') and page.select_one("#support")


def test_words_of_harm_are_known() -> None:
    for text in ("after a suicide attempt", "self-harm", "refused her any treatment", "was restrained", "denying care"):
        assert speaks_of_harm(text), text
    for text in ("", "health care", "it refused to answer", "the trust denies it", "a card in care homes"):
        assert not speaks_of_harm(text), text


def test_way_out_and_support_lines_stand_everywhere(
    published_home: Home, home: Home, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(published_home.root))
    paths = [*(each.path for each in ADDRESSES), "/nope", "/sources", "/organisations/slam", "/reviews/nhse-sim-review"]
    pages = {path: client.get(path).text for path in paths}
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    with (home.register / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write("BAD ID,2021,year,T,S,,context,acp-uk-2021-rapid-response,2026-11-23\n")
    pages |= {"a register in trouble": client.get("/").text, "not found in trouble": client.get("/nope").text}
    for path, text in pages.items():
        page = BeautifulSoup(text, "html.parser")
        assert page.select_one("a.leave[rel=noreferrer][href^=https]"), path
        assert len(page.select("#support li a")) == 3, path
        assert page.select_one('script[src^="/assets/leave."]'), path
    assert Path(server.OWN_ASSETS / "leave.js").stat().st_size < 2000
