"""A stranger with a hostile address, on the server as it runs: nothing beside the record, no way to another site."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dashboard.editions.make import issue
from data.editions import names
from data.home import Home
from data.programme import read_programme
from scrapers.build import build
from scrapers.register import read_register
from tests.support.served import served
from tests.support.small_home import small_home

PREFIXES = (
    "/", "/downloads/", "/editions/", "/editions/{edition}/", "/pictures/", "/pictures/statements/", "/documents/",
    "/start/", "/assets/", "/static/", "/static/js/", "/media/", "/cite/statements/", "/feeds/source/", "/api/v1/",
    "/embed/", "/_stcore/",
)  # fmt: skip
CLIMBS = (
    "../../../../../../etc/passwd", "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5c..%5cprogramme.toml", "%252e%252e%252fetc%252fpasswd",
    "%2fetc%2fpasswd", "../programme.toml", "..%2fregister%2fsources.csv", "../../programme.toml%00.csv",
    "file:///etc/passwd", "a" * 5000, "%ff%fe", "%0d%0aX-Hostile:%20yes",
)  # fmt: skip
ELSEWHERE = (
    "//evil.example/", "//evil.example/about/", "/%2fevil.example/about/", "/%5cevil.example/", "/about//evil.example/",
    "/sources/%2f%2fevil.example", "/sources//evil.example", "/sources/%0d%0aLocation:%20https:%2f%2fevil.example",
    "/https://evil.example/", "/statements/https:%2f%2fevil.example/", "/api/v1?next=//evil.example",
    "/documents/x/changes/5..3?to=//evil.example", "/about/?next=https://evil.example",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = small_home(tmp_path_factory.mktemp("attacks") / "home", {"statements": 2, "events": 1})
    build(made)
    issue(made, read_programme(made.programme_file))
    return made


@pytest.fixture(scope="module")
def site(home: Home) -> Iterator[str]:
    with served(home) as (address, _):
        yield address


def asked(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    """The answer to an address sent as it stands, which clients would tidy first."""
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.endheaders()
    return connection.getresponse()


@pytest.fixture
def connection(site: str) -> Iterator[http.client.HTTPConnection]:
    place = urlsplit(site)
    found = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    yield found
    found.close()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_address_leads_to_a_file_beside_the_record(
    connection: http.client.HTTPConnection, home: Home, prefix: str
) -> None:
    for climb in CLIMBS:
        answer = asked(connection, prefix.format(edition=names(home)[0]) + climb)
        body = answer.read()
        assert answer.status in (308, 400, 404), (climb, answer.status)
        assert b"root:" not in body and b"[programme]" not in body and b"source_id,url" not in body, climb
        assert answer.getheader("X-Hostile") is None and answer.getheader("Content-Security-Policy"), climb


@pytest.mark.parametrize("path", ["/sitemap-{}.xml", "/documents/x/changes/{}", "/editions/2026-11-26.{}", "/timeline?page={}",
                                  "/api/v1/search?q=a&limit={}", "/api/v1/statement.json?_limit={}"])  # fmt: skip
def test_a_number_without_end_is_none(connection: http.client.HTTPConnection, path: str) -> None:
    answer = asked(connection, path.format("9" * 5000))
    answer.read()
    assert answer.status in (200, 400, 404)


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_address_leads_to_another_site(connection: http.client.HTTPConnection, path: str) -> None:
    answer = asked(connection, path)
    answer.read()
    leads = answer.getheader("Location") or "/"
    assert leads.startswith("/") and not leads.startswith(("//", "/\\")) and "\\" not in leads, leads
    assert "evil.example" not in urlsplit(leads).netloc


@pytest.mark.parametrize(
    "name", ["https://evil.example", "//evil.example", "/\\evil.example", "a\r\nLocation: x", "../x"]
)
def test_a_former_name_leads_only_to_a_row(home: Home, name: str) -> None:
    path = home.register / "redirects.csv"
    before = path.read_bytes() if path.exists() else None
    quoted = name.replace('"', '""')
    path.write_text(
        f'redirected_on,table,old_id,new_id,why\n2026-11-23,statement,gone-row,"{quoted}",made up for a test\n',
        encoding="utf-8", newline="",
    )  # fmt: skip
    try:
        found = [one for one in read_register(home).findings if one.file == "redirects.csv"]
        assert any(one.column == "new_id" for one in found), found
    finally:
        path.unlink() if before is None else path.write_bytes(before)


def test_a_page_of_another_site_may_ask_in_sql_and_alter_nothing(site: str) -> None:
    """Decided: the record is public, so any page may ask (by GET or POST), within the limits of everybody, without
    cookies; what is asked can only read."""
    place = urlsplit(site)
    foreign = {"Origin": "https://elsewhere.example", "Cookie": "session=1"}
    for body, kind, status in (
        ("q=SELECT+1+AS+one", "application/x-www-form-urlencoded", 200),
        ("SELECT 1 AS one", "text/plain", 200),
        ("DELETE FROM statement", "text/plain", 403),
        ("COPY statement TO '/tmp/taken.csv'", "text/plain", 403),
        ("SELECT * FROM read_text('/etc/passwd')", "text/plain", 403),
        ("ATTACH '/tmp/other.db'", "text/plain", 403),
    ):
        found = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        found.request("POST", "/api/v1/sql", body=body, headers={**foreign, "Content-Type": kind})
        answer = found.getresponse()
        told = answer.read().decode()
        assert answer.status == status, (body, told)
        assert "root:" not in told and answer.getheader("Set-Cookie") is None
        assert answer.getheader("Access-Control-Allow-Origin") == "*"
        assert answer.getheader("Access-Control-Allow-Credentials") is None
        found.close()
