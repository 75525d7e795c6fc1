"""The fetcher against real sockets on loopback: limits, manners, redirects, retries."""

from __future__ import annotations

import email.utils
import gzip
import resource
import socket
import threading
import time
import zlib
from collections.abc import Callable

import pytest

from data.programme import Collect
from scrapers import fetch as fetching
from scrapers.capture import Conditions, Failure, Response
from scrapers.fetch import Fetcher, retry_after, user_agent
from scrapers.outcomes import Stopped
from tests.support.scripted import Ask, answer, scripted

PAGE = b"<html><title>Page</title><p>Words.</p></html>"
HTML = "Content-Type: text/html"


def fetcher(**settings: float) -> Fetcher:
    """One that asks without delay and does not really wait."""
    values = {"delay": 0, "deadline": 5, "tries": 3, **settings}
    made = Fetcher(Collect(**values), "TestAgent/1 (+t@example.org)", contact="t@example.org", allow_private=True)
    made.waits = []  # type: ignore[attr-defined]
    made._wait = made.waits.append  # type: ignore[attr-defined]
    return made


def good(result: Response | Failure) -> Response:
    assert isinstance(result, Response), result
    return result


def bad(result: Response | Failure, outcome: str) -> Failure:
    assert isinstance(result, Failure), result
    assert result.outcome == outcome, result
    return result


def test_a_page_comes_whole_with_all_that_is_kept_of_it() -> None:
    with scripted({"/a": answer(PAGE, "200 OK", HTML, 'ETag: "1"', "X-Odd:  two ")}) as site:
        got = good(fetcher().fetch(site.url("/a#part")))
        assert (got.status, got.reason, got.body, got.raw, got.ip, got.tries) == (200, "OK", PAGE, PAGE, "127.0.0.1", 1)
        assert got.header("etag") == '"1"'
        assert got.final_url == got.requested_url == site.url("/a")
        assert got.started_at <= got.ended_at
        assert got.started_at.tzinfo is not None
        ask = site.asks[-1].headers
        assert ask["user-agent"] == "TestAgent/1 (+t@example.org)"
        assert ask["from"] == "t@example.org"
        assert ask["accept-encoding"] == "gzip, deflate"
        assert ("User-Agent", ask["user-agent"]) in got.request_headers
        assert site.paths() == ["/robots.txt", "/a"]


def test_conditions_are_sent_to_the_address_that_answered_and_nowhere_else() -> None:
    def page(ask: Ask) -> bytes:
        return (
            answer(b"", "304 Not Modified", length=False) if ask.headers.get("if-none-match") == '"1"' else answer(PAGE)
        )

    with scripted({"/old": answer(b"", "301 Moved", "Location: /new"), "/new": page}) as site:
        got = good(fetcher().fetch(site.url("/old"), Conditions('"1"', "yesterday", "0", site.url("/new"))))
        assert got.status == 304
        old, new = site.asks[1:]
        assert "if-none-match" not in old.headers
        assert new.headers["if-modified-since"] == "yesterday"


# -- robots.txt


def robots(body: bytes, status: str = "200 OK", content_type: str = "text/plain") -> bytes:
    return answer(body, status, f"Content-Type: {content_type}")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (robots(b"User-agent: *\nDisallow: /a"), "robots"),
        (robots(b"User-agent: TestAgent\nDisallow: /\n\nUser-agent: *\nAllow: /"), "robots"),
        (robots(b"User-agent: Other\nDisallow: /"), None),
        (robots(b"User-agent: *\nDisallow: /a*b$\nAllow: /"), None),
        (robots(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a"), "robots"),
        (robots(b"<!doctype html><title>Home</title>Disallow: /", content_type="text/html"), None),
        (robots(b"no", "404 Not Found"), None),
        (robots(b"no", "403 Forbidden"), None),
        (robots(b"broken", "500 Internal Server Error"), "robots"),
        (robots(b"broken", "503 Service Unavailable"), "robots"),
        (robots(b"slow down", "429 Too Many Requests"), "robots"),
        (answer(b"", "302 Found", "Location: /elsewhere.txt"), "robots"),
        (answer(b"", "302 Found", "Location: /robots.txt"), None),
        (b"HTTP/1.1 banana\r\n\r\n", "robots"),
    ],
)
def test_robots_txt_is_obeyed(text: bytes, outcome: str | None) -> None:
    with scripted(
        {"/robots.txt": text, "/elsewhere.txt": robots(b"User-agent: *\nDisallow: /"), "/a": answer(PAGE)}
    ) as site:
        asker = fetcher()
        for _ in range(2):
            result = asker.fetch(site.url("/a"))
            if outcome is None:
                good(result)
            else:
                bad(result, outcome)
        assert ("/a" in site.paths()) == (outcome is None)
        assert site.paths().count("/robots.txt") <= 6


def test_an_unreachable_robots_txt_closes_the_host_and_says_so() -> None:
    with scripted({"/robots.txt": robots(b"broken", "500 X"), "/a": answer(PAGE)}) as site:
        told = bad(fetcher().fetch(site.url("/a")), "robots")
        assert told.detail.startswith("robots.txt unreachable")


def test_crawl_delay_is_kept_between_requests() -> None:
    with scripted(
        {"/robots.txt": robots(b"User-agent: *\nCrawl-delay: 0.4"), "/a": answer(PAGE), "/b": answer(PAGE)}
    ) as site:
        asker = Fetcher(Collect(delay=0.1), "T/1", allow_private=True)
        good(asker.fetch(site.url("/a")))
        good(asker.fetch(site.url("/b")))
        times = [ask.at for ask in site.asks]
        assert times[1] - times[0] >= 0.39
        assert times[2] - times[1] >= 0.39


def test_a_redirect_to_another_host_meets_that_hosts_robots_txt() -> None:
    with scripted({"/robots.txt": robots(b"User-agent: *\nDisallow: /x"), "/x": answer(PAGE)}, "127.0.0.3") as other:
        with scripted({"/a": answer(b"", "302 Found", f"Location: {other.url('/x')}")}) as site:
            told = bad(fetcher().fetch(site.url("/a")), "robots")
            assert [hop.status for hop in told.redirects] == [302]
        assert other.paths() == ["/robots.txt"]


def test_one_host_is_asked_by_one_at_a_time() -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def page(ask: Ask) -> bytes:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1
        return answer(PAGE)

    with scripted({f"/{n}": page for n in range(12)}) as site:
        asker = fetcher()
        threads = [threading.Thread(target=asker.fetch, args=(site.url(f"/{n}"),)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(site.asks) == 13
        assert most == 1


# -- retries and pauses


def test_what_may_pass_is_asked_again_with_growing_waits() -> None:
    def page(ask: Ask) -> bytes:
        return answer(b"busy", "503 Service Unavailable") if ask.nth < 3 else answer(PAGE)

    with scripted({"/a": page}) as site:
        asker = fetcher()
        assert good(asker.fetch(site.url("/a"))).tries == 3
        first, second = asker.waits  # type: ignore[attr-defined]
        assert 1 <= first <= 1.25
        assert 2 <= second <= 2.5


@pytest.mark.parametrize("status", ["400 X", "401 X", "403 X", "404 X", "410 X", "501 X", "505 X"])
def test_what_does_not_pass_is_asked_once(status: str) -> None:
    with scripted({"/a": answer(PAGE, status)}) as site:
        asker = fetcher()
        got = good(asker.fetch(site.url("/a")))
        assert site.paths().count("/a") == (3 if status.startswith("501") else 1)
        assert got.body == PAGE


def test_retry_after_is_kept_to_the_second_or_the_date() -> None:
    def seconds(ask: Ask) -> bytes:
        return answer(b"", "429 Too Many Requests", "Retry-After: 1") if ask.nth == 1 else answer(PAGE)

    def date(ask: Ask) -> bytes:
        when = email.utils.formatdate(time.time() + 2, usegmt=True)
        now = email.utils.formatdate(usegmt=True)
        return answer(b"", "503 Busy", f"Retry-After: {when}", f"Date: {now}") if ask.nth == 1 else answer(PAGE)

    with scripted({"/s": seconds, "/d": date}) as site:
        asker = Fetcher(Collect(delay=0), "T/1", allow_private=True)
        for path, least in (("/s", 1.0), ("/d", 1.0)):
            good(asker.fetch(site.url(path)))
            first, second = [ask.at for ask in site.asks if ask.path == path]
            assert second - first >= least


def test_a_host_that_asks_for_a_long_pause_is_left_alone() -> None:
    with scripted({"/a": answer(b"", "429 X", "Retry-After: 86400"), "/b": answer(PAGE)}) as site:
        asker = fetcher()
        assert good(asker.fetch(site.url("/a"))).status == 429
        assert "86400" in bad(asker.fetch(site.url("/b")), "rate-limited").detail or site.paths().count("/b") == 0
        assert site.paths().count("/a") == 1
        assert "/b" not in site.paths()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), (" 10 ", 10.0), ("0", 0.0), ("-1", None), ("soon", None), ("", None), (None, None), ("9" * 30, 1e9),
     ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0)],
)  # fmt: skip
def test_retry_after_is_read(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_a_kept_connection_that_the_server_closed_is_replaced_without_a_word() -> None:
    def once(ask: Ask) -> bytes | None:
        if ask.nth == 1:
            ask.connection.sendall(answer(PAGE))
            return None
        return answer(PAGE)

    with scripted({"/a": once, "/b": answer(PAGE)}) as site:
        asker = fetcher()
        good(asker.fetch(site.url("/a")))
        time.sleep(0.05)
        assert good(asker.fetch(site.url("/b"))).tries == 1
        assert site.asks[-1].connection_number > site.asks[0].connection_number


# -- limits


def drip(ask: Ask) -> None:
    ask.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        ask.connection.sendall(b".")
        time.sleep(0.05)


def drip_head(ask: Ask) -> None:
    for char in b"HTTP/1.1 200 OK\r\nX-Header: " + b"y" * 100:
        ask.connection.sendall(bytes([char]))
        time.sleep(0.05)


@pytest.mark.parametrize("page", [drip, drip_head, lambda ask: time.sleep(5)], ids=["body", "head", "nothing"])
def test_the_deadline_holds_however_slowly_bytes_come(page: Callable[[Ask], None]) -> None:
    with scripted({"/a": page}) as site:
        asker = fetcher(deadline=0.6, tries=1)
        begun = time.monotonic()
        bad(asker.fetch(site.url("/a")), "timed-out")
        assert 0.5 <= time.monotonic() - begun < 1.5


def test_the_deadline_holds_over_all_redirects_of_a_try() -> None:
    def hop(ask: Ask) -> bytes:
        time.sleep(0.3)
        return answer(b"", "302 Found", f"Location: /{int(ask.path[1:]) + 1}")

    with scripted({f"/{n}": hop for n in range(20)}) as site:
        begun = time.monotonic()
        bad(fetcher(deadline=1, tries=1).fetch(site.url("/0")), "timed-out")
        assert time.monotonic() - begun < 2


def test_a_timeout_is_asked_again_and_then_told() -> None:
    with scripted({"/a": lambda ask: time.sleep(3)}) as site:
        assert bad(fetcher(deadline=0.2).fetch(site.url("/a")), "timed-out").tries == 3
        assert site.paths().count("/a") == 3


def test_bodies_over_the_cap_are_refused_by_their_word_and_by_their_bytes() -> None:
    def endless(ask: Ask) -> None:
        ask.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            ask.connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    with scripted({"/said": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx", "/endless": endless}) as site:
        asker = fetcher(max_raw_mb=5)
        bad(asker.fetch(site.url("/said")), "too-large")
        bad(asker.fetch(site.url("/endless")), "too-large")


def test_a_large_body_within_the_cap_comes_whole() -> None:
    body = bytes(range(256)) * 40_000
    with scripted({"/a": answer(body, "200 OK", "Content-Type: application/pdf")}) as site:
        assert good(fetcher(max_raw_mb=11).fetch(site.url("/a"))).body == body


def bomb(megabytes: int) -> bytes:
    """A gzip of so many megabytes of zeros, made of one megabyte's compressed block again and again."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    zero = bytes(1 << 20)
    block = engine.compress(zero) + engine.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(megabytes):
        check = zlib.crc32(zero, check)
    tail = check.to_bytes(4, "little") + (megabytes << 20 & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * megabytes + engine.flush() + tail


def test_the_bomb_is_one() -> None:
    assert gzip.decompress(bomb(3)) == bytes(3 << 20)


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip"])
def test_a_bomb_never_unfolds(coding: str) -> None:
    body = bomb(1024)
    body = gzip.compress(body) if "," in coding else body
    with scripted({"/a": answer(body, "200 OK", f"Content-Encoding: {coding}")}) as site:
        before, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        told = bad(fetcher(deadline=20).fetch(site.url("/a")), "too-large")
        assert "unfolds" in told.detail
        assert time.process_time() - cpu < 3  # under a second where nothing else runs
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize(
    ("wire", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffff\r\nhalf", "truncated"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nbanana\r\nhalf\r\n",
            "protocol-error",
        ),
        (answer(gzip.compress(PAGE * 20)[:60], "200 OK", "Content-Encoding: gzip", close=True), "truncated"),
        (answer(PAGE, "200 OK", "Content-Encoding: gzip", close=True), "undecodable"),
        (answer(PAGE, "200 OK", "Content-Encoding: br", close=True), "undecodable"),
        (answer(PAGE, "200 OK", "Content-Encoding: " + "gzip," * 9, close=True), "undecodable"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhello",
            "protocol-error",
        ),
        (b"\x00\xff\r\n\r\nConnection: close", "protocol-error"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\nConnection: close\r\n\r\n", "protocol-error"),
        (answer(b"", "302 Found", close=True), "protocol-error"),
        (answer(b"", "302 Found", "Location: file:///etc/hostname", close=True), "refused-address"),
        (answer(b"", "302 Found", "Location: http://", close=True), "refused-address"),
        (answer(b"", "302 Found", "Location: http://169.254.169.254/latest", close=True), "refused-address"),
        (answer(b"", "302 Found", "Location: http://[::ffff:169.254.169.254]/", close=True), "refused-address"),
        (answer(b"", "302 Found", "Location: /a", close=True), "redirect-loop"),
    ],
)
def test_broken_answers_are_called_by_name(wire: bytes, outcome: str) -> None:
    with scripted({"/a": wire}) as site:
        told = bad(fetcher().fetch(site.url("/a")), outcome)
        assert told.detail.endswith(".")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE)),
        ("gzip", gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:])),
        ("gzip", gzip.compress(PAGE) + b"\0\0\0"),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE))),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("identity", PAGE),
        ("UTF-8", PAGE),
    ],
    # gzip writes the time into its header, and names of tests must not change
    ids=["gzip", "x-gzip", "two members", "zeros behind", "gzip twice", "zlib", "raw deflate", "identity", "unknown"],
)
def test_content_codings_are_undone_and_the_raw_bytes_kept(coding: str, body: bytes) -> None:
    with scripted({"/a": answer(body, "200 OK", f"Content-Encoding: {coding}")}) as site:
        got = good(fetcher().fetch(site.url("/a")))
        assert (got.body, got.raw) == (PAGE, body)


def test_an_error_page_that_is_cut_off_is_still_that_error() -> None:
    wire = b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf"
    with scripted({"/a": wire}) as site:
        got = good(fetcher().fetch(site.url("/a")))
        assert (got.status, got.body) == (404, b"")


# -- redirects


def test_redirects_are_followed_by_hand_and_kept() -> None:
    pages = {
        "/1": answer(b"moved", "301 Moved Permanently", "Location: 2?a=b#c"),
        "/2?a=b": answer(b"", "303 See Other", "Location: //127.0.0.1:PORT/3"),
        "/3": answer(PAGE),
    }
    with scripted(pages) as site:
        pages["/2?a=b"] = answer(b"", "303 See Other", f"Location: //127.0.0.1:{site.port}/3")
        got = good(fetcher().fetch(site.url("/1")))
        assert got.final_url == site.url("/3")
        assert [(hop.status, hop.url) for hop in got.redirects] == [(301, site.url("/1")), (303, site.url("/2?a=b"))]
        assert got.redirects[0].location == "2?a=b#c"
        assert got.hops[0].raw == b"moved"


def test_a_cookie_set_on_the_way_is_sent_on_the_way_and_forgotten_after() -> None:
    def page(ask: Ask) -> bytes:
        if ask.headers.get("cookie") == "seen=1":
            return answer(PAGE)
        return answer(b"", "302 Found", "Location: /a", "Set-Cookie: seen=1; Path=/")

    with scripted({"/a": page, "/b": answer(PAGE)}) as site:
        asker = fetcher()
        assert good(asker.fetch(site.url("/a"))).body == PAGE
        good(asker.fetch(site.url("/b")))
        assert "cookie" not in site.asks[-1].headers


def test_too_many_redirects_are_a_loop() -> None:
    with scripted({f"/{n}": answer(b"", "302 Found", f"Location: /{n + 1}") for n in range(40)}) as site:
        told = bad(fetcher().fetch(site.url("/0")), "redirect-loop")
        assert len(told.redirects) == fetching.MAX_REDIRECTS


# -- addresses


def test_private_addresses_are_refused_unless_a_test_allows_them() -> None:
    with scripted({"/a": answer(PAGE)}) as site:
        strict = Fetcher(Collect(delay=0), "T/1")
        for url in (site.url("/a"), f"http://localhost:{site.port}/a", f"http://2130706433:{site.port}/a"):
            bad(strict.fetch(url), "refused-address")
        assert site.asks == []


def test_the_address_checked_is_the_address_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to a public address when it is checked and to this machine the second time."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked: list[str] = []
    real = socket.create_connection

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    def connect(address: tuple[str, int], *rest: object) -> socket.socket:
        asked.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("scrapers.addresses.socket.getaddrinfo", resolve)
    monkeypatch.setattr("scrapers.transport.socket.create_connection", connect)
    strict = Fetcher(Collect(delay=0), "T/1")
    bad(strict.fetch("http://rebound.example/a"), "connect-error")
    assert asked == ["93.184.216.34"]
    assert real is not connect


def test_a_name_that_is_not_found_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def fail(host: str, *_: object, **__: object) -> None:
        looked.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("scrapers.addresses.socket.getaddrinfo", fail)
    asker = fetcher()
    for page in ("a", "b", "c"):
        bad(asker.fetch(f"https://gone.example/{page}"), "dns-error")
    assert looked == ["gone.example"]


def test_a_lookup_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.addresses.socket.getaddrinfo", lambda *_, **__: time.sleep(3) or [])
    asker = fetcher(deadline=0.3)
    begun = time.monotonic()
    bad(asker.fetch("http://slow.example/"), "dns-error")
    assert time.monotonic() - begun < 2


def test_nobody_listening_is_a_connect_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    bad(fetcher().fetch(f"http://127.0.0.1:{port}/"), "connect-error")


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with scripted({"/a": answer(PAGE)}) as site:
        good(fetcher().fetch(site.url("/a")))


def test_a_stop_ends_a_request_under_way_at_once() -> None:
    with scripted({"/a": lambda ask: time.sleep(20)}) as site:
        asker = fetcher(deadline=20)
        threading.Timer(0.3, asker.live.stop).start()
        begun = time.monotonic()
        with pytest.raises(Stopped):
            asker.fetch(site.url("/a"))
        assert time.monotonic() - begun < 3


def test_the_agent_names_its_keeper() -> None:
    assert user_agent("Name/1", "a@b.example", "https://r.example") == "Name/1 (+https://r.example; a@b.example)"
    assert user_agent("Name/1", "a@b.example", "http://127.0.0.1:8501") == "Name/1 (+a@b.example)"
    assert user_agent("Name/1", "") == "Name/1"
