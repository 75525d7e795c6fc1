"""Permanent pages, feeds, references and tables of one home that holds everything, read by programs nobody here wrote:
vnu, Chromium without JavaScript, axe, Lighthouse, extruct, feedparser, icalendar, xmllint with the sitemap's schema, pybtex, rispy,
schemathesis, openapi-spec-validator, pandas, DuckDB and openpyxl."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import extruct
import feedparser
import icalendar
import openpyxl
import pandas as pd
import pybtex.database
import pytest
import rispy
import uvicorn
from bs4 import BeautifulSoup
from PIL import Image
from starlette.testclient import TestClient

from dashboard.citations.formats import STYLES
from dashboard.feeds.routes import all_feeds
from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.queries import items
from dashboard.queries.items import TABLE_OF_ROOM
from dashboard.start import START, Context
from data.home import PACKAGE
from scrapers.build import build
from tests.conftest import need
from tests.support import browser, cited_home
from tests.support.cited_home import GONE, LIVE, NEW, OLD, REREAD
from tests.support.limits import without_limits
from tests.support.routes import client_of

TOOLS = Path(os.environ.get("SIM_RECORD_TEST_TOOLS", PACKAGE.parent / ".ci" / "tools"))
CHANGE = "/documents/example-live/changes/1..1"
SAMPLE = (
    f"/statements/{NEW}",
    "/organisations/example-trust",
    "/organisations/hostile-body",
    "/documents/example-live",
    "/documents/hostile-page",
    "/documents/example-live/changes",
    CHANGE,
    "/adoptions/example-adoption",
    "/concerns/acp-uk-1",
    "/recommendations/acp-uk-review-1",
    "/reviews/nhse-sim-review",
    "/timeline/event.hostile",
    "/timeline/claimed_total.acp-uk-2021-05-trusts",
    "/timeline/correction.event.hostile.summary.2026-11-22",
    f"/timeline/event.{GONE}",
    "/sources",
    "/organisations",
    "/feeds",
    "/api/v1/",
    "/nothing/here",
)
"""One page of every kind."""
VNU = (
    f"/statements/{NEW}",
    "/documents/hostile-page",
    CHANGE,
    "/timeline/event.hostile",
    f"/timeline/event.{GONE}",
    "/api/v1/",
)
LIVE_MARKUP = re.compile(
    r"<script>alert|<img src=x|<svg onload|<b>bold|href=[\"']?\s*javascript:|<!ENTITY|\son(?:error|load)\s*=\s*[\"']?alert\(\d\)>[^<]*</",
    re.IGNORECASE,
)
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff\x00-\x08\x0b\x0c]")


@dataclass(frozen=True)
class Site:
    """The home served: by a client in this process, and on loopback for programs of others."""

    client: TestClient
    address: str

    @property
    def context(self) -> Context:
        state = START.state()
        assert isinstance(state, Context)
        return state


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = without_limits(cited_home.make(tmp_path_factory.mktemp("cited") / "home"))
    build(home)
    with client_of(home, follow_redirects=False) as client:
        config = uvicorn.Config(client.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
        served = uvicorn.Server(config)
        thread = threading.Thread(target=served.run, daemon=True)
        thread.start()
        while not served.started:
            time.sleep(0.02)
        port = served.servers[0].sockets[0].getsockname()[1]
        yield Site(client, f"http://127.0.0.1:{port}")
        served.should_exit = True
        thread.join(10)


def soup(site: Site, path: str) -> BeautifulSoup:
    answer = site.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return BeautifulSoup(answer.text, "lxml")


def words(page: BeautifulSoup) -> str:
    """The text of a page as it is read: runs of blanks are one."""
    return " ".join(page.get_text(" ").split())


# --- what a page says -----------------------------------------------------------------------------------------------


def test_a_page_shows_passage_copies_conflicts_and_what_went(site: Site) -> None:
    text = words(soup(site, "/adoptions/example-adoption"))
    assert "in May 2019 : some day from 1 May 2019 to 31 May 2019" in text
    assert "Example Trust began the Example Programme in May 2019" in text
    assert "the same words in 28 copies since" in text and re.search(r"Copy of 4 March 2026, 09:00 UTC", text)
    assert re.search(r"SHA-256 of the copy: [0-9a-f]{64}", text)
    assert "What contradicts it" in text and "the trust never took part" in text
    assert "The page no longer holds the passage in a copy of 20 November 2026" in text
    links = [str(a["href"]) for a in soup(site, "/adoptions/example-adoption").select("#evidence a[href]")]
    assert any("#:~:text=" in link for link in links) and any(
        link.startswith("/documents/example-live/changes/") for link in links
    )
    both = soup(site, "/organisations/example-trust").select("#conflicts .side")
    assert len(both) >= 2, "a body shows both sides"


def test_a_row_without_a_date_has_a_page(site: Site) -> None:
    undated = [row_id for row_id, _ in items.ids(site.context.record, "timeline")]
    dated = {row[0] for row in site.context.record.rows("SELECT id FROM timeline")}
    without = [row_id for row_id in undated if row_id not in dated]
    assert {row_id.partition(".")[0] for row_id in without} >= {"claimed_total", "review_event", "petition"}
    for row_id in without:
        assert "on a date not known" in words(soup(site, permalink("timeline", row_id)))


def test_changes_have_permanent_pages_by_their_numbers(site: Site) -> None:
    one = soup(site, CHANGE)
    assert [tag.get_text() for tag in one.select("#compare del")] and [
        tag.get_text() for tag in one.select("#compare ins")
    ]
    hashes = re.findall(r"SHA-256 ([0-9a-f]{64})", words(one))
    assert len(hashes) == 2 and hashes[0] != hashes[1]
    both = soup(site, "/documents/example-live/changes/1..2")
    assert "2 changes between" in words(both) and "This page is being rewritten." in words(both)
    assert (
        both.find("link", rel="canonical")["href"] == "https://sim-record.example/documents/example-live/changes/1..2"
    )  # type: ignore[index]
    for wrong, right in (("/changes/2..1", "/changes/1..2"), ("/changes/1", "/changes/1..1")):
        answer = site.client.get(f"/documents/example-live{wrong}")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/documents/example-live{right}")
    for path in ("/changes/1..9", "/changes/0..1", "/changes/a..b", "/changes/1..1..2", "/changes/%D9%A1..2"):
        assert site.client.get(f"/documents/example-live{path}").status_code == 404
    assert site.client.get("/documents/nothing/changes").status_code == 404
    rows = soup(site, "/documents/example-live/changes").select("#changes tbody a")
    assert [a["href"] for a in rows] == ["/documents/example-live/changes/2..2", CHANGE]
    cited = site.client.get(f"/cite{CHANGE}.json").json()[0]
    assert (
        cited["URL"] == f"https://sim-record.example{CHANGE}"
        and site.client.get(f"/pictures{CHANGE}.png").status_code == 200
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"/statements/{OLD}", f"/statements/{NEW}"),
        (f"/timeline/statement.{OLD}", f"/timeline/statement.{NEW}"),
        (f"/cite/statements/{OLD}.bib", f"/cite/statements/{NEW}.bib"),
        (f"/cite/statements/{OLD}.txt?style=apa", f"/cite/statements/{NEW}.txt?style=apa"),
        (f"/pictures/statements/{OLD}.png", f"/pictures/statements/{NEW}.png"),
        ("/documents/old-page", "/documents/example-live"),
        ("/documents/old-page/changes", "/documents/example-live/changes"),
        ("/documents/old-page/changes/1..2", "/documents/example-live/changes/1..2"),
        ("/timeline/change.old-page.1", "/timeline/change.example-live.1"),
        ("/feeds/source/old-page.atom", "/feeds/source/example-live.atom"),
        ("/feeds/changes/old-page.json", "/feeds/changes/example-live.json"),
    ],
)
def test_old_addresses_lead_on(site: Site, old: str, new: str) -> None:
    answer = site.client.get(old)
    assert (answer.status_code, answer.headers["location"]) == (301, new)
    assert site.client.get(new).status_code == 200


def test_what_a_former_id_was_corrected_to_stands_on_the_page(site: Site) -> None:
    text = words(soup(site, f"/statements/{NEW}"))
    assert "a slip made under the old id" in text and "a second ask was missed" in text and f"/statements/{OLD}" in text


def test_a_withdrawn_row_says_so_and_why(site: Site) -> None:
    answer = site.client.get(f"/timeline/event.{GONE}")
    assert answer.status_code == 410 and "the page is about another scheme" in answer.text
    assert 'content="noindex"' in answer.text and "it stated that" in answer.text
    assert site.client.get(f"/timeline/event.{GONE}-not").status_code == 404
    assert GONE not in "".join(re.findall(r"<loc>[^<]*timeline/event[^<]*", site.client.get("/sitemap.xml").text))


def test_a_page_says_how_many_copies_are_held_where_it_shows_a_few(site: Site) -> None:
    page = words(soup(site, f"/documents/{LIVE}"))
    assert page.count("from the live page. SHA-256") == 2
    assert "30 are held; the first and the latest stand here." in page
    table = site.client.get(f"/api/v1/capture.csv?source_id={LIVE}").text
    assert table.count("\n") == 31


def test_the_page_of_a_document_shows_the_passages_on_which_rows_rest(site: Site) -> None:
    shown = soup(site, f"/documents/{LIVE}").select("#evidence figure.passage")
    assert len(shown) == 1
    assert "Example Trust ran the Example Programme from May 2019" in shown[0].get_text()
    assert shown[0].select_one("a[href='/timeline/adoption.example-adoption']")
    assert shown[0].select_one("a[href^='https://trust.example/example-live#:~:text=']")
    assert re.search(r"SHA-256 of the copy: [0-9a-f]{64}", words(shown[0]))
    partly = soup(site, "/documents/hostile-page").select("#evidence figcaption")
    assert len(partly) == len({words(one).partition("Evidence ")[2] for one in partly}) > 1, "what each row lacks"
    assert not soup(site, "/documents/acp-uk-2021-rapid-response").select("#evidence")


def test_a_withheld_body_is_shown_nowhere_and_its_hash_and_reason_are(site: Site) -> None:
    for path in ("/documents/acp-uk-2021-rapid-response", f"/statements/{NEW}"):
        text = words(soup(site, path))
        assert "crocodile" not in text and "Withheld: a court order of 2026-11-20" in text
        assert re.search(r"SHA-256 [0-9a-f]{64}", text)
    assert "crocodile" not in site.client.get("/api/v1/passage.json?text__contains=crocodile").json()["rows"]
    for table in ("passage", "extraction", "link", "candidate", "change", "attempt"):
        assert "crocodile" not in site.client.get(f"/api/v1/{table}.ndjson").text, table
    assert site.client.get("/api/v1/search?q=crocodile").json()["total"] == 0


# --- machines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "holds"),
    [
        (f"/statements/{NEW}", "Claim", {"datePublished": "2021-05"}),
        ("/organisations/slam", "Organization", {"name": "South London and Maudsley NHS Foundation Trust"}),
        ("/documents/acp-uk-2021-rapid-response", "DigitalDocument", {"datePublished": "2021-05"}),
        ("/timeline/review_event.nhse-sim-review-2023-03-10-position", "Event", {"startDate": "2023-03-10"}),
        ("/timeline/correction.statement.acp-uk-2021-05.asks.2026-11-22", "CorrectionComment", {}),
        (CHANGE, "Event", {"startDate": "2026-03-04"}),
        ("/statements", "Dataset", {"license": "https://creativecommons.org/licenses/by/4.0/"}),
        ("/timeline/event.hostile", "Event", {"name": cited_home.MARKUP}),
    ],
)
def test_extruct_reads_what_a_page_is(site: Site, path: str, kind: str, holds: dict[str, str]) -> None:
    found = extruct.extract(
        site.client.get(path).text, base_url="https://sim-record.example", syntaxes=["json-ld", "opengraph"]
    )
    data = next(one for one in found["json-ld"] if one.get("@type") == kind)
    assert data["@context"] == "https://schema.org" and data["url"].startswith("https://sim-record.example/")
    assert {name: data.get(name) for name in holds} == holds
    if kind == "Claim":
        assert data["appearance"]["url"].startswith("https://acpuk.org.uk/")
        assert data["author"]["name"] == "Association of Clinical Psychologists UK"
    graph = dict(found["opengraph"][0]["properties"])
    assert graph["og:url"] == f"https://sim-record.example{path}" and graph["og:image:alt"]
    picture = Image.open(io.BytesIO(site.client.get(urlsplit(graph["og:image"]).path).content))
    assert picture.format == "PNG" and picture.size == (1200, 630) and len(picture.getcolors() or ()) > 3


def test_a_date_that_is_only_a_latest_day_is_no_start(site: Site) -> None:
    found = extruct.extract(site.client.get("/timeline/change.example-live.1").text, syntaxes=["json-ld"])["json-ld"][0]
    assert found["@type"] == "Event" and "startDate" not in found


def test_reference_managers_find_names_whole(site: Site) -> None:
    page = soup(site, f"/statements/{NEW}")
    metas = {str(meta["name"]): str(meta["content"]) for meta in page.find_all("meta", attrs={"name": True})}
    assert metas["citation_author"] == "Association of Clinical Psychologists UK,", (
        "the comma keeps the name in one piece"
    )
    assert metas["DC.creator"] == "Association of Clinical Psychologists UK"
    assert metas["citation_publication_date"] == "2021/05" and metas["DC.date"] == "2021-05"
    assert metas["citation_public_url"] == f"https://sim-record.example/statements/{NEW}"


def test_every_page_can_be_cited_in_every_form(site: Site) -> None:
    record = site.context.record
    for table, room in ROOMS.items():
        rows = items.ids(record, table)
        for row_id, _ in [*rows[:: max(1, len(rows) // 3)], *[row for row in rows if "hostile" in row[0]]]:
            base = f"/cite{permalink(table, row_id)}"
            entries = pybtex.database.parse_string(site.client.get(f"{base}.bib").text, "bibtex").entries
            (key, entry), *_ = entries.items()
            assert entry.fields["url"] == f"https://sim-record.example{permalink(table, row_id)}", base
            assert all(not person.first_names for person in entry.persons.get("author", [])), (
                "corporate authors are whole"
            )
            (ris,) = rispy.loads(site.client.get(f"{base}.ris").text)
            assert ris["urls"] == [entry.fields["url"]] and ris["id"] == key
            assert all("," not in name for name in ris.get("authors", []))
            (item,) = site.client.get(f"{base}.json").json()
            assert item["URL"] == entry.fields["url"] and item["accessed"]["date-parts"]
            assert room and item["version"].startswith("record ")
            for style in STYLES:
                text = site.client.get(f"{base}.txt?style={style}").text
                assert entry.fields["url"] in text and "\n" not in text.strip(), (base, style)


def test_feeds_are_sound_and_hold_nothing_of_ours(site: Site) -> None:
    feeds = all_feeds(site.context)
    assert {part for part, _, _ in feeds} == {
        "timeline",
        "kind",
        "organisation",
        "source",
        "changes",
        "review",
        "reviews",
    }
    chosen = [one for number, one in enumerate(feeds) if one[0] in ("timeline", "reviews") or number % 90 == 0]
    chosen += [
        ("changes", "example-live", "atom"),
        ("source", "hostile-page", "atom"),
        ("organisation", "hostile-body", "json"),
    ]
    for part, value, form in chosen:
        answer = site.client.get(f"/feeds/{part}/{value}.{form}" if value else f"/feeds/{part}.{form}")
        assert answer.status_code == 200 and REREAD not in answer.text
        again = {"If-None-Match": answer.headers["etag"]}
        assert site.client.get(answer.url.path, headers=again).status_code == 304
        if form == "atom":
            feed = feedparser.parse(answer.content)
            assert (
                feed.bozo == 0 and feed.version == "atom10" and feed.feed.id.startswith("tag:sim-record.example,2026:")
            )
            assert len({entry.id for entry in feed.entries}) == len(feed.entries)
            assert all(entry.updated_parsed and entry.published_parsed and entry.content for entry in feed.entries)
        elif form == "json":
            _is_json_feed(answer.json())
        else:
            calendar = icalendar.Calendar.from_ical(answer.content)
            assert all(event["uid"] and event["dtstart"] and event["dtstamp"] for event in calendar.walk("VEVENT"))


def _is_json_feed(feed: dict[str, Any]) -> None:
    """JSON Feed 1.1, as its text demands."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and isinstance(feed["title"], str)
    assert feed["feed_url"].startswith("https://") and feed["home_page_url"].startswith("https://")
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
    for item in feed["items"]:
        assert isinstance(item["id"], str) and item["content_html"] and stamp.fullmatch(item["date_modified"])
        assert stamp.fullmatch(item["date_published"]) and all(isinstance(tag, str) for tag in item["tags"])


def test_the_feed_of_changes_holds_the_words(site: Site) -> None:
    feed = feedparser.parse(site.client.get("/feeds/changes/example-live.atom").content)
    assert [entry.tags[0].term for entry in feed.entries] == ["change", "change"]
    body = feed.entries[-1].content[0].value
    assert "<ins>" in body and "<del>" in body
    assert feed.entries[0].link == "https://sim-record.example/timeline/change.example-live.2"


def test_entries_are_stamped_by_their_corrections_and_keep_their_first_name(site: Site) -> None:
    items_ = {one["id"]: one for one in site.client.get("/feeds/organisation/acp-uk.json").json()["items"]}
    entry = items_[f"tag:sim-record.example,2026:statement.{OLD}"]
    assert entry["url"] == f"https://sim-record.example/timeline/statement.{NEW}"
    assert entry["date_published"].startswith("2026-11-23") and entry["date_modified"] >= entry["date_published"]
    hostile = next(
        one
        for one in site.client.get("/feeds/source/hostile-page.json").json()["items"]
        if one["id"].endswith(":event.hostile")
    )
    assert hostile["date_modified"].startswith("2026-11-23")


def test_expected_dates_stand_in_the_calendar(site: Site) -> None:
    calendar = icalendar.Calendar.from_ical(site.client.get("/feeds/reviews.ics").content)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert len(events) >= 2 and len(events) == len(list(calendar.walk("VEVENT")))
    for event in events.values():
        assert event["dtend"].dt > event["dtstart"].dt and str(event["url"]).startswith(
            "https://sim-record.example/timeline/"
        )
    assert {str(event["status"]) for event in events.values()} <= {"TENTATIVE", "CANCELLED"}
    one = site.client.get("/feeds/review/nhse-sim-review.ics")
    assert one.headers["content-type"].startswith("text/calendar") and b"BEGIN:VEVENT" in one.content
    assert site.client.get("/feeds/review/none.ics").status_code == 404


def test_dates_of_change_are_answered_too(site: Site) -> None:
    for path in ("/feeds/timeline.atom", "/api/v1/event.json", "/sitemap.xml"):
        stamp = site.client.get(path).headers["last-modified"]
        assert site.client.get(path, headers={"If-Modified-Since": stamp}).status_code == 304, path
        assert site.client.get(path, headers={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code == 200
        assert site.client.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200
        assert (
            site.client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": stamp}).status_code == 200
        )


def test_the_sitemap_keeps_its_schema(site: Site, tmp_path: Path) -> None:
    schema = TOOLS / "node_modules" / "sitemap" / "schema" / "sitemap.xsd"
    need(shutil.which("xmllint"), "xmllint is not installed")
    need(schema.is_file(), f"{schema} is not there; .ci/run puts it there")
    file = tmp_path / "sitemap.xml"
    file.write_bytes(site.client.get("/sitemap.xml").content)
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", str(schema), str(file)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "https://sim-record.example/documents/example-live/changes/2..2" in file.read_text()


def test_more_addresses_than_one_sitemap_may_hold_stand_in_several(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.permalinks import routes

    monkeypatch.setattr(routes, "MOST_ADDRESSES", 200)
    files = routes.sitemap_files.__wrapped__(site.context)  # type: ignore[attr-defined]
    index = BeautifulSoup(files["sitemap.xml"], "xml")
    named = [urlsplit(loc.get_text()).path.lstrip("/") for loc in index.find_all("loc")]
    assert index.find("sitemapindex") and len(named) > 2 and set(named) == set(files) - {"sitemap.xml"}
    assert sum(files[name].count("<url>") for name in named) == len(routes.addresses(site.context))


# --- pages as others check them -------------------------------------------------------------------------------------


def test_vnu_finds_nothing_wrong(site: Site, tmp_path: Path) -> None:
    _vnu(site, tmp_path, tuple(path for path in SAMPLE if path in VNU))


@pytest.mark.slow
def test_vnu_finds_nothing_wrong_in_any_kind(site: Site, tmp_path: Path) -> None:
    _vnu(site, tmp_path, SAMPLE)


def _vnu(site: Site, tmp_path: Path, paths: tuple[str, ...]) -> None:
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    need(jar.is_file() and shutil.which("java"), "vnu-jar or Java is not there; .ci/run puts them there")
    for number, path in enumerate(paths):
        (tmp_path / f"{number:02}.html").write_bytes(site.client.get(path).content)
    done = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", *sorted(map(str, tmp_path.glob("*.html")))],
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    wrong = [
        (paths[int(Path(one["url"]).stem)], one["message"], one.get("extract", ""))
        for one in json.loads(done.stderr)["messages"]
        if one["type"] == "error" or one.get("subType") == "warning"
    ]
    assert not wrong, wrong[:5]


def test_without_javascript_everything_is_there_and_axe_finds_nothing(site: Site) -> None:
    need(not browser.missing(), browser.missing())
    from axe_playwright_python.sync_playwright import Axe

    with browser.open_browser() as chromium:
        plain = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
        page = plain.new_page()
        for path in (f"/statements/{NEW}", CHANGE):
            page.goto(site.address + path, timeout=browser.PAGE_MS)
            assert page.locator("h1").count() == 1 and page.locator("#cite dd").count() == len(STYLES)
        plain.close()
        scripted = chromium.new_context(viewport={"width": 375, "height": 800}, color_scheme="dark", bypass_csp=True)
        page = scripted.new_page()
        said: list[str] = []
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        for path in ("/adoptions/example-adoption", "/timeline/event.hostile"):
            page.goto(site.address + path, timeout=browser.PAGE_MS)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than a phone"
            found = Axe().run(page)
            assert found.violations_count == 0, (path, found.generate_report()[:1500])
        assert said == [], "nothing in a row or a captured page runs"


LIGHTHOUSE = tuple(path for path in SAMPLE if GONE not in path and path != "/nothing/here")


@pytest.mark.parametrize("path", LIGHTHOUSE[0:1])
def test_lighthouse_gives_a_page_full_marks(site: Site, tmp_path: Path, path: str) -> None:
    _lighthouse(site, tmp_path, path)


@pytest.mark.slow
@pytest.mark.parametrize("path", LIGHTHOUSE)
def test_lighthouse_gives_every_kind_full_marks(site: Site, tmp_path: Path, path: str) -> None:
    _lighthouse(site, tmp_path, path)


def _lighthouse(site: Site, tmp_path: Path, path: str) -> None:
    program = TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js"
    need(program.is_file() and shutil.which("node"), "lighthouse or node is not there; .ci/run puts them there")
    need(browser.chromium(), "chromium is not installed")
    told = tmp_path / "lighthouse.json"
    done = subprocess.run(
        ["node", str(program), site.address + path, "--quiet", "--only-categories=accessibility,seo",
         "--throttling-method=provided", "--chrome-flags=--headless=new --no-sandbox", "--output=json",
         f"--output-path={told}"],
        capture_output=True, text=True, timeout=240, env={**os.environ, "CHROME_PATH": str(browser.chromium())},
    )  # fmt: skip
    assert told.is_file(), done.stderr[-1000:]
    report = json.loads(told.read_text(encoding="utf-8"))
    scores = {name: one["score"] for name, one in report["categories"].items()}
    lost = [audit["title"] for audit in report["audits"].values() if audit["score"] not in (None, 1)]
    assert scores == {"accessibility": 1, "seo": 1}, (path, lost)


# --- nothing hostile comes through ----------------------------------------------------------------------------------


def test_hostile_rows_and_captures_are_harmless_text_on_every_page(site: Site) -> None:
    record = site.context.record
    paths = [permalink(table, row_id) for table in TABLE_OF_ROOM.values() for row_id, _ in items.ids(record, table)
             if "hostile" in row_id or "formula" in row_id or "example" in row_id]  # fmt: skip
    paths += [
        *SAMPLE,
        "/",
        "/timeline",
        "/documents?source=hostile-page",
        "/about",
        "/data?search=script",
        "/rollout?org=hostile-body",
    ]
    for path in dict.fromkeys(paths):
        answer = site.client.get(path)
        assert answer.status_code in (200, 404, 410), path
        assert not LIVE_MARKUP.search(answer.text), (path, LIVE_MARKUP.search(answer.text))
        if not path.startswith(("/documents?", "/data", "/about", "/rollout", "/?")) and path not in ("/", "/timeline"):
            assert not TURNING.search(answer.text), path
        tree = BeautifulSoup(answer.text, "lxml")
        for tag in tree.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")], (path, tag.name)
            for name in ("href", "src", "action"):
                assert "script:" not in str(tag.get(name, "")).lower(), (path, tag)
    shown = BeautifulSoup(site.client.get("/timeline/event.hostile").text, "lxml").get_text()
    assert "<script>alert(1)</script>" in shown and "<svg onload=alert(5)>" in shown, "it is shown, as text"


def test_hostile_rows_are_harmless_in_feeds(site: Site) -> None:
    for path in ("/feeds/timeline", "/feeds/source/hostile-page", "/feeds/organisation/hostile-body"):
        raw = site.client.get(f"{path}.atom").content
        feed = feedparser.parse(raw, sanitize_html=False)
        assert feed.bozo == 0 and b"<!ENTITY" not in raw and b"<!DOCTYPE" not in raw
        listed = site.client.get(f"{path}.json").json()["items"]
        for html in [*(entry.content[0].value for entry in feed.entries), *(item["content_html"] for item in listed)]:
            assert not TURNING.search(html), html[:200]
            for tag in BeautifulSoup(html, "lxml").find_all(True):
                assert tag.name in {"html", "body", "div", "p", "a", "del", "ins", "span", "time"}, (path, tag)
                assert set(tag.attrs) <= {"href", "rel", "class", "datetime"}, (path, tag)
                assert str(tag.get("href", "https:")).startswith("http"), (path, tag)


def test_files_are_read_back_and_run_nothing(site: Site, tmp_path: Path) -> None:
    client = site.client
    names = sorted({path.split("/")[3].removesuffix(".json") for path in client.get("/api/v1/openapi.json").json()["paths"]
                    if path.endswith(".json")})  # fmt: skip
    assert {"redirect", "withheld", "timeline", "passage"} <= set(names)
    for name in [
        name for number, name in enumerate(names) if number % 3 == 0 or name in ("event", "timeline", "passage")
    ]:
        count = client.get(f"/api/v1/{name}.json?_limit=1").json()["count"]
        file = tmp_path / f"{name}.parquet"
        file.write_bytes(client.get(f"/api/v1/{name}.parquet").content)
        assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{file}')").fetchone() == (count,), name
        text = tmp_path / f"{name}.csv"
        text.write_bytes(client.get(f"/api/v1/{name}.csv").content)
        frame = pd.read_csv(text, dtype=str, keep_default_na=False)
        assert len(frame) == count, name
        assert duckdb.sql(f"SELECT count(*) FROM read_csv('{text}', all_varchar = true, header = true)").fetchone() == (
            count,
        )
        cells = frame.to_numpy().ravel()
        numeric = re.compile(r"-?\d+(?:\.\d+)?")
        assert not [
            cell for cell in cells if cell[:1] in "=+-@\t\r＝＋－＠" and cell and not numeric.fullmatch(cell)
        ], name
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/v1/event.xlsx").content))
    values = [cell for row in book.active.iter_rows() for cell in row]
    assert "=1+1" in {cell.value for cell in values} and not [cell for cell in values if cell.data_type == "f"]
    assert not [cell for cell in values if cell.hyperlink]


# --- the API --------------------------------------------------------------------------------------------------------


def test_the_key_of_every_table_names_one_row(site: Site) -> None:
    from dashboard.api.catalogue import tables

    for name, table in tables(site.context.record).items():
        listed = ", ".join(f'"{column.name}"' for column in table.key_columns())
        (rows, keys), = site.context.record.rows(
            f'SELECT (SELECT count(*) FROM "{name}"), (SELECT count(*) FROM (SELECT DISTINCT {listed} FROM "{name}"))'
        )  # fmt: skip
        assert rows == keys, name


def test_any_origin_may_read_and_other_methods_are_refused(site: Site) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    asked = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    for path in ("/api/v1/event.json", "/api/v1/openapi.json", "/feeds/timeline.atom", f"/cite/statements/{NEW}.json"):
        answer = site.client.get(path, headers=origin)
        assert (
            answer.headers["access-control-allow-origin"] == "*"
            and "ETag" in answer.headers["access-control-expose-headers"]
        )
        first = site.client.options(path, headers=asked)
        assert first.status_code == 204 and "If-None-Match" in first.headers["access-control-allow-headers"]
        for method in ("POST", "PUT", "DELETE"):
            refused = site.client.request(method, path)
            assert refused.status_code == 405 and refused.headers["allow"] == "GET, HEAD, OPTIONS"
            assert refused.headers["content-type"].startswith("application/problem+json")
    lost = site.client.get("/api/v1/no/such/thing")
    assert lost.status_code == 404 and lost.json()["status"] == 404
    assert site.client.head("/api/v1/event.json").status_code == 200


def test_schemathesis_finds_no_server_error(site: Site) -> None:
    paths = r"/(search|timeline\.json|adoption\.csv|build\.parquet)$"
    _schemathesis(site, "--max-examples", "20", "--phases", "fuzzing", "--include-path-regex", paths)


@pytest.mark.slow
def test_schemathesis_finds_no_server_error_in_500_examples_of_every_path(site: Site) -> None:
    _schemathesis(site, "--max-examples", "500", "--phases", "examples,coverage,fuzzing")


def _schemathesis(site: Site, *more: str) -> None:
    program = TOOLS / "schemathesis" / "bin" / "schemathesis"
    need(program.is_file(), f"{program} is not there; .ci/run makes it")
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    done = subprocess.run(
        [str(program), "run", f"{site.address}/api/v1/openapi.json", "--url", site.address, "--checks", checks,
         "--suppress-health-check", "all", "--seed", "1", "--no-color", "--request-timeout", "60", *more],
        capture_output=True, text=True, timeout=4 * 3600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
