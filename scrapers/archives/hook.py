"""How a run of collect looks in web archives: the hook that scrapers.hooks asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.programme import Programme
from scrapers import gate
from scrapers.archives.search import Present, find_in_archives, open_archives
from scrapers.capture import Failure, Response
from scrapers.fetch import Fetcher
from scrapers.hooks import ArchiveCopy, FindInArchives, Source
from scrapers.work import Past


@dataclass(frozen=True)
class HeldAlready:
    """The newest good copy, where this record has it: known by its time, not fetched again."""

    archive: str
    memento_url: str
    captured_at: dt.datetime
    fetched_at: dt.datetime

    @property
    def response(self) -> Response:
        """Never at hand. Raises LookupError."""
        raise LookupError("the copy was not fetched: it is held already")


def archive_hook(programme: Programme, urls: Sequence[str] = ()) -> Callable[[Fetcher], FindInArchives | None]:
    """What `Hooks.archives` takes: it opens the archives of one run, those at `urls` before those of the home."""

    def begin(fetcher: Fetcher) -> FindInArchives | None:
        archives = open_archives(fetcher, programme, urls)
        if not archives:
            return None

        def find(source: Source, past: Past) -> ArchiveCopy | None:
            if source.url is None or not archives.reachable:
                return None
            found = find_in_archives(
                archives,
                source.url,
                lambda response: gate.judge(response, source.format),
                present=lambda _archive, at: at == past.archived_at,
            )
            if isinstance(found, Failure):
                return None
            if isinstance(found, Present):
                return HeldAlready(found.archive, past.archived_url or "", found.captured_at, dt.datetime.now(dt.UTC))
            return found

        return find

    return begin
