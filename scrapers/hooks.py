"""Where other parts of the house join a run: web archives, and the families of sites that know their own pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from scrapers.capture import Response, Verdict
from scrapers.fetch import Fetcher
from scrapers.work import Past


@dataclass(frozen=True, slots=True)
class Source:
    """One declared page, as far as collecting needs it."""

    source_id: str
    url: str | None
    format: str | None = None
    kind: str | None = None


class ArchiveCopy(Protocol):
    """A copy out of a web archive. `response` speaks in the original site's terms; `captured_at` is what the archive
    gave, UTC and aware."""

    @property
    def response(self) -> Response: ...
    @property
    def archive(self) -> str: ...
    @property
    def memento_url(self) -> str: ...
    @property
    def captured_at(self) -> dt.datetime: ...
    @property
    def fetched_at(self) -> dt.datetime: ...


FindInArchives = Callable[[Source, Past], ArchiveCopy | None]
"""Looks for a copy of a page that is not good live; `past` says which copy is held already. None where there is
none."""

Judge = Callable[[Source, Response, Verdict], Verdict]
"""A second opinion on an answer, after the gate's: a family may find that the page is built in another way."""


@dataclass(frozen=True)
class Said:
    """What a family says of one body. `missing` is what the body lacks of the family's minimum, "" where it meets it,
    None where the body is none that the family reads. `machine_url` says the same as the page, for programs; `ask`
    names further addresses that hold the rest. `data_counts` says whether data may make good what the page lacks."""

    missing: str | None
    machine_url: str | None = None
    ask: tuple[str, ...] = ()
    data_counts: bool = False


Look = Callable[[str, str, str | None, bytes], Said | None]
"""(declared address, address that answered, media type, body) -> what its family says, None for an ordinary page."""


@dataclass(frozen=True)
class Hooks:
    """What joins a run. `archives` is called once with the run's Fetcher and gives what looks for copies; `further`
    says which addresses beside a page are to be asked."""

    archives: Callable[[Fetcher], FindInArchives | None] | None = None
    judge: Judge | None = None
    further: Look | None = None


NO_HOOKS = Hooks()
