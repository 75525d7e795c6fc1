"""One page asked for, politely and safely: one request at a time a host, robots.txt obeyed, every limit enforced."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import random
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx

from data.programme import Collect
from scrapers import decode
from scrapers.addresses import Address, Resolver, follow, read_address
from scrapers.capture import Conditions, Exchange, Failure, Hop, Response
from scrapers.causes import LIBRARY_ERRORS, named
from scrapers.outcomes import (
    AddressRefused,
    BrokenAnswer,
    CertificateRefused,
    ConnectTimedOut,
    CutShort,
    DeadlinePassed,
    FetchError,
    HandshakeTimedOut,
    NameNotFound,
    NoConnection,
    RateLimited,
    RedirectLoop,
    RobotsRefused,
    Stopped,
    TooLarge,
    Undecodable,
    failure,
)
from scrapers.robots import MAX_BYTES, Rules, product, read_rules
from scrapers.transport import Clock, LiveStreams, Transport, Wire

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS: Final = 10
MAX_ROBOTS_REDIRECTS: Final = 5
PASSING: Final = frozenset({429, *range(500, 505)})
"""Statuses that may pass: asked again, up to the programme's number of tries."""
MAX_PAUSE: Final = 120.0
"""The longest Retry-After, in seconds, that a run waits for; a host that asks for more is not asked again in it."""
FIRST_WAIT: Final = 1.0
REST: Final = 1.0
"""Seconds that a host is left alone after a request that was broken off: it may still be at work on it."""
HOP_BODY: Final = 1024 * 1024
IN_MEMORY: Final = 2 * 1024 * 1024
ACCEPT: Final = "text/html,application/xhtml+xml,application/pdf,application/xml;q=0.9,*/*;q=0.8"


def user_agent(agent: str, contact: str, base_url: str = "") -> str:
    """The User-Agent sent with each request: the agent's name, and where its keepers can be reached."""
    where = [base_url] if base_url.startswith("https://") else []
    where += [contact] if contact else []
    return f"{agent} (+{'; '.join(where)})" if where else agent


@dataclass(frozen=True)
class _Answer:
    """One exchange with its httpx request and headers as served."""

    exchange: Exchange
    ended_at: dt.datetime

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        found = [value for key, value in self.exchange.headers if key.lower() == wanted]
        return ", ".join(found) if found else None


class Host:
    """What is known of one host in this run: its turn, its pauses, its connection."""

    def __init__(self, name: str, fetcher: Fetcher) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.clock = Clock()
        self.delay = fetcher.settings.delay
        self.next_at = 0.0
        self.paused_until = 0.0
        self._fetcher = fetcher
        self._transport: Transport | None = None

    @property
    def transport(self) -> Transport:
        """The host's connection, opened when it is first used."""
        if self._transport is None:
            wire = Wire(self._fetcher.resolver, self.clock, self._fetcher.live)
            self._transport = Transport(wire, self._fetcher.tls)
        return self._transport

    def close(self) -> None:
        """Give the connection back; the host's memory stays."""
        with self.lock:
            if self._transport is not None:
                self._transport.close()
                self._transport = None


class Fetcher:
    """Asks for pages. Safe to share between threads: each host is asked by one at a time.

    `agent` is the full User-Agent. `wait` is called with seconds to pass and returns early where the run is stopped;
    tests may give their own.
    """

    def __init__(
        self,
        settings: Collect,
        agent: str,
        *,
        contact: str = "",
        allow_private: bool = False,
        live: LiveStreams | None = None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.settings = settings
        self.agent = agent
        self.robots_agent = product(agent)
        self.live = live or LiveStreams()
        self.resolver = Resolver(allow_private=allow_private)
        self.tls = _tls_context()
        self.requests = 0
        self._wait = wait or self.live.stopped.wait
        self._hosts: dict[str, Host] = {}
        self._rules: dict[str, Rules] = {}
        self._rules_locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._headers: list[tuple[str, str]] = [
            ("User-Agent", agent),
            ("Accept", ACCEPT),
            ("Accept-Language", "en-GB,en;q=0.9"),
            ("Accept-Encoding", decode.ACCEPTED),
        ]
        if "@" in contact and contact.isascii() and not any(char in contact for char in "\r\n <>"):
            self._headers.append(("From", contact))

    # -- the front door

    def fetch(
        self,
        url: str,
        conditions: Conditions | None = None,
        *,
        headers: Sequence[tuple[str, str]] = (),
        robots: bool = True,
        settled: Callable[[Exchange], bool] | None = None,
    ) -> Response | Failure:
        """Ask for a page and follow its redirects; ask again where the failure may pass.

        Returns a Response for every whole answer, whatever its status, and a Failure otherwise. `robots=False` is for
        services that publish an interface for programs, never for pages. An answer of which `settled` says true is
        taken as it is: no redirect of it is followed, and it is not asked for again (a web archive's copy of a
        redirect or an error). Raises Stopped where the run is ended.
        """
        hops: list[Exchange] = []
        tries = 0
        try:
            address = read_address(url)
            while True:
                tries += 1
                hops = []
                last = tries >= self.settings.tries
                try:
                    answer, final = self._follow(address, conditions, headers, robots, hops, settled)
                except (DeadlinePassed, HandshakeTimedOut):
                    if last:
                        raise
                    self._pass(_back_off(tries))
                    continue
                taken = settled is not None and settled(answer.exchange)
                if (
                    answer.exchange.status in PASSING
                    and not last
                    and not taken
                    and self._waited_for(final, answer, tries)
                ):
                    continue
                return self._response(address, final, answer, hops, tries)
        except FetchError as error:
            return failure(error, tries=tries, redirects=_as_redirects(hops))

    def host(self, name: str) -> Host:
        """The one Host of that name in this run."""
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = Host(name, self)
            return self._hosts[name]

    def finish_host(self, name: str) -> None:
        """Close the connection to a host that has been asked for all."""
        with self._lock:
            found = self._hosts.get(name)
        if found is not None:
            found.close()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            hosts = list(self._hosts.values())
        for host in hosts:
            host.close()

    # -- one try

    def _follow(
        self,
        address: Address,
        conditions: Conditions | None,
        headers: Sequence[tuple[str, str]],
        robots: bool,
        hops: list[Exchange],
        settled: Callable[[Exchange], bool] | None = None,
    ) -> tuple[_Answer, Address]:
        """One try: the request and those that its redirects ask for, together within the deadline."""
        left = self.settings.deadline
        seen = {address.text}
        jar: httpx.Cookies | None = None
        current = address
        while True:
            if robots:
                self._obey(current)
            extra = [*headers, *_conditional(conditions, current)]
            answer, spent, response = self._ask(current, extra, left, jar)
            left -= spent
            status = answer.exchange.status
            if status not in REDIRECTS or (settled is not None and settled(answer.exchange)):
                return answer, current
            location = answer.header("location")
            hops.append(answer.exchange)
            if not location or not location.strip():
                raise BrokenAnswer("The page redirects without saying where to.", status)
            current = follow(current, location)
            if answer.header("set-cookie"):
                jar = jar if jar is not None else httpx.Cookies()
                jar.extract_cookies(response)
            elif current.text in seen:
                raise RedirectLoop("The page redirects back to where it came from.", status)
            if len(hops) >= MAX_REDIRECTS:
                raise RedirectLoop(f"The page redirects more than {MAX_REDIRECTS} times.", status)
            seen.add(current.text)

    def _ask(
        self, address: Address, extra: Sequence[tuple[str, str]], seconds: float, jar: httpx.Cookies | None = None,
        cap: int | None = None,
    ) -> tuple[_Answer, float, httpx.Response]:  # fmt: skip
        """One request, in the host's turn. Gives the answer, the seconds it took, and httpx's response, read out."""
        request = httpx.Request("GET", address.url, headers=[*self._headers, *extra])
        if jar is not None:
            jar.set_cookie_header(request)
        host = self.host(address.host)
        with host.lock:
            self._take_turn(host)
            begun = time.monotonic()
            started = dt.datetime.now(dt.UTC)
            self.requests += 1
            exchange = None
            try:
                exchange, response = self.exchange(host, address, request, seconds, started, cap)
            except LIBRARY_ERRORS as error:
                if self.live.stopped.is_set():
                    raise Stopped from error
                raise named(error) from error
            except FetchError as error:
                if self.live.stopped.is_set():
                    raise Stopped from error
                raise
            finally:
                ended = time.monotonic()
                host.next_at = ended + (host.delay if exchange is not None else max(host.delay, REST))
            return _Answer(exchange, dt.datetime.now(dt.UTC)), ended - begun, response

    @property
    def width(self) -> int:
        """How many hosts can be asked at once."""
        return self.settings.workers

    def exchange(
        self, host: Host, address: Address, request: httpx.Request, seconds: float, started: dt.datetime,
        cap: int | None,
    ) -> tuple[Exchange, httpx.Response]:  # fmt: skip
        """One request over the wire and its answer, read out. Called in the host's turn, its lock held."""
        host.clock.begin(seconds)
        try:
            response = self._send(host, request)
            return self._read(host, address, request, response, started, cap), response
        finally:
            host.clock.ends_at = float("inf")

    def _send(self, host: Host, request: httpx.Request) -> httpx.Response:
        """Send and wait for the head of the answer; once again where a kept connection turns out to be closed."""
        before = host.clock.connections
        try:
            response = host.transport.handle_request(request)
        except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
            reused = host.clock.connections == before
            if not reused or host.clock.received:
                raise
            response = host.transport.handle_request(request)
        response.request = request
        return response

    def _read(
        self, host: Host, address: Address, request: httpx.Request, response: httpx.Response, started: dt.datetime,
        cap: int | None,
    ) -> Exchange:  # fmt: skip
        """The body, within the caps, and all that is to be kept of the exchange."""
        status = response.status_code
        limit = cap if cap is not None else int(self.settings.max_raw_mb * 1_000_000)
        if status in REDIRECTS:
            limit = min(limit, HOP_BODY)
        try:
            stream = response.extensions.get("network_stream")
            peer = stream.get_extra_info("server_addr") if stream is not None else None
            try:
                raw = _read_body(response, limit, host.clock)
            except (CutShort, TooLarge):
                if status < 300:
                    raise
                raw = b""  # the status says it all; half a page of error is not kept
        finally:
            response.close()
        version = response.extensions.get("http_version", b"HTTP/1.1")
        reason = response.extensions.get("reason_phrase", b"")
        return Exchange(
            url=address.text,
            status=status,
            reason=reason.decode("latin-1"),
            headers=_as_text(response.headers.raw),
            raw=raw,
            started_at=started,
            ip=str(peer[0]) if peer else None,
            http_version=version.decode("ascii", "replace"),
            request_headers=_as_text(request.headers.raw),
        )

    def _response(
        self, address: Address, final: Address, answer: _Answer, hops: list[Exchange], tries: int
    ) -> Response:
        exchange = answer.exchange
        raw = exchange.raw
        try:
            cap = int(self.settings.max_decoded_mb * 1_000_000)
            body = decode.decode_body(raw, answer.header("content-encoding"), cap)
        except (Undecodable, CutShort, TooLarge) as error:
            if exchange.status < 300:
                error.status = exchange.status
                raise
            raw = body = b""
        return Response(
            requested_url=address.text,
            final_url=final.text,
            status=exchange.status,
            reason=exchange.reason,
            headers=exchange.headers,
            raw=raw,
            body=body,
            started_at=exchange.started_at,
            ended_at=answer.ended_at,
            ip=exchange.ip,
            http_version=exchange.http_version,
            request_headers=exchange.request_headers,
            redirects=_as_redirects(hops),
            tries=tries,
            hops=tuple(hops),
        )

    # -- manners

    def _take_turn(self, host: Host) -> None:
        """Wait until the host may be asked. Called with its lock held. Raises RateLimited where that is too long."""
        while True:
            now = time.monotonic()
            pause = host.paused_until - now
            if pause > MAX_PAUSE:
                raise RateLimited(
                    f"The site asked not to be asked again for {round(pause)} seconds; this run does not wait so long."
                )
            left = max(pause, host.next_at - now)
            if left <= 0:
                break
            self._pass(left)
        if self.live.stopped.is_set():
            raise Stopped

    def _waited_for(self, final: Address, answer: _Answer, tries: int) -> bool:
        """Wait as the answer asks before the next try; False where it asks for longer than a run waits."""
        asked = retry_after(answer.header("retry-after"), answer.header("date"))
        if asked is None:
            self._pass(_back_off(tries))
            return True
        host = self.host(final.host)
        with host.lock:
            host.paused_until = max(host.paused_until, time.monotonic() + asked + 0.02)
        return asked <= MAX_PAUSE

    def _pass(self, seconds: float) -> None:
        self._wait(seconds)
        if self.live.stopped.is_set():
            raise Stopped

    def _obey(self, address: Address) -> None:
        """Raises what keeps this address from being asked: RobotsRefused, or why robots.txt's host was not reached."""
        rules = self.rules(address)
        if rules.closed is not None:
            raise type(rules.closed)(rules.closed.detail, rules.closed.status)
        if not rules.allows(address.text):
            raise RobotsRefused("robots.txt asks not to collect this page.")

    def rules(self, address: Address) -> Rules:
        """The robots.txt of the address's origin, asked for once a run."""
        origin = address.origin
        known = self._rules.get(origin)
        if known is not None:
            return known
        with self._lock:
            lock = self._rules_locks.setdefault(origin, threading.Lock())
        with lock:
            if origin not in self._rules:
                rules = self._ask_rules(origin)
                host = self.host(address.host)
                host.delay = max(host.delay, rules.delay)
                host.next_at = max(host.next_at, time.monotonic() + rules.delay)
                self._rules[origin] = rules
            return self._rules[origin]

    def _ask_rules(self, origin: str) -> Rules:
        try:
            answer = self._ask_robots(read_address(f"{origin}/robots.txt"))
        except (NameNotFound, NoConnection, ConnectTimedOut, CertificateRefused, AddressRefused, RateLimited) as error:
            return Rules(self.robots_agent, closed=error)  # nobody was reached, so robots.txt says neither yes nor no
        except FetchError as error:
            return Rules(self.robots_agent, closed=RobotsRefused(f"robots.txt unreachable: {error.detail}"))
        status = answer.exchange.status
        if status == 429 or status >= 500:
            return Rules(
                self.robots_agent, closed=RobotsRefused(f"robots.txt unreachable: it answers {status}.", status)
            )
        if status >= 300:
            return Rules(self.robots_agent)
        try:
            body = decode.decode_body(answer.exchange.raw, answer.header("content-encoding"), MAX_BYTES * 8)
        except FetchError as error:
            return Rules(self.robots_agent, closed=RobotsRefused(f"robots.txt unreachable: {error.detail}"))
        return read_rules(body, answer.header("content-type"), self.robots_agent)

    def _ask_robots(self, address: Address) -> _Answer:
        """robots.txt with its redirects and retries; what is beyond the size that is read is left unread."""
        tries = 0
        while True:
            tries += 1
            last = tries >= self.settings.tries
            try:
                answer, final = self._follow_robots(address)
            except (DeadlinePassed, HandshakeTimedOut):
                if last:
                    raise
                self._pass(_back_off(tries))
                continue
            if answer.exchange.status in PASSING and not last and self._waited_for(final, answer, tries):
                continue
            return answer

    def _follow_robots(self, address: Address) -> tuple[_Answer, Address]:
        left = self.settings.deadline
        for _ in range(MAX_ROBOTS_REDIRECTS + 1):
            answer, spent, _response = self._ask(address, (), left, cap=MAX_BYTES * 8)
            left -= spent
            location = answer.header("location")
            if answer.exchange.status not in REDIRECTS or not location:
                return answer, address
            address = follow(address, location)
        return answer, address  # endless redirects count as no robots.txt, as RFC 9309 allows


def _tls_context() -> ssl.SSLContext:
    """Certificates are always verified; SSL_CERT_FILE and SSL_CERT_DIR may name authorities of one's own network."""
    return httpx.create_ssl_context(verify=True, trust_env=True)


def _conditional(conditions: Conditions | None, address: Address) -> list[tuple[str, str]]:
    if conditions is None or conditions.url != address.text:
        return []
    found = [("If-None-Match", conditions.etag), ("If-Modified-Since", conditions.last_modified)]
    return [(name, value) for name, value in found if value]


def _as_text(raw: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _as_redirects(hops: Sequence[Exchange]) -> tuple[Hop, ...]:
    return tuple(
        Hop(hop.status, hop.url, next((value for name, value in hop.headers if name.lower() == "location"), ""))
        for hop in hops
    )


def _back_off(tries: int) -> float:
    """Seconds before the next try: 1, 2, 4 …, and up to a quarter more, so that not all come back at once."""
    return FIRST_WAIT * 2.0 ** (tries - 1) * (1 + random.random() / 4)  # noqa: S311 - nothing rests on its being secret


def retry_after(value: str | None, date: str | None = None, now: float | None = None) -> float | None:
    """Seconds to wait by a Retry-After header, in seconds or as a date (measured from the server's own Date); None
    where there is none or it cannot be read."""
    text = (value or "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(min(int(text), 10**9)) if len(text) < 12 else 1e9
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        then: float = email.utils.parsedate_to_datetime(text).timestamp()
        here: float = now if now is not None else time.time()
        if date:
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                here = email.utils.parsedate_to_datetime(date).timestamp()
        return max(0.0, then - here)
    return None


def _read_body(response: httpx.Response, cap: int, clock: Clock) -> bytes:
    """The raw body. Beyond 2 MiB it waits on disk until it is known to be within the cap."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > cap and response.status_code not in (204, 304):
        raise TooLarge(
            f"The page says that it is {int(declared) // 1_000_000} MB; at most {cap // 1_000_000} MB are taken."
        )
    pieces: list[bytes] = []
    size = 0
    spool = None
    try:
        for piece in response.stream:  # type: ignore[union-attr] # a sync client's stream is iterable
            size += len(piece)
            if size > cap:
                raise TooLarge(f"The page is larger than {cap // 1_000_000} MB.")
            if spool is None and size > IN_MEMORY:
                spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, in every case
                for earlier in pieces:
                    spool.write(earlier)
                pieces.clear()
            if spool is None:
                pieces.append(piece)
            else:
                spool.write(piece)
        if spool is None:
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        spool.seek(0)
        return spool.read()
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        if clock.ended:
            raise CutShort("The page was cut off on the way.") from error
        raise BrokenAnswer("The answer broke the rules of HTTP halfway.") from error
    finally:
        if spool is not None:
            spool.close()
