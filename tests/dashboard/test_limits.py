"""Limits on one client: a token bucket by address, 429 with a true Retry-After, and nobody else slowed or refused."""

from __future__ import annotations

import asyncio
import itertools
import math
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from throttled import utils

from dashboard import limits
from dashboard.limits import Buckets, client_of, kind_of
from dashboard.plain import ADDRESSES
from data.home import Home
from data.programme import Budget, Limits, ProgrammeError, read_programme
from tests.support.limits import with_limits, without_limits
from tests.support.pages import copy_of
from tests.support.readers import Reader
from tests.support.routes import client_of as routes_of
from tests.support.served import served

QUESTION = "/api/v1/sql?q=SELECT+1"


# --- the bucket -----------------------------------------------------------------------------------------------------


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


budgets = st.builds(Budget, per_minute=st.integers(1, 5_000), burst=st.integers(1, 200))
steps = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 60)), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(budget=budgets, asked=steps)
def test_never_more_than_the_rate_allows_and_the_burst(budget: Budget, asked: list[tuple[float, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(utils, "now_mono_f", clock)
        buckets = Buckets(budget, most=10)
        given_at: list[float] = []
        for seconds, times in asked:
            clock.now += seconds
            given_at += [clock.now for _ in range(times) if not buckets.wait("a client")]
        rate = budget.per_minute / 60
        for first, since in enumerate(given_at):  # in every stretch of time, not only from the beginning
            for last in range(first, len(given_at), 7):
                assert last - first + 1 <= rate * (given_at[last] - since) + budget.burst + 1e-6


@settings(max_examples=150, deadline=None)
@given(budget=budgets, asked=steps)
def test_whoever_waits_as_told_is_answered_and_no_sooner_by_much(
    budget: Budget, asked: list[tuple[float, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(utils, "now_mono_f", clock)
        buckets = Buckets(budget, most=10)
        for seconds, times in asked:
            clock.now += seconds
            told = [buckets.wait("a client") for _ in range(times)][-1]
            if told:
                assert 1 <= told <= math.ceil(60 / budget.per_minute + 0.01)
                clock.now += told
                assert buckets.wait("a client") == 0


@pytest.mark.parametrize("addresses", [120_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_any_number_of_addresses_takes_a_bounded_memory(addresses: int) -> None:
    code = (
        "import psutil; from dashboard.limits import Buckets; from data.programme import Budget\n"
        "buckets = Buckets(Budget(per_minute=60, burst=2)); held = psutil.Process().memory_info().rss\n"
        f"for n in range({addresses}): assert buckets.wait(f'2001:db8:{{n >> 16:x}}:{{n & 65535:x}}::/64') == 0\n"
        "print((psutil.Process().memory_info().rss - held) / 1e6)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert float(done.stdout) < 60, f"{done.stdout.strip()} MB"


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_client_is_an_address_or_a_network_of_64_bits(host: str | None, client: str) -> None:
    assert client_of(host) == client


def test_what_is_counted_on_which_budget() -> None:
    assert kind_of("/api/v1/sql", b"") == "sql" and kind_of("/data", b"q=SELECT+1") == "sql"
    assert kind_of("/api/v1/search", b"q=x") == "search" and kind_of("/feeds/search.atom", b"") == "search"
    assert kind_of("/data", b"search=crisis") == "search"
    assert kind_of("/data", b"%71=SELECT+1") == "sql" and kind_of("/data", b"a=1&se%61rch=crisis") == "search"
    assert kind_of("/data", b"xq=1&research=2") is None
    assert kind_of("/api/v1/statement.json", b"q=1") == "api" and kind_of("/api/", b"") == "api"
    for path in ("/", "/data", "/statements/x", "/feeds/timeline.atom", "/healthz", "/static/x.js", "/_stcore/health"):
        assert kind_of(path, b"") is None


# --- programme.toml -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('trusted_proxies = ["the proxy"]', "'the proxy' is neither an address nor a network"),
        ('trusted_proxies = ["10.0.0.1/8"]', "'10.0.0.1/8' is neither"),
        ("sql = { per_minute = 0, burst = 1 }", "limits.sql.per_minute"),
        ("sql = { per_minute = 1 }", "limits.sql.burst"),
        ("sqli = { per_minute = 1, burst = 1 }", "limits.sqli"),
    ],
)
def test_slips_in_the_limits_are_named(home: Home, written: str, said: str) -> None:
    with pytest.raises(ProgrammeError, match=r"programme\.toml:") as slip:
        read_programme(with_limits(home, written).programme_file)
    assert said in str(slip.value)


def test_the_file_that_comes_with_the_record_says_what_holds_without_it(home: Home) -> None:
    assert read_programme(home.programme_file).limits == Limits()
    assert read_programme(with_limits(home, "").programme_file).limits == Limits()
    assert not read_programme(without_limits(home).programme_file).limits.on


# --- a server -------------------------------------------------------------------------------------------------------

TIGHT = "\n".join(
    f"{kind} = {{ per_minute = {often}, burst = {burst} }}"
    for kind, often, burst in (("sql", 4, 3), ("search", 4, 5), ("api", 120, 10))
)


@pytest.fixture(scope="module")
def site(published_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home, _ = copy_of(published_home, tmp_path_factory.mktemp("limits") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORWARDED_ALLOW_IPS", "")  # as `sim-record serve` sets it: uvicorn itself trusts nobody
        with served(with_limits(home, TIGHT)) as (address, _pid):
            yield address


def client_at(address: str) -> httpx.Client:
    """A client whose requests come from another address of loopback."""
    return httpx.Client(transport=httpx.HTTPTransport(local_address=address), timeout=30)


def test_a_flood_from_one_address_is_told_to_wait_and_another_is_not_slowed(site: str) -> None:
    number = itertools.count(1)

    def path() -> str:
        """Another question each time: an answer that is kept is not counted."""
        return f"{site}/api/v1/statement.json?_limit=1&statement_id__contains={next(number)}"

    with client_at("127.0.0.3") as calm:
        alone = statistics.median(_timed(calm, path()) for _ in range(4))
        statuses: Counter[int] = Counter()
        end = threading.Event()

        def flood() -> None:
            with client_at("127.0.0.2") as client:
                while not end.is_set():
                    answer = client.get(path())
                    statuses[answer.status_code] += 1
                    if answer.status_code == 429:
                        assert int(answer.headers["retry-after"]) >= 1

        begun = time.monotonic()
        flooding = threading.Thread(target=flood)
        flooding.start()
        time.sleep(0.5)
        meanwhile = []
        for _ in range(6):
            meanwhile.append(_timed(calm, path()))
            time.sleep(0.55)  # as often as this budget allows
        end.set()
        flooding.join()
        took = time.monotonic() - begun
    assert statuses[429] > 20 and 10 <= statuses[200] <= 10 + 2 * took + 1, statuses
    assert set(statuses) == {200, 429}
    assert statistics.median(meanwhile) < max(10 * alone, 0.25), (alone, meanwhile)


def _timed(client: httpx.Client, address: str) -> float:
    begun = time.perf_counter()
    client.get(address).raise_for_status()
    return time.perf_counter() - begun


def test_the_refusal_says_what_is_wrong_and_when_to_ask_again(site: str) -> None:
    with client_at("127.0.0.4") as client:
        told = next(answer for answer in (client.get(site + QUESTION) for _ in range(10)) if answer.status_code == 429)
        assert told.headers["content-type"] == "application/problem+json"
        assert (
            told.headers["access-control-allow-origin"] == "*" and told.headers["x-content-type-options"] == "nosniff"
        )
        assert "Retry-After" in told.headers["access-control-expose-headers"]
        problem = told.json()
        assert problem["status"] == 429 and problem["title"] == "Too Many Requests"
        assert problem["detail"] == (
            "More questions in SQL have come from your network address than one may send; please ask again in "
            f"{told.headers['retry-after']} seconds."
        )
        assert problem["retry_after"] == int(told.headers["retry-after"])
        # the budgets are apart, pages have none, and a preflight is always answered
        assert client.get(f"{site}/api/v1/search?q=police").status_code == 200
        assert client.get(f"{site}/data").status_code == 200
        assert client.options(site + QUESTION).status_code == 204
        # the page with the same question in its address counts as the question
        page = client.get(f"{site}/data?q=SELECT+1")
        assert page.status_code == 429 and page.headers["content-type"].startswith("text/plain")
        # whoever waits as told is answered
        table = f"{site}/api/v1/event.json?_limit="
        told = next(
            answer for answer in (client.get(f"{table}{n}") for n in range(1, 200)) if answer.status_code == 429
        )
        assert told.headers["retry-after"] == "1" and "ask again in a second" in told.json()["detail"]
        time.sleep(int(told.headers["retry-after"]))
        assert client.get(f"{table}201").status_code == 200
        # what is kept in memory is given again, however often
        assert {client.get(f"{table}201").status_code for _ in range(50)} == {200}


def test_only_a_trusted_proxy_says_for_whom_it_asks(site: str) -> None:
    with client_at("127.0.0.5") as stranger:  # each time another name for itself, and still one client
        statuses = [
            stranger.get(f"{site}/api/v1/search?q=x", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(12)
        ]
    assert statuses.count(200) <= 7 and 429 in statuses
    with client_at("127.0.0.1") as proxy:
        readers = [
            proxy.get(f"{site}/api/v1/search?q=x", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(12)
        ]
        assert set(readers) == {200}
        # a reader who writes the header too only puts words before the address that the proxy adds
        spoofed = [
            proxy.get(
                f"{site}/api/v1/search?q=x", headers={"X-Forwarded-For": f"10.0.0.{n}, 198.51.100.200"}
            ).status_code
            for n in range(12)
        ]
    assert spoofed.count(200) <= 7 and 429 in spoofed
    with client_at("127.0.0.1") as proxy:
        one_network = [
            proxy.get(f"{site}/api/v1/search?q=x", headers={"X-Forwarded-For": f"2001:db8::{n:x}"}).status_code
            for n in range(1, 13)
        ]
    assert one_network.count(200) <= 7 and 429 in one_network


def test_a_trusted_proxy_says_that_it_was_asked_by_tls(site: str) -> None:
    with client_at("127.0.0.1") as proxy, client_at("127.0.0.7") as stranger:
        headers = {"X-Forwarded-Proto": "https"}
        assert "strict-transport-security" in proxy.get(f"{site}/about", headers=headers).headers
        assert "strict-transport-security" not in stranger.get(f"{site}/about", headers=headers).headers
        assert "strict-transport-security" not in proxy.get(f"{site}/about").headers


def test_switched_off_nobody_is_refused(published_home: Home, tmp_path: Path) -> None:
    home, _ = copy_of(published_home, tmp_path / "home")
    with_limits(home, "on = false\napi = { per_minute = 1, burst = 1 }")
    with routes_of(home) as client:
        client = TestClient(client.app, client=("203.0.113.9", 1))
        assert {client.get(f"/api/v1/event.json?_limit={n}").status_code for n in range(1, 20)} == {200}
        assert "no limit" in client.get("/api/v1/openapi.json").json()["info"]["description"]


def test_the_description_and_the_page_tell_of_the_limits(site: str) -> None:
    with client_at("127.0.0.6") as client:
        told = client.get(f"{site}/api/v1/openapi.json").json()
        operations = [one for path in told["paths"].values() for one in path.values()]
        assert operations and all("429" in one["responses"] for one in operations)
        assert "Retry-After" in told["components"]["responses"]["TooMany"]["headers"]
        page = client.get(f"{site}/api/v1/").text
        assert "10 times at once and 120 times a minute" in page and "3 and 4 for questions in SQL" in page


def test_a_reader_of_the_app_is_counted_too(published_home: Home, tmp_path: Path) -> None:
    from tests.support.browser import app_of

    home, _ = copy_of(published_home, tmp_path / "home")
    with_limits(home, "search = { per_minute = 1, burst = 3 }")
    data = next(each for each in ADDRESSES if each.path == "/data")

    async def searching(site: str) -> list[str]:
        reader = Reader(site, data)
        await reader.open()
        told = []
        for words in ("police", "crisis", "trust", "review", "petition"):
            reader.query = f"search={words}"
            told.append(await reader.text())
        await reader.close()
        return told

    with app_of(home, tmp_path / "log") as (site, _):
        told = asyncio.run(searching(site))
    refused = limits.words("search", 60).partition("; ")[0]
    assert [refused in text for text in told] == [False, False, False, True, True]
