"""One web archive: what it holds of a page, and its copies.

Lists of copies (CDX, TimeMap) and copies asked for with id_ are interfaces that archives publish for programs, and are
asked as such: robots.txt, which is written for crawlers that walk from link to link, is not consulted for them. In its
place stand the archive's own terms: fixed numbers of searches a minute and copies a second, pauses where it asks for
one, a named agent, and a refusal to serve a site is taken as the answer. Only pages that the register declares are
asked for. The original site's robots.txt is a matter between the site and the archive.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit

from scrapers.archives import cdx
from scrapers.archives.limits import ArchiveLimits, Limit
from scrapers.archives.memento import CopyAddress, Held, joined, read_copy_address, read_time_map, stamp
from scrapers.archives.recover import (
    Copy,
    Recovered,
    as_original,
    check_whole,
    first,
    is_copy,
    original_body,
    read_copy,
)
from scrapers.capture import Exchange, Failure, Hop, Response
from scrapers.decode import find_charset, to_text
from scrapers.fetch import MAX_PAUSE, REDIRECTS, Fetcher, retry_after
from scrapers.outcomes import FetchError, Stopped

Dialect = Literal["memento", "wayback", "pywb"]
NO_LINES: Final = frozenset({"text/x-ndjson", "application/x-ndjson", "text/plain", "application/json"})
"""Media types of an answer without lines that still is one of pywb."""
PAGE_ROWS: Final = 5000
MAX_PAGES: Final = 200
MAX_HOPS: Final = 10
MISSES: Final = 2
"""Failures to reach an archive, one after another, after which it is not asked again in a run."""
PAUSE: Final = 60.0
"""Seconds to stay away after a 429 that does not say how long."""
HOPELESS: Final = frozenset({"dns-error", "tls-error", "refused-address"})
UNREACHED: Final = frozenset({"connect-error", "timed-out", "protocol-error"})


class ArchiveFailed(Exception):
    """An archive gave no answer that can be used. `failure` says why, as an outcome and a sentence."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


@dataclass(frozen=True)
class Listing:
    """What an archive holds of one page, in order of time. `skipped` rows made no sense; `cut` is set where the list
    was longer than is read."""

    held: tuple[Held, ...]
    skipped: int = 0
    cut: bool = False


@dataclass(frozen=True)
class _Asked:
    """What a list is asked for."""

    url: str
    start: dt.datetime | None
    end: dt.datetime | None
    newest: int | None
    answered: bool

    @property
    def span(self) -> dict[str, str]:
        """from and to, as both dialects of CDX take them."""
        return ({"from": stamp(self.start)} if self.start else {}) | ({"to": stamp(self.end)} if self.end else {})


@dataclass(frozen=True)
class _Text:
    """An answer to a search, read as text."""

    text: str
    status: int
    media_type: str | None
    url: str


@dataclass(frozen=True)
class _Step:
    """A redirect that was archived: in the original's terms, and where its copy was had."""

    exchange: Exchange
    hop: Hop
    source: str


class ArchiveClient:
    """Asks one archive. Safe to share between threads.

    `dialect` None means that it is not known: it is found out by asking, at the first page that the archive lists.
    """

    def __init__(
        self, id: str, name: str, url: str, dialect: Dialect | None, fetcher: Fetcher, limits: ArchiveLimits
    ) -> None:  # fmt: skip
        self.id = id
        self.name = name
        self.url = url.rstrip("/")
        self.dialect = dialect
        self._fetcher = fetcher
        self._limits = limits
        self._lock = threading.Lock()
        self._closed: Failure | None = None
        self._misses = 0

    @property
    def closed(self) -> Failure | None:
        """Why the archive is not asked any more in this run, or None."""
        with self._lock:
            return self._closed

    # -- lists

    def list(
        self,
        url: str,
        *,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
        newest: int | None = None,
        answered: bool = False,
    ) -> Listing:
        """The copies of a page from `start` to `end` (both included), or the `newest` so many. `answered` leaves out
        those that the archive says are of an error; a TimeMap does not say. Raises ArchiveFailed."""
        asked = _Asked(url, start, end, newest, answered)
        dialects: tuple[Dialect, ...] = (self.dialect,) if self.dialect else ("pywb", "wayback", "memento")
        readers: dict[Dialect, Callable[[_Asked], Listing | None]] = {
            "pywb": self._list_pywb, "wayback": self._list_wayback, "memento": self._list_memento
        }  # fmt: skip
        for dialect in dialects:
            try:
                found = readers[dialect](asked)
            except cdx.NotCdx as error:
                if self.dialect:
                    raise ArchiveFailed(Failure("protocol-error", f"{self.name}: {error}")) from error
                continue
            if found is not None:
                self.dialect = dialect
                return _within(found, asked)
        return Listing(())

    def _list_pywb(self, asked: _Asked) -> Listing | None:
        query = {"url": asked.url, "matchType": "exact", "output": "json", **asked.span}
        query |= {"sort": "reverse", "limit": str(asked.newest)} if asked.newest else {}
        query |= {"filter": "!~status:[45].."} if asked.answered else {}
        answer = self._search(f"{self.url}/cdx?{urlencode(query)}")
        if answer is None:
            return None
        text = answer.text.lstrip()
        if text[:1] not in ("", "{") and "{" not in text.split("\n", 1)[0]:
            raise cdx.NotCdx("The archive answered something other than its list of copies.")
        if not text and answer.media_type not in NO_LINES:
            raise cdx.NotCdx("The archive answered nothing where its list of copies should be.")
        page = cdx.read_pywb(answer.text, f"{self.url}/")
        return Listing(cdx.without_repeats(page.held), page.skipped)

    def _list_wayback(self, asked: _Asked) -> Listing | None:
        root = self.url.removesuffix("/web")
        query = {"url": asked.url, "matchType": "exact", "output": "json", "fl": ",".join(cdx.FIELDS), **asked.span}
        query |= {"limit": str(-asked.newest)} if asked.newest else {"limit": str(PAGE_ROWS), "showResumeKey": "true"}
        query |= {"filter": "!statuscode:[45].."} if asked.answered else {}
        held: list[Held] = []
        skipped = 0
        resume: str | None = None
        pages: set[str | None] = set()
        while resume not in pages and len(pages) < MAX_PAGES:
            pages.add(resume)
            further = {"resumeKey": resume} if resume else {}
            answer = self._search(f"{root}/cdx/search/cdx?{urlencode(query | further)}")
            if answer is None:
                return None
            page = cdx.read_wayback(answer.text, f"{root}/web/")
            held += page.held
            skipped += page.skipped
            resume = page.resume
            if resume is None:
                break
        return Listing(cdx.without_repeats(held), skipped, cut=resume is not None)

    def _list_memento(self, asked: _Asked) -> Listing | None:
        waiting = [f"{self.url}/timemap/link/{asked.url}"]
        seen: set[str] = set()
        held: list[Held] = []
        skipped = 0
        while waiting and len(seen) < MAX_PAGES:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            answer = self._search(address)
            if answer is None:
                if len(seen) == 1:
                    return None
                continue
            if answer.text.lstrip()[:1] not in ("", "<") or answer.media_type in ("text/html", "application/xhtml+xml"):
                raise cdx.NotCdx("The archive answered something other than a TimeMap.")
            page = read_time_map(answer.text, answer.url, asked.url)
            held += page.held
            skipped += page.skipped
            waiting += [one for one in page.pages if one not in seen]
        return Listing(cdx.without_repeats(held), skipped, cut=bool(waiting))

    def _search(self, address: str) -> _Text | None:
        """One search; None where the archive says that there is nothing (404). Raises ArchiveFailed."""
        response = self._ask(address, self._limits.searches, lambda exchange: exchange.status == 429)
        if response.status == 404:
            return None
        text = to_text(response.body, find_charset(response.body, response.header("content-type")).name)
        if response.status >= 300:
            raise ArchiveFailed(self._refusal(response, text))
        return _Text(text, response.status, response.media_type, response.final_url)

    # -- copies

    def take(self, held: Held, requested_url: str) -> Recovered:
        """Fetch a copy, following the redirects that were archived with it. Raises ArchiveFailed.

        An archived 404 or 500 is a copy like any other. Without Memento-Datetime an answer is the archive's own word:
        404 then means that it holds no copy, and a redirect that it gives another time.
        """
        address = held.address
        original = held.original
        chain: list[_Step] = []
        seen: set[str] = set()
        for _ in range(MAX_HOPS):
            if address in seen:
                raise ArchiveFailed(Failure("redirect-loop", f"{self.name}: the copies redirect in a circle."))
            seen.add(address)
            response = self._ask(address, self._limits.copies, _settled)
            if not is_copy(response.headers):
                address = self._elsewhere(response, address, chain)
                continue
            copy = read_copy(response.final_url, response.headers, original)
            if copy is None:
                raise ArchiveFailed(Failure("protocol-error", f"{self.name} does not say when its copy was captured."))
            if response.status not in REDIRECTS:
                return self._recovered(response, copy, requested_url, chain)
            location = first(copy.headers, "location") or first(response.headers, "location") or ""
            inside = read_copy_address(joined(response.final_url, location)) if location else None
            target = inside.original if inside else joined(copy.original, location)
            if not location or not target.startswith(("http://", "https://")):
                raise ArchiveFailed(self._failure("protocol-error", "the copy redirects to no address", response))
            place = copy.place or read_copy_address(address)
            if place is None:
                why = f"the copy redirects to {target}, which cannot be asked for there"
                raise ArchiveFailed(self._failure("not-found", why, response))
            chain.append(_Step(*as_original(_exchange(response), copy, target), response.final_url))
            original = target
            address = CopyAddress(place.root, copy.at, "", target).raw
        raise ArchiveFailed(Failure("redirect-loop", f"{self.name}: the copies redirect more than {MAX_HOPS} times."))

    def _elsewhere(self, response: Response, address: str, chain: Sequence[_Step]) -> str:
        """Where an answer that is no copy sends us within the archive. Raises ArchiveFailed."""
        location = response.header("location")
        if response.status in REDIRECTS and location:
            target = joined(response.final_url, location.strip())
            inside = read_copy_address(target)
            if inside is not None and _origin(target) == _origin(address):
                return inside.raw
            if _origin(target) == _origin(address) and read_copy_address(address) is None:
                return target
        if response.status == 404 and chain:
            hop = chain[-1].hop
            why = f"the copy redirects to {hop.location}, of which it holds none"
            raise ArchiveFailed(self._failure("not-found", why, response))
        text = to_text(response.body[:8192], "utf-8")
        raise ArchiveFailed(self._refusal(response, text))

    def _recovered(self, response: Response, copy: Copy, requested_url: str, chain: Sequence[_Step]) -> Recovered:
        try:
            check_whole(copy.headers, response.body)
            kept, body, headers = original_body(
                response.raw, response.body, copy.headers, response.header("content-encoding")
            )
        except FetchError as error:
            raise ArchiveFailed(Failure(error.outcome, f"{self.name}: {error.detail}", response.status)) from error
        told = Response(
            requested_url=requested_url,
            final_url=copy.original,
            status=response.status,
            reason=response.reason,
            headers=headers,
            raw=kept,
            body=body,
            started_at=copy.at,
            ended_at=response.ended_at,
            ip=None,
            redirects=tuple(step.hop for step in chain),
            tries=response.tries,
            hops=tuple(step.exchange for step in chain),
        )
        return Recovered(
            response=told,
            archive=self.id,
            memento_url=copy.place.view if copy.place else response.final_url,
            source_url=copy.place.raw if copy.place else response.final_url,
            captured_at=copy.at,
            fetched_at=response.ended_at,
            archive_headers=copy.archive_headers,
            redirect_sources=tuple(step.source for step in chain),
        )

    # -- manners

    def _ask(self, address: str, limit: Limit, settled: Callable[[Exchange], bool]) -> Response:
        """One request in its turn; a 429 is waited out once. Raises ArchiveFailed."""
        for again in (False, True):
            closed = self.closed
            if closed is not None:
                raise ArchiveFailed(closed)
            limit.take()
            if self._fetcher.live.stopped.is_set():
                raise Stopped
            self._quicken(address)
            answer = self._fetcher.fetch(address, robots=False, settled=settled)
            if isinstance(answer, Failure):
                raise ArchiveFailed(self._missed(answer))
            with self._lock:
                self._misses = 0
            if answer.status != 429 or is_copy(answer.headers):
                return answer
            asked = retry_after(answer.header("retry-after"), answer.header("date"))
            pause = PAUSE if asked is None else asked
            self._limits.pause(min(pause, MAX_PAUSE))
            if again or pause > MAX_PAUSE:
                break
        why = f"{self.name} asks not to be asked so often; it is left alone for the rest of this run."
        told = Failure("rate-limited", why, 429)
        self._close(told)
        raise ArchiveFailed(told)

    def _quicken(self, address: str) -> None:
        """Let the archive's own limit stand in place of the delay between pages of an ordinary site."""
        host = self._fetcher.host((urlsplit(address).hostname or "").lower().rstrip("."))
        if host.delay == self._fetcher.settings.delay:
            host.delay = 0.0

    def _missed(self, failure: Failure) -> Failure:
        told = replace(failure, detail=f"{self.name}: {failure.detail}", redirects=())
        with self._lock:
            self._misses += failure.outcome in UNREACHED
            if failure.outcome in HOPELESS or self._misses >= MISSES:
                self._closed = told
        return told

    def _failure(self, outcome: str, why: str, response: Response) -> Failure:
        return Failure(outcome, f"{self.name}: {why}.", response.status)

    def _close(self, failure: Failure) -> None:
        with self._lock:
            self._closed = failure

    def _refusal(self, response: Response, text: str) -> Failure:
        """What an answer of the archive's own, other than the thing asked for, means."""
        why = f"{response.header('x-archive-wayback-runtime-error') or ''} {text}"
        status = response.status
        if "RobotAccessControlException" in why:
            return Failure("robots", f"{self.name} keeps this site closed because of its robots.txt.", status)
        if "AdministrativeAccessControlException" in why or "Blocked Site Error" in why or status in (401, 403, 451):
            return Failure("blocked", f"{self.name} does not serve copies of this site.", status)
        if status in (404, 410):
            return Failure("not-found", f"{self.name} holds no such copy.", status)
        if status >= 500:
            return Failure("server-error", f"{self.name} answered with an error of its own (status {status}).", status)
        if status in REDIRECTS:
            return Failure("not-found", f"{self.name} points to a place outside itself.", status)
        return Failure("protocol-error", f"{self.name} gave an answer that is no copy (status {status}).", status)


def _settled(exchange: Exchange) -> bool:
    """What is taken as it comes while copies are asked for: archived answers of any status, redirects, and 429."""
    return is_copy(exchange.headers) or exchange.status in REDIRECTS or exchange.status == 429


def _exchange(response: Response) -> Exchange:
    return Exchange(
        response.final_url, response.status, response.reason, response.headers, response.body, response.started_at,
        response.ip,
    )  # fmt: skip


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc.lower()}"


def _within(found: Listing, asked: _Asked) -> Listing:
    """Only what was asked for: an archive that does not know from, to, filter or limit sends more."""
    held = tuple(
        one
        for one in found.held
        if (asked.start is None or one.at >= asked.start)
        and (asked.end is None or one.at <= asked.end)
        and not (asked.answered and one.status is not None and one.status >= 400)
    )
    return replace(found, held=held[-asked.newest :] if asked.newest else held)
