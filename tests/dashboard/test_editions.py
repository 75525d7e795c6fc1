"""Editions: complete, the same for ever, refused where they were altered, compared, cited; hostile rows stay text."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pybtex.database
import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from dashboard.editions import make, pages
from dashboard.editions.make import issue
from dashboard.start import START
from data.editions import (
    Edition,
    EditionError,
    check_editions,
    edition,
    editions,
    findings_of,
    page_name,
    parse_name,
    read_sums,
)
from data.home import HOME_VARIABLE, Home
from data.programme import read_programme
from scrapers.build import build
from scrapers.check import check_home
from tests.conftest import TOOLS, need
from tests.support.routes import client_of
from tests.support.small_home import rows_of, small_home, write_rows

HOSTILE = '=1+1<script>alert(1)</script><img src=x onerror=alert(2)> "q" & ]]> href="/timeline/event.hostile" {{7*7}}'
CORRECTIONS = 50
ROLES = ".*“role” attribute must not be used.*"
"""Tables keep their roles in words: where each row is a block of its own, on a phone, browsers drop them."""


@dataclass(frozen=True)
class Issued:
    """A home with two editions, 50 corrections apart; `read` is what a reader got from the first before them."""

    home: Home
    first: Edition
    second: Edition
    read: dict[str, bytes]
    client: TestClient


def issue_now(home: Home) -> Edition:
    START.close()  # a process opens a database under one set of settings only
    return issue(home, read_programme(home.programme_file)).edition


def correct(home: Home, times: int) -> None:
    """Change `times` cells, each with its correction; take one row out; add one."""
    columns, rows = rows_of(home.register / "corrections.csv")
    left = times
    for stem, table, key in (
        ("concerns", "concern", "concern_id"), ("statements", "statement", "statement_id"),
        ("recommendations", "recommendation", "recommendation_id"), ("events", "event", "event_id"),
        ("adoptions", "adoption", "adoption_id"),
    ):  # fmt: skip
        head, facts = rows_of(home.register / f"{stem}.csv")
        for row in facts:
            if left and row[key] not in ("hostile", "to-go"):
                was, row["summary"] = row["summary"], f"Corrected words, number {left}."
                rows.append(
                    {"corrected_on": "2026-11-24", "table": table, "row_id": row[key], "column": "summary", "was": was,
                     "is": row["summary"], "why": f"slip number {left}"}
                )  # fmt: skip
                left -= 1
        if stem == "events":
            facts = [row for row in facts if row[key] != "to-go"]
            facts.append(dict(facts[0]) | {"event_id": "new-one", "title": "A new event", "summary": "It came later."})
        write_rows(home.register / f"{stem}.csv", head, facts)
    assert left == 0
    gone = {
        "corrected_on": "2026-11-24",
        "table": "event",
        "row_id": "to-go",
        "was": "Taken out later.",
        "why": "no such",
    }
    rows.append(dict.fromkeys(columns, "") | gone)
    write_rows(home.register / "corrections.csv", columns, rows)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    home = small_home(tmp_path_factory.mktemp("editions") / "home")
    head, facts = rows_of(home.register / "events.csv")
    base = facts[0] | {"on_date": "2021", "date_precision": "year"}
    facts.append(base | {"event_id": "hostile", "title": HOSTILE, "summary": HOSTILE})
    facts.append(base | {"event_id": "to-go", "title": "To go", "summary": "Taken out later."})
    write_rows(home.register / "events.csv", head, facts)
    build(home)
    with client_of(home) as client:
        first = issue_now(home)
        at = f"/editions/{first.name}"
        read = {path: client.get(at + path).content for path in ("", "/statements", *SOME_PAGES(home))}
        correct(home, CORRECTIONS)
        build(home)
        second = issue_now(home)
        yield Issued(home, first, second, read, client)


def SOME_PAGES(home: Home) -> list[str]:  # noqa: N802 - read once, as a constant would be
    """Paths of pages whose rows are corrected between the two editions."""
    found = []
    for stem, room, key in (("concerns", "concerns", "concern_id"), ("statements", "statements", "statement_id")):
        found += [f"/{room}/{row[key]}" for row in rows_of(home.register / f"{stem}.csv")[1]]
    found += [f"/timeline/statement.{row['statement_id']}" for row in rows_of(home.register / "statements.csv")[1]]
    return found


# --- what an edition holds --------------------------------------------------------------------------------------------


def test_a_permalink_is_the_same_before_and_after_fifty_corrections(issued: Issued) -> None:
    assert len(issued.read) > 40
    changed = 0
    for path, body in issued.read.items():
        assert issued.client.get(f"/editions/{issued.first.name}{path}").content == body, path
        changed += path != "" and issued.client.get(f"/editions/{issued.second.name}{path}").content != body
    assert changed > 40  # the second edition shows what was corrected
    page = issued.client.get(f"/editions/{issued.second.name}{SOME_PAGES(issued.home)[0]}").text
    assert "Corrected words, number 50" in page and "slip number 50" in page
    assert "Corrected words" not in issued.read[SOME_PAGES(issued.home)[0]].decode()


def test_every_file_is_in_the_list_of_hashes_and_sha256sum_agrees(issued: Issued) -> None:
    for one in (issued.first, issued.second):
        done = subprocess.run(
            ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"],
            cwd=one.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        assert hashlib.sha256((one.folder / "SHA256SUMS").read_bytes()).hexdigest() == one.sha256
        there = {path.relative_to(one.folder).as_posix() for path in one.folder.rglob("*") if path.is_file()}
        listed = set(read_sums((one.folder / "SHA256SUMS").read_text(encoding="utf-8")))
        assert there == listed | {"SHA256SUMS", "edition.json"}
        assert not any(path.stat().st_mode & 0o222 for path in one.folder.rglob("*") if path.is_file())
    assert findings_of(issued.first) == [] and check_home(issued.home).findings == []


def test_the_facts_of_an_edition(issued: Issued) -> None:
    facts = json.loads((issued.second.folder / "edition.json").read_text(encoding="utf-8"))
    assert facts["edition"] == issued.second.name == f"{issued.first.name}-2" and facts["previous"] == issued.first.name
    assert facts["record"] == 2 and facts["rows"]["correction"] == CORRECTIONS + 1
    with duckdb.connect(str(issued.second.folder / "record.duckdb"), read_only=True) as connection:
        counted = connection.execute("SELECT count(*) FROM correction").fetchone()
    assert counted == (CORRECTIONS + 1,)
    assert (
        facts["database"]["sha256"] == hashlib.sha256((issued.second.folder / "record.duckdb").read_bytes()).hexdigest()
    )


@pytest.mark.slow  # the same writer's files are read by it in test_downloads
def test_frictionless_finds_nothing_wrong(issued: Issued) -> None:
    tool = TOOLS / "wacz" / "bin" / "frictionless"
    need(tool.exists(), "frictionless is not installed (.ci/run makes it ready)")
    done = subprocess.run(
        [str(tool), "validate", "datapackage.json", "--json"],
        cwd=issued.second.folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["valid"], [(task["name"], task["errors"][:1]) for task in report["tasks"] if not task["valid"]]


def test_pages_need_nothing_from_outside_the_edition(issued: Issued) -> None:
    root = f"/editions/{issued.first.name}"
    seen = 0
    for file in sorted(issued.first.folder.rglob("*.html"))[::9]:
        page = BeautifulSoup(file.read_bytes(), "lxml")
        sheets = [link["href"] for link in page.find_all("link", rel="stylesheet")]
        assert sheets == [f"{root}/edition.css"], file
        assert not page.find_all(["img", "iframe"]), file
        assert all(script.get("type") == "application/ld+json" for script in page.find_all("script"))
        text = page.get_text(" ")
        assert "the record as it stood then" in text and (
            "See this page today" in text or "See the record today" in text
        )
        seen += 1
    assert seen > 20


def test_links_stay_in_the_edition_and_lead_somewhere(issued: Issued) -> None:
    root = f"/editions/{issued.first.name}"
    page = BeautifulSoup(issued.client.get(f"{root}{SOME_PAGES(issued.home)[-1]}").content, "lxml")
    inside = {a["href"].partition("#")[0] for a in page.find_all("a") if a["href"].startswith("/editions/")}
    assert len(inside) > 10
    for address in inside:
        assert issued.client.get(address, follow_redirects=False).status_code == 200, address
    for file in issued.first.folder.rglob("*.html"):  # every link is one that a browser can follow
        text = file.read_text(encoding="utf-8")
        assert not re.search(r'<a href=[^"]|<a href="/documents\?source=', text), file
    main = page.find("main")
    assert main is not None
    outside = [a["href"] for a in main.find_all("a") if re.match("/(statements|timeline|organisations)/", a["href"])]
    assert outside == [SOME_PAGES(issued.home)[-1]]  # the way to the same page today, and no other


def test_a_hostile_row_is_harmless_text_everywhere(issued: Issued) -> None:
    page = issued.client.get(f"/editions/{issued.first.name}/timeline/event.hostile")
    assert page.status_code == 200 and "&lt;script&gt;alert(1)" in page.text
    for file in issued.first.folder.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "<script>alert" not in text and "<img src=x" not in text
    assert "script-src" not in page.headers["content-security-policy"]
    assert (issued.first.folder / "tables" / "event.csv").read_text(encoding="utf-8").count(",\"'=1+1") == 2


# --- reading it -------------------------------------------------------------------------------------------------------


def test_answers_may_be_kept_for_ever(issued: Issued) -> None:
    at = f"/editions/{issued.first.name}"
    for path in ("", SOME_PAGES(issued.home)[0], "/tables/event.csv", "/record.duckdb", "/edition.json", "/SHA256SUMS"):
        answer = issued.client.get(at + path)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"], path
        again = issued.client.get(at + path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304, path
    assert issued.client.get(f"{at}/tables/event.parquet").headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    [
        "/editions/{}/%2e%2e/%2e%2e/programme.toml", "/editions/{}/..%2F..%2Fprogramme.toml",
        "/editions/{}/%2Fetc%2Fpasswd", "/editions/{}/tables/%2e%2e/%2e%2e/%2e%2e/CURRENT", "/editions/{}/..\\..\\CURRENT",
        "/editions/%2e%2e/programme.toml", "/editions/2026-13-45", "/editions/2026-11-99/", "/editions/0000-00-00",
        "/editions/x", "/editions/{}-1", "/editions/{}-0", "/editions/{}-999999", "/editions/{}%00", "/editions/{}/tables",
        "/editions/{}/timeline/none", "/editions/.making-1-x/index.html", "/editions/{}..", "/editions/..{}",
        "/editions/{}..2020-01-01", "/editions/a..b", "/editions/{}.tsr", "/editions/２０２６-11-26", "/cite/editions/{}.doc",
        "/cite/editions/none.bib",
    ],
)  # fmt: skip
def test_odd_addresses_lead_nowhere(issued: Issued, path: str) -> None:
    answer = issued.client.get(path.format(issued.first.name), follow_redirects=False)
    assert answer.status_code == 404, answer.status_code
    assert b"[programme]" not in answer.content and b"root:" not in answer.content


def test_a_page_of_today_leads_to_the_newest_edition_that_holds_it(issued: Issued) -> None:
    page = issued.client.get("/timeline/event.hostile").text
    assert f'href="/editions/{issued.second.name}/timeline/event.hostile#cite">cite this edition' in page
    links = re.findall(rf'href="(/editions/{issued.second.name}/cite/[^"]+)"', page)
    assert len(links) == 3 and all(issued.client.get(one).status_code == 200 for one in links)
    gone = issued.client.get("/timeline/event.to-go")
    assert gone.status_code in (404, 410)
    assert issued.client.get(f"/editions/{issued.first.name}/timeline/event.to-go").status_code == 200


def test_references_name_the_edition(issued: Issued) -> None:
    path = SOME_PAGES(issued.home)[0]
    text = issued.client.get(f"/editions/{issued.first.name}/cite{path}.bib").text
    entry = next(iter(pybtex.database.parse_string(text, "bibtex").entries.values()))
    assert entry.fields["url"].endswith(f"/editions/{issued.first.name}{path}")
    page = BeautifulSoup(issued.read[path], "lxml")
    metas = {meta.get("name"): meta.get("content") for meta in page.find_all("meta")}
    assert metas["citation_public_url"] == f"https://sim-record.example/editions/{issued.first.name}{path}"
    whole = issued.client.get(f"/cite/editions/{issued.first.name}.json").json()[0]
    assert issued.first.sha256 in whole["note"] and whole["URL"].endswith(f"/editions/{issued.first.name}")
    for style in ("harvard", "apa", "vancouver", "oscola"):
        line = issued.client.get(f"/cite/editions/{issued.first.name}.txt?style={style}").text
        assert "edition of" in line.lower() and f"/editions/{issued.first.name}" in line


def test_the_list_names_each_edition_with_its_hash(issued: Issued) -> None:
    page = issued.client.get("/editions")
    assert issued.first.sha256 in page.text and issued.second.sha256 in page.text
    assert f'href="/editions/{issued.first.name}..{issued.second.name}"' in page.text


def test_what_changed_between_two(issued: Issued) -> None:
    address = f"/editions/{issued.first.name}..{issued.second.name}"
    told = issued.client.get(f"{address}.json").json()
    tables = {one["table"]: one for one in told["tables"]}
    event = tables["event"]
    assert (event["added"], event["withdrawn"]) == (1, 1)
    assert sum(one["corrected"] for one in tables.values()) == CORRECTIONS
    assert tables["correction"]["added"] == CORRECTIONS + 1
    by_name = {row["row_id"]: row for row in event["rows"]}
    assert by_name["new-one"]["how"] == "added" and by_name["to-go"]["how"] == "withdrawn"
    cell = tables["concern"]["rows"][0]["cells"][0]
    assert cell["column"] == "summary" and cell["now"].startswith("Corrected words")
    page = issued.client.get(address)
    assert page.status_code == 200 and "50 corrected" in page.text
    assert f'href="/editions/{issued.first.name}/timeline/event.to-go"' in page.text
    assert f'href="/editions/{issued.second.name}/timeline/event.new-one"' in page.text
    turned = issued.client.get(f"/editions/{issued.second.name}..{issued.first.name}", follow_redirects=False)
    assert turned.status_code == 301 and turned.headers["location"] == address


def test_vnu_finds_no_error(issued: Issued, tmp_path: Path) -> None:
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    need(jar.exists() and shutil.which("java"), "vnu is not installed (.ci/run makes it ready)")
    at = f"/editions/{issued.second.name}"
    for number, path in enumerate((at, f"{at}/timeline/event.hostile", f"{at}/sources", "/editions", "/downloads",
                                   f"/editions/{issued.first.name}..{issued.second.name}", "/timeline/event.hostile")):  # fmt: skip
        (tmp_path / f"{number}.html").write_bytes(issued.client.get(path).content)
    done = subprocess.run(
        ["java", "-Xss2m", "-jar", str(jar), "--errors-only", "--stdout", "--filterpattern", ROLES, str(tmp_path)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


# --- altered, half gone, withheld -------------------------------------------------------------------------------------


@pytest.fixture
def copied(issued: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Edition, TestClient]]:
    """A home of its own with a copy of the first edition, to be harmed."""
    root = tmp_path / "home"
    root.mkdir()
    for name in ("programme.toml", "CURRENT", "record-2.duckdb"):
        shutil.copyfile(issued.home.root / name, root / name)
    (root / "register").mkdir()
    (root / "editions").mkdir()
    shutil.copytree(issued.first.folder, root / "editions" / issued.first.name, copy_function=shutil.copyfile)
    found = edition(Home(root), issued.first.name)
    assert found is not None
    monkeypatch.setenv(HOME_VARIABLE, str(root))
    yield found, issued.client


def test_an_altered_page_is_not_shown_and_check_names_it(copied: tuple[Edition, TestClient]) -> None:
    found, client = copied
    path = next(found.folder.glob("statements/*/index.html"))
    path.write_text(path.read_text(encoding="utf-8").replace("statement", "testament", 1), encoding="utf-8")
    answer = client.get(f"/editions/{found.name}/statements/{path.parent.name}")
    assert answer.status_code == 500 and "not as it was issued" in answer.text and "testament" not in answer.text
    assert client.get(f"/editions/{found.name}/sources").status_code == 200
    (finding,) = check_editions(Home(found.folder.parent.parent)).findings
    assert f"statements/{path.parent.name}/index.html" in finding and "backup" in finding


def test_every_kind_of_harm_is_found(copied: tuple[Edition, TestClient]) -> None:
    found, client = copied
    home = Home(found.folder.parent.parent)
    with (found.folder / "record.duckdb").open("r+b") as handle:
        handle.seek(4096)
        handle.write(b"harm")
    (found.folder / "tables" / "event.csv").unlink()
    (found.folder / "extra.txt").write_text("x", encoding="utf-8")
    told = "\n".join(check_editions(home).findings)
    assert "record.duckdb: its bytes" in told and "event.csv: is missing" in told and "extra.txt: was not there" in told
    assert client.get(f"/editions/{found.name}/record.duckdb").status_code == 500
    assert client.get(f"/editions/{found.name}/tables/event.csv").status_code == 500
    assert client.get(f"/editions/{found.name}/extra.txt").status_code == 404
    facts = dict(found.facts) | {"date": "2020-01-01"}
    (found.folder / "edition.json").write_text(json.dumps(facts), encoding="utf-8")
    assert any("does not say what was issued" in one for one in check_editions(home).findings)


@pytest.mark.parametrize("file", ["SHA256SUMS", "edition.json"])
def test_half_an_edition_is_said_to_be_that(copied: tuple[Edition, TestClient], file: str) -> None:
    found, client = copied
    (found.folder / file).unlink()
    answer = client.get(f"/editions/{found.name}/sources")
    assert answer.status_code == 500 and file in answer.text
    assert client.get("/editions").status_code == 200
    assert check_editions(Home(found.folder.parent.parent)).findings


def test_a_list_of_hashes_that_was_altered_is_not_believed(copied: tuple[Edition, TestClient]) -> None:
    found, client = copied
    sums = found.folder / "SHA256SUMS"
    sums.write_text(sums.read_text(encoding="utf-8") + f"{'0' * 64}  ../../programme.toml\n", encoding="utf-8")
    assert client.get(f"/editions/{found.name}/sources").status_code == 500
    with pytest.raises(EditionError, match="line 1"):
        read_sums(f"{'0' * 64}  ../x\n")


def test_a_withheld_edition_says_why(copied: tuple[Edition, TestClient]) -> None:
    found, client = copied
    found.withheld.write_text("By order of a court <b>", encoding="utf-8")
    for path in ("", "/sources", "/record.duckdb"):
        answer = client.get(f"/editions/{found.name}{path}")
        assert answer.status_code == 451 and "By order of a court &lt;b&gt;" in answer.text
    assert "By order of a court" in client.get("/editions").text


# --- issuing ----------------------------------------------------------------------------------------------------------


def test_the_same_record_is_issued_once_a_day(issued: Issued) -> None:
    START.close()
    again = issue(issued.home, read_programme(issued.home.programme_file))
    assert not again.is_new and again.edition == issued.second
    assert [one.name for one in editions(issued.home)] == [issued.first.name, issued.second.name]


def test_days_that_cannot_be(issued: Issued) -> None:
    START.close()
    programme = read_programme(issued.home.programme_file)
    for day, words in ((dt.date(2999, 1, 1), "future"), (dt.date(2001, 1, 1), "was built on")):
        with pytest.raises(EditionError, match=words):
            issue(issued.home, programme, day=day)


def test_nothing_published(empty_home: Home) -> None:
    with pytest.raises(EditionError, match="sim-record build"):
        issue(empty_home, read_programme(empty_home.programme_file))
    assert not empty_home.editions.exists()


def test_a_full_disk_leaves_nothing(issued: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    for name in ("programme.toml", "CURRENT", "record-2.duckdb"):
        shutil.copyfile(issued.home.root / name, tmp_path / name)

    def full(*_: object) -> Iterator[tuple[str, bytes]]:
        yield "timeline/x/index.html", b"x"
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "editions"))

    monkeypatch.setattr(pages, "page_files", full)
    with pytest.raises(EditionError, match="disk is full"):
        issue(home, read_programme(home.programme_file))
    assert list(home.editions.iterdir()) == []


def test_a_killed_issue_leaves_no_half_edition(issued: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("programme.toml", "CURRENT", "record-2.duckdb"):
        shutil.copyfile(issued.home.root / name, tmp_path / name)
    home = Home(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "sim_record", "edition", "--home", str(tmp_path)], stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 60
    while time.monotonic() < end and not list(tmp_path.glob("editions/.making-*/edition.css")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert list(tmp_path.glob("editions/.making-*")) and editions(home) == []
    monkeypatch.setattr(pages.items, "ids", lambda *_: ())  # pages were made in full above
    assert check_editions(home).findings == ()
    made = issue_now(home)
    assert findings_of(made) == [] and [path.name for path in home.editions.iterdir()] == [made.name]


def test_names() -> None:
    assert parse_name("2026-11-23") == (dt.date(2026, 11, 23), 1)
    assert parse_name("2026-11-23-12") == (dt.date(2026, 11, 23), 12)
    for name in ("2026-11-23-1", "2026-11-23-02", "2026-02-30", "2026-11-23 ", "2026-11-23\n", "../2026-11-23", ""):
        assert parse_name(name) is None
    assert page_name("statement.acp-uk-2021-05") == "statement.acp-uk-2021-05"
    assert page_name("..") == "~2e~2e" and page_name("a/b") == "a~2fb" and len(page_name("é" * 999)) < 200
    assert make.LEFT_OVER_SECONDS > 0
