"""The record as plain files: every link leads to a file, only what changed is written, a kill leaves a whole site."""

from __future__ import annotations

import errno
import functools
import html
import http.server
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from dashboard.editions.make import issue
from dashboard.publish import folder as folders
from dashboard.publish.files import file_of, is_file, path_of
from dashboard.publish.folder import Folder, FolderError
from dashboard.publish.links import variant_of, without_query
from dashboard.publish.publish import BadBaseUrl, Published, base_url_of, publish
from dashboard.start import START
from data.home import HOME_VARIABLE, Home
from data.programme import read_programme
from scrapers.build import build
from sim_record import app
from tests.conftest import TOOLS, need
from tests.support.browser import missing, open_browser
from tests.support.cited_home import append
from tests.support.small_home import rows_of, small_home, write_rows

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> "q" & ]]> href="/timeline/x" <form action="/a"> {{7*7}}'
)
FEW = {"statements": 4, "concerns": 2, "recommendations": 2, "adoptions": 2, "reviews": 2, "review_events": 2,
       "events": 2, "petition_readings": 2}  # fmt: skip
ROLES = ".*“role” attribute must not be used.*"


@dataclass(frozen=True)
class Site:
    """A published site: its home, its folder, and where it is served on loopback under a path of its own."""

    home: Home
    folder: Path
    url: str
    done: Published

    def files(self) -> dict[str, bytes]:
        return files_of(self.folder)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file that a host would show."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: body for name, body in found.items() if not name.startswith(folders.OWN)}


def publish_now(home: Home, folder: Path, url: str) -> Published:
    START.close()  # a process opens a database under one set of settings only
    return publish(home, folder, url)


def make_home(root: Path) -> Home:
    home = small_home(root, FEW)
    source = rows_of(home.register / "sources.csv")[1][0]["source_id"]
    append(home, "events", ("hostile", "2021", "year", HOSTILE, HOSTILE, "", "context", source, "2026-11-23"))
    append(
        home, "events", ("plain", "2021", "year", "A plain day", "Nothing else", "", "context", source, "2026-11-23")
    )
    append(home, "redirects", ("2026-11-20", "sources", "old-name", source, "named after its body now"))
    append(home, "corrections", ("2026-11-21", "event", "gone-2020", "", "it stated this", "", "it was another scheme"))
    build(home)
    issue(home, read_programme(home.programme_file))
    return home


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small record with an edition, published under a path and served as any host of files would."""
    root = tmp_path_factory.mktemp("publish")
    before = os.environ.pop(HOME_VARIABLE, None)
    START.close()
    home = make_home(root / "home")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(root / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/sim"
        yield Site(home, root / "web" / "sim", url, publish_now(home, root / "web" / "sim", url))
        server.shutdown()
    START.close()
    if before is not None:
        os.environ[HOME_VARIABLE] = before


def links_of(name: str, text: str, url: str) -> set[str]:
    """The addresses of this site, without its root, that a file leads to; others are passed over."""
    here = url + path_of(name) + ("/" if name.endswith("index.html") and path_of(name) != "/" else "")
    found: set[str] = set()
    if name.endswith(".html"):
        page = BeautifulSoup(text, "lxml")
        for attribute in ("href", "src", "action"):
            found |= {str(one[attribute]) for one in page.find_all(attrs={attribute: True})}
        found |= {
            str(one["content"]) for one in page.select('meta[property="og:image"], meta[name="citation_public_url"]')
        }
        found |= {str(one["content"]).partition("url=")[2] for one in page.select('meta[http-equiv="refresh"]')}
    elif name.endswith((".atom", ".xml", ".json", ".txt", ".bib", ".ris", ".css")):
        found |= {html.unescape(one) for one in re.findall(rf"{re.escape(url)}[^\s\"<>)}}\\]*", text)}
        found |= set(re.findall(r'url\("([^"]+)"\)', text)) if name.endswith(".css") else set()
    whole = {urljoin(here, one) for one in found if one}
    return {
        one.removeprefix(url).partition("#")[0].partition("?")[0] or "/" for one in whole if one.startswith(url)
    } | {f"outside: {one}" for one in whole if one.startswith(url.removesuffix("/sim")) and not one.startswith(url)}


def broken(files: dict[str, bytes], url: str) -> set[tuple[str, str]]:
    """(file, address) of every link that leads to no file."""
    found = set()
    for name, body in files.items():
        if name.endswith((".html", ".atom", ".xml", ".json", ".css", ".txt")) and "record.duckdb" not in name:
            for to in links_of(name, body.decode(), url):
                place = unquote(to).strip("/")
                if place not in files and f"{place}/index.html".lstrip("/") not in files:
                    found.add((name, to))
    return found


def test_every_link_of_every_file_leads_to_a_file(site: Site) -> None:
    files = site.files()
    assert site.done.broken == () and site.done.files == len(files) == site.done.written
    live = re.compile(r"^/api/v1/|^/timeline$")  # named in downloads as the live record's addresses
    wrong = {(name, to) for name, to in broken(files, site.url) if not name.startswith("editions/")}
    assert {one for one in wrong if not (one[0].startswith("downloads/") and live.match(one[1]))} == set()
    for room in ("organisations", "documents", "statements", "reviews", "timeline", "concerns", "recommendations"):
        assert sum(name.startswith(f"{room}/") for name in files) >= 2, room
    for name in ("index.html", "rollout/index.html", "data/index.html", "404.html", "robots.txt", "sitemap.xml",
                 "data.zip", "feeds/timeline.atom", "search/index.json", "pictures/record.png"):  # fmt: skip
        assert files[name], name


def test_permanent_addresses_answer_on_a_host_without_rules(site: Site) -> None:
    for path in (
        "/timeline/event.hostile",
        "/documents/old-name",
        "/timeline/event.gone-2020",
        "/statements",
        "/rollout",
    ):
        with urllib.request.urlopen(f"{site.url}{path}", timeout=20) as answer:
            assert answer.headers.get_content_type() == "text/html", path
            text = answer.read().decode()
        assert text.rstrip().endswith("</html>") and '<link rel="canonical" href="' in text
    page = BeautifulSoup((site.folder / "timeline/event.plain/index.html").read_text(encoding="utf-8"), "lxml")
    canonical = page.find("link", rel="canonical")
    assert canonical is not None and canonical["href"] == f"{site.url}/timeline/event.plain"


def test_withdrawn_and_renamed_rows_keep_their_addresses(site: Site) -> None:
    gone = (site.folder / "timeline/event.gone-2020/index.html").read_text(encoding="utf-8")
    assert "it was another scheme" in gone
    moved = (site.folder / "documents/old-name/index.html").read_text(encoding="utf-8")
    target = re.search(r'http-equiv="refresh" content="0; url=/sim(/documents/[^"]+)/"', moved)
    assert target and (site.folder / target[1].strip("/") / "index.html").is_file()


def test_hostile_rows_are_text_and_only_the_search_runs_a_script_of_its_own(site: Site) -> None:
    for name, body in site.files().items():
        if name.endswith(".html") and not name.startswith("editions/"):
            text = body.decode()
            assert "<script>alert" not in text and "<img src=x" not in text and '<form action="/a"' not in text, name
            scripts = re.findall(r'<script[^>]*src="([^"]+)"', text)
            allowed = ["leave", "search"] if name == "search/index.html" else ["leave"]
            assert [script.rpartition("/")[2].partition(".")[0] for script in scripts] == (
                [] if "has moved" in text or name.startswith("embed/") else allowed
            ), name
            assert "Content-Security-Policy" in text or "has moved" in text, name
    assert "&lt;form action=" in (site.folder / "timeline/event.hostile/index.html").read_text(encoding="utf-8")


def test_what_cannot_be_asked_of_files_says_so(site: Site) -> None:
    rollout = BeautifulSoup((site.folder / "rollout/index.html").read_text(encoding="utf-8"), "lxml")
    assert "made of plain files" in rollout.get_text()
    for name, body in site.files().items():
        if name.endswith(".html") and not name.startswith("editions/"):
            page = BeautifulSoup(body, "lxml")
            assert {str(form["action"]) for form in page.find_all("form")} <= {"/sim/search/"}, name
            assert not [a["href"] for a in page.select("a[href*='?']") if str(a["href"]).startswith("/")], name
    assert (site.folder / "timeline/year/2021/index.html").is_file(), "what a link asks for is a page of its own"


def test_the_same_record_again_writes_nothing(site: Site) -> None:
    before = {name: (site.folder / name).stat().st_mtime_ns for name in site.files()}
    again = publish_now(site.home, site.folder, site.url)
    assert (again.written, again.removed, again.files) == (0, 0, len(before))
    assert again.seconds < 10
    assert before == {name: (site.folder / name).stat().st_mtime_ns for name in site.files()}


@pytest.fixture
def own(site: Site, tmp_path: Path) -> Site:
    """The same site in a folder of its own, which a test may change."""
    home = Home((shutil.copytree(site.home.root, tmp_path / "home")).resolve())
    folder = tmp_path / "out"
    shutil.copytree(site.folder, folder)  # with the times of the files
    return Site(home, folder, site.url, site.done)


def change(home: Home) -> None:
    """Another record: one row says something else, one has gone, one is new."""
    path = home.register / "events.csv"
    columns, facts = rows_of(path)
    source = facts[0]["source_id"]
    facts = [row for row in facts if row["event_id"] != "plain"]
    for row in facts:
        if row["event_id"] == "hostile":
            row["summary"] = "A mended summary"
    facts.append({**facts[0], "event_id": "later", "title": "A later day", "source_id": source})
    write_rows(path, columns, facts)
    build(home)


def test_of_a_new_record_only_what_it_changed_is_written(own: Site) -> None:
    names = own.files()
    before = {name: (own.folder / name).stat().st_mtime_ns for name in names}
    change(own.home)
    done = publish_now(own.home, own.folder, own.url)
    assert done.broken == () and done.record > own.done.record
    assert "A mended summary" in (own.folder / "timeline/event.hostile/index.html").read_text(encoding="utf-8")
    assert (own.folder / "timeline/event.later/index.html").is_file()
    assert not (own.folder / "timeline/event.plain").exists() and done.removed >= 4
    same = [n for n in names if (own.folder / n).exists() and (own.folder / n).stat().st_mtime_ns == before[n]]
    permanent = [
        n for n in names if re.match(r"(statements|reviews|organisations|recommendations)/[^/]+/index.html", n)
    ]
    assert len(permanent) > 20
    for name in permanent:
        now = (own.folder / name).read_text(encoding="utf-8")
        told = re.search("A later day|A mended summary|A plain day", now + names[name].decode())
        assert (name in same) != bool(told), (name, "a page is written where it says something else, and only there")
    assert len(set(permanent) & set(same)) > 15
    assert broken(own.files(), own.url) <= broken(names, own.url) | {
        one for one in broken(own.files(), own.url) if one[0].startswith(("editions/", "downloads/"))
    }


KILLED = """
import os, random, signal, sys
from pathlib import Path
from data.home import Home
from dashboard.publish import folder
from dashboard.publish.publish import publish
left = int(sys.argv[4])
def counted(function):
    def call(*given, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given, **named)
    return call
os.replace = counted(os.replace)
os.write = counted(os.write)
Path.unlink = counted(Path.unlink)
publish(Home(Path(sys.argv[1]).resolve()), Path(sys.argv[2]), sys.argv[3])
"""


def killed(site: Site, steps: int) -> int:
    """Publish in a process that ends itself before its nth write, move or removal; gives its exit code."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(site.home.root), str(site.folder), site.url, str(steps)], check=False
    ).returncode


def whole(site: Site, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Each file is that of before or that of the new record; no link between pages leads to nothing."""
    now = site.files()
    for name, body in now.items():
        assert body in (old.get(name), new.get(name)), name
    assert set(old) & set(new) <= set(now)
    pages = {name: body for name, body in now.items() if not name.startswith(("editions/", "downloads/"))}
    assert {one for one in broken(now, site.url) if one[0] in pages} == set()


@pytest.fixture
def changed(own: Site, tmp_path: Path) -> tuple[Site, dict[str, bytes]]:
    """A site whose record has changed since, and the files that publishing it will give."""
    change(own.home)
    shutil.copytree(own.folder, tmp_path / "after")
    publish_now(own.home, tmp_path / "after", own.url)
    return own, files_of(tmp_path / "after")


def check_kills(site: Site, new: dict[str, bytes], kills: int, seed: int) -> None:
    old = site.files()
    moved = sum(old.get(name) != body for name, body in new.items())
    chance = random.Random(seed)
    for turn in range(kills):
        # the first half of the steps only writes beside; most kills fall where files are put in their places
        steps = chance.randrange(moved // 2, 2 * moved + 6) if turn else moved + moved // 2
        assert killed(site, steps) == -signal.SIGKILL, (seed, steps)
        whole(site, old, new)
    assert publish_now(site.home, site.folder, site.url).broken == ()
    assert site.files() == new


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_kill_at_any_moment_leaves_a_whole_site(changed: tuple[Site, dict[str, bytes]]) -> None:
    check_kills(*changed, 3, random.randrange(10**6))


def test_a_page_goes_before_the_files_that_it_leads_to(
    changed: tuple[Site, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, new = changed
    gone: list[str] = []
    unlink = Path.unlink

    def noted(path: Path, missing_ok: bool = False) -> None:
        name = path.relative_to(site.folder).as_posix()
        unlink(path, missing_ok=missing_ok)
        if not name.startswith(folders.OWN):
            gone.append(name)

    monkeypatch.setattr(Path, "unlink", noted)
    publish_now(site.home, site.folder, site.url)
    assert gone.index("timeline/event.plain/index.html") < gone.index("cite/timeline/event.plain.bib")
    assert site.files() == new


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_many_kills_leave_a_whole_site(changed: tuple[Site, dict[str, bytes]]) -> None:
    check_kills(*changed, 40, random.randrange(10**6))


def test_a_full_disk_changes_nothing(changed: tuple[Site, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    site, new = changed
    old = site.files()
    write, left = os.write, [20]

    def full(handle: int, body: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, body)

    monkeypatch.setattr(folders.os, "write", full)
    with pytest.raises(FolderError, match=r"is full\. Make room"):
        publish_now(site.home, site.folder, site.url)
    assert site.files() == old
    monkeypatch.undo()
    publish_now(site.home, site.folder, site.url)
    assert site.files() == new


def test_a_file_that_was_altered_by_hand_is_written_anew(own: Site) -> None:
    page = own.folder / "statements" / "index.html"
    right = page.read_bytes()
    page.write_bytes(right[:-40])
    (own.folder / "robots.txt").unlink()
    (own.folder / "CNAME").write_text("record.example\n", encoding="utf-8")
    done = publish_now(own.home, own.folder, own.url)
    assert done.written == 2 and page.read_bytes() == right and (own.folder / "robots.txt").is_file()
    assert (own.folder / "CNAME").is_file(), "what others put there stays"


def test_folders_of_others_are_left_alone(site: Site, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-my-mother.txt").write_text("Dear mother", encoding="utf-8")
    with pytest.raises(FolderError, match=r"to-my-mother\.txt.*empty folder"):
        publish_now(site.home, tmp_path / "letters", site.url)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["to-my-mother.txt"]
    with pytest.raises(FolderError, match="is a file"):
        publish_now(site.home, tmp_path / "letters" / "to-my-mother.txt", site.url)
    with pytest.raises(FolderError, match="cannot be written"):
        publish_now(site.home, tmp_path / "letters" / "to-my-mother.txt" / "out", site.url)


def test_a_file_of_others_in_the_way_is_not_overwritten(own: Site) -> None:
    manifest = own.folder / folders.OWN / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    del told["files"]["robots.txt"]
    manifest.write_text(json.dumps(told | {"print": "another"}), encoding="utf-8")
    (own.folder / "robots.txt").write_text("mine\n", encoding="utf-8")
    with pytest.raises(FolderError, match=r"robots\.txt was put there by somebody else"):
        publish_now(own.home, own.folder, own.url)
    assert (own.folder / "robots.txt").read_text(encoding="utf-8") == "mine\n"


def test_the_second_of_two_at_once_is_told(own: Site) -> None:
    with Folder(own.folder), pytest.raises(FolderError, match="Another publication is writing"):
        publish_now(own.home, own.folder, own.url)


def test_a_lost_manifest_removes_nothing(own: Site) -> None:
    before = own.files()
    (own.folder / folders.OWN / "manifest.json").write_text("{torn", encoding="utf-8")
    (own.folder / "CNAME").write_text("record.example\n", encoding="utf-8")
    done = publish_now(own.home, own.folder, own.url)
    assert done.removed == 0 and own.files() == before | {"CNAME": b"record.example\n"}


@pytest.mark.parametrize(
    "wrong",
    ["record.example", "ftp://record.example", "https://", "https://u:p@record.example", "https://record.example/?a=1",
     "https://record.example/#x", 'https://record.example/"><script>', "https://rec ord.example", "https://x:y", "//x"],
)  # fmt: skip
def test_an_address_that_cannot_be_one_is_refused(wrong: str) -> None:
    with pytest.raises(BadBaseUrl, match=r"For example|is no address"):
        base_url_of(wrong)


def test_addresses_that_can(site: Site) -> None:
    assert base_url_of(" https://Record.example/ ") == "https://record.example"
    assert base_url_of("http://127.0.0.1:8000/a/b/") == "http://127.0.0.1:8000/a/b"


def test_the_command(empty_home: Home, home: Home, tmp_path: Path) -> None:
    run: Callable[..., Any] = functools.partial(CliRunner().invoke, app)
    nothing = run(["publish", str(tmp_path / "out"), "--home", str(empty_home.root)])
    assert nothing.exit_code == 1 and "sim-record build" in nothing.output and not (tmp_path / "out").exists()
    wrong = run(["publish", str(tmp_path / "out"), "--home", str(home.root), "--base-url", "record.example", "--json"])
    assert wrong.exit_code == 2 and json.loads(wrong.stdout)["ok"] is False
    build(empty_home)
    START.close()
    given = ["publish", str(tmp_path / "out"), "--home", str(empty_home.root), "--json"]
    told = json.loads(run(given).stdout)
    assert told["ok"] and told["written"] == told["files"] > 20 and told["base_url"] == "https://sim-record.example"
    assert broken(files_of(tmp_path / "out"), told["base_url"]) == set(), "an empty record is a whole site too"
    assert json.loads(run(given).stdout)["written"] == 0


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/timeline/statement.acp-uk-2021-05", "timeline/statement.acp-uk-2021-05/index.html"),
        ("/documents/a.pdf", "documents/a.pdf/index.html"),
        ("/documents/a/changes/1..2", "documents/a/changes/1..2/index.html"),
        ("/editions/2026-11-23/timeline/change.a.3", "editions/2026-11-23/timeline/change.a.3/index.html"),
        ("/editions/2026-11-23..2026-11-24", "editions/2026-11-23..2026-11-24/index.html"),
        ("/editions/2026-11-23.tsr", "editions/2026-11-23.tsr"),
        ("/cite/statements/a.b.bib", "cite/statements/a.b.bib"),
        ("/feeds/organisation/x.atom", "feeds/organisation/x.atom"),
        ("/data.zip", "data.zip"),
        ("/timeline/a%20b", "timeline/a b/index.html"),
        ("/timeline/a%2Fb", None),
        ("/timeline/..", None),
        ("/timeline/%2e%2e/x", None),
        ("/.sim-record/manifest.json", None),
        ("/timeline/a%00b", None),
        ("/timeline/" + "a" * 300, None),
    ],
)
def test_files_of_addresses(path: str, name: str | None) -> None:
    assert file_of(path) == name
    if name is not None:
        assert path_of(name) == path and is_file(path) == (not name.endswith("index.html"))


@pytest.mark.parametrize(
    ("path", "query", "to"),
    [
        ("/rollout", "region=London&org=slam", "/organisations/slam"),
        ("/documents", "source=a.b", "/documents/a.b"),
        ("/timeline", "entry=event.x", "/timeline/event.x"),
        ("/timeline", "page=2&year=2021", "/timeline/year/2021/page/2"),
        ("/documents", "view=gone", "/documents/view/gone"),
        ("/rollout", "kind=x", None),
        ("/data", "search=a", "/search"),
        ("/data", "table=statement", "/downloads"),
        ("/data", "q=select", None),
        ("/about", "a=b", None),
    ],
)
def test_what_stands_for_an_address_with_a_query(path: str, query: str, to: str | None) -> None:
    assert without_query(path, query) == to
    if to and re.search("/(page|view|year)/", to):
        found = variant_of(to)
        assert found is not None and found[0] == path and sorted(found[1]) == sorted(
            tuple(pair.split("=")) for pair in query.split("&")
        )  # fmt: skip


def test_the_sitemap_is_one(site: Site) -> None:
    need(shutil.which("xmllint"), "xmllint")
    schema = TOOLS / "node_modules" / "sitemap" / "schema" / "sitemap.xsd"
    need(schema.exists(), "the schema of sitemaps (npm install sitemap)")
    subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", str(schema), str(site.folder / "sitemap.xml")],
        check=True, capture_output=True,
    )  # fmt: skip


def test_pages_are_valid(site: Site) -> None:
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    need(jar.exists() and shutil.which("java"), "vnu (npm install vnu-jar) and java")
    names = ["index", "404", "search/index", "rollout/index", "timeline/event.hostile/index", "documents/old-name/index",
             "data/index", "timeline/event.gone-2020/index", "api/v1/index"]  # fmt: skip
    told = subprocess.run(
        ["java", "-jar", str(jar), "--filterpattern", ROLES, "--errors-only", *(f"{site.folder}/{n}.html" for n in names)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    need(not missing(), missing())
    with open_browser() as found:
        yield found


def test_a_search_loads_little_and_finds(site: Site, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    loaded: list[tuple[str, int]] = []
    page.on("response", lambda answer: loaded.append((answer.url, int(answer.headers.get("content-length", 0)))))
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/search", timeout=60_000)
    page.focus("#q")
    page.keyboard.type("clinical psychologists")
    page.wait_for_selector("#results li", timeout=60_000)
    page.wait_for_timeout(600)
    assert "found" in page.inner_text("#count") and page.get_attribute("#count", "role") == "status"
    asked = [size for address, size in loaded if "/search/" in address and address.endswith(".json")]
    assert asked and sum(asked) < 120_000, loaded
    assert page.url.endswith("?q=clinical+psychologists"), "the search can be passed on"
    found = page.inner_text("#results li a").casefold()
    assert "psycholog" in found
    assert page.locator("input[type=search]").count() == 1, "one box, the page's own"
    heights = [row.bounding_box()["height"] for row in page.locator("#results li").all()]
    lines = page.evaluate(
        "[...document.querySelectorAll('#results li')].map(row => [...row.children].map(e => e.getClientRects().length "
        "&& e.getBoundingClientRect().height).reduce((a, b) => a + b))"
    )
    assert all(high - sum_of < 30 for high, sum_of in zip(heights, lines, strict=True)), "no gaps inside a result"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#results') !== null"), (
        "the keyboard goes on to what was found"
    )
    with page.expect_navigation(timeout=60_000):
        page.keyboard.press("Enter")
    assert page.inner_text("h1").casefold() == found
    page.goto(f"{site.url}/search/?q=zzzznothing", timeout=60_000)
    page.wait_for_selector("#count:has-text('Nothing is found')", timeout=60_000)
    assert wrong == []
    check_axe(page)
    context.close()


def check_axe(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert found == [], [(one["id"], one["nodes"][0]["html"][:200]) for one in found]


def test_pages_read_without_javascript(site: Site, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in ("/search", "/", "/timeline/event.hostile"):
        assert page.goto(f"{site.url}{path}", timeout=60_000).status == 200
        assert page.locator("h1").count() == 1 and page.locator(".masthead").is_visible()
    page.goto(f"{site.url}/search", timeout=60_000)
    assert "Searching needs JavaScript here" in page.inner_text("noscript, main")
    page.click("a:text-is('Statements')")
    assert page.url == f"{site.url}/statements/"
    context.close()
