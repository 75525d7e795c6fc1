"""Pictures for other sites: what they hold, who may frame them, and that nothing else may be framed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import server
from dashboard.plain import ADDRESSES
from dashboard.start import START
from data.home import HOME_VARIABLE, Home

VIEWS = ["/embed/map", "/embed/gap", "/embed/review", "/embed/review/nhse-sim-review"]


@pytest.fixture
def client(published_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv(HOME_VARIABLE, str(published_home.root))
    yield TestClient(Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE), follow_redirects=False)
    START.close()


def ancestors(policy: str) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", policy)
    assert found, policy
    return found[1].strip()


@pytest.mark.parametrize("path", VIEWS)
def test_a_picture_stands_alone(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert ancestors(policy) == "*" and "script-src" not in policy and "default-src 'none'" in policy
    assert "x-frame-options" not in answer.headers
    page = BeautifulSoup(answer.text, "html.parser")
    assert not page.select("script, form, iframe, .masthead") and len(page.select("h1")) == 1
    assert page.html is not None and page.html["lang"] == "en-GB"
    assert page.select_one("base[target=_blank]") and not page.select_one("base[href]")
    assert page.select_one('main a[href^="https://sim-record.example/"]'), "the way to the permanent page"
    assert "SIM Public Record, record 1 of" in page.get_text()
    assert page.select('a[href*="samaritans"]')
    assert len(answer.content) < 30_000


def test_what_each_picture_shows(client: TestClient) -> None:
    tiles = BeautifulSoup(client.get("/embed/map").text, "html.parser").select(".tiles .tile")
    assert len(tiles) == 43 and all(tile.select_one(".unseen") for tile in tiles)
    assert "style-src-attr 'unsafe-inline'" in client.get("/embed/map").headers["content-security-policy"]
    gap = BeautifulSoup(client.get("/embed/gap").text, "html.parser")
    assert len(gap.select(".stated .bar[role=img][aria-label]")) == 2 and "12 not named" in gap.get_text()
    steps = BeautifulSoup(client.get("/embed/review/nhse-sim-review").text, "html.parser").select(".track .step")
    assert len(steps) >= 10


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        ("/rollout?embed=true", "/embed/map"), ("/rollout?embed=true&view=map", "/embed/map"),
        ("/rollout?view=gap&embed=true&status=Used", "/embed/gap"),
        ("/review?embed=true", "/embed/review"), ("/review?embed=true&review=nhse-sim-review", "/embed/review"),
    ],
)  # fmt: skip
def test_the_page_s_own_address_answers_the_same(client: TestClient, asked: str, same: str) -> None:
    assert client.get(asked).text == client.get(same).text
    assert ancestors(client.get(asked).headers["content-security-policy"]) == "*"


def test_the_gap_claims_no_more_than_it_shows(client: TestClient) -> None:
    words = client.get("/embed/gap").text
    assert "no row shows that the bodies named are the ones that were counted" in words
    assert "by nobody" not in words and "of that number no row names a body" in words


def test_unknown_pictures(client: TestClient) -> None:
    for path in ("/embed/nope", "/embed/review/nope", "/embed", "/embed/map/x", "/embed/%3Cscript%3E"):
        answer = client.get(path)
        assert answer.status_code == 404 and ancestors(answer.headers["content-security-policy"]) == "'none'"
        assert "<script>" not in answer.text
    for path in ("/rollout?embed=true&view=", "/rollout?embed=true&view=%3Cb%3E", "/review?embed=true&review=%22%3E"):
        answer = client.get(path)
        assert answer.status_code == 200 and "<b>" not in answer.text
    assert "no picture “&lt;b&gt;”" in client.get("/rollout?embed=true&view=%3Cb%3E").text


def test_nothing_else_may_be_framed_elsewhere(client: TestClient) -> None:
    others = [each.path for each in ADDRESSES] + [f"{each.path}?embed=true" for each in ADDRESSES]
    others = [path for path in others if path not in ("/rollout?embed=true", "/review?embed=true")]
    others += ["/rollout?embed=false", "/rollout?embed=", "/statements/acp-uk-2021-05", "/sources", "/robots.txt", "/nope",
               "/api/v1/", server.asset_address("app.css")]  # fmt: skip
    for path in others:
        assert ancestors(client.get(path).headers["content-security-policy"]) == "'none'", path


def test_the_rollout_gives_the_code_of_its_pictures(client: TestClient) -> None:
    page = BeautifulSoup(client.get("/rollout").text, "html.parser")
    codes = [html.unescape(code.get_text()) for code in page.select(".reuse code")]
    assert len(codes) == 2
    for code in codes:
        frame = BeautifulSoup(code, "html.parser").iframe
        assert (
            frame is not None and frame["title"] and str(frame["src"]).startswith("https://sim-record.example/embed/")
        )
        assert client.get(str(frame["src"]).removeprefix("https://sim-record.example")).status_code == 200


def test_a_record_without_bodies_still_answers(
    published_empty_home: Home, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(published_empty_home.root))
    assert "Nothing is on record yet" in client.get("/embed/map").text
    assert client.get("/embed/gap").status_code == 200
    assert client.get("/embed/review").status_code == 404
    assert not BeautifulSoup(client.get("/rollout").text, "html.parser").select(".reuse")
