"""Permanent pages, citations, feeds, robots.txt and sitemap, each read by a program that nobody here wrote."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pybtex.database
import pytest
import rispy
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from dashboard.citations.formats import STYLES
from dashboard.parts.permalinks import permalink
from dashboard.queries import items
from dashboard.queries.items import TABLE_OF_ROOM
from dashboard.start import START, Context
from data.home import PACKAGE, Home
from scrapers.build import build
from tests.conftest import need
from tests.support.routes import client_of

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" & ]]> &lol; {{7*7}}"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    root: Path = tmp_path_factory.mktemp("permalinks") / "home"
    shutil.copytree(PACKAGE / "register", root / "register")
    shutil.copyfile(PACKAGE / "programme.toml", root / "programme.toml")
    quoted = HOSTILE.replace('"', '""')
    with (root / "register" / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write(f'hostile,2021,year,"{quoted}","{quoted}",acp-uk,context,acp-uk-2021-rapid-response,2026-11-23\n')
    with (root / "register" / "corrections.csv").open("a", encoding="utf-8") as handle:
        handle.write(
            "2026-11-22,statement,acp-uk-2021-05,asks,evidence,evidence;co-production,a second ask was missed\n"
        )
    build(Home(root))
    with client_of(Home(root)) as client:
        yield client


def context() -> Context:
    state = START.state()
    assert isinstance(state, Context)
    return state


def test_rows_of_every_kind_have_a_page_and_no_page_holds_live_markup(client: TestClient) -> None:
    record = context().record
    assert client.get("/timeline/event.hostile").status_code == 200
    seen = 0
    for table in TABLE_OF_ROOM.values():
        rows = items.ids(record, table)
        assert rows, table
        for row_id, _ in [*rows[::25], rows[-1]]:
            answer = client.get(permalink(table, row_id))
            assert answer.status_code == 200, (table, row_id)
            assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
            seen += 1
    assert seen > 30


def test_a_statement_says_what_who_when_and_what_shows_it(client: TestClient) -> None:
    answer = client.get("/statements/acp-uk-2021-05")
    page = BeautifulSoup(answer.text, "lxml")
    assert page.h1 and page.h1.get_text() == "Association of Clinical Psychologists UK: calls for a review"
    text = page.get_text(" ")
    assert "in May 2021" in text and "acpuk.org.uk" in answer.text
    assert "a second ask was missed" in text
    assert "Cite this page" in text and "(2021)" in text
    link = page.find("link", rel="canonical")
    assert link and link["href"] == "https://sim-record.example/statements/acp-uk-2021-05"
    names = {meta.get("name") for meta in page.find_all("meta")}
    assert {"citation_title", "citation_author", "citation_publication_date", "DC.title", "description"} <= names
    block = page.find("script", type="application/ld+json")
    assert block is not None
    data = json.loads(block.get_text())
    assert data["@type"] == "Claim" and data["appearance"]["url"].startswith("https://acpuk.org.uk/")
    assert "javascript" not in answer.text.lower()


@pytest.mark.parametrize(
    ("address", "type_"),
    [
        ("/organisations/slam", "Organization"),
        ("/documents/acp-uk-2021-rapid-response", "DigitalDocument"),
        ("/timeline/review_event.nhse-sim-review-2023-03-10-position", "Event"),
        ("/adoptions/slam-ended-2021", "Claim"),
        ("/concerns/acp-uk-1", "Claim"),
        ("/recommendations/acp-uk-review-1", "Claim"),
        ("/reviews/nhse-sim-review", "Claim"),
    ],
)
def test_machines_are_told_what_it_is(client: TestClient, address: str, type_: str) -> None:
    page = BeautifulSoup(client.get(address).text, "lxml")
    block = page.find("script", type="application/ld+json")
    assert block is not None and json.loads(block.get_text())["@type"] == type_


@pytest.mark.parametrize(
    "address",
    [
        "/timeline/nothing",
        "/organisations/..%2Fx",
        "/cite/statements/none.bib",
        "/feeds/kind/none.atom",
        "/feeds/timeline.rss",
        "/cite/statements/acp-uk-2021-05.doc",
    ],
)
def test_unknown_is_a_404_that_helps(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert 'role="search"' in answer.text


def test_indexes(client: TestClient) -> None:
    for room in ("organisations", "adoptions", "statements", "concerns", "reviews", "recommendations", "sources"):
        answer = client.get(f"/{room}")
        assert answer.status_code == 200 and f'href="/{"documents" if room == "sources" else room}/' in answer.text


def test_pages_are_not_sent_again_while_they_have_not_changed(client: TestClient) -> None:
    tag = client.get("/organisations/slam").headers["etag"]
    assert client.get("/organisations/slam", headers={"If-None-Match": tag}).status_code == 304


def test_bibtex_is_read_by_pybtex(client: TestClient) -> None:
    text = client.get("/cite/statements/acp-uk-2021-05.bib").text
    entry = pybtex.database.parse_string(text, "bibtex").entries["statement-acp-uk-2021-05"]
    assert str(entry.persons["author"][0].last_names[0]) == "{Association of Clinical Psychologists UK}"
    assert (
        entry.fields["year"] == "2021" and entry.fields["month"].lower().startswith("may") and "day" not in entry.fields
    )


def test_ris_is_read_by_rispy(client: TestClient) -> None:
    entry = rispy.load(io.StringIO(client.get("/cite/statements/acp-uk-2021-05.ris").text))[0]
    assert entry["authors"] == ["Association of Clinical Psychologists UK"] and entry["year"] == "2021"
    assert entry["date"] == "2021/05//"


def test_csl_json_and_styles(client: TestClient) -> None:
    item = client.get("/cite/statements/acp-uk-2021-05.json").json()[0]
    assert item["issued"] == {"date-parts": [[2021, 5]]} and item["author"][0]["literal"].startswith("Association")
    for style in STYLES:
        text = client.get(f"/cite/statements/acp-uk-2021-05.txt?style={style}").text
        assert "Association of Clinical Psychologists UK" in text and "2021" in text and "sim-record.example" in text
    assert "no date" in client.get("/cite/documents/ahsn-atlas-sim.txt?style=harvard").text
    assert "n.d." in client.get("/cite/documents/ahsn-atlas-sim.txt?style=apa").text
    assert "May 2021" in client.get("/cite/statements/acp-uk-2021-05.txt?style=oscola").text
    refused = client.get("/cite/statements/acp-uk-2021-05.txt?style=mla")
    assert refused.status_code == 400 and "harvard" in refused.text


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/timeline",
        "/feeds/kind/statement",
        "/feeds/organisation/acp-uk",
        "/feeds/source/acp-uk-2021-rapid-response",
        "/feeds/review/nhse-sim-review",
    ],
)
def test_feeds_are_read_by_feedparser(client: TestClient, address: str) -> None:
    answer = client.get(f"{address}.atom")
    feed = feedparser.parse(answer.content)
    assert feed.version == "atom10" and not feed.bozo and feed.entries
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert all(
        entry.updated and entry.link.startswith("https://sim-record.example/timeline/") for entry in feed.entries
    )
    assert "<script>alert" not in "".join(entry.content[0].value for entry in feed.entries if "content" in entry)
    listed = client.get(f"{address}.json").json()
    assert listed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in listed["items"]] == [entry.id for entry in feed.entries]
    assert client.get(f"{address}.atom", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_robots_and_sitemap(client: TestClient) -> None:
    from protego import Protego

    rules = Protego.parse(client.get("/robots.txt").text)
    assert rules.can_fetch("https://sim-record.example/statements/acp-uk-2021-05", "anybody")
    assert not rules.can_fetch("https://sim-record.example/api/v1/sql?q=select", "anybody")
    assert list(rules.sitemaps) == ["https://sim-record.example/sitemap.xml"]
    page = BeautifulSoup(client.get("/sitemap.xml").content, "xml")
    addresses = [loc.get_text() for loc in page.find_all("loc")]
    assert "https://sim-record.example/statements/acp-uk-2021-05" in addresses and len(addresses) == len(set(addresses))


def test_the_sitemap_is_well_formed_by_xmllint(client: TestClient, tmp_path: Path) -> None:
    need(shutil.which("xmllint"), "xmllint is not installed")
    file = tmp_path / "sitemap.xml"
    file.write_bytes(client.get("/sitemap.xml").content)
    done = subprocess.run(["xmllint", "--noout", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
