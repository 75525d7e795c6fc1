"""For which hosts the server answers, and which pages may connect to the app."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from streamlit import config
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dashboard.hosts import host_of, is_named
from dashboard.start import _programme_at
from data.home import Home
from data.programme import ProgrammeError, read_programme
from scrapers.build import build
from tests.support.browser import app_of
from tests.support.routes import client_of
from tests.support.small_home import small_home

PATHS = ("/about", "/statements", "/api/v1/statement.json", "/none", "/_stcore/health", "/rollout?embed=true")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = small_home(tmp_path_factory.mktemp("hosts") / "home", {"statements": 2, "events": 1})
    build(made)
    return made


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    with client_of(home, follow_redirects=False) as found:
        yield found


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("record.example", "record.example"), ("Record.Example.:8501", "record.example"), ("127.0.0.1:1", "127.0.0.1"),
        ("[::1]:8501", "::1"), ("a_b.example", "a_b.example"), ("", None), (":80", None), ("a b", None),
        ("user@record.example", None), ("record.example/x", None), ("record.example:", None), ("[::1", None),
        ("record.example:80:80", None), ("récord.example", None), ("record.example\r\nX: y", None), (".", None),
        ("record.example,evil.example", None), ("record.example:123456", None),
    ],
)  # fmt: skip
def test_the_host_in_a_header(header: str, host: str | None) -> None:
    assert host_of(header) == host


@pytest.mark.parametrize("host", ["sim-record.example", "SIM-Record.example:443", "localhost:8501", "127.0.0.1", "[::1]:1",
                                  "127.9.9.9", "record.localhost", "testserver"])  # fmt: skip
def test_known_hosts_are_answered(client: TestClient, host: str) -> None:
    for path in PATHS[:3]:
        assert client.get(path, headers={"Host": host}).status_code == 200


def test_watchers_ask_by_whatever_name(client: TestClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.get(path, headers={"Host": "machine-17"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "sim-record.example.evil.example", "127.0.0.1.evil.example", "10.0.0.1",
                                  "sim-record.example@evil.example", "localhost.evil.example", "evil.example:8501", "0",
                                  "0.0.0.0", "xsim-record.example", "[::2]", "a b"])  # fmt: skip
def test_other_hosts_are_refused_everywhere(client: TestClient, host: str) -> None:
    assert client.get("/statements").status_code == 200  # and is kept: nothing of that is given under another host
    for path in PATHS:
        for _ in range(2):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 400, path
            assert "does not answer for the host" in answer.text and "[public]" in answer.text
            assert (
                answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
            )
    assert client.get(PATHS[2], headers={"Host": host}).headers["content-type"] == "application/problem+json"


def test_no_answer_tells_the_host_it_was_asked_by(client: TestClient) -> None:
    for path in ("/about", "/statements", "/feeds/timeline.atom", "/api/v1/statement.json?_limit=1", "/robots.txt",
                 "/sitemap.xml", "/about/", "/api/v1", "/sources/x", "/none", "/rollout?embed=true"):  # fmt: skip
        one = client.get(path, headers={"Host": "localhost:4321", "X-Forwarded-Host": "evil.example",
                                        "Forwarded": "host=evil.example"})  # fmt: skip
        other = client.get(path, headers={"Host": "127.0.0.1"})
        assert one.content == other.content, path
        assert "4321" not in one.text + str(one.headers) and "evil.example" not in one.text + str(one.headers)


def test_more_hosts_are_named_in_the_settings(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.programme_file.read_text(encoding="utf-8")

    def set_hosts(words: str) -> None:
        home.programme_file.write_text(before.replace("[public]", f"[public]\nhosts = {words}"), encoding="utf-8")
        _programme_at.cache_clear()

    def status(host: str) -> int:
        return int(client.get("/about", headers={"Host": host}).status_code)

    try:
        with client_of(home) as client:
            assert [status(host) for host in ("record.lan", "a.record.lan", "10.1.2.3")] == [400, 400, 400]
            set_hosts('["Record.LAN", "10.1.2.3"]')
            assert [status(host) for host in ("record.lan:80", "a.record.lan", "10.1.2.3")] == [200, 400, 200]
            set_hosts('["*.record.lan"]')
            assert [status(host) for host in ("record.lan", "a.record.lan", "evilrecord.lan")] == [400, 200, 400]
            home.programme_file.write_text("broken [", encoding="utf-8")  # what was named before still is
            _programme_at.cache_clear()
            assert [status(host) for host in ("sim-record.example", "a.record.lan", "evil.example")] == [200, 200, 400]
            set_hosts('["*"]')
            assert status("evil.example") == 200
            monkeypatch.setattr(
                config, "get_option", lambda name: ["By.Streamlit"] if name == "server.allowedHosts" else 0
            )
            set_hosts("[]")
            assert [status(host) for host in ("by.streamlit", "sim-record.example", "evil.example")] == [200, 200, 400]
        for wrong in ('["https://record.lan"]', '["record.lan:80"]', '["re cord"]', '["*lan"]', '[""]'):
            set_hosts(wrong)
            with pytest.raises(ProgrammeError, match="hosts"):
                read_programme(home.programme_file)
    finally:
        home.programme_file.write_text(before, encoding="utf-8")
        _programme_at.cache_clear()


def test_names_with_a_star() -> None:
    assert is_named("a.b.example", frozenset({"*.b.example"})) and not is_named("b.example", frozenset({"*.b.example"}))
    assert not is_named("ab.example", frozenset({"*.b.example"})) and is_named("x", frozenset({"*"}))


# --- the app itself: real sockets -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with app_of(home, tmp_path_factory.mktemp("app") / "log") as (address, _):
        yield address


def refused(site: str, headers: dict[str, str]) -> Any:
    """The answer to a connection with these headers, which must be refused."""
    origin = headers.pop("Origin", None)
    with pytest.raises(InvalidStatus) as told, opened_socket(site, origin, headers):
        pass
    return told.value.response


def opened_socket(site: str, origin: str | None, headers: dict[str, str] | None = None) -> Any:
    place = urlsplit(site)
    host = (headers or {}).get("Host", place.netloc)
    return connect(
        f"ws://{host}/_stcore/stream", address=(place.hostname, place.port), origin=origin, subprotocols=["streamlit"],
        additional_headers={k: v for k, v in (headers or {}).items() if k != "Host"}, open_timeout=20, proxy=None,
    )  # fmt: skip


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "http://127.0.0.1:1", "null", "file://",
                                    "https://sim-record.example.evil.example", "http://0.0.0.0:8501"])  # fmt: skip
def test_a_page_of_another_site_cannot_connect(site: str, origin: str) -> None:
    answer = refused(site, {"Origin": origin})
    assert answer.status_code == 403 and b"may not connect" in answer.body
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_name_led_to_this_machine_cannot_connect(site: str) -> None:
    answer = refused(site, {"Host": "evil.example", "Origin": "http://evil.example"})
    assert answer.status_code == 400 and b"does not answer for the host" in answer.body
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_record_s_own_pages_connect(site: str) -> None:
    for origin in (site, "https://sim-record.example", None):
        with opened_socket(site, origin) as socket:
            assert socket.subprotocol == "streamlit"


def test_the_app_keeps_nothing_that_a_stranger_sends(site: str) -> None:
    place = urlsplit(site)
    for method, path in (("PUT", "/_stcore/upload_file/s/f"), ("GET", "/_stcore/metrics"), ("GET", "/_stcore/nothing"),
                         ("GET", "/static/none.js"), ("GET", "/media/none.png")):  # fmt: skip
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
        connection.request(method, path, body=b"x" * 100 if method == "PUT" else None)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404 and answer.getheader("Content-Security-Policy"), path
        connection.close()


def test_a_message_larger_than_any_of_the_app_ends_the_connection(site: str) -> None:
    with opened_socket(site, site) as socket:
        socket.send(b"x" * 1_000_000)  # none that the app knows, and no reason to end
        assert socket.ping().wait(20)
        with pytest.raises(ConnectionClosed):
            socket.send(b"x" * 1_100_000)
            while True:
                socket.recv(20)


def test_messages_that_do_not_end_take_little_memory(site: str) -> None:
    """What a message has so far is kept; a hundred connections may each have sent most of one."""
    with opened_socket(site, site) as socket, pytest.raises(ConnectionClosed):
        socket.send(b"x" * 100_000 for _ in range(200))


HOSTILE_QUERIES = (
    "find=%ff%00&since=99999-99-99&page=99999999999999999999", "org=" + "a" * 9000, "q=DROP TABLE statement&chart=nothing",
    "&&&=&=", "find=<script>alert(1)</script>", "table=../../etc/passwd&page=-1", "year=NaN&kind[]=x", "%",
)  # fmt: skip


def test_what_a_client_says_to_the_app_ends_nothing_and_shows_nothing_of_the_machine(site: str, home: Home) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    messages = [BackMsg(clear_cache=True), BackMsg(load_git_info=True), BackMsg(set_run_on_save=True),
                BackMsg(stop_script=True), BackMsg(debug_shutdown_runtime=True)]  # fmt: skip
    for query in HOSTILE_QUERIES:
        for page in ("", "data", "rollout", "../etc", "\u202e"):
            asked = BackMsg()
            asked.rerun_script.query_string, asked.rerun_script.page_name = query, page
            widget = asked.rerun_script.widget_states.widgets.add()
            widget.id, widget.string_value = "$$ID-none-find", "\x00<b>"
            messages.append(asked)
    told = b""
    with opened_socket(site, site) as socket:
        for message in messages:
            socket.send(message.SerializeToString())
        with suppress(TimeoutError, ConnectionClosed):
            while len(told) < 50_000_000:
                received = socket.recv(4)
                told += received if isinstance(received, bytes) else received.encode()
    assert len(told) > 1000 and b"Traceback" not in told and str(home.root).encode() not in told
    with opened_socket(site, site) as socket, pytest.raises(ConnectionClosed):
        socket.send(b"\xff\xff no message at all")
        socket.recv(20)
    with opened_socket(site, site) as socket:  # the server goes on, and so do other readers
        assert socket.ping().wait(20)


def test_a_trusted_proxy_says_that_the_reader_came_by_tls(site: str) -> None:
    place = urlsplit(site)
    for said, told in ((None, None), ("http", None), ("https", "max-age=31536000")):
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
        connection.request("GET", "/statements", headers={"X-Forwarded-Proto": said} if said else {})
        assert connection.getresponse().getheader("Strict-Transport-Security") == told
        connection.close()


def test_two_hosts_in_one_request_are_refused(site: str) -> None:
    place = urlsplit(site)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    connection.putrequest("GET", "/about", skip_host=True)
    connection.putheader("Host", place.netloc)
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()
