"""Search on a real index: what is found, in which order, how it is marked and counted, and what helps on."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import search as search_api
from dashboard.search.catalogue import Catalogue
from dashboard.search.opened import close_all
from dashboard.search.query import search
from dashboard.search.results import Marked, SearchResult, marked, shortened
from dashboard.start import Context
from data.home import PACKAGE, Home
from data.search import NotIndexed, index_path
from scrapers.index import update_index
from tests.support.pages import add_page, copy_of

SOURCES = ("stopsim-petition-page", "acp-uk-2021-rapid-response")


@pytest.fixture(scope="module")
def indexed(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home, database = copy_of(published_home, tmp_path_factory.mktemp("search") / "home")
    index_path(home).unlink(missing_ok=True)
    add_page(
        database, SOURCES[0], "c1",
        ["# Zebra crossings", "A zebra ward kept its quiet plan for the winter.", "The quiet winter plan of the zebra.",
         "Plan the crossing early and with every one of the many words that part it from a zebra in winter."],
        day=dt.date(2026, 2, 1), mentions=[(2, "slam")],
    )  # fmt: skip
    add_page(database, SOURCES[1], "c2", ["A zebra <b>ward</b> & a heron.", "x " * 400 + "heron at the end"])
    add_page(database, SOURCES[1], "c3", ["Blocked zebra."], verdict="blocked")
    update_index(home, database)
    yield home
    close_all()


def ids(found: SearchResult) -> list[str]:
    return [hit.id for hit in found.hits]


def test_bodies_are_found_by_their_short_names(indexed: Home) -> None:
    found = search(indexed, "SLaM")
    assert found.hits[0].id == "slam" and found.hits[0].address == "/organisations/slam"
    assert all("slam" in hit.org_ids for hit in found.hits)
    assert found.exact and found.total == len(found.hits) and found.record > 0


def test_what_is_read_before_the_first_search_takes_none_of_its_time(
    indexed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 100,000 sources it takes longer than one search may."""

    class OfManySources(Catalogue):
        def __init__(self, connection: sqlite3.Connection, stamp: str) -> None:
            time.sleep(1.6)
            super().__init__(connection, stamp)

    close_all()
    monkeypatch.setattr("dashboard.search.opened.Catalogue", OfManySources)
    monkeypatch.setattr("dashboard.search.opened.SECONDS", 1.5)
    assert search(indexed, "zebra").total == 5
    close_all()


def test_facts_and_titles_come_before_passages(indexed: Home) -> None:
    add = search(indexed, "zebra")
    assert [hit.kind for hit in add.hits] == ["heading", *["passage"] * 4]
    both = search(indexed, "halt OR zebra", limit=100)
    kinds = [hit.kind in ("passage", "heading") for hit in both.hits]
    assert kinds == sorted(kinds) and any(kinds) and not all(kinds)


def test_order_of_passages_words_in_order_then_near_then_anywhere(indexed: Home) -> None:
    found = search(indexed, "winter plan")
    assert [hit.id for hit in found.hits] == ["c1-test.3", "c1-test.2", "c1-test.4"]


def test_a_passage_says_where_it_stands_and_when_it_was_captured(indexed: Home) -> None:
    hit = search(indexed, '"quiet plan"').hits[0]
    assert (hit.kind, hit.id, hit.source_id) == ("passage", "c1-test.2", SOURCES[0])
    assert (
        hit.capture is not None and hit.capture.captured_at == "2026-02-01T12:00:00Z" and hit.capture.origin == "live"
    )
    assert hit.address == f"/documents/{SOURCES[0]}" and "slam" in hit.org_ids
    assert hit.page_url is None or ":~:text=" in hit.page_url
    assert [piece.text for piece in hit.text.pieces() if piece.found] == ["quiet plan"]


def test_captures_that_are_not_good_are_not_searched(indexed: Home) -> None:
    assert search(indexed, "blocked zebra").total == 0


def test_marks_are_places_and_the_text_is_as_it_was(indexed: Home) -> None:
    hit = search(indexed, "ward heron").hits[0]
    assert hit.text.text == "A zebra <b>ward</b> & a heron."
    assert [hit.text.text[a:b] for a, b in hit.text.marks] == ["ward", "heron"]
    assert "".join(piece.text for piece in hit.text.pieces()) == hit.text.text


def test_a_long_passage_is_shown_around_what_was_found(indexed: Home) -> None:
    long = next(hit for hit in search(indexed, "heron end").hits)
    assert long.text.text.startswith("… ") and long.text.text.endswith("heron at the end") and len(long.text.text) < 620
    assert [long.text.text[a:b] for a, b in long.text.marks] == ["heron", "end"]


def test_shortening_and_marking_by_themselves() -> None:
    assert marked("\x02a\x03 b \x02c d\x03") == Marked("a b c d", ((0, 1), (4, 7)))
    assert shortened(Marked("x" * 2000)).text.endswith(" …")
    word = Marked("y" * 300 + " " + "z" * 1000, ((301, 305),))
    assert all(b <= len(shortened(word).text) for _, b in shortened(word).marks)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("kind:statement year:2021 halt", lambda hit: hit.date[:4] == "2021"),
        ("org:slam", lambda hit: "slam" in hit.org_ids),
        ('org:"South London and Maudsley"', lambda hit: "slam" in hit.org_ids),
        ("before:2020 SIM", lambda hit: hit.date < "2020"),
        ("after:2023-03 NHS", lambda hit: hit.date >= "2023-03"),
        ("year:2016-2018", lambda hit: "2016" <= hit.date[:4] <= "2018"),
        ("status:disputed", lambda hit: hit.status == "disputed"),
        ("status:disputed,denied kind:organisation", lambda hit: hit.status in ("disputed", "denied")),
        (f"source:{SOURCES[1]}", lambda hit: hit.source_id == SOURCES[1]),
        ("kind:passage zebra", lambda hit: hit.kind in ("passage", "heading")),
        ("-kind:passage,source police", lambda hit: hit.kind not in ("passage", "heading", "source")),
        ("police -org:met", lambda hit: "met" not in hit.org_ids),
        ("state:never-asked", lambda hit: hit.state == "never-asked"),
        ("org:slam -police", lambda hit: "slam" in hit.org_ids and "police" not in hit.text.text.lower()),
    ],
)
def test_filters(indexed: Home, text: str, check: Callable[..., bool]) -> None:
    found = search(indexed, text, limit=100)
    assert found.total > 0, found.notes
    assert all(check(hit) for hit in found.hits), [hit for hit in found.hits if not check(hit)]


def test_before_and_after_never_meet(indexed: Home) -> None:
    before = set(ids(search(indexed, "before:2021-06", limit=100)))
    after = set(ids(search(indexed, "after:2021-06", limit=100)))
    assert before and after and not before & after


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("org:nobody-at-all x", "No body of this record is called nobody-at-all"),
        ("kind:poem", "Nothing here is of the kind poem"),
        ("status:asleep", "Nothing here has the status asleep"),
        ("source:no-such-page", "No source of this record"),
        ("before:yesterday", "is not a date"),
        ("after:2021-13", "is not a date"),
        ("year:next", "is not a year"),
        ("", "Type a word"),
        ("-police", "none to find"),
        ("zebra petition", "Nothing holds all these words"),
        ("zzyzx", "Nowhere in the record: zzyzx"),
    ],
)
def test_what_finds_nothing_says_why(indexed: Home, text: str, note: str) -> None:
    found = search(indexed, text)
    assert found.total == 0 and found.hits == ()
    assert any(note in sentence for sentence in found.notes), found.notes


def test_a_status_that_nothing_has_now_is_known_all_the_same(indexed: Home) -> None:
    (said,) = search(indexed, "status:gone").notes
    assert said.startswith("Nothing passes all of this together.")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Maudsely", "Maudsley"),
        ("metropolitn police", "Metropolitan police"),
        ("org:nobody Jennigs", "org:nobody Jennings"),
        ('org:"souh london and maudsley"', 'org:"South London and Maudsley NHS Foundation Trust"'),
        ("Hampshre halt", "Hampshire halt"),
        ("org:maudsly", 'org:"South London and Maudsley NHS Foundation Trust"'),
    ],
)
def test_slips_in_names(indexed: Home, typed: str, meant: str) -> None:
    assert search(indexed, typed).suggestion == meant


def test_what_is_spelt_right_is_left_alone(indexed: Home) -> None:
    assert search(indexed, "police review of the trust").suggestion is None
    assert search(indexed, "petit*").suggestion is None


def test_facets_count_what_was_found(indexed: Home) -> None:
    found = search(indexed, "zebra")
    counts = {name: {count.value: count.count for count in counts} for name, counts in found.facets.items()}
    assert counts["kind"] == {"passage": 5}
    assert counts["org"]["slam"] == 1
    assert sum(counts["state"].values()) == 5 and sum(counts["document"].values()) == 5
    everything = search(indexed, "police", limit=1)
    assert sum(count.count for count in everything.facets["kind"]) == everything.total
    years = [count.value for count in everything.facets["year"]]
    assert years == sorted(years, reverse=True)


@pytest.mark.parametrize("order", ["relevance", "newest"])
def test_pages_follow_each_other(indexed: Home, order: str) -> None:
    whole = search(indexed, "police OR zebra", limit=100, order=order)  # type: ignore[arg-type]
    pages = [
        key
        for offset in range(0, len(whole.hits), 7)
        for key in ids(search(indexed, "police OR zebra", limit=7, offset=offset, order=order))  # type: ignore[arg-type]
    ]
    assert pages[: len(whole.hits)] == ids(whole)
    assert len({(hit.kind, hit.id) for hit in whole.hits}) == len(whole.hits)
    assert search(indexed, "police", offset=10_000).hits == ()


def test_newest_first(indexed: Home) -> None:
    dates = [hit.date or "" for hit in search(indexed, "police OR zebra", limit=50, order="newest").hits if hit.date]
    days = [date + "-99" * (3 - len(date.split("-"))) for date in dates]
    assert days == sorted(days, reverse=True)


def test_readers_follow_an_index_that_grows_and_one_that_is_written_anew(indexed: Home, tmp_path: Path) -> None:
    home, database = copy_of(indexed, tmp_path / "home")
    assert search(home, "okapi").total == 0
    add_page(database, SOURCES[0], "c9", ["An okapi."])
    update_index(home, database)
    assert search(home, "okapi").total == 1
    index_path(home).unlink()
    with pytest.raises(NotIndexed, match="sim-record build"):
        search(home, "okapi")
    add_page(database, SOURCES[0], "c10", ["Another okapi."])
    assert update_index(home, database).begun
    assert search(home, "okapi").total == 2


def test_many_readers_while_it_is_written(indexed: Home, tmp_path: Path) -> None:
    home, database = copy_of(indexed, tmp_path / "home")
    troubles: list[BaseException] = []
    done = threading.Event()

    def read_on() -> None:
        while not done.is_set():
            try:
                found = search(home, "zebra okapi OR ward")
                assert found.total >= 1
            except BaseException as error:
                troubles.append(error)
                return

    readers = [threading.Thread(target=read_on) for _ in range(6)]
    for reader in readers:
        reader.start()
    try:
        for number in range(4):
            add_page(database, SOURCES[0], f"w{number}", [f"A zebra ward, okapi {number}."])
            update_index(home, database)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert troubles == []


def test_an_index_that_is_broken_or_old_says_what_to_do(indexed: Home, tmp_path: Path) -> None:
    broken = tmp_path / "search.sqlite"
    broken.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(NotIndexed, match="sim-record build"):
        search(broken, "x")
    shutil.copyfile(index_path(indexed), tmp_path / "old.sqlite")
    with sqlite3.connect(tmp_path / "old.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'format'")
    with pytest.raises(NotIndexed, match="another version"):
        search(tmp_path / "old.sqlite", "x")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_searched(indexed: Home, tmp_path: Path) -> None:
    home, _ = copy_of(indexed, tmp_path / "home")
    home.root.chmod(0o500)
    try:
        assert search(home, "zebra").total == 5
    finally:
        home.root.chmod(0o700)


# --- over HTTP and on the command line -------------------------------------------------------------------------------


@pytest.fixture
def client(indexed: Home, context_of: Callable[[Home], Context]) -> TestClient:
    context_of(indexed)
    return TestClient(Starlette(routes=search_api.routes()))


def test_the_api(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "quiet plan", "limit": 1})
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    body = answer.json()
    assert body["total"] == 2 and body["total_is_exact"] and len(body["results"]) == 1
    result = body["results"][0]
    assert result["url"].startswith("http") and result["capture"]["captured_at"] == "2026-02-01T12:00:00Z"
    assert [result["passage"]["text"][a:b] for a, b in result["passage"]["marks"]] == ["quiet", "plan"]
    assert {"kind", "document", "org", "year", "state"} == body["facets"].keys()
    mended = client.get("/api/v1/search", params={"q": '"quiet pla'}).json()
    assert "not closed" in mended["notes"][0]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Say what to look for"),
        ("q=a&limit=0", "limit is a number"),
        ("q=a&limit=101", "limit is a number"),
        ("q=a&offset=-1", "offset is a number"),
        ("q=a&offset=²", "offset is a number"),
        ("q=a&order=random", "relevance, newest"),
        ("q=a&org=slam", "org is no option; allowed: q, limit, offset, order. Filters stand in q"),
    ],
)
def test_bad_requests_are_problems(client: TestClient, query: str, words: str) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 400 and words in answer.json()["detail"]


def test_without_an_index_the_api_says_so(
    published_home: Home, tmp_path: Path, context_of: Callable[[Home], Context]
) -> None:
    home, _ = copy_of(published_home, tmp_path / "home")
    index_path(home).unlink(missing_ok=True)
    context_of(home)
    answer = TestClient(Starlette(routes=search_api.routes())).get("/api/v1/search?q=a")
    assert answer.status_code == 503 and "sim-record build" in answer.json()["detail"]


def command(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sim_record", "search", *words, "--home", str(home.root)],
        capture_output=True, text=True, encoding="utf-8", timeout=120, cwd=PACKAGE.parent,
    )  # fmt: skip


def test_the_command(indexed: Home) -> None:
    done = command(indexed, "quiet", "plan", "--json", "--limit", "2")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["ok"] and body["total"] == 2 and len(body["results"]) == 2
    plain = command(indexed, "zebra ward")
    assert "A zebra ward kept its quiet plan" in plain.stdout and "2 result(s)" in plain.stderr
    assert "captured 2026-02-01" in plain.stdout
