"""The archives of a run, asked one after another for the newest good copy of a page that its own site does not give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from data.programme import Programme
from scrapers.archives.client import ArchiveClient, ArchiveFailed
from scrapers.archives.limits import ArchiveLimits, SharedLimits
from scrapers.archives.memento import Held
from scrapers.archives.recover import Recovered
from scrapers.capture import Failure, Response, Verdict
from scrapers.fetch import Fetcher

NEWEST: Final = 50
"""Copies looked at, the newest first."""
TRIES: Final = 6
"""Copies fetched from one archive before it is taken to hold no good one."""
REDIRECTS_TRIED: Final = 2


@dataclass(frozen=True)
class Present:
    """The newest good copy that an archive lists is already in this record."""

    archive: str
    captured_at: dt.datetime


@dataclass(frozen=True)
class Archives:
    """The archives of one run, in the order in which they are asked. Shared between threads."""

    clients: tuple[ArchiveClient, ...]

    def __bool__(self) -> bool:
        return bool(self.clients)

    @property
    def reachable(self) -> bool:
        """Whether any of them is still asked in this run."""
        return any(client.closed is None for client in self.clients)


def open_archives(
    fetcher: Fetcher, programme: Programme, urls: Sequence[str] = (), *, limits: SharedLimits | None = None
) -> Archives:
    """The archives that a run asks: those named by address in `urls` first, then those of programme.toml.

    An address that programme.toml knows keeps its id and dialect; another is called by its host and path, and its
    dialect is found out. Asks nobody yet. Every request goes through `fetcher`, with its checks and caps.
    """

    def wait(seconds: float) -> object:
        return fetcher.live.stopped.wait(seconds)

    shared = limits or SharedLimits(lambda: ArchiveLimits(wait=wait))
    known = {archive.url.rstrip("/"): (name, archive) for name, archive in programme.archives.in_order()}
    clients: dict[str, ArchiveClient] = {}
    for url in (*urls, *known):
        address = url.rstrip("/")
        if address in clients:
            continue
        named = known.get(address)
        name = named[0] if named else _name_of(address)
        title = named[1].name if named else name
        dialect = named[1].kind if named else None
        clients[address] = ArchiveClient(name, title, address, dialect, fetcher, shared.of(address))
    return Archives(tuple(clients.values()))


def find_in_archives(
    archives: Archives,
    url: str,
    judge: Callable[[Response], Verdict],
    *,
    present: Callable[[str, dt.datetime], bool] = lambda _archive, _at: False,
) -> Recovered | Present | Failure:
    """The newest good copy of a page. Archives are asked in order; the first that has a good one ends the search.

    `judge` is the quality gate, applied to the page in its own site's terms. `present(archive id, time)` says whether a
    copy is in this record already: it then is not fetched again. A Failure is "not-found" where archives answered
    and hold no good copy, otherwise what kept them from answering; its detail names each archive. Raises Stopped.
    """
    told: list[Failure] = []
    for client in archives.clients:
        try:
            found = _newest_good(client, url, judge, present)
        except ArchiveFailed as failed:
            told.append(failed.failure)
            continue
        if not isinstance(found, Failure):
            return found
        told.append(found)
    if not told:
        return Failure("not-found", "No web archive was asked.", tries=0)
    answered = next((failure for failure in told if failure.outcome == "not-found"), told[0])
    return Failure(answered.outcome, " ".join(dict.fromkeys(failure.detail for failure in told)), tries=0)


def _newest_good(
    client: ArchiveClient, url: str, judge: Callable[[Response], Verdict], present: Callable[[str, dt.datetime], bool]
) -> Recovered | Present | Failure:
    listing = client.list(url, newest=NEWEST, answered=True)
    if not listing.held:
        return Failure("not-found", f"{client.name} holds no copy that answered.", 404)
    last: Failure | None = None
    for held in _in_turn(listing.held):
        if present(client.id, held.at):
            return Present(client.id, held.at)
        try:
            copy = client.take(held, url)
        except ArchiveFailed as failed:
            if client.closed is not None:
                raise
            last = failed.failure
            continue
        if present(client.id, copy.captured_at):
            return Present(client.id, copy.captured_at)
        verdict = judge(copy.response)
        if verdict.word == "good":
            return copy
        why = f"{client.name}'s copies are not the page ({verdict.why or verdict.word})."
        last = Failure("not-found", why, copy.response.status)
    return last or Failure("not-found", f"{client.name} holds no good copy.", 404)


def _in_turn(held: Sequence[Held]) -> list[Held]:
    """Which copies to try, the newest first: those that answered, then redirects. Where the list does not say how they
    answered, in growing steps back, so that a page long gone is found behind the copies of its absence."""
    newest_first = list(reversed(held))
    if all(one.status is not None or one.is_repeat for one in newest_first):
        pages = [one for one in newest_first if one.status is None or one.status < 300]
        redirects = [one for one in newest_first if one.status is not None and one.status >= 300]
        return [*pages[: TRIES - REDIRECTS_TRIED], *redirects[:REDIRECTS_TRIED]]
    return [newest_first[2**step - 1] for step in range(TRIES) if 2**step <= len(newest_first)]


def _name_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc.lower()}{parts.path}".rstrip("/")
