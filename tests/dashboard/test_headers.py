"""Headers of every answer: pages, data, files, refusals, redirects, failures."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard import server
from dashboard.editions.make import issue
from dashboard.headers import APP, FILE, FRAMED, HEADERS, KEPT_PAGE, NOTHING, PAGE
from dashboard.plain import ADDRESSES
from dashboard.sql import engine
from dashboard.start import _programme_at
from data.editions import names
from data.home import Home
from data.programme import read_programme
from scrapers.build import build
from tests.support.routes import client_of
from tests.support.small_home import rows_of, small_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = small_home(tmp_path_factory.mktemp("headers") / "home")
    build(made)
    issue(made, read_programme(made.programme_file))
    return made


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[TestClient]:
    with client_of(home, follow_redirects=False) as found:
        yield found


def asked(path: str, home: Home) -> str:
    """The address, with a statement and an edition of this record."""
    return path.format(
        statement=rows_of(home.register / "statements.csv")[1][0]["statement_id"], edition=names(home)[0]
    )


ANSWERS = [
    *((each.path, 200, APP) for each in ADDRESSES),
    ("/rollout?embed=true", 200, FRAMED),
    ("/embed/map", 200, FRAMED),
    ("/embed/review", 200, FRAMED),
    ("/embed/none", 404, PAGE),
    ("/statements", 200, PAGE),
    ("/statements/{statement}", 200, PAGE),
    ("/statements/none", 404, PAGE),
    ("/downloads", 200, PAGE),
    ("/data.zip", 200, FILE),
    ("/downloads/record.duckdb", 200, FILE),
    ("/start/open.py", 200, FILE),
    ("/feeds/timeline.atom", 200, NOTHING),
    ("/feeds/reviews.ics", 200, NOTHING),
    ("/feeds/search.atom", 400, NOTHING),
    ("/cite/statements/{statement}.bib", 200, NOTHING),
    ("/pictures/statements.png", 200, NOTHING),
    ("/api/v1/", 200, PAGE),
    ("/api/v1", 308, NOTHING),
    ("/api/v1/statement.json", 200, NOTHING),
    ("/api/v1/statement.csv", 200, NOTHING),
    ("/api/v1/statement.json?none=1", 400, NOTHING),
    ("/api/v1/none.json", 404, NOTHING),
    ("/api/v1/sql?q=DROP+TABLE+x", 403, NOTHING),
    ("/api/none", 404, NOTHING),
    ("/robots.txt", 200, NOTHING),
    ("/healthz", 200, NOTHING),
    ("/sitemap.xml", 200, NOTHING),
    ("/editions/{edition}", 200, KEPT_PAGE),
    ("/editions/{edition}/record.duckdb", 200, FILE),
    ("/sources/x", 308, NOTHING),
    ("/about/", 308, NOTHING),
    ("/none", 404, PAGE),
    ("/_stcore/metrics", 404, PAGE),
    ("/_stcore/upload_file/a/b", 404, PAGE),
    ("/static/js/none.js", 404, PAGE),
    ("/static/" + "a" * 300, 404, PAGE),
    ("/app/static/none", 404, PAGE),
    ("/component/none/index.html", 404, PAGE),
    (server.asset_address("app.css"), 200, NOTHING),
    ("/assets/none", 404, PAGE),
    (next(path for path in sorted(server.STREAMLIT_FILES) if path.endswith(".js")), 200, NOTHING),
    (next(path for path in sorted(server.STREAMLIT_FILES) if path.endswith(".woff2")), 200, NOTHING),
]


@pytest.mark.parametrize(("path", "status", "policy"), ANSWERS, ids=[path[:50] for path, _, _ in ANSWERS])
def test_every_answer_has_its_headers(client: TestClient, home: Home, path: str, status: int, policy: str) -> None:
    answer = client.get(asked(path, home))
    assert answer.status_code == status
    held = answer.headers
    assert held["content-security-policy"] == policy
    for name in HEADERS:
        if policy != FRAMED or name != "Cross-Origin-Opener-Policy":
            assert name == "Content-Security-Policy" or held[name] == HEADERS[name], name
    opened = (
        held.get("access-control-allow-origin") == "*"
        or policy == FRAMED
        or path.startswith(("/assets/app.", "/editions/{"))
    )
    assert held["cross-origin-resource-policy"] == ("cross-origin" if opened else "same-origin")
    assert "strict-transport-security" not in held
    if path.endswith(".woff2"):
        assert opened, "a picture in a sandboxed frame has no origin, and its fonts are asked for as if by another site"


def test_only_the_app_runs_more_than_the_way_out() -> None:
    for policy in (NOTHING, FILE, PAGE, KEPT_PAGE, APP, FRAMED):
        rules = dict(rule.split(" ", 1) if " " in rule else (rule, "") for rule in policy.split("; "))
        assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'"
        assert rules["frame-ancestors"] == ("*" if policy == FRAMED else "'none'")
        assert rules.get("script-src", "'none'") == ("'self'" if policy in (PAGE, APP) else "'none'")
        assert "eval" not in policy and "http" not in policy
        assert ("'unsafe-inline'" in policy) == (policy in (APP, FRAMED))


def test_other_methods_have_the_headers(client: TestClient) -> None:
    for method, path in (("POST", "/about"), ("DELETE", "/api/v1/statement.json"), ("PUT", "/_stcore/upload_file/a/b"),
                         ("OPTIONS", "/api/v1/sql"), ("HEAD", "/statements"), ("TRACE", "/")):  # fmt: skip
        answer = client.request(method, path)
        assert answer.headers["content-security-policy"] and answer.headers["x-content-type-options"] == "nosniff"
        assert answer.status_code in (200, 204, 404, 405), (method, path)


@pytest.mark.parametrize(
    ("status", "raised"),
    [(422, engine.Failed("too long", kind="time")), (429, engine.Busy(3)), (503, engine.Unreadable("gone"))],
)
def test_refusals_of_questions_have_the_headers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, status: int, raised: Exception
) -> None:
    async def ask(*_: object) -> None:
        raise raised

    monkeypatch.setattr(engine, "ask_soon", ask)
    answer = client.post("/api/v1/sql", json={"q": "SELECT 1"}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == status and answer.headers["content-security-policy"] == NOTHING
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/fails", "/api/fails"])
def test_a_failure_is_told_without_its_words(path: str, home: Home, caplog: pytest.LogCaptureFixture,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    async def fails(_request: Request) -> Response:
        raise RuntimeError("the password is in here")

    routes = [Route("/fails", fails), Route("/api/fails", fails), *server.ROUTES]
    monkeypatch.setattr(server, "ROUTES", routes)
    with client_of(home), caplog.at_level(logging.ERROR):
        answer = TestClient(Starlette(routes=routes, middleware=server.MIDDLEWARE)).get(path)
    assert answer.status_code == 500 and "password" not in answer.text and "went wrong" in answer.text
    assert answer.headers["content-security-policy"] == NOTHING and answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("application/problem+json" if "api" in path else "text/plain")
    assert "the password is in here" in caplog.text


def test_transport_security_only_behind_tls(home: Home) -> None:
    with client_of(home) as client:
        for path in ("/about", "/statements", "/none"):  # /statements is kept in memory: it must not carry it over
            assert "strict-transport-security" not in client.get(path).headers
            assert client.get(f"https://testserver{path}").headers["strict-transport-security"] == "max-age=31536000"
            assert "strict-transport-security" not in client.get(path).headers
            # the published address is an https one: the proxy before it need not say more
            published = client.get(path, headers={"Host": "sim-record.example"})
            assert "strict-transport-security" in published.headers
            claimed = client.get(path, headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "sim-record.example"})
            assert "strict-transport-security" not in claimed.headers


def test_scripts_of_other_sites_can_be_kept_out(home: Home) -> None:
    before = home.programme_file.read_text(encoding="utf-8")
    paths = (
        "/api/v1/statement.json",
        "/api/v1/none.json",
        "/feeds/timeline.atom",
        "/api/v1/sql?q=SELECT+1",
    )
    try:
        with client_of(home) as client:
            for path in paths:
                assert client.get(path).headers["access-control-allow-origin"] == "*", path
            changed = before.replace("[public]", "[public]\ncross_origin = false")
            home.programme_file.write_text(changed, encoding="utf-8")
            _programme_at.cache_clear()
            for path in paths:
                held = client.get(path, headers={"Origin": "https://elsewhere.example"}).headers
                assert not [name for name in held if name.startswith("access-control-")], path
                assert held["cross-origin-resource-policy"] == "same-origin"
    finally:
        home.programme_file.write_text(before, encoding="utf-8")
        _programme_at.cache_clear()


def test_plain_pages_need_no_more_than_their_policy_allows(client: TestClient, home: Home) -> None:
    for path in (
        "/statements",
        "/statements/{statement}",
        "/downloads",
        "/none",
        "/api/v1/",
        "/editions/{edition}",
    ):
        page = client.get(asked(path, home)).text
        assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", page), path
        assert not re.search(r"<(?:style|iframe|object|embed|base)\b", page), path
        for script in re.findall(r"<script[^>]*>", page):
            assert 'type="application/ld+json"' in script or 'src="/assets/leave.' in script, path


def test_a_title_cannot_write_a_header(tmp_path: Path) -> None:
    """Names of files in headers are made of the record's number and names of tables, never of words of a row."""
    root = Path(server.__file__).parent
    for file in root.rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if "Content-Disposition" in line and "filename=" in line:
                assert not re.search(r"\{[^}]*(title|summary|words|query|asked)", line), (file, line)
