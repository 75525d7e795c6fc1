"""Declaring a page: what is proposed, what is refused, what is written, and that no sentence of the page is kept."""

from __future__ import annotations

import csv
import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

import scrapers.add as adding
from data.home import PACKAGE, Home
from data.programme import Programme, read_programme
from scrapers.add import AddError, AddOptions, Declined, Duplicate, add, slug, source_id_of
from scrapers.register import read_register
from scrapers.structure import KEPT, cut, filler
from sim_record import app

SITES = Path(__file__).parents[1] / "pages" / "sites"
ADDED = Path(__file__).parents[1] / "pages" / "added"
TODAY = dt.date(2026, 11, 24)
PRIVATE = AddOptions(allow_private=True)
PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><title>Statement on the night bus | Northtown Trust</title>
<meta name="generator" content="WordPress 6.4"><meta property="og:title" content="Statement on the night bus"><meta property="article:published_time" content="2021-05-12T09:00:00+01:00">
<script>var secret = "Ada Lovelace";</script><style>.x{color:red}</style></head>
<body class="node" onload="steal()" data-person="Ada Lovelace"><!-- written by Ada Lovelace -->
<header><nav><a href="https://other.example/people/ada-lovelace?mail=ada@example.org" rel="nofollow" title="Ada Lovelace">Our people</a></nav></header>
<main id="content"><article><h1>Statement on the night bus</h1>
<p class="lead">On 12 May 2021 the trust said that the night bus would stop at every hospital in the town until the summer.</p>
<p>Passengers had written, in great number, to say that they would miss it; the trust thanked each of them.</p>
<img src="/ada.jpg" alt="Ada Lovelace on the bus"><input type="hidden" value="Ada Lovelace">
<p>Write to Ada Lovelace, ada@example.org, or call 01234 567890 on any working day before noon.</p></article></main></body></html>
"""


class _Site(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, tuple[int, str, bytes]]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        status, media_type, body = self.pages.get(self.path, (404, "text/html", b"<html><body>Not found</body></html>"))
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", body.decode())
            body = b""
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[str]:
    _Site.pages = {"/news/night-bus": (200, "text/html; charset=utf-8", PAGE.encode())}
    _Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where recorded pages go in these tests: never into the project."""
    folder = tmp_path / "added"
    monkeypatch.setattr(adding, "pages_folder", lambda _home: folder)
    return folder


@pytest.fixture
def programme(empty_home: Home) -> Programme:
    told = read_programme(empty_home.programme_file)
    return told.model_copy(update={"collect": told.collect.model_copy(update={"delay": 0.0, "tries": 1})})


def _with_body(home: Home, website: str, *more: tuple[str, str]) -> None:
    """Give the register bodies with these websites."""
    rows = [("northtown", website), *more]
    header = "org_id,name,kind,ods_code,region,latitude,longitude,website,successor_id,note"
    lines = [header, *(f"{name},{name.title()},mental-health-trust,,,,,{url},," for name, url in rows)]
    (home.register / "organisations.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rows(home: Home) -> list[dict[str, str]]:
    with (home.register / "sources.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- what is proposed and written


def test_row_and_recorded_page(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    _with_body(empty_home, site)
    added = add(empty_home, programme, f"{site}/news/night-bus?utm_source=x#top", PRIVATE, today=TODAY)
    assert _rows(empty_home) == [added.row]
    assert added.row == {
        "source_id": "northtown-2021-05-12-statement-night-bus",
        "url": f"{site}/news/night-bus",
        "title": "Statement on the night bus",
        "publisher_id": "northtown",
        "published_on": "2021-05-12",
        "date_precision": "day",
        "format": "html",
        "kind": "statement",
        "note": adding.NOTE,
        "recorded_on": "2026-11-24",
    }
    assert read_register(empty_home).findings == []
    assert added.page == pages / "northtown-2021-05-12-statement-night-bus.html"
    assert _Site.asked.count("/news/night-bus") == 1
    assert "/robots.txt" in _Site.asked


def test_row_is_appended_in_the_style_of_the_file(home: Home, site: str, pages: Path) -> None:
    told = read_programme(home.programme_file)
    quick = told.model_copy(update={"collect": told.collect.model_copy(update={"delay": 0.0})})
    path = home.register / "sources.csv"
    before = path.read_bytes()
    added = add(home, quick, f"{site}/news/night-bus", AddOptions(title='A "quoted", title', allow_private=True))
    after = path.read_bytes()
    assert after.startswith(before)
    assert after[len(before) :].count(b"\n") == 1
    assert b'"A ""quoted"", title"' in after
    assert b"\r" not in after
    assert read_register(home).findings == []
    assert pages.joinpath(f"{added.row['source_id']}.html").is_file()


def test_file_without_last_line_end_and_with_fewer_columns(
    empty_home: Home, programme: Programme, site: str, pages: Path
) -> None:
    path = empty_home.register / "sources.csv"
    header = "source_id,url,title,publisher_id,published_on,date_precision,format,kind,note"
    path.write_bytes(f"{header}\r\nold,https://a.example/,Old,,,,html,news,".encode())
    add(empty_home, programme, f"{site}/news/night-bus", PRIVATE)
    assert path.read_bytes().count(b"\r\n") == 3
    assert _rows(empty_home)[0]["source_id"] == "old"
    assert read_register(empty_home).findings == []


def test_person_may_know_better(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    options = AddOptions(source_id="my-own", title="T", kind="letter", published_on="2020-03", allow_private=True)
    row = add(empty_home, programme, f"{site}/news/night-bus", options).row
    told = [row[key] for key in ("source_id", "title", "kind", "published_on", "date_precision")]
    assert told == ["my-own", "T", "letter", "2020-03", "month"]


def test_family_says_title_day_and_kind(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    _Site.pages["/deck.pdf"] = (200, "application/pdf", (SITES / "pdf" / "two-pages.pdf").read_bytes())
    row = add(empty_home, programme, f"{site}/deck.pdf", PRIVATE)
    assert (row.row["format"], row.row["kind"]) == ("pdf", "report")
    assert row.page is None  # only pages are cut to their structure
    body = (SITES / "wordpress" / "page.html").read_bytes()
    _Site.pages["/wp"] = (200, "text/html", body + b"<p>" + b"Words of a test page that fill it. " * 40 + b"</p>")
    row = add(empty_home, programme, f"{site}/wp", PRIVATE)
    assert (row.row["title"], row.row["published_on"]) == ("Statement on buses", "2021-05-13")


def test_publisher_by_longest_site(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    _with_body(empty_home, site, ("newsroom", f"{site}/news"), ("elsewhere", "https://elsewhere.example"))
    assert add(empty_home, programme, f"{site}/news/night-bus", PRIVATE).row["publisher_id"] == "newsroom"


def test_publisher_that_could_be_two_is_left_open(
    empty_home: Home, programme: Programme, site: str, pages: Path
) -> None:
    _with_body(empty_home, site, ("twin", site))
    added = add(empty_home, programme, f"{site}/news/night-bus", PRIVATE)
    assert added.row["publisher_id"] == ""
    assert any("northtown, twin" in note for note in added.notes)


def test_day_to_come_is_left_out(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    added = add(empty_home, programme, f"{site}/news/night-bus", PRIVATE, today=dt.date(2021, 5, 11))
    assert added.row["published_on"] == ""
    assert any("to come" in note for note in added.notes)


def test_a_title_is_no_formula(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    hostile = PAGE.replace(
        "Statement on the night bus", "=HYPERLINK(&quot;http://evil.example&quot;;&quot;A title&quot;)"
    )
    _Site.pages["/news/hostile"] = (200, "text/html; charset=utf-8", hostile.encode())
    add(empty_home, programme, f"{site}/news/hostile", PRIVATE)
    assert _rows(empty_home)[0]["title"].startswith("HYPERLINK(")


# -- what is refused


def test_page_that_is_declared_is_named(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    first = add(empty_home, programme, f"{site}/news/night-bus", PRIVATE)
    _Site.pages["/short"] = (301, "text/html", b"/news/night-bus/")
    _Site.pages["/news/night-bus/"] = _Site.pages["/news/night-bus"]
    _Site.asked.clear()
    with pytest.raises(Duplicate, match=first.row["source_id"]):
        add(empty_home, programme, f"{site}/news/night-bus/?utm_medium=y#x", PRIVATE)
    assert _Site.asked == []  # refused before anybody was asked
    with pytest.raises(Duplicate, match=first.row["source_id"]):
        add(empty_home, programme, f"{site}/short", PRIVATE)
    assert len(_rows(empty_home)) == 1


def test_no_means_no(empty_home: Home, programme: Programme, site: str, pages: Path) -> None:
    with pytest.raises(Declined):
        add(empty_home, programme, f"{site}/news/night-bus", PRIVATE, confirm=lambda _: False)
    assert not (empty_home.register / "sources.csv").exists()
    assert not pages.exists()


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/gone", (410, "text/html", b"<html><body>Gone</body></html>"), "gone"),
        ("/missing", (404, "text/html", b"<html><body>Not found</body></html>"), "not-found"),
        ("/empty", (200, "text/html", b""), "empty"),
        ("/closed", (403, "text/html", b"<html><body>No</body></html>"), "blocked"),
        ("/loop", (302, "text/html", b"/loop"), "redirect-loop"),
    ],
)
def test_page_that_is_not_there_is_not_declared(
    empty_home: Home,
    programme: Programme,
    site: str,
    pages: Path,
    path: str,
    answer: tuple[int, str, bytes],
    said: str,
) -> None:
    _Site.pages[path] = answer
    with pytest.raises(AddError, match=said):
        add(empty_home, programme, site + path, PRIVATE)
    assert not (empty_home.register / "sources.csv").exists()


def test_robots_and_private_addresses_hold_here_too(
    empty_home: Home, programme: Programme, site: str, pages: Path
) -> None:
    with pytest.raises(AddError, match="refused-address"):
        add(empty_home, programme, f"{site}/news/night-bus")
    _Site.pages["/robots.txt"] = (200, "text/plain", b"User-agent: *\nDisallow: /news/\n")
    with pytest.raises(AddError, match="robots"):
        add(empty_home, programme, f"{site}/news/night-bus", PRIVATE)
    assert "/news/night-bus" not in _Site.asked


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("file:///etc/passwd", AddOptions(), "cannot be asked"),
        ("http://[broken", AddOptions(), "cannot be asked"),
        ("", AddOptions(), "cannot be asked"),
        ("https://a.example/", AddOptions(kind="rumour"), "no kind of source"),
        ("https://a.example/", AddOptions(publisher_id="nobody"), "no row of organisations"),
        ("https://a.example/", AddOptions(published_on="May 2021"), "no date"),
        ("https://a.example/", AddOptions(published_on="2021-13"), "no date"),
        ("https://a.example/", AddOptions(source_id="Not An Id"), "no id"),
        ("https://a.example/", AddOptions(source_id="x" * 61), "no id"),
    ],
)
def test_bad_words_are_refused_before_asking(
    empty_home: Home, programme: Programme, url: str, options: AddOptions, said: str
) -> None:
    with pytest.raises(AddError, match=said):
        add(empty_home, programme, url, options)


def test_impossible_day_leaves_the_file_as_it_was(
    empty_home: Home, programme: Programme, site: str, pages: Path
) -> None:
    add(empty_home, programme, f"{site}/news/night-bus", PRIVATE)
    before = (empty_home.register / "sources.csv").read_bytes()
    _Site.pages["/other"] = _Site.pages["/news/night-bus"]
    with pytest.raises(AddError, match="nothing was written"):
        add(empty_home, programme, f"{site}/other", AddOptions(published_on="2021-02-30", allow_private=True))
    assert (empty_home.register / "sources.csv").read_bytes() == before


def test_register_with_findings_is_mended_first(empty_home: Home, programme: Programme) -> None:
    (empty_home.register / "sources.csv").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(AddError, match="findings"):
        add(empty_home, programme, "https://a.example/")


# -- ids


@pytest.mark.parametrize(
    ("publisher", "day", "title", "taken", "wanted"),
    [
        ("mind", "2021-05", "Mind on the bus", set(), "mind-2021-05-bus"),
        ("mind", "", "The Trust’s café", set(), "mind-trusts-cafe"),
        ("mind", "2021", "Bus", {"mind-2021-bus"}, "mind-2021-bus-2"),
        ("mind", "2021", "Bus", {"mind-2021-bus", "mind-2021-bus-2"}, "mind-2021-bus-3"),
        ("", "", "日本", set(), "page"),
        ("a" * 60, "2021-05-12", "Long", set(), "a" * 56),
    ],
)
def test_ids(publisher: str, day: str, title: str, taken: set[str], wanted: str) -> None:
    assert source_id_of(publisher, day, title, taken) == wanted


def test_ids_are_ids_whatever_the_title() -> None:
    for title in ("!!!", "Ünïcode ﬁ", "x" * 300, "a " * 200, "<script>", "2021-05-12", "-"):
        made = source_id_of("northtown", "2021-05-12", title, set())
        assert len(made) <= 60
        assert slug(made) == made
        assert made.startswith("northtown-2021-05-12")


# -- the recorded page


def test_structure_keeps_no_words_and_no_person(site: str) -> None:
    made = cut(PAGE.encode(), f"{site}/news/night-bus")
    assert "lovelace" not in made.lower()
    assert "01234" not in made
    assert "other.example/people" not in made
    assert 'href="https://other.example/"' in made
    before, after = BeautifulSoup(PAGE, "lxml"), BeautifulSoup(made, "lxml")
    assert [tag.name for tag in before.find_all(True)] == [tag.name for tag in after.find_all(True)]
    known = {word.lower() for word in before.get_text(" ").split() if len(word) > 6}
    assert known.isdisjoint(word.lower() for word in after.get_text(" ").split())
    assert [len(tag.get_text()) for tag in before.find_all("p")] == [len(tag.get_text()) for tag in after.find_all("p")]
    assert cut(made.encode(), f"{site}/news/night-bus") == made


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<", b"<p>", b"plain", b"<![CDATA[ secretword ]]>", b"<?php secretword ?>"]
)
def test_any_bytes_give_a_structure(body: bytes) -> None:
    assert "secretword" not in cut(body, "https://a.example/")


def test_filler_keeps_lengths_capitals_and_marks() -> None:
    assert filler("On 12 May, “O’Neill” said: über!") == "Lo 00 Lor, “L’Lorem” lore: lore!"
    assert len(filler("x" * 500)) == 500


def test_recorded_pages_in_the_project_hold_no_words() -> None:
    for page in sorted(ADDED.glob("*.html")):
        body = page.read_text(encoding="utf-8")
        assert cut(body.encode(), "https://a.example/") == body, f"{page.name} holds more than its structure"
        for tag in BeautifulSoup(body, "lxml").find_all(True):
            assert set(tag.attrs) <= KEPT


# -- the command


def _command(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["add", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def quick_home(empty_home: Home) -> Home:
    text = empty_home.programme_file.read_text(encoding="utf-8")
    empty_home.programme_file.write_text(text.replace("delay = 1\n", "delay = 0\n"), encoding="utf-8")
    return empty_home


def test_command_needs_somebody_to_say_yes(quick_home: Home, site: str, pages: Path) -> None:
    code, out, err = _command(f"{site}/news/night-bus", "--home", str(quick_home.root), "--allow-private")
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert _Site.asked == []
    code, out, _ = _command(f"{site}/x", "--home", str(quick_home.root), "--json")
    assert code == 2
    assert json.loads(out)["ok"] is False


def test_command_writes_and_says_so(quick_home: Home, site: str, pages: Path) -> None:
    words = (f"{site}/news/night-bus", "--home", str(quick_home.root), "--allow-private", "--yes", "--json")
    code, out, err = _command(*words)
    assert code == 0, err
    told = json.loads(out)
    assert told["row"] == _rows(quick_home)[0]
    assert Path(told["recorded_page"]).is_file()
    assert "Statement on the night bus" in err
    code, out, _ = _command(*words)
    assert code == 1
    assert told["row"]["source_id"] in json.loads(out)["error"]


def test_command_refuses_bad_words(quick_home: Home) -> None:
    for words in (["ftp://a.example/", "--yes"], ["https://a.example/", "--yes", "--kind", "rumour"]):
        code, out, _ = _command(*words, "--home", str(quick_home.root))
        assert (code, out) == (2, "")


def test_recorded_pages_go_to_the_checkout_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Home(PACKAGE)
    assert adding.pages_folder(own) == ADDED
    assert adding.pages_folder(Home(tmp_path)) is None
    monkeypatch.setattr(adding, "is_checkout", lambda: False)
    assert adding.pages_folder(own) is None


def test_another_home_leaves_the_project_alone(empty_home: Home, programme: Programme, site: str) -> None:
    before = sorted(ADDED.iterdir()) if ADDED.is_dir() else []
    assert add(empty_home, programme, f"{site}/news/night-bus", PRIVATE).page is None
    assert len(_rows(empty_home)) == 1
    assert (sorted(ADDED.iterdir()) if ADDED.is_dir() else []) == before
