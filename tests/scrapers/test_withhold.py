"""Lawful removal: what was read out of a body is shown nowhere, its hash and the reason stay, and `check` knows it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner

import sim_record
from data.home import Home
from data.published import open_current
from scrapers.check import check_home
from scrapers.withhold import WithholdError, withhold
from tests.scrapers.test_collect import gently, page, run
from tests.support.loopback import serving

TODAY = dt.date(2026, 11, 24)
WHY = "a court order of 20 November 2026"


@pytest.fixture
def collected(home_with_sources: Callable[[dict[str, str]], Home]) -> Iterator[Home]:
    pages = {"/one": ("text/html", page("One", "crocodile")), "/two": ("text/html", page("Two", "heron"))}
    with serving(pages) as site:
        home = gently(home_with_sources({"one": f"{site}/one", "two": f"{site}/two"}))
        run(home, read=True)
        run(home, read=True)
    yield home


def asked(home: Home, query: str) -> list[tuple[object, ...]]:
    with open_current(home) as connection:
        return connection.execute(query).fetchall()


def test_a_withheld_body_leaves_the_record_and_check_knows_it(collected: Home) -> None:
    ((body,),) = asked(collected, "SELECT DISTINCT body_sha256 FROM capture WHERE source_id = 'one'")
    assert asked(collected, "SELECT count(*) FROM passage WHERE text LIKE '%crocodile%'") != [(0,)]
    kept = {file.name: file.read_bytes() for file in collected.captures.iterdir()}
    done = CliRunner().invoke(
        sim_record.app, ["withhold", str(body), "--why", WHY, "--home", str(collected.root), "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["captures"] == 2 and told["sources"] == ["one"] and told["editions"] == []
    for table, column in (("passage", "text"), ("extraction", "text"), ("extraction", "title"), ("link", "url")):
        assert asked(collected, f"SELECT count(*) FROM {table} WHERE source_id = 'one' AND {column} <> ''") == [(0,)], (
            table
        )
    assert asked(collected, "SELECT count(*) FROM passage WHERE text LIKE '%heron%'") != [(0,)], "the other page stays"
    assert asked(collected, "SELECT body_sha256, why FROM withheld") == [(body, WHY)]
    assert asked(collected, "SELECT count(*) FROM capture WHERE source_id = 'one'") == [(2,)]
    assert asked(collected, "SELECT state FROM source_state WHERE source_id = 'one'") == [("live",)]
    assert {file.name: file.read_bytes() for file in collected.captures.iterdir()} == kept, "bytes are never altered"
    report = check_home(collected)
    assert report.findings == [] and report.checked["withheld bodies"] == 1
    with pytest.raises(WithholdError, match="withheld already, since"):
        withhold(collected, str(body), WHY, today=TODAY)
    others = [
        str(row[0]) for row in asked(collected, "SELECT DISTINCT body_sha256 FROM capture WHERE source_id = 'two'")
    ]
    for other in others:
        withhold(collected, other, WHY, today=TODAY)
    for file in collected.captures.iterdir():
        file.unlink()
    assert check_home(collected).findings == [], "erased bytes of withheld bodies are not missed"
    text = (collected.register / "withheld.csv").read_text(encoding="utf-8")
    (collected.register / "withheld.csv").write_text("".join(text.splitlines(keepends=True)[:2]), encoding="utf-8")
    assert any("the file is missing" in finding for finding in check_home(collected).findings)


@pytest.mark.parametrize(
    ("sha", "why", "said"),
    [("abc", WHY, "is no SHA-256"), ("a" * 64, WHY, "No capture here has a body"), ("a" * 64, " ", "Say why")],
)
def test_slips_are_said_and_nothing_is_written(empty_home: Home, sha: str, why: str, said: str) -> None:
    with pytest.raises(WithholdError, match=said):
        withhold(empty_home, sha, why, today=TODAY)
    assert not (empty_home.register / "withheld.csv").exists()


def test_a_hash_that_no_capture_has_is_a_finding(empty_home: Home) -> None:
    (empty_home.register / "withheld.csv").write_text(
        f"withheld_on,body_sha256,why\n2026-11-24,{'b' * 64},an order\n", encoding="utf-8"
    )
    assert any("no capture has a body" in finding for finding in check_home(empty_home).findings)
