"""The ASGI side: what each address answers without JavaScript, unknown paths, headers, assets."""

from __future__ import annotations

import gzip
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import server
from dashboard.downloads import routes as downloads
from dashboard.permalinks import routes
from dashboard.permalinks.shell import Page
from dashboard.plain import ADDRESSES
from dashboard.start import START, Context
from data.home import HOME_VARIABLE, Home


@pytest.fixture
def client(published_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv(HOME_VARIABLE, str(published_home.root))
    yield TestClient(Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE), follow_redirects=False)
    START.close()


@pytest.mark.parametrize("path", [address.path for address in ADDRESSES])
def test_each_address_answers_without_javascript(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.html is not None and page.html["lang"] == "en"
    assert [heading.get_text() for heading in page.select("main#plain h1")] and len(page.select("h1")) == 1
    assert page.title is not None and page.title.get_text().endswith("SIM Public Record")
    description = page.select_one("meta[name=description]")
    canonical = page.select_one("link[rel=canonical]")
    assert description is not None and len(str(description["content"])) > 20
    assert canonical is not None and str(canonical["href"]).endswith(path)
    assert page.select_one("a.leave[rel=noreferrer]") and page.select_one("#support a")
    assert page.select_one("div#root") and not page.select("main script")
    before, _, after = answer.text.partition('<template id="app">')
    assert 'type="module"' in after and 'type="module"' not in before, "the app starts once this page is painted"
    assert not [s for s in page.select("script") if not s.get("src")], "no script in the page itself"
    for link in page.select("main a"):
        assert str(link["href"]).startswith(("https://", "http://", "/", "#")), link


@pytest.mark.parametrize(
    "path",
    [*(each.path for each in ADDRESSES), "/sources", "/organisations", "/organisations/slam", "/timeline/event.none"],
)
def test_every_page_has_a_box_for_a_search_of_the_whole_record(client: TestClient, path: str) -> None:
    page = BeautifulSoup(client.get(path).text, "html.parser")
    boxes = page.select("form:has(#seek)")
    assert len(boxes) == 1 and page.select_one("label[for=seek]") is not None
    box = boxes[0].select_one("input")
    assert box is not None and boxes[0]["method"] == "get"
    found = client.get(str(boxes[0]["action"]).partition("#")[0], params={str(box["name"]): "police"})
    assert BeautifulSoup(found.text, "html.parser").select(".found .results li")


def test_titles_and_descriptions_differ(client: TestClient) -> None:
    pages = [BeautifulSoup(client.get(address.path).text, "html.parser") for address in ADDRESSES]
    assert len({str(page.title) for page in pages}) == len(ADDRESSES)
    assert len({str(page.select_one("meta[name=description]")) for page in pages}) == len(ADDRESSES)


@pytest.mark.parametrize(
    "path", ["/nope", "/rollout/nope", "/_stcore/metrics", "/assets/none.css", "/assets/../start.py", "/%2e%2e/etc"]
)
def test_unknown_paths_are_404_and_help_on(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert 'href="/rollout"' in answer.text and "no such page" in answer.text


def test_a_404_has_one_search_with_the_words_of_its_address(client: TestClient) -> None:
    page = client.get("/statements/acp-uk-1999%22onfocus=x").text
    assert page.count('type="search"') == 1 and 'action="/data#search"' in page
    assert 'name="search" type="search" value="acp uk onfocus"' in page
    assert "/editions" not in page and 'href="/editions"' in client.get("/editions/2020-01-01").text


def test_a_path_that_is_markup_stays_text(client: TestClient) -> None:
    answer = client.get("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.status_code == 404 and "<script>alert" not in answer.text


def test_a_slash_at_the_end_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/rollout/?region=London")
    assert answer.status_code == 308 and answer.headers["location"] == "/rollout?region=London"
    assert client.get("//evil.example/").headers.get("location", "/").startswith("/")
    assert not client.get("//evil.example/").headers.get("location", "/").startswith("//")


def test_assets_are_kept_for_ever_and_compressed(client: TestClient) -> None:
    answer = client.get(server.asset_address("app.css"))
    assert "immutable" in answer.headers["cache-control"] and answer.headers["content-encoding"] == "gzip"
    assert "@font-face" in answer.text


def test_the_files_of_streamlit_are_sent_compressed(client: TestClient) -> None:
    folder = server.STREAMLIT_STATIC / "static" / "js"
    file = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    answer = client.get(f"/static/js/{file.name}")
    assert answer.status_code == 200 and answer.headers["content-encoding"] == "gzip"
    assert answer.content == file.read_bytes()
    assert len(gzip.compress(file.read_bytes(), 6)) < file.stat().st_size / 2
    assert server.streamlit_file("/static/../../../../etc/passwd", True) is None
    assert server.streamlit_file("/static/js/none.abc.js", True) is None


@pytest.mark.parametrize(
    "query",
    [
        "find=%3Cscript%3Ealert(1)%3C/script%3E", "since=%22%3E%3Cimg%20src%3Dx%3E", "find=" + "a" * 9000,
        "find=%00%ff", "since=99999-99-99", "find=a&find=b",
    ],
)  # fmt: skip
def test_hostile_parameters_are_text(client: TestClient, query: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text and "<img src" not in answer.text


def test_filters_and_one_body_work_without_javascript(client: TestClient) -> None:
    page = BeautifulSoup(client.get("/rollout?kind=Police+forces&region=London").text, "html.parser")
    names = [cell.get_text() for cell in page.select("section#police tbody th")]
    assert "Metropolitan Police Service" in names and not page.select("section#trusts")
    assert page.select_one("option[selected][value='London']")
    body = BeautifulSoup(client.get("/rollout?region=London&org=slam").text, "html.parser")
    assert body.select_one("h1") and "Maudsley" in body.select_one("h1").get_text()  # type: ignore[union-attr]
    back = body.select_one(".back a")
    assert back is not None and back["href"] == "/rollout?region=London"
    assert body.select("a[rel~=external]"), "the evidence is one link away"
    assert "no body “nobody”" in client.get("/rollout?org=nobody").text
    assert "no region “Atlantis”" in client.get("/rollout?region=Atlantis").text


def test_trouble_is_shown_in_words(client: TestClient, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    with (home.register / "events.csv").open("a", encoding="utf-8") as handle:
        handle.write("<b>BAD</b>,2021,year,T,S,,context,acp-uk-2021-rapid-response,2026-11-23\n")
    answer = client.get("/rollout")
    assert answer.status_code == 200 and "events.csv:" in answer.text and "Traceback" not in answer.text
    assert "<b>BAD" not in answer.text and 'content="noindex"' in answer.text
    assert client.get("/nope").status_code == 404


def test_small_answers_are_sent_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        server.set_no_delay(sock)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    if hasattr(socket, "AF_UNIX") and os.name != "nt":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            server.set_no_delay(sock)


def test_pages_of_rows_are_made_before_a_reader_asks_for_them(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    render = routes.render

    def noted(page: Page, *rest: Any, **more: Any) -> str:
        made.append(page.path)
        return render(page, *rest, **more)

    monkeypatch.setattr(routes, "render", noted)
    monkeypatch.setattr(routes, "MOST_WARM", 6)
    state = START.state()
    assert isinstance(state, Context)
    left = iter([True, True, False])
    server.PERMANENT.warm(state, lambda: next(left))
    assert len(made) == 2, "it ends where it is no longer wanted"
    server.PERMANENT.warm(state, lambda: True)
    assert len(made) == len(set(made)) == 6
    assert all(client.get(path).status_code == 200 for path in list(made)) and len(made) == 6


def test_the_files_of_a_small_record_are_written_before_a_reader_asks_for_them(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_WARM", 1)
    monkeypatch.setattr(downloads, "DOWNLOADS", downloads.Downloads())
    monkeypatch.setattr(START, "on_new_record", server.warm)
    state = START.state()
    assert isinstance(state, Context)
    monkeypatch.setattr(server, "SMALL_BYTES", 0)
    server.warm(state)
    assert not downloads.DOWNLOADS._kept, "a large one is written for those who ask"
    monkeypatch.setattr(server, "SMALL_BYTES", state.record.path.stat().st_size)
    server.warm(state)
    assert downloads.DOWNLOADS._kept
    monkeypatch.setattr(downloads, "write_downloads", lambda *_: pytest.fail("written again"))
    assert client.get("/data.zip").status_code == 200
